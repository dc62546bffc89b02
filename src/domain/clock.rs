//! Time as an argument: everything that needs "now" is given a [`Clock`], so a test owns the afternoon.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::time::Timestamp;

/// Tells the time. Shared by every part of the process.
pub trait Clock: Send + Sync + 'static {
    /// The current time, UTC.
    fn now(&self) -> Timestamp;
}

/// The clock as the process passes it around.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's wall clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[allow(clippy::disallowed_methods, reason = "the one place that asks the machine")]
        Timestamp::from_jiff(jiff::Timestamp::now())
    }
}

/// A clock that stands still until it is told to move. Used by tests and by `demo --at`.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `at`.
    pub fn at(at: Timestamp) -> Self {
        Self(AtomicI64::new(at.micros()))
    }

    /// Moves the clock to `at`, forwards or backwards.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.micros(), Ordering::SeqCst);
    }

    /// Moves the clock by `by_us` microseconds.
    pub fn advance(&self, by_us: i64) {
        self.0.fetch_add(by_us, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}
