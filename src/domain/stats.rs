//! The counters of one webhook (contract 4.4): every HTTP attempt counts, retries included; tests do not.
//!
//! The caller asks [`counts`](super::attempt::counts) and [`Trigger::counts`](super::delivery::Trigger::counts)
//! whether an attempt counts at all; [`Counters::after`] leaves the numbers alone for outcomes that do not.

use super::attempt::{self, Outcome};
use super::time::Timestamp;

/// What a webhook's row says about its calls. `total` = `successes` + `failures`, always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Counters {
    /// Attempts that ended and count.
    pub total: i64,
    /// Attempts answered with 2xx.
    pub successes: i64,
    /// Attempts that failed.
    pub failures: i64,
    /// Failures since the last success, or since the beginning.
    pub failures_since_success: i64,
    /// When the last attempt succeeded.
    pub last_success_at: Option<Timestamp>,
    /// When the last attempt failed.
    pub last_failure_at: Option<Timestamp>,
    /// When the last attempt of either kind ended.
    pub last_call_at: Option<Timestamp>,
    /// When the run of failures that is still going on began.
    pub failing_since: Option<Timestamp>,
}

impl Counters {
    /// The counters after an attempt that ended at `at`. Attempts may be recorded out of order: the times
    /// only move forwards.
    #[must_use]
    pub fn after(self, outcome: &Outcome, at: Timestamp) -> Self {
        if !attempt::counts(outcome) {
            return self;
        }
        let mut next = self;
        next.total = next.total.saturating_add(1);
        next.last_call_at = Some(latest(self.last_call_at, at));
        if *outcome == Outcome::Success {
            next.successes = next.successes.saturating_add(1);
            next.failures_since_success = 0;
            next.last_success_at = Some(latest(self.last_success_at, at));
            next.failing_since = None;
        } else {
            next.failures = next.failures.saturating_add(1);
            next.failures_since_success = next.failures_since_success.saturating_add(1);
            next.last_failure_at = Some(latest(self.last_failure_at, at));
            next.failing_since = self.failing_since.or(Some(at));
        }
        next
    }

    /// For how many microseconds every attempt has failed, up to `now`; `None` when the last one succeeded.
    pub fn failing_for(&self, now: Timestamp) -> Option<i64> {
        self.failing_since.map(|since| now.since(since).max(0))
    }
}

fn latest(known: Option<Timestamp>, at: Timestamp) -> Timestamp {
    known.map_or(at, |known| known.max(at))
}

/// Upper ends of the latency buckets, milliseconds; the last bucket is open.
pub const BUCKETS_MS: [i64; 7] = [50, 100, 250, 500, 1_000, 2_500, 5_000];

/// What happened for one webhook in one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hour {
    /// Attempts answered with 2xx.
    pub successes: i64,
    /// Attempts that failed.
    pub failures: i64,
    /// Deliveries that were decided not to be sent.
    pub not_sent: i64,
    /// Attempts by duration: see [`BUCKETS_MS`].
    pub buckets: [i64; 8],
}

impl Hour {
    /// An hour in which one attempt ended after `total_us` microseconds.
    pub fn of_attempt(succeeded: bool, total_us: i64) -> Self {
        let mut hour =
            Self { successes: i64::from(succeeded), failures: i64::from(!succeeded), ..Self::default() };
        let bucket = BUCKETS_MS.iter().position(|ms| total_us <= ms * 1_000).unwrap_or(BUCKETS_MS.len());
        hour.buckets[bucket] = 1;
        hour
    }

    /// Both hours together.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        self.successes += other.successes;
        self.failures += other.failures;
        self.not_sent += other.not_sent;
        for (mine, theirs) in self.buckets.iter_mut().zip(other.buckets) {
            *mine += theirs;
        }
        self
    }

    /// Share of attempts that succeeded, in per mille rounded down, so that 99.96 % never reads 100 %.
    pub fn success_per_mille(&self) -> Option<i64> {
        let total = self.successes + self.failures;
        (total > 0).then(|| self.successes * 1_000 / total)
    }

    /// The upper end, in milliseconds, of the bucket in which the `percent`-th percentile lies. `None` when
    /// nothing was sent or it lies in the open bucket above [`BUCKETS_MS`].
    pub fn percentile_ms(&self, percent: i64) -> Option<i64> {
        let total: i64 = self.buckets.iter().sum();
        let wanted = ((total * percent + 99) / 100).max(1);
        let mut seen = 0;
        for (count, ms) in self.buckets.iter().zip(BUCKETS_MS) {
            seen += count;
            if total > 0 && seen >= wanted {
                return Some(ms);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::attempt::FailureClass;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn counts_successes_and_failures() {
        let failure = Outcome::Failure(FailureClass::Http5xx);
        let counters = Counters::default().after(&failure, at(1)).after(&failure, at(2));
        assert_eq!((counters.total, counters.failures, counters.failures_since_success), (2, 2, 2));
        assert_eq!(counters.failing_for(at(11)), Some(10_000_000));
        let counters = counters.after(&Outcome::Success, at(3));
        assert_eq!((counters.total, counters.successes, counters.failures_since_success), (3, 1, 0));
        assert_eq!(counters.failing_for(at(11)), None);
        assert_eq!(counters.last_failure_at, Some(at(2)));
        assert_eq!(counters.last_call_at, Some(at(3)));
    }

    #[test]
    fn our_own_faults_change_nothing() {
        let counters = Counters::default().after(&Outcome::Success, at(1));
        assert_eq!(counters.after(&Outcome::Interrupted, at(2)), counters);
        assert_eq!(counters.after(&Outcome::Failure(FailureClass::Internal), at(2)), counters);
    }

    #[test]
    fn times_never_go_back() {
        let counters = Counters::default().after(&Outcome::Success, at(5)).after(&Outcome::Success, at(4));
        assert_eq!((counters.total, counters.last_success_at), (2, Some(at(5))));
    }
}
