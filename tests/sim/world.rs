//! What outlives every process: the file, the receivers, the people and what they know, the clock, and the trace.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use belfry::domain::public_id::PublicIds;
use belfry::domain::time::Timestamp;
use tokio::sync::Notify;

use super::clock::SimClock;
use super::dice::Dice;
use super::file::File;
use super::known::Known;
use super::ledger::Ledger;
use super::life::Life;
use super::oracles::rule::Rule;
use super::people::People;
use super::plan::Plan;
use super::process::MASTER;
use super::receivers::Receivers;

/// When every simulation begins. Not at the start of an hour, so that some runs cross one.
const BEGIN: Timestamp = Timestamp::from_seconds(1_790_006_370);

/// A broken promise.
#[derive(Debug, Clone)]
pub struct Violation {
    pub oracle: &'static str,
    pub text: String,
}

pub struct World {
    pub plan: Plan,
    pub clock: Arc<SimClock>,
    pub life: Life,
    pub receivers: Receivers,
    pub ids: PublicIds,
    pub path: PathBuf,
    pub file: File,
    /// Poked when something waits for a commit.
    pub inbox: Notify,
    ledger: Mutex<Ledger>,
    known: Mutex<Known>,
    people: Mutex<People>,
    trace: Mutex<Vec<String>>,
    violation: Mutex<Option<Violation>>,
    rule: Mutex<Rule>,
    counts: Mutex<BTreeMap<String, u64>>,
    refuses_until_ms: AtomicU64,
}

impl World {
    pub fn new(plan: Plan, path: PathBuf) -> Self {
        let receivers = Receivers::new(&plan);
        Self {
            clock: Arc::new(SimClock::starting_at(BEGIN)),
            life: Life::default(),
            receivers,
            ids: PublicIds::new(MASTER.derive("public ids")),
            file: File::open(&path),
            path,
            inbox: Notify::new(),
            ledger: Mutex::new(Ledger::new(&plan)),
            known: Mutex::default(),
            people: Mutex::default(),
            trace: Mutex::default(),
            violation: Mutex::default(),
            rule: Mutex::default(),
            counts: Mutex::default(),
            refuses_until_ms: AtomicU64::new(0),
            plan,
        }
    }

    /// A stream of chance for one part.
    pub fn dice(&self, part: &str) -> Dice {
        Dice::new(self.plan.seed, part)
    }

    /// Virtual time since the beginning, milliseconds.
    pub fn ms(&self) -> u64 {
        self.clock.elapsed_ms()
    }

    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap()
    }

    pub fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap()
    }

    pub fn people(&self) -> MutexGuard<'_, People> {
        self.people.lock().unwrap()
    }

    pub fn rule(&self) -> MutexGuard<'_, Rule> {
        self.rule.lock().unwrap()
    }

    /// Counts something that happened, so that a story in which it never does is noticed.
    pub fn count(&self, what: &str) {
        *self.counts.lock().unwrap().entry(what.to_owned()).or_default() += 1;
    }

    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.counts.lock().unwrap().clone()
    }

    /// Writes a line of the trace.
    pub fn note(&self, what: fmt::Arguments<'_>) {
        let ms = self.ms();
        let line = format!("{:>4}.{:03} p{} {what}", ms / 1_000, ms % 1_000, self.life.process());
        self.trace.lock().unwrap().push(line);
    }

    pub fn trace(&self) -> Vec<String> {
        self.trace.lock().unwrap().clone()
    }

    /// A promise was broken. The first one is what is reported: others follow from it.
    pub fn violated(&self, oracle: &'static str, text: String) {
        self.note(format_args!("*** {oracle}: {text}"));
        self.violation.lock().unwrap().get_or_insert(Violation { oracle, text });
    }

    pub fn violation(&self) -> Option<Violation> {
        self.violation.lock().unwrap().clone()
    }

    /// Commits may fail until then.
    pub fn refuse_commits_until(&self, ms: u64) {
        self.refuses_until_ms.store(ms, Ordering::Relaxed);
    }

    pub fn refuses_commits(&self) -> bool {
        self.ms() < self.refuses_until_ms.load(Ordering::Relaxed)
    }
}
