//! Chance as an argument: secrets, jitter and session ids come from a [`Random`] that is handed in.

use std::sync::{Arc, Mutex};

use rand::{Rng, SeedableRng};

/// A source of random bytes.
pub trait Random: Send + Sync + 'static {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);

    /// A number in `0.0..1.0`.
    fn unit(&self) -> f64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        // 53 bits: what a double holds exactly.
        #[allow(clippy::cast_precision_loss)]
        let numerator = (u64::from_le_bytes(bytes) >> 11) as f64;
        numerator / 9_007_199_254_740_992.0
    }
}

/// The random source as the process passes it around.
pub type SharedRandom = Arc<dyn Random>;

/// The operating system's generator, through rand's thread-local one.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// A generator whose whole sequence follows from its seed. Used by tests and by `demo --seed`.
#[derive(Debug)]
pub struct SeededRandom(Mutex<rand::rngs::StdRng>);

impl SeededRandom {
    /// The sequence that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(rand::rngs::StdRng::seed_from_u64(seed)))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).fill_bytes(bytes);
    }
}
