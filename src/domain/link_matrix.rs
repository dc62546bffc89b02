//! What stands where an alert's row and a webhook's column cross, and which rows somebody asks for.

use super::alert_type::AlertType;
use super::webhook::Receives;

/// One crossing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// The alert is linked to the webhook.
    Linked,
    /// It can be.
    Free,
    /// The webhook receives every alert of its companies: a link would decide nothing.
    All,
    /// … that its criteria let through.
    ByCriteria,
    /// The webhook receives tests only.
    TestsOnly,
    /// The type cannot be linked, or the alert is of a company that is not the webhook's.
    Never,
}

impl Cell {
    /// What is between `alert_type` and a webhook. `is_below`: whether the alert's company is the webhook's or one
    /// below it.
    pub const fn of(
        alert_type: AlertType,
        receives: Receives,
        has_criteria: bool,
        is_below: bool,
        is_linked: bool,
    ) -> Self {
        match receives {
            Receives::All if is_below && has_criteria => Self::ByCriteria,
            Receives::All if is_below => Self::All,
            Receives::TestsOnly => Self::TestsOnly,
            Receives::Linked if is_linked => Self::Linked,
            Receives::Linked if is_below && alert_type.is_linkable() => Self::Free,
            Receives::All | Receives::Linked => Self::Never,
        }
    }

    /// Whether every event of the alert reaches the webhook. Criteria may let some through; that is no link.
    pub const fn is_heard(self) -> bool {
        matches!(self, Self::Linked | Self::All)
    }
}

/// Which alerts are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// All of them.
    #[default]
    All,
    /// Those that fired and reach no webhook.
    Unheard,
    /// Those that are linked and have not fired.
    Silent,
    /// Those that cannot be linked.
    Unlinkable,
}

impl Show {
    /// All choices, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::All, Self::Unheard, Self::Silent, Self::Unlinkable];

    /// The word in the address; empty for all.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Unheard => "unheard",
            Self::Silent => "silent",
            Self::Unlinkable => "unlinkable",
        }
    }

    /// The words on the page.
    pub const fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Unheard => "Fired but unlinked",
            Self::Silent => "Linked, never fired",
            Self::Unlinkable => "Cannot be linked",
        }
    }

    /// Whether an alert is shown. `is_heard`: by any webhook; `is_linked`: to any.
    pub const fn takes(self, alert_type: AlertType, fired: Fired, is_heard: bool, is_linked: bool) -> bool {
        match self {
            Self::All => true,
            Self::Unheard => matches!(fired, Fired::Lately) && !is_heard,
            Self::Silent => is_linked && matches!(fired, Fired::Never),
            Self::Unlinkable => !alert_type.is_linkable(),
        }
    }
}

/// When an alert fired the last time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fired {
    /// In the days that the page counts.
    Lately,
    /// Before them, in the longer time that counts as ever.
    Before,
    /// Not in that time.
    Never,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crossing_says_what_a_link_would_do() {
        let cell =
            |kind, receives, criteria, below, linked| Cell::of(kind, receives, criteria, below, linked);
        let (door, idle) = (AlertType::Geofence, AlertType::Idle);
        assert_eq!(cell(door, Receives::Linked, false, true, true), Cell::Linked);
        assert_eq!(cell(door, Receives::Linked, true, true, false), Cell::Free);
        assert_eq!(cell(door, Receives::Linked, false, false, false), Cell::Never);
        assert_eq!(cell(idle, Receives::Linked, false, true, false), Cell::Never);
        assert_eq!(cell(idle, Receives::All, false, true, false), Cell::All);
        assert_eq!(cell(idle, Receives::All, true, true, true), Cell::ByCriteria);
        assert_eq!(cell(idle, Receives::All, true, false, false), Cell::Never);
        assert_eq!(cell(door, Receives::TestsOnly, false, true, true), Cell::TestsOnly);
        assert!(Cell::Linked.is_heard() && Cell::All.is_heard() && !Cell::ByCriteria.is_heard());
    }

    #[test]
    fn rows_are_chosen_by_what_is_wrong_with_them() {
        let shown = |fired, is_heard, is_linked| {
            let takes = |show: &Show| show.takes(AlertType::Idle, fired, is_heard, is_linked);
            Show::ALL.into_iter().filter(takes).collect::<Vec<_>>()
        };
        assert_eq!(shown(Fired::Lately, false, false), [Show::All, Show::Unheard, Show::Unlinkable]);
        assert_eq!(shown(Fired::Lately, true, true), [Show::All, Show::Unlinkable]);
        assert_eq!(
            shown(Fired::Before, true, true),
            [Show::All, Show::Unlinkable],
            "not this week, but before"
        );
        assert_eq!(shown(Fired::Never, true, true), [Show::All, Show::Silent, Show::Unlinkable]);
        assert!(!Show::Unlinkable.takes(AlertType::Geofence, Fired::Never, false, false));
    }
}
