//! The wall clock of the simulated machine: virtual time, and what somebody set it wrong by.

use std::sync::atomic::{AtomicI64, Ordering};

use belfry::domain::clock::Clock;
use belfry::domain::time::Timestamp;
use tokio::time::Instant;

pub struct SimClock {
    began: Instant,
    base: Timestamp,
    offset_us: AtomicI64,
    /// The least and the greatest that it ever was.
    least_us: AtomicI64,
    most_us: AtomicI64,
}

impl SimClock {
    pub fn starting_at(base: Timestamp) -> Self {
        Self {
            began: Instant::now(),
            base,
            offset_us: AtomicI64::new(0),
            least_us: AtomicI64::new(0),
            most_us: AtomicI64::new(0),
        }
    }

    /// Virtual time since the beginning, milliseconds: what nobody can set.
    pub fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap()
    }

    pub fn step(&self, by_us: i64) {
        let offset_us = self.offset_us.fetch_add(by_us, Ordering::Relaxed) + by_us;
        self.least_us.fetch_min(offset_us, Ordering::Relaxed);
        self.most_us.fetch_max(offset_us, Ordering::Relaxed);
    }

    /// How far apart the wrongest two settings were.
    pub fn spread_us(&self) -> i64 {
        self.most_us.load(Ordering::Relaxed) - self.least_us.load(Ordering::Relaxed)
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
