//! C3: the receivers are down for three hundred first waits, with events piling up, and come back.

use std::time::Duration;

use crate::lab::Wish;
use crate::plan::Plan;
use crate::producer::Load;
use crate::run::Run;
use crate::server::Start;
use crate::temper::Temper;

/// The waits of this scenario: up to the longest one within seconds, and then often enough for a minute.
const LONGEST_WAIT_MS: u64 = 5_000;
/// What a debug build on a busy machine can be asked for, deliveries a second.
const SLOWEST_DRAIN: u64 = 100;
/// Requests under way for one webhook at most: `delivery::REQUESTS_PER_WEBHOOK_MAX`.
const PER_WEBHOOK_MAX: usize = belfry::delivery::REQUESTS_PER_WEBHOOK_MAX;

#[test]
fn c03_down() {
    let plan = Plan::of("c03_down");
    let down = Duration::from_secs(plan.pick(3, 60));
    let wanted = plan.pick(100, 2_000);
    let schedule = format!("0s,200ms,500ms,1s,2s{}", ",5s".repeat(15));
    let wish = Wish::new(vec![Temper::Good; 4], 4).with("BELFRY_RETRY_SCHEDULE", &schedule);
    let load = Load { tasks: 4, pause_ms: 20, batch_max: 10 };
    let mut run = Run::begin(plan, wish, &Start::default(), load);
    run.goes_on(10, Duration::from_secs(30));
    run.lab.receiver.close();
    let end = std::time::Instant::now() + down;
    run.goes_on(wanted, Duration::from_secs(120));
    // No more load: what has piled up is what comes.
    run.producer.pause();
    std::thread::sleep(end.saturating_duration_since(std::time::Instant::now()));
    let backlog = crate::database::Reader::open(&run.lab.database()).open_deliveries();
    let opened_us = run.now_us();
    run.lab.receiver.open();
    let limit =
        Duration::from_millis(LONGEST_WAIT_MS * 12 / 10 + 2_000 + backlog as u64 * 1_000 / SLOWEST_DRAIN);
    let drained = crate::oracles::settle(&mut run.plan, &run.lab, limit);
    let arrivals = run.lab.receiver.ledger.arrivals();
    let after: Vec<u64> =
        arrivals.iter().filter(|one| one.began_us >= opened_us).map(|one| one.began_us - opened_us).collect();
    let most = run.lab.receiver.ledger.most_under_way();
    run.plan.require(most <= PER_WEBHOOK_MAX, "HERD", format!("{most} requests to one webhook at once"));
    run.plan.require(backlog >= wanted / 2, "LIVE", format!("only {backlog} deliveries had piled up"));
    run.plan.count("down_s", down.as_secs());
    run.plan.count("backlog", backlog);
    run.plan.count("drained_ms", drained.as_millis());
    run.plan.count("first_after_ms", after.iter().min().copied().unwrap_or(0) / 1_000);
    run.plan.count("most_at_once", most);
    run.plan.count("busiest_second", busiest_second(&after));
    run.end(limit);
}

fn busiest_second(after_us: &[u64]) -> usize {
    let mut seconds = std::collections::HashMap::<u64, usize>::new();
    for at in after_us {
        *seconds.entry(at / 1_000_000).or_default() += 1;
    }
    seconds.into_values().max().unwrap_or(0)
}
