//! What each role may do, and what it is told when it may not.

use belfry::domain::access::Role;

use super::{fires, makes_webhook, webhook_form};
use crate::support::{Person, Receiver, TestApp};

/// Forms that change configuration, with what is missing for them.
fn changes(person: &Person, webhook: i64) -> Vec<String> {
    let of = |verb: &str| person.path(&format!("/webhooks/{webhook}/{verb}"));
    vec![
        person.path("/webhooks/new"),
        of("edit"),
        of("enable"),
        of("disable"),
        of("pause"),
        of("resume"),
        of("secret"),
        of("secret/end-overlap"),
        of("alert-links"),
        of("history/1/restore"),
        of("delete"),
    ]
}

#[tokio::test]
async fn who_may_only_look_changes_nothing() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let (alice, receiver) = (app.person(Role::Admin, Some(company)).await, Receiver::start().await);
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let alert = app.alert(company, 8).await;
    fires(&app, company, alert).await;
    let overview = alice.path(&format!("/webhooks/{id}"));
    let before = alice.get(&overview).await.texts("[data-testid=settings]");

    for role in [Role::Viewer, Role::Support] {
        let of = if role == Role::Viewer { Some(company) } else { None };
        let person = app.person(role, of).await;
        let page = person.get(&person.path(&format!("/webhooks/{id}"))).await;
        assert_eq!(page.status(), 200, "{role:?} looks");
        for button in ["edit", "pause", "resume", "enable", "disable", "delete", "replace-secret"] {
            assert!(page.texts(&format!("[data-testid={button}]")).is_empty(), "{role:?}: {button}");
        }
        for tab in ["alert-links", "auth", "history", "history/1", "settings"] {
            let page = person.get(&person.path(&format!("/webhooks/{id}/{tab}"))).await;
            assert_eq!(page.status(), 200, "{role:?} looks at {tab}");
            assert!(page.texts("main form").is_empty(), "{role:?} changes nothing on {tab}");
            assert_eq!(page.texts(".tabs [aria-current]").len(), 1, "{tab}");
            assert_eq!(page.texts("[data-testid=health] .badge").len(), 1, "{tab}");
        }
        let url = receiver.url();
        let fields = webhook_form(
            &url,
            &[("name", "Changed"), ("confirm", "Dispatch hub"), ("version", "1"), ("mode", "hold")],
        );
        for route in changes(&person, id) {
            let answer = person.post(&route, &fields).await;
            assert_eq!(answer.status(), 403, "{role:?} {route}");
            assert!(answer.text().contains("You may not change webhooks."), "{}", answer.text());
        }
        for page in [
            "/webhooks/new".to_owned(),
            format!("/webhooks/{id}/edit"),
            format!("/webhooks/{id}/delete"),
            format!("/webhooks/{id}/pause"),
            format!("/webhooks/{id}/resume"),
            format!("/webhooks/{id}/secret"),
        ] {
            assert_eq!(person.get(&person.path(&page)).await.status(), 403, "{role:?} {page}");
        }
    }
    assert_eq!(alice.get(&overview).await.texts("[data-testid=settings]"), before);
}

#[tokio::test]
async fn a_viewer_sends_nothing_and_support_does() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let (alice, receiver) = (app.person(Role::Admin, Some(company)).await, Receiver::start().await);
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let alert = app.alert(company, 8).await;
    fires(&app, company, alert).await;
    assert_eq!(receiver.requests(), 1);

    let viewer = app.person(Role::Viewer, Some(company)).await;
    viewer.get(&viewer.path("/deliveries/1")).await;
    for (route, words) in [
        ("/deliveries/1/redeliver".to_owned(), "You may not send deliveries again."),
        ("/deliveries/1/stop".to_owned(), "You may not send deliveries again."),
        ("/deliveries/1/send-now".to_owned(), "You may not send deliveries again."),
        (format!("/webhooks/{id}/test"), "You may not send test events."),
    ] {
        let answer = viewer.post(&viewer.path(&route), &[("alertType", "5")]).await;
        assert_eq!(answer.status(), 403, "{route}");
        assert!(answer.text().contains(words), "{}", answer.text());
    }
    app.settle().await;
    assert_eq!(receiver.requests(), 1);

    let support = app.person(Role::Support, None).await;
    support.get(&support.path("/deliveries/1")).await;
    let again = support.post(&support.path("/deliveries/1/redeliver"), &[]).await;
    assert_eq!((again.status(), again.location()), (303, Some("/console/c/all/deliveries/2")));
    app.settle().await;
    let tested = support.post(&support.path(&format!("/webhooks/{id}/test")), &[("alertType", "5")]).await;
    assert_eq!((tested.status(), tested.location()), (303, Some("/console/c/all/deliveries/3")));
    assert_eq!(receiver.requests(), 3);
}

#[tokio::test]
async fn support_sees_every_company_and_operators_none() {
    let (app, alice, mallory) = TestApp::two_companies().await;
    let receiver = Receiver::start().await;
    makes_webhook(&alice, &receiver, &[("name", "Of Alice")]).await;
    makes_webhook(&mallory, &receiver, &[("name", "Of Mallory")]).await;

    let support = app.person(Role::Support, None).await;
    let all = support.get("/console/c/all/webhooks").await;
    assert_eq!(all.texts("[data-testid=webhooks] tbody a"), ["Of Alice", "Of Mallory"]);
    assert_eq!(all.texts("[data-testid=company-switcher] .menu__item").len(), 3);
    assert!(all.texts("[data-testid=new-webhook]").is_empty());
    let one = support.get(&alice.path("/webhooks")).await;
    assert_eq!(one.texts("[data-testid=webhooks] tbody a"), ["Of Alice"]);

    let operator = app.person(Role::Operator, None).await;
    for page in ["/console/c/all/webhooks".to_owned(), alice.path("/webhooks"), alice.path("/deliveries")] {
        let answer = operator.get(&page).await;
        assert_eq!(answer.status(), 403);
        assert!(answer.text().contains("You may not see this company's data."));
        assert_eq!(answer.texts("[data-testid=sign-out]").len(), 1, "there is a way out");
    }
}

#[tokio::test]
async fn who_is_disabled_is_out_at_once() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    assert_eq!(alice.get(&alice.path("/webhooks")).await.status(), 200);
    app.database.run(&format!("UPDATE users SET disabled_at = 1 WHERE email = '{}'", alice.email));
    assert_eq!(alice.get(&alice.path("/webhooks")).await.status(), 303);
    assert_eq!(alice.signs_in(crate::support::app::PASSWORD).await.status(), 422);
}
