//! Many deliveries sent again, slowly: which ones, how fast, and what became of them. In the console it is called to
//! redeliver.

mod filter;
mod rate;
mod skip;

pub use filter::Filter;
pub use rate::{Allowance, Rate};
pub use skip::{Old, Skip, Skips, is_repeated, judge};

use super::ids::{CompanyId, ReplayId};
use super::time::Timestamp;

/// Replays of one company that have not ended, at most.
pub const OPEN_MAX: i64 = 5;
/// Deliveries are counted up to here before a replay begins; beyond it is "or more".
pub const COUNT_MAX: i64 = 5_000;

/// Where a replay stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Deliveries are made.
    Running,
    /// Somebody stopped it for a while.
    Paused,
    /// Somebody ended it before its end.
    Cancelled,
    /// Everything was looked at.
    Finished,
}

impl Status {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 4] = [Self::Running, Self::Paused, Self::Cancelled, Self::Finished];

    /// The stored number. Those up to 2 have not ended; an index relies on it.
    pub const fn code(self) -> i16 {
        match self {
            Self::Running => 1,
            Self::Paused => 2,
            Self::Cancelled => 3,
            Self::Finished => 4,
        }
    }

    /// The status with that number.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// The word in the audit trail.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
            Self::Finished => "finished",
        }
    }

    /// The word on pages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Running => "Running",
            Self::Paused => "Paused",
            Self::Cancelled => "Cancelled",
            Self::Finished => "Finished",
        }
    }

    /// Whether it can still make deliveries.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Running | Self::Paused)
    }
}

/// A number of deliveries that was counted up to a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Expected {
    /// How many.
    pub count: i64,
    /// Whether there may be more of them.
    pub or_more: bool,
}

/// A replay as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// The identity.
    pub id: ReplayId,
    /// Whose deliveries: the company's and those of the companies below it.
    pub company: CompanyId,
    /// Which of them.
    pub filter: Filter,
    /// How fast.
    pub rate: Rate,
    /// Where it stands.
    pub status: Status,
    /// How many matched when it began.
    pub expected: Expected,
    /// New deliveries.
    pub made: i64,
    /// Deliveries that are not repeated, by reason.
    pub skips: Skips,
    /// Deliveries up to this number have been looked at …
    pub cursor: i64,
    /// … beginning after this one …
    pub after: i64,
    /// … and this is the last.
    pub upto: i64,
    /// When it began.
    pub created_at: Timestamp,
    /// Who began it.
    pub created_by: String,
    /// Up to when its rate has been used.
    pub stepped_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

impl Replay {
    /// How far it has come, 0 to 1,000. By deliveries where they were counted, otherwise by their numbers.
    pub fn per_mille(&self) -> i64 {
        if self.status == Status::Finished {
            return 1_000;
        }
        let (part, whole) = if self.expected.or_more {
            (self.cursor - self.after, self.upto - self.after)
        } else {
            (self.made + self.skips.total(), self.expected.count)
        };
        if whole <= 0 { 0 } else { (part.saturating_mul(1_000) / whole).clamp(0, 1_000) }
    }

    /// Deliveries that matched when it began and were gone or changed when their turn came. Known at its end, when
    /// all were counted.
    pub fn gone(&self) -> i64 {
        if self.status == Status::Finished && !self.expected.or_more {
            (self.expected.count - self.made - self.skips.total()).max(0)
        } else {
            0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replay(expected: Expected, made: i64, cursor: i64) -> Replay {
        Replay {
            id: ReplayId(1),
            company: CompanyId(1),
            filter: Filter::default(),
            rate: Rate::DEFAULT,
            status: Status::Running,
            expected,
            made,
            skips: Skips::default(),
            cursor,
            after: 100,
            upto: 300,
            created_at: Timestamp::default(),
            created_by: String::new(),
            stepped_at: Timestamp::default(),
            finished_at: None,
        }
    }

    #[test]
    fn codes_come_back() {
        assert!(Status::ALL.into_iter().all(|status| Status::from_code(status.code()) == Some(status)));
        assert_eq!(Status::from_code(0), None);
        assert!(Status::ALL.into_iter().all(|status| status.is_open() == (status.code() <= 2)));
    }

    #[test]
    fn progress_is_counted_where_it_can_be() {
        let counted = Expected { count: 40, or_more: false };
        let mut exact = replay(counted, 10, 290);
        assert_eq!(exact.per_mille(), 250);
        exact.skips.add(Skip::SwitchedOff, 10);
        assert_eq!(exact.per_mille(), 500);
        assert_eq!(exact.gone(), 0, "not known before the end");
        exact.status = Status::Finished;
        assert_eq!((exact.per_mille(), exact.gone()), (1_000, 20));
        let beyond = replay(Expected { count: 10_000, or_more: true }, 10, 150);
        assert_eq!(beyond.per_mille(), 250);
        assert_eq!(replay(Expected::default(), 0, 100).per_mille(), 0);
        assert_eq!(replay(counted, 90, 100).per_mille(), 1_000, "more than were counted");
    }
}
