//! When a failed delivery is tried again (contract 1.7).
//!
//! The schedule lists the wait before each attempt, counted from the end of the one before it: `0s` before the
//! first, `10s` before the second. Waits get ±10 % of jitter, so that a receiver that comes back is not met by
//! everybody at once. A receiver may ask for a longer wait with `Retry-After`; never for a shorter one, and never
//! for more than a day.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::attempt::FailureClass;
use super::time::{DAY_US, HOUR_US, MINUTE_US, SECOND_US, Timestamp};

/// The longest wait that a receiver can ask for, microseconds.
pub const RETRY_AFTER_MAX_US: i64 = DAY_US;
/// Attempts that a schedule may have at most.
pub const ATTEMPTS_MAX: usize = 20;
/// The longest wait that a schedule may have, microseconds.
pub const WAIT_MAX_US: i64 = 7 * DAY_US;

/// The units of a wait, `ms` before the `s` and the `m` that are part of it.
const UNITS: [(i64, &str); 5] =
    [(1_000, "ms"), (SECOND_US, "s"), (MINUTE_US, "m"), (HOUR_US, "h"), (DAY_US, "d")];

/// The waits before the attempts, microseconds; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule(Vec<i64>);

impl Schedule {
    /// How many attempts there are in all.
    pub fn attempts_max(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    /// The nominal wait before attempt `number` (1 is the first), microseconds; `None` after the last.
    pub fn wait_before_us(&self, number: u32) -> Option<i64> {
        let index = usize::try_from(number.checked_sub(1)?).ok()?;
        self.0.get(index).copied()
    }

    /// The nominal time from acceptance to the last attempt, microseconds, without the attempts' own duration.
    pub fn span_us(&self) -> i64 {
        self.0.iter().fold(0, |sum, wait| sum.saturating_add(*wait))
    }

    /// The waits, microseconds.
    pub fn waits_us(&self) -> &[i64] {
        &self.0
    }
}

impl Default for Schedule {
    /// `0s,10s,30s,2m,10m,30m,2h,6h`: 8 attempts over 8 h 42 min 40 s.
    fn default() -> Self {
        Self(vec![
            0,
            10 * SECOND_US,
            30 * SECOND_US,
            2 * MINUTE_US,
            10 * MINUTE_US,
            30 * MINUTE_US,
            2 * HOUR_US,
            6 * HOUR_US,
        ])
    }
}

/// A schedule that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ScheduleError(String);

impl FromStr for Schedule {
    type Err = ScheduleError;

    /// Reads `0s,10s,30s,2m,10m,30m,2h,6h`: whole numbers with `ms`, `s`, `m`, `h` or `d`, separated by commas.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let waits = text.split(',').map(|wait| parse_wait(wait.trim())).collect::<Result<Vec<_>, _>>()?;
        if waits.len() > ATTEMPTS_MAX {
            return Err(ScheduleError(format!(
                "a schedule has at most {ATTEMPTS_MAX} attempts, this one has {}",
                waits.len()
            )));
        }
        Ok(Self(waits))
    }
}

fn parse_wait(text: &str) -> Result<i64, ScheduleError> {
    let wrong = || {
        ScheduleError(format!(
            "`{}` is not a wait: write a whole number and ms, s, m, h or d, for example 30s",
            text.escape_debug()
        ))
    };
    let (digits, unit_us) = UNITS
        .into_iter()
        .find_map(|(unit_us, unit)| Some((text.strip_suffix(unit)?, unit_us)))
        .ok_or_else(wrong)?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let wait_us = digits.parse::<i64>().ok().and_then(|number| number.checked_mul(unit_us));
    match wait_us {
        Some(wait_us) if wait_us <= WAIT_MAX_US => Ok(wait_us),
        _ => Err(ScheduleError(format!("`{}` is longer than 7d", text.escape_debug()))),
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, wait_us) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            let whole = UNITS.into_iter().filter(|(unit_us, _)| wait_us % unit_us == 0);
            let longest = whole.max().filter(|_| *wait_us > 0);
            let (unit_us, unit) = longest.unwrap_or((SECOND_US, "s"));
            write!(f, "{}{unit}", wait_us / unit_us)?;
        }
        Ok(())
    }
}

