//! C4: most receivers answer at the last moment, drip, or never answer; the good ones must not feel it. Until the
//! first of those requests has run out nobody can know that they are slow, and they may fill all places: what is
//! accepted in that time may wait for it once, and is counted apart.

use std::collections::HashMap;
use std::time::Duration;

use crate::database::Reader;
use crate::lab::Wish;
use crate::plan::Plan;
use crate::producer::Load;
use crate::run::Run;
use crate::server::Start;
use crate::temper::Temper;

const TIMEOUT_MS: u64 = 2_000;
const GOOD: usize = 8;
const HOOKS: usize = 20;
/// Beyond the deadline: what noticing it may take.
const MARGIN_US: i64 = 500_000;

#[test]
fn c04_slow() {
    let plan = Plan::of("c04_slow");
    let phase = Duration::from_secs(plan.pick(4, 25));
    let wish = Wish::new(vec![Temper::Good; HOOKS], 1)
        .with("BELFRY_DELIVERY_TIMEOUT", &format!("{TIMEOUT_MS}ms"))
        .with("BELFRY_RETRY_SCHEDULE", "0s,500ms");
    let load = plan
        .pick(Load { tasks: 2, pause_ms: 200, batch_max: 1 }, Load { tasks: 4, pause_ms: 80, batch_max: 1 });
    let mut run = Run::begin(plan, wish, &Start::default(), load);
    std::thread::sleep(phase);
    let slow_from_us = run.now_us();
    run.lab.retune(|hook| {
        hook.temper = match hook.index {
            0..GOOD => Temper::Good,
            index if index % 3 == 0 => Temper::Slow(Duration::from_millis(TIMEOUT_MS - 100)),
            index if index % 3 == 1 => Temper::Drips(Duration::from_millis(100)),
            _ => Temper::Hangs,
        }
    });
    std::thread::sleep(phase);
    let slow_to_us = run.now_us();
    run.producer.pause();
    let stuck = run.lab.receiver.ledger.under_way();
    // The rest of the backlog would take minutes: it is not what is asked here.
    run.lab.retune(|hook| hook.temper = Temper::Good);
    run.done.retuned = (GOOD..HOOKS).collect();
    crate::oracles::settle(&mut run.plan, &run.lab, Duration::from_secs(120));

    let accepted: HashMap<u64, u64> = run.producer.accepted_at();
    let mut before = Vec::new();
    let mut learning = Vec::new();
    let mut during = Vec::new();
    let learned_us = slow_from_us + TIMEOUT_MS * 1_000;
    let mut seen = std::collections::HashSet::new();
    for arrival in run.lab.receiver.ledger.arrivals() {
        let Some(at_us) = accepted.get(&arrival.event) else { continue };
        if arrival.hook >= GOOD || !seen.insert((arrival.hook, arrival.event)) {
            continue;
        }
        let waited_us = arrival.began_us.saturating_sub(*at_us);
        if *at_us < slow_from_us {
            before.push(waited_us);
        } else if *at_us < learned_us {
            learning.push(waited_us);
        } else if *at_us < slow_to_us {
            during.push(waited_us);
        }
    }
    let (calm, busy) = (percentile(&mut before, 99), percentile(&mut during, 99));
    let once = percentile(&mut learning, 99);
    let once_limit = TIMEOUT_MS * 1_000 + calm + 500_000;
    run.plan.require(once <= once_limit, "ISOLATION", format!("p99 {once} µs until it was known"));
    // On a machine that compiles beside, a few quick ones say little: the short form asks for no standstill.
    let limit = run.plan.pick(calm * 3 + 1_000_000, calm * 3 / 2 + 20_000);
    run.plan.require(busy <= limit, "ISOLATION", format!("p99 {busy} µs, before {calm} µs"));
    let longest = Reader::open(&run.lab.database()).attempts().iter().filter_map(|one| one.total_us).max();
    let deadline_us = i64::try_from(TIMEOUT_MS * 1_000).unwrap() + MARGIN_US;
    run.plan.require(longest <= Some(deadline_us), "DEADLINE", format!("an attempt took {longest:?} µs"));
    run.plan.count("good_before", before.len());
    run.plan.count("good_during", during.len());
    run.plan.count("p99_before_us", calm);
    run.plan.count("p99_learning_us", once);
    run.plan.count("p99_during_us", busy);
    run.plan.count("stuck", stuck);
    run.plan.count("longest_attempt_us", longest.unwrap_or(0));
    run.end(Duration::from_secs(60));
}

fn percentile(values: &mut [u64], percent: usize) -> u64 {
    values.sort_unstable();
    values.get((values.len() * percent / 100).min(values.len().saturating_sub(1))).copied().unwrap_or(0)
}
