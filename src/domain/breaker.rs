//! Slows down sending to a webhook that keeps failing, so that it costs others nothing and is not hammered when it
//! comes back.
//!
//! Closed: everything is sent. After ten failures in a row it opens: nothing is sent until a wait has passed, then one
//! request at a time finds out. A success closes it; a failure begins the next, longer wait. An overloaded receiver
//! (429, 502, 503, 504) counts double, and when it names a time (`Retry-After`) nothing is sent before.

use super::retry::{RETRY_AFTER_MAX_US, RetryAfter};
use super::time::{SECOND_US, Timestamp};

/// Failures in a row that open it; overload counts as two of them.
pub const FAILURES_MAX: u32 = 10;
/// The longest wait between two probes is this many first waits.
const WAITS_MAX: i64 = 6;
/// A first wait is at least this long, microseconds, or a schedule of 0 s would mean no wait at all.
const WAIT_MIN_US: i64 = SECOND_US;

/// What an attempt says about its receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// It answered 2xx.
    Success,
    /// It failed.
    Failure,
    /// It has too much to do, and may have said for how long.
    Overload(Option<RetryAfter>),
    /// Nothing: the fault was ours.
    Nothing,
}

impl Signal {
    /// Whether a status means that the receiver, or what stands before it, has too much to do.
    pub const fn is_overload(status: u16) -> bool {
        matches!(status, 429 | 502 | 503 | 504)
    }
}

/// How much may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// As much as other limits let through.
    Everything,
    /// One request at a time.
    One,
    /// Nothing before this time.
    NothingUntil(Timestamp),
}

/// One webhook's breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Breaker {
    failures: u32,
    open: Option<Open>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Open {
    until: Timestamp,
    /// Probes that have failed.
    round: u32,
}

impl Breaker {
    /// How much may be sent at `now`.
    pub fn allowance(&self, now: Timestamp) -> Allowance {
        match self.open {
            None => Allowance::Everything,
            Some(open) if open.until <= now => Allowance::One,
            Some(open) => Allowance::NothingUntil(open.until),
        }
    }

    /// Whether everything is sent, at any time.
    pub const fn is_closed(&self) -> bool {
        self.open.is_none()
    }

    /// Whether it has nothing to remember.
    pub fn is_new(&self) -> bool {
        *self == Self::default()
    }

    /// Takes note of an attempt that ended at `now`. `first_wait_us`: the wait before the first retry, microseconds.
    pub fn note(&mut self, signal: Signal, now: Timestamp, first_wait_us: i64) {
        let (weight, asked_us) = match signal {
            Signal::Nothing => return,
            Signal::Success => {
                *self = Self::default();
                return;
            }
            Signal::Failure => (1, 0),
            Signal::Overload(asked) => {
                (2, asked.map_or(0, |RetryAfter(asked_us)| asked_us.clamp(0, RETRY_AFTER_MAX_US)))
            }
        };
        self.failures = self.failures.saturating_add(weight);
        let round = match self.open {
            // What was on the wire when it opened says nothing new, unless it asks for more time.
            Some(open) if open.until > now => {
                let until = open.until.max(now.plus_micros(asked_us));
                self.open = Some(Open { until, ..open });
                return;
            }
            Some(open) => open.round.saturating_add(1),
            None if self.failures >= FAILURES_MAX => 0,
            None => return,
        };
        let first_us = first_wait_us.max(WAIT_MIN_US);
        let wait_us = first_us.saturating_mul(1_i64 << round.min(8)).min(first_us.saturating_mul(WAITS_MAX));
        self.open = Some(Open { until: now.plus_micros(wait_us.max(asked_us)), round });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_768_464_000);
    const WAIT_US: i64 = 10 * SECOND_US;

    fn after(failures: u32) -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..failures {
            breaker.note(Signal::Failure, NOW, WAIT_US);
        }
        breaker
    }

    fn seconds(seconds: i64) -> Timestamp {
        NOW.plus_micros(seconds * SECOND_US)
    }

    #[test]
    fn opens_after_ten_failures_in_a_row() {
        assert_eq!(after(9).allowance(NOW), Allowance::Everything);
        assert_eq!(after(10).allowance(NOW), Allowance::NothingUntil(seconds(10)));
        assert_eq!(after(10).allowance(seconds(10)), Allowance::One);
        let mut interrupted = after(9);
        interrupted.note(Signal::Success, NOW, WAIT_US);
        assert!(interrupted.is_new());
        interrupted.note(Signal::Failure, NOW, WAIT_US);
        assert_eq!(interrupted.allowance(NOW), Allowance::Everything);
        let mut ours = after(9);
        ours.note(Signal::Nothing, NOW, WAIT_US);
        assert_eq!(ours, after(9));
    }

    #[test]
    fn a_failed_probe_waits_longer_up_to_six_times_and_a_success_closes() {
        let mut breaker = after(10);
        let mut now = seconds(10);
        for expected in [20, 40, 60, 60, 60] {
            breaker.note(Signal::Failure, now, WAIT_US);
            let until = now.plus_micros(expected * SECOND_US);
            assert_eq!(breaker.allowance(now), Allowance::NothingUntil(until));
            now = until;
        }
        breaker.note(Signal::Success, now, WAIT_US);
        assert_eq!(breaker.allowance(now), Allowance::Everything);
    }

    #[test]
    fn results_from_before_it_opened_change_nothing() {
        let mut breaker = after(10);
        for _ in 0..31 {
            breaker.note(Signal::Failure, NOW, WAIT_US);
        }
        assert_eq!(breaker.allowance(NOW), Allowance::NothingUntil(seconds(10)));
    }

    #[test]
    fn overload_counts_double_and_its_wish_is_kept() {
        let mut breaker = Breaker::default();
        for _ in 0..4 {
            breaker.note(Signal::Overload(None), NOW, WAIT_US);
        }
        assert_eq!(breaker.allowance(NOW), Allowance::Everything);
        breaker.note(Signal::Overload(Some(RetryAfter(120 * SECOND_US))), NOW, WAIT_US);
        assert_eq!(breaker.allowance(NOW), Allowance::NothingUntil(seconds(120)));
        breaker.note(Signal::Overload(Some(RetryAfter(i64::MAX))), NOW, WAIT_US);
        assert_eq!(breaker.allowance(NOW), Allowance::NothingUntil(NOW.plus_micros(RETRY_AFTER_MAX_US)));
    }
}
