//! Whose things are found.

use belfry::domain::access::Role;
use serde_json::json;

use super::{alert_with, finds, northline, reports, sentences, stories};
use crate::console::makes_webhook;
use crate::support::TestApp;

#[tokio::test]
async fn another_companys_things_are_not_there() {
    let n = northline().await;
    let mallory_ltd = n.app.company("Mallory Ltd").await;
    let mallory = n.app.person(Role::Admin, Some(mallory_ltd)).await;
    makes_webhook(&n.alice, &n.receiver, &[("name", "Alices secret project")]).await;
    let alert = alert_with(&n.app, n.company, 103, 5, &[(118, "TRK-118")]).await;
    let event = n.reports(alert, "TRK-118").await;
    let host = "127.0.0.1";
    for text in
        ["1", "wh-001", "103", "alert 103", "TRK-118", "trk-11", "118", "356938030000118", host, &event]
    {
        let (there, nowhere) = (finds(&mallory, &[("q", text)]).await, finds(&mallory, &[("q", "zz")]).await);
        assert_eq!(there.status(), 200, "{text}");
        let expected = nowhere.text().replace("name zz", &format!("name {text}"));
        assert_eq!(there.text(), expected, "{text}: the same as for what nobody has");
        let hers = finds(&n.alice, &[("q", text)]).await;
        let is_there = hers.status() == 303 || !hers.texts("[data-testid=suggestions]").is_empty();
        assert!(is_there || sentences(&hers).is_empty(), "{text} is there for Alice: {}", hers.text());
    }
    for query in [[("vehicle", "TRK-118")], [("alert", "103")], [("type", "5")]] {
        let page = finds(&mallory, &query).await;
        assert!(
            stories(&page).is_empty() && !page.text().contains("Alert 103"),
            "{query:?}: {}",
            page.text()
        );
    }
    assert_eq!(finds(&mallory, &[("event", &event)]).await.status(), 404);
    assert_eq!(finds(&mallory, &[("event", "1")]).await.status(), 404);
    assert_eq!(mallory.get(&n.alice.path("/find?q=TRK-118")).await.status(), 404);
    assert_eq!(mallory.get("/console/c/all/find?q=TRK-118").await.status(), 404);
}

#[tokio::test]
async fn a_company_finds_what_is_below_it_and_staff_find_everything() {
    let app = TestApp::start().await;
    let parent = app.company("Northline").await;
    let child = app.sub_company("Cold Chain", parent).await;
    let other = app.company("Prairie Haul").await;
    let (alice, carl) =
        (app.person(Role::Admin, Some(parent)).await, app.person(Role::Admin, Some(child)).await);
    let sam = app.person(Role::Support, None).await;
    let mut alerts = Vec::new();
    for (at, company) in [parent, child, other].into_iter().enumerate() {
        let alert = alert_with(&app, company, 101 + i64::try_from(at).unwrap(), 5, &[]).await;
        alerts.push((alert, app.api(company).await));
    }
    // Three rounds: the companies' events lie between each other's.
    for _ in 0..3 {
        for (alert, api) in &alerts {
            reports(&app, api, *alert, "VAN 1", json!({})).await;
        }
    }
    for query in [[("q", "van 1")], [("vehicle", "Van 1")], [("type", "5")]] {
        assert_eq!(stories(&finds(&alice, &query).await), [8, 7, 5, 4, 2, 1], "{query:?}");
        assert_eq!(stories(&finds(&carl, &query).await), [8, 5, 2], "{query:?}");
        assert_eq!(stories(&finds(&sam, &query).await), [9, 8, 7, 6, 5, 4, 3, 2, 1], "{query:?}");
    }
    assert_eq!(stories(&finds(&alice, &[("alert", "102")]).await), [8, 5, 2]);
    assert!(stories(&finds(&carl, &[("alert", "101")]).await).is_empty());
    let page = finds(&alice, &[("vehicle", "VAN 1")]).await;
    let heads = page.texts(".story__head");
    assert!(heads[0].contains("VAN 1 · Cold Chain") && !heads[1].contains("Northline"), "{heads:?}");
    assert_eq!(carl.get(&alice.path("/find")).await.status(), 404);
    let operator = app.person(Role::Operator, None).await;
    assert_eq!(operator.get(&operator.path("/find?q=VAN+1")).await.status(), 403);
}
