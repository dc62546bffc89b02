//! Many deliveries sent again by a filter, told with an engine that is stepped.

use belfry::actions::replays as acts;
use belfry::actions::webhooks as webhook_acts;
use belfry::actions::{ActionError, Context, deliveries as delivery_acts};
use belfry::domain::access::{Caller, Role};
use belfry::domain::alert_type::AlertType;
use belfry::domain::delivery::{State, Trigger};
use belfry::domain::history::Delivery;
use belfry::domain::ids::{CompanyId, DeliveryId, ReplayId, UserId};
use belfry::domain::replay::{Expected, Filter, Rate, Replay, Skip, Status};
use belfry::domain::time::SECOND_US;
use belfry::domain::webhook::pause::{PauseMode, Resume};
use belfry::store::{StoreError, audit, replays};

use super::lifecycle::{Story, all, linked_with};
use super::{fire, telemax_webhook};
use crate::store::stats::assert_counters_equal_recount;
use crate::support::{Receiver, TestApp};

/// A webhook whose deliveries have one attempt, so that a failure is the end.
async fn story() -> Story {
    linked_with(&[("retry_schedule", "0s")]).await
}

/// Fires, `count` times, and the receiver refuses all of it.
async fn fails(story: &Story, count: usize) {
    story.receiver.answers_with(vec![500; count]);
    for _ in 0..count {
        fire(&story.api, story.alert).await;
    }
    story.app.settle().await;
}

fn failed() -> Filter {
    Filter { states: vec![State::Failed], ..Filter::default() }
}

fn per_second(rate: i32) -> Rate {
    Rate::new(rate).unwrap()
}

/// The company of a story's webhook.
async fn company(story: &Story) -> CompanyId {
    all(&story.app).await[0].company_id
}

async fn begins(story: &Story, filter: Filter, rate: i32) -> ReplayId {
    acts::begin(&story.app.context(), company(story).await, filter, per_second(rate)).await.unwrap()
}

async fn seen(app: &TestApp, id: ReplayId) -> Replay {
    let scope = Caller::system("test").scope();
    let found = app.services.store.read(move |db| replays::get(db, &scope, id)).await;
    found.map_err(|error: StoreError| error).unwrap()
}

/// The clock moves on by some milliseconds, and the engine takes every step that it may.
async fn passes(app: &TestApp, millis: i64) {
    app.clock.advance(millis * 1_000);
    for _ in 0..100 {
        if !app.services.engine.steer().await.unwrap() {
            return;
        }
    }
    panic!("the engine does not come to rest");
}

/// Until a replay has ended, for a minute at most.
async fn ends(app: &TestApp, id: ReplayId) -> Replay {
    for _ in 0..60 {
        passes(app, 1_000).await;
        let replay = seen(app, id).await;
        if !replay.status.is_open() {
            app.settle().await;
            return replay;
        }
    }
    panic!("it does not end: {:?}", seen(app, id).await);
}

/// The deliveries that repeat another one, and which.
fn repeats(deliveries: &[Delivery]) -> Vec<DeliveryId> {
    deliveries.iter().filter_map(|one| one.redelivery_of).collect()
}

#[tokio::test]
async fn what_failed_is_sent_again_as_new_deliveries_at_the_chosen_rate() {
    let story = story().await;
    fails(&story, 7).await;
    let old = all(&story.app).await;
    let id = begins(&story, failed(), 2).await;
    assert_eq!(seen(&story.app, id).await.expected, Expected { count: 7, or_more: false });
    let mut made = Vec::new();
    for _ in 0..8 {
        passes(&story.app, 250).await;
        made.push(seen(&story.app, id).await.made);
    }
    assert_eq!(made, [0, 1, 1, 2, 2, 3, 3, 4], "two per second, evenly");
    story.app.wait_seconds(3_600);
    passes(&story.app, 0).await;
    assert_eq!(seen(&story.app, id).await.made, 6, "after an hour's rest one second's worth, no more");
    passes(&story.app, 0).await;
    assert_eq!(seen(&story.app, id).await.made, 6, "and not twice");
    let done = ends(&story.app, id).await;
    assert_eq!((done.status, done.made, done.skips.total(), done.gone()), (Status::Finished, 7, 0, 0));
    assert!(done.finished_at.is_some());

    assert_eq!(story.receiver.requests(), 14);
    let rows = all(&story.app).await;
    assert_eq!(repeats(&rows), old.iter().map(|one| one.id).collect::<Vec<_>>());
    for (new, old) in rows[7..].iter().zip(&old) {
        assert_eq!((new.state, new.trigger, new.event_id), (State::Delivered, Trigger::Manual, old.event_id));
        assert_ne!(new.public_id, old.public_id);
    }
    assert_eq!(rows[..7], old, "what happened stays as it was");
    assert_counters_equal_recount(&story.app, story.hook.id).await;
    passes(&story.app, 5_000).await;
    assert_eq!(all(&story.app).await.len(), 14, "finished is finished");
}

