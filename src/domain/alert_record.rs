//! Alert records: events as Telemax lists them, and which of them have been read (contract 1.4).
//!
//! Read or not is a fact about the record and the same for everybody who sees it. There are two ways to say it: of one
//! record, by a [`Mark`], and of all records of a company and those below it, by [`AllRead`]. What was said last counts.
//! A record is named by its alert and its time, to the second, as it is shown; records of one alert in the same second
//! are one to whoever names them so.

use super::event::Event;
use super::ids::EventId;
use super::time::{SECOND_US, Timestamp};

/// Records that are looked at for one request at most: what lies further back is neither listed nor marked.
pub const CONSIDERED_MAX: i64 = 10_000;

/// An event as a record.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertRecord {
    /// What happened.
    pub event: Event,
    /// The alert's description as it is now; may be empty.
    pub description: String,
    /// Whether somebody has read it.
    pub is_read: bool,
}

/// What was said of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Read, or unread again.
    pub is_read: bool,
    /// [`AllRead::times`] when it was said.
    pub times: i64,
}

/// How far the records of one company have been said to be read altogether, by what was said of the company and of
/// those above it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AllRead {
    upto: i64,
    times: i64,
}

impl AllRead {
    /// Adds what was said `times` times, the last time up to `upto`, of the company or one above it.
    #[must_use]
    pub fn and(self, upto: EventId, times: i64) -> Self {
        Self { upto: self.upto.max(upto.0), times: self.times.saturating_add(times) }
    }

    /// How often it was said.
    pub const fn times(self) -> i64 {
        self.times
    }

    /// Whether `record`, of which `mark` was said, is read. A mark counts until all records were said to be read again.
    pub fn is_read(self, record: EventId, mark: Option<Mark>) -> bool {
        match mark {
            Some(mark) if mark.times == self.times => mark.is_read,
            _ => record.0 <= self.upto,
        }
    }
}

/// The second in which a record is shown.
pub const fn second_of(at: Timestamp) -> Timestamp {
    Timestamp::from_seconds(at.seconds())
}

/// Whether a record of the time `at` is shown with a later time than `from`.
pub const fn is_after(at: Timestamp, from: Timestamp) -> bool {
    at.seconds().saturating_mul(SECOND_US) > from.micros()
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn mark(is_read: bool, times: i64) -> Mark {
        Mark { is_read, times }
    }

    #[test]
    fn what_was_said_last_counts() {
        let nothing = AllRead::default();
        assert!(!nothing.is_read(EventId(1), None));
        assert!(nothing.is_read(EventId(1), Some(mark(true, 0))));
        let all = nothing.and(EventId(10), 1);
        assert!(all.is_read(EventId(10), None) && !all.is_read(EventId(11), None));
        assert!(all.is_read(EventId(10), Some(mark(false, 0))), "unread, then all read");
        assert!(!all.is_read(EventId(10), Some(mark(false, 1))), "all read, then unread");
        assert!(
            all.and(EventId(10), 1).is_read(EventId(10), Some(mark(false, 1))),
            "all read again, with nothing new"
        );
    }

    #[test]
    fn what_is_said_of_a_company_above_counts_as_well() {
        let both = AllRead::default().and(EventId(10), 3).and(EventId(7), 1);
        assert_eq!((both.times(), both.is_read(EventId(8), None)), (4, true));
    }

    #[test]
    fn times_are_compared_as_they_are_shown() {
        let at = |text| Timestamp::parse(text).unwrap();
        let event = at("2026-04-28T06:14:22.9Z");
        assert_eq!(second_of(event), at("2026-04-28T06:14:22Z"));
        assert!(is_after(event, at("2026-04-28T06:14:21.999Z")));
        assert!(
            !is_after(event, at("2026-04-28T06:14:22Z")),
            "who asks from the time that was shown has seen it"
        );
    }
}
