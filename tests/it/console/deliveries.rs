//! The list of deliveries, one of them, and sending again.

use belfry::domain::access::Role;

use super::{fires, makes_webhook};
use crate::support::{Person, Receiver, Reply, TestApp};

async fn admin() -> (TestApp, Person, Receiver) {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    (app, alice, Receiver::start().await)
}

#[tokio::test]
async fn a_delivery_tells_its_whole_story() {
    let (app, alice, receiver) = admin().await;
    makes_webhook(&alice, &receiver, &[("authType", "bearer"), ("token-bearer", "s3cret-3f9a")]).await;
    makes_webhook(&alice, &receiver, &[("name", "Picky"), ("criteria", "data.geofenceName = Port 3")]).await;
    let alert = app.alert(alice.company.unwrap(), 8).await;
    receiver.answers([Reply::status(503).body("no healthy upstream").header("Retry-After", "5")]);
    fires(&app, alice.company.unwrap(), alert).await;

    let page = alice.get(&alice.path("/deliveries/1")).await;
    assert_eq!(page.texts("h1"), ["Ignition · Delivery Van 07 to Dispatch hub"]);
    assert_eq!(page.texts("[data-testid=verdict] .badge"), ["Retrying 1/8"]);
    assert_eq!(page.texts("[data-testid=verdict] .turn"), ["Receiver’s turn"]);
    let timeline = page.texts("[data-testid=timeline] > li");
    assert!(timeline[0].contains("Occurred") && timeline[1].contains("Received"), "{timeline:?}");
    assert!(timeline[2].contains("Matched 1 of 2 webhooks") && timeline[2].contains("Picky"), "{timeline:?}");
    assert!(timeline[3].contains("Attempt 1: 503"), "{timeline:?}");
    assert!(timeline[4].contains("Attempt 2 is due in"), "{timeline:?}");
    let head = page.texts("[aria-label=\"Request headers\"]").remove(0);
    assert!(head.starts_with("POST /hook HTTP/1.1") && head.contains("Bearer ••••3f9a"), "{head}");
    let sent: serde_json::Value = serde_json::from_str(&page.texts("#request-body").remove(0)).unwrap();
    assert_eq!(sent, receiver.received()[0].json(), "the body that was sent");
    assert!(page.texts("#response-body")[0].contains("no healthy upstream"));
    assert_eq!(page.texts("[data-testid=siblings] tbody a"), ["Picky"]);
    assert_eq!(page.texts("[data-testid=stop]").len() + page.texts("[data-testid=send-now]").len(), 2);

    alice.post(&alice.path("/deliveries/1/send-now"), &[]).await;
    let page = alice.get(&alice.path("/deliveries/1")).await;
    assert_eq!(page.texts("[data-testid=verdict] .badge"), ["Delivered"]);
    assert_eq!(page.texts("nav[aria-label=Attempts] a"), ["1", "2"]);
    for first in ["/deliveries/1/attempts/1", "/deliveries/1?attempt=1"] {
        let first = alice.get(&alice.path(first)).await;
        assert!(first.texts("[data-testid=attempt] h2")[0].starts_with("Attempt 1"));
        assert!(first.texts("#response-body")[0].contains("no healthy upstream"));
    }
    for missing in ["/deliveries/1/attempts/3", "/deliveries/1/attempts/x", "/deliveries/1?attempt=0"] {
        assert_eq!(alice.get(&alice.path(missing)).await.status(), 404, "{missing}");
    }
}

