use belfry::actions::deliveries as acts;
use belfry::domain::access::Caller;
use belfry::domain::delivery::State;
use belfry::domain::history::{Attempt, Delivery};
use belfry::domain::page::Cursor;
use belfry::domain::webhook::DisabledReason;
use belfry::store::{StoreError, attempts, deliveries, webhooks};

use super::{Hook, fire, telemax_webhook};
use crate::store::stats::assert_counters_equal_recount;
use crate::support::{ApiClient, Receiver, Reply, TestApp};

pub struct Story {
    pub app: TestApp,
    pub api: ApiClient,
    pub receiver: Receiver,
    pub hook: Hook,
    pub alert: belfry::domain::ids::AlertId,
}

pub async fn linked() -> Story {
    linked_with(&[]).await
}

pub async fn linked_with(settings: &[(&str, &str)]) -> Story {
    let app = TestApp::start_with(settings).await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    let receiver = Receiver::start().await;
    let alert = app.alert(company, 8).await;
    let hook = telemax_webhook(&api, &receiver.url(), &[alert]).await;
    Story { app, api, receiver, hook, alert }
}

/// All deliveries, oldest first.
pub async fn all(app: &TestApp) -> Vec<Delivery> {
    let scope = Caller::system("test").scope();
    let page = app
        .services
        .store
        .read(move |db| deliveries::page(db, &scope, &deliveries::Filter::default(), Cursor::Newest, 100))
        .await
        .unwrap();
    page.items.into_iter().rev().collect()
}

pub async fn attempts_of(app: &TestApp, delivery: &Delivery) -> Vec<Attempt> {
    let id = delivery.id;
    app.services.store.read(move |db| attempts::of_delivery(db, id)).await.unwrap()
}

#[tokio::test]
async fn a_fired_alert_is_delivered_once_and_recorded() {
    let story = linked().await;
    story.receiver.answers([Reply::status(200).body("thank you").header("X-Request", "r1")]);
    let accepted = fire(&story.api, story.alert).await;
    assert_eq!(accepted["deliveries"], 1);
    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 1);

    let delivery = all(&story.app).await.remove(0);
    assert_eq!(delivery.state, State::Delivered);
    assert_eq!((delivery.attempts, delivery.last_status, delivery.next_at), (1, Some(200), None));
    let received = &story.receiver.received()[0];
    assert_eq!(received.header("X-Telemax-Delivery"), Some(delivery.public_id.as_str()));

    let attempt = attempts_of(&story.app, &delivery).await.remove(0);
    assert_eq!((attempt.number, attempt.status, attempt.reason.as_deref()), (1, Some(200), Some("Scripted")));
    assert_eq!(attempt.response_body.as_deref(), Some(b"thank you".as_slice()));
    assert!(
        attempt
            .response_headers
            .iter()
            .any(|(name, value)| name.eq_ignore_ascii_case("x-request") && value == "r1")
    );
    assert!(attempt.remote.unwrap().starts_with("127.0.0.1:"));
    assert!(attempt.timing.total_us > 0 && attempt.timing.connect_us.is_some());
    assert_counters_equal_recount(&story.app, story.hook.id).await;
}

#[tokio::test]
async fn a_failing_receiver_is_tried_by_the_schedule_until_it_ends() {
    let story = linked().await;
    story.receiver.answers_with([500; 20]);
    fire(&story.api, story.alert).await;
    // 0 s, 10 s, 30 s, 2 min, 10 min, 30 min, 2 h, 6 h: each step, with its ten percent.
    for (step, wait) in [0, 11, 33, 132, 660, 1_980, 7_920, 23_760].into_iter().enumerate() {
        story.app.settle().await;
        story.app.wait_seconds(wait);
        story.app.settle().await;
        assert_eq!(story.receiver.requests(), step + 1, "after step {step}");
        let delivery = all(&story.app).await.remove(0);
        let expected = if step == 7 { State::Failed } else { State::Retrying };
        assert_eq!(delivery.state, expected, "after step {step}");
    }
    story.app.wait_seconds(1_000_000);
    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 8, "nothing is sent after the last attempt");
    let ids: std::collections::HashSet<_> = story
        .receiver
        .received()
        .iter()
        .map(|r| r.header("X-Telemax-Delivery").unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 1, "automatic retries keep the delivery id");
    assert_counters_equal_recount(&story.app, story.hook.id).await;
}

#[tokio::test]
async fn a_retry_is_not_made_before_its_time() {
    let story = linked().await;
    story.receiver.answers_with([500]);
    fire(&story.api, story.alert).await;
    story.app.settle().await;
    story.app.wait_seconds(8);
    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 1, "10 s less ten percent have not passed");
    story.app.wait_seconds(4);
    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 2);
    assert_eq!(all(&story.app).await[0].state, State::Delivered);
}

