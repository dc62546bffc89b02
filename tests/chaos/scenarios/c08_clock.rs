//! C8: the wall clock jumps under load. Only in a build with the feature `failpoints`, which can be told a wrong time.

use std::time::Duration;

use crate::lab::Wish;
use crate::oracles::settle;
use crate::plan::Plan;
use crate::producer::Load;
use crate::run::Run;
use crate::server::Start;
use crate::temper::Temper;

const SECOND_US: i64 = 1_000_000;
const DAY_US: i64 = 86_400 * SECOND_US;
/// Forwards, back, a little of both, and one after the other.
const JUMPS_US: [i64; 7] =
    [90 * SECOND_US, -90 * SECOND_US, DAY_US, -DAY_US, -DAY_US, DAY_US, -90 * SECOND_US];
const HOOKS: usize = 12;

#[test]
fn c08_clock() {
    let plan = Plan::of("c08_clock");
    let jumps = &JUMPS_US[..plan.pick(4, 7)];
    let seed = plan.seed;
    let tempers = (0..HOOKS).map(|index| match index % 3 {
        0 => Temper::Flaps { seed: seed ^ (index as u64) << 40, bad_percent: 40 },
        1 => Temper::Slow(Duration::from_millis(300)),
        _ => Temper::Good,
    });
    let offset = tempfile::NamedTempFile::new().unwrap();
    let start = Start::with(&[("BELFRY_CLOCK_OFFSET_FILE", offset.path().to_str().unwrap())]);
    let load = Load { tasks: 4, pause_ms: 100, batch_max: 3 };
    let mut run = Run::begin(plan, Wish::new(tempers.collect(), 6), &start, load);
    run.done.clock_jumped = true;
    let (mut offset_us, mut slowest) = (0, Duration::ZERO);
    for jump_us in jumps {
        run.goes_on(30, Duration::from_secs(30));
        offset_us += jump_us;
        run.lab.receiver.expect_clock_offset(offset_us);
        std::fs::write(offset.path(), offset_us.to_string()).unwrap();
        run.goes_on(30, Duration::from_secs(30));
        // Everything comes to rest: nothing waits for the old clock's time.
        run.producer.rest(true);
        slowest = slowest.max(settle(&mut run.plan, &run.lab, Duration::from_secs(40)));
        run.producer.rest(false);
    }
    let most = run.lab.receiver.ledger.most_under_way();
    run.plan.require(most <= belfry::delivery::REQUESTS_PER_WEBHOOK_MAX, "HERD", format!("{most} at once"));
    run.plan.count("jumps", jumps.len());
    run.plan.count("slowest_rest_s", slowest.as_secs());
    run.plan.count("most_at_once", most);
    run.end(Duration::from_secs(40));
}
