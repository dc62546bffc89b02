//! What receivers saw: append-only.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// One request, from its last byte to the end of its answer. Times are microseconds since the run began.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Place of the webhook.
    pub hook: usize,
    /// Number of the event.
    pub event: u64,
    /// The event's UUID, where the body has one.
    pub event_id: Option<String>,
    /// The delivery's UUID, where a header has one.
    pub delivery_id: Option<String>,
    pub began_us: u64,
    /// When the answer was out, or the other side had gone; `None` while it goes on.
    pub ended_us: Option<u64>,
    /// The status, when the whole answer went out.
    pub answered: Option<u16>,
    /// What about the request was not as it has to be.
    pub wrong: Option<String>,
}

impl Arrival {
    pub fn succeeded(&self) -> bool {
        self.answered.is_some_and(|status| (200..300).contains(&status))
    }
}

#[derive(Default)]
struct Book {
    arrivals: Vec<Arrival>,
    /// Requests so far, by webhook and event.
    seen: HashMap<(usize, u64), u64>,
    /// Requests under way, by webhook, and the most there were.
    under_way: HashMap<usize, (usize, usize)>,
    /// What could not be understood at all.
    strangers: Vec<String>,
}

/// The ledger of all receivers.
pub struct Ledger {
    began: Instant,
    book: Mutex<Book>,
}

impl Ledger {
    pub fn new() -> Self {
        Self { began: Instant::now(), book: Mutex::default() }
    }

    /// Microseconds since the run began.
    pub fn now_us(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap()
    }

    fn book(&self) -> std::sync::MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters a request; returns its line, and how many of the same delivery came before.
    pub fn enter(&self, arrival: Arrival) -> (usize, u64) {
        let mut book = self.book();
        let seen = book.seen.entry((arrival.hook, arrival.event)).or_default();
        let before = *seen;
        *seen += 1;
        let (now, most) = book.under_way.entry(arrival.hook).or_default();
        *now += 1;
        *most = (*most).max(*now);
        book.arrivals.push(arrival);
        (book.arrivals.len() - 1, before)
    }

    /// Notes the end of a request.
    pub fn leave(&self, line: usize, answered: Option<u16>) {
        let now_us = self.now_us();
        let mut book = self.book();
        let arrival = &mut book.arrivals[line];
        (arrival.ended_us, arrival.answered) = (Some(now_us), answered);
        let hook = arrival.hook;
        book.under_way.get_mut(&hook).unwrap().0 -= 1;
    }

    /// Notes a request that belongs to nobody.
    pub fn stranger(&self, what: String) {
        self.book().strangers.push(what);
    }

    pub fn arrivals(&self) -> Vec<Arrival> {
        self.book().arrivals.clone()
    }

    pub fn strangers(&self) -> Vec<String> {
        self.book().strangers.clone()
    }

    /// Requests under way now, all webhooks together.
    pub fn under_way(&self) -> usize {
        self.book().under_way.values().map(|(now, _)| now).sum()
    }

    /// The most requests that one webhook ever had under way.
    pub fn most_under_way(&self) -> usize {
        self.book().under_way.values().map(|(_, most)| *most).max().unwrap_or(0)
    }
}