#[tokio::test]
async fn a_clock_that_is_set_back_stops_nothing_and_makes_no_burst() {
    let story = story().await;
    fails(&story, 6).await;
    let id = begins(&story, failed(), 2).await;
    passes(&story.app, 1_000).await;
    assert_eq!(seen(&story.app, id).await.made, 2);
    passes(&story.app, -3_600_000).await;
    assert_eq!(seen(&story.app, id).await.made, 2);
    passes(&story.app, 500).await;
    assert_eq!(seen(&story.app, id).await.made, 3);
}

#[tokio::test]
async fn of_two_who_take_the_same_step_one_takes_it() {
    let story = story().await;
    fails(&story, 6).await;
    let id = begins(&story, failed(), 2).await;
    story.app.wait_seconds(1);
    let (store, now) = (story.app.services.store.clone(), story.app.context().now());
    let read = seen(&story.app, id).await;
    let mut made = Vec::new();
    for _ in 0..2 {
        let replay = read.clone();
        made.push(store.write(move |db| replays::step(db, &replay, replay.cursor, now)).await.unwrap());
    }
    assert_eq!(made, [2, 0]);
    assert_eq!((seen(&story.app, id).await.made, repeats(&all(&story.app).await).len()), (2, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_step_at_once_make_each_delivery_once() {
    let story = story().await;
    fails(&story, 30).await;
    let id = begins(&story, failed(), 10).await;
    for _ in 0..20 {
        story.app.wait_seconds(1);
        let steps = (0..6).map(|_| {
            let engine = story.app.services.engine.clone();
            tokio::spawn(async move { while engine.steer().await.unwrap() {} })
        });
        for step in futures_util::future::join_all(steps).await {
            step.unwrap();
        }
    }
    let done = seen(&story.app, id).await;
    assert_eq!((done.status, done.made), (Status::Finished, 30));
    let mut repeated = repeats(&all(&story.app).await);
    repeated.dedup();
    assert_eq!(repeated.len(), 30);
}

#[tokio::test]
async fn pausing_and_cancelling_hold_at_once_and_are_written_down() {
    let story = story().await;
    fails(&story, 8).await;
    let (app, ctx) = (&story.app, story.app.context());
    let id = begins(&story, failed(), 2).await;
    passes(app, 1_000).await;
    let read = seen(app, id).await;
    acts::pause(&ctx, id).await.unwrap();
    // Whoever had read the replay before does nothing either.
    let now = ctx.now().plus_micros(SECOND_US);
    assert_eq!(
        app.services.store.write(move |db| replays::step(db, &read, read.cursor, now)).await.unwrap(),
        0
    );
    passes(app, 60_000).await;
    assert_eq!((seen(app, id).await.made, seen(app, id).await.status), (2, Status::Paused));
    assert!(matches!(acts::pause(&ctx, id).await, Err(ActionError::Conflict(_))));

    acts::resume(&ctx, id).await.unwrap();
    passes(app, 0).await;
    assert_eq!(seen(app, id).await.made, 2, "the pause is not made up for");
    passes(app, 1_000).await;
    assert_eq!(seen(app, id).await.made, 4);
    acts::cancel(&ctx, id).await.unwrap();
    passes(app, 60_000).await;
    let ended = seen(app, id).await;
    assert_eq!((ended.made, ended.status, ended.finished_at.is_some()), (4, Status::Cancelled, true));
    for again in [acts::pause(&ctx, id).await, acts::resume(&ctx, id).await, acts::cancel(&ctx, id).await] {
        assert!(matches!(again, Err(ActionError::Conflict(_))), "{again:?}");
    }
    app.settle().await;
    assert_eq!(story.receiver.requests(), 12, "what was made is delivered");

    let entries = app.services.store.read(move |db| audit::of_object(db, "replay", id.0)).await;
    let entries = entries.map_err(|error: StoreError| error).unwrap();
    let verbs: Vec<&str> = entries.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(verbs, ["replay.begin", "replay.pause", "replay.resume", "replay.cancel"]);
    assert!(entries[0].1.contains("failed") && entries[0].1.contains("rate"), "{entries:?}");
}

#[tokio::test]
async fn what_cannot_be_sent_again_is_skipped_and_counted() {
    let story = story().await;
    let (app, ctx) = (&story.app, story.app.context());
    let mut hooks = vec![story.hook.id];
    for _ in 0..3 {
        hooks.push(telemax_webhook(&story.api, &story.receiver.url(), &[story.alert]).await.id);
    }
    fails(&story, 4).await; // of each event, four deliveries: 4 fail, 12 succeed
    let any = Filter::default;
    let repeated = all(app).await.into_iter().find(|one| one.state == State::Failed).unwrap();
    webhook_acts::set_active(&ctx, hooks[1], false).await.unwrap();
    webhook_acts::delete(&ctx, hooks[2]).await.unwrap();
    webhook_acts::pause(&ctx, hooks[3], PauseMode::Hold, "").await.unwrap();
    fire(&story.api, story.alert).await; // sent to the first, held by the last, no candidates otherwise
    app.settle().await;
    let rows = all(app).await;
    let count = |test: &dyn Fn(&Delivery) -> bool| {
        i64::try_from(rows.iter().filter(|row| test(row)).count()).unwrap()
    };
    let (off, gone) = (count(&|row| row.webhook_id == hooks[1]), count(&|row| row.webhook_id == hooks[2]));
    let held = count(&Delivery::is_held);
    assert!(off >= 4 && gone == 4 && held == 1, "{off} {gone} {held}");

    let id = begins(&story, any(), 1_000).await;
    let requests = story.receiver.requests();
    let done = ends(app, id).await;
    let skips: Vec<_> = done.skips.iter().collect();
    assert_eq!(skips, [(Skip::Held, held), (Skip::Deleted, gone), (Skip::SwitchedOff, off)]);
    assert_eq!(done.made, count(&|_| true) - held - gone - off);
    assert_eq!(done.expected.count, count(&|_| true));
    // What was made for the paused webhook waits for its end, as everything does.
    let waiting =
        i64::try_from(all(app).await.iter().filter(|one| one.state == State::Queued).count()).unwrap();
    assert_eq!(waiting, 4);
    assert_eq!(i64::try_from(story.receiver.requests() - requests).unwrap(), done.made - waiting);

    // Now one of them is on its way again already, and what waits has not ended.
    webhook_acts::resume(&ctx, hooks[3], Resume::Nothing).await.unwrap();
    while app.services.engine.steer().await.unwrap() {}
    app.settle().await;
    let only = Filter { states: vec![State::Failed], webhook: Some(repeated.webhook_id), ..any() };
    let again = acts::begin(&ctx, company(&story).await, only, per_second(1_000)).await;
    match repeated.webhook_id {
        id if id == hooks[0] || id == hooks[3] => {
            assert!(matches!(again, Err(ActionError::Conflict(_))), "all were sent again: {again:?}");
        }
        _ => {}
    }
}

#[tokio::test]
async fn an_event_that_was_sent_again_already_is_not_sent_twice() {
    let story = story().await;
    fails(&story, 3).await;
    let (app, ctx, old) = (&story.app, story.app.context(), all(&story.app).await);
    delivery_acts::redeliver(&ctx, old[0].id).await.unwrap(); // succeeds
    app.settle().await;
    story.receiver.answers_with([500]);
    delivery_acts::redeliver(&ctx, old[1].id).await.unwrap(); // fails as well
    app.settle().await;
    let id = begins(&story, failed(), 1_000).await;
    let done = ends(app, id).await;
    assert_eq!((done.made, done.skips.iter().collect::<Vec<_>>()), (2, vec![(Skip::Repeated, 2)]));
    let rows = all(app).await;
    assert_eq!(repeats(&rows[5..]), [old[2].id, rows[4].id], "of two that failed, the later one");
    // What was delivered may be sent as often as somebody likes.
    app.wait_seconds(1);
    let delivered = Filter { states: vec![State::Delivered], to: Some(ctx.now()), ..Filter::default() };
    let upto = i64::try_from(rows.iter().filter(|row| row.state == State::Delivered).count()).unwrap();
    for _ in 0..2 {
        let id = begins(&story, delivered.clone(), 1_000).await;
        assert_eq!(ends(app, id).await.made, upto);
    }
}

#[tokio::test]
async fn what_waits_or_is_on_the_wire_is_left_alone() {
    let story = super::lifecycle::linked().await;
    story.receiver.answers_with([500]);
    fire(&story.api, story.alert).await;
    story.app.settle().await;
    fire(&story.api, story.alert).await;
    story.app.settle().await;
    assert_eq!(all(&story.app).await[0].state, State::Retrying);
    let id = begins(&story, Filter::default(), 1_000).await;
    let done = ends(&story.app, id).await;
    assert_eq!((done.made, done.skips.iter().collect::<Vec<_>>()), (1, vec![(Skip::NotEnded, 1)]));
}

#[tokio::test]
async fn a_filter_means_what_it_says_and_no_other_company() {
    let story = story().await;
    let app = &story.app;
    let second = telemax_webhook(&story.api, &story.receiver.url(), &[story.alert]).await;
    let door = app.alert(company_of(&story).await, 5).await; // another type
    webhook_acts::link_alert(&app.context(), second.id, door).await.unwrap();
    // Somebody else's, with the same kind of alert.
    let foreign = app.company("Mallory Ltd").await;
    let (their_api, theirs) = (app.api(foreign).await, Receiver::start().await);
    let their_alert = app.alert(foreign, 8).await;
    telemax_webhook(&their_api, &theirs.url(), &[their_alert]).await;
    theirs.answers_with([500; 3]);
    story.receiver.answers_with([500; 5]);
    fire(&story.api, story.alert).await; // both webhooks fail
    fire(&their_api, their_alert).await;
    app.settle().await;
    app.wait_seconds(100);
    fire(&story.api, story.alert).await; // both fail
    app.settle().await;
    fire(&story.api, door).await; // the second fails
    app.settle().await;
    fire(&story.api, story.alert).await; // both succeed
    fire(&their_api, their_alert).await;
    app.settle().await;
    let rows = all(app).await;
    let own = company_of(&story).await;
    let late = rows.last().unwrap().created_at;
    let filters = [
        failed(),
        Filter { webhook: Some(second.id), ..failed() },
        Filter { alert_type: AlertType::from_id(5), ..failed() },
        Filter { from: Some(late), ..failed() },
        Filter { to: Some(late), ..failed() },
        Filter { states: vec![State::Delivered], ..Filter::default() },
        Filter { states: vec![State::Delivered, State::Failed], ..Filter::default() },
        Filter { from: Some(late), to: Some(late.plus_micros(1)), webhook: Some(story.hook.id), ..failed() },
    ];
    let sizes = [5, 2 + 1, 1, 3, 2, 2, 7, 1];
    for (filter, size) in filters.into_iter().zip(sizes) {
        let expected: Vec<DeliveryId> = rows
            .iter()
            .filter(|row| row.company_id == own && filter.covers(row.state, row.created_at))
            .filter(|row| filter.webhook.is_none_or(|id| id == row.webhook_id))
            .filter(|row| filter.alert_type.is_none_or(|kind| kind == row.event.alert_type))
            .map(|row| row.id)
            .collect();
        assert_eq!(expected.len(), size, "{filter:?}");
        // From the same rows every time: what the one before made is taken away again.
        let id = begins(&story, filter.clone(), 1_000).await;
        passes(app, 1_000).await;
        let new = all(app).await.split_off(rows.len());
        assert_eq!(repeats(&new), expected, "{filter:?}");
        assert_eq!(seen(app, id).await.expected.count, i64::try_from(size).unwrap());
        app.database.run(&format!("DELETE FROM deliveries WHERE replay_id = {id}"));
    }
    assert_eq!(theirs.requests(), 2, "theirs are theirs");
}

async fn company_of(story: &Story) -> CompanyId {
    let (id, scope) = (story.hook.id, Caller::system("test").scope());
    let found = story.app.services.store.read(move |db| belfry::store::webhooks::get(db, &scope, id)).await;
    found.map_err(|error: StoreError| error).unwrap().company_id
}

#[tokio::test]
async fn the_companies_below_belong_to_it_and_nobody_elses_can_be_named() {
    let story = story().await;
    let (app, own) = (&story.app, company_of(&story).await);
    let below = app.sub_company("Northline Ports", own).await;
    let (api, receiver) = (app.api(below).await, Receiver::start().await);
    let alert = app.alert(below, 8).await;
    telemax_webhook(&api, &receiver.url(), &[alert]).await;
    receiver.answers_with([500]);
    fire(&api, alert).await;
    app.settle().await;
    let who = |role, company| Context {
        services: app.services.clone(),
        caller: Caller::user(UserId(1), "Mia", role, Some(company)),
    };
    let stranger = app.company("Mallory Ltd").await;
    let begin = async |ctx: Context, company| acts::begin(&ctx, company, failed(), Rate::DEFAULT).await;
    for outside in [who(Role::Admin, stranger), who(Role::Admin, below)] {
        assert!(matches!(begin(outside, own).await, Err(ActionError::NotFound(_))));
    }
    assert!(matches!(begin(who(Role::Viewer, own), own).await, Err(ActionError::Refused(_))));
    let id = begin(who(Role::Editor, own), own).await.unwrap();
    for act in
        [acts::pause(&who(Role::Admin, stranger), id).await, acts::cancel(&who(Role::Admin, below), id).await]
    {
        assert!(matches!(act, Err(ActionError::NotFound(_))), "{act:?}");
    }
    assert!(matches!(acts::pause(&who(Role::Viewer, own), id).await, Err(ActionError::Refused(_))));
    assert_eq!(ends(app, id).await.made, 1);
    assert_eq!(receiver.requests(), 2);
    assert!(
        matches!(begin(who(Role::Editor, own), own).await, Err(ActionError::Conflict(_))),
        "nothing left"
    );
}

#[tokio::test]
async fn a_company_has_five_at_most_and_they_take_turns() {
    let story = story().await;
    fails(&story, 20).await;
    let (app, ctx) = (&story.app, story.app.context());
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(begins(&story, failed(), 1).await);
    }
    let sixth = acts::begin(&ctx, company(&story).await, failed(), Rate::DEFAULT).await;
    let Err(ActionError::Conflict(words)) = sixth else { panic!("{sixth:?}") };
    assert!(words.starts_with("5 redeliveries"), "{words}");
    passes(app, 1_000).await;
    let mut made = Vec::new();
    for id in &ids {
        made.push(seen(app, *id).await.made);
    }
    assert_eq!(made.iter().sum::<i64>(), 5, "every one had its turn: {made:?}");
    // A paused one has not ended; a cancelled one has.
    acts::pause(&ctx, ids[0]).await.unwrap();
    assert!(acts::begin(&ctx, company(&story).await, failed(), Rate::DEFAULT).await.is_err());
    acts::cancel(&ctx, ids[0]).await.unwrap();
    begins(&story, failed(), 1).await;
}

#[tokio::test]
async fn the_next_process_goes_on_where_this_one_stopped() {
    let Story { app, api, receiver, hook, alert } = story().await;
    if !app.services.store.serves_alone() {
        return; // The file changes hands; on PostgreSQL there is nothing to hand over.
    }
    let story = Story { app, api, receiver, hook, alert };
    fails(&story, 6).await;
    let id = begins(&story, failed(), 2).await;
    passes(&story.app, 1_000).await;
    assert_eq!(seen(&story.app, id).await.made, 2);
    let store = story.app.services.store.clone();
    let before = store.read(move |db| replays::next_running(db, ReplayId(0))).await;
    let before = before.map_err(|error: StoreError| error).unwrap().unwrap();
    assert_eq!((before.id, before.made), (id, 2), "all of it stands in the database");
    let done = ends(&story.app, id).await;
    assert_eq!((done.made, story.receiver.requests()), (6, 12));
}
