//! C19: the process may have no more than 256 files and sockets, and many more want in.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use belfry::domain::attempt::FailureClass;

use crate::lab::Wish;
use crate::plan::Plan;
use crate::producer::Load;
use crate::run::Run;
use crate::server::Start;
use crate::temper::Temper;

const CONNECTIONS: usize = 400;

#[test]
fn c19_descriptors() {
    let plan = Plan::of("c19_descriptors");
    let rounds = plan.pick(1, 5);
    let start = Start::under(&["prlimit", "--nofile=256"]);
    let load = Load { tasks: 4, pause_ms: 100, batch_max: 3 };
    let wish = Wish::new(vec![Temper::Slow(Duration::from_millis(200)); 20], 4)
        .with("BELFRY_RETRY_SCHEDULE", "0s,200ms,500ms,1s,2s,3s,3s,3s,3s,3s");
    let mut run = Run::begin(plan, wish, &start, load);
    run.goes_on(20, Duration::from_secs(30));
    let mut most = 0;
    for _ in 0..rounds {
        let began_us = run.now_us();
        let at = run.server.url.trim_start_matches("http://").parse().unwrap();
        // Those that do not get into the listen queue at once are no loss: it is full.
        let connect = |_| TcpStream::connect_timeout(&at, Duration::from_millis(20)).ok();
        let idle: Vec<_> = (0..CONNECTIONS).filter_map(connect).collect();
        let end = Instant::now() + Duration::from_secs(2);
        while Instant::now() < end {
            most = most.max(run.server.descriptors());
            std::thread::sleep(Duration::from_millis(10));
        }
        drop(idle);
        run.trouble_since(began_us);
        run.goes_on(20, Duration::from_secs(30));
    }
    run.plan.require(most > 240, "LIVE", format!("only {most} descriptors were in use"));
    run.becomes_ready(true);
    run.plan.count("most_descriptors", most);
    let blamed = run.blamed(&[FailureClass::Internal]);
    run.plan.require(blamed.is_empty(), "BLAME", format!("counted against customers: {blamed:?}"));
    run.done.expected_errors = vec!["Too many open files", "unable to open database file"];
    run.end(Duration::from_secs(60));
}
