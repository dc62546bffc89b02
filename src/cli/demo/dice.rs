//! Chance for the story: everything that is not decided in a table follows from the seed.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::domain::random::{Random, SeededRandom};

/// One sequence of random numbers.
pub(super) struct Dice(SeededRandom);

impl Dice {
    /// The sequence that belongs to `seed` and `purpose`: who draws more for one purpose changes no other.
    pub(super) fn new(seed: u64, purpose: &str) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = digest(seed, purpose);
        Self(SeededRandom::new(u64::from_be_bytes([a, b, c, d, e, f, g, h])))
    }

    /// A number in `0.0..1.0`.
    pub(super) fn unit(&self) -> f64 {
        self.0.unit()
    }

    /// Whether something happens that happens with probability `share`.
    pub(super) fn chance(&self, share: f64) -> bool {
        self.unit() < share
    }

    /// A number in `from..to`.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    pub(super) fn between(&self, from: i64, to: i64) -> i64 {
        from + ((to - from) as f64 * self.unit()) as i64
    }

    /// One of `items`; `None` only when there are none.
    pub(super) fn pick<'a, T>(&self, items: &'a [T]) -> Option<&'a T> {
        let last = i64::try_from(items.len()).unwrap_or(i64::MAX);
        items.get(usize::try_from(self.between(0, last)).unwrap_or_default())
    }

    /// A duration as networks have them: most near `median_us`, some much longer.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    pub(super) fn duration_us(&self, median_us: i64, spread: f64) -> i64 {
        let normal = (self.unit() + self.unit() + self.unit() + self.unit() - 2.0) * 1.73;
        (median_us as f64 * (normal * spread).exp()) as i64
    }

    /// A whole number for a mean: 2.4 is 2 or 3.
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn count(&self, mean: f64) -> i64 {
        (mean + self.unit()) as i64
    }

    /// `digits` hexadecimal digits, 64 at most.
    pub(super) fn hex(&self, digits: usize) -> String {
        let mut bytes = [0; 32];
        self.0.fill(&mut bytes);
        HEXLOWER.encode(&bytes).chars().take(digits).collect()
    }
}

/// 32 bytes that follow from the seed.
pub(super) fn digest(seed: u64, purpose: &str) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"belfry demo/")
        .chain_update(purpose.as_bytes())
        .chain_update(seed.to_be_bytes())
        .finalize()
        .into()
}
