//! How a webhook is doing, in one of seven words, computed here and shown the same everywhere.

/// Health of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Health {
    /// It works.
    Healthy,
    /// Less than 99 % of the last hour's attempts succeeded, or they are slow.
    Degraded,
    /// The last three attempts failed.
    Failing,
    /// Belfry switched it off.
    AutoDisabled,
    /// A person holds its deliveries back.
    Paused,
    /// A person switched it off.
    Inactive,
    /// Nothing was ever sent to it.
    NeverUsed,
}

/// What [`Health::of`] looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HealthFacts {
    /// Switched on by people.
    pub is_active: bool,
    /// Switched off by Belfry.
    pub is_auto_disabled: bool,
    /// Deliveries are held.
    pub is_paused: bool,
    /// Attempts ever counted.
    pub total: i64,
    /// Failures since the last success.
    pub failures_since_success: i64,
    /// Attempts counted in the last hour.
    pub hour_total: i64,
    /// Of these, successes.
    pub hour_successes: i64,
    /// 95th percentile of the last hour's attempt durations, microseconds, when known.
    pub hour_p95_us: Option<i64>,
    /// The deadline of one attempt, microseconds.
    pub timeout_us: i64,
}

impl Health {
    /// All seven.
    pub const ALL: [Self; 7] = [
        Self::Healthy,
        Self::Degraded,
        Self::Failing,
        Self::AutoDisabled,
        Self::Paused,
        Self::Inactive,
        Self::NeverUsed,
    ];

    /// Failures in a row that make a webhook failing.
    pub const FAILING_AFTER: i64 = 3;

    /// Judges `facts`. What somebody decided comes before what was measured.
    pub const fn of(facts: &HealthFacts) -> Self {
        if facts.is_auto_disabled {
            Self::AutoDisabled
        } else if !facts.is_active {
            Self::Inactive
        } else if facts.is_paused {
            Self::Paused
        } else if facts.total == 0 {
            Self::NeverUsed
        } else if facts.failures_since_success >= Self::FAILING_AFTER {
            Self::Failing
        } else if is_lossy(facts) || is_slow(facts) {
            Self::Degraded
        } else {
            Self::Healthy
        }
    }

    /// Whether events still go to the webhook, now or when a pause ends.
    pub const fn takes_deliveries(self) -> bool {
        !matches!(self, Self::AutoDisabled | Self::Inactive)
    }

    /// The word on pages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Healthy => "Healthy",
            Self::Degraded => "Degraded",
            Self::Failing => "Failing",
            Self::AutoDisabled => "Auto-disabled",
            Self::Paused => "Paused",
            Self::Inactive => "Inactive",
            Self::NeverUsed => "Never used",
        }
    }

    /// The word in URLs.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Failing => "failing",
            Self::AutoDisabled => "auto_disabled",
            Self::Paused => "paused",
            Self::Inactive => "inactive",
            Self::NeverUsed => "never_used",
        }
    }

    /// The health with that slug.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|health| health.slug() == slug)
    }

    /// One sentence for a page.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Healthy => "Deliveries arrive.",
            Self::Degraded => "Some attempts of the last hour failed or were slow.",
            Self::Failing => "The last three attempts failed.",
            Self::AutoDisabled => {
                "Belfry switched it off: nothing is sent until somebody switches it on again."
            }
            Self::Paused => "Nothing is sent until somebody resumes it.",
            Self::Inactive => "Switched off: nothing is sent and nothing is kept for later.",
            Self::NeverUsed => "Nothing was sent to it yet.",
        }
    }
}

/// Less than 99 % in the last hour.
const fn is_lossy(facts: &HealthFacts) -> bool {
    facts.hour_total > 0 && facts.hour_successes.saturating_mul(100) < facts.hour_total.saturating_mul(99)
}

/// The 95th percentile takes more than half of the deadline.
const fn is_slow(facts: &HealthFacts) -> bool {
    match facts.hour_p95_us {
        Some(p95_us) => p95_us > facts.timeout_us / 2,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: HealthFacts = HealthFacts {
        is_active: true,
        is_auto_disabled: false,
        is_paused: false,
        total: 1000,
        failures_since_success: 0,
        hour_total: 100,
        hour_successes: 100,
        hour_p95_us: Some(200_000),
        timeout_us: 10_000_000,
    };

    #[test]
    fn each_of_the_seven() {
        assert_eq!(Health::of(&GOOD), Health::Healthy);
        assert_eq!(Health::of(&HealthFacts { hour_successes: 98, ..GOOD }), Health::Degraded);
        assert_eq!(Health::of(&HealthFacts { hour_successes: 99, ..GOOD }), Health::Healthy);
        assert_eq!(Health::of(&HealthFacts { hour_p95_us: Some(5_000_001), ..GOOD }), Health::Degraded);
        assert_eq!(Health::of(&HealthFacts { failures_since_success: 3, ..GOOD }), Health::Failing);
        assert_eq!(Health::of(&HealthFacts { failures_since_success: 2, ..GOOD }), Health::Healthy);
        assert_eq!(Health::of(&HealthFacts { total: 0, hour_total: 0, ..GOOD }), Health::NeverUsed);
        assert_eq!(Health::of(&HealthFacts { is_paused: true, ..GOOD }), Health::Paused);
        assert_eq!(Health::of(&HealthFacts { is_active: false, is_paused: true, ..GOOD }), Health::Inactive);
        let off = HealthFacts { is_auto_disabled: true, failures_since_success: 99, ..GOOD };
        assert_eq!(Health::of(&off), Health::AutoDisabled);
        let idle = Health::ALL.into_iter().filter(|health| !health.takes_deliveries());
        assert_eq!(idle.collect::<Vec<_>>(), [Health::AutoDisabled, Health::Inactive]);
        assert!(Health::ALL.into_iter().all(|health| Health::from_slug(health.slug()) == Some(health)));
    }
}
