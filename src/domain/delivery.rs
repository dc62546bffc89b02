//! What can become of one event for one webhook, in the words of the console.
//!
//! Codes are stored: they are stable numbers, never re-used. Slugs are what URLs filter by.

use std::str::FromStr;

use super::access::UnknownName;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Waits for its first attempt.
    Queued,
    /// A request is (or may be) on its way.
    Sending,
    /// The last attempt failed, another one is scheduled.
    Retrying,
    /// The receiver answered 2xx.
    Delivered,
    /// The last attempt of the schedule failed.
    Failed,
    /// A person or a change stopped it.
    Cancelled,
    /// Decided at acceptance: no request is made, for a [`NotSent`] reason.
    NotSent,
}

impl State {
    /// All states, in the order of their codes.
    pub const ALL: [Self; 7] = [
        Self::Queued,
        Self::Sending,
        Self::Retrying,
        Self::Delivered,
        Self::Failed,
        Self::Cancelled,
        Self::NotSent,
    ];

    /// The stored number.
    pub const fn code(self) -> i16 {
        match self {
            Self::Queued => 1,
            Self::Sending => 2,
            Self::Retrying => 3,
            Self::Delivered => 4,
            Self::Failed => 5,
            Self::Cancelled => 6,
            Self::NotSent => 7,
        }
    }

    /// The state with that number.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// The word in URLs and exports.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Retrying => "retrying",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::NotSent => "not_sent",
        }
    }

    /// The state with that slug.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.slug() == slug)
    }

    /// The word on pages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "Queued",
            Self::Sending => "Sending",
            Self::Retrying => "Retrying",
            Self::Delivered => "Delivered",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
            Self::NotSent => "Not sent",
        }
    }

    /// Whether nothing will happen any more without somebody asking for it.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Queued | Self::Sending | Self::Retrying => false,
            Self::Delivered | Self::Failed | Self::Cancelled | Self::NotSent => true,
        }
    }
}

impl FromStr for State {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_slug(text).ok_or(UnknownName)
    }
}

/// Why nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum NotSent {
    NoLink,
    Inactive,
    PausedHeld,
    AutoDisabled,
    Deleted,
    TypeNotLinkable,
    Criteria,
    OutOfCompany,
    NotAlertHook,
    Duplicate,
    Expired,
    TooLarge,
    Quota,
    PausedDropped,
}

impl NotSent {
    /// All reasons, in the order of their codes.
    pub const ALL: [Self; 14] = [
        Self::NoLink,
        Self::Inactive,
        Self::PausedHeld,
        Self::AutoDisabled,
        Self::Deleted,
        Self::TypeNotLinkable,
        Self::Criteria,
        Self::OutOfCompany,
        Self::NotAlertHook,
        Self::Duplicate,
        Self::Expired,
        Self::TooLarge,
        Self::Quota,
        Self::PausedDropped,
    ];

    /// The stored number.
    pub const fn code(self) -> i16 {
        match self {
            Self::NoLink => 1,
            Self::Inactive => 2,
            Self::PausedHeld => 3,
            Self::AutoDisabled => 4,
            Self::Deleted => 5,
            Self::TypeNotLinkable => 6,
            Self::Criteria => 7,
            Self::OutOfCompany => 8,
            Self::NotAlertHook => 9,
            Self::Duplicate => 10,
            Self::Expired => 11,
            Self::TooLarge => 12,
            Self::Quota => 13,
            Self::PausedDropped => 14,
        }
    }

