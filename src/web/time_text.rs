//! Times as pages show them: in one zone, relative to one "now", always in the same words.

use jiff::Zoned;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use crate::domain::search::window::{WallTime, Window};
use crate::domain::time::Timestamp;

/// Writes times in a zone.
#[derive(Debug, Clone)]
pub struct Times {
    zone: TimeZone,
    name: String,
    now: Timestamp,
}

impl Times {
    /// Times in the zone with the IANA name `name`; an unknown one becomes UTC. `now` decides which times are
    /// today's.
    pub fn new(name: &str, now: Timestamp) -> Self {
        match TimeZone::get(name) {
            Ok(zone) => Self { zone, name: name.to_owned(), now },
            Err(_) => Self { zone: TimeZone::UTC, name: "UTC".to_owned(), now },
        }
    }

    /// The zone's name: `Europe/Berlin`.
    pub fn zone_name(&self) -> &str {
        &self.name
    }

    /// Now.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// For tables, short and still exact where it matters: today `14:02:10`, this year `15 Sep 09:12`, earlier
    /// `15 Sep 2025`.
    pub fn short(&self, at: Timestamp) -> String {
        let (time, now) = (self.zoned(at), self.zoned(self.now));
        if time.date() == now.date() {
            format(&time, "%H:%M:%S")
        } else if time.year() == now.year() {
            format(&time, "%-d %b %H:%M")
        } else {
            format(&time, "%-d %b %Y")
        }
    }

    /// For sentences: today `14:02:10`, otherwise `15 Sep 2026, 09:12:04`.
    pub fn sentence(&self, at: Timestamp) -> String {
        let time = self.zoned(at);
        let is_today = time.date() == self.zoned(self.now).date();
        format(&time, if is_today { "%H:%M:%S" } else { "%-d %b %Y, %H:%M:%S" })
    }

    /// To the second with its day: `Tue 22 Sep 2026, 14:02:10`.
    pub fn long(&self, at: Timestamp) -> String {
        format(&self.zoned(at), "%a %-d %b %Y, %H:%M:%S")
    }

    /// To the millisecond: today `14:02:10.882`, otherwise `15 Sep 14:02:10.882`.
    pub fn millis(&self, at: Timestamp) -> String {
        let time = self.zoned(at);
        let is_today = time.date() == self.zoned(self.now).date();
        format(&time, if is_today { "%H:%M:%S.%3f" } else { "%-d %b %H:%M:%S.%3f" })
    }

    /// The day alone: `4 Mar 2026`.
    pub fn day(&self, at: Timestamp) -> String {
        format(&self.zoned(at), "%-d %b %Y")
    }

    /// The day for an axis: `Tue 22`.
    pub fn weekday(&self, at: Timestamp) -> String {
        format(&self.zoned(at), "%a %-d")
    }

    /// When each of the last `count` days began, today's last.
    pub fn days(&self, count: i32) -> Vec<Timestamp> {
        let today = self.zoned(self.now).date();
        let begin = |back: i32| {
            let day = today.checked_sub(jiff::Span::new().days(back)).ok()?;
            let begin = day.to_zoned(self.zone.clone()).ok()?;
            Some(Timestamp::from_jiff(begin.timestamp()))
        };
        (0..count).rev().filter_map(begin).collect()
    }

    /// The hour and minute alone: `14:00`.
    pub fn clock(&self, at: Timestamp) -> String {
        format(&self.zoned(at), "%H:%M")
    }

    /// The day in the calendar: days since 1970, which is also what weeks begin from.
    pub fn day_number(&self, at: Timestamp) -> i64 {
        let seconds = self.zoned(at).offset().seconds();
        (at.seconds() + i64::from(seconds)).div_euclid(86_400)
    }

    /// The weekday, Monday is 0, and the hour of the day.
    pub fn weekday_and_hour(&self, at: Timestamp) -> (usize, usize) {
        let time = self.zoned(at);
        let day = usize::try_from(time.weekday().to_monday_zero_offset()).unwrap_or_default();
        (day, usize::try_from(time.hour()).unwrap_or_default())
    }

    /// The zone's abbreviation at that time: `CEST`.
    pub fn abbreviation(&self, at: Timestamp) -> String {
        format(&self.zoned(at), "%Z")
    }

    /// For machines and tooltips: RFC 3339 with milliseconds and offset, `2026-09-22T14:02:10.882+02:00`.
    pub fn full(&self, at: Timestamp) -> String {
        format(&self.zoned(at), "%Y-%m-%dT%H:%M:%S.%3f%:z")
    }

    /// As a form's field for a day and a time has it, without a zone: `2026-09-22T14:02:10`.
    pub fn local(&self, at: Timestamp) -> String {
        format(&self.zoned(at), "%Y-%m-%dT%H:%M:%S")
    }

    /// Reads such a field, with or without seconds. A time that a change of the clocks repeats is the first of the two.
    pub fn parse_local(&self, text: &str) -> Option<Timestamp> {
        let has_zone = text.contains(['Z', 'z', '+', '[']);
        let local = text.parse::<DateTime>().ok().filter(|_| text.contains(['T', 't']) && !has_zone)?;
        local.to_zoned(self.zone.clone()).ok().map(|time| Timestamp::from_jiff(time.timestamp()))
    }

