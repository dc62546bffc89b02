//! The time around which something is looked for.

use std::str::FromStr;

use crate::domain::access::UnknownName;
use crate::domain::time::{DAY_US, HOUR_US, MINUTE_US, Timestamp};

/// How far before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Width {
    /// 15 minutes.
    Quarter,
    /// An hour.
    #[default]
    Hour,
    /// Six hours.
    SixHours,
    /// A day: 24 hours.
    Day,
}

impl Width {
    /// All of them, the narrowest first.
    pub const ALL: [Self; 4] = [Self::Quarter, Self::Hour, Self::SixHours, Self::Day];

    /// The word in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quarter => "15m",
            Self::Hour => "1h",
            Self::SixHours => "6h",
            Self::Day => "24h",
        }
    }

    /// The words in the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Quarter => "± 15 minutes",
            Self::Hour => "± 1 hour",
            Self::SixHours => "± 6 hours",
            Self::Day => "± 24 hours",
        }
    }

    /// Microseconds to each side.
    pub const fn micros(self) -> i64 {
        match self {
            Self::Quarter => 15 * MINUTE_US,
            Self::Hour => HOUR_US,
            Self::SixHours => 6 * HOUR_US,
            Self::Day => DAY_US,
        }
    }

    /// The next wider one.
    pub fn wider(self) -> Option<Self> {
        Self::ALL.into_iter().find(|other| other.micros() > self.micros())
    }
}

impl FromStr for Width {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|width| width.name() == text).ok_or(UnknownName)
    }
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its first instant.
    pub from: Timestamp,
    /// The instant at which it is over.
    pub to: Timestamp,
}

/// A time on a clock on a wall. It comes twice in the night when clocks are set back, and never in the hour that is left
/// out when they are set forward; there, it is read by the offset before and by the one after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WallTime {
    /// The earliest instant that it can mean.
    pub first: Timestamp,
    /// The latest.
    pub last: Timestamp,
}

impl Window {
    /// Everything that `time` can mean, and `width` to each side.
    pub const fn around(time: WallTime, width: Width) -> Self {
        Self { from: time.first.plus_micros(-width.micros()), to: time.last.plus_micros(width.micros()) }
    }

    /// The time after it, `micros` long: what was late.
    #[must_use]
    pub const fn after(self, micros: i64) -> Self {
        Self { from: self.to, to: self.to.plus_micros(micros) }
    }

    /// Whether `at` lies in it.
    pub fn contains(self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_and_widths_grow() {
        for width in Width::ALL {
            assert_eq!(width.name().parse(), Ok(width));
        }
        assert_eq!("2h".parse::<Width>(), Err(UnknownName));
        assert_eq!((Width::Quarter.wider(), Width::Day.wider()), (Some(Width::Hour), None));
    }

    #[test]
    fn a_window_has_its_beginning_and_not_its_end() {
        let at = Timestamp::from_seconds(36_000);
        let window = Window::around(WallTime { first: at, last: at }, Width::Quarter);
        assert!(
            window.contains(at.plus_micros(-15 * MINUTE_US))
                && !window.contains(at.plus_micros(15 * MINUTE_US))
        );
        let twice = WallTime { first: at, last: at.plus_micros(HOUR_US) };
        let window = Window::around(twice, Width::Quarter);
        assert_eq!(window.to.since(window.from), 90 * MINUTE_US);
        assert_eq!(window.after(DAY_US).from, window.to);
    }
}
