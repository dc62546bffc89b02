//! Commits what waits, after random delays: so accepts, results, claims and edits meet in every order, and sometimes
//! the disk refuses.

use std::sync::Arc;
use std::time::Duration;

use belfry::store::Store;

use super::known;
use super::oracles::rule;
use super::world::World;

/// How soon a write that nobody announced is found, milliseconds.
const LOOK_MS: u64 = 150;

/// Runs until its process ends.
pub async fn commits(world: Arc<World>, process: u32, store: Store) {
    let dice = world.dice(&format!("committer {process}"));
    let mut revision = -1;
    loop {
        // Whether it was announced makes no difference: a commit of nothing is nothing.
        let _ = tokio::time::timeout(dice.ms(1, LOOK_MS), world.inbox.notified()).await;
        let delay = if dice.percent(3) { dice.ms(200, 2_500) } else { dice.ms(0, world.plan.commit_ms) };
        if delay > Duration::ZERO {
            tokio::time::sleep(delay).await;
        }
        let refuse = world.refuses_commits() && dice.percent(70);
        let count = store.commit_by_hand(refuse);
        if count > 0 {
            world.note(format_args!("commit of {count}{}", if refuse { " refused" } else { "" }));
            world.ledger().has_refused |= refuse;
            world.count(if refuse { "commits refused" } else { "commits" });
            // The first look of a process also finds what the one before committed and nobody saw.
            if revision != store.revision() {
                revision = store.revision();
                for webhook in known::look(&world, &store) {
                    world.ledger().breakers.forgive(webhook);
                }
            }
            rule::look(&world);
            world.life.effect(process);
        }
        tokio::task::yield_now().await;
    }
}
