//! What one seed decides before anything happens: how big, how fast and how stormy its world is.

use std::time::Duration;

use belfry::delivery::Limits;
use belfry::domain::auto_disable::AutoDisable;
use belfry::domain::retry::Schedule;
use belfry::domain::time::SECOND_US;

use super::dice::Dice;

pub struct Plan {
    pub seed: u64,
    pub limits: Limits,
    pub schedule: Schedule,
    /// The longest that one request takes.
    pub timeout: Duration,
    pub auto_disable: AutoDisable,
    /// How many vehicles report.
    pub vehicles: u64,
    /// Of 100 steps, how many pause or resume a webhook.
    pub pauses: u64,
    /// What people do, one after the other.
    pub steps: u64,
    /// The longest pause between two of them, milliseconds.
    pub pace_ms: u64,
    /// Events in one array at most.
    pub burst: u64,
    /// The longest ordinary commit, milliseconds.
    pub commit_ms: u64,
    /// Of 100 steps, how many are a crash.
    pub crashes: u64,
    /// Of 100 requests, how many fail while a receiver is unwell.
    pub failures: u64,
}

impl Plan {
    pub fn of(seed: u64) -> Self {
        let dice = Dice::new(seed, "plan");
        let limits = if dice.percent(40) { Limits::default() } else { small(&dice) };
        let schedules = ["0s,1s,2s,4s", "0s,2s,2s", "0s,1s,1s,2s,3s,5s", "0s,3s", "0s,1s,8s"];
        let steps = if dice.percent(10) { dice.between(60, 150) } else { dice.between(8, 50) };
        Self {
            seed,
            limits,
            schedule: dice.pick(&schedules).parse().unwrap(),
            timeout: Duration::from_secs(dice.between(2, 6)),
            auto_disable: match dice.below(10) {
                0 => AutoDisable::NEVER,
                1..4 => AutoDisable::after(i64::try_from(dice.between(2, 12)).unwrap() * SECOND_US),
                _ => AutoDisable::DEFAULT,
            },
            vehicles: *dice.pick(&[3, 12, 500]),
            pauses: *dice.pick(&[0, 6, 15]),
            steps,
            pace_ms: *dice.pick(&[5, 50, 300, 800]),
            burst: *dice.pick(&[2, 2, 6, 30]),
            commit_ms: *dice.pick(&[2, 10, 40, 200]),
            crashes: *dice.pick(&[0, 3, 8, 15]),
            failures: *dice.pick(&[10, 40, 80]),
        }
    }

    /// The wait before the first retry.
    pub fn first_wait(&self) -> Duration {
        let wait_us = self.schedule.wait_before_us(2).unwrap_or(0);
        Duration::from_micros(u64::try_from(wait_us).unwrap())
    }
}

/// So small that everything runs into them.
fn small(dice: &Dice) -> Limits {
    let number = |from, to| usize::try_from(dice.between(from, to)).unwrap();
    Limits {
        requests: number(2, 12),
        per_webhook: number(1, 4),
        per_host: number(1, 5),
        queued: number(2, 30),
        queued_per_webhook: number(1, 8),
    }
}
