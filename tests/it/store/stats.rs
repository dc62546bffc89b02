//! Counters and roll-ups equal a recount, whatever happened.

use belfry::domain::ids::WebhookId;
use belfry::domain::random::{Random, SeededRandom};
use belfry::domain::stats::Hour;
use belfry::store::{roll_ups, stats};

use crate::support::{Receiver, Reply, TestApp};

pub async fn assert_counters_equal_recount(app: &TestApp, webhook: WebhookId) {
    let (counted, recounted, hours) = app
        .services
        .store
        .read(move |db| {
            let hours = stats::hours(db, &[webhook], 0)?;
            Ok::<_, belfry::store::StoreError>((
                stats::of_webhook(db, webhook)?,
                stats::recount(db, webhook)?,
                hours,
            ))
        })
        .await
        .unwrap();
    assert_eq!(counted, recounted);
    assert_eq!(counted.counters.total, counted.counters.successes + counted.counters.failures);
    let sum = |of: fn(&belfry::domain::stats::Hour) -> i64| -> i64 {
        hours.values().flatten().map(|(_, hour)| of(hour)).sum()
    };
    assert_eq!(sum(|hour| hour.successes), counted.counters.successes, "hourly successes");
    assert_eq!(sum(|hour| hour.failures), counted.counters.failures, "hourly failures");
    assert_eq!(sum(|hour| hour.buckets.iter().sum()), counted.counters.total, "latency buckets");
    assert_sums_equal_the_hours(app).await;
}

/// Days and companies' hours are what the hours of the webhooks add up to.
async fn assert_sums_equal_the_hours(app: &TestApp) {
    let everything = app.context().caller.scope();
    let (all, long) = (0..1_000_000, 30..1_000_000);
    let read = app.services.store.read(move |db| {
        let ids: Vec<WebhookId> =
            roll_ups::by_webhook(db, &everything, &all)?.iter().map(|(id, _)| WebhookId(*id)).collect();
        let hours = stats::hours(db, &ids, 0)?;
        for (id, sum) in roll_ups::by_webhook(db, &everything, &long)? {
            let own = hours[&WebhookId(id)].iter().fold(Hour::default(), |sum, (_, hour)| sum.plus(hour));
            assert_eq!(sum, own, "the days of webhook {id}");
        }
        let together = roll_ups::by_hour(db, &everything, &all, None)?;
        for (hour, sum) in &together {
            let parts = hours.values().flatten().filter(|(at, _)| at == hour);
            assert_eq!(*sum, parts.fold(Hour::default(), |sum, (_, part)| sum.plus(part)), "hour {hour}");
        }
        let count = |hours: &mut dyn Iterator<Item = &(i64, Hour)>| {
            hours.map(|(_, hour)| hour.successes + hour.failures).sum::<i64>()
        };
        assert_eq!(count(&mut together.iter()), count(&mut hours.values().flatten()));
        Ok::<_, belfry::store::StoreError>(())
    });
    read.await.unwrap();
}

#[tokio::test]
async fn counters_equal_a_recount_after_a_mixed_day() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    let receiver = Receiver::start().await;
    let alert = app.alert(company, 8).await;
    let hook = crate::delivery::telemax_webhook(&api, &receiver.url(), &[alert]).await;
    let random = SeededRandom::new(11);
    for _ in 0..30 {
        let statuses = [200, 204, 301, 400, 429, 500, 503];
        let mut byte = [0];
        random.fill(&mut byte);
        receiver.answers([Reply::status(statuses[usize::from(byte[0]) % statuses.len()])]);
        crate::delivery::fire(&api, alert).await;
        app.settle().await;
        app.wait_seconds(600);
        app.settle().await;
    }
    assert!(receiver.requests() >= 30);
    assert_counters_equal_recount(&app, hook.id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn counters_equal_a_recount_when_results_come_together() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    let receiver = Receiver::start().await;
    let alert = app.alert(company, 8).await;
    let hook = crate::delivery::telemax_webhook(&api, &receiver.url(), &[alert]).await;
    receiver.answers_with((0..100).map(|number| if number % 3 == 0 { 500 } else { 200 }));
    let events = serde_json::Value::Array(vec![crate::delivery::event(); 100]);
    assert_eq!(api.post(&format!("/api/v2/alerts/{alert}/events"), &events).await.status, 202);
    app.settle().await;
    assert_eq!(receiver.requests(), 100);
    assert_counters_equal_recount(&app, hook.id).await;
}
