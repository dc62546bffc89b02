//! What is counted in the background, so that no page has to read history: how often alerts fire, how attempts end,
//! how many attempts a delivery needs, how long it takes until an event has arrived.
//!
//! A tally is a count for one company, one hour or day and one subject. Who counts asks [`Tallies::event`] and
//! [`Tallies::attempt`] once for each row, in any order; sums are the same however the rows are cut into pieces.

use std::collections::BTreeMap;

use super::attempt::{self, Outcome};
use super::delivery::Trigger;
use super::stats::BUCKETS_MS;
use super::time::Timestamp;

/// What is counted. Codes are stored: they are stable numbers, never re-used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Events. Subject: the alert. Value: its type. Hour: when the event was received.
    Fired,
    /// Attempts that count. Subject: the webhook. Value: the outcome's code. Hour: when the attempt ended.
    Result,
    /// Deliveries of events that were sent by themselves and arrived. Subject: the webhook. Value: how many attempts
    /// that took. Hour: when it arrived.
    Needed,
    /// The same deliveries. Value: the place of the time from receiving the event to the 2xx in [`ARRIVAL_MS`].
    Arrival,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Fired, Self::Result, Self::Needed, Self::Arrival];

    /// The stored number, of counts by the hour.
    pub const fn code(self) -> i16 {
        match self {
            Self::Fired => 1,
            Self::Result => 2,
            Self::Needed => 3,
            Self::Arrival => 4,
        }
    }
}

/// How long a time is counted together. Everything is counted by the hour and by the day, so that a long window costs a
/// few days and the hours at its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    /// An hour.
    Hour,
    /// A day, UTC, named by its first hour.
    Day,
}

impl Span {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Hour, Self::Day];

    /// Hours in it.
    pub const fn hours(self) -> i64 {
        match self {
            Self::Hour => 1,
            Self::Day => 24,
        }
    }

    /// The first hour of the span that `hour` is in.
    pub const fn begin(self, hour: i64) -> i64 {
        hour.div_euclid(self.hours()) * self.hours()
    }

    /// The stored number of a kind that is counted by this span.
    pub const fn code(self, kind: Kind) -> i16 {
        match self {
            Self::Hour => kind.code(),
            Self::Day => kind.code() + 10,
        }
    }

    /// The span and kind with that number.
    pub fn from_code(code: i16) -> Option<(Self, Kind)> {
        let all = Self::ALL.into_iter().flat_map(|span| Kind::ALL.map(|kind| (span, kind)));
        all.into_iter().find(|(span, kind)| span.code(*kind) == code)
    }
}

/// The hours from `start` up to `end` as whole days in the middle and hours at both ends: before, days, after.
pub const fn cut(start: i64, end: i64) -> [(Span, i64, i64); 3] {
    const DAY: i64 = Span::Day.hours();
    let (first, last) = ((start + DAY - 1).div_euclid(DAY) * DAY, end.div_euclid(DAY) * DAY);
    if first >= last {
        return [(Span::Hour, start, end), (Span::Day, end, end), (Span::Hour, end, end)];
    }
    [(Span::Hour, start, first), (Span::Day, first, last), (Span::Hour, last, end)]
}

/// Upper ends of the buckets of [`Kind::Arrival`], milliseconds; the last bucket is open. They begin as those of a
/// single attempt, and go on through the waits between attempts.
pub const ARRIVAL_MS: [i64; 13] = {
    let [a, b, c, d, e, f, g] = BUCKETS_MS;
    [a, b, c, d, e, f, g, 15_000, 60_000, 300_000, 1_800_000, 7_200_000, 28_800_000]
};

/// The bucket of a time to arrive, microseconds. Clocks that disagree do not make it negative.
pub fn arrival_bucket(us: i64) -> usize {
    ARRIVAL_MS.iter().position(|ms| us <= ms * 1_000).unwrap_or(ARRIVAL_MS.len())
}

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The alert's or the webhook's company.
    pub company: i64,
    /// What is counted …
    pub kind: Kind,
    /// … by the hour or by the day …
    pub span: Span,
    /// … from which hour since the epoch on …
    pub hour: i64,
    /// … of what: see [`Kind`].
    pub subject: i64,
    /// Which: see [`Kind`].
    pub value: i64,
}

/// An event, as far as it is counted.
#[derive(Debug, Clone, Copy)]
pub struct Fired {
    /// Its alert's company.
    pub company: i64,
    /// Its alert.
    pub alert: i64,
    /// The alert's type.
    pub alert_type: i64,
    /// When it was received.
    pub received_at: Timestamp,
    /// Tests do not count.
    pub is_test: bool,
}

/// A finished attempt, as far as it is counted.
#[derive(Debug, Clone, Copy)]
pub struct Ended {
    /// Its webhook's company.
    pub company: i64,
    /// Its webhook.
    pub webhook: i64,
    /// Why its delivery was made.
    pub trigger: Trigger,
    /// Which attempt of the delivery it was, 1 for the first.
    pub number: i64,
    /// How it ended.
    pub outcome: Outcome,
    /// When the event was received …
    pub received_at: Timestamp,
    /// … and the attempt ended.
    pub finished_at: Timestamp,
}

/// Counts by what they count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tallies(pub BTreeMap<Key, i64>);

