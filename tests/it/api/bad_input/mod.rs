//! What no handler should ever see, through each door: always the door's own words, never a 500, never a page, and
//! nothing changed.

mod bodies;
mod fields;
mod requests;

use belfry::domain::access::Scope;
use belfry::domain::webhook::Webhook;
use belfry::store::webhooks;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::URL;
use crate::support::api::Answer;
use crate::support::{ApiClient, TestApp};

/// One door, as far as bad input is concerned.
struct Door {
    name: &'static str,
    /// The collection; one webhook is below it.
    path: &'static str,
    created: u16,
    /// What it says to a body that is wrong.
    invalid: u16,
    /// A good body.
    body: Value,
    /// Its fields that are texts, each with what must stand beside it.
    texts: Vec<(&'static str, Value)>,
    /// Its fields that are true or false.
    flags: Vec<&'static str>,
    /// How the first webhook is spelled.
    first: &'static str,
    /// The type of its errors …
    errors: &'static str,
    /// … and where their words stand.
    words: &'static str,
    /// What it says to a field that it does not know.
    unknown_field: u16,
}

fn doors() -> [Door; 4] {
    let nothing = || json!({});
    let basic = json!({ "authType": "basic", "userName": "alice", "password": "pa55word" });
    let token = |kind: &str| json!({ "authType": kind, "token": "t0ken-12345" });
    [
        Door {
            name: "telemax",
            path: "/api/v2/webhooks",
            created: 200,
            invalid: 422,
            body: json!({ "url": URL, "isGlobal": true }),
            texts: vec![("url", nothing())],
            flags: vec!["isActive", "isGlobal"],
            first: "1",
            errors: "application/json",
            words: "/description",
            unknown_field: 200,
        },
        Door {
            name: "aggregate",
            path: "/webhooks",
            created: 201,
            invalid: 400,
            body: json!({ "endpoint": URL, "authType": "none" }),
            texts: vec![
                ("endpoint", nothing()),
                ("authType", nothing()),
                ("userName", basic.clone()),
                ("password", basic),
                ("token", token("querystring")),
                ("token", token("authheader")),
                ("token", token("header")),
                ("token", token("bearer")),
            ],
            flags: vec!["isAlertHook"],
            first: "1",
            errors: "application/json",
            words: "/message",
            unknown_field: 200,
        },
        Door {
            name: "zstack",
            path: "/api/v1/alerting/webhook-endpoints",
            created: 200,
            invalid: 400,
            body: json!({ "name": "Ops", "url": URL, "signingEnabled": true }),
            texts: vec![("name", nothing()), ("url", nothing()), ("signingSecret", nothing())],
            flags: vec!["signingEnabled"],
            first: "wh-001",
            errors: "application/json",
            words: "/error/description",
            unknown_field: 200,
        },
        Door {
            name: "softwareone",
            path: "/public/v1/notifications/webhooks",
            created: 201,
            invalid: 400,
            body: json!({ "url": URL }),
            texts: vec![("url", nothing()), ("description", nothing()), ("secret", nothing())],
            flags: Vec::new(),
            first: "WBH-0000-0001",
            errors: "application/problem+json",
            words: "/title",
            unknown_field: 400,
        },
    ]
}

async fn app() -> (TestApp, ApiClient) {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    (app, api)
}

/// One that takes only what may be saved on the internet; other tests send to this machine.
async fn app_of_the_open_internet() -> (TestApp, ApiClient) {
    let app = TestApp::start_with(&[("outbound_allow", ""), ("outbound_allow_http", "false")]).await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    (app, api)
}

/// The door's own error: its status, JSON, words, and nothing of our inside.
fn is_refused(door: &Door, answer: &Answer, status: u16, what: &str) {
    assert_eq!(answer.status, status, "{} {what}: {}", door.name, answer.text);
    assert_eq!(answer.header("content-type"), Some(door.errors), "{} {what}", door.name);
    let words = answer.json().pointer(door.words).and_then(Value::as_str).map(str::to_owned);
    assert!(words.is_some_and(|words| !words.is_empty()), "{} {what}: {}", door.name, answer.text);
    for inside in ["panicked", "src/", ".rs:", "SELECT", "diesel", "Json deserialize"] {
        assert!(!answer.text.contains(inside), "{} {what}: {}", door.name, answer.text);
    }
}

/// Every webhook as it is stored.
async fn rows(app: &TestApp) -> Vec<Webhook> {
    app.services.store.read(|db| webhooks::list(db, &Scope::service(), 10)).await.expect("a working store")
}

async fn sends(api: &ApiClient, method: &Method, path: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = api.request(method.clone(), path).header(CONTENT_TYPE, "application/json");
    api.send(request.body(body)).await
}
