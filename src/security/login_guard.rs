//! Slows guessing down: the more sign-ins failed for an account or from an address, the longer the next one
//! has to wait.
//!
//! A few failures are free, then the wait doubles up to a cap, and half an hour of quiet forgets everything. An
//! account is never locked: its wait is capped at half a minute, and an address from which its owner has signed in
//! before is counted on its own, so that strangers who guess cannot keep the owner out. A try is counted when it
//! begins and taken back when it succeeds, so that many at once are not all let through. Everything is in memory
//! and bounded; a restart forgets it, which costs an attacker more than it gives.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::domain::time::{MINUTE_US, SECOND_US, Timestamp};

/// Entries of each kind at most.
const ENTRIES_MAX: usize = 10_000;
/// Quiet after which failures are forgotten.
const FORGET_US: i64 = 30 * MINUTE_US;

/// How many failures are free, and how long a wait can become.
#[derive(Clone, Copy)]
struct Limits {
    free: u32,
    wait_max_us: i64,
}

const ACCOUNT: Limits = Limits { free: 5, wait_max_us: 30 * SECOND_US };
const PEER: Limits = Limits { free: 30, wait_max_us: 60 * SECOND_US };

/// The guard. One for the whole process.
#[derive(Debug, Default)]
pub struct LoginGuard {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    accounts: HashMap<Account, Tries>,
    peers: HashMap<IpAddr, Tries>,
    /// Where accounts have been signed in to before.
    known: HashMap<(Account, IpAddr), Tries>,
}

/// The SHA-256 of an e-mail address: a bounded key for a text of any length.
type Account = [u8; 32];

#[derive(Debug, Clone, Copy)]
struct Tries {
    failures: u32,
    last_at: Timestamp,
}

impl LoginGuard {
    /// Counts a try for `account` (an e-mail address as typed) from `peer`.
    ///
    /// # Errors
    /// How long to wait, in microseconds; the try is not to be evaluated and was not counted.
    pub fn begin(&self, account: &str, peer: Option<IpAddr>, now: Timestamp) -> Result<(), i64> {
        let (account, peer) = (key(account), network(peer));
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = inner.known.contains_key(&(account, peer));
        let own = if is_known { inner.known.get(&(account, peer)) } else { inner.accounts.get(&account) };
        let wait_us = wait_us(own, ACCOUNT, now).max(wait_us(inner.peers.get(&peer), PEER, now));
        if wait_us > 0 {
            return Err(wait_us);
        }
        if is_known {
            count(&mut inner.known, (account, peer), now);
        } else {
            count(&mut inner.accounts, account, now);
        }
        count(&mut inner.peers, peer, now);
        Ok(())
    }

    /// Takes back a try that turned out right, and remembers the address as the owner's.
    pub fn succeeded(&self, account: &str, peer: Option<IpAddr>, now: Timestamp) {
        let (account, peer) = (key(account), network(peer));
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tries) = inner.peers.get_mut(&peer) {
            tries.failures = tries.failures.saturating_sub(1);
        }
        if !inner.known.contains_key(&(account, peer)) {
            inner.accounts.remove(&account);
        }
        make_room(&mut inner.known, now, i64::MAX);
        inner.known.insert((account, peer), Tries { failures: 0, last_at: now });
    }
}

fn key(account: &str) -> Account {
    Sha256::digest(account.trim().to_lowercase().as_bytes()).into()
}

/// An IPv6 customer has a whole /64 to choose addresses from.
pub(super) fn network(peer: Option<IpAddr>) -> IpAddr {
    match peer {
        Some(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(address) => IpAddr::V4(address),
            None => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        },
        Some(address) => address,
        None => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    }
}

fn wait_us(tries: Option<&Tries>, limits: Limits, now: Timestamp) -> i64 {
    let Some(tries) = tries.filter(|tries| now.since(tries.last_at) < FORGET_US) else {
        return 0;
    };
    let Some(beyond) = tries.failures.checked_sub(limits.free) else {
        return 0;
    };
    let wait_us = (SECOND_US << beyond.min(20)).min(limits.wait_max_us);
    wait_us.saturating_sub(now.since(tries.last_at).max(0))
}

