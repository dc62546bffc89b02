//! What no handler should ever see, through each door that takes JSON: always the door's own words, never a 500,
//! never a page, and nothing changed.

use belfry::domain::access::Scope;
use belfry::domain::webhook::Webhook;
use belfry::store::webhooks;
use reqwest::Method;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE};
use serde_json::{Value, json};

use super::{URL, shape};
use crate::support::api::Answer;
use crate::support::{ApiClient, TestApp};

/// One door, as far as bad input is concerned.
struct Door {
    name: &'static str,
    /// The collection; one webhook is below it.
    path: &'static str,
    created: u16,
    /// A good body.
    body: Value,
    /// How the first webhook is spelled.
    first: &'static str,
    /// The type of its errors …
    errors: &'static str,
    /// … and where their words stand.
    words: &'static str,
    /// What it says to a field that it does not know.
    unknown_field: u16,
}

fn doors() -> [Door; 3] {
    [
        Door {
            name: "aggregate",
            path: "/webhooks",
            created: 201,
            body: json!({ "endpoint": URL, "authType": "none" }),
            first: "1",
            errors: "application/json",
            words: "/message",
            unknown_field: 200,
        },
        Door {
            name: "zstack",
            path: "/api/v1/alerting/webhook-endpoints",
            created: 200,
            body: json!({ "name": "Ops", "url": URL, "signingEnabled": true }),
            first: "wh-001",
            errors: "application/json",
            words: "/error/description",
            unknown_field: 200,
        },
        Door {
            name: "softwareone",
            path: "/public/v1/notifications/webhooks",
            created: 201,
            body: json!({ "url": URL }),
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

#[tokio::test]
async fn bodies_that_are_no_object() {
    for door in doors() {
        let (app, api) = app().await;
        assert_eq!(api.post(door.path, &door.body).await.status, door.created);
        let before = rows(&app).await;
        let one = format!("{}/{}", door.path, door.first);
        let nested = |levels: usize| {
            let mut body = door.body.to_string();
            body.truncate(body.len() - 1);
            format!("{body},\"x\":{}{}}}", "[".repeat(levels), "]".repeat(levels))
        };
        let good = door.body.to_string();
        let twice = format!("{},\"a\":{{\"b\":1,\"b\":2}}}}", &good[..good.len() - 1]);
        let same = format!("{},{}", &good[..good.len() - 1], &good[1..]);
        let bodies: [(&str, Vec<u8>); 16] = [
            ("empty", Vec::new()),
            ("blank", b" \r\n\t ".to_vec()),
            ("truncated", b"{\"url\":\"a\"".to_vec()),
            ("single quotes", b"{'url':'a'}".to_vec()),
            ("an array", format!("[{good}]").into()),
            ("a number", b"1".to_vec()),
            ("null", b"null".to_vec()),
            ("NaN", b"{\"x\":NaN}".to_vec()),
            ("too big a number", b"{\"x\":1e400}".to_vec()),
            ("two objects", format!("{good}{good}").into()),
            ("a key twice", same.into()),
            ("a key twice below", twice.into()),
            ("65 levels", nested(64).into()),
            ("100,000 levels", nested(100_000).into()),
            ("invalid UTF-8", b"{\"url\":\"\xff\xfe\"}".to_vec()),
            ("a byte order mark", [b"\xef\xbb\xbf", good.as_bytes()].concat()),
        ];
        for (what, body) in bodies {
            let body = || body.clone();
            is_refused(&door, &sends(&api, &Method::POST, door.path, body()).await, 400, what);
            is_refused(&door, &sends(&api, &Method::PUT, &one, body()).await, 400, what);
        }
        assert_eq!(sends(&api, &Method::PUT, &one, nested(63)).await.status, door.unknown_field);
        assert_eq!(rows(&app).await, before, "{}", door.name);
    }
}

#[tokio::test]
async fn bodies_that_nobody_reads() {
    for door in doors() {
        let (app, api) = app().await;
        let good = door.body.to_string();
        for content_type in [
            "text/plain",
            "application/jsonx",
            "application/xml",
            "application/json; charset=utf-16",
            "multipart/form-data; boundary=x",
        ] {
            let request = api.request(Method::POST, door.path).header(CONTENT_TYPE, content_type);
            is_refused(&door, &api.send(request.body(good.clone())).await, 415, content_type);
        }
        let undeclared = api.send(api.request(Method::POST, door.path).body(good.clone())).await;
        shape(&format!("{}_content_type", door.name), &app, &undeclared);
        let encoded = api.request(Method::POST, door.path).header(CONTENT_ENCODING, "gzip").json(&door.body);
        is_refused(&door, &api.send(encoded).await, 415, "gzip");
        let padded = format!("{}{}}}", &good[..good.len() - 1], " ".repeat(262_144));
        shape(
            &format!("{}_too_large", door.name),
            &app,
            &sends(&api, &Method::POST, door.path, padded.clone()).await,
        );
        let fits = &padded[padded.len() - 262_144..];
        is_refused(&door, &sends(&api, &Method::POST, door.path, fits.to_owned()).await, 400, "at the limit");
        assert_eq!(rows(&app).await, [], "{}", door.name);
    }
}

#[tokio::test]
async fn unknown_paths_and_methods() {
    for door in doors() {
        let (app, api) = app().await;
        let below = format!("{}/1/nothing", door.path);
        shape(&format!("{}_no_route", door.name), &app, &api.get(&below).await);
        is_refused(&door, &api.get(&format!("{}/", door.path)).await, 404, "a slash at the end");
        let patch = api.send(api.request(Method::PATCH, door.path)).await;
        shape(&format!("{}_no_method", door.name), &app, &patch);
        let one = format!("{}/{}", door.path, door.first);
        for (method, path) in
            [(Method::OPTIONS, door.path), (Method::TRACE, door.path), (Method::POST, &*one)]
        {
            let answer = api.send(api.request(method.clone(), path)).await;
            is_refused(&door, &answer, 405, method.as_str());
            assert!(answer.header("allow").is_some_and(|allow| allow.contains("GET")), "{method} {path}");
        }
        let preflight = api.anonymous(Method::OPTIONS, door.path).header("origin", "https://evil.example");
        let preflight = api.send(preflight).await;
        assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (405, None));
    }
}

#[tokio::test]
async fn requests_for_somebody_else() {
    for door in doors() {
        let (_app, api) = app().await;
        let foreign = api.request(Method::GET, door.path).header("host", "evil.example");
        is_refused(&door, &api.send(foreign).await, 421, "a foreign host");
        let own = api.request(Method::GET, door.path).header("belfry-hop", "1");
        is_refused(&door, &api.send(own).await, 508, "our own delivery");
    }
}

#[tokio::test]
async fn exactly_one_bearer_credential_and_no_cookie() {
    for door in doors() {
        let (app, api) = app().await;
        let company = app.company("Southline").await;
        let alice = app.person(belfry::domain::access::Role::Admin, Some(company)).await;
        let asks = |name: &str, value: &str| api.anonymous(Method::GET, door.path).header(name, value);
        for (name, value) in [
            ("authorization", String::new()),
            ("authorization", "Bearer".to_owned()),
            ("authorization", api.key.clone()),
            ("authorization", format!("Basic {}", api.key)),
            ("authorization", format!("Bearer {}x", api.key)),
            ("authorization", format!("Bearer {}", api.key.to_uppercase())),
            ("cookie", alice.cookie()),
        ] {
            is_refused(&door, &api.send(asks(name, &value)).await, 401, &value);
        }
        let twice = asks("authorization", &format!("Bearer {}", api.key))
            .header("authorization", format!("Bearer {}", api.key));
        is_refused(&door, &api.send(twice).await, 401, "twice");
        assert_eq!(api.get(door.path).await.status, 200);
        app.database.run("UPDATE api_keys SET revoked_at = 1");
        app.company("Somebody changes something").await;
        is_refused(&door, &api.get(door.path).await, 401, "revoked");
    }
}
