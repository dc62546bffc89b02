//! Pausing and resuming from the pages, and the warning before Belfry switches a webhook off.

use belfry::domain::access::Role;

use super::{fires, makes_webhook};
use crate::support::app::PASSWORD;
use crate::support::{Person, Receiver, TestApp};

async fn admin() -> (TestApp, Person, Receiver) {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    (app, alice, Receiver::start().await)
}

/// Lets the engine finish what was begun, and everything that is due be sent.
async fn goes_on(app: &TestApp) {
    while app.services.engine.steer().await.unwrap() {}
    app.settle().await;
}

#[tokio::test]
async fn a_pause_says_who_why_and_what_is_held() {
    let (app, alice, receiver) = admin().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let overview = alice.path(&format!("/webhooks/{id}"));
    let page = alice.get(&overview).await;
    assert_eq!(page.attributes("[data-testid=pause]", "href"), [format!("{overview}/pause")]);
    let form = alice.get(&format!("{overview}/pause")).await;
    assert_eq!(form.attributes("[name=mode][checked]", "value"), ["hold"]);
    assert!(form.texts("[data-testid=consequences]")[0].contains("100,000 events"));

    let fields = [("mode", "hold"), ("reason", "new <certificate>")];
    let paused = alice.post(&format!("{overview}/pause"), &fields).await;
    assert_eq!((paused.status(), paused.location()), (303, Some(overview.as_str())));
    let alert = app.alert(alice.company.unwrap(), 8).await;
    fires(&app, alice.company.unwrap(), alert).await;
    fires(&app, alice.company.unwrap(), alert).await;
    assert_eq!(receiver.requests(), 0);

    let page = alice.get(&overview).await;
    assert_eq!(page.texts("[data-testid=verdict] .badge"), ["Paused"]);
    let verdict = page.texts("[data-testid=verdict]").remove(0);
    assert!(verdict.contains("since 14:00:00: new <certificate>."), "{verdict}");
    assert!(verdict.contains("New events are held; 2 events of 1 vehicle so far."), "{verdict}");
    assert!(page.texts("[data-testid=pause]").is_empty());
    let list = alice.get(&alice.path("/webhooks?health=paused")).await;
    assert_eq!(list.texts(&format!("[data-testid=webhook-{id}] .cell-status .badge")), ["Paused"]);

    let delivery = alice.get(&alice.path("/deliveries/1")).await;
    assert_eq!(delivery.texts("[data-testid=decision] .result"), ["held"]);
    assert_eq!(delivery.attributes("[data-testid=fix]", "href"), [format!("{overview}/resume")]);
    assert!(delivery.texts("[data-testid=redeliver]").is_empty(), "it has not ended");
    assert!(delivery.texts("[data-testid=timeline] > li").pop().unwrap().contains("Held until"));

    let resume = alice.get(&format!("{overview}/resume")).await;
    assert!(
        resume.texts("[data-testid=pause]")[0].contains("2 events of 1 vehicle, the first since 14:00:00")
    );
    let notes = resume.texts("[data-testid=resume-form] .choice .u-small");
    assert_eq!(notes, ["2 events", "1 event", "they stay listed as not sent"]);
    let resumed = alice.post(&format!("{overview}/resume"), &[("held", "newest")]).await;
    assert_eq!((resumed.status(), resumed.location()), (303, Some(overview.as_str())));
    let page = alice.get(&overview).await;
    assert!(page.texts("[data-testid=flash]")[0].contains("Of 2 events that were held, the newest"));
    assert!(page.texts("[data-testid=verdict]")[0].contains("are being sent, the newest of each vehicle"));
    goes_on(&app).await;
    assert_eq!(receiver.requests(), 1);
    let page = alice.get(&overview).await;
    assert_eq!(page.texts("[data-testid=verdict] .badge"), ["Healthy"]);
    assert!(!page.texts("[data-testid=verdict]")[0].contains("held"));
    let dropped = alice.get(&alice.path("/deliveries/1")).await;
    assert_eq!(dropped.texts("[data-testid=decision] .result"), ["paused"]);
    assert_eq!(dropped.texts("[data-testid=redeliver]").len(), 1, "now it has ended");
}

