//! Keys, tokens, and who is let in.

use belfry::actions::api_keys::{self, NewApiKey};
use belfry::domain::time::SECOND_US;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};

use super::{shape, verdict};
use crate::support::api::Answer;
use crate::support::{ApiClient, TestApp};

const TOKEN: &str = "/api/v2/authentication/token/api-key";
const FORM: &str = "application/x-www-form-urlencoded";
const LIST: &str = "/api/v2/webhooks";

async fn exchange(api: &ApiClient, content_type: &str, body: &str) -> Answer {
    let request = api.anonymous(Method::POST, TOKEN).header(CONTENT_TYPE, content_type).body(body.to_owned());
    api.send(request).await
}

async fn token(api: &ApiClient) -> String {
    let answer = exchange(api, FORM, &format!("apiKey={}", api.key)).await;
    answer.json()["access_token"].as_str().expect("a token").to_owned()
}

async fn list_with(api: &ApiClient, authorization: &str) -> Answer {
    api.send(api.anonymous(Method::GET, LIST).header(AUTHORIZATION, authorization)).await
}

#[tokio::test]
async fn a_key_becomes_a_token_and_both_open_the_door() {
    let app = TestApp::start().await;
    let api = app.api(app.company("Northline").await).await;
    let answer = exchange(&api, FORM, &format!("apiKey={}", api.key)).await;
    shape("telemax_token", &app, &answer);
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(list_with(&api, &format!("Bearer {token}")).await.status, 200);
    assert_eq!(list_with(&api, &format!("bearer {}", api.key)).await.status, 200);
}

#[tokio::test]
async fn whatever_is_not_a_form_with_one_valid_key_is_401() {
    let app = TestApp::start().await;
    let api = app.api(app.company("Northline").await).await;
    let answer = exchange(&api, FORM, "apiKey=00000000-0000-0000-0000-000000000000").await;
    shape("telemax_token_invalid", &app, &answer);
    let key = &api.key;
    for (content_type, body) in [
        (FORM, String::new()),
        (FORM, "x=1".to_owned()),
        (FORM, format!("apikey={key}")),
        (FORM, format!("apiKey={key}&apiKey={key}")),
        (FORM, format!("apiKey={key}x")),
        (FORM, format!("apiKey={}", key.to_uppercase())),
        ("application/json", format!("{{\"apiKey\":\"{key}\"}}")),
        ("text/plain", format!("apiKey={key}")),
        ("application/x-www-form-urlencoded; charset=utf-16", format!("apiKey={key}")),
    ] {
        let answer = exchange(&api, content_type, &body).await;
        assert_eq!(verdict(&answer), "401 INVALID_CREDENTIALS", "{content_type} {body}");
    }
    let in_query = api.anonymous(Method::POST, &format!("{TOKEN}?apiKey={key}")).header(CONTENT_TYPE, FORM);
    assert_eq!(api.send(in_query).await.status, 401);
}

#[tokio::test]
async fn exactly_one_bearer_credential_and_no_cookie() {
    let app = TestApp::start().await;
    let api = app.api(app.company("Northline").await).await;
    let token = token(&api).await;
    let nothing = api.send(api.anonymous(Method::GET, LIST)).await;
    shape("telemax_unauthorized", &app, &nothing);
    let (head, tail) = token.rsplit_once('.').unwrap();
    for authorization in [
        String::new(),
        token.clone(),
        "Bearer".to_owned(),
        "Bearer abc".to_owned(),
        format!("Basic {token}"),
        format!("Bearer {token} {token}"),
        format!("Bearer {token}."),
        format!("Bearer {head}"),
        format!("Bearer {head}.{}{}", if tail.starts_with('A') { 'B' } else { 'A' }, &tail[1..]),
        format!("Bearer {}x", api.key),
    ] {
        assert_eq!(list_with(&api, &authorization).await.status, 401, "{authorization}");
    }
    let twice = api.request(Method::GET, LIST).header(AUTHORIZATION, format!("Bearer {token}"));
    assert_eq!(api.send(twice).await.status, 401);
    let cookie =
        api.anonymous(Method::GET, LIST).header(COOKIE, format!("session={token}; Authorization={token}"));
    assert_eq!(api.send(cookie).await.status, 401);
}

#[tokio::test]
async fn a_token_ends_with_its_day_and_with_its_key() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    let bearer = format!("Bearer {}", token(&api).await);
    app.wait_seconds(86_398);
    assert_eq!(list_with(&api, &bearer).await.status, 200);
    app.wait_seconds(1);
    assert_eq!(list_with(&api, &bearer).await.status, 401);

    let end = app.context().now().plus_micros(3_600 * SECOND_US);
    let new = NewApiKey {
        company_id: company,
        name: "until noon".to_owned(),
        actions: None,
        vehicles: None,
        expires_at: Some(end),
    };
    let (_, key) = api_keys::add(&app.context(), new).await.unwrap();
    let api = ApiClient::new(&app.url, key.reveal());
    let bearer = format!("Bearer {}", token(&api).await);
    app.wait_seconds(3_599);
    assert_eq!(list_with(&api, &bearer).await.status, 200);
    app.wait_seconds(1);
    assert_eq!(list_with(&api, &bearer).await.status, 401, "the token outlived its key");
    assert_eq!(api.get(LIST).await.status, 401);
    assert_eq!(exchange(&api, FORM, &format!("apiKey={}", api.key)).await.status, 401);
}

#[tokio::test]
async fn ten_tries_a_minute_for_each_address_whatever_it_says_of_itself() {
    let app = TestApp::start_with(&[("rate_limits", "on")]).await;
    let api = app.api(app.company("Northline").await).await;
    let attempt = async |number: i32| {
        let request = api
            .anonymous(Method::POST, TOKEN)
            .header(CONTENT_TYPE, FORM)
            .header("x-forwarded-for", format!("203.0.113.{number}"))
            .header("forwarded", format!("for=203.0.113.{number}"))
            .body("apiKey=guess");
        api.send(request).await
    };
    for number in 0..10 {
        assert_eq!(attempt(number).await.status, 401);
    }
    shape("telemax_token_rate_limited", &app, &attempt(11).await);
    app.wait_seconds(60);
    assert_eq!(attempt(12).await.status, 401);
}

#[tokio::test]
async fn every_route_counts_alone_and_says_how_much_is_left() {
    let app = TestApp::start_with(&[("rate_limits", "on")]).await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    for left in (0..30).rev() {
        let answer = api.get("/api/v2/companies").await;
        assert_eq!(
            (answer.status, answer.header("x-ratelimit-remaining")),
            (200, Some(left.to_string().as_str()))
        );
    }
    shape("telemax_rate_limited", &app, &api.get("/api/v2/companies").await);
    assert_eq!(api.get(LIST).await.header("x-ratelimit-limit"), Some("60"));
    assert_eq!(api.post(LIST, &serde_json::json!({})).await.header("x-ratelimit-remaining"), Some("19"));
    assert_eq!(app.api(company).await.get("/api/v2/companies").await.status, 200, "another key");
    let events = format!("/api/v2/alerts/{}/events", app.alert(company, 8).await);
    assert_eq!(api.post(&events, &serde_json::json!({})).await.header("x-ratelimit-limit"), None);
}
