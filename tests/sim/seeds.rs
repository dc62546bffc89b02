//! Many seeds on all processors, a runtime of its own for each.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use crate::fleet;
use crate::plan::Plan;
use crate::quiet::Listening;
use crate::story::Story;
use crate::world::{Violation, World};

/// Lines of a failing run's trace that are shown without asking.
const TAIL: usize = 60;

/// What one seed brought.
pub struct Report {
    pub seed: u64,
    pub violation: Option<Violation>,
    pub trace: Vec<String>,
    pub requests: usize,
    pub deaths: usize,
    pub counts: BTreeMap<String, u64>,
}

impl Report {
    /// The last lines, or all of them, and how to see it again.
    pub fn shown(&self, whole: bool) -> String {
        let from = if whole { 0 } else { self.trace.len().saturating_sub(TAIL) };
        let mut text = self.trace[from..].join("\n");
        if let Some(Violation { oracle, text: why }) = &self.violation {
            let seed = self.seed;
            text.push_str(&format!("\n\nseed {seed} breaks {oracle}: {why}\nscript/sim --seed {seed}\n"));
        }
        text
    }
}

/// A place for databases that is no disk, where there is one.
pub struct Yard {
    dir: TempDir,
    template: PathBuf,
}

impl Yard {
    pub fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        let dir = dir.expect("a temporary directory");
        let template = fleet::template(dir.path());
        Self { dir, template }
    }

    /// Runs one seed.
    pub fn run(&self, seed: u64) -> Report {
        let dir = TempDir::new_in(self.dir.path()).expect("a directory for the run");
        let path = dir.path().join("belfry.db");
        std::fs::copy(&self.template, &path).expect("a copy of the template");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(async {
            let world = Arc::new(World::new(Plan::of(seed), path));
            let listening = Listening::to(&world);
            Story::tell(&world).await;
            drop(listening);
            let ledger = world.ledger();
            let (requests, deaths) = (ledger.entries.len(), ledger.died.len());
            let (violation, trace, counts) = (world.violation(), world.trace(), world.counts());
            Report { seed, violation, trace, requests, deaths, counts }
        })
    }
}

/// What many seeds brought together.
#[derive(Default)]
pub struct Totals {
    pub seeds: u64,
    pub requests: usize,
    pub deaths: usize,
    /// What happened how often.
    pub counts: BTreeMap<String, u64>,
    pub failed: Vec<Report>,
}

/// Runs `count` seeds from `first` on; stops early when several have failed.
pub fn run_all(first: u64, count: u64) -> Totals {
    let (yard, next, totals) = (Yard::new(), AtomicU64::new(first), Mutex::new(Totals::default()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count || totals.lock().unwrap().failed.len() >= 3 {
                        return;
                    }
                    let report = yard.run(seed);
                    let mut totals = totals.lock().unwrap();
                    totals.seeds += 1;
                    totals.requests += report.requests;
                    totals.deaths += report.deaths;
                    for (what, count) in &report.counts {
                        *totals.counts.entry(what.clone()).or_default() += count;
                    }
                    if report.violation.is_some() {
                        totals.failed.push(report);
                    }
                }
            });
        }
    });
    totals.into_inner().unwrap()
}
