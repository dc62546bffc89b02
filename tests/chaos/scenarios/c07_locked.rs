//! C7: a second process holds the write lock. Accepts wait five seconds, then say 503; no customer is blamed.

use std::time::Duration;

use crate::database::WriteLock;
use crate::lab::Wish;
use crate::plan::Plan;
use crate::producer::Load;
use crate::run::Run;
use crate::server::Start;
use crate::temper::Temper;

/// `busy_timeout`, and some for a busy machine.
const WAITS_AT_MOST: Duration = Duration::from_millis(5_000 + 1_500);

#[test]
fn c07_locked() {
    let plan = Plan::of("c07_locked");
    let (times, hold) = plan.pick((1, 8), (5, 10));
    let load = Load { tasks: 4, pause_ms: 50, batch_max: 3 };
    let wish = Wish::new(vec![Temper::Good; 8], 4);
    let mut run = Run::begin(plan, wish, &Start::default(), load);
    run.done.expected_errors = vec!["gave up recording a result"];
    for _ in 0..times {
        run.goes_on(50, Duration::from_secs(30));
        let began_us = run.now_us();
        let lock = WriteLock::take(&run.lab.database());
        run.count_held();
        std::thread::sleep(Duration::from_secs(hold));
        lock.release();
        run.trouble_since(began_us);
    }
    run.goes_on(50, Duration::from_secs(30));
    let slowest = run.producer.slowest();
    run.plan.require(slowest <= WAITS_AT_MOST, "LIVE", format!("an answer took {slowest:?}"));
    let refused = run.producer.refused_with(503);
    run.plan.require(refused > 0, "LIVE", "nobody was refused: nobody was locked out");
    let blamed = run.blamed(&[]);
    run.plan.require(blamed.is_empty(), "BLAME", format!("attempts failed: {blamed:?}"));
    run.plan.count("locks", times);
    run.plan.count("held_s", hold);
    run.plan.count("refused_503", refused);
    run.plan.count("slowest_ms", slowest.as_millis());
    run.end(Duration::from_secs(60));
}
