//! The one place that asks what time it is.

use std::time::{SystemTime, UNIX_EPOCH};

/// Nanoseconds since the epoch. The wall clock, since sender and receiver are two processes of one machine.
#[expect(
    clippy::disallowed_methods,
    reason = "this tool measures; it has no rules that a test moves the clock for"
)]
pub fn now_ns() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    u64::try_from(since.as_nanos()).expect("a clock before 2554")
}
