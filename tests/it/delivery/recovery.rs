//! The process dies; the file stays.

use belfry::domain::attempt::{Outcome, Timing};
use belfry::domain::delivery::State;
use belfry::domain::ids::WebhookId;
use belfry::domain::time::SECOND_US;
use belfry::store::attempts::Finished;
use belfry::store::queue::{self, ClaimRequest, Claimed, Lease};
use belfry::store::results::{Batch, Fate};

use super::fire;
use super::lifecycle::{Story, all, attempts_of, linked};
use crate::store::stats::assert_counters_equal_recount;
use crate::support::TestApp;

fn lease(app: &TestApp, token: i64) -> Lease {
    Lease { until: app.context().now().plus_micros(7 * SECOND_US), token }
}

/// Another process takes what waits for a webhook.
async fn claim(app: &TestApp, webhook: WebhookId, token: i64) -> Vec<Claimed> {
    let request = ClaimRequest { webhooks: vec![(webhook, 100)], lease: lease(app, token) };
    let now = app.context().now();
    app.services.store.write(move |db| queue::claim(db, &request, now)).await.unwrap().claimed
}

/// A webhook and an event that waits for it in the table.
async fn one_waits() -> Story {
    let story = linked().await;
    story.app.services.engine.close();
    fire(&story.api, story.alert).await;
    story
}

async fn outcomes(story: &Story) -> Vec<Option<Outcome>> {
    let delivery = all(&story.app).await.remove(0);
    attempts_of(&story.app, &delivery).await.into_iter().map(|attempt| attempt.outcome).collect()
}

#[tokio::test]
async fn a_lease_of_a_dead_process_runs_out_and_the_work_is_done_again() {
    let story = one_waits().await;
    assert_eq!(claim(&story.app, story.hook.id, 1).await.len(), 1, "a process claims it and dies");
    story.app.services.engine.open();
    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 0, "its lease still runs: it may be sending now");
    story.app.wait_seconds(8);
    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 1);
    let delivery = all(&story.app).await.remove(0);
    assert_eq!((delivery.state, delivery.attempts), (State::Delivered, 2));
    assert_eq!(
        outcomes(&story).await,
        [Some(Outcome::Interrupted), Some(Outcome::Success)],
        "history tells the truth"
    );
    assert_counters_equal_recount(&story.app, story.hook.id).await;
}

#[tokio::test]
async fn whoever_serves_alone_takes_over_at_once_and_waits_as_after_a_failure() {
    let story = one_waits().await;
    if !story.app.services.store.serves_alone() {
        return; // On PostgreSQL another server may be alive: only the lease tells.
    }
    assert_eq!(claim(&story.app, story.hook.id, 1).await.len(), 1, "a process claims it and dies");
    story.app.services.engine.begin().await.unwrap();
    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 0, "the dead process's request may still be at work");
    assert_eq!(outcomes(&story).await, [Some(Outcome::Interrupted)]);
    story.app.wait_seconds(12);
    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 1);
    assert_eq!(all(&story.app).await[0].state, State::Delivered);
    assert_counters_equal_recount(&story.app, story.hook.id).await;
}

#[tokio::test]
async fn a_result_after_the_lease_was_taken_over_changes_nothing() {
    let story = one_waits().await;
    let zombie = claim(&story.app, story.hook.id, 1).await.remove(0);
    story.app.services.engine.open();
    story.app.wait_seconds(8);
    story.receiver.answers_with([500]);
    story.app.settle().await;
    let before = all(&story.app).await;
    assert_eq!(before[0].state, State::Retrying, "whoever took over failed and waits");
    let now = story.app.context().now();
    let late = Finished {
        started_at: now,
        outcome: Outcome::Success,
        detail: None,
        status: Some(200),
        reason: None,
        timing: Timing::default(),
        remote: None,
        tls: None,
        cert_until: None,
        request_url: String::new(),
        request_headers: None,
        response_headers: None,
        response_body: None,
        response_truncated: false,
    };
    let ours = story.app.services.store.write(move |db| {
        let mut batch = Batch::begin(db, &[zombie.webhook.id].into())?;
        let ours = batch.record(db, &zombie, &late, Fate::Delivered, now)?;
        batch.finish(db)?;
        Ok::<_, belfry::store::StoreError>(ours)
    });
    assert!(!ours.await.unwrap());
    assert_eq!(all(&story.app).await, before);
    story.app.wait_seconds(12);
    story.app.settle().await;
    assert_eq!(all(&story.app).await[0].state, State::Delivered, "the retry is still made");
    assert_counters_equal_recount(&story.app, story.hook.id).await;
}

#[tokio::test]
async fn an_interrupted_attempt_uses_up_no_retry() {
    let story = one_waits().await;
    for token in 1..=10 {
        assert_eq!(claim(&story.app, story.hook.id, token).await.len(), 1);
        story.app.wait_seconds(8);
        story.app.settle().await;
    }
    story.app.services.engine.open();
    story.receiver.answers_with([500]);
    story.app.settle().await;
    let delivery = all(&story.app).await.remove(0);
    assert_eq!(delivery.state, State::Retrying, "ten crashes are not ten failures");
    story.app.wait_seconds(12);
    story.app.settle().await;
    assert_eq!(all(&story.app).await[0].state, State::Delivered);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_claim_one_delivery_one_gets_it() {
    let story = one_waits().await;
    let delivery = all(&story.app).await[0].id;
    let now = story.app.context().now();
    let claims = (1..=16).map(|token| {
        let (store, lease) = (story.app.services.store.clone(), lease(&story.app, token));
        tokio::spawn(async move { store.write(move |db| queue::claim_one(db, delivery, lease, now)).await })
    });
    let claims = futures_util::future::join_all(claims).await;
    let taken = claims.into_iter().filter(|claim| matches!(claim, Ok(Ok(Some(_))))).count();
    assert_eq!(taken, 1);
}
