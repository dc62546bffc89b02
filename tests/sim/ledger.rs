//! What was on the wire: every request, when it began and ended, and what became of it. Append-only.

use std::collections::{BTreeMap, HashMap, HashSet};

use belfry::delivery::Limits;

use super::breakers::Breakers;
use super::plan::Plan;
use super::receivers::Answer;

/// One request.
#[derive(Debug, Clone)]
pub struct Entry {
    pub process: u32,
    pub began_ms: u64,
    /// When the engine had its answer; `None`: not yet, or never, because its process died.
    pub ended_ms: Option<u64>,
    /// Its process died meanwhile.
    pub is_cut: bool,
    pub delivery: i64,
    /// The number of the attempt, as the table says.
    pub number: i32,
    pub event: i64,
    pub webhook: i64,
    pub version: i32,
    pub host: String,
    pub arrives: bool,
    pub answer: Answer,
    /// Somebody waits for it: such a request goes past the lanes, or may.
    pub goes_apart: bool,
}

pub struct Ledger {
    pub entries: Vec<Entry>,
    pub limits: Limits,
    /// The entries on the wire now, of the process that lives.
    open: Vec<usize>,
    /// The last entry of each delivery.
    pub last: HashMap<i64, usize>,
    pub seen: HashSet<(i64, i32)>,
    pub breakers: Breakers,
    /// When each process died, virtual milliseconds; those that stopped in an orderly way are not here.
    pub died: BTreeMap<u32, u64>,
    /// The disk has refused a commit at some time.
    pub has_refused: bool,
    /// When somebody last set the clock.
    pub stepped_ms: Option<u64>,
}

impl Ledger {
    pub fn new(plan: &Plan) -> Self {
        Self {
            entries: Vec::new(),
            limits: plan.limits,
            open: Vec::new(),
            last: HashMap::new(),
            seen: HashSet::new(),
            breakers: Breakers::new(plan),
            died: BTreeMap::new(),
            has_refused: false,
            stepped_ms: None,
        }
    }

    /// What is on the wire and went through the lanes, for sure.
    pub fn in_lanes(&self) -> impl Iterator<Item = &Entry> {
        self.open.iter().map(|index| &self.entries[*index]).filter(|entry| !entry.goes_apart)
    }

    pub fn is_open(&self, delivery: i64) -> bool {
        self.open.iter().any(|index| self.entries[*index].delivery == delivery)
    }

    pub fn begin(&mut self, entry: Entry) -> usize {
        let index = self.entries.len();
        self.last.insert(entry.delivery, index);
        self.seen.insert((entry.delivery, entry.number));
        self.open.push(index);
        self.entries.push(entry);
        index
    }

    pub fn end(&mut self, index: usize, ms: u64) {
        self.open.retain(|open| *open != index);
        self.entries[index].ended_ms = Some(ms);
    }

    /// The process of an entry has died: its answer reaches nobody.
    pub fn cut(&mut self, index: usize) {
        self.open.retain(|open| *open != index);
        if self.entries[index].ended_ms.is_none() {
            self.entries[index].is_cut = true;
        }
    }
}
