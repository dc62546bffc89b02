//! Redelivering many from the pages: asked for, watched, stopped.

use belfry::domain::access::Role;

use super::{fires, makes_webhook};
use crate::delivery::fire;
use crate::support::{Person, Receiver, TestApp};

/// A webhook of Northline with deliveries that failed for good, its admin, and where they go.
async fn with_failures(count: usize) -> (TestApp, Person, Receiver, i64) {
    let app = TestApp::start_with(&[("retry_schedule", "0s")]).await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    let receiver = Receiver::start().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let (alert, api) = (app.alert(company, 8).await, app.api(company).await);
    receiver.answers_with(vec![500; count]);
    for _ in 0..count {
        fire(&api, alert).await;
    }
    app.settle().await;
    fires(&app, company, alert).await; // one succeeds
    (app, alice, receiver, id)
}

/// The clock moves on, and the engine makes what it may and sends it.
async fn passes(app: &TestApp, seconds: i64) {
    app.wait_seconds(seconds);
    while app.services.engine.steer().await.unwrap() {}
    app.settle().await;
}

#[tokio::test]
async fn many_are_asked_for_begun_watched_and_reported() {
    let (app, alice, receiver, webhook) = with_failures(3).await;
    let list = alice.get(&alice.path(&format!("/deliveries?status=failed&webhook={webhook}"))).await;
    let ask = list.attributes("[data-testid=redeliver-many]", "href").remove(0);
    assert_eq!(ask, alice.path(&format!("/replays/new?status=failed&webhook={webhook}")));
    let page = alice.get(&ask).await;
    let found = page.texts("[data-testid=found]").remove(0);
    assert!(found.contains("3 deliveries") && found.contains("Sent again3 events"), "{found}");
    assert_eq!(page.texts("[data-testid=targets] li"), ["Dispatch hub: 3"]);
    assert_eq!(page.attributes("[data-testid=narrow] [name=status][checked]", "value"), ["failed"]);
    assert_eq!(page.texts("[data-testid=begin] .button--primary"), ["Redeliver 3 events"]);
    assert_eq!(receiver.requests(), 4, "looking sends nothing");

    let hidden: Vec<(String, String)> = ["status", "webhook"]
        .into_iter()
        .map(|name| {
            let field = format!("[data-testid=begin] [name={name}]");
            (name.to_owned(), page.attributes(&field, "value").remove(0))
        })
        .collect();
    let mut fields: Vec<(&str, &str)> =
        hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.push(("rate", "1"));
    let begun = alice.post(&alice.path("/replays/new"), &fields).await;
    let show = alice.path("/replays/1");
    assert_eq!((begun.status(), begun.location()), (303, Some(show.as_str())));
    let page = alice.get(&show).await;
    assert!(page.texts("[data-testid=flash]")[0].contains("Redelivery 1 has begun."));
    assert_eq!(page.texts("[data-testid=made]"), ["0 of 3 made"]);
    assert_eq!(page.attributes("#progress", "hx-get"), [show.as_str()]);
    assert!(page.answer.text.contains("<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>"));
    assert!(page.texts("[data-testid=facts]")[0].contains("Failed · Dispatch hub"));

    passes(&app, 1).await;
    assert_eq!(alice.get(&show).await.texts("[data-testid=made]"), ["1 of 3 made"]);
    let paused = alice.post(&format!("{show}/pause"), &[]).await;
    assert_eq!((paused.status(), paused.location()), (303, Some(show.as_str())));
    passes(&app, 10).await;
    let page = alice.get(&show).await;
    assert_eq!(page.texts("[data-testid=progress] .badge"), ["Paused"]);
    assert_eq!(page.texts("[data-testid=made]"), ["1 of 3 made"]);
    assert_eq!((page.texts("[data-testid=pause]").len(), page.texts("[data-testid=resume]").len()), (0, 1));
    assert!(page.attributes("#progress", "hx-get").is_empty(), "nothing moves");
    assert_eq!(alice.post(&format!("{show}/pause"), &[]).await.status(), 409);
    alice.post(&format!("{show}/resume"), &[]).await;
    for _ in 0..3 {
        passes(&app, 1).await;
    }
    let page = alice.get(&show).await;
    assert_eq!(page.texts("[data-testid=progress] .badge"), ["Finished"]);
    assert_eq!(page.texts("[data-testid=made]"), ["3 of 3 made"]);
    assert!(page.texts("#progress form").is_empty() && !page.answer.text.contains("http-equiv"));
    assert_eq!(receiver.requests(), 7);
    let made = page.attributes("#progress .links a", "href").remove(0);
    let made = alice.get(&made).await;
    assert_eq!(made.texts("[data-testid=deliveries] tbody tr").len(), 3);
    assert!(made.texts("[data-testid=active-filters] a")[0].starts_with("Redelivery 1"));
    let list = alice.get(&alice.path("/replays")).await;
    assert_eq!(list.texts("[data-testid=replay-1] .badge"), ["Finished"]);
    // The same filter once more: all of them were sent again.
    let page = alice.get(&ask).await;
    assert!(page.texts("[data-testid=found]")[0].contains("3: sent again already"));
    assert!(page.texts("[data-testid=begin]").is_empty());
    assert_eq!(alice.post(&alice.path("/replays/new"), &fields).await.status(), 409);
}

