//! Pausing and resuming, told with an engine that is stepped.

use belfry::actions::ActionError;
use belfry::actions::deliveries as delivery_acts;
use belfry::actions::webhooks as acts;
use belfry::delivery::Engine;
use belfry::domain::alert_type::AlertType;
use belfry::domain::delivery::{NotSent, State};
use belfry::domain::history::Delivery;
use belfry::domain::time::HOUR_US;
use belfry::domain::webhook::DisabledReason;
use belfry::domain::webhook::pause::{Bounds, PauseMode, Resume};
use belfry::store::{StoreError, audit, holds, stats, webhooks};
use serde_json::{Value, json};

use super::lifecycle::{Story, all, linked, linked_with};
use super::{event, fire};
use crate::store::stats::assert_counters_equal_recount;
use crate::support::TestApp;

const HOLD: PauseMode = PauseMode::Hold;

/// Lets the engine go on with what was begun until nothing is left of it.
async fn steers(engine: &Engine) {
    for _ in 0..1_000 {
        if !engine.steer().await.unwrap() {
            return;
        }
    }
    panic!("the engine does not come to rest");
}

/// Fires the alert of a story for a vehicle.
async fn fires_for(story: &Story, vehicle: i64) {
    let mut event = event();
    event["vehicleId"] = json!(vehicle);
    let answer = story.api.post(&format!("/api/v2/alerts/{}/events", story.alert), &event).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
}

async fn pauses(story: &Story, mode: PauseMode) {
    acts::pause(&story.app.context(), story.hook.id, mode, "new certificate").await.unwrap();
}

async fn resumes(story: &Story, resume: Resume) {
    acts::resume(&story.app.context(), story.hook.id, resume).await.unwrap();
    steers(&story.app.services.engine).await;
    story.app.settle().await;
}

fn reasons(deliveries: &[Delivery]) -> Vec<Option<NotSent>> {
    deliveries.iter().map(|delivery| delivery.not_sent.as_ref().map(|(reason, _)| *reason)).collect()
}

/// What the hours of the story's webhook say was not sent.
async fn counted_not_sent(story: &Story) -> i64 {
    let id = story.hook.id;
    let hours = story.app.services.store.read(move |db| stats::hours(db, &[id], 0)).await;
    hours.map_err(|error: StoreError| error).unwrap().values().flatten().map(|(_, hour)| hour.not_sent).sum()
}

/// Deliveries that are not sent for good, as the rows say: the recount of what the hours say.
async fn recounted_not_sent(app: &TestApp) -> i64 {
    let ended = all(app).await.into_iter().filter(|row| row.state == State::NotSent && row.has_ended());
    i64::try_from(ended.count()).unwrap()
}

#[tokio::test]
async fn what_arrives_during_a_hold_is_sent_after_it_under_the_same_id() {
    let story = linked().await;
    pauses(&story, HOLD).await;
    for vehicle in [1, 2, 1] {
        fires_for(&story, vehicle).await;
    }
    story.app.settle().await;
    let held = all(&story.app).await;
    assert_eq!(reasons(&held), [Some(NotSent::PausedHeld); 3]);
    assert!(held.iter().all(|one| one.finished_at.is_none() && !one.has_ended()), "held is not the end");
    assert_eq!(story.receiver.requests(), 0);
    assert_eq!(counted_not_sent(&story).await, 0, "nothing is decided yet");

    story.app.wait_seconds(3_600);
    resumes(&story, Resume::All).await;
    let sent = all(&story.app).await;
    assert_eq!(sent.iter().map(|one| (one.id, one.state)).collect::<Vec<_>>(), {
        held.iter().map(|one| (one.id, State::Delivered)).collect::<Vec<_>>()
    });
    assert_eq!(reasons(&sent), [None; 3]);
    let ids: Vec<String> = story
        .receiver
        .received()
        .iter()
        .map(|r| r.header("X-Telemax-Delivery").unwrap().to_owned())
        .collect();
    assert!(held.iter().all(|one| ids.contains(&one.public_id)), "the ids that were given at acceptance");
    assert_eq!(counted_not_sent(&story).await, 0, "it was sent after all");
    assert_counters_equal_recount(&story.app, story.hook.id).await;
    assert_eq!(fire(&story.api, story.alert).await["deliveries"], 1, "resumed");
}

