//! A wall clock that a test can set wrong while the process runs.

use std::path::PathBuf;

use crate::domain::clock::{Clock, SystemClock};
use crate::domain::time::Timestamp;

/// Names a file that holds how far the clock is off, microseconds, either sign.
const VARIABLE: &str = "BELFRY_CLOCK_OFFSET_FILE";

/// The machine's clock, off by what the file says at this moment.
#[derive(Debug)]
pub struct OffsetClock(Option<PathBuf>);

impl OffsetClock {
    /// With the file that the environment names; without one it tells the machine's time.
    pub fn from_environment() -> Self {
        Self(std::env::var_os(VARIABLE).map(PathBuf::from))
    }
}

impl Clock for OffsetClock {
    fn now(&self) -> Timestamp {
        let offset = self.0.as_ref().and_then(|path| std::fs::read_to_string(path).ok());
        let offset_us = offset.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        SystemClock.now().plus_micros(offset_us)
    }
}
