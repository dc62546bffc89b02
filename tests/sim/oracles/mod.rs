//! What must be true: of every request when it begins, and of the file and the ledger when everything has come to
//! rest. None of it asks the engine.

mod attempts;
mod content;
mod decisions;
mod holds;
pub mod on_the_wire;
mod outcomes;
pub mod rule;
mod stats;

use crate::file::{AttemptRow, DeliveryRow, EventRow};
use crate::world::World;

/// The file after a run.
pub struct History {
    pub events: Vec<EventRow>,
    pub deliveries: Vec<DeliveryRow>,
    pub attempts: Vec<AttemptRow>,
}

impl History {
    pub fn attempts_of(&self, delivery: i64) -> impl Iterator<Item = &AttemptRow> {
        self.attempts.iter().filter(move |attempt| attempt.delivery_id == delivery)
    }
}

/// Judges a run that has come to rest.
pub fn judge(world: &World) {
    let file = &world.file;
    for damage in file.damage() {
        world.violated("DB", damage);
    }
    let history = History { events: file.events(), deliveries: file.deliveries(), attempts: file.attempts() };
    let held = decisions::judge(world, &history);
    holds::judge(world, &held);
    attempts::judge(world, &history);
    outcomes::judge(world, &history);
    stats::judge(world, &history);
}
