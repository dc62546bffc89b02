//! When something happened, when it came, and many of them.

use belfry::domain::time::Timestamp;
use serde_json::json;

use super::{alert_with, northline, reports, stories};
use crate::console::makes_webhook;

#[tokio::test]
async fn times_are_those_of_the_wall_clock_even_when_clocks_change() {
    let n = northline().await;
    let alert = alert_with(&n.app, n.company, 103, 5, &[]).await;
    // 02:30 comes twice in Berlin in this night, at 00:30 and 01:30 UTC.
    for at in ["2026-10-25T00:10:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T01:50:00Z"]
    {
        let wait = Timestamp::parse(at).unwrap().since(n.app.services.clock.now());
        n.waits_seconds(wait / 1_000_000).await;
        n.reports(alert, "TRK-118").await;
    }
    let around = async |at: &str, width: &str| {
        let page = n.finds(&[("vehicle", "TRK-118"), ("around", at), ("window", width)]).await;
        assert_eq!(page.status(), 200, "{}", page.text());
        stories(&page)
    };
    assert_eq!(around("2026-10-25 02:30", "15m").await, [3, 2]);
    assert_eq!(around("2026-10-25 02:10", "15m").await, [2, 1], "from the first 02:10 to the second");
    assert_eq!(around("2026-10-25T00:30:00Z", "15m").await, [2]);
    assert_eq!(around("2026-10-25 01:55", "15m").await, Vec::<i64>::new());
    assert_eq!(around("2026-10-25 02:30", "1h").await, [4, 3, 2, 1]);
    let page = n.finds(&[("vehicle", "TRK-118"), ("around", "2026-10-25 02:30"), ("window", "15m")]).await;
    let summary = page.texts("[data-testid=summary]").remove(0);
    assert!(
        summary.starts_with("2 events of TRK-118 between 02:15 CEST and 02:45 CET, newest first."),
        "{summary}"
    );
    // In UTC it is another time.
    let utc = n
        .finds(&[("vehicle", "TRK-118"), ("around", "2026-10-25 01:30"), ("tz", "UTC"), ("window", "15m")])
        .await;
    assert_eq!(stories(&utc), [3]);
}

#[tokio::test]
async fn what_came_late_is_found_by_the_time_at_which_it_happened() {
    let n = northline().await;
    let alert = alert_with(&n.app, n.company, 103, 5, &[]).await;
    n.reports(alert, "TRK-118").await;
    n.waits_seconds(7_500).await;
    let then = json!({ "timestamp": "2026-09-22T12:01:00Z" });
    reports(&n.app, &n.api, alert, "TRK-118", then).await;
    n.reports(alert, "TRK-118").await;
    let page = n.finds(&[("vehicle", "TRK-118"), ("around", "14:00"), ("window", "15m")]).await;
    assert_eq!(stories(&page), [2, 1]);
    assert!(
        page.texts(".story__head")[0].contains("received 2 h 4 min later"),
        "{:?}",
        page.texts(".story__head")
    );
    // And by the time at which it came, as what it is.
    assert_eq!(
        stories(&n.finds(&[("vehicle", "TRK-118"), ("around", "16:05"), ("window", "15m")]).await),
        [3, 2]
    );
}

#[tokio::test]
async fn many_events_are_paged() {
    let n = northline().await;
    let (geofence, ignition) =
        (alert_with(&n.app, n.company, 103, 5, &[]).await, alert_with(&n.app, n.company, 104, 8, &[]).await);
    makes_webhook(&n.alice, &n.receiver, &[]).await;
    for at in 0..60 {
        n.reports(if at % 2 == 0 { geofence } else { ignition }, "TRK-118").await;
    }
    n.reports(geofence, "TRK-119").await;
    let first = n.finds(&[("vehicle", "TRK-118"), ("type", "5")]).await;
    assert_eq!(stories(&first), (21..=59).rev().step_by(2).collect::<Vec<i64>>());
    assert!(first.texts("[data-testid=summary]")[0].starts_with("The newest 20 events of TRK-118. One line"));
    assert!(first.answer.text.len() < 40_000, "{} bytes", first.answer.text.len());
    let older = n.alice.get(&first.attributes("a[rel=next]", "href")[0]).await;
    assert_eq!(stories(&older), (1..=19).rev().step_by(2).collect::<Vec<i64>>());
    assert!(older.attributes("a[rel=next]", "href").is_empty());
    // The search box's own pages, too; and exactly one page has no next.
    let boxed = n.finds(&[("q", "TRK-118")]).await;
    assert_eq!(
        stories(&n.alice.get(&boxed.attributes("a[rel=next]", "href")[0]).await),
        (21..=40).rev().collect::<Vec<_>>()
    );
    let exact = n.finds(&[("vehicle", "TRK-118"), ("before", "21")]).await;
    assert_eq!((stories(&exact).len(), exact.attributes("a[rel=next]", "href").len()), (20, 0));
}
