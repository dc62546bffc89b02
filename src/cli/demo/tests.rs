//! The story, told for tests.

use std::collections::HashSet;

use super::*;
use crate::domain::access::Scope;
use crate::domain::delivery::{NotSent, State};
use crate::domain::page::Cursor;
use crate::domain::webhook::DisabledReason;
use crate::store::deliveries::{self, Filter};
use crate::store::{StoreError, attempts, stats, webhooks as stored};

const NOW: &str = "2026-09-22T12:12:36Z";

async fn told(seed: u64, is_frozen: bool) -> (tempfile::TempDir, Set, story::Told) {
    let dir = tempfile::tempdir().unwrap();
    let config = config(&Settings::default(), dir.path(), seed).unwrap();
    let now = Timestamp::parse(NOW).unwrap();
    let set = set_up(&config, now, seed).await.unwrap();
    let system = set.booted.context("belfry demo");
    let told = story::tell(&system, &set.clock, now, seed, is_frozen).await.unwrap();
    (dir, set, told)
}

/// Everything that pages show of the newest deliveries, as text.
async fn seen(set: &Set) -> String {
    let page = |db: &mut crate::store::Db<'_>| {
        let page = deliveries::page(db, &Scope::service(), &Filter::default(), Cursor::Newest, 120)?;
        let mut text = String::new();
        for delivery in page.items {
            let attempts = attempts::of_delivery(db, delivery.id)?;
            text.push_str(&format!("{delivery:?} {attempts:?}\n"));
        }
        let webhooks = stored::list(db, &Scope::service(), 100)?;
        Ok::<_, StoreError>(text + &format!("{webhooks:?}"))
    };
    set.booted.services.store.read(page).await.unwrap()
}

#[tokio::test]
async fn the_same_seed_tells_the_same_story() {
    let (_dir, one, told_one) = told(7, true).await;
    let (_other_dir, other, told_other) = told(7, true).await;
    assert_eq!(seen(&one).await, seen(&other).await);
    let url = "http://127.0.0.1:8080/".parse().unwrap();
    assert_eq!(welcome::json(&url, &told_one.cast), welcome::json(&url, &told_other.cast));
}

#[tokio::test]
async fn counters_equal_a_recount_and_every_state_appears() {
    let (_dir, set, told) = told(1, true).await;
    let store = &set.booted.services.store;
    assert_eq!(told.hooks.len(), webhooks::HOOKS.len());
    for (id, row) in told.hooks.iter().copied().zip(&webhooks::HOOKS) {
        let (webhook, counted, recounted, hours) = store
            .read(move |db| {
                Ok::<_, StoreError>((
                    stored::get(db, &Scope::service(), id)?,
                    stats::of_webhook(db, id)?,
                    stats::recount(db, id)?,
                    stats::hours(db, &[id], 0)?.remove(&id).unwrap_or_default(),
                ))
            })
            .await
            .unwrap();
        assert_eq!(webhook.settings.name, row.name);
        let disabled = webhook.disabled.map(|(reason, _)| reason);
        let expected = match row.temper {
            temper::Temper::Expired => Some(DisabledReason::FailedTooLong),
            temper::Temper::Gone => Some(DisabledReason::Gone),
            _ => None,
        };
        assert_eq!(disabled, expected, "{}", row.name);
        assert_eq!(counted, recounted, "{}", row.name);
        let attempts: i64 = hours.iter().map(|(_, hour)| hour.successes + hour.failures).sum();
        assert_eq!(attempts, counted.counters.total, "{}", row.name);
    }
    let everything = store
        .read(|db| deliveries::page(db, &Scope::service(), &Filter::default(), Cursor::Newest, 10_000))
        .await
        .unwrap();
    let states: HashSet<State> = everything.items.iter().map(|delivery| delivery.state).collect();
    assert_eq!(states.len(), State::ALL.len(), "{states:?}");
    let reasons: HashSet<NotSent> = everything
        .items
        .iter()
        .filter_map(|delivery| delivery.not_sent.as_ref())
        .map(|(why, _)| *why)
        .collect();
    for reason in [NotSent::Criteria, NotSent::Inactive, NotSent::AutoDisabled] {
        assert!(reasons.contains(&reason), "{reason:?}");
    }
}

#[tokio::test]
async fn a_running_demo_begins_with_nothing_on_the_wire() {
    let (_dir, set, _) = told(1, false).await;
    let filter = Filter { states: vec![State::Sending], ..Filter::default() };
    let sending = set
        .booted
        .services
        .store
        .read(move |db| deliveries::page(db, &Scope::service(), &filter, Cursor::Newest, 10))
        .await
        .unwrap();
    assert!(sending.items.is_empty());
}
