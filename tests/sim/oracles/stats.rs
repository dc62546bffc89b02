//! Counters and hours equal a recount, by the product's own recount and by one of our own.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use belfry::domain::attempt::{self, Outcome};
use belfry::domain::delivery::Trigger;
use belfry::domain::ids::WebhookId;
use belfry::domain::random::SeededRandom;
use belfry::domain::stats::BUCKETS_MS;
use belfry::domain::time::Timestamp;
use belfry::store::{StoreError, stats};
use futures_util::FutureExt as _;

use super::History;
use crate::file::{AttemptRow, HourRow};
use crate::process;
use crate::world::World;

pub fn judge(world: &World, history: &History) {
    let triggers: HashMap<i64, i16> =
        history.deliveries.iter().map(|row| (row.id, row.trigger_kind)).collect();
    let counts = |row: &&AttemptRow| {
        row.outcome.and_then(Outcome::from_code).is_some_and(|outcome| attempt::counts(&outcome))
            && triggers.get(&row.delivery_id).is_some_and(|trigger| *trigger != Trigger::Test.code())
    };
    let counted: Vec<&AttemptRow> = history.attempts.iter().filter(counts).collect();
    for row in &history.attempts {
        if row.counted.is_some() != counts(&row) {
            world.violated("STATS", format!("counted, or not, and should not be, or should: {row:?}"));
        }
    }
    hours(world, history, &counted);
    counters(world, &counted);
}

fn hours(world: &World, history: &History, counted: &[&AttemptRow]) {
    let mut expected: BTreeMap<(i64, i64), HourRow> = BTreeMap::new();
    for row in counted {
        let hour = Timestamp::from_micros(row.finished_at.unwrap_or_default()).hour();
        let fresh = HourRow { webhook_id: row.webhook_id, hour, ..HourRow::default() };
        expected.entry((row.webhook_id, hour)).or_insert(fresh).add(row);
    }
    for row in history.deliveries.iter().filter(|row| row.not_sent.is_some()) {
        let hour = Timestamp::from_micros(row.finished_at.unwrap_or_default()).hour();
        let fresh = HourRow { webhook_id: row.webhook_id, hour, ..HourRow::default() };
        expected.entry((row.webhook_id, hour)).or_insert(fresh).not_sent += 1;
    }
    let (expected, found): (Vec<HourRow>, Vec<HourRow>) =
        (expected.into_values().collect(), world.file.hours());
    if let Some((expected, found)) = expected.iter().zip(&found).find(|(expected, found)| expected != found) {
        world.violated("STATS", format!("an hour should be {expected:?} and is {found:?}"));
    }
    if expected.len() != found.len() {
        world.violated("STATS", format!("{} hours, and {} are expected", found.len(), expected.len()));
    }
}

impl HourRow {
    fn add(&mut self, row: &AttemptRow) {
        let succeeded = row.outcome == Some(Outcome::Success.code());
        self.successes += i64::from(succeeded);
        self.failures += i64::from(!succeeded);
        let took_us = row.total_us.unwrap_or_default();
        let bucket = BUCKETS_MS.iter().position(|ms| took_us <= ms * 1_000);
        *[
            &mut self.ms_50,
            &mut self.ms_100,
            &mut self.ms_250,
            &mut self.ms_500,
            &mut self.ms_1000,
            &mut self.ms_2500,
            &mut self.ms_5000,
            &mut self.ms_more,
        ][bucket.unwrap_or(7)] += 1;
    }
}

fn counters(world: &World, counted: &[&AttemptRow]) {
    let store = process::open(&world.path, Arc::new(SeededRandom::new(0)));
    let webhooks: Vec<i64> = world.known().versions.keys().map(|(webhook, _)| *webhook).collect();
    for webhook in webhooks {
        let id = WebhookId(webhook);
        let read =
            store.read(move |db| Ok::<_, StoreError>((stats::of_webhook(db, id)?, stats::recount(db, id)?)));
        let (kept, recounted) = read.now_or_never().expect("by hand").expect("a sound file");
        if kept != recounted {
            world.violated("STATS", format!("webhook {id} has {kept:?}, and a recount gives {recounted:?}"));
        }
        let mine: Vec<&&AttemptRow> = counted.iter().filter(|row| row.webhook_id == webhook).collect();
        let successes = mine.iter().filter(|row| row.outcome == Some(Outcome::Success.code())).count();
        let numbers = (kept.counters.total, kept.counters.successes);
        if numbers != (i64::try_from(mine.len()).unwrap(), i64::try_from(successes).unwrap()) {
            world.violated(
                "STATS",
                format!("webhook {id}: {numbers:?}, and there are {} attempts", mine.len()),
            );
        }
    }
}
