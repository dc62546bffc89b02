//! C11: SIGTERM under load ends everything properly; a second one ends it at once.

use std::time::{Duration, Instant};

use crate::lab::{TIMEOUT_MS, Wish};
use crate::plan::Plan;
use crate::producer::Load;
use crate::run::Run;
use crate::server::Start;
use crate::temper::Temper;

/// The engine's last requests, the time that it grants their results, and some for a busy machine.
const ENDS_WITHIN: Duration = Duration::from_millis(TIMEOUT_MS + 2_000 + 1_000);
const AT_ONCE: Duration = Duration::from_millis(500);

#[test]
fn c11_stop() {
    let plan = Plan::of("c11_stop");
    let rounds = plan.pick(3, 50);
    let load = Load { tasks: 4, pause_ms: plan.pick(40, 10), batch_max: 3 };
    let mut dice = plan.dice(2);
    let tempers = (0..10).map(|index| match index % 3 {
        0 => Temper::Slow(Duration::from_millis(400)),
        _ => Temper::Good,
    });
    let mut run = Run::begin(plan, Wish::new(tempers.collect(), 5), &Start::default(), load);
    let mut slowest = Duration::ZERO;
    for _ in 0..rounds {
        std::thread::sleep(dice.millis(100, 800));
        let (ended, took) = run.server.terminate();
        run.plan.require(ended.success(), "STOP", format!("ended with {ended}"));
        run.plan.require(took <= ENDS_WITHIN, "STOP", format!("the end took {took:?}"));
        slowest = slowest.max(took);
        run.ended();
        run.restart(&Start::default());
    }
    for _ in 0..rounds {
        // Stopped as soon as it says that it is there.
        let (ended, _) = run.server.terminate();
        run.plan.require(ended.success(), "STOP", format!("ended with {ended} just after its start"));
        run.ended();
        run.restart(&Start::default());
    }
    // Nothing was held, so DUPBOUND demands that nothing was interrupted; and what was taken was answered.
    run.done.answered_whatever_was_taken = true;
    // actix drops a connection that comes between the end of its workers and the end of its listener, and says so.
    run.done.expected_errors = vec!["No workers"];
    run.plan.count("rounds", rounds);
    run.plan.count("slowest_end_ms", slowest.as_millis());
    run.end(Duration::from_secs(30));
}

#[test]
fn c11_stop_twice() {
    let plan = Plan::of("c11_stop_twice");
    let load = Load { tasks: 2, pause_ms: 10, batch_max: 2 };
    let wish = Wish::new(vec![Temper::Hangs], 1).with("BELFRY_DELIVERY_TIMEOUT", "10s");
    let mut run = Run::begin(plan, wish, &Start::default(), load);
    let deadline = Instant::now() + Duration::from_secs(30);
    while run.lab.receiver.ledger.under_way() == 0 && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    run.server.signal("TERM");
    let waits = run.server.ended_within(Duration::from_millis(700)).is_none();
    run.plan.require(waits, "STOP", "the first signal did not wait for what was on the wire");
    let began = Instant::now();
    run.server.signal("TERM");
    let ended = run.server.ended_within(Duration::from_secs(30));
    let took = began.elapsed();
    run.plan.require(ended.is_some() && took <= AT_ONCE, "STOP", format!("{ended:?} after {took:?}"));
    run.plan.count("second_signal_ms", took.as_millis());
    run.plan.finish();
}
