//! C6: the disk is full. Reports are refused with 503 and `/readyz` turns red; nothing acknowledged is lost; with
//! room again everything goes on without a restart.

use std::time::{Duration, Instant};

use crate::disk::Disk;
use crate::lab::Wish;
use crate::plan::Plan;
use crate::producer::Load;
use crate::run::Run;
use crate::server::Start;
use crate::temper::Temper;

/// Too large a file is an error to be handled, not a signal to die of.
const IGNORES_THE_SIGNAL: [&str; 4] = ["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"];

#[test]
fn c06_disk_full() {
    let plan = Plan::of("c06_disk_full");
    let times = plan.pick(1, 5);
    let disk = Disk::new();
    let load = Load { tasks: 4, pause_ms: 20, batch_max: 10 };
    let mut wish =
        Wish::new(vec![Temper::Good; 8], 4).with("BELFRY_RETRY_SCHEDULE", "0s,200ms,500ms,1s,2s,5s,5s,5s");
    wish.data_dir = Some(disk.data_dir());
    let mut run = Run::begin(plan, wish, &Start::under(&IGNORES_THE_SIGNAL), load);
    run.plan.count("disk", disk.kind());
    run.done.expected_errors =
        vec!["a commit failed", "gave up recording a result", "disk is full", "disk I/O error"];
    for _ in 0..times {
        run.goes_on(50, Duration::from_secs(30));
        let (began_us, refused) = (run.now_us(), run.producer.refused_with(503));
        run.count_held();
        disk.fill(&run.server);
        let end = Instant::now() + Duration::from_secs(30);
        while run.producer.refused_with(503) < refused + 5 && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(20));
        }
        let accepted = run.producer.accepted();
        // A small write may still find room in the log; the load takes that, too.
        run.becomes_ready(false);
        std::thread::sleep(Duration::from_secs(run.plan.pick(1, 5)));
        run.plan.require(
            run.producer.refused_with(503) >= refused + 5,
            "LIVE",
            "the disk was full and nobody was refused",
        );
        // What was under way when the disk filled up may be sent again.
        run.done.held_at_faults += run.lab.receiver.ledger.under_way();
        run.count_held();
        disk.free(&run.server);
        run.goes_on(50, Duration::from_secs(10));
        run.becomes_ready(true);
        run.plan.require(run.producer.accepted() > accepted, "LIVE", "nothing is accepted any more");
        run.trouble_since(began_us);
    }
    let blamed = run.blamed(&[]);
    run.plan.require(blamed.is_empty(), "BLAME", format!("attempts failed: {blamed:?}"));
    run.plan.count("times", times);
    run.plan.count("refused_503", run.producer.refused_with(503));
    run.end(Duration::from_secs(60));
    drop(disk);
}