#[tokio::test]
async fn resuming_can_send_the_newest_of_each_vehicle_or_nothing() {
    for (resume, expected) in [
        (Resume::NewestPerVehicle, vec![State::NotSent, State::Delivered, State::NotSent, State::Delivered]),
        (Resume::Nothing, vec![State::NotSent; 4]),
    ] {
        let story = linked().await;
        pauses(&story, HOLD).await;
        for vehicle in [1, 2, 1, 1] {
            fires_for(&story, vehicle).await;
        }
        resumes(&story, resume).await;
        let rows = all(&story.app).await;
        assert_eq!(rows.iter().map(|row| row.state).collect::<Vec<_>>(), expected, "{resume:?}");
        let dropped: Vec<_> = rows.iter().filter(|row| row.state == State::NotSent).collect();
        for row in &dropped {
            let (reason, detail) = row.not_sent.clone().unwrap();
            assert_eq!((reason, row.has_ended()), (NotSent::PausedDropped, true));
            assert!(detail.unwrap().starts_with("When the webhook was resumed"), "{resume:?}");
        }
        assert_eq!(story.receiver.requests(), 4 - dropped.len());
        assert_eq!(counted_not_sent(&story).await, recounted_not_sent(&story.app).await);
        assert_eq!(recounted_not_sent(&story.app).await, i64::try_from(dropped.len()).unwrap());
    }
}

#[tokio::test]
async fn a_pause_can_drop_what_arrives() {
    let story = linked().await;
    pauses(&story, PauseMode::Drop).await;
    fire(&story.api, story.alert).await;
    assert_eq!(reasons(&all(&story.app).await), [Some(NotSent::PausedDropped)]);
    assert_eq!(counted_not_sent(&story).await, 1, "decided at once");
    resumes(&story, Resume::All).await;
    assert_eq!(story.receiver.requests(), 0);
    assert_eq!(reasons(&all(&story.app).await), [Some(NotSent::PausedDropped)]);
}

#[tokio::test]
async fn what_waits_for_a_paused_webhook_waits_on_and_others_are_not_kept_waiting() {
    let story = linked().await;
    story.receiver.answers_with([500]);
    fire(&story.api, story.alert).await;
    story.app.settle().await;
    fire(&story.api, story.alert).await;
    pauses(&story, HOLD).await;
    let other = super::telemax_webhook(&story.api, &story.receiver.url(), &[story.alert]).await;
    story.app.wait_seconds(100_000);
    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 1, "neither the retry nor the queued one");
    let states: Vec<_> = all(&story.app).await.iter().map(|row| row.state).collect();
    assert_eq!(states, [State::Retrying, State::Queued], "neither sent nor cancelled");
    fire(&story.api, story.alert).await;
    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 2, "the other webhook gets its event");
    assert_eq!(all(&story.app).await.last().unwrap().webhook_id, other.id);

    let refused = delivery_acts::send_now(&story.app.context(), all(&story.app).await[0].id).await;
    assert!(matches!(refused, Err(ActionError::Conflict(_))), "{refused:?}");
    let ctx = story.app.context();
    let test = delivery_acts::queue_test(&ctx, story.hook.id, AlertType::Ignition).await.unwrap();
    story.app.settle().await;
    let sent = all(&story.app).await.into_iter().find(|row| row.id == test).unwrap();
    assert_eq!((sent.state, story.receiver.requests()), (State::Delivered, 3), "tests go out");

    resumes(&story, Resume::All).await;
    assert_eq!(story.receiver.requests(), 6, "the retry, the queued one, the held one");
    assert_counters_equal_recount(&story.app, story.hook.id).await;
}

#[tokio::test]
async fn a_held_event_is_not_sent_a_second_time_by_hand() {
    let story = linked().await;
    fire(&story.api, story.alert).await;
    story.app.settle().await;
    pauses(&story, HOLD).await;
    fire(&story.api, story.alert).await;
    let rows = all(&story.app).await;
    let ctx = story.app.context();
    let refused = delivery_acts::redeliver(&ctx, rows[1].id).await;
    assert!(matches!(refused, Err(ActionError::Conflict(_))), "{refused:?}");
    // An ended one may be repeated; the new delivery waits for the end of the pause.
    delivery_acts::redeliver(&ctx, rows[0].id).await.unwrap();
    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 1);
    resumes(&story, Resume::Nothing).await;
    assert_eq!(story.receiver.requests(), 2);
}

