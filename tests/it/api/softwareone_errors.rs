//! What every error of this door looks like, and what no handler ever saw.

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HOST};
use serde_json::json;

use super::softwareone_webhooks::{WEBHOOKS, create, named, northline};
use super::{URL, shape};
use crate::support::api::Answer;
use crate::support::{ApiClient, TestApp};

async fn post(api: &ApiClient, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = api.request(Method::POST, WEBHOOKS).header(CONTENT_TYPE, content_type).body(body);
    api.send(request).await
}

async fn count(api: &ApiClient) -> serde_json::Value {
    api.get(WEBHOOKS).await.json()["$meta"]["pagination"]["total"].clone()
}

#[tokio::test]
async fn strangers() {
    let (app, _, api) = northline().await;
    let path = format!("{WEBHOOKS}/WBH-0000-0001");
    let body = json!({ "url": URL });
    shape("softwareone_unauthorized", &app, &api.send(api.anonymous(Method::GET, WEBHOOKS)).await);
    for (method, path) in [
        (Method::POST, WEBHOOKS.to_owned()),
        (Method::GET, path.clone()),
        (Method::PUT, path.clone()),
        (Method::DELETE, path.clone()),
        (Method::POST, format!("{path}/enable")),
        (Method::POST, format!("{path}/disable")),
    ] {
        let request = api.anonymous(method, &path).header(AUTHORIZATION, "Bearer abc").json(&body);
        assert_eq!(named(&api.send(request).await), "401", "{path}");
    }
    let cookie = api.anonymous(Method::POST, WEBHOOKS).header("cookie", "belfry=x").json(&body);
    assert_eq!(named(&api.send(cookie).await), "401");
}

#[tokio::test]
async fn unknown_paths_and_methods() {
    let (app, _, api) = northline().await;
    shape("softwareone_no_route", &app, &api.get("/public/v1/nothing").await);
    for path in [
        "/public/v1",
        "/public/v1/",
        "/public/v1/notifications/webhooks/",
        "/public/v1/notifications/Webhooks",
    ] {
        assert_eq!(named(&api.get(path).await), "404", "{path}");
    }
    shape("softwareone_no_method", &app, &api.send(api.request(Method::PATCH, WEBHOOKS)).await);
    let enable = api.get(&format!("{WEBHOOKS}/WBH-0000-0001/enable")).await;
    assert_eq!((named(&enable), enable.header("allow")), ("405".to_owned(), Some("POST")));
}

#[tokio::test]
async fn bodies_that_nobody_reads() {
    let (app, _, api) = northline().await;
    shape("softwareone_not_json", &app, &post(&api, "text/plain", "{}").await);
    shape("softwareone_broken_json", &app, &post(&api, "application/json", "{\"url\":\"a\",}").await);
    let padded = format!("{{\"url\":\"{URL}\"{}}}", " ".repeat(262_144));
    shape("softwareone_too_large", &app, &post(&api, "application/json", padded).await);
    let deep = format!("{{\"url\":\"{URL}\",\"criteria\":{}{}}}", "[".repeat(64), "]".repeat(64));
    let deeper = format!("{{\"x\":{}", "[".repeat(100_000));
    for body in [
        "",
        " \r\n",
        "[]",
        "1",
        "null",
        "{'url':1}",
        "{\"url\":1,\"url\":2}",
        "{\"url\":NaN}",
        deep.as_str(),
        deeper.as_str(),
    ] {
        assert_eq!(named(&post(&api, "application/json", body.to_owned()).await), "400", "{body:.40}");
    }
    for bytes in [&b"{\"url\":\"\xff\xfe\"}"[..], b"\xef\xbb\xbf{}", b"\x1f\x8b\x08\x00"] {
        assert_eq!(named(&post(&api, "application/json", bytes.to_vec()).await), "400");
    }
    let nul =
        format!("{{\"url\":\"{URL}\",\"criteria\":{{\"a\":\"b\\u0000\"}},\"secret\":\"12345678\\u0000\"}}");
    assert_eq!(named(&post(&api, "application/json", nul).await), "400 criteria secret");
    for bad in [
        "application/jsonx",
        "application/json; charset=utf-16",
        "multipart/form-data; boundary=x",
        "application/xml",
    ] {
        assert_eq!(named(&post(&api, bad, format!("{{\"url\":\"{URL}\"}}")).await), "415", "{bad}");
    }
    let encoded = api.request(Method::POST, WEBHOOKS).header(CONTENT_ENCODING, "gzip").json(&json!({}));
    assert_eq!(named(&api.send(encoded).await), "415");
    assert_eq!(count(&api).await, 0, "a refused request left something behind");
    for good in ["text/json", "application/json; charset=utf-8", "application/vnd.swo.webhook+json"] {
        assert_eq!(post(&api, good, format!("{{\"url\":\"{URL}\"}}")).await.status, 201, "{good}");
    }
    let path = format!("{WEBHOOKS}/WBH-0000-0001");
    let put = api.request(Method::PUT, &path).header(CONTENT_TYPE, "text/plain").body("{}");
    assert_eq!(named(&api.send(put).await), "415");
}

#[tokio::test]
async fn requests_for_somebody_else() {
    let (_app, _, api) = northline().await;
    let foreign = api.request(Method::GET, WEBHOOKS).header(HOST, "evil.example");
    assert_eq!(named(&api.send(foreign).await), "421");
    assert_eq!(named(&api.send(api.request(Method::GET, WEBHOOKS).header("belfry-hop", "1")).await), "508");
}

#[tokio::test]
async fn a_hundred_requests_a_minute() {
    let app = TestApp::start_with(&[("rate_limits", "on")]).await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    let path = create(&api, &json!({ "url": URL })).await;
    for _ in 0..99 {
        assert_eq!(api.get(&path).await.status, 200);
    }
    app.wait_seconds(20);
    let refused = api.get(WEBHOOKS).await;
    assert_eq!(refused.header("retry-after"), Some("40"));
    shape("softwareone_rate_limited", &app, &refused);
    assert_eq!(app.api(company).await.get(&path).await.status, 200, "another key is counted by itself");
    app.wait_seconds(40);
    assert_eq!(api.get(&path).await.status, 200);
}

/// The name of a request leads to its id.
#[tokio::test]
async fn every_answer_has_its_own_trace() {
    let (_app, _, api) = northline().await;
    let (one, two) = (api.get("/public/v1/x").await, api.get("/public/v1/x").await);
    assert_ne!(one.json()["traceId"], two.json()["traceId"]);
    assert_ne!(one.header("x-request-id"), two.header("x-request-id"));
}
