//! The doors, as integrators meet them.

mod aggregate_token;
mod aggregate_webhooks;
mod bad_input;
mod cross_door;
mod one_room;
mod openapi;
mod our_failures;
mod softwareone_calls;
mod softwareone_errors;
mod softwareone_list;
mod softwareone_webhooks;
mod telemax_alert_records;
mod telemax_companies;
mod telemax_errors;
mod telemax_events;
mod telemax_links;
mod telemax_statuses;
mod telemax_token;
mod telemax_webhooks;
mod zstack_endpoints;
mod zstack_secrets;
mod zstack_test;

use serde_json::{Map, Value, json};

use super::support::api::Answer;
use super::support::{ApiClient, TestApp};

/// A destination that may be saved. Nothing is sent to it: the engine of the tests is stepped.
pub const URL: &str = "https://hooks.example.com/alerts";

/// Compares status, telling headers and body with a snapshot. What differs from run to run is masked, after
/// it was found to have its shape.
pub fn shape(name: &str, app: &TestApp, answer: &Answer) {
    const TELLING: [&str; 9] = [
        "content-type",
        "location",
        "x-api-version",
        "allow",
        "retry-after",
        "www-authenticate",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
    ];
    let told = |name: &&str| answer.header(name).map(|value| ((*name).to_owned(), json!(value)));
    let headers: Map<String, Value> = TELLING.iter().filter_map(told).collect();
    let mut body = if answer.text.is_empty() { Value::Null } else { answer.json() };
    mask(&mut body, app);
    let whole = json!({ "status": answer.status, "headers": headers, "body": body });
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_json_snapshot!(name, whole);
    });
}

fn mask(value: &mut Value, app: &TestApp) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, app)),
        Value::Object(entries) => {
            for (key, value) in entries {
                match (key.as_str(), value.as_str()) {
                    ("requestId", Some(text)) => {
                        assert!(is_request_id(text), "{text}");
                        *value = json!("[request id]");
                    }
                    ("traceId", Some(text)) => {
                        assert!(is_trace_id(text), "{text}");
                        *value = json!("[trace id]");
                    }
                    ("secret", Some(text)) if text.len() == 32 => {
                        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{text}");
                        *value = json!("[32 letters and digits]");
                    }
                    ("secret", Some("*******************")) => {}
                    ("secret", Some(text)) => {
                        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte);
                        assert!(text.len() == 64 && text.bytes().all(is_hex), "{text}");
                        *value = json!("[64 hexadecimal digits]");
                    }
                    ("access_token" | "token", Some(text)) if text.contains('.') => {
                        assert_eq!(text.split('.').count(), 3);
                        *value = json!("[token]");
                    }
                    ("signingSecretPlaintext", Some(text)) if text.starts_with("whsec_") => {
                        assert_eq!(text.len(), 6 + 43, "{text}");
                        *value = json!("[whsec_ and 43 characters]");
                    }
                    ("signingSecretMasked", Some(text)) if text.len() == 8 => {
                        assert!(text.starts_with("****"), "{text}");
                        *value = json!("[****last]");
                    }
                    ("eventId", Some(text)) => {
                        assert_eq!(text.len(), 36);
                        *value = json!("[uuid]");
                    }
                    (_, Some(text)) if text.starts_with(&app.url) => {
                        *value = json!(text.replace(&app.url, "[url]"));
                    }
                    _ => mask(value, app),
                }
            }
        }
        _ => {}
    }
}

/// `0HNLTALNU4DCO:00000004`
pub fn is_request_id(text: &str) -> bool {
    let is_base32 = |byte: u8| byte.is_ascii_digit() || (b'A'..=b'V').contains(&byte);
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte);
    text.split_once(':').is_some_and(|(process, number)| {
        (process.len(), number.len()) == (13, 8)
            && process.bytes().all(is_base32)
            && number.bytes().all(is_hex)
    })
}

/// `00-9e02a91b64ac56904703a3a69ea9101d-56be90a29d0b0b25-00`
pub fn is_trace_id(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_hex = |part: &&str| part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    parts.iter().all(is_hex) && parts.iter().map(|part| part.len()).eq([2, 32, 16, 2])
}

/// `404 WEBHOOK_NOT_FOUND`
pub fn verdict(answer: &Answer) -> String {
    match answer.text.as_str() {
        "" => answer.status.to_string(),
        _ => match answer.json()["code"].as_str() {
            Some(code) => format!("{} {code}", answer.status),
            None => answer.status.to_string(),
        },
    }
}

/// A new webhook for `alerts`; its id.
pub async fn create(api: &ApiClient, alerts: &[i64]) -> i64 {
    let body = json!({ "url": URL, "alertIds": alerts, "isGlobal": alerts.is_empty() });
    let answer = api.post("/api/v2/webhooks", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["id"].as_i64().expect("an id")
}
