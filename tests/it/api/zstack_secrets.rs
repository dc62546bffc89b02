//! The ZStack door's secrets: given, made, kept, rotated; and what the receiver checks with them.

use belfry::domain::access::Scope;
use belfry::domain::ids::WebhookId;
use belfry::domain::webhook::Webhook;
use belfry::store::webhooks;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::{URL, shape};
use crate::support::{ApiClient, TestApp};

const ENDPOINTS: &str = "/api/v1/alerting/webhook-endpoints";

async fn app() -> (TestApp, ApiClient) {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    (app, api)
}

fn body(signing: bool, secret: &Value) -> Value {
    json!({ "name": "Ops", "url": URL, "signingEnabled": signing, "signingSecret": secret })
}

async fn stored(app: &TestApp, id: i64) -> Webhook {
    let found = app.services.store.read(move |db| webhooks::get(db, &Scope::service(), WebhookId(id))).await;
    found.expect("a webhook")
}

async fn secret(app: &TestApp, id: i64) -> String {
    stored(app, id).await.secret.map(|secret| secret.reveal().to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn a_missing_null_or_empty_secret_is_made_when_one_is_needed() {
    let (app, api) = app().await;
    let absent = json!({ "name": "Ops", "url": URL, "signingEnabled": true });
    shape("zstack_created_generated", &app, &api.post(ENDPOINTS, &absent).await);
    for (id, none) in [(2, json!(null)), (3, json!(""))] {
        let answer = api.post(ENDPOINTS, &body(true, &none)).await.json();
        assert_eq!(answer["signingSecretPlaintext"], secret(&app, id).await);
        assert!(secret(&app, id).await.starts_with("whsec_"));
    }
    assert_ne!(secret(&app, 2).await, secret(&app, 3).await);
    shape("zstack_created_unsigned", &app, &api.post(ENDPOINTS, &body(false, &json!(""))).await);
    assert_eq!(stored(&app, 4).await.secret, None, "nothing is made that nobody needs");
    let later = api.post(ENDPOINTS, &body(false, &json!("kept-for-later"))).await.json();
    assert_eq!(later["signingSecretPlaintext"], "kept-for-later");
    assert_eq!(
        (later["endpoint"]["signingEnabled"].clone(), secret(&app, 5).await),
        (json!(false), "kept-for-later".to_owned())
    );
    for edge in ["12345678".to_owned(), "a".repeat(256)] {
        let answer = api.post(ENDPOINTS, &body(true, &json!(edge))).await;
        assert_eq!((answer.status, &answer.json()["signingSecretPlaintext"]), (200, &json!(edge)));
    }
}

#[tokio::test]
async fn an_update_keeps_the_secret_unless_it_brings_one() {
    let (app, api) = app().await;
    api.post(ENDPOINTS, &body(true, &json!("the-first-secret"))).await;
    let path = format!("{ENDPOINTS}/wh-001");
    for none in [json!(null), json!("")] {
        let answer = api.put(&path, &body(true, &none)).await;
        assert_eq!((answer.status, &answer.json()["signingSecretMasked"]), (200, &json!("****cret")));
        assert_eq!(secret(&app, 1).await, "the-first-secret");
    }
    let shown = api.get(&path).await.json()["signingSecretMasked"].clone();
    assert_eq!(api.put(&path, &body(true, &shown)).await.status, 400, "a mask is no secret");
    assert_eq!(secret(&app, 1).await, "the-first-secret");
    let answer = api.put(&path, &body(true, &json!("the-second-one"))).await;
    assert_eq!(answer.json()["signingSecretMasked"], "****-one");
    assert!(!answer.text.contains("second"), "only create and rotate show secrets");
    assert_eq!(secret(&app, 1).await, "the-second-one");
    api.post(ENDPOINTS, &body(false, &json!(""))).await;
    let answer = api.put(&format!("{ENDPOINTS}/wh-002"), &body(true, &json!(""))).await.json();
    assert_eq!(answer["signingSecretMasked"].as_str().unwrap()[4..], secret(&app, 2).await[45..]);
}

#[tokio::test]
async fn rotating_makes_a_new_one_at_once() {
    let (app, api) = app().await;
    api.post(ENDPOINTS, &body(true, &json!("the-first-secret"))).await;
    let path = format!("{ENDPOINTS}/wh-001/rotate-secret");
    let answer = api.post(&path, &json!({})).await;
    shape("zstack_rotated", &app, &answer);
    let second = secret(&app, 1).await;
    assert_eq!(answer.json()["signingSecretPlaintext"], second);
    assert_ne!(second, "the-first-secret");
    for (what, request) in [
        ("no body", api.request(Method::POST, &path)),
        ("an empty body", api.request(Method::POST, &path).header(CONTENT_TYPE, "application/json").body("")),
        (
            "unknown fields",
            api.request(Method::POST, &path).json(&json!({ "signingSecret": "mine-instead" })),
        ),
    ] {
        let before = secret(&app, 1).await;
        assert_eq!(api.send(request).await.status, 200, "{what}");
        let after = secret(&app, 1).await;
        assert!(after != before && after.starts_with("whsec_"), "{what}");
    }
    let before = secret(&app, 1).await;
    for (status, content_type, text) in
        [(400, "application/json", "[]"), (400, "application/json", "{"), (415, "text/plain", "{}")]
    {
        let request = api.request(Method::POST, &path).header(CONTENT_TYPE, content_type).body(text);
        assert_eq!(api.send(request).await.status, status, "{content_type} {text}");
    }
    assert_eq!(secret(&app, 1).await, before, "nothing was rotated");
    assert_eq!(api.post(&format!("{ENDPOINTS}/wh-002/rotate-secret"), &json!({})).await.status, 404);
}

#[tokio::test]
async fn how_receivers_verify_is_documented() {
    let (app, api) = app().await;
    shape("zstack_docs", &app, &api.get("/api/v1/alerting/docs/webhook-security").await);
}