/// The wait that a receiver asked for, microseconds, 0 or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryAfter(pub i64);

/// Reads a `Retry-After` header: seconds, or an HTTP date in one of its three spellings (RFC 9110, 5.6.7 and
/// 10.2.3). A date in the past asks for nothing. Absurdly large numbers are cut, not refused.
pub fn parse_retry_after(text: &str, now: Timestamp) -> Option<RetryAfter> {
    let text = text.trim_matches([' ', '\t']);
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = text.parse::<i64>().unwrap_or(i64::MAX);
        return Some(RetryAfter(seconds.saturating_mul(SECOND_US)));
    }
    let at = parse_http_date(text)?;
    Some(RetryAfter(at.since(now).max(0)))
}

fn parse_http_date(text: &str) -> Option<Timestamp> {
    ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]
        .into_iter()
        .find_map(|spelling| jiff::civil::DateTime::strptime(spelling, text).ok())
        .and_then(|at| at.to_zoned(jiff::tz::TimeZone::UTC).ok())
        .map(|at| Timestamp::from_jiff(at.timestamp()))
}

/// What happens after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Try again then.
    At(Timestamp),
    /// That was the last attempt.
    GiveUp,
    /// The receiver is gone for good (410): give up and switch the webhook off.
    GoneDisable,
}

/// When the first attempt is due.
pub fn first_attempt(schedule: &Schedule, now: Timestamp, jitter_unit: f64) -> Timestamp {
    now.plus_micros(jittered_us(schedule.wait_before_us(1).unwrap_or(0), jitter_unit))
}

/// What follows the failed attempt number `attempts_made` (1 after the first). `jitter_unit` is a random
/// number in `0.0..1.0`.
pub fn after_failure(
    schedule: &Schedule,
    attempts_made: u32,
    failure: FailureClass,
    retry_after: Option<RetryAfter>,
    now: Timestamp,
    jitter_unit: f64,
) -> Next {
    if failure == FailureClass::Http410 {
        return Next::GoneDisable;
    }
    let Some(scheduled_us) = schedule.wait_before_us(attempts_made.saturating_add(1)) else {
        return Next::GiveUp;
    };
    let wait_us = jittered_us(scheduled_us, jitter_unit);
    let wait_us = match retry_after {
        Some(RetryAfter(asked_us)) if asked_us >= scheduled_us => {
            asked_us.min(RETRY_AFTER_MAX_US).max(scheduled_us)
        }
        Some(_) | None => wait_us,
    };
    Next::At(now.plus_micros(wait_us))
}

