//! When Belfry switches a webhook off by itself because every attempt fails, and when it says so before.

use super::time::{DAY_US, Timestamp};

/// The rule. It is applied when a failure is recorded: a webhook to which nothing is sent is not switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AutoDisable {
    /// How long every attempt has to fail, microseconds; `None` means never.
    after_us: Option<i64>,
}

/// What is said before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warning {
    /// Since when every attempt has failed.
    pub since: Timestamp,
    /// From when on the next failure switches the webhook off.
    pub off_at: Timestamp,
    /// Whether that time has come: the next failure does it.
    pub is_due: bool,
}

impl AutoDisable {
    /// After five days.
    pub const DEFAULT: Self = Self { after_us: Some(5 * DAY_US) };
    /// Never.
    pub const NEVER: Self = Self { after_us: None };

    /// After `after_us` microseconds of failures and no success.
    pub const fn after(after_us: i64) -> Self {
        Self { after_us: Some(after_us) }
    }

    /// How long every attempt has to fail, microseconds; `None` means never.
    pub const fn after_us(&self) -> Option<i64> {
        self.after_us
    }

    /// Whether a failure at `now` switches off a webhook that has done nothing but fail since `since`.
    pub fn is_due(&self, since: Option<Timestamp>, now: Timestamp) -> bool {
        match (self.after_us, since) {
            (Some(after_us), Some(since)) => now.since(since) >= after_us,
            _ => false,
        }
    }

    /// What is to be said about a webhook that has done nothing but fail since `since`: nothing in the first day, or
    /// in the first half of a shorter time.
    pub fn warning(&self, since: Option<Timestamp>, now: Timestamp) -> Option<Warning> {
        let (after_us, since) = (self.after_us?, since?);
        let off_at = since.plus_micros(after_us);
        let is_time = now.since(since) >= DAY_US.min(after_us / 2);
        is_time.then_some(Warning { since, off_at, is_due: now >= off_at })
    }
}

impl Default for AutoDisable {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::HOUR_US;

    const BEGIN: Timestamp = Timestamp::from_seconds(1_768_464_000);

    fn after(us: i64) -> Timestamp {
        BEGIN.plus_micros(us)
    }

    #[test]
    fn five_days_of_failures_switch_off_and_the_last_four_of_them_warn() {
        let rule = AutoDisable::DEFAULT;
        let warned = |us| rule.warning(Some(BEGIN), after(us));
        assert_eq!(warned(DAY_US - 1), None);
        let warning = warned(DAY_US).unwrap();
        assert_eq!((warning.since, warning.off_at, warning.is_due), (BEGIN, after(5 * DAY_US), false));
        assert!(warned(5 * DAY_US).unwrap().is_due);
        assert!(!rule.is_due(Some(BEGIN), after(5 * DAY_US - 1)));
        assert!(rule.is_due(Some(BEGIN), after(5 * DAY_US)));
    }

    #[test]
    fn who_succeeds_is_left_alone() {
        let rule = AutoDisable::DEFAULT;
        assert_eq!((rule.is_due(None, BEGIN), rule.warning(None, BEGIN)), (false, None));
    }

    #[test]
    fn a_short_time_warns_at_its_half_and_never_is_never() {
        let rule = AutoDisable::after(6 * HOUR_US);
        assert_eq!(rule.warning(Some(BEGIN), after(3 * HOUR_US - 1)), None);
        assert!(rule.warning(Some(BEGIN), after(3 * HOUR_US)).is_some());
        let never = AutoDisable::NEVER;
        assert!(!never.is_due(Some(BEGIN), after(1_000 * DAY_US)));
        assert_eq!(never.warning(Some(BEGIN), after(1_000 * DAY_US)), None);
    }
}
