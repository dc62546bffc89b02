//! `/authtoken`, and what its token opens.

use belfry::domain::access::Role;
use belfry::domain::time::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use super::shape;
use crate::support::api::Answer;
use crate::support::app::{BEGIN, PASSWORD};
use crate::support::{ApiClient, TestApp};

async fn asks(app: &TestApp, body: &Value) -> Answer {
    let nobody = ApiClient::new(&app.url, "");
    nobody.send(nobody.anonymous(Method::POST, "/authtoken").json(body)).await
}

fn sign_in(user_name: &str, password: &str) -> Value {
    json!({ "userName": user_name, "password": password })
}

#[tokio::test]
async fn a_password_becomes_a_token_that_opens_every_door() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.stranger(Role::Admin, Some(company)).await;
    let answer = asks(&app, &sign_in(&alice.email.to_uppercase(), PASSWORD)).await;
    shape("aggregate_token", &app, &answer);
    let token = answer.json()["token"].as_str().unwrap().to_owned();
    let times =
        ["issued", "expires"].map(|name| Timestamp::parse(answer.json()[name].as_str().unwrap()).unwrap());
    assert_eq!(times[0], Timestamp::parse(BEGIN).unwrap());
    assert_eq!(times[1].since(times[0]), 86_399_000_000);
    let api = ApiClient::new(&app.url, &token);
    let body = json!({ "endpoint": super::URL, "authType": "none" });
    assert_eq!(api.post("/webhooks", &body).await.status, 201);
    for path in ["/webhooks", "/api/v2/webhooks", "/api/v1/alerting/webhook-endpoints"] {
        assert_eq!(api.get(path).await.status, 200, "{path}");
    }
    app.wait_seconds(86_398);
    assert_eq!(api.get("/webhooks").await.status, 200);
    app.wait_seconds(1);
    assert_eq!(api.get("/webhooks").await.status, 401, "it has run out");
}

#[tokio::test]
async fn the_key_and_the_token_of_the_first_door_open_this_one() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    let form = api.anonymous(Method::POST, "/api/v2/authentication/token/api-key");
    let jwt = api.send(form.form(&[("apiKey", &api.key)])).await.json();
    let exchanged = ApiClient::new(&app.url, jwt["access_token"].as_str().unwrap());
    for client in [&api, &exchanged] {
        assert_eq!(client.get("/webhooks").await.status, 200);
    }
    let stranger = ApiClient::new(&app.url, "bfy_nobody");
    shape("aggregate_unauthorized", &app, &stranger.get("/webhooks").await);
    for (method, path) in [
        (Method::POST, "/webhooks"),
        (Method::PUT, "/webhooks"),
        (Method::GET, "/webhooks/1"),
        (Method::PUT, "/webhooks/1"),
        (Method::DELETE, "/webhooks/1"),
    ] {
        let answer = stranger.send(stranger.anonymous(method.clone(), path)).await;
        assert_eq!(answer.status, 401, "{method} {path}");
    }
}

#[tokio::test]
async fn wrong_name_and_wrong_password_are_one_answer() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.stranger(Role::Viewer, Some(company)).await;
    let wrong = asks(&app, &sign_in(&alice.email, "wrong")).await;
    let unknown = asks(&app, &sign_in("nobody@example.com", PASSWORD)).await;
    shape("aggregate_token_wrong", &app, &wrong);
    assert_eq!((unknown.status, unknown.text), (401, wrong.text));
    for odd in ["x\0y@example.com", " ", "ä@\u{202e}", &"a".repeat(10_000)] {
        assert_eq!(asks(&app, &sign_in(odd, PASSWORD)).await.status, 401, "{odd:?}");
    }
    assert_eq!(asks(&app, &sign_in(&alice.email, &"p".repeat(2_000))).await.status, 401);
}

