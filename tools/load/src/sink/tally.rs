//! What a receiver has seen. Each worker keeps one of these; they are added up when somebody asks.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use crate::latency::Latency;
use crate::payload::Marks;

/// Everything since the last reset.
#[derive(Default)]
pub struct Tally {
    /// Connections that were opened.
    pub connections: u64,
    /// Requests that were never answered.
    pub held: u64,
    /// Requests that were answered 500.
    pub refused: u64,
    groups: BTreeMap<String, Group>,
}

/// The deliveries whose paths begin alike.
#[derive(Default)]
struct Group {
    received: u64,
    unreadable: u64,
    body_bytes: u64,
    first_ns: u64,
    last_ns: u64,
    latency: Latency,
    seen: HashMap<String, Bits>,
}

/// Numbers, one bit each.
#[derive(Default)]
struct Bits(Vec<u64>);

impl Tally {
    /// Counts a delivery that was answered 200. Its group is the first segment of its path.
    pub fn deliver(&mut self, path: &str, marks: Option<Marks>, bytes: usize, now_ns: u64) {
        let name = path.split('/').nth(1).unwrap_or_default();
        if !self.groups.contains_key(name) {
            self.groups.insert(name.to_owned(), Group::default());
        }
        let group = self.groups.get_mut(name).expect("it was just put there");
        group.received += 1;
        group.body_bytes += bytes as u64;
        group.last_ns = now_ns;
        if group.first_ns == 0 {
            group.first_ns = now_ns;
        }
        let Some(Marks { seq, sent_ns }) = marks else {
            group.unreadable += 1;
            return;
        };
        group.latency.record(now_ns.saturating_sub(sent_ns));
        match group.seen.get_mut(path) {
            Some(bits) => bits.set(seq),
            None => group.seen.entry(path.to_owned()).or_default().set(seq),
        }
    }

    /// Adds what another worker has seen.
    pub fn add(&mut self, other: &Self) {
        self.connections += other.connections;
        self.held += other.held;
        self.refused += other.refused;
        for (name, group) in &other.groups {
            self.groups.entry(name.clone()).or_default().add(group);
        }
    }

    /// As JSON: the total, and each group.
    pub fn to_json(&self) -> Value {
        // Groups have no paths in common, so theirs add up.
        let mut total = Group::default();
        self.groups.values().for_each(|group| total.add(group));
        let groups: serde_json::Map<String, Value> =
            self.groups.iter().map(|(name, group)| (name.clone(), group.to_json())).collect();
        json!({
            "connections": self.connections,
            "held": self.held,
            "refused": self.refused,
            "total": total.to_json(),
            "groups": groups,
        })
    }
}

impl Group {
    fn add(&mut self, other: &Self) {
        self.received += other.received;
        self.unreadable += other.unreadable;
        self.body_bytes += other.body_bytes;
        self.last_ns = self.last_ns.max(other.last_ns);
        self.first_ns = match (self.first_ns, other.first_ns) {
            (0, ns) | (ns, 0) => ns,
            (own, other) => own.min(other),
        };
        self.latency.add(&other.latency);
        for (path, bits) in &other.seen {
            self.seen.entry(path.clone()).or_default().add(bits);
        }
    }

    fn to_json(&self) -> Value {
        let unique: u64 = self.seen.values().map(Bits::count).sum();
        json!({
            "received": self.received,
            "unique": unique,
            "duplicates": self.received - self.unreadable - unique,
            "unreadable": self.unreadable,
            "paths": self.seen.len(),
            "body_bytes": self.body_bytes,
            "first_ns": self.first_ns,
            "last_ns": self.last_ns,
            "latency": self.latency.summary(),
        })
    }
}

impl Bits {
    fn set(&mut self, number: u64) {
        let word = usize::try_from(number / 64).expect("numbers are bounded where they are read");
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (number % 64);
    }

    fn add(&mut self, other: &Self) {
        if other.0.len() > self.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(deliveries: &[(&str, u64)]) -> Tally {
        let mut tally = Tally::default();
        for (path, seq) in deliveries {
            tally.deliver(path, Some(Marks { seq: *seq, sent_ns: 1_000_000 }), 600, 3_000_000 + seq);
        }
        tally
    }

    #[test]
    fn a_number_counts_once_for_each_path() {
        let seen = tally(&[("/w/1", 0), ("/w/2", 0), ("/w/1", 64), ("/w/1", 0)]).to_json();
        let group = &seen["groups"]["w"];
        assert_eq!((&group["received"], &group["unique"]), (&json!(4), &json!(3)));
        assert_eq!((&group["duplicates"], &group["paths"]), (&json!(1), &json!(2)));
        assert_eq!((&group["first_ns"], &group["last_ns"]), (&json!(3_000_000), &json!(3_000_000)));
        assert_eq!((&group["body_bytes"], &group["latency"]["p50_ms"]), (&json!(2_400), &json!(2.0)));
    }

    #[test]
    fn workers_that_saw_the_same_add_up_to_a_duplicate() {
        let mut all = tally(&[("/w/1", 5), ("/x/1", 7)]);
        all.add(&tally(&[("/w/1", 5), ("/w/1", 200), ("/y", 1)]));
        all.deliver("/y", None, 2, 9_000_000);
        let seen = all.to_json();
        assert_eq!(
            (&seen["groups"]["w"]["unique"], &seen["groups"]["w"]["duplicates"]),
            (&json!(2), &json!(1))
        );
        let total = &seen["total"];
        assert_eq!((&total["received"], &total["unique"]), (&json!(6), &json!(4)));
        assert_eq!((&total["duplicates"], &total["unreadable"]), (&json!(1), &json!(1)));
        assert_eq!((&total["first_ns"], &total["last_ns"]), (&json!(3_000_001), &json!(9_000_000)));
    }

    #[test]
    fn nothing_seen_is_zero() {
        let total = &Tally::default().to_json()["total"];
        assert_eq!((&total["received"], &total["first_ns"]), (&json!(0), &json!(0)));
    }
}
