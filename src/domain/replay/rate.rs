//! How fast a replay may be: so many new deliveries in a second, and never more at once.

use crate::domain::problem::{Problems, Rule};
use crate::domain::time::{SECOND_US, Timestamp};

/// New deliveries per second, 1 to 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(i32);

impl Rate {
    /// What is offered: 50.
    pub const DEFAULT: Self = Self(50);
    /// The fastest.
    pub const MAX: i32 = 1_000;

    /// A rate within the bounds.
    pub const fn new(per_second: i32) -> Option<Self> {
        if per_second >= 1 && per_second <= Self::MAX { Some(Self(per_second)) } else { None }
    }

    /// Reads what somebody typed.
    ///
    /// # Errors
    /// One problem at `rate`.
    pub fn parse(text: &str) -> Result<Self, Problems> {
        let plain = text.trim();
        let digits = plain.bytes().all(|byte| byte.is_ascii_digit());
        plain.parse().ok().filter(|_| digits).and_then(Self::new).ok_or_else(|| {
            Problems::one("rate", Rule::Invalid, "Choose a whole number from 1 to 1,000 per second.")
        })
    }

    /// The number.
    pub const fn per_second(self) -> i32 {
        self.0
    }

    /// What may be made at `now`, when the rate has been used up to `stepped_at`. What was not used for longer than a
    /// second is lost, so there is never a burst of more than one second's worth; a clock that was set back begins anew.
    pub fn allowance(self, stepped_at: Timestamp, now: Timestamp) -> Allowance {
        let from = if stepped_at > now { now } else { stepped_at.max(now.plus_micros(-SECOND_US)) };
        Allowance { count: now.since(from) * i64::from(self.0) / SECOND_US, from, rate: self }
    }
}

/// How many deliveries may be made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// As many.
    pub count: i64,
    from: Timestamp,
    rate: Rate,
}

impl Allowance {
    /// Up to when the rate has been used once `made` of them were made. What is left stays for the next step.
    pub fn used(&self, made: i64) -> Timestamp {
        let rate = i64::from(self.rate.0);
        // Rounded up: a thousand steps in a second are no faster than one.
        self.from.plus_micros((made * SECOND_US + rate - 1) / rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(10 * SECOND_US + micros)
    }

    fn rate(per_second: i32) -> Rate {
        Rate::new(per_second).unwrap()
    }

    #[test]
    fn bounds_and_spelling() {
        assert_eq!(Rate::parse(" 50 ").unwrap(), Rate::DEFAULT);
        assert_eq!((Rate::parse("1").unwrap(), Rate::parse("1000").unwrap()), (rate(1), rate(1_000)));
        for bad in ["", "0", "1001", "-1", "+5", "1.5", "fast", "99999999999"] {
            assert!(Rate::parse(bad).unwrap_err().at("rate").is_some(), "{bad}");
        }
    }

    #[test]
    fn never_more_than_a_second_at_once() {
        let count = |stepped, now| rate(50).allowance(at(stepped), at(now)).count;
        assert_eq!(count(0, 0), 0);
        assert_eq!(count(0, 19_999), 0);
        assert_eq!(count(0, 20_000), 1);
        assert_eq!(count(0, 250_000), 12);
        assert_eq!(count(0, SECOND_US), 50);
        assert_eq!(count(0, 3_600 * SECOND_US), 50, "an hour of rest is no hour's worth");
    }

    #[test]
    fn a_clock_that_was_set_back_begins_anew_and_makes_no_burst() {
        let back = rate(50).allowance(at(3_600 * SECOND_US), at(0));
        assert_eq!((back.count, back.used(0)), (0, at(0)));
        assert_eq!(rate(50).allowance(back.used(0), at(100_000)).count, 5);
    }

    #[test]
    fn many_small_steps_make_as_many_as_the_rate_says() {
        for (per_second, step_us) in [(1, 250_000), (3, 250_000), (7, 13_000), (50, 250_001), (1_000, 777)] {
            let (mut stepped, mut made, mut now) = (at(0), 0, 0);
            while now < 20 * SECOND_US {
                now += step_us;
                let allowed = rate(per_second).allowance(stepped, at(now));
                stepped = allowed.used(allowed.count);
                made += allowed.count;
                assert!(made <= i64::from(per_second) * now / SECOND_US, "{per_second}: {made} after {now}");
            }
            let whole = i64::from(per_second) * 20;
            assert!(made >= whole - whole / 100 - 1, "{per_second} per second made {made} in 20 s");
        }
    }

    #[test]
    fn what_was_not_used_is_there_for_the_next_step() {
        let first = rate(10).allowance(at(0), at(500_000));
        assert_eq!(first.count, 5);
        assert_eq!(rate(10).allowance(first.used(2), at(500_000)).count, 3);
    }
}
