//! The demo's clock: turned by hand while the past is made up, then left alone, or running.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::domain::clock::{Clock, ManualClock, SystemClock};
use crate::domain::time::Timestamp;

/// A clock that stands until it is let go.
pub(super) struct DemoClock {
    hand: ManualClock,
    is_running: AtomicBool,
}

impl DemoClock {
    /// A clock that shows `at`.
    pub(super) fn at(at: Timestamp) -> Self {
        Self { hand: ManualClock::at(at), is_running: AtomicBool::new(false) }
    }

    /// Turns the hand.
    pub(super) fn set(&self, at: Timestamp) {
        self.hand.set(at);
    }

    /// From now on it shows the machine's time.
    pub(super) fn run(&self) {
        self.is_running.store(true, Ordering::SeqCst);
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        if self.is_running.load(Ordering::SeqCst) { SystemClock.now() } else { self.hand.now() }
    }
}