#[tokio::test]
async fn what_is_held_too_long_expires_and_what_is_too_much_is_dropped_the_oldest_first() {
    let story = linked().await;
    pauses(&story, HOLD).await;
    for hour in 0..6 {
        fire(&story.api, story.alert).await;
        if hour < 5 {
            story.app.wait_seconds(3_600);
        }
    }
    let engine = &story.app.services.engine;
    engine.trim_holds(Bounds { count_max: 6, age_max_us: 5 * HOUR_US }).await.unwrap();
    assert_eq!(reasons(&all(&story.app).await), [Some(NotSent::PausedHeld); 6], "all within the bounds");
    engine.trim_holds(Bounds { count_max: 2, age_max_us: 4 * HOUR_US }).await.unwrap();
    let (held, dropped, expired) = (NotSent::PausedHeld, NotSent::PausedDropped, NotSent::Expired);
    assert_eq!(reasons(&all(&story.app).await), [expired, dropped, dropped, dropped, held, held].map(Some));
    assert_eq!(counted_not_sent(&story).await, recounted_not_sent(&story.app).await);

    story.app.wait_seconds(72 * 3_600 + 1);
    engine.tidy().await.unwrap();
    assert_eq!(
        reasons(&all(&story.app).await)[4..],
        [Some(expired); 2],
        "72 hours is how long tidying lets them"
    );
    assert_eq!(counted_not_sent(&story).await, 6);
}

#[tokio::test]
async fn retention_leaves_what_is_held() {
    let story = linked_with(&[("retention", "1d")]).await;
    pauses(&story, HOLD).await;
    fire(&story.api, story.alert).await;
    story.app.wait_seconds(2 * 86_400);
    story.app.services.engine.tidy().await.unwrap();
    resumes(&story, Resume::All).await;
    assert_eq!(story.receiver.requests(), 1, "held for two days, kept for one");
    story.app.services.engine.tidy().await.unwrap();
    assert!(all(&story.app).await.is_empty(), "it has ended now");
}

#[tokio::test]
async fn what_a_webhook_holds_ends_with_it() {
    for end in ["off", "deleted", "gone"] {
        let story = linked().await;
        story.receiver.answers_with([410]);
        fire(&story.api, story.alert).await;
        if end != "gone" {
            story.app.settle().await;
            acts::set_active(&story.app.context(), story.hook.id, true).await.unwrap();
        }
        pauses(&story, HOLD).await;
        fire(&story.api, story.alert).await;
        let ctx = story.app.context();
        match end {
            "off" => drop(acts::set_active(&ctx, story.hook.id, false).await.unwrap()),
            "deleted" => acts::delete(&ctx, story.hook.id).await.unwrap(),
            _ => {
                // As when the answer comes to what was on the wire when the pause began.
                let (id, now) = (story.hook.id, story.app.services.clock.now());
                let gone = story
                    .app
                    .services
                    .store
                    .write(move |db| webhooks::disable(db, id, DisabledReason::Gone, now));
                assert!(gone.await.map_err(|error: StoreError| error).unwrap());
            }
        }
        steers(&story.app.services.engine).await;
        story.app.wait_seconds(100_000);
        story.app.settle().await;
        let row = all(&story.app).await.pop().unwrap();
        let (reason, detail) = row.not_sent.clone().unwrap();
        assert_eq!((reason, row.has_ended()), (NotSent::PausedDropped, true), "{end}");
        let word = if end == "deleted" { "deleted" } else { "switched off" };
        assert!(detail.unwrap().contains(word), "{end}");
        assert_eq!(counted_not_sent(&story).await, 1, "{end}");
        if end == "off" {
            let webhook = acts::set_active(&ctx, story.hook.id, true).await.unwrap();
            assert!(webhook.paused.is_some(), "the pause outlives the switch");
            fire(&story.api, story.alert).await;
            assert_eq!(reasons(&all(&story.app).await)[2], Some(NotSent::PausedHeld));
        }
    }
}

#[tokio::test]
async fn what_was_to_be_dropped_is_not_sent_because_somebody_resumes() {
    let story = linked().await;
    pauses(&story, HOLD).await;
    fire(&story.api, story.alert).await;
    let ctx = story.app.context();
    acts::set_active(&ctx, story.hook.id, false).await.unwrap();
    acts::set_active(&ctx, story.hook.id, true).await.unwrap();
    fire(&story.api, story.alert).await;
    // The engine has not got round to dropping the first.
    resumes(&story, Resume::All).await;
    assert_eq!(reasons(&all(&story.app).await), [Some(NotSent::PausedDropped), None]);
    assert_eq!(story.receiver.requests(), 1);
}

#[tokio::test]
async fn send_now_is_too_late_for_a_webhook_that_was_paused_meanwhile() {
    let story = linked().await;
    fire(&story.api, story.alert).await;
    pauses(&story, HOLD).await;
    let first = all(&story.app).await[0].id;
    story.app.services.engine.deliver_now(first).await.unwrap();
    assert_eq!(story.receiver.requests(), 0);
    resumes(&story, Resume::All).await;
    assert_eq!(story.receiver.requests(), 1);
}