#[tokio::test]
async fn what_was_not_sent_says_why_and_what_would_help() {
    let (app, alice, receiver) = admin().await;
    makes_webhook(&alice, &receiver, &[("criteria", "data.geofenceName = Port 3")]).await;
    let alert = app.alert(alice.company.unwrap(), 8).await;
    fires(&app, alice.company.unwrap(), alert).await;
    let page = alice.get(&alice.path("/deliveries/1")).await;
    assert_eq!(page.texts("[data-testid=verdict] .badge"), ["Not sent"]);
    assert!(page.texts("[data-testid=attempt]").is_empty());
    let decision = page.texts("[data-testid=decision]").remove(0);
    assert!(decision.contains("criteria") && decision.contains("data.geofenceName"), "{decision}");
    assert_eq!(page.attributes("[data-testid=fix]", "href"), [alice.path("/webhooks/1/edit")]);
    assert_eq!(receiver.requests(), 0);

    alice.post(&alice.path("/deliveries/1/redeliver"), &[]).await;
    app.settle().await;
    assert_eq!(receiver.requests(), 1, "sent all the same, because somebody asked");
}

#[tokio::test]
async fn retries_can_be_stopped() {
    let (app, alice, receiver) = admin().await;
    makes_webhook(&alice, &receiver, &[]).await;
    let alert = app.alert(alice.company.unwrap(), 8).await;
    receiver.answers_with([500]);
    fires(&app, alice.company.unwrap(), alert).await;
    alice.get(&alice.path("/deliveries/1")).await;
    let stopped = alice.post(&alice.path("/deliveries/1/stop"), &[]).await;
    assert_eq!(stopped.status(), 303);
    let page = alice.get(&alice.path("/deliveries/1")).await;
    assert_eq!(page.texts("[data-testid=verdict] .badge"), ["Cancelled"]);
    assert_eq!(alice.post(&alice.path("/deliveries/1/stop"), &[]).await.status(), 409);
    assert_eq!(alice.post(&alice.path("/deliveries/1/send-now"), &[]).await.status(), 409);
    app.wait_seconds(100_000);
    app.settle().await;
    assert_eq!(receiver.requests(), 1);
}

#[tokio::test]
async fn the_list_is_filtered_and_paged_by_its_address() {
    let (app, alice, receiver) = admin().await;
    let company = alice.company.unwrap();
    makes_webhook(&alice, &receiver, &[]).await;
    makes_webhook(&alice, &receiver, &[("name", "Off"), ("isActive", "")]).await;
    let empty = alice.get(&alice.path("/deliveries")).await;
    assert_eq!(empty.texts("[data-testid=empty] h2"), ["No deliveries yet"]);
    let alert = app.alert(company, 8).await;
    for _ in 0..34 {
        fires(&app, company, alert).await;
    }
    let list = async |query: &str| alice.get(&alice.path(&format!("/deliveries{query}"))).await;
    let rows = |page: &crate::support::Page| page.texts("[data-testid=deliveries] tbody tr").len();

    let first = list("?status=delivered&webhook=1&color=red").await;
    assert_eq!(rows(&first), 20);
    assert!(first.answer.text.len() <= 40_000, "{} bytes", first.answer.text.len());
    let older = first.attributes("[data-testid=pager] a[rel=next]", "href").remove(0);
    assert!(older.contains("status=delivered") && older.contains("webhook=1"), "{older}");
    let second = alice.get(&older).await;
    assert_eq!(rows(&second), 14);
    assert!(second.attributes("[data-testid=pager] a[rel=next]", "href").is_empty());
    let newer = second.attributes("[data-testid=pager] a[rel=prev]", "href").remove(0);
    let back = alice.get(&newer).await;
    assert_eq!(
        back.texts("[data-testid=deliveries] tbody a"),
        first.texts("[data-testid=deliveries] tbody a")
    );

    assert_eq!(rows(&list("?status=not_sent&webhook=2").await), 20);
    let none = list("?status=failed&webhook=1").await;
    assert_eq!(none.texts("[data-testid=empty] h2"), ["No delivery matches these 2 filters"]);
    let drops = none.attributes("[data-testid=active-filters] a", "href");
    assert_eq!(drops, [alice.path("/deliveries?webhook=1"), alice.path("/deliveries?status=failed")]);
    assert_eq!(list("?before=1").await.texts("[data-testid=empty] h2"), ["Not kept any more"]);
    assert_eq!(first.answer.header("vary"), Some("HX-Request"));
}
