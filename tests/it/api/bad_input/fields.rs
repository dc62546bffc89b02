//! Fields with what does not belong into them: every kind of value, at every door, when creating and when updating.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Door, app_of_the_open_internet, doors, is_refused, rows, sends};
use crate::support::ApiClient;
use reqwest::Method;

/// No text of any door may be one of these.
fn no_texts() -> Vec<Value> {
    vec![
        json!(1),
        json!(true),
        json!([]),
        json!(["a"]),
        json!({ "a": "b" }),
        json!("12345678\0"),
        json!("https://hooks.example.com/a\r\nX-Injected: 1"),
        json!("https://hooks.example.com/\u{1b}[2J"),
        json!("https://hooks.example.com/".repeat(200)),
    ]
}

/// The door's good body with one field changed, and what has to stand beside it.
fn with(door: &Door, field: &str, value: &Value, beside: &Value) -> Value {
    let mut body = door.body.clone();
    for (name, value) in beside.as_object().expect("an object") {
        body[name] = value.clone();
    }
    body[field] = value.clone();
    body
}

async fn is_refused_twice(api: &ApiClient, door: &Door, body: &Value, field: &str) {
    let one = format!("{}/{}", door.path, door.first);
    for (method, path) in [(Method::POST, door.path), (Method::PUT, &*one)] {
        let answer = sends(api, &method, path, body.to_string()).await;
        let what: String = format!("{method} {body}").chars().take(300).collect();
        is_refused(door, &answer, door.invalid, &what);
        assert!(answer.text.contains(field), "{} {what}: names the field: {}", door.name, answer.text);
    }
}

#[tokio::test]
async fn every_text_and_flag_is_judged_at_every_door() {
    for door in doors() {
        let (app, api) = app_of_the_open_internet().await;
        assert_eq!(api.post(door.path, &door.body).await.status, door.created);
        let before = rows(&app).await;
        for (field, beside) in &door.texts {
            for value in no_texts() {
                is_refused_twice(&api, &door, &with(&door, field, &value, beside), field).await;
            }
        }
        for flag in &door.flags {
            for value in [json!(1), json!("true"), json!([]), json!({})] {
                is_refused_twice(&api, &door, &with(&door, flag, &value, &json!({})), flag).await;
            }
        }
        assert_eq!(rows(&app).await, before, "{}", door.name);
    }
}

/// A row of `tests/vectors/bad_fields.jsonl`.
#[derive(Deserialize)]
struct Row {
    id: String,
    door: String,
    /// `create`, `update` or `link`.
    at: String,
    why: String,
    status: u16,
    body: String,
}

#[tokio::test]
async fn no_field_of_the_table_is_taken() {
    let (app, api) = app_of_the_open_internet().await;
    for door in doors() {
        assert_eq!(api.post(door.path, &door.body).await.status, door.created);
    }
    let before = rows(&app).await;
    let doors = doors();
    for line in include_str!("../../../vectors/bad_fields.jsonl").lines() {
        let row: Row = serde_json::from_str(line).expect("a row");
        let door = doors.iter().find(|door| door.name == row.door).expect("a door");
        let one = format!("{}/{}", door.path, door.first);
        let (method, path) = match row.at.as_str() {
            "create" => (Method::POST, door.path.to_owned()),
            "update" => (Method::PUT, one),
            _ => (Method::POST, format!("{one}/link-alert")),
        };
        let answer = sends(&api, &method, &path, row.body).await;
        is_refused(door, &answer, row.status, &format!("{} {}", row.id, row.why));
    }
    assert_eq!(rows(&app).await, before);
}

/// What only Belfry writes cannot be written: refused by the door that refuses unknown fields, ignored by the others.
#[tokio::test]
async fn nobody_writes_what_is_not_theirs() {
    for door in doors() {
        let (app, api) = app_of_the_open_internet().await;
        assert_eq!(api.post(door.path, &door.body).await.status, door.created);
        let before = rows(&app).await;
        let one = format!("{}/{}", door.path, door.first);
        for (field, value) in [
            ("id", json!(999)),
            ("companyId", json!(2)),
            ("version", json!(99)),
            ("createdAt", json!("2020-01-01T00:00:00Z")),
            ("createdBy", json!("somebody")),
            ("disabled", json!(true)),
            ("format", json!("zstack")),
            ("receives", json!("tests")),
            ("statistics", json!({ "total": 9 })),
            ("warning", json!("x")),
            ("__proto__", json!({ "isAdmin": true })),
        ] {
            let body = with(&door, field, &value, &json!({}));
            let answer = sends(&api, &Method::PUT, &one, body.to_string()).await;
            assert_eq!(answer.status, door.unknown_field, "{} {field}: {}", door.name, answer.text);
        }
        assert_eq!(rows(&app).await, before, "{}", door.name);
    }
}
