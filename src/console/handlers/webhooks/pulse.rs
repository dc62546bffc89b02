//! How a webhook is, from its counters and its last 24 hours.

use crate::console::parts::chart::Spark;
use crate::delivery::Engine;
use crate::domain::auto_disable::{AutoDisable, Warning};
use crate::domain::health::{Health, HealthFacts};
use crate::domain::stats::{BUCKETS_MS, Counters, Hour};
use crate::domain::time::{HOUR_US, Timestamp};
use crate::domain::webhook::Webhook;
use crate::web::text;

/// Hours that are looked at.
pub const HOURS: i64 = 24;

/// The last 24 hours of one webhook, and what follows.
pub struct Pulse {
    /// How it is.
    pub health: Health,
    /// One entry for each hour, oldest first: when it began, what happened.
    pub hours: Vec<(Timestamp, Hour)>,
    /// All of them together.
    pub day: Hour,
    /// What is to be said before Belfry switches it off.
    pub warning: Option<Warning>,
}

/// What the service decides for every webhook.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// The deadline of one attempt, microseconds.
    pub timeout_us: i64,
    /// When a webhook whose every attempt fails is switched off.
    pub auto_disable: AutoDisable,
}

impl Rules {
    /// Those in force.
    pub fn of(engine: &Engine) -> Self {
        Self { timeout_us: engine.timeout_us(), auto_disable: engine.auto_disable() }
    }
}

impl Pulse {
    /// The pulse of `webhook`. `recorded` has the hours in which anything happened.
    pub fn of(
        webhook: &Webhook,
        counters: &Counters,
        recorded: &[(i64, Hour)],
        now: Timestamp,
        rules: Rules,
    ) -> Self {
        let first = now.hour() - HOURS + 1;
        let hours: Vec<(Timestamp, Hour)> = (first..=now.hour())
            .map(|hour| {
                let found = recorded.iter().find(|(at, _)| *at == hour).map(|(_, found)| *found);
                (Timestamp::from_micros(hour * HOUR_US), found.unwrap_or_default())
            })
            .collect();
        let sum =
            |hours: &[(Timestamp, Hour)]| hours.iter().fold(Hour::default(), |sum, (_, hour)| sum.plus(hour));
        // The running hour alone may be minutes old: the last hour is this one and the one before.
        let recent = sum(hours.get(hours.len().saturating_sub(2)..).unwrap_or_default());
        let health = Health::of(&HealthFacts {
            is_active: webhook.settings.is_active,
            is_auto_disabled: webhook.disabled.is_some(),
            is_paused: webhook.paused.is_some(),
            total: counters.total,
            failures_since_success: counters.failures_since_success,
            hour_total: recent.successes + recent.failures,
            hour_successes: recent.successes,
            hour_p95_us: p95_us(&recent),
            timeout_us: rules.timeout_us,
        });
        // Nothing is sent to a paused webhook, so nothing can fail.
        let can_fail = webhook.is_live() && webhook.paused.is_none();
        let warning = rules.auto_disable.warning(counters.failing_since, now).filter(|_| can_fail);
        Self { health, day: sum(&hours), hours, warning }
    }

    /// The day as small bars; `name` is the webhook's.
    pub fn spark(&self, name: &str) -> Spark {
        let hours: Vec<(u64, u64)> =
            self.hours.iter().map(|(_, hour)| (natural(hour.successes), natural(hour.failures))).collect();
        Spark::new(name, &hours)
    }

    /// The share of the day's attempts that succeeded.
    pub fn delivered(&self) -> Option<String> {
        let (good, bad) = (natural(self.day.successes), natural(self.day.failures));
        text::percent(good, good + bad)
    }
}

/// A number that is never negative.
pub fn natural(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// The upper end of the bucket with the 95th percentile; beyond the last bucket, just above it.
fn p95_us(hour: &Hour) -> Option<i64> {
    let open_end_ms = BUCKETS_MS.iter().max().map_or(0, |ms| ms + 1);
    let has_any = hour.buckets.iter().any(|count| *count > 0);
    has_any.then(|| hour.percentile_ms(95).unwrap_or(open_end_ms) * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slower_than_the_last_bucket_is_slow_and_nothing_is_not() {
        assert_eq!(p95_us(&Hour::default()), None);
        assert_eq!(p95_us(&Hour::of_attempt(true, 40_000)), Some(50_000));
        assert_eq!(p95_us(&Hour::of_attempt(true, 9_000_000)), Some(5_001_000));
    }
}
