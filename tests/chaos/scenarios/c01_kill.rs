//! C1: kill -9 at random moments under load.

use std::time::Duration;

use crate::lab::{Wish, mixture};
use crate::plan::Plan;
use crate::producer::Load;
use crate::run::Run;
use crate::server::Start;

const HOOKS: usize = 50;
const ALERTS: usize = 20;
/// From a start to the first acknowledged report, with the release build, in half of the restarts and in all.
const FIRST_WITHIN_US: [u64; 2] = [500_000, 1_000_000];

#[test]
fn c01_kill() {
    let plan = Plan::of("c01_kill");
    let kills = plan.kills(5, 100);
    let wanted: usize = plan.pick(200, 50_000);
    let load = plan
        .pick(Load { tasks: 4, pause_ms: 100, batch_max: 4 }, Load { tasks: 8, pause_ms: 50, batch_max: 20 });
    let mut dice = plan.dice(2);
    let tempers = mixture(HOOKS, plan.seed, &mut dice);
    let mut run = Run::begin(plan, Wish::new(tempers, ALERTS), &Start::default(), load);
    let (mut lives_us, mut on_the_wire) = (Vec::new(), 0);
    let mut born_us = None;
    for _ in 0..kills {
        std::thread::sleep(dice.millis(50, 1_000));
        on_the_wire += run.lab.receiver.ledger.under_way();
        run.kill();
        lives_us.extend(born_us.map(|born_us| (born_us, run.now_us())));
        born_us = Some(run.now_us());
        run.restart(&Start::default());
    }
    let accepted_at_kills = run.producer.accepted();
    run.goes_on(wanted.saturating_sub(run.producer.accepted()).max(20), Duration::from_secs(600));
    run.receivers_recover();
    lives_us.extend(born_us.map(|born_us| (born_us, run.now_us())));
    let firsts = firsts_us(&run, &lives_us);
    let [half, all] = [firsts.get(firsts.len() / 2), firsts.last()].map(|us| us.copied().unwrap_or(0));
    let is_slow = !cfg!(debug_assertions) && (half > FIRST_WITHIN_US[0] || all > FIRST_WITHIN_US[1]);
    run.plan.require(!is_slow, "LIVE", format!("first answers after {half} µs, {all} µs at most"));
    run.plan.count("kills", kills);
    run.plan.count("accepted_by_last_kill", accepted_at_kills);
    run.plan.count("on_the_wire", on_the_wire);
    run.plan.count("lives_with_2xx", format!("{}/{}", firsts.len(), lives_us.len()));
    run.plan.count("first_2xx_median_ms", half / 1_000);
    run.plan.count("first_2xx_most_ms", all / 1_000);
    run.end(Duration::from_secs(60 + kills as u64 * 6));
}

/// From the start of each server to the first report that it acknowledged, in order; some were killed before.
fn firsts_us(run: &Run, lives_us: &[(u64, u64)]) -> Vec<u64> {
    let mut accepted_us: Vec<u64> = run.producer.accepted_at().into_values().collect();
    accepted_us.sort_unstable();
    let first = |(born_us, died_us): &(u64, u64)| {
        let at = accepted_us.get(accepted_us.partition_point(|at_us| at_us < born_us))?;
        (at < died_us).then(|| at - born_us)
    };
    let mut firsts: Vec<u64> = lives_us.iter().filter_map(first).collect();
    firsts.sort_unstable();
    firsts
}
