//! What every answer of the server has, and what no handler ever saw.

use std::io::{Read, Write};
use std::net::TcpStream;

use belfry::api::telemax::code::Code;
use reqwest::Method;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HOST};
use serde_json::json;

use super::{URL, is_request_id, shape, verdict};
use crate::support::api::Answer;
use crate::support::{ApiClient, TestApp};

const WEBHOOKS: &str = "/api/v2/webhooks";

async fn app() -> (TestApp, ApiClient) {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    (app, api)
}

async fn post(api: &ApiClient, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = api.request(Method::POST, WEBHOOKS).header(CONTENT_TYPE, content_type).body(body);
    api.send(request).await
}

#[tokio::test]
async fn unknown_paths_and_methods() {
    let (app, api) = app().await;
    shape("telemax_no_route", &app, &api.get("/api/v2/nothing").await);
    for path in [
        "/api/v2",
        "/api/v2/",
        "/api/v2/webhooks/",
        "/api/v2/Webhooks",
        "/api/v2/webhooks;x=1",
        "/api/v2//webhooks",
    ] {
        assert_eq!(verdict(&api.get(path).await), "404 ROUTE_NOT_FOUND", "{path}");
    }
    shape("telemax_no_method", &app, &api.send(api.request(Method::PATCH, WEBHOOKS)).await);
    let preflight = api.anonymous(Method::OPTIONS, WEBHOOKS).header("origin", "https://evil.example");
    let preflight = api.send(preflight).await;
    assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (405, None));
    assert_eq!(verdict(&api.delete("/api/v2/authentication/token/api-key").await), "405 METHOD_NOT_ALLOWED");
}

#[tokio::test]
async fn bodies_that_nobody_reads() {
    let (app, api) = app().await;
    assert_eq!(verdict(&post(&api, "text/plain", "{}").await), "415 UNSUPPORTED_MEDIA_TYPE");
    shape("telemax_broken_json", &app, &post(&api, "application/json", "{\"url\":\"a\",}").await);
    let padded = format!("{{\"url\":\"{URL}\",\"isGlobal\":true{}}}", " ".repeat(262_144));
    shape("telemax_too_large", &app, &post(&api, "application/json", padded).await);
    for body in ["", "[]", "1", "null", "{\"url\":1,\"url\":2}", "{'url':1}"] {
        assert_eq!(verdict(&post(&api, "application/json", body).await), "422 INVALID_BODY", "{body}");
    }
    let deep = format!("{{\"url\":\"{URL}\",\"isGlobal\":true,\"x\":{}{}}}", "[".repeat(64), "]".repeat(64));
    assert_eq!(verdict(&post(&api, "application/json", deep).await), "422 INVALID_BODY");
    for content_type in
        ["application/json; charset=utf-16", "application/jsonx", "multipart/form-data; boundary=x"]
    {
        assert_eq!(
            verdict(&post(&api, content_type, "{}").await),
            "415 UNSUPPORTED_MEDIA_TYPE",
            "{content_type}"
        );
    }
    let encoded = api.request(Method::POST, WEBHOOKS).header(CONTENT_ENCODING, "gzip").json(&json!({}));
    assert_eq!(verdict(&api.send(encoded).await), "415 UNSUPPORTED_MEDIA_TYPE");
    let plain = api.request(Method::POST, WEBHOOKS).header(CONTENT_ENCODING, "identity");
    assert_eq!(api.send(plain.json(&json!({ "url": URL, "isGlobal": true }))).await.status, 200);
}

#[tokio::test]
async fn requests_for_somebody_else() {
    let (app, api) = app().await;
    let foreign = api.request(Method::GET, WEBHOOKS).header(HOST, "evil.example");
    shape("telemax_misdirected", &app, &api.send(foreign).await);
    let own = api.request(Method::GET, WEBHOOKS).header("belfry-hop", "1");
    shape("telemax_loop", &app, &api.send(own).await);
}