#[tokio::test]
async fn thousands_are_let_go_in_steps_that_survive_the_process() {
    let story = linked().await;
    pauses(&story, HOLD).await;
    let events: Value = (0..1_000).map(|_| event()).collect::<Vec<_>>().into();
    for _ in 0..2 {
        let path = format!("/api/v2/alerts/{}/events", story.alert);
        assert_eq!(story.api.post(&path, &events).await.status, 202);
    }
    fires_for(&story, 7).await;
    acts::resume(&story.app.context(), story.hook.id, Resume::NewestPerVehicle).await.unwrap();
    let id = story.hook.id;
    let store = story.app.services.store.clone();
    let held = async || {
        let counted = store.read(move |db| holds::count(db, id, 5_000)).await;
        counted.map_err(|error: StoreError| error).unwrap()
    };
    assert_eq!((held().await.deliveries, held().await.vehicles), (2_001, 2));
    let now = story.app.context().now();
    for left in [1_001, 1] {
        let begun = store.read(holds::next).await.unwrap().expect("a release");
        store.write(move |db| holds::step(db, &begun, now)).await.unwrap();
        assert_eq!(held().await.deliveries, left, "a thousand at a time");
        // Whoever read the same step and comes second does nothing.
        store.write(move |db| holds::step(db, &begun, now)).await.unwrap();
        assert_eq!(held().await.deliveries, left, "no step is taken twice");
    }
    // Where it stands is in the database alone: an engine that has not seen the beginning goes on.
    steers(&story.app.services.engine).await;
    story.app.settle().await;
    assert_eq!(held().await, holds::Held::default());
    let received = story.receiver.received();
    let vehicles: Vec<i64> = received.iter().map(|one| one.json()["vehicleId"].as_i64().unwrap()).collect();
    assert_eq!(vehicles.len(), 2, "one for each vehicle, although they came in different steps");
    assert!(vehicles.contains(&7) && vehicles.contains(&88_421), "{vehicles:?}");
}

#[tokio::test]
async fn pausing_again_keeps_what_was_not_let_go_yet() {
    let story = linked().await;
    pauses(&story, HOLD).await;
    fire(&story.api, story.alert).await;
    acts::resume(&story.app.context(), story.hook.id, Resume::All).await.unwrap();
    pauses(&story, HOLD).await;
    steers(&story.app.services.engine).await;
    story.app.settle().await;
    assert_eq!(
        (story.receiver.requests(), reasons(&all(&story.app).await)),
        (0, vec![Some(NotSent::PausedHeld)])
    );
    resumes(&story, Resume::All).await;
    assert_eq!(story.receiver.requests(), 1);
}

#[tokio::test]
async fn an_event_that_crossed_the_resuming_is_found_and_sent() {
    let story = linked().await;
    pauses(&story, HOLD).await;
    fire(&story.api, story.alert).await;
    // As if another process had decided the event before it learnt of the resuming, and committed after it.
    story.app.database.run("UPDATE webhooks SET paused_mode = NULL, paused_at = NULL");
    story.app.services.engine.tidy().await.unwrap();
    steers(&story.app.services.engine).await;
    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 1);
}

#[tokio::test]
async fn pausing_is_for_those_who_may_and_is_written_down() {
    let story = linked().await;
    let ctx = story.app.context();
    let long = acts::pause(&ctx, story.hook.id, HOLD, &"x".repeat(201)).await;
    assert!(matches!(long, Err(ActionError::Invalid(_))), "{long:?}");
    pauses(&story, HOLD).await;
    let again = acts::pause(&ctx, story.hook.id, HOLD, "new certificate").await.unwrap();
    story.app.wait_seconds(60);
    let changed = acts::pause(&ctx, story.hook.id, PauseMode::Drop, "").await.unwrap();
    let (again, changed) = (again.paused.unwrap(), changed.paused.unwrap());
    assert_eq!((changed.mode, changed.since, changed.reason), (PauseMode::Drop, again.since, None));
    assert_eq!(again.by, "test");
    resumes(&story, Resume::Nothing).await;
    resumes(&story, Resume::All).await;
    let id = story.hook.id.0;
    let entries = story.app.services.store.read(move |db| audit::of_object(db, "webhook", id)).await;
    let entries = entries.map_err(|error: StoreError| error).unwrap();
    let verbs: Vec<&str> = entries.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(verbs, ["webhook.create", "webhook.pause", "webhook.pause", "webhook.resume"]);
    assert!(entries[1].1.contains("new certificate") && entries[3].1.contains("\"none\""), "{entries:?}");

    acts::set_active(&ctx, story.hook.id, false).await.unwrap();
    let off = acts::pause(&ctx, story.hook.id, HOLD, "").await;
    assert!(matches!(off, Err(ActionError::Conflict(_))), "{off:?}");
}