#[tokio::test]
async fn retry_after_is_honoured() {
    let story = linked().await;
    story.receiver.answers([Reply::status(503).header("Retry-After", "900")]);
    fire(&story.api, story.alert).await;
    story.app.settle().await;
    story.app.wait_seconds(899);
    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 1);
    story.app.wait_seconds(2);
    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 2);
}

#[tokio::test]
async fn gone_stops_the_delivery_and_switches_the_webhook_off() {
    let story = linked().await;
    story.receiver.answers_with([500, 410]);
    fire(&story.api, story.alert).await;
    story.app.settle().await;
    fire(&story.api, story.alert).await;
    story.app.settle().await;
    let states: Vec<_> = all(&story.app).await.into_iter().map(|delivery| delivery.state).collect();
    assert_eq!(states, [State::Cancelled, State::Failed], "what waited is cancelled");
    let (scope, id) = (Caller::system("test").scope(), story.hook.id);
    let webhook = story.app.services.store.read(move |db| webhooks::get(db, &scope, id)).await.unwrap();
    assert_eq!(webhook.disabled.map(|(reason, _)| reason), Some(DisabledReason::Gone));
    let accepted = fire(&story.api, story.alert).await;
    assert_eq!(accepted["deliveries"], 0);
    let ctx = story.app.context();
    let enabled = belfry::actions::webhooks::set_active(&ctx, id, true).await.unwrap();
    assert!(enabled.is_live(), "people switch it on again: {:?}", enabled.disabled);
    assert_eq!(fire(&story.api, story.alert).await["deliveries"], 1);
    assert_counters_equal_recount(&story.app, story.hook.id).await;
}

#[tokio::test]
async fn redelivery_gets_a_new_id_for_the_same_event() {
    let story = linked().await;
    fire(&story.api, story.alert).await;
    story.app.settle().await;
    let first = all(&story.app).await.remove(0);
    let made = acts::redeliver(&story.app.context(), first.id).await.unwrap();
    story.app.settle().await;
    let second = all(&story.app).await.remove(1);
    assert_eq!((second.id, second.redelivery_of, second.event_id), (made, Some(first.id), first.event_id));
    let received = story.receiver.received();
    assert_eq!(received[0].body, received[1].body);
    assert_ne!(received[0].header("X-Telemax-Delivery"), received[1].header("X-Telemax-Delivery"));
}

#[tokio::test]
async fn stopping_retries_cancels_the_delivery() {
    let story = linked().await;
    story.receiver.answers_with([500]);
    fire(&story.api, story.alert).await;
    story.app.settle().await;
    let id = all(&story.app).await[0].id;
    acts::stop_retrying(&story.app.context(), id).await.unwrap();
    story.app.wait_seconds(100_000);
    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 1);
    assert_eq!(all(&story.app).await[0].state, State::Cancelled);
    acts::stop_retrying(&story.app.context(), id).await.unwrap_err();
}

#[tokio::test]
async fn nothing_is_sent_after_disabling_or_deleting() {
    for delete in [false, true] {
        let story = linked().await;
        story.receiver.answers_with([500]);
        fire(&story.api, story.alert).await;
        story.app.settle().await;
        let ctx = story.app.context();
        if delete {
            belfry::actions::webhooks::delete(&ctx, story.hook.id).await.unwrap();
        } else {
            belfry::actions::webhooks::set_active(&ctx, story.hook.id, false).await.unwrap();
        }
        assert_eq!(all(&story.app).await[0].state, State::Cancelled, "at once, not when its turn comes");
        story.app.wait_seconds(100_000);
        story.app.settle().await;
        assert_eq!(story.receiver.requests(), 1, "delete: {delete}");
        assert_eq!(all(&story.app).await[0].state, State::Cancelled);
    }
}

#[tokio::test]
async fn a_test_send_shows_the_exchange_and_is_not_counted() {
    use belfry::domain::alert_type::AlertType;
    let story = linked().await;
    story.receiver.answers([Reply::status(500).body("no")]);
    let ctx = story.app.context();
    let id = acts::test_send(&ctx, story.hook.id, AlertType::from_id(8).unwrap()).await.unwrap();
    assert_eq!(story.receiver.requests(), 1, "the request was made before the answer came");
    let delivery = all(&story.app).await.remove(0);
    assert_eq!((delivery.id, delivery.state), (id, State::Failed));
    assert_eq!(attempts_of(&story.app, &delivery).await[0].response_body.as_deref(), Some(b"no".as_slice()));
    let hook = story.hook.id;
    let stats = story
        .app
        .services
        .store
        .read(move |db| belfry::store::stats::of_webhook(db, hook))
        .await
        .map_err(|error: StoreError| error)
        .unwrap();
    assert_eq!(stats.counters.total, 0);
    story.app.wait_seconds(100_000);
    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 1, "a test is not retried");
}
