//! Chance, all of it out of one seed. Each part of the simulation has a stream of its own, so that a change of one
//! leaves what the others do as it was. No library: seeds must mean the same after an upgrade.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The golden ratio: what `SplitMix64` counts by.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// One stream.
pub struct Dice(AtomicU64);

impl Dice {
    pub fn new(seed: u64, part: &str) -> Self {
        let state = part.bytes().fold(mix(seed), |state, byte| mix(state ^ u64::from(byte)));
        Self(AtomicU64::new(state))
    }

    fn next(&self) -> u64 {
        mix(self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP))
    }

    /// `0..below`; 0 when `below` is 0.
    pub fn below(&self, below: u64) -> u64 {
        let number = self.next();
        if below == 0 { 0 } else { number % below }
    }

    /// `from..=to`.
    pub fn between(&self, from: u64, to: u64) -> u64 {
        from + self.below(to.saturating_sub(from) + 1)
    }

    pub fn percent(&self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub fn ms(&self, from: u64, to: u64) -> Duration {
        Duration::from_millis(self.between(from, to))
    }

    /// One of several.
    pub fn pick<'a, T>(&self, from: &'a [T]) -> &'a T {
        let index = self.below(from.len() as u64);
        &from[usize::try_from(index).unwrap()]
    }

    /// One of several, each as often as its weight says.
    pub fn weighted<T: Copy>(&self, from: &[(u64, T)]) -> T {
        let mut left = self.below(from.iter().map(|(weight, _)| weight).sum());
        for (weight, what) in from {
            if left < *weight {
                return *what;
            }
            left -= weight;
        }
        from[0].1
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