/// `wait_us` ± 10 %.
fn jittered_us(wait_us: i64, jitter_unit: f64) -> i64 {
    let unit = if jitter_unit.is_finite() { jitter_unit.clamp(0.0, 1.0) } else { 0.5 };
    let wait = Duration::from_micros(u64::try_from(wait_us).unwrap_or(0)).mul_f64(unit.mul_add(0.2, 0.9));
    i64::try_from(wait.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_768_464_000);

    fn next(made: u32, failure: FailureClass, retry_after: Option<i64>, jitter: f64) -> Next {
        after_failure(&Schedule::default(), made, failure, retry_after.map(RetryAfter), NOW, jitter)
    }

    #[test]
    fn reads_and_writes_schedules() {
        let text = "0s,10s,30s,2m,10m,30m,2h,6h";
        let schedule: Schedule = text.parse().unwrap();
        assert_eq!(schedule, Schedule::default());
        assert_eq!(schedule.to_string(), text);
        assert_eq!((schedule.attempts_max(), schedule.span_us()), (8, (8 * 3600 + 42 * 60 + 40) * SECOND_US));
        assert_eq!("0s, 1d".parse::<Schedule>().unwrap().to_string(), "0s,1d");
        assert_eq!("0ms,250ms,2000ms".parse::<Schedule>().unwrap().to_string(), "0s,250ms,2s");
        for bad in [
            "",
            ",",
            "10",
            "s",
            "-1s",
            "+1s",
            "1.5s",
            "1w",
            "1s,",
            "10ss",
            "ms",
            "10sm",
            "8d",
            "99999999999999999999h",
            "é",
        ] {
            assert!(bad.parse::<Schedule>().is_err(), "{bad}");
        }
        assert!(["1s"; 21].join(",").parse::<Schedule>().unwrap_err().to_string().contains("at most 20"));
        assert!("1x".parse::<Schedule>().unwrap_err().to_string().contains("for example 30s"));
    }

    #[test]
    fn waits_follow_the_schedule_within_ten_percent() {
        let failure = FailureClass::Http5xx;
        assert_eq!(next(1, failure, None, 0.5), Next::At(NOW.plus_micros(10 * SECOND_US)));
        assert_eq!(next(1, failure, None, 0.0), Next::At(NOW.plus_micros(9 * SECOND_US)));
        let Next::At(latest) = next(1, failure, None, 0.999_999) else { panic!("a retry") };
        assert!((10_900_000..=11_000_000).contains(&latest.since(NOW)));
        assert_eq!(next(7, failure, None, 0.5), Next::At(NOW.plus_micros(6 * HOUR_US)));
        assert_eq!(next(8, failure, None, 0.5), Next::GiveUp);
        assert_eq!(next(u32::MAX, failure, None, 0.5), Next::GiveUp);
        assert_eq!(first_attempt(&Schedule::default(), NOW, 0.9), NOW);
    }

    #[test]
    fn gone_disables_at_any_time() {
        assert_eq!(next(1, FailureClass::Http410, Some(5), 0.5), Next::GoneDisable);
        assert_eq!(next(8, FailureClass::Http410, None, 0.5), Next::GoneDisable);
    }

    #[test]
    fn retry_after_only_lengthens_and_never_beyond_a_day() {
        let failure = FailureClass::Http429;
        let wait = |asked: i64| match next(1, failure, Some(asked), 0.0) {
            Next::At(at) => at.since(NOW),
            other => panic!("{other:?}"),
        };
        assert_eq!(wait(0), 9 * SECOND_US);
        assert_eq!(wait(5 * SECOND_US), 9 * SECOND_US);
        assert_eq!(wait(10 * SECOND_US), 10 * SECOND_US);
        assert_eq!(wait(HOUR_US), HOUR_US);
        assert_eq!(wait(3 * DAY_US), DAY_US);
        assert_eq!(wait(i64::MAX), DAY_US);
    }

    #[test]
    fn reads_retry_after() {
        let parse = |text: &str| parse_retry_after(text, NOW).map(|RetryAfter(us)| us);
        assert_eq!(parse("120"), Some(120 * SECOND_US));
        assert_eq!(parse(" 0 "), Some(0));
        assert_eq!(parse("99999999999999999999999999"), Some(i64::MAX));
        assert_eq!(parse("Thu, 15 Jan 2026 08:01:00 GMT"), Some(MINUTE_US));
        assert_eq!(parse("Thursday, 15-Jan-26 08:01:00 GMT"), Some(MINUTE_US));
        assert_eq!(parse("Thu Jan 15 08:01:00 2026"), Some(MINUTE_US));
        assert_eq!(parse("Thu Jan  1 08:01:00 2026"), Some(0));
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:37 GMT"), Some(0));
        for bad in ["", "-1", "+1", "1.5", "soon", "Thu, 99 Jan 2026 08:01:00 GMT", "10 s"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
