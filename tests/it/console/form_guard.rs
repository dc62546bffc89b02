//! No form is taken that a page of ours did not send, whatever it would change.

use belfry::domain::access::Role;

use super::{fires, makes_webhook, webhook_form};
use crate::support::{Person, Receiver, TestApp};

/// Every address that changes anything, for one webhook and one delivery; the first redelivery of many need not exist.
fn routes(person: &Person, webhook: i64, delivery: i64) -> Vec<String> {
    let webhook = |verb: &str| person.path(&format!("/webhooks/{webhook}/{verb}"));
    let delivery = |verb: &str| person.path(&format!("/deliveries/{delivery}/{verb}"));
    vec![
        "/console/login".to_owned(),
        "/console/logout".to_owned(),
        "/console/theme".to_owned(),
        person.path("/keyboard"),
        person.path("/webhooks/new"),
        webhook("edit"),
        webhook("enable"),
        webhook("disable"),
        webhook("pause"),
        webhook("resume"),
        webhook("secret"),
        webhook("secret/end-overlap"),
        webhook("alert-links"),
        webhook("history/1/restore"),
        webhook("test"),
        webhook("delete"),
        delivery("redeliver"),
        delivery("reveal"),
        delivery("send-now"),
        delivery("stop"),
        person.path("/deliveries/views/new"),
        person.path("/deliveries/views/1"),
        person.path("/replays/new"),
        person.path("/replays/1/pause"),
        person.path("/replays/1/resume"),
        person.path("/replays/1/cancel"),
        person.path("/users/new"),
        person.path("/users/1"),
        person.path("/users/1/invite"),
        person.path("/users/1/enable"),
        person.path("/users/1/disable"),
        person.path("/api-keys/new"),
        person.path("/api-keys/1/revoke"),
        person.path("/alert-links"),
        person.path("/alert-links/review"),
        person.path("/simulate"),
        person.path("/signature-lab"),
    ]
}

#[tokio::test]
async fn a_form_without_the_sessions_token_changes_nothing() {
    let (app, alice, mallory) = TestApp::two_companies().await;
    let receiver = Receiver::start().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let alert = app.alert(alice.company.unwrap(), 8).await;
    fires(&app, alice.company.unwrap(), alert).await;
    let overview = alice.path(&format!("/webhooks/{id}"));
    alice.get(&overview).await; // takes the message about the new webhook
    let before = alice.get(&overview).await.text();
    let foreign = mallory.get(&mallory.path("/webhooks")).await.attributes("input[name=csrf_token]", "value");

    let routes = routes(&alice, id, 1);
    let source = include_str!("../../../src/console/routes.rs");
    // The invitation is the one that needs no session to be of use; it has a test of its own below.
    assert_eq!(source.matches("post()").count(), routes.len() + 1, "a new form needs its line above");
    for route in &routes {
        for token in
            [None, Some(""), Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), Some(foreign[0].as_str())]
        {
            let url = receiver.url();
            let mut fields =
                webhook_form(&url, &[("name", "Changed"), ("confirm", "Dispatch hub"), ("version", "1")]);
            fields.extend(token.map(|token| ("csrf_token", token)));
            let answer = alice.post_as_is(route, &fields).await;
            assert_eq!(answer.status(), 403, "{route} with {token:?}");
            assert!(answer.text().contains("This form is out of date"));
        }
    }
    assert_eq!(alice.get(&overview).await.text(), before);
    assert_eq!(alice.get(&alice.path("/webhooks")).await.status(), 200, "still signed in");
    assert_eq!(receiver.requests(), 1);
}

#[tokio::test]
async fn a_token_in_a_cookie_or_from_before_signing_in_is_none() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.stranger(Role::Admin, Some(company)).await;
    let login = alice.get("/console/login").await;
    let before = login.attributes("input[name=csrf_token]", "value").remove(0);
    alice.signs_in(crate::support::app::PASSWORD).await;
    let answer = alice.post_as_is("/console/theme", &[("theme", "dark"), ("csrf_token", &before)]).await;
    assert_eq!(answer.status(), 403);
}

#[tokio::test]
async fn where_the_browser_says_it_comes_from_counts() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    let token =
        alice.get(&alice.path("/webhooks")).await.attributes("input[name=csrf_token]", "value").remove(0);
    let session = alice.cookie();
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let sends = async |headers: &[(&str, &str)], body: &str, kind: &str| {
        let mut request = browser.post(format!("{}/console/theme", app.url)).header("cookie", &session);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.header("content-type", kind).body(body.to_owned()).send().await.unwrap().status().as_u16()
    };
    let form = "application/x-www-form-urlencoded";
    let body = format!("theme=dark&csrf_token={token}");
    assert_eq!(sends(&[], &body, form).await, 303);
    assert_eq!(sends(&[("x-csrf-token", &token), ("hx-request", "true")], "theme=dark", form).await, 303);
    assert_eq!(sends(&[("hx-request", "true")], "theme=dark", form).await, 403);
    assert_eq!(sends(&[("sec-fetch-site", "same-origin"), ("origin", "null")], &body, form).await, 303);
    for foreign in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        assert_eq!(sends(&[foreign], &body, form).await, 403, "{foreign:?}");
    }
    assert_eq!(sends(&[], &body, "text/plain").await, 415);
    assert_eq!(sends(&[], &format!("{body}&theme=light"), form).await, 400, "the same field twice");
    assert_eq!(sends(&[], &format!("{body}&name=%ff%fe"), form).await, 400);
    assert_eq!(sends(&[], &format!("{body}&name={}", "x".repeat(256 * 1024)), form).await, 413);
}

#[tokio::test]
async fn nothing_changes_by_looking() {
    let (app, alice, _) = TestApp::two_companies().await;
    let receiver = Receiver::start().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    for route in routes(&alice, id, 1) {
        let status = alice.get(&route).await.status();
        assert!([200, 303, 404, 405].contains(&status), "{route}: {status}");
    }
    assert_eq!(alice.get(&alice.path(&format!("/webhooks/{id}"))).await.texts("h1"), ["Dispatch hub"]);
    app.settle().await;
    assert_eq!(receiver.requests(), 0);
}

#[tokio::test]
async fn an_invitation_wants_its_own_pages_token() {
    use belfry::actions::users::{self, NewUser};

    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let email = "new@example.com".to_owned();
    let new =
        NewUser { company_id: Some(company), email, name: String::new(), role: Role::Viewer, password: None };
    let token = users::add(&app.context(), new).await.unwrap().invite_token.unwrap();
    let path = format!("/console/invite/{}", token.reveal());
    let bob = Person::new(&app.url, "new@example.com", Some(company));
    assert_eq!(bob.post_as_is(&path, &[("password", "a new password")]).await.status(), 403);
    assert_eq!(bob.get(&path).await.status(), 200, "not used up");
}
