//! The wall clock of the simulated machine: virtual time, and what somebody set it wrong by.

use std::sync::atomic::{AtomicI64, Ordering};

use belfry::domain::clock::Clock;
use belfry::domain::time::Timestamp;
use tokio::time::Instant;

pub struct SimClock {
    began: Instant,
    base: Timestamp,
    offset_us: AtomicI64,
}

impl SimClock {
    pub fn starting_at(base: Timestamp) -> Self {
        Self { began: Instant::now(), base, offset_us: AtomicI64::new(0) }
    }

    /// Virtual time since the beginning, milliseconds: what nobody can set.
    pub fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap()
    }

    pub fn step(&self, by_us: i64) {
        self.offset_us.fetch_add(by_us, Ordering::Relaxed);
    }

    pub fn offset_us(&self) -> i64 {
        self.offset_us.load(Ordering::Relaxed)
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        let elapsed_us = i64::try_from(self.began.elapsed().as_micros()).unwrap();
        self.base.plus_micros(elapsed_us + self.offset_us())
    }
}
