//! History and wire tell the same: every request has its attempt and every attempt its request, with the same end;
//! only a process that died may have left one without the other.

use std::collections::{BTreeMap, BTreeSet};

use belfry::domain::attempt::Outcome;

use super::History;
use crate::file::AttemptRow;
use crate::ledger::Entry;
use crate::receivers::Answer;
use crate::world::World;

pub fn judge(world: &World, history: &History) {
    let ledger = world.ledger();
    let died: BTreeSet<u32> = ledger.died.keys().copied().collect();
    let mut sent: BTreeMap<(i64, i32), &Entry> = BTreeMap::new();
    for entry in &ledger.entries {
        sent.insert((entry.delivery, entry.number), entry);
    }
    let mut recorded: BTreeMap<(i64, i32), &AttemptRow> = BTreeMap::new();
    for row in &history.attempts {
        if recorded.insert((row.delivery_id, row.number), row).is_some() {
            world.violated("UNIQUE", format!("two rows for the same attempt: {row:?}"));
        }
        let entry = sent.get(&(row.delivery_id, row.number)).copied();
        if let Err(why) = agree(world, &died, ledger.has_refused, row, entry) {
            world.violated("HISTORY", format!("{why}: {row:?}, {entry:?}"));
        }
    }
    for (key, entry) in &sent {
        if !recorded.contains_key(key) {
            world.violated("HISTORY", format!("a request without a row: {entry:?}"));
        }
    }
    for row in &history.deliveries {
        let numbers: Vec<i32> = history.attempts_of(row.id).map(|attempt| attempt.number).collect();
        if numbers != (1..=row.attempts).collect::<Vec<_>>() {
            world.violated("HISTORY", format!("attempts {numbers:?} of {row:?}"));
        }
    }
}

fn agree(
    world: &World,
    died: &BTreeSet<u32>,
    refused: bool,
    row: &AttemptRow,
    entry: Option<&Entry>,
) -> Result<(), &'static str> {
    let outcome = row.outcome.and_then(Outcome::from_code).ok_or("an attempt that never ended")?;
    if outcome == Outcome::Interrupted {
        return match entry {
            // Leased and never begun: by a process that died, or that the disk did not let give it back.
            None if died.is_empty() && !refused => Err("an interrupted attempt, and nobody died"),
            Some(entry) if !died.contains(&entry.process) => {
                Err("an interrupted attempt of a process that lived")
            }
            None | Some(_) => Ok(()),
        };
    }
    let entry = entry.ok_or("an attempt without a request")?;
    if entry.is_cut {
        return Err("a result of a request that was cut off");
    }
    let expected = match entry.answer {
        Answer::Broken(class) => Outcome::Failure(class),
        Answer::Status(_) | Answer::Busy(_) => {
            Outcome::from_status(entry.answer.status().unwrap_or_default())
        }
    };
    if outcome != expected || row.status != entry.answer.status().map(i32::from) {
        return Err("another result than the answer");
    }
    if (row.webhook_id, row.version) != (entry.webhook, entry.version) {
        return Err("another webhook or version");
    }
    let took_us = entry.ended_ms.map(|ended| i64::try_from(ended - entry.began_ms).unwrap() * 1_000);
    // Timers have milliseconds.
    if row.total_us.zip(took_us).is_none_or(|(told, took)| (told - took).abs() > 2_000) {
        world.note(format_args!("took {took_us:?}"));
        return Err("another duration");
    }
    Ok(())
}