#[tokio::test]
async fn wrong_fields_are_400_and_named() {
    let app = TestApp::start().await;
    shape("aggregate_token_invalid", &app, &asks(&app, &json!({})).await);
    for (body, named) in [
        (json!({ "userName": 1, "password": "p" }), "userName: "),
        (json!({ "userName": "u", "password": null }), "password: "),
        (json!({ "userName": "", "password": "p" }), "userName: "),
        (json!({ "userName": "u", "password": "" }), "password: "),
        (json!({ "username": "u", "password": "p" }), "userName: "),
    ] {
        let answer = asks(&app, &body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.json()["message"].as_str().unwrap().contains(named), "{}", answer.text);
    }
    let nobody = ApiClient::new(&app.url, "");
    let form = nobody.anonymous(Method::POST, "/authtoken").form(&[("userName", "u"), ("password", "p")]);
    assert_eq!(nobody.send(form).await.status, 415);
}

#[tokio::test]
async fn who_may_see_nothing_gets_no_token_and_who_is_gone_neither() {
    let app = TestApp::start().await;
    let operator = app.stranger(Role::Operator, None).await;
    shape("aggregate_token_forbidden", &app, &asks(&app, &sign_in(&operator.email, PASSWORD)).await);
    let support = app.stranger(Role::Support, None).await;
    let answer = asks(&app, &sign_in(&support.email, PASSWORD)).await;
    let api = ApiClient::new(&app.url, answer.json()["token"].as_str().unwrap());
    assert_eq!(api.get("/webhooks").await.status, 200);
    let body = json!({ "endpoint": super::URL, "authType": "none" });
    assert_eq!(api.post("/webhooks", &body).await.status, 403, "staff own nothing");
    app.database.run("UPDATE users SET disabled_at = 1");
    assert_eq!(asks(&app, &sign_in(&support.email, PASSWORD)).await.status, 401);
    assert_eq!(api.get("/webhooks").await.status, 401, "and their token is worth nothing any more");
}

#[tokio::test]
async fn an_operator_may_choose_the_vendors_404() {
    let app = TestApp::start_with(&[("authtoken_404", "true")]).await;
    let company = app.company("Northline").await;
    let alice = app.stranger(Role::Admin, Some(company)).await;
    shape("aggregate_token_404", &app, &asks(&app, &sign_in("nobody@example.com", PASSWORD)).await);
    assert_eq!(asks(&app, &sign_in("x\0", PASSWORD)).await.status, 404);
    assert_eq!(asks(&app, &sign_in(&alice.email, "wrong")).await.status, 401);
    assert_eq!(asks(&app, &sign_in(&alice.email, PASSWORD)).await.status, 200);
}

#[tokio::test]
async fn guessing_is_slow_from_one_address_and_for_one_account() {
    let app = TestApp::start_with(&[("rate_limits", "on")]).await;
    let company = app.company("Northline").await;
    let alice = app.stranger(Role::Admin, Some(company)).await;
    for _ in 0..5 {
        assert_eq!(asks(&app, &sign_in(&alice.email, "wrong")).await.status, 401);
    }
    let guarded = asks(&app, &sign_in(&alice.email, PASSWORD)).await;
    assert_eq!((guarded.status, guarded.header("retry-after")), (429, Some("2")), "{}", guarded.text);
    for at in 0..4 {
        let answer = asks(&app, &sign_in(&format!("nobody-{at}@example.com"), "wrong")).await;
        assert_eq!(answer.status, 401);
    }
    app.wait_seconds(5);
    shape("aggregate_token_too_often", &app, &asks(&app, &sign_in(&alice.email, PASSWORD)).await);
    app.wait_seconds(55);
    assert_eq!(asks(&app, &sign_in(&alice.email, PASSWORD)).await.status, 200);
}

#[tokio::test]
async fn sixty_requests_a_minute() {
    let app = TestApp::start_with(&[("rate_limits", "on")]).await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    for left in (0..60).rev() {
        let answer = api.get("/webhooks").await;
        assert_eq!((answer.status, answer.header("x-ratelimit-remaining")), (200, Some(&*left.to_string())));
    }
    shape("aggregate_too_often", &app, &api.get("/webhooks/1").await);
    let body = json!({ "endpoint": super::URL, "authType": "none" });
    assert_eq!(api.post("/webhooks", &body).await.status, 429, "all of its routes together");
    assert_eq!(api.get("/api/v2/webhooks").await.status, 200, "another door counts by itself");
    assert_eq!(app.api(company).await.get("/webhooks").await.status, 200, "another key, too");
    app.wait_seconds(60);
    assert_eq!(api.get("/webhooks").await.status, 200);
}
