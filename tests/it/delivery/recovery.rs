//! The process dies; the file stays.

use belfry::domain::attempt::Outcome;
use belfry::domain::delivery::State;
use belfry::domain::time::SECOND_US;
use belfry::store::queue::{self, ClaimRequest};

use super::fire;
use super::lifecycle::{all, attempts_of, linked};
use crate::store::stats::assert_counters_equal_recount;

fn request(app: &crate::support::TestApp, token: i64) -> ClaimRequest {
    ClaimRequest {
        limit: 100,
        in_flight: std::collections::HashMap::new(),
        per_webhook_max: 32,
        lease_until: app.context().now().plus_micros(7 * SECOND_US),
        token,
    }
}

#[tokio::test]
async fn a_lease_of_a_dead_process_runs_out_and_the_work_is_done_again() {
    let story = linked().await;
    fire(&story.api, story.alert).await;
    let (claim, now) = (request(&story.app, 1), story.app.context().now());
    let claimed = story.app.services.store.write(move |db| queue::claim(db, &claim, now)).await.unwrap();
    assert_eq!(claimed.len(), 1, "a process claims it and dies");

    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 0, "its lease still runs: it may be sending now");
    story.app.wait_seconds(8);
    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 1);
    let delivery = all(&story.app).await.remove(0);
    assert_eq!((delivery.state, delivery.attempts), (State::Delivered, 2));
    let outcomes: Vec<_> = attempts_of(&story.app, &delivery).await.into_iter().map(|a| a.outcome).collect();
    assert_eq!(outcomes, [Some(Outcome::Interrupted), Some(Outcome::Success)], "history tells the truth");
    assert_counters_equal_recount(&story.app, story.hook.id).await;
}

#[tokio::test]
async fn a_result_after_the_lease_was_taken_over_changes_nothing() {
    use belfry::domain::attempt::Timing;
    use belfry::store::attempts::Finished;
    let story = linked().await;
    fire(&story.api, story.alert).await;
    let (claim, now) = (request(&story.app, 1), story.app.context().now());
    let store = story.app.services.store.clone();
    let zombie = store.write(move |db| queue::claim(db, &claim, now)).await.unwrap().remove(0);
    story.app.wait_seconds(8);
    story.receiver.answers_with([500]);
    story.app.settle().await;
    let before = all(&story.app).await;
    assert_eq!(before[0].state, State::Retrying, "whoever took over failed and waits");
    let late = Finished {
        outcome: Outcome::Success,
        detail: None,
        status: Some(200),
        reason: None,
        timing: Timing::default(),
        remote: None,
        tls: None,
        request_url: String::new(),
        request_headers: Vec::new(),
        response_headers: Vec::new(),
        response_body: None,
        response_truncated: false,
    };
    let now = story.app.context().now();
    let ours =
        store.write(move |db| queue::finish(db, &zombie, &late, queue::Fate::Delivered, now)).await.unwrap();
    assert!(!ours);
    assert_eq!(all(&story.app).await, before);
    story.app.wait_seconds(12);
    story.app.settle().await;
    assert_eq!(all(&story.app).await[0].state, State::Delivered, "the retry is still made");
    assert_counters_equal_recount(&story.app, story.hook.id).await;
}

#[tokio::test]
async fn an_interrupted_attempt_uses_up_no_retry() {
    let story = linked().await;
    fire(&story.api, story.alert).await;
    for token in 1..=10 {
        let (claim, now) = (request(&story.app, token), story.app.context().now());
        let claimed = story.app.services.store.write(move |db| queue::claim(db, &claim, now)).await.unwrap();
        assert_eq!(claimed.len(), 1);
        story.app.wait_seconds(8);
    }
    story.receiver.answers_with([500]);
    story.app.settle().await;
    let delivery = all(&story.app).await.remove(0);
    assert_eq!(delivery.state, State::Retrying, "ten crashes are not ten failures");
    story.app.wait_seconds(12);
    story.app.settle().await;
    assert_eq!(all(&story.app).await[0].state, State::Delivered);
}

#[tokio::test]
async fn one_webhook_has_at_most_its_share_under_way() {
    let story = linked().await;
    for _ in 0..40 {
        fire(&story.api, story.alert).await;
    }
    let (claim, now) = (request(&story.app, 1), story.app.context().now());
    let claimed = story.app.services.store.write(move |db| queue::claim(db, &claim, now)).await.unwrap();
    assert_eq!(claimed.len(), 32);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_claim_one_delivery_one_gets_it() {
    let story = linked().await;
    fire(&story.api, story.alert).await;
    let delivery = all(&story.app).await[0].id;
    let now = story.app.context().now();
    let claims = (1..=16).map(|token| {
        let (store, claim) = (story.app.services.store.clone(), request(&story.app, token));
        tokio::spawn(async move { store.write(move |db| queue::claim_one(db, delivery, &claim, now)).await })
    });
    let claims = futures_util::future::join_all(claims).await;
    let taken = claims.into_iter().filter(|claim| matches!(claim, Ok(Ok(Some(_))))).count();
    assert_eq!(taken, 1);
    assert_eq!(
        attempts_of(&story.app, &all(&story.app).await[0]).await.len(),
        1,
        "and one attempt was begun"
    );
}
