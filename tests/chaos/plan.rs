//! What a run is: how long, by which dice, and what it counted.
//!
//! The ordinary suite runs each scenario in its short form with seed 1. `script/chaos` sets these variables:
//! `BELFRY_CHAOS_LONG=1`, `BELFRY_CHAOS_SEED=N`, `BELFRY_CHAOS_KILLS=N`.

use std::fmt::Display;
use std::io::Write as _;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Chance that follows from a seed.
pub struct Dice(StdRng);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        self.0.random_range(low..=high)
    }

    pub fn millis(&mut self, low: u64, high: u64) -> Duration {
        Duration::from_millis(self.between(low, high))
    }

    pub fn percent(&mut self, chance: u64) -> bool {
        self.between(1, 100) <= chance
    }
}

/// One scenario's run.
pub struct Plan {
    pub name: &'static str,
    pub seed: u64,
    pub is_long: bool,
    kills: Option<usize>,
    began: Instant,
    figures: Vec<(&'static str, String)>,
    violations: Vec<String>,
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok().filter(|text| !text.is_empty())?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is `{text}`: use a whole number")))
}

impl Plan {
    pub fn of(name: &'static str) -> Self {
        Self {
            name,
            seed: number("BELFRY_CHAOS_SEED").unwrap_or(1),
            is_long: std::env::var("BELFRY_CHAOS_LONG").is_ok_and(|text| text == "1"),
            kills: number("BELFRY_CHAOS_KILLS").and_then(|kills| usize::try_from(kills).ok()),
            began: Instant::now(),
            figures: Vec::new(),
            violations: Vec::new(),
        }
    }

    /// The dice of one part of the run, so that what one part throws does not move the others.
    pub fn dice(&self, part: u64) -> Dice {
        Dice::new(self.seed.wrapping_mul(1_000_003).wrapping_add(part))
    }

    /// One of two values, by the form of the run.
    pub fn pick<T>(&self, short: T, long: T) -> T {
        if self.is_long { long } else { short }
    }

    /// How often to kill.
    pub fn kills(&self, short: usize, long: usize) -> usize {
        self.kills.unwrap_or(self.pick(short, long))
    }

    /// Something that was counted, for the line at the end.
    pub fn count(&mut self, what: &'static str, value: impl Display) {
        self.figures.push((what, value.to_string()));
    }

    /// Something that must not be.
    pub fn violation(&mut self, oracle: &str, what: impl Display) {
        self.violations.push(format!("{oracle}: {what}").chars().take(600).collect());
    }

    pub fn require(&mut self, is_so: bool, oracle: &str, what: impl Display) {
        if !is_so {
            self.violation(oracle, what);
        }
    }

    /// Prints the line and fails the test if anything was violated.
    pub fn finish(self) {
        let figures: Vec<String> =
            self.figures.iter().map(|(what, value)| format!("{what}={value}")).collect();
        println!(
            "chaos {} {} {:.1}s seed={} {}",
            self.name,
            if self.violations.is_empty() { "ok" } else { "VIOLATED" },
            self.began.elapsed().as_secs_f64(),
            self.seed,
            figures.join(" ")
        );
        let shown: Vec<&str> = self.violations.iter().take(20).map(String::as_str).collect();
        assert!(shown.is_empty(), "{} violations:\n{}", self.violations.len(), shown.join("\n"));
    }

    /// Says why there is nothing to see.
    pub fn skip(self, why: &str) {
        say(&format!("chaos {} skipped - {why}", self.name));
    }

    /// Says which part of the scenario was left out, and why.
    pub fn left_out(&self, what: &str) {
        say(&format!("note: {} {what}", self.name));
    }
}

/// Past the test harness, which shows only what failing tests print: what did not run must be seen.
#[allow(clippy::explicit_write, reason = "the macro's words are caught")]
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").unwrap();
}
