//! C5: half of all requests end badly, one way or another; one webhook is switched off and one deleted meanwhile.

use std::time::Duration;

use crate::lab::Wish;
use crate::plan::Plan;
use crate::producer::Load;
use crate::run::Run;
use crate::server::Start;
use crate::temper::Temper;
use crate::wire::Shape;

const HOOKS: usize = 12;

#[test]
fn c05_flapping() {
    let plan = Plan::of("c05_flapping");
    let wanted = plan.pick(60, 2_000);
    let seed = plan.seed;
    let tempers =
        (0..HOOKS).map(|index| Temper::Flaps { seed: seed ^ (index as u64) << 40, bad_percent: 50 });
    let load = Load { tasks: 4, pause_ms: plan.pick(100, 40), batch_max: 3 };
    let mut run = Run::begin(plan, Wish::new(tempers.collect(), 6), &Start::default(), load);
    run.goes_on(wanted, Duration::from_secs(300));
    let telemax: Vec<usize> =
        run.lab.hooks.iter().filter(|hook| hook.shape == Shape::Telemax).map(|hook| hook.index).collect();
    run.lab.switch_off(&run.server.url, telemax[0]);
    run.done.stopped.insert(telemax[0], run.now_us());
    run.lab.delete(&run.server.url, telemax[1]);
    run.done.stopped.insert(telemax[1], run.now_us());
    run.goes_on(wanted, Duration::from_secs(300));
    run.end(Duration::from_secs(60));
}
