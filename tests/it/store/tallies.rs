//! Tallies equal a recount of history, however it was cut into pieces, whoever was faster, wherever it stopped.

use std::collections::BTreeMap;

use belfry::domain::access::Scope;
use belfry::domain::ids::WebhookId;
use belfry::domain::random::{Random, SeededRandom};
use belfry::domain::tally::{Kind, Span, Tallies};
use belfry::store::tallies::{self, Source};
use belfry::store::{StoreError, stats};

use crate::support::{Receiver, Reply, TestApp};

async fn kept(app: &TestApp) -> Tallies {
    app.services.store.read(tallies::kept).await.unwrap()
}

async fn recounted(app: &TestApp) -> Tallies {
    app.services.store.read(tallies::recount).await.unwrap()
}

fn sum(tallies: &Tallies, kind: Kind) -> i64 {
    let of = |span| -> i64 {
        let mine = tallies.0.iter().filter(|(key, _)| key.kind == kind && key.span == span);
        mine.map(|(_, count)| count).sum()
    };
    assert_eq!(of(Span::Hour), of(Span::Day), "{kind:?}");
    of(Span::Hour)
}

async fn gathered(app: &TestApp, source: Source, rows: i64) -> Option<tallies::Piece> {
    let piece = move |db: &mut belfry::store::Db<'_>| {
        let upto = tallies::horizon(db, source)?.upto;
        tallies::gather(db, source, upto, rows)
    };
    app.services.store.read(piece).await.unwrap()
}

#[tokio::test]
async fn tallies_equal_a_recount_after_random_work_steps_and_crashes() {
    for seed in 0..4 {
        let app = TestApp::start().await;
        let company = app.company("Northline").await;
        let (api, receiver) = (app.api(company).await, Receiver::start().await);
        let alerts = [app.alert(company, 8).await, app.alert(company, 5).await];
        let hook = crate::delivery::telemax_webhook(&api, &receiver.url(), &alerts).await;
        let random = SeededRandom::new(seed);
        let dice = |sides: u8| {
            let mut byte = [0];
            random.fill(&mut byte);
            byte[0] % sides
        };
        let mut fired = 0;
        for _ in 0..60 {
            match dice(9) {
                0 | 1 => {
                    let statuses = [200, 204, 301, 401, 410, 429, 500, 503];
                    // 410 would switch the webhook off for good.
                    let status = statuses[usize::from(dice(8))];
                    receiver.answers([Reply::status(if status == 410 { 404 } else { status })]);
                }
                2..=4 => {
                    crate::delivery::fire(&api, alerts[usize::from(dice(2))]).await;
                    fired += 1;
                }
                5 => app.settle().await,
                6 => app.wait_seconds(i64::from(dice(60)) * 600),
                7 => {
                    app.services.engine.count_some(i64::from(dice(6)) + 1).await.unwrap();
                }
                _ => {
                    // Stopped between reading and adding; stopped in the middle of adding; two at the same time.
                    let source = Source::ALL[usize::from(dice(2))];
                    drop(gathered(&app, source, 3).await);
                    let pieces = (gathered(&app, source, 3).await, gathered(&app, source, 5).await);
                    if let (Some(one), Some(other)) = pieces {
                        let cut_short = app.services.store.write(move |db| {
                            tallies::add(db, &one)?;
                            Err::<(), _>(StoreError::Conflict)
                        });
                        cut_short.await.unwrap_err();
                        let first = gathered(&app, source, 3).await.unwrap();
                        let both = move |db: &mut belfry::store::Db<'_>| {
                            Ok::<_, StoreError>((tallies::add(db, &first)?, tallies::add(db, &other)?))
                        };
                        assert_eq!(app.services.store.write(both).await.unwrap(), (true, false));
                    }
                }
            }
        }
        app.settle().await;
        app.services.engine.count().await.unwrap();
        let kept = kept(&app).await;
        assert_eq!(kept, recounted(&app).await, "seed {seed}");
        agrees_with_the_counters(&app, hook.id, &kept).await;
        assert_eq!(sum(&kept, Kind::Fired), fired, "seed {seed}");
        assert_eq!(sum(&kept, Kind::Needed), sum(&kept, Kind::Arrival));
        app.services.engine.count().await.unwrap();
        assert_eq!(kept, self::kept(&app).await, "nothing is counted twice");
        windows_are_sums_of_hours(&app, &kept).await;
    }
}

