//! C2a: power may go at any moment, so nothing is acknowledged before it is on the disk. Shown by the system calls:
//! between reading a report and writing its 202, the write-ahead log is written and then synced.

use std::time::Duration;

use crate::lab::Wish;
use crate::plan::Plan;
use crate::producer::Load;
use crate::run::Run;
use crate::strace::{Call, calls};
use crate::temper::Temper;

#[test]
fn c02_sync() {
    let mut plan = Plan::of("c02_sync");
    if !crate::strace::is_here() {
        return plan.skip("strace is not here or may not trace: apt-get install strace");
    }
    let wanted = plan.pick(40, 1_000);
    let trace = tempfile::NamedTempFile::new().unwrap();
    let start = crate::strace::start(trace.path());
    // One alert has a webhook and one has none; one report at a time, so that no other one's sync can stand in.
    let load = Load { tasks: 1, pause_ms: 5, batch_max: 3 };
    plan.count("wanted", wanted);
    let mut run = Run::begin(plan, Wish::new(vec![Temper::Good], 2), &start, load);
    run.goes_on(wanted, Duration::from_secs(300));
    let (mut plan, lab) = run.quit();
    drop(lab);
    let calls = calls(&std::fs::read_to_string(trace.path()).unwrap());
    let (mut acknowledged, mut unsynced) = (0, 0);
    for (at, answer) in calls.iter().enumerate().filter(|(_, call)| call.wrote("HTTP/1.1 202")) {
        let is_its_report = |call: &&Call| call.fd == answer.fd && call.read("POST /api/v2/alerts/");
        let report = calls[..at].iter().rev().find(is_its_report).expect("an answer follows its report");
        acknowledged += 1;
        unsynced += usize::from(!synced_between(&calls, report.end, answer.begin));
    }
    plan.require(acknowledged >= wanted / 3, "LIVE", format!("only {acknowledged} answers were seen"));
    plan.require(unsynced == 0, "SYNC", format!("{unsynced} of {acknowledged} were said before the sync"));
    plan.count("acknowledged", acknowledged);
    plan.count("unsynced", unsynced);
    plan.finish();
}

fn synced_between(calls: &[Call], from: usize, to: usize) -> bool {
    let is_log = |call: &&Call| call.path.ends_with("belfry.db-wal");
    let written =
        calls.iter().filter(is_log).find(|call| call.name.starts_with("pwrite") && call.begin > from);
    let Some(written) = written else { return false };
    let synced = |call: &Call| call.name.ends_with("sync") && call.begin > written.end && call.end < to;
    calls.iter().filter(is_log).any(synced)
}