    /// Reads a time as people type it: `2026-09-21 14:00`, with seconds or a `T` if they like, or `14:00` for today. One
    /// with an offset means one instant; one without is a time on the zone's wall clocks.
    pub fn typed(&self, text: &str) -> Option<WallTime> {
        let text = text.trim();
        if let Ok(at) = text.parse::<jiff::Timestamp>() {
            let at = Timestamp::from_jiff(at);
            return Some(WallTime { first: at, last: at });
        }
        let local = match text.split_once([' ', 'T', 't']) {
            Some((day, time)) => typed_day(day)?.to_datetime(typed_clock(time)?),
            None => self.zoned(self.now).date().to_datetime(typed_clock(text)?),
        };
        let instant = |offset: Offset| offset.to_timestamp(local).ok().map(Timestamp::from_jiff);
        let (one, other) = match self.zone.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => (instant(offset)?, instant(offset)?),
            AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after } => {
                (instant(before)?, instant(after)?)
            }
        };
        Some(WallTime { first: one.min(other), last: one.max(other) })
    }

    /// For the two ends of a stretch of time, to the minute: `13:30` today, otherwise `21 Sep 13:30`; with the zone's
    /// abbreviation when clocks were changed in between.
    pub fn ends(&self, window: Window) -> (String, String) {
        let is_changed = self.abbreviation(window.from) != self.abbreviation(window.to);
        let is_today = |at| self.zoned(at).date() == self.zoned(self.now).date();
        let today = is_today(window.from) && is_today(window.to);
        let this_year = self.zoned(window.from).year() == self.zoned(self.now).year();
        let end = |at| {
            let day = match (today, this_year) {
                (true, _) => "%H:%M",
                (false, true) => "%-d %b %H:%M",
                (false, false) => "%-d %b %Y %H:%M",
            };
            let zone = if is_changed { " %Z" } else { "" };
            format(&self.zoned(at), &format!("{day}{zone}"))
        };
        (end(window.from), end(window.to))
    }

    /// `Times` in UTC, with the same "now".
    #[must_use]
    pub fn utc(&self) -> Self {
        Self { zone: TimeZone::UTC, name: "UTC".to_owned(), now: self.now }
    }

    fn zoned(&self, at: Timestamp) -> Zoned {
        at.to_jiff().to_zoned(self.zone.clone())
    }
}

/// `2026-09-21`, and nothing that only looks like a day.
fn typed_day(text: &str) -> Option<Date> {
    let is_plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    text.parse().ok().filter(|_| is_plain)
}

/// `14:00`, `9:05`, `14:00:30`.
fn typed_clock(text: &str) -> Option<Time> {
    let parts = text.trim().split(':').map(|part| {
        let is_plain = matches!(part.len(), 1 | 2) && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<i8>().ok().filter(|_| is_plain)
    });
    match parts.collect::<Option<Vec<i8>>>()?.as_slice() {
        [hour, minute] => Time::new(*hour, *minute, 0, 0).ok(),
        [hour, minute, second] => Time::new(*hour, *minute, *second, 0).ok(),
        _ => None,
    }
}