fn count<K: Hash + Eq + Copy>(all: &mut HashMap<K, Tries>, key: K, now: Timestamp) {
    if !all.contains_key(&key) {
        make_room(all, now, FORGET_US);
    }
    let tries = all.entry(key).or_insert(Tries { failures: 0, last_at: now });
    if now.since(tries.last_at) >= FORGET_US {
        tries.failures = 0;
    }
    tries.failures = tries.failures.saturating_add(1);
    tries.last_at = now;
}

/// Drops what is older than `age_us`, and if that is not enough the oldest entry.
fn make_room<K: Hash + Eq + Copy>(all: &mut HashMap<K, Tries>, now: Timestamp, age_us: i64) {
    if all.len() < ENTRIES_MAX {
        return;
    }
    all.retain(|_, tries| now.since(tries.last_at) < age_us);
    if all.len() >= ENTRIES_MAX {
        let oldest = all.iter().min_by_key(|(_, tries)| tries.last_at).map(|(key, _)| *key);
        if let Some(oldest) = oldest {
            all.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: &str = "maya@northline.example";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_000_000 + seconds)
    }

    #[allow(clippy::unnecessary_wraps, reason = "as the guard takes it")]
    fn peer(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([203, 0, 113, last]))
    }

    /// How many of `tries` guesses, spread evenly over ten minutes, are evaluated.
    fn evaluated(tries: i64, mut who: impl FnMut(i64) -> (String, Option<IpAddr>)) -> usize {
        let guard = LoginGuard::default();
        let passes = |number: &i64| {
            let (account, peer) = who(*number);
            let now = at(0).plus_micros(number * 600 * SECOND_US / tries);
            guard.begin(&account, peer, now).is_ok()
        };
        (0..tries).filter(passes).count()
    }

    #[test]
    fn ten_thousand_guesses_in_ten_minutes_are_cut_to_fifty() {
        assert!(evaluated(10_000, |_| (OWNER.to_owned(), peer(1))) <= 50);
        assert!(evaluated(10_000, |n| (format!("{n}@example.com"), peer(1))) <= 50);
        let farm = |n: i64| (OWNER.to_owned(), peer(u8::try_from(n % 250).unwrap()));
        assert!(evaluated(10_000, farm) <= 50);
    }

    #[test]
    fn the_sixth_failure_waits_and_the_wait_doubles() {
        let guard = LoginGuard::default();
        for _ in 0..5 {
            assert_eq!(guard.begin(OWNER, peer(1), at(0)), Ok(()));
        }
        assert_eq!(guard.begin(OWNER, peer(1), at(0)), Err(SECOND_US));
        assert_eq!(guard.begin(OWNER, peer(1), at(1)), Ok(()));
        assert_eq!(guard.begin(" MAYA@northline.example ", peer(1), at(1)), Err(2 * SECOND_US));
        assert_eq!(guard.begin(OWNER, peer(1), at(4000)), Ok(()), "forgotten");
    }

    #[test]
    fn strangers_cannot_keep_the_owner_out() {
        let guard = LoginGuard::default();
        guard.begin(OWNER, peer(9), at(0)).unwrap();
        guard.succeeded(OWNER, peer(9), at(0));
        for second in 0..1_000 {
            let _ = guard.begin(OWNER, peer(1), at(second));
        }
        assert!(guard.begin(OWNER, peer(2), at(1_000)).is_err());
        assert_eq!(guard.begin(OWNER, peer(9), at(1_000)), Ok(()), "where the owner was before");
        assert_eq!(guard.begin(OWNER, peer(2), at(1_030)), Ok(()), "half a minute at most");
    }

    #[test]
    fn success_is_free() {
        let guard = LoginGuard::default();
        for number in 0..1_000 {
            let account = format!("{number}@example.com");
            guard.begin(&account, peer(1), at(0)).unwrap();
            guard.succeeded(&account, peer(1), at(0));
        }
    }

    #[test]
    fn memory_is_bounded() {
        let guard = LoginGuard::default();
        for number in 0..12_000_u32 {
            let address = IpAddr::from(number.to_be_bytes());
            guard.begin(&number.to_string(), Some(address), at(i64::from(number))).unwrap();
        }
        let inner = guard.inner.lock().unwrap();
        assert!(inner.accounts.len() <= ENTRIES_MAX && inner.peers.len() <= ENTRIES_MAX);
    }

    #[test]
    fn a_network_is_one_peer() {
        let of = |text: &str| network(Some(text.parse().unwrap()));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:203.0.113.7"), of("203.0.113.7"));
    }
}