#[tokio::test]
async fn a_pause_can_be_changed_and_undone() {
    let (app, alice, receiver) = admin().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let overview = alice.path(&format!("/webhooks/{id}"));
    alice.get(&overview).await;
    alice.post(&format!("{overview}/pause"), &[("mode", "hold"), ("reason", "")]).await;
    let undo = alice.get(&overview).await.attributes("[data-testid=flash] form", "action").remove(0);
    let alert = app.alert(alice.company.unwrap(), 8).await;
    fires(&app, alice.company.unwrap(), alert).await;

    let form = alice.get(&format!("{overview}/pause")).await;
    assert_eq!(form.texts("h1"), ["Change the pause of Dispatch hub"]);
    alice.post(&format!("{overview}/pause"), &[("mode", "drop"), ("reason", "tidying up")]).await;
    assert!(alice.get(&overview).await.texts("[data-testid=flash]")[0].contains("was changed"));
    fires(&app, alice.company.unwrap(), alert).await;
    let verdict = alice.get(&overview).await.texts("[data-testid=verdict]").remove(0);
    assert!(
        verdict.contains("New events are dropped; 1 event of 1 vehicle is held from before."),
        "{verdict}"
    );

    let undone = alice.post(&undo, &[]).await;
    assert_eq!(undone.status(), 303, "without a choice");
    goes_on(&app).await;
    assert_eq!(receiver.requests(), 1, "what was held; what was dropped is not");
    assert_eq!(alice.post(&undo, &[]).await.status(), 303, "a second click changes nothing");
    assert!(alice.get(&overview).await.texts("[data-testid=flash]")[0].contains("is not paused"));
    assert_eq!(alice.get(&format!("{overview}/resume")).await.location(), Some(overview.as_str()));
}

#[tokio::test]
async fn a_failed_form_says_what_is_wrong_and_keeps_what_was_typed() {
    let (_app, alice, receiver) = admin().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let overview = alice.path(&format!("/webhooks/{id}"));
    alice.get(&overview).await;
    let long = "x".repeat(201);
    let wrong = alice.post(&format!("{overview}/pause"), &[("mode", "drop"), ("reason", &long)]).await;
    assert_eq!(wrong.status(), 422);
    assert_eq!(wrong.texts("#reason-error"), ["A reason has 200 characters at most."]);
    assert_eq!(wrong.attributes("#reason", "value"), [long]);
    assert_eq!(wrong.attributes("[name=mode][checked]", "value"), ["drop"]);
    let wrong = alice.post(&format!("{overview}/pause"), &[("reason", "kept")]).await;
    assert_eq!((wrong.status(), wrong.attributes("#reason", "value")), (422, vec!["kept".to_owned()]));
    assert_eq!(wrong.attributes("[data-testid=errors] a", "href"), ["#mode"]);
    assert_eq!(alice.get(&overview).await.texts("[data-testid=verdict] .badge"), ["Never used"]);

    alice.post(&format!("{overview}/pause"), &[("mode", "hold")]).await;
    let wrong = alice.post(&format!("{overview}/resume"), &[("held", "some")]).await;
    assert_eq!(wrong.status(), 422);
    assert_eq!(alice.get(&overview).await.texts("[data-testid=verdict] .badge"), ["Paused"]);
    alice.post(&format!("{overview}/disable"), &[]).await;
    assert_eq!(alice.post(&format!("{overview}/pause"), &[("mode", "drop")]).await.status(), 409);
}

#[tokio::test]
async fn who_fails_for_a_day_is_warned_of_what_comes() {
    let (app, alice, receiver) = admin().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let alert = app.alert(alice.company.unwrap(), 8).await;
    receiver.answers_with([500; 40]);
    let overview = alice.path(&format!("/webhooks/{id}"));
    let row = format!("[data-testid=webhook-{id}] [data-testid=warning]");
    let warned = async || {
        alice.signs_in(PASSWORD).await; // sessions end sooner than webhooks
        let list = alice.get(&alice.path("/webhooks")).await;
        (alice.get(&overview).await.texts("[data-testid=warning]"), list.texts(&row))
    };
    fires(&app, alice.company.unwrap(), alert).await;
    app.wait_seconds(86_399);
    app.settle().await;
    assert_eq!(warned().await, (vec![], vec![]));
    app.wait_seconds(1);
    let words = "Every attempt has failed since 22 Sep 2026, 14:00:00. If that goes on, Belfry switches the webhook \
                 off at 27 Sep 2026, 14:00:00.";
    assert_eq!(warned().await, (vec![words.to_owned()], vec!["off 27 Sep 14:00".to_owned()]));

    // Nothing is sent to a paused webhook, so nothing comes.
    alice.get(&overview).await;
    alice.post(&format!("{overview}/pause"), &[("mode", "hold")]).await;
    assert_eq!(warned().await, (vec![], vec![]));
    alice.post(&format!("{overview}/resume"), &[]).await;
    app.wait_seconds(4 * 86_400);
    assert!(warned().await.0[0].contains("The next failure switches the webhook off."));
    fires(&app, alice.company.unwrap(), alert).await;
    assert_eq!(alice.get(&overview).await.texts("[data-testid=verdict] .badge"), ["Auto-disabled"]);
    assert_eq!(warned().await, (vec![], vec![]), "it has come");
}
