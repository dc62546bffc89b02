//! Instants and spans. One unit everywhere: microseconds since the Unix epoch, as the database stores them.

use std::fmt;

/// Microseconds in one second.
pub const SECOND_US: i64 = 1_000_000;
/// Microseconds in one minute.
pub const MINUTE_US: i64 = 60 * SECOND_US;
/// Microseconds in one hour.
pub const HOUR_US: i64 = 60 * MINUTE_US;
/// Microseconds in one day.
pub const DAY_US: i64 = 24 * HOUR_US;

/// An instant, UTC, in microseconds since the Unix epoch.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant `micros` microseconds after the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// The instant `seconds` seconds after the epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(SECOND_US))
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(SECOND_US)
    }

    /// Hours since the epoch, rounded down: the key of an hourly roll-up.
    pub const fn hour(self) -> i64 {
        self.0.div_euclid(HOUR_US)
    }

    /// This instant moved by `micros`, which may be negative.
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Microseconds from `earlier` to this instant; negative when `earlier` is later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// From jiff's timestamp; below a microsecond is cut off.
    pub fn from_jiff(at: jiff::Timestamp) -> Self {
        Self(at.as_microsecond())
    }

    /// As jiff's timestamp. Instants beyond jiff's range (year 9999) come back as its limits.
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }

    /// Parses RFC 3339 with an offset or `Z`. The text's own words are not repeated in the error.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(Self::from_jiff)
    }

    /// Parses RFC 3339, or the same without an offset, which means UTC; a date alone means its beginning.
    pub fn parse_utc(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| {
            let is_plain = |byte: u8| byte.is_ascii_digit() || b"-:.T".contains(&byte);
            let naive =
                text.bytes().all(is_plain).then(|| text.parse::<jiff::civil::DateTime>().ok()).flatten()?;
            naive.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|at| Self::from_jiff(at.timestamp()))
        })
    }

    /// RFC 3339 with `Z`; a fraction only when there is one: `2026-04-28T06:14:22Z`.
    pub fn rfc3339(self) -> String {
        self.to_jiff().to_string()
    }

    /// RFC 3339 with exactly three fraction digits and `Z`: `2026-04-28T06:14:22.000Z` (SoftwareOne).
    pub fn rfc3339_millis(self) -> String {
        format!("{:.3}", self.to_jiff())
    }

    /// UTC without `Z` and without fraction: `2026-05-29T10:33:21` (Telemax `createdAt`).
    pub fn naive_seconds(self) -> String {
        self.to_jiff().strftime("%Y-%m-%dT%H:%M:%S").to_string()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        let at = Timestamp::parse("2026-04-28T08:14:22+02:00").unwrap();
        assert_eq!(at.rfc3339(), "2026-04-28T06:14:22Z");
        assert_eq!(at.rfc3339_millis(), "2026-04-28T06:14:22.000Z");
        assert_eq!(at.naive_seconds(), "2026-04-28T06:14:22");
        assert_eq!(at.plus_micros(500_000).rfc3339(), "2026-04-28T06:14:22.5Z");
        assert_eq!(Timestamp::parse("2026-04-28"), None);
    }

    #[test]
    fn times_without_an_offset_are_utc() {
        for (text, expected) in [
            ("2026-04-28T06:14:22", "2026-04-28T06:14:22Z"),
            ("2026-04-28T06:14:22Z", "2026-04-28T06:14:22Z"),
            ("2026-04-28T08:14:22.25+02:00", "2026-04-28T06:14:22.25Z"),
            ("2026-04-28T06:14:22.5", "2026-04-28T06:14:22.5Z"),
            ("2026-04-28", "2026-04-28T00:00:00Z"),
        ] {
            assert_eq!(Timestamp::parse_utc(text), Timestamp::parse(expected), "{text}");
        }
        for bad in ["", "x", "1777356862", "2026-04-28T06:14:22[Europe/Berlin]", "2026-02-30", "06:14:22"] {
            assert_eq!(Timestamp::parse_utc(bad), None, "{bad}");
        }
    }
}
