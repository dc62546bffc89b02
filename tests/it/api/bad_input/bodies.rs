//! Bodies that are no JSON object, are declared as something else, or are too large.

use reqwest::Method;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE};
use serde_json::Value;

use super::{app, doors, is_refused, rows, sends};
use crate::api::shape;

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
            is_refused(&door, &sends(&api, &Method::POST, door.path, body()).await, door.invalid, what);
            is_refused(&door, &sends(&api, &Method::PUT, &one, body()).await, door.invalid, what);
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
        is_refused(
            &door,
            &sends(&api, &Method::POST, door.path, fits.to_owned()).await,
            door.invalid,
            "at the limit",
        );
        assert_eq!(rows(&app).await, [], "{}", door.name);
    }
}

/// The rows of `tests/vectors/bad_bodies.jsonl`.
fn vectors() -> Vec<(String, Vec<u8>)> {
    let row = |line: &str| {
        let row: Value = serde_json::from_str(line).expect("JSON");
        let text = |name: &str| row[name].as_str().map(str::to_owned);
        let bytes = text("body").map(String::into_bytes);
        let bytes = bytes.or_else(|| data_encoding::BASE64.decode(text("base64")?.as_bytes()).ok());
        (format!("{} {}", row["id"], row["why"]), bytes.expect("a body"))
    };
    include_str!("../../../vectors/bad_bodies.jsonl").lines().map(row).collect()
}

#[tokio::test]
async fn no_body_of_the_table_is_taken_anywhere() {
    let (app, _) = app().await;
    let company = app.company("Southline").await;
    let (api, alert) = (app.api(company).await, app.alert(company, 8).await);
    for door in doors() {
        assert_eq!(api.post(door.path, &door.body).await.status, door.created);
    }
    let before = rows(&app).await;
    let [telemax, aggregate, zstack, softwareone] = doors();
    // Every operation that reads a body. The numbers are those in which the doors made their webhooks above.
    let event = format!("/api/v2/alerts/{alert}/events");
    let operations = [
        (&telemax, Method::POST, "/api/v2/webhooks"),
        (&telemax, Method::PUT, "/api/v2/webhooks/1"),
        (&telemax, Method::POST, "/api/v2/webhooks/1/link-alert"),
        (&telemax, Method::POST, &*event),
        (&aggregate, Method::POST, "/webhooks"),
        (&aggregate, Method::PUT, "/webhooks"),
        (&aggregate, Method::PUT, "/webhooks/2"),
        (&aggregate, Method::POST, "/authtoken"),
        (&zstack, Method::POST, "/api/v1/alerting/webhook-endpoints"),
        (&zstack, Method::PUT, "/api/v1/alerting/webhook-endpoints/wh-003"),
        (&zstack, Method::POST, "/api/v1/alerting/webhook-endpoints/wh-003/rotate-secret"),
        (&zstack, Method::POST, "/api/v1/alerting/webhook-endpoints/wh-003/test"),
        (&softwareone, Method::POST, "/public/v1/notifications/webhooks"),
        (&softwareone, Method::PUT, "/public/v1/notifications/webhooks/WBH-0000-0004"),
    ];
    for (what, body) in vectors() {
        for (door, method, path) in &operations {
            // An empty body says nothing, and so does the object that these two ask for.
            if what.contains("whitespace") && (path.ends_with("rotate-secret") || path.ends_with("/test")) {
                continue;
            }
            let answer = sends(&api, method, path, body.clone()).await;
            is_refused(door, &answer, door.invalid, &format!("{what} at {method} {path}"));
        }
    }
    assert_eq!(rows(&app).await, before);
}
