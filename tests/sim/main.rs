//! The real engine on the real file, in a world where time, chance, the network, the disk and death belong to the test.
//!
//! One seed is one run: a few minutes of virtual time on one thread. People submit events, change webhooks and steer
//! deliveries; receivers fail in every way; the clock is set wrong; commits are late or refused; the process is
//! stopped, or dies between any two effects, and the next one opens the file as it was left. Then everybody is well,
//! everything has to come to rest, and the oracles compare what people were promised, what was on the wire and what
//! is in the file (`oracles`).
//!
//! A run is exactly repeatable: `script/sim --seed 7` shows the whole of run 7, `script/sim --seeds 10000` looks for
//! seeds that fail. Those that once did are in `regressions.txt`.
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected ends")]

mod breakers;
mod clients;
mod clock;
mod committer;
mod dice;
mod file;
mod fleet;
mod known;
mod ledger;
mod life;
mod oracles;
mod people;
mod plan;
mod process;
mod quiet;
mod receivers;
mod seeds;
mod story;
mod transport;
mod world;

use std::time::Instant;

use seeds::{Totals, Yard, run_all};

/// Seeds in an ordinary run of the tests.
const SEEDS: u64 = 1_000;

fn number_in(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} has to be a number")))
}

fn expect_none_failed(totals: &Totals) {
    let shown: Vec<String> = totals.failed.iter().map(|report| report.shown(false)).collect();
    assert!(totals.failed.is_empty(), "\n{}", shown.join("\n\n"));
}

#[test]
fn every_promise_is_kept_whatever_happens() {
    if let Some(seed) = number_in("BELFRY_SIM_SEED") {
        let report = Yard::new().run(seed);
        println!("{}", report.shown(true));
        assert!(report.violation.is_none());
        return;
    }
    let began = Instant::now();
    let first = number_in("BELFRY_SIM_FROM").unwrap_or(0);
    let totals = run_all(first, number_in("BELFRY_SIM_SEEDS").unwrap_or(SEEDS));
    let (Totals { seeds, requests, deaths, .. }, took) = (&totals, began.elapsed());
    println!("{seeds} seeds, {requests} requests, {deaths} deaths in {took:.1?}");
    for (what, count) in &totals.counts {
        println!("{count:>9} {what}");
    }
    expect_none_failed(&totals);
}

#[test]
fn seeds_that_once_failed_pass() {
    let yard = Yard::new();
    for line in include_str!("regressions.txt").lines() {
        let seed = line.split('#').next().unwrap_or_default().trim();
        if !seed.is_empty() {
            let report = yard.run(seed.parse().expect("a seed in front of the #"));
            assert!(report.violation.is_none(), "\n{}", report.shown(false));
        }
    }
}

#[test]
fn a_seed_tells_the_same_story_twice() {
    let yard = Yard::new();
    for seed in 0..10 {
        let (one, two) = (yard.run(seed).trace, yard.run(seed).trace);
        let differs = one.iter().zip(&two).position(|(one, two)| one != two);
        assert_eq!((differs, one.len()), (None, two.len()), "seed {seed}");
    }
}
