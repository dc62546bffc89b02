//! A webhook is switched off by Belfry when its rule says so, and never otherwise: worked out from the attempts as they
//! are recorded, commit by commit.

use std::collections::{BTreeMap, BTreeSet};

use belfry::domain::attempt::{FailureClass, Outcome};

use crate::world::World;

#[derive(Default)]
pub struct Rule {
    /// The newest attempt and audit entry that were read.
    read: (i64, i64),
    /// Since when every attempt of a webhook has failed, microseconds.
    failing: BTreeMap<i64, i64>,
}

/// Looks at what the last commit brought.
pub fn look(world: &World) {
    let mut rule = world.rule();
    let attempts = world.file.attempts_after(rule.read.0);
    let entries = world.file.audit_after(rule.read.1);
    rule.read.0 = attempts.last().map_or(rule.read.0, |attempt| attempt.id);
    rule.read.1 = entries.last().map_or(rule.read.1, |entry| entry.id);
    let mut wanted = BTreeSet::new();
    for attempt in attempts.iter().filter(|attempt| attempt.counted.is_some()) {
        let (webhook, at) = (attempt.webhook_id, attempt.finished_at.unwrap_or_default());
        let outcome = attempt.outcome.and_then(Outcome::from_code);
        if outcome == Some(Outcome::Success) {
            rule.failing.remove(&webhook);
            continue;
        }
        let failing_us = at - *rule.failing.entry(webhook).or_insert(at);
        let is_too_long = world.plan.auto_disable.after_us().is_some_and(|after_us| failing_us >= after_us);
        if is_too_long || outcome == Some(Outcome::Failure(FailureClass::Http410)) {
            wanted.insert(webhook);
        }
    }
    for entry in entries.iter().filter(|entry| entry.action == "webhook.auto_disable") {
        world.count("switched off by Belfry");
        if entry.object_id.is_none_or(|webhook| !wanted.contains(&webhook)) {
            world.violated("RULE", format!("switched off without a reason: {entry:?}"));
        }
    }
    for webhook in wanted {
        // Somebody may have switched it on again in the same commit.
        let is_named = entries.iter().any(|entry| entry.is_of(webhook));
        if !is_named && world.file.is_standing(webhook) {
            world.violated("RULE", format!("webhook {webhook} should have been switched off"));
        }
    }
}