/// The counters are kept by other means: hour by hour, they count the same attempts.
async fn agrees_with_the_counters(app: &TestApp, webhook: WebhookId, tallies: &Tallies) {
    let hours = app.services.store.read(move |db| stats::hours(db, &[webhook], 0)).await.unwrap();
    let counted: BTreeMap<i64, (i64, i64)> =
        hours.into_values().flatten().map(|(hour, sums)| (hour, (sums.successes, sums.failures))).collect();
    let mut tallied: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for (key, count) in tallies.0.iter().filter(|(key, _)| key.kind == Kind::Result && key.span == Span::Hour)
    {
        let sums = tallied.entry(key.hour).or_default();
        *(if key.value == 0 { &mut sums.0 } else { &mut sums.1 }) += count;
    }
    assert_eq!(counted, tallied);
}

/// However a window lies on days, its sums are those of its hours.
async fn windows_are_sums_of_hours(app: &TestApp, tallies: &Tallies) {
    let hours: Vec<i64> = tallies.0.keys().filter(|key| key.span == Span::Hour).map(|key| key.hour).collect();
    let (Some(first), Some(last)) = (hours.iter().min(), hours.iter().max()) else { return };
    for (start, end) in [(*first, *last + 1), (first - 30, last + 1), (first + 1, last + 40), (*first, *last)]
    {
        for kind in Kind::ALL {
            let mut expected: BTreeMap<(i64, i64), i64> = BTreeMap::new();
            for (key, count) in &tallies.0 {
                if key.kind == kind && key.span == Span::Hour && (start..end).contains(&key.hour) {
                    *expected.entry((key.subject, key.value)).or_default() += count;
                }
            }
            let window = start..end;
            let found = app
                .services
                .store
                .read(move |db| tallies::by_subject(db, &Scope::service(), kind, &window))
                .await
                .unwrap();
            let found: BTreeMap<(i64, i64), i64> =
                found.into_iter().map(|(subject, value, count)| ((subject, value), count)).collect();
            assert_eq!(found, expected, "{kind:?} from {start} to {end}");
        }
    }
}

#[tokio::test]
async fn what_is_too_old_is_removed_and_says_up_to_when_it_is_complete() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let (api, alert) = (app.api(company).await, app.alert(company, 8).await);
    let complete = || async { app.services.store.read(tallies::complete_to).await.unwrap() };
    assert_eq!(complete().await, None);
    crate::delivery::fire(&api, alert).await;
    app.services.engine.tidy().await.unwrap();
    assert_eq!(sum(&kept(&app).await, Kind::Fired), 1);
    let counted_at = complete().await.expect("a time");
    app.wait_seconds(tallies::KEEP_HOURS * 3_600);
    app.services.engine.tidy().await.unwrap();
    assert_eq!(sum(&kept(&app).await, Kind::Fired), 1, "just as old as they may be");
    app.wait_seconds(3_600);
    app.services.engine.tidy().await.unwrap();
    let left: Vec<Span> = kept(&app).await.0.keys().map(|key| key.span).collect();
    assert_eq!(left, [Span::Day], "a day goes with its last hour");
    app.wait_seconds(12 * 3_600);
    app.services.engine.tidy().await.unwrap();
    assert!(kept(&app).await.0.is_empty());
    assert!(complete().await.expect("a time") > counted_at);
}

/// A transaction that holds a number and commits after a higher one must not be passed over.
#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_number_that_is_committed_late_is_waited_for() {
    use belfry::domain::time::Timestamp;
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, PgConnection};

    let app = TestApp::start().await;
    if !app.database.url().starts_with("postgres") {
        return;
    }
    let company = app.company("Northline").await;
    let (api, alert) = (app.api(company).await, app.alert(company, 8).await);
    crate::delivery::fire(&api, alert).await;
    let mut slow = PgConnection::establish(&app.database.url()).unwrap();
    slow.batch_execute(
        "BEGIN; INSERT INTO events (company_id, alert_id, alert_type, alert_name, vehicle_id, vehicle_name, \
         occurred_at, received_at, payload, is_test, candidates) SELECT company_id, alert_id, alert_type, alert_name, \
         vehicle_id, vehicle_name, occurred_at, received_at, payload, is_test, candidates FROM events LIMIT 1",
    )
    .unwrap();
    crate::delivery::fire(&api, alert).await;
    let stands =
        || async { app.services.store.read(|db| tallies::horizon(db, Source::Events)).await.unwrap() };
    let before = stands().await;
    assert_eq!((before.upto, before.holders.len()), (3, 1), "{before:?}");
    let counting = tokio::spawn({
        let engine = app.services.engine.clone();
        async move { engine.count().await }
    });
    tokio::task::yield_now().await;
    slow.batch_execute("COMMIT").unwrap();
    counting.await.unwrap().unwrap();
    assert!(stands().await.holders.is_empty());
    assert_eq!(sum(&kept(&app).await, Kind::Fired), 3);
    let complete = app.services.store.read(tallies::complete_to).await.unwrap();
    assert_eq!(complete, Timestamp::parse(crate::support::app::BEGIN));
}