#[tokio::test]
async fn every_answer_is_guarded_and_named() {
    let (app, api) = app().await;
    for path in [
        WEBHOOKS,
        "/api/v2/nothing",
        "/nothing",
        "/healthz",
        "/readyz",
        "/",
        "/static/x/y",
        "/docs/errors/conflict",
    ] {
        let answer = api.get(path).await;
        let csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                   connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        for (name, value) in [
            ("content-security-policy", csp),
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{name} of {path}");
        }
        assert!(answer.header("permissions-policy").is_some());
        assert_eq!(answer.header("strict-transport-security"), None, "not over http");
        assert!(is_request_id(answer.header("x-request-id").unwrap()), "{path}");
    }
    let answer = api.get("/api/v2/nothing").await;
    assert_eq!(answer.json()["requestId"], *answer.header("x-request-id").unwrap());
    let secure = TestApp::start_with(&[("public_url", "https://belfry.example")]).await;
    let answer = ApiClient::new(&secure.url, "").get("/healthz").await;
    assert!(answer.header("strict-transport-security").unwrap().starts_with("max-age="));
    drop(app);
}

#[tokio::test]
async fn pages_get_pages_and_the_door_gets_json() {
    let (_app, api) = app().await;
    let page = api.get("/nothing").await;
    assert_eq!((page.status, page.header("content-type")), (404, Some("text/html; charset=utf-8")));
    assert!(page.text.contains("There is no such page"));
    let wrong_method = api.delete("/healthz").await;
    assert_eq!(
        (wrong_method.status, wrong_method.header("content-type")),
        (405, Some("text/html; charset=utf-8"))
    );
    assert!(wrong_method.header("allow").unwrap().contains("GET"));
}

#[tokio::test]
async fn the_documentation_of_an_error_is_where_it_says() {
    let (app, api) = app().await;
    let error = api.get("/api/v2/nothing").await.json();
    let page = api.get(error["docUrl"].as_str().unwrap().trim_start_matches(&app.url)).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("ROUTE_NOT_FOUND"));
    for code in Code::ALL {
        let page = api.get(&format!("/docs/errors/{}", code.slug())).await;
        assert_eq!(page.status, 200, "{}", code.name());
        assert!(
            page.text.contains(code.name()) && page.text.contains(code.status().as_str()),
            "{}",
            code.name()
        );
    }
    assert_eq!(api.get("/docs/errors/no-such-code").await.status, 404);
}

#[tokio::test]
async fn alive_while_not_ready() {
    let (app, api) = app().await;
    assert_eq!(api.get("/healthz").await.status, 200);
    let answer = api.get("/readyz").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json(), json!({ "ready": false, "databaseWritable": true, "engineRunning": false }));
    let (stop, stopped) = belfry::delivery::stopping();
    let engine = app.services.engine.clone();
    let running = tokio::spawn(async move { engine.run(stopped).await });
    while !app.services.engine.is_running() {
        tokio::task::yield_now().await;
    }
    assert_eq!(api.get("/readyz").await.json()["ready"], true);
    stop.send_replace(true);
    running.await.unwrap();
    assert_eq!(api.get("/readyz").await.status, 503);
}

/// A request that no client library sends.
fn raw(url: &str, head: &str) -> String {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_host_is_named_once_and_is_ours() {
    let (app, _) = app().await;
    let host = app.url.trim_start_matches("http://").to_owned();
    for (head, status) in [
        (format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"), "200 OK"),
        ("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(), "400 Bad Request"),
        (
            format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
            "400 Bad Request",
        ),
        (
            format!("GET http://evil.example/healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
            "421 Misdirected Request",
        ),
        (
            "CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: 169.254.169.254:80\r\nConnection: close\r\n\r\n"
                .to_owned(),
            "421 Misdirected Request",
        ),
    ] {
        let line = tokio::task::spawn_blocking({
            let (url, head) = (app.url.clone(), head.clone());
            move || raw(&url, &head)
        });
        assert_eq!(line.await.unwrap(), format!("HTTP/1.1 {status}"), "{head}");
    }
}
