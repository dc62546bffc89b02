//! The past: alerts fire, requests are made, receivers answer, one after the other as it would have been, through
//! the engine's own steps. Only the clock and the receivers are played.
//!
//! A stage holds what is still to happen. Each step may bring further ones: an event makes the engine look, a
//! look makes requests, a failed request makes another look when its retry is due. Playing is one large write.

use std::collections::{BTreeMap, HashMap};

use super::dice::Dice;
use super::fleet::{self, AlertRow};
use super::played::played;
use super::webhooks::HOOKS;
use crate::delivery::{Engine, planner};
use crate::domain::ids::{AlertId, WebhookId};
use crate::domain::time::Timestamp;
use crate::outbound::Played;
use crate::store::queue::Claimed;
use crate::store::results::Fate;
use crate::store::{Db, Store, StoreError, candidates};

/// What is still to happen, and who takes part.
pub(super) struct Stage {
    pub(super) engine: Engine,
    /// The story's present.
    pub(super) now: Timestamp,
    /// Nothing begins after this.
    pub(super) curtain: Timestamp,
    pub(super) dice: Dice,
    /// Where each webhook stands in [`HOOKS`].
    pub(super) hooks: HashMap<WebhookId, usize>,
    steps: BTreeMap<(Timestamp, u64), Step>,
    steps_made: u64,
}

enum Step {
    /// An alert fires, for this vehicle or any.
    Fire(&'static AlertRow, Option<&'static str>),
    /// The engine looks at its queue.
    Look,
    /// A request that was begun then ends.
    End(Box<Claimed>, Box<Played>, Timestamp),
}

impl Stage {
    /// An empty stage. The alerts must be there before it is played.
    pub(super) fn new(engine: Engine, now: Timestamp, curtain: Timestamp, seed: u64) -> Self {
        Self {
            engine,
            now,
            curtain,
            dice: Dice::new(seed, "past"),
            hooks: HashMap::new(),
            steps: BTreeMap::new(),
            steps_made: 0,
        }
    }

    /// `row` will fire at `at`.
    pub(super) fn fires(&mut self, at: Timestamp, row: &'static AlertRow, vehicle: Option<&'static str>) {
        self.add(at, Step::Fire(row, vehicle));
    }

    /// The engine will look at its queue at `at`.
    pub(super) fn looks(&mut self, at: Timestamp) {
        self.add(at, Step::Look);
    }

    fn add(&mut self, at: Timestamp, step: Step) {
        let is_beginning = !matches!(step, Step::End(..));
        if is_beginning && at > self.curtain {
            return;
        }
        self.steps_made += 1;
        self.steps.insert((at, self.steps_made), step);
    }

    /// Plays everything up to `until`.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) async fn play(mut self, store: &Store, until: Timestamp) -> Result<Self, StoreError> {
        store
            .write(move |db| {
                while let Some(entry) = self.steps.first_entry()
                    && entry.key().0 <= until
                {
                    let ((at, _), step) = entry.remove_entry();
                    self.step(db, at, step)?;
                }
                Ok(self)
            })
            .await
    }

    fn step(&mut self, db: &mut Db<'_>, at: Timestamp, step: Step) -> Result<(), StoreError> {
        match step {
            Step::Fire(row, vehicle) => {
                let candidates = candidates::of_alert(db, AlertId(row.id))?;
                let payload = fleet::payload(row, vehicle, at, &self.dice).ok_or(StoreError::NotFound)?;
                let mut handoff = self.engine.handoff(at);
                if planner::plan(db, &candidates, payload.into(), &mut handoff, at)?.deliveries > 0 {
                    self.looks(at.plus_micros(self.dice.duration_us(24_000, 0.6)));
                }
            }
            Step::Look => {
                for claimed in self.engine.rehearse_claim(db, at)? {
                    self.begin(claimed, at);
                }
            }
            Step::End(claimed, played, begun) => {
                let fate = self.engine.rehearse_result(db, &claimed, *played, begun, at)?;
                if let Some(Fate::Retry(next)) = fate {
                    self.looks(next);
                }
            }
        }
        Ok(())
    }

    fn begin(&mut self, claimed: Claimed, at: Timestamp) {
        let place = self.hooks.get(&claimed.webhook.id).copied().unwrap_or_default();
        let Some(row) = HOOKS.get(place) else { return };
        let reply = row.temper.reply(row.voice, self.now.since(at), claimed.number, &self.dice);
        let played = played(reply, row, place, (self.now, at), &self.dice);
        let end = at.plus_micros(played.timing.total_us);
        self.add(end, Step::End(Box::new(claimed), Box::new(played), at));
    }
}
