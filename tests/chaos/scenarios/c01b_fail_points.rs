//! C1b: the process ends at the worst places: between a commit and its answer, between a request and its record, in
//! the middle of taking over from a dead one. Only in a build with the feature `failpoints`.

use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

use crate::console;
use crate::database::{Books, Reader};
use crate::lab::{Lab, Wish, mixture};
use crate::oracles::settle;
use crate::plan::Plan;
use crate::producer::{Load, Producer};
use crate::release;
use crate::run::Run;
use crate::server::{Server, Start};
use crate::temper::Temper;

const SIGABRT: i32 = 6;
/// Within this time the load reaches every place.
const REACHED_WITHIN: Duration = Duration::from_secs(30);
/// A point is armed for its first to its last of so many hits.
const HITS_MAX: u64 = 10;
/// Reached in ways of their own, by the tests below.
const APART: [&str; 3] = ["migrate.mid", "prune.mid", "rotate.mid"];

fn armed(point: &str, hit: u64) -> Start {
    Start::with(&[("BELFRY_FAILPOINT", &format!("{point}:{hit}"))])
}

/// Runs the server until it dies at `point`; what it held is counted.
fn dies_at(run: &mut Run, point: &str, hit: u64) {
    match Server::try_start(&run.lab, &armed(point, hit)) {
        Ok(server) => {
            run.server = server;
            run.producer.server_is(Some(&run.server.url));
            let ended = run.server.ended_within(REACHED_WITHIN);
            let aborted = ended.is_some_and(|status| status.signal() == Some(SIGABRT));
            run.plan.require(aborted, "REACHED", format!("{point}:{hit} ended with {ended:?}"));
            run.server.kill();
            run.ended();
        }
        // While it took over from the one before.
        Err(log) => run.done.log.extend(log),
    }
    run.count_held();
}

/// Waits until the server holds so many deliveries; when it never does, a point will not be reached.
fn comes_to_hold(run: &Run, wanted: u64) {
    let end = Instant::now() + REACHED_WITHIN;
    while (Reader::open(&run.lab.database()).leased() as u64) < wanted && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn c01b_fail_points() {
    let plan = Plan::of("c01b_fail_points");
    let rounds = plan.pick(1, 5);
    let mut dice = plan.dice(2);
    let points = release::fail_points();
    let points: Vec<String> = points.into_iter().filter(|name| !APART.contains(&name.as_str())).collect();
    let load = Load { tasks: 4, pause_ms: 60, batch_max: 4 };
    let tempers = mixture(20, plan.seed, &mut dice);
    let mut run = Run::begin(plan, Wish::new(tempers, 8), &Start::default(), load);
    for _ in 0..rounds {
        for point in &points {
            run.goes_on(5, Duration::from_secs(30));
            // Killed with more in hand than hits are counted, so that the next one has enough to take over.
            comes_to_hold(&run, 2 * HITS_MAX);
            run.kill();
            dies_at(&mut run, point, dice.between(1, HITS_MAX));
            run.restart(&Start::default());
        }
    }
    run.goes_on(20, Duration::from_secs(30));
    run.receivers_recover();
    run.plan.count("points", points.len());
    run.plan.count("kills", 2 * points.len() * rounds);
    run.end(Duration::from_secs(120));
}

#[test]
fn c01b_migrating() {
    let mut plan = Plan::of("c01b_migrating");
    let lab = Lab::new(&plan, Wish::new(Vec::new(), 1));
    let mut deaths = 0;
    for hit in 1.. {
        std::fs::remove_dir_all(lab.data_dir()).unwrap();
        match Server::try_start(&lab, &armed("migrate.mid", hit)) {
            // There are fewer migrations.
            Ok(_) => break,
            Err(_) => deaths += 1,
        }
        let mut server = Server::start(&lab, &Start::default());
        plan.require(server.terminate().0.success(), "STOP", format!("after migration {hit}"));
        for damage in Reader::open(&lab.database()).damage() {
            plan.violation("DB", damage);
        }
    }
    plan.require(deaths > 1, "REACHED", format!("{deaths} migrations"));
    plan.count("kills", deaths);
    plan.finish();
}

#[test]
fn c01b_rotating() {
    let plan = Plan::of("c01b_rotating");
    let load = Load { tasks: 2, pause_ms: 60, batch_max: 2 };
    let mut run = Run::begin(plan, Wish::new(vec![Temper::Good; 4], 1), &armed("rotate.mid", 1), load);
    run.goes_on(10, Duration::from_secs(30));
    let answered = console::rotate_secret(&run.lab, &run.server.url, 2);
    run.plan.require(!answered, "REACHED", "the secret was replaced");
    run.server.ended_within(REACHED_WITHIN);
    run.ended();
    run.count_held();
    // The receiver knows the old secret: INTEGRITY demands that it is still the one.
    run.restart(&Start::default());
    run.goes_on(10, Duration::from_secs(30));
    run.end(Duration::from_secs(30));
}

#[test]
fn c01b_pruning() {
    let mut plan = Plan::of("c01b_pruning");
    let lab = Lab::new(&plan, Wish::new(vec![Temper::Good; 6], 3));
    let offset = tempfile::NamedTempFile::new().unwrap();
    let clock = ("BELFRY_CLOCK_OFFSET_FILE", offset.path().to_str().unwrap());
    let mut server = Server::start(&lab, &Start::with(&[clock]));
    let load = Load { tasks: 4, pause_ms: 0, batch_max: 50 };
    let producer = Producer::start(&plan, &lab, load, &server.url);
    plan.require(producer.wait_for(300, Duration::from_secs(60)), "LIVE", "too few events");
    drop(producer.stop());
    settle(&mut plan, &lab, Duration::from_secs(60));
    server.terminate();
    let counters = |lab: &Lab| {
        let books = Books::open(lab);
        lab.hooks.iter().map(|hook| books.counters(hook.id)).collect::<Vec<_>>()
    };
    let before = counters(&lab);
    std::fs::write(offset.path(), (100 * 86_400_000_000_i64).to_string()).unwrap();
    let events = Reader::open(&lab.database()).events().len();
    for hit in 1..=3 {
        let point = format!("prune.mid:{hit}");
        let mut dying = Server::start(&lab, &Start::with(&[clock, ("BELFRY_FAILPOINT", &point)]));
        let ended = dying.ended_within(REACHED_WITHIN);
        plan.require(ended.is_some(), "REACHED", point);
        let (kept, recounted): (Vec<_>, Vec<_>) = counters(&lab).into_iter().unzip();
        plan.require(kept == recounted, "STATS", format!("{kept:?}, recounted {recounted:?}"));
    }
    let left = Reader::open(&lab.database()).events().len();
    let mut server = Server::start(&lab, &Start::with(&[clock]));
    std::thread::sleep(Duration::from_secs(3));
    plan.require(server.terminate().0.success(), "STOP", "after pruning");
    let mut reader = Reader::open(&lab.database());
    let rest = reader.events().len();
    plan.require(rest == 0, "PRUNED", format!("{rest} events are left"));
    for damage in reader.damage() {
        plan.violation("DB", damage);
    }
    drop(reader);
    plan.require(counters(&lab) == before, "STATS", "the counters changed");
    plan.count("kills", 3);
    plan.count("events", events);
    plan.count("left_after_kills", left);
    plan.finish();
}
