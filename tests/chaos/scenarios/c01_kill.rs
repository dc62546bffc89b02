//! C1: kill -9 at random moments under load.

use std::time::Duration;

use crate::lab::{Wish, mixture};
use crate::plan::Plan;
use crate::producer::Load;
use crate::run::Run;
use crate::server::Start;

const HOOKS: usize = 50;
const ALERTS: usize = 20;
/// A restart may take so long, with the release build.
const START_WITHIN: Duration = Duration::from_secs(1);

#[test]
fn c01_kill() {
    let plan = Plan::of("c01_kill");
    let kills = plan.kills(5, 100);
    let wanted: usize = plan.pick(200, 50_000);
    let load = plan
        .pick(Load { tasks: 4, pause_ms: 100, batch_max: 4 }, Load { tasks: 8, pause_ms: 20, batch_max: 20 });
    let mut dice = plan.dice(2);
    let tempers = mixture(HOOKS, plan.seed, &mut dice);
    let mut run = Run::begin(plan, Wish::new(tempers, ALERTS), &Start::default(), load);
    let (mut slowest, mut on_the_wire) = (Duration::ZERO, 0);
    for _ in 0..kills {
        std::thread::sleep(dice.millis(50, 1_000));
        on_the_wire += run.lab.receiver.ledger.under_way();
        run.kill();
        run.restart(&Start::default());
        slowest = slowest.max(run.server.ready_after);
    }
    run.goes_on(wanted.saturating_sub(run.producer.accepted()).max(20), Duration::from_secs(600));
    run.receivers_recover();
    let is_slow = !cfg!(debug_assertions) && slowest > START_WITHIN;
    run.plan.require(!is_slow, "LIVE", format!("a restart took {slowest:?}"));
    run.plan.count("kills", kills);
    run.plan.count("on_the_wire", on_the_wire);
    run.plan.count("slowest_start_ms", slowest.as_millis());
    run.end(Duration::from_secs(60 + kills as u64 * 6));
}