impl Tallies {
    fn add(&mut self, company: i64, kind: Kind, hour: i64, subject: i64, value: i64) {
        for span in Span::ALL {
            let hour = span.begin(hour);
            *self.0.entry(Key { company, kind, span, hour, subject, value }).or_default() += 1;
        }
    }

    /// Counts an event.
    pub fn event(&mut self, event: &Fired) {
        if !event.is_test {
            self.add(event.company, Kind::Fired, event.received_at.hour(), event.alert, event.alert_type);
        }
    }

    /// Counts an attempt, by the rules of [`super::stats`]: tests do not count, nor does what we did wrong ourselves.
    /// What people sent again says nothing of how long an event takes.
    pub fn attempt(&mut self, ended: &Ended) {
        if !ended.trigger.counts() || !attempt::counts(&ended.outcome) {
            return;
        }
        let hour = ended.finished_at.hour();
        let mut add = |kind, value| self.add(ended.company, kind, hour, ended.webhook, value);
        add(Kind::Result, i64::from(ended.outcome.code()));
        if ended.outcome == Outcome::Success && ended.trigger == Trigger::Automatic {
            add(Kind::Needed, ended.number);
            let bucket = arrival_bucket(ended.finished_at.since(ended.received_at));
            add(Kind::Arrival, i64::try_from(bucket).unwrap_or(i64::MAX));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::attempt::FailureClass;

    fn ended(outcome: Outcome, trigger: Trigger) -> Ended {
        Ended {
            company: 3,
            webhook: 41,
            trigger,
            number: 2,
            outcome,
            received_at: Timestamp::from_seconds(3_590),
            finished_at: Timestamp::from_seconds(3_602),
        }
    }

    fn counted(ended: &[Ended]) -> Vec<(Kind, i64, i64, i64)> {
        let mut tallies = Tallies::default();
        for one in ended {
            tallies.attempt(one);
        }
        let by_hour = tallies.0.iter().filter(|(key, _)| key.span == Span::Hour);
        by_hour.map(|(key, count)| (key.kind, key.hour, key.value, *count)).collect()
    }

    #[test]
    fn an_arrival_is_counted_in_the_hour_in_which_it_arrived() {
        assert_eq!(
            counted(&[ended(Outcome::Success, Trigger::Automatic)]),
            [(Kind::Result, 1, 0, 1), (Kind::Needed, 1, 2, 1), (Kind::Arrival, 1, 7, 1)]
        );
    }

    #[test]
    fn failures_and_what_is_sent_again_are_results_only() {
        let refused = Outcome::Failure(FailureClass::ConnectRefused);
        assert_eq!(
            counted(&[
                ended(refused, Trigger::Automatic),
                ended(refused, Trigger::Manual),
                ended(Outcome::Success, Trigger::Manual),
            ]),
            [(Kind::Result, 1, 0, 1), (Kind::Result, 1, 40, 2)]
        );
    }

    #[test]
    fn tests_and_our_own_faults_do_not_count() {
        let internal = Outcome::Failure(FailureClass::Internal);
        let nothing = [
            ended(Outcome::Success, Trigger::Test),
            ended(Outcome::Interrupted, Trigger::Automatic),
            ended(internal, Trigger::Automatic),
        ];
        assert!(counted(&nothing).is_empty());
        let mut tallies = Tallies::default();
        let event = |is_test| Fired {
            company: 3,
            alert: 7,
            alert_type: 5,
            received_at: Timestamp::from_seconds(93_600),
            is_test,
        };
        tallies.event(&event(true));
        assert!(tallies.0.is_empty());
        tallies.event(&event(false));
        let key = |span, hour| Key { company: 3, kind: Kind::Fired, span, hour, subject: 7, value: 5 };
        assert_eq!(tallies.0, BTreeMap::from([(key(Span::Hour, 26), 1), (key(Span::Day, 24), 1)]));
    }

    #[test]
    fn a_window_is_whole_days_and_the_hours_at_its_ends() {
        use Span::{Day, Hour};
        assert_eq!(cut(20, 75), [(Hour, 20, 24), (Day, 24, 72), (Hour, 72, 75)]);
        assert_eq!(cut(24, 48), [(Hour, 24, 24), (Day, 24, 48), (Hour, 48, 48)]);
        assert_eq!(cut(25, 47), [(Hour, 25, 47), (Day, 47, 47), (Hour, 47, 47)]);
        assert_eq!(cut(20, 30)[0], (Hour, 20, 30), "no whole day");
        for (start, end) in [(0, 0), (0, 500), (23, 25), (1, 49), (-30, 30)] {
            let parts = cut(start, end);
            assert_eq!(parts.map(|part| part.2 - part.1).iter().sum::<i64>(), end - start);
            assert!(parts.windows(2).all(|pair| pair[0].2 == pair[1].1));
        }
        for span in Span::ALL {
            for kind in Kind::ALL {
                assert_eq!(Span::from_code(span.code(kind)), Some((span, kind)));
            }
        }
    }

    #[test]
    fn buckets_take_their_upper_end() {
        for (us, bucket) in [(-5, 0), (0, 0), (50_000, 0), (50_001, 1), (28_800_000_000, 12), (i64::MAX, 13)]
        {
            assert_eq!(arrival_bucket(us), bucket, "{us}");
        }
        assert!(ARRIVAL_MS.is_sorted());
    }
}
