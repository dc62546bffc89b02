//! The mistake is ours: every door says so in its own words, tells nothing of the inside, and nothing was changed.

use belfry::domain::access::{Role, Scope};
use belfry::store::webhooks;
use reqwest::Method;
use serde_json::{Value, json};

use super::{URL, shape};
use crate::support::api::Answer;
use crate::support::app::PASSWORD;
use crate::support::{ApiClient, TestApp};

/// Door, method, path and body of every operation whose page lists 500.
fn operations() -> Vec<(&'static str, Method, &'static str, Value)> {
    let telemax = json!({ "url": URL, "isGlobal": true, "isActive": false });
    let aggregate = json!({ "endpoint": URL, "authType": "none" });
    let softwareone = json!({ "url": "https://moved.example.com/" });
    vec![
        ("telemax", Method::POST, "/api/v2/webhooks", telemax.clone()),
        ("telemax", Method::PUT, "/api/v2/webhooks/1", telemax),
        ("aggregate", Method::POST, "/webhooks", aggregate.clone()),
        ("aggregate", Method::PUT, "/webhooks/1", aggregate),
        (
            "zstack",
            Method::POST,
            "/api/v1/alerting/webhook-endpoints",
            json!({ "name": "Ops", "url": URL, "signingEnabled": true }),
        ),
        ("softwareone", Method::POST, "/public/v1/notifications/webhooks", softwareone.clone()),
        ("softwareone", Method::PUT, "/public/v1/notifications/webhooks/WBH-0000-0001", softwareone),
        ("softwareone", Method::DELETE, "/public/v1/notifications/webhooks/WBH-0000-0001", json!({})),
        ("softwareone", Method::POST, "/public/v1/notifications/webhooks/WBH-0000-0001/disable", json!({})),
    ]
}

fn tells_nothing(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 500, "{what}: {}", answer.text);
    for inside in ["audit", "elsewhere", "users", "SQL", "table", "relation", "diesel", "src/"] {
        assert!(!answer.text.contains(inside), "{what}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_write_that_fails_inside_is_500_and_changes_nothing() {
    let app = TestApp::start().await;
    let api = app.api(app.company("Northline").await).await;
    super::create(&api, &[]).await;
    let stored =
        async || app.services.store.read(|db| webhooks::list(db, &Scope::service(), 10)).await.unwrap();
    let before = stored().await;
    // Every write leaves an audit entry in its own transaction: without the one there is not the other.
    app.database.run("ALTER TABLE audit RENAME TO elsewhere");
    let mut shown = Vec::new();
    for (door, method, path, body) in operations() {
        let answer = api.send(api.request(method.clone(), path).json(&body)).await;
        tells_nothing(&answer, &format!("{method} {path}"));
        if !shown.contains(&door) {
            shape(&format!("{door}_internal"), &app, &answer);
            shown.push(door);
        }
    }
    app.database.run("ALTER TABLE elsewhere RENAME TO audit");
    assert_eq!(stored().await, before);
    for (_, method, path, body) in operations() {
        let answer = api.send(api.request(method.clone(), path).json(&body)).await;
        assert!((200..=404).contains(&answer.status), "{method} {path}: {}", answer.text);
    }
}

#[tokio::test]
async fn signing_in_that_fails_inside_is_500() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.stranger(Role::Admin, Some(company)).await;
    let asks = async || {
        let body = json!({ "userName": alice.email, "password": PASSWORD });
        ApiClient::new(&app.url, "").post("/authtoken", &body).await
    };
    app.database.run("ALTER TABLE users RENAME TO elsewhere");
    tells_nothing(&asks().await, "/authtoken");
    app.database.run("ALTER TABLE elsewhere RENAME TO users");
    assert_eq!(asks().await.status, 200);
}