    /// The reason with that number.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// Whether it is decided for good. What is held may be sent yet: it has not ended, and it counts among what was
    /// not sent only when it is dropped.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::PausedHeld)
    }

    /// The word in URLs and exports.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::NoLink => "no_link",
            Self::Inactive => "inactive",
            Self::PausedHeld => "paused_held",
            Self::AutoDisabled => "auto_disabled",
            Self::Deleted => "deleted",
            Self::TypeNotLinkable => "type_not_linkable",
            Self::Criteria => "criteria",
            Self::OutOfCompany => "out_of_company",
            Self::NotAlertHook => "not_alert_hook",
            Self::Duplicate => "duplicate",
            Self::Expired => "expired",
            Self::TooLarge => "too_large",
            Self::Quota => "quota",
            Self::PausedDropped => "paused_dropped",
        }
    }

    /// The reason with that slug.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.slug() == slug)
    }

    /// Two or three words for a result chip.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoLink => "no link",
            Self::Inactive => "inactive",
            Self::PausedHeld => "held",
            Self::AutoDisabled => "switched off",
            Self::Deleted => "deleted",
            Self::TypeNotLinkable => "type not linkable",
            Self::Criteria => "criteria",
            Self::OutOfCompany => "other company",
            Self::NotAlertHook => "tests only",
            Self::Duplicate => "duplicate",
            Self::Expired => "too old",
            Self::TooLarge => "too large",
            Self::Quota => "quota",
            Self::PausedDropped => "paused",
        }
    }

    /// One sentence for a page.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NoLink => "The alert is not linked to this webhook.",
            Self::Inactive => "The webhook was inactive when the event arrived.",
            Self::PausedHeld => "The webhook is paused; the event is held.",
            Self::AutoDisabled => "Belfry had switched the webhook off when the event arrived.",
            Self::Deleted => "The webhook was deleted.",
            Self::TypeNotLinkable => {
                "Alerts of this type cannot be linked; only webhooks that receive all alerts get them."
            }
            Self::Criteria => "The event does not meet the webhook's criteria.",
            Self::OutOfCompany => {
                "The event belongs to a company that is neither the webhook's nor one below it."
            }
            Self::NotAlertHook => "The webhook receives test events only.",
            Self::Duplicate => "The same event had been delivered already.",
            Self::Expired => "The event was too old when its turn came.",
            Self::TooLarge => "The event is larger than the webhook takes.",
            Self::Quota => "The webhook's quota was used up.",
            Self::PausedDropped => "The webhook was paused; the event was dropped.",
        }
    }
}

impl FromStr for NotSent {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_slug(text).ok_or(UnknownName)
    }
}

/// What made the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trigger {
    /// An alert fired.
    Automatic,
    /// A person sent an event again.
    Manual,
    /// A person sent a test event. Tests do not count in statistics (contract 4.4).
    Test,
}

impl Trigger {
    /// All triggers, in the order of their codes.
    pub const ALL: [Self; 3] = [Self::Automatic, Self::Manual, Self::Test];

    /// The stored number.
    pub const fn code(self) -> i16 {
        match self {
            Self::Automatic => 1,
            Self::Manual => 2,
            Self::Test => 3,
        }
    }

    /// The trigger with that number.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|trigger| trigger.code() == code)
    }

    /// The word in URLs and exports.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Manual => "manual",
            Self::Test => "test",
        }
    }

    /// The trigger with that slug.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trigger| trigger.slug() == slug)
    }

    /// The word on pages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Automatic => "Automatic",
            Self::Manual => "Sent again",
            Self::Test => "Test",
        }
    }

    /// Whether its attempts count in the webhook's statistics.
    pub const fn counts(self) -> bool {
        !matches!(self, Self::Test)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_slugs_come_back_and_are_unique() {
        for state in State::ALL {
            assert_eq!(State::from_code(state.code()), Some(state));
            assert_eq!(State::from_slug(state.slug()), Some(state));
        }
        for reason in NotSent::ALL {
            assert_eq!(NotSent::from_code(reason.code()), Some(reason));
            assert_eq!(NotSent::from_slug(reason.slug()), Some(reason));
            assert!(reason.sentence().ends_with('.'));
        }
        for trigger in Trigger::ALL {
            assert_eq!(Trigger::from_code(trigger.code()), Some(trigger));
            assert_eq!(Trigger::from_slug(trigger.slug()), Some(trigger));
        }
        assert_eq!((State::from_code(0), NotSent::from_code(0), Trigger::from_code(0)), (None, None, None));
        let open: Vec<_> = NotSent::ALL.into_iter().filter(|reason| !reason.is_final()).collect();
        assert_eq!(open, [NotSent::PausedHeld]);
        assert_eq!("Failed".parse::<State>(), Err(UnknownName));
    }

    #[test]
    fn three_states_are_not_the_end() {
        let open: Vec<&str> = State::ALL.into_iter().filter(|s| !s.is_final()).map(State::slug).collect();
        assert_eq!(open, ["queued", "sending", "retrying"]);
    }
}