fn format(time: &Zoned, pattern: &str) -> String {
    time.strftime(pattern).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn berlin() -> Times {
        Times::new("Europe/Berlin", at("2026-09-22T12:12:36Z"))
    }

    #[test]
    fn days_and_hours_are_those_of_the_zone() {
        let (times, late) = (berlin(), at("2026-09-22T22:30:00Z"));
        assert_eq!(times.weekday_and_hour(late), (2, 0), "Wednesday already");
        assert_eq!(times.utc().weekday_and_hour(late), (1, 22));
        assert_eq!(times.day_number(late), times.utc().day_number(late) + 1);
        assert_eq!(times.utc().day_number(Timestamp::from_seconds(86_400)), 1);
    }

    #[test]
    fn today_has_no_date_and_other_years_no_clock() {
        let times = berlin();
        assert_eq!(times.short(at("2026-09-22T12:02:10.882Z")), "14:02:10");
        assert_eq!(times.short(at("2026-09-21T22:30:00Z")), "00:30:00", "the zone's day, not UTC's");
        assert_eq!(times.short(at("2026-09-21T21:30:00Z")), "21 Sep 23:30");
        assert_eq!(times.short(at("2025-09-15T07:12:04Z")), "15 Sep 2025");
        assert_eq!(times.sentence(at("2026-09-22T12:02:10Z")), "14:02:10");
        assert_eq!(times.sentence(at("2026-09-15T07:12:04Z")), "15 Sep 2026, 09:12:04");
    }

    #[test]
    fn days_begin_at_midnight_on_the_wall() {
        let times = Times::new("Europe/Berlin", at("2026-10-26T00:30:00Z"));
        let begin: Vec<String> = times.days(3).into_iter().map(Timestamp::rfc3339).collect();
        assert_eq!(begin, ["2026-10-23T22:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"]);
        assert_eq!(
            times.days(3).into_iter().map(|day| times.weekday(day)).collect::<Vec<_>>(),
            ["Sat 24", "Sun 25", "Mon 26"]
        );
    }

    #[test]
    fn details_are_exact() {
        let (times, when) = (berlin(), at("2026-09-22T12:02:10.882345Z"));
        assert_eq!(times.millis(when), "14:02:10.882");
        assert_eq!(times.millis(at("2026-01-02T03:04:05Z")), "2 Jan 04:04:05.000");
        assert_eq!(times.long(when), "Tue 22 Sep 2026, 14:02:10");
        assert_eq!(times.full(when), "2026-09-22T14:02:10.882+02:00");
        assert_eq!(times.full(at("2026-01-02T03:04:05Z")), "2026-01-02T04:04:05.000+01:00");
        assert_eq!(
            (times.abbreviation(when), times.day(when)),
            ("CEST".to_owned(), "22 Sep 2026".to_owned())
        );
    }

    #[test]
    fn what_a_field_says_is_read_in_the_readers_zone() {
        let times = berlin();
        let when = at("2026-09-22T12:02:10Z");
        assert_eq!(times.local(when), "2026-09-22T14:02:10");
        assert_eq!(times.parse_local(&times.local(when)), Some(when));
        assert_eq!(times.parse_local("2026-09-22T14:02"), Some(at("2026-09-22T12:02:00Z")));
        assert_eq!(times.utc().parse_local("2026-09-22T14:02"), Some(at("2026-09-22T14:02:00Z")));
        assert_eq!(
            times.parse_local("2026-10-25T02:30"),
            Some(at("2026-10-25T00:30:00Z")),
            "the first of two"
        );
        for bad in
            ["", "noon", "2026-09-22", "2026-13-01T00:00", "2026-09-22T14:02Z", "2026-09-22T14:02+02:00"]
        {
            assert_eq!(times.parse_local(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_people_type_is_a_time_on_the_wall() {
        let times = berlin();
        let one = |text: &str| times.typed(text).map(|time| (time.first.rfc3339(), time.last.rfc3339()));
        let same = |at: &str| Some((at.to_owned(), at.to_owned()));
        let both = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        for (text, meant) in [
            ("2026-09-21 14:00", same("2026-09-21T12:00:00Z")),
            (" 2026-09-21T14:00:30 ", same("2026-09-21T12:00:30Z")),
            ("14:00", same("2026-09-22T12:00:00Z")),
            ("9:05", same("2026-09-22T07:05:00Z")),
            ("2026-09-21T14:00:00Z", same("2026-09-21T14:00:00Z")),
            ("2026-09-21T14:00:00+05:00", same("2026-09-21T09:00:00Z")),
            // Clocks are set back at 03:00: 02:30 comes twice. They are set forward at 02:00: 02:30 never comes.
            ("2026-10-25 02:30", both("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")),
            ("2026-10-25 03:00", same("2026-10-25T02:00:00Z")),
            ("2026-03-29 02:30", both("2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z")),
            ("", None),
            ("noon", None),
            ("25:00", None),
            ("14", None),
            ("2026-09-21", None),
            ("2026-02-30 10:00", None),
            ("2026-09-21 14:00 UTC", None),
            ("-2026-09-21 14:00", None),
            ("2026-09-21 1٤:00", None),
            ("9999-12-31 23:59", None),
        ] {
            assert_eq!(one(text), meant, "{text:?}");
        }
        assert_eq!(times.utc().typed("14:00").unwrap().first, at("2026-09-22T14:00:00Z"));
    }

    #[test]
    fn the_ends_of_a_stretch_of_time() {
        let times = berlin();
        let said = |from, to| {
            let (from, to) = times.ends(Window { from: at(from), to: at(to) });
            format!("{from} – {to}")
        };
        assert_eq!(said("2026-09-22T11:30:00Z", "2026-09-22T12:30:00Z"), "13:30 – 14:30");
        assert_eq!(said("2026-09-21T21:30:00Z", "2026-09-21T22:30:00Z"), "21 Sep 23:30 – 22 Sep 00:30");
        assert_eq!(
            said("2025-09-21T11:30:00Z", "2025-09-21T12:30:00Z"),
            "21 Sep 2025 13:30 – 21 Sep 2025 14:30"
        );
        assert_eq!(
            said("2026-10-25T00:15:00Z", "2026-10-25T01:45:00Z"),
            "25 Oct 02:15 CEST – 25 Oct 02:45 CET"
        );
    }

    #[test]
    fn utc_and_unknown_zones() {
        let when = at("2026-09-22T12:02:10.882Z");
        let utc = berlin().utc();
        assert_eq!(
            (utc.short(when), utc.full(when)),
            ("12:02:10".to_owned(), "2026-09-22T12:02:10.882+00:00".to_owned())
        );
        let odd = Times::new("Mars/Olympus", when);
        assert_eq!((odd.zone_name(), odd.clock(when)), ("UTC", "12:02".to_owned()));
    }
}
