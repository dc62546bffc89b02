//! What is measured, and what it has to be at least.

use super::results::Results;
use Bound::{AtLeast, AtMost, None as Told};
use Unit::{Bytes, Count, Mib, Ms, PerSecond, Percent, Times};

/// The bound that a median has to keep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// Told for information.
    None,
}

/// What the numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    PerSecond,
    Percent,
    Ms,
    Mib,
    Bytes,
    Times,
    Count,
}

/// One line of the table.
pub struct Measure {
    /// The part of the benchmark that it comes from.
    pub part: &'static str,
    /// What it is.
    pub name: &'static str,
    /// Of the bound and the values.
    pub unit: Unit,
    /// What is asked for.
    pub bound: Bound,
    /// One value for each round; none when it was not measured.
    pub values: fn(&Results) -> Vec<f64>,
}

/// Shorthand for the table below.
const fn measure(
    part: &'static str,
    name: &'static str,
    unit: Unit,
    bound: Bound,
    values: fn(&Results) -> Vec<f64>,
) -> Measure {
    Measure { part, name, unit, bound, values }
}

/// Everything, in the order of the table.
pub const MEASURES: [Measure; 35] = [
    measure("throughput", "Raw client loop, requests per second", PerSecond, Told, |all| {
        all.numbers("throughput/raw_10", "/per_s")
    }),
    measure("throughput", "Deliveries per second, one webhook", PerSecond, AtLeast(15_000.0), |all| {
        all.numbers("throughput/fanout_1", "/deliveries_per_s")
    }),
    measure("throughput", "Deliveries per second, fan-out 10", PerSecond, AtLeast(36_000.0), |all| {
        all.numbers("throughput/fanout_10", "/deliveries_per_s")
    }),
    measure("throughput", "Share of the raw client loop, fan-out 10", Percent, AtLeast(40.0), |all| {
        let (own, raw) = ("throughput/fanout_10", "throughput/raw_10");
        let share = ratio(&all.numbers(own, "/deliveries_per_s"), &all.numbers(raw, "/per_s"));
        share.into_iter().map(|share| share * 100.0).collect()
    }),
    measure("throughput", "Events accepted per second, one webhook", PerSecond, Told, |all| {
        all.numbers("throughput/fanout_1", "/accepted_per_s")
    }),
    measure("throughput", "Lost, doubled or refused (throughput)", Count, AtMost(0.0), |all| {
        astray(all, "throughput/fanout")
    }),
    measure("latency", "End to end at 100/s, p50", Ms, AtMost(1.5), |all| all.numbers("latency/at_100", P50)),
    measure("latency", "End to end at 100/s, p95", Ms, Told, |all| all.numbers("latency/at_100", P95)),
    measure("latency", "End to end at 100/s, p99", Ms, AtMost(12.0), |all| {
        all.numbers("latency/at_100", P99)
    }),
    measure("latency", "End to end at 1,000/s, p50", Ms, Told, |all| all.numbers("latency/at_1000", P50)),
    measure("latency", "End to end at 1,000/s, p95", Ms, Told, |all| all.numbers("latency/at_1000", P95)),
    measure("latency", "End to end at 1,000/s, p99", Ms, Told, |all| all.numbers("latency/at_1000", P99)),
    measure("latency", "End to end at 10,000/s, p50", Ms, Told, |all| all.numbers("latency/at_10000", P50)),
    measure("latency", "End to end at 10,000/s, p95", Ms, Told, |all| all.numbers("latency/at_10000", P95)),
    measure("latency", "End to end at 10,000/s, p99", Ms, Told, |all| all.numbers("latency/at_10000", P99)),
    measure("latency", "Lost, doubled or refused (latency)", Count, AtMost(0.0), |all| {
        astray(all, "latency/")
    }),
    measure("memory", "Memory, idle", Mib, AtMost(30.0), |all| all.numbers("memory/idle", "/rss_mib")),
    measure("memory", "Memory, busy (peak)", Mib, AtMost(100.0), |all| {
        all.numbers("memory/busy", "/peak_rss_mib")
    }),
    measure("start", "Start to ready, for the first time", Ms, Told, |all| {
        all.numbers("start/first", "/ready_ms")
    }),
    measure("start", "Start to ready, empty", Ms, AtMost(100.0), |all| {
        all.numbers("start/empty", "/ready_ms")
    }),
    measure("pending", "Start to ready, 1 M pending", Ms, AtMost(1_000.0), |all| {
        all.numbers("pending/start", "/ready_ms")
    }),
    measure("pending", "Start to first delivery, 1 M pending", Ms, AtMost(2_000.0), |all| {
        let started = all.numbers("pending/start", "/started_ns");
        let first = all.numbers("pending/sink", "/total/first_ns");
        if started.len() != first.len() {
            return Vec::new();
        }
        first.iter().zip(started).map(|(first, started)| (first - started) / 1e6).collect()
    }),
    measure("pending", "Deliveries per second while 1 M pend", PerSecond, Told, |all| {
        let received = all.numbers("pending/sink", "/total/received");
        let first = all.numbers("pending/sink", "/total/first_ns");
        let last = all.numbers("pending/sink", "/total/last_ns");
        let seconds = last.iter().zip(first).map(|(last, first)| (last - first) / 1e9);
        received.iter().zip(seconds).map(|(received, seconds)| received / seconds).collect()
    }),
    measure("pending", "Memory, 1 M pending (peak)", Mib, AtMost(256.0), |all| {
        all.numbers("pending/memory", "/peak_rss_mib")
    }),
    measure("disk", "Disk per delivery, one webhook", Bytes, AtMost(1_500.0), |all| {
        all.numbers("disk/fanout_1", "/bytes_per_delivery")
    }),
    measure("disk", "Disk per delivery, fan-out 10", Bytes, AtMost(1_500.0), |all| {
        all.numbers("disk/fanout_10", "/bytes_per_delivery")
    }),
    measure("disk", "Lost, doubled or refused (disk)", Count, AtMost(0.0), |all| astray(all, "disk/fire")),
    measure("pages", "Slowest page, p50, 1 M attempts", Ms, AtMost(50.0), |all| {
        all.numbers("pages/pages", "/slowest/p50_ms")
    }),
    measure("pages", "Slowest page, p99, 1 M attempts", Ms, AtMost(150.0), |all| {
        all.numbers("pages/pages", "/slowest/p99_ms")
    }),
    measure("isolation", "Others' p50, all webhooks healthy", Ms, Told, |all| {
        all.numbers("isolation/healthy", P50)
    }),
    measure("isolation", "Others' p50, one webhook dead", Ms, Told, |all| all.numbers("isolation/dead", P50)),
    measure("isolation", "Others' p99, all webhooks healthy", Ms, Told, |all| {
        all.numbers("isolation/healthy", P99)
    }),
    measure("isolation", "Others' p99, one webhook dead", Ms, Told, |all| all.numbers("isolation/dead", P99)),
    measure("isolation", "Others' p99, one dead ÷ all healthy", Times, AtMost(1.1), |all| {
        ratio(&all.numbers("isolation/dead", P99), &all.numbers("isolation/healthy", P99))
    }),
    measure("isolation", "Lost, doubled or refused (isolation)", Count, AtMost(0.0), |all| {
        astray(all, "isolation/")
    }),
];

const P50: &str = "/e2e/p50_ms";
const P95: &str = "/e2e/p95_ms";
const P99: &str = "/e2e/p99_ms";

/// Each value by the one of the same round; nothing when rounds are missing.
fn ratio(above: &[f64], below: &[f64]) -> Vec<f64> {
    if above.len() != below.len() {
        return Vec::new();
    }
    above.iter().zip(below).map(|(above, below)| above / below).collect()
}

/// Events that were not accepted, and deliveries that did not arrive, or twice. Speed at their cost is none.
fn astray(all: &Results, runs: &str) -> Vec<f64> {
    all.sum(runs, &["/lost", "/duplicates", "/refused"])
}