#[tokio::test]
async fn what_htmx_asks_for_is_the_part_that_moves() {
    let (app, alice, _receiver, _) = with_failures(2).await;
    alice.get(&alice.path("/replays/new")).await;
    alice.post(&alice.path("/replays/new"), &[("status", "failed"), ("rate", "1")]).await;
    let asked = reqwest::Client::new()
        .get(format!("{}{}", app.url, alice.path("/replays/1")))
        .header("cookie", alice.cookie())
        .header("hx-request", "true");
    let part = asked.send().await.unwrap().text().await.unwrap();
    assert!(part.trim_start().starts_with("<section") && part.contains("id=\"progress\""), "{part}");
    let page = alice.get(&alice.path("/replays/1")).await;
    assert_eq!(page.texts("[data-testid=flash]").len(), 1, "the message waits for the page");
    let cancelled = alice.post(&alice.path("/replays/1/cancel"), &[]).await;
    assert_eq!(cancelled.status(), 303);
    passes(&app, 10).await;
    let page = alice.get(&alice.path("/replays/1")).await;
    assert_eq!(page.texts("[data-testid=progress] .badge"), ["Cancelled"]);
    assert_eq!(page.texts("[data-testid=made]"), ["0 of 2 made"]);
}

#[tokio::test]
async fn a_wrong_form_begins_nothing_and_says_why() {
    let (_app, alice, receiver, _) = with_failures(1).await;
    let new = alice.path("/replays/new");
    alice.get(&new).await;
    for (name, value, field) in [
        ("rate", "0", "rate"),
        ("rate", "1001", "rate"),
        ("rate", "", "rate"),
        ("from", "noon", "from"),
        ("type", "99", "type"),
        ("webhook", "x", "webhook"),
        ("status", "lost", "status"),
    ] {
        let mut fields = vec![("status", "failed"), ("rate", "50")];
        fields.retain(|(known, _)| *known != name);
        fields.push((name, value));
        let wrong = alice.post(&new, &fields).await;
        assert_eq!(wrong.status(), 422, "{name}={value}");
        assert_eq!(wrong.attributes("[data-testid=errors] a", "href"), [format!("#{field}")]);
    }
    let wrong = alice.get(&alice.path("/replays/new?from=noon")).await;
    assert!(wrong.texts("[data-testid=begin]").is_empty(), "half a filter begins nothing");
    assert_eq!(alice.get(&alice.path("/replays/1")).await.status(), 404);
    assert_eq!(receiver.requests(), 2);
}

#[tokio::test]
async fn others_neither_see_it_nor_steer_it() {
    let (app, alice, _receiver, _) = with_failures(2).await;
    alice.get(&alice.path("/replays/new")).await;
    alice.post(&alice.path("/replays/new"), &[("status", "failed"), ("rate", "1")]).await;
    let mallory = app.person(Role::Admin, Some(app.company("Mallory Ltd").await)).await;
    for path in [mallory.path("/replays/1"), alice.path("/replays/1"), alice.path("/replays")] {
        assert_eq!(mallory.get(&path).await.status(), 404, "{path}");
    }
    mallory.get(&mallory.path("/webhooks")).await;
    for verb in ["pause", "resume", "cancel"] {
        for path in [mallory.path("/replays/1"), alice.path("/replays/1")] {
            assert_eq!(mallory.post(&format!("{path}/{verb}"), &[]).await.status(), 404, "{path} {verb}");
        }
    }
    assert!(!mallory.get(&mallory.path("/replays")).await.text().contains("Redelivery 1"));
    assert_eq!(mallory.post(&alice.path("/replays/new"), &[("rate", "1")]).await.status(), 404);

    let viewer = app.person(Role::Viewer, alice.company).await;
    let page = viewer.get(&viewer.path("/replays/1")).await;
    assert_eq!((page.status(), page.texts("#progress form").len()), (200, 0));
    assert!(viewer.get(&viewer.path("/deliveries")).await.texts("[data-testid=redeliver-many]").is_empty());
    assert_eq!(viewer.get(&viewer.path("/replays/new")).await.status(), 403);
    for path in ["/replays/new", "/replays/1/pause", "/replays/1/resume", "/replays/1/cancel"] {
        let answer = viewer.post(&viewer.path(path), &[("status", "failed"), ("rate", "1")]).await;
        assert_eq!(answer.status(), 403, "{path}");
        assert!(answer.text().contains("You may not send deliveries again."));
    }
    assert_eq!(
        alice.get(&alice.path("/replays/1")).await.texts("[data-testid=progress] .badge"),
        ["Running"]
    );

    // Staff choose a company first.
    let support = app.person(Role::Support, None).await;
    assert_eq!(support.get("/console/c/all/replays").await.status(), 200);
    assert_eq!(support.get("/console/c/all/replays/new").await.status(), 409);
    assert_eq!(support.get(&alice.path("/replays/new")).await.status(), 200);
}
