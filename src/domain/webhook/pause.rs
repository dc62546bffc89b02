//! Pausing: a person holds a webhook's deliveries back for a while.
//!
//! Nothing is sent to a paused webhook but tests. What waited when it was paused waits on. What arrives while it is
//! paused gets a delivery that is not sent: *held*, to be decided when somebody resumes the webhook, or *dropped* at
//! once. A hold is bounded: see [`Bounds`]. What resuming makes of the held deliveries is chosen then ([`Resume`]) and
//! done in small steps ([`Release`]), so that a hundred thousand of them are not one transaction.

use crate::domain::access::UnknownName;
use crate::domain::problem::{Problems, Rule};
use crate::domain::time::{HOUR_US, Timestamp};

/// Characters that a reason may have.
pub const REASON_CHARS_MAX: usize = 200;

/// What becomes of events that arrive while a webhook is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PauseMode {
    /// They are kept until somebody resumes the webhook.
    Hold,
    /// They are not sent, now or later.
    Drop,
}

impl PauseMode {
    /// Both, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Hold, Self::Drop];

    /// The word in forms and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Drop => "drop",
        }
    }
}

impl std::str::FromStr for PauseMode {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|mode| mode.name() == text).ok_or(UnknownName)
    }
}

/// A pause in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paused {
    /// What becomes of new events.
    pub mode: PauseMode,
    /// Since when.
    pub since: Timestamp,
    /// Who chose it, as shown.
    pub by: String,
    /// Why, in their words.
    pub reason: Option<String>,
}

/// How much a hold keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Held deliveries of one webhook; what goes beyond is dropped, the oldest first.
    pub count_max: i64,
    /// How long a delivery is held, microseconds; what is older expires.
    pub age_max_us: i64,
}

impl Bounds {
    /// 100,000 deliveries, 72 hours.
    pub const DEFAULT: Self = Self { count_max: 100_000, age_max_us: 72 * HOUR_US };
}

/// What resuming makes of the held deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resume {
    /// All are sent.
    All,
    /// Of each vehicle the newest is sent, the others are dropped.
    NewestPerVehicle,
    /// None is sent.
    Nothing,
}

impl Resume {
    /// All three, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::All, Self::NewestPerVehicle, Self::Nothing];

    /// The word in forms and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::NewestPerVehicle => "newest",
            Self::Nothing => "none",
        }
    }
}

impl std::str::FromStr for Resume {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|resume| resume.name() == text).ok_or(UnknownName)
    }
}

/// Why the held deliveries of a webhook are being decided, in steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Release {
    /// Somebody resumed the webhook.
    Resumed(Resume),
    /// It was switched off, by people or by Belfry.
    SwitchedOff,
    /// It was deleted.
    Deleted,
}

impl Release {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Resumed(Resume::All),
        Self::Resumed(Resume::NewestPerVehicle),
        Self::Resumed(Resume::Nothing),
        Self::SwitchedOff,
        Self::Deleted,
    ];

    /// The word in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resumed(resume) => resume.name(),
            Self::SwitchedOff => "off",
            Self::Deleted => "deleted",
        }
    }

    /// What a delivery that it drops says.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::Resumed(Resume::NewestPerVehicle) => {
                "When the webhook was resumed, only the newest event of each vehicle was sent."
            }
            Self::Resumed(_) => "When the webhook was resumed, the held events were not sent.",
            Self::SwitchedOff => "The webhook was switched off while it was paused.",
            Self::Deleted => "The webhook was deleted while it was paused.",
        }
    }
}

impl std::str::FromStr for Release {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|release| release.name() == text).ok_or(UnknownName)
    }
}

/// Checks a reason: one line, nothing at all is no reason.
///
/// # Errors
/// One problem at `reason`.
pub fn parse_reason(text: &str) -> Result<Option<String>, Problems> {
    let reason = text.trim();
    if reason.chars().count() > REASON_CHARS_MAX {
        let message = format!("A reason has {REASON_CHARS_MAX} characters at most.");
        return Err(Problems::one("reason", Rule::TooLong, message));
    }
    if reason.chars().any(char::is_control) {
        return Err(Problems::one(
            "reason",
            Rule::Invalid,
            "A reason is one line without control characters.",
        ));
    }
    Ok(Some(reason.to_owned()).filter(|reason| !reason.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        assert!(PauseMode::ALL.into_iter().all(|mode| mode.name().parse() == Ok(mode)));
        assert!(Resume::ALL.into_iter().all(|resume| resume.name().parse() == Ok(resume)));
        assert!(Release::ALL.into_iter().all(|release| release.name().parse() == Ok(release)));
        assert_eq!("Hold".parse::<PauseMode>(), Err(UnknownName));
        assert_eq!("off".parse::<Resume>(), Err(UnknownName));
    }

    #[test]
    fn a_reason_is_a_line_or_nothing() {
        assert_eq!(parse_reason("  "), Ok(None));
        assert_eq!(parse_reason(" new certificate "), Ok(Some("new certificate".to_owned())));
        assert_eq!(parse_reason(&"ä".repeat(200)).unwrap().unwrap().chars().count(), 200);
        for (bad, rule) in [("ä".repeat(201), Rule::TooLong), ("a\u{7}b".to_owned(), Rule::Invalid)] {
            assert_eq!(parse_reason(&bad).unwrap_err().at("reason").unwrap().rule, rule);
        }
    }
}
