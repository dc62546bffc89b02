//! How a receiver behaves.

use std::time::Duration;

use super::plan::Dice;

/// What one webhook's receiver does with its requests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Temper {
    /// 200 at once.
    Good,
    /// This status at once.
    Status(u16),
    /// 200 after a while.
    Slow(Duration),
    /// A head, then a byte for each interval until the other side gives up.
    Drips(Duration),
    /// Never answers.
    Hangs,
    /// 200, 500, a reset, or no answer: each request by the dice. Of 100 requests this many are not answered with 200.
    Flaps { seed: u64, bad_percent: u64 },
}

/// What is done with one request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Deed {
    Answer(u16, Duration),
    Drip(Duration),
    Hang,
    Reset,
}

impl Temper {
    /// The deed for the `nth` request of one delivery, from 0. The same arguments, the same deed.
    pub fn deed(self, event: u64, nth: u64) -> Deed {
        match self {
            Self::Good => Deed::Answer(200, Duration::ZERO),
            Self::Status(status) => Deed::Answer(status, Duration::ZERO),
            Self::Slow(wait) => Deed::Answer(200, wait),
            Self::Drips(interval) => Deed::Drip(interval),
            Self::Hangs => Deed::Hang,
            Self::Flaps { seed, bad_percent } => {
                let mut dice = Dice::new(seed ^ (event << 8) ^ nth);
                if !dice.percent(bad_percent) {
                    return Deed::Answer(200, dice.millis(0, 20));
                }
                match dice.between(0, 9) {
                    0..=4 => Deed::Answer(500, Duration::ZERO),
                    5..=8 => Deed::Reset,
                    _ => Deed::Hang,
                }
            }
        }
    }

    /// Whether every delivery has to succeed in the end.
    pub fn always_succeeds(self) -> bool {
        matches!(self, Self::Good | Self::Slow(_) | Self::Status(200..=299))
    }
}
