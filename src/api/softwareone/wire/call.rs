//! An attempt as this door shows it (contract 4.4).

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::super::status_name;
use crate::domain::attempt::Outcome;
use crate::domain::history::Attempt;
use crate::domain::time::Timestamp;

/// Bytes of the headers' text at most.
const HEADERS_BYTES_MAX: usize = 8 * 1_024;
/// Bytes of an answer's body at most.
const RESPONSE_BYTES_MAX: usize = 16 * 1_024;
/// Headers that carry credentials.
const CREDENTIALS: [&str; 7] = [
    "set-cookie",
    "set-cookie2",
    "cookie",
    "authorization",
    "proxy-authorization",
    "authentication-info",
    "x-api-key",
];

/// One call.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = softwareone::WebhookCall)]
pub struct WebhookCall {
    /// Whether it was answered with 2xx.
    pub success: bool,
    /// When it began.
    #[schema(format = DateTime)]
    pub call_time: String,
    /// When the answer came; null when none did.
    #[schema(format = DateTime)]
    pub response_time: Option<String>,
    /// The answer's headers as JSON text, without credentials, 8 KiB at most.
    pub headers: Option<String>,
    /// What went wrong.
    pub error: Option<String>,
    /// The answer's body, 16 KiB at most.
    pub response: Option<String>,
    /// The answer's reason phrase.
    pub reason_phrase: Option<String>,
    /// The status by the name that .NET gives it, or its number.
    pub http_status_code: Option<String>,
}

impl WebhookCall {
    /// What is known of an attempt.
    pub fn of(attempt: &Attempt) -> Self {
        let answered = attempt.status.and(attempt.finished_at);
        Self {
            success: attempt.outcome == Some(Outcome::Success),
            call_time: attempt.started_at.rfc3339_millis(),
            response_time: answered.map(Timestamp::rfc3339_millis),
            headers: attempt.status.map(|_| headers(&attempt.response_headers)),
            error: error(attempt),
            response: attempt.response_body.as_deref().map(text),
            reason_phrase: attempt.reason.clone(),
            http_status_code: attempt.status.map(status_name::of),
        }
    }

    /// What is left of an attempt that retention has removed.
    pub fn forgotten(success: bool, at: Timestamp) -> Self {
        Self {
            success,
            call_time: at.rfc3339_millis(),
            response_time: None,
            headers: None,
            error: None,
            response: None,
            reason_phrase: None,
            http_status_code: None,
        }
    }
}

fn error(attempt: &Attempt) -> Option<String> {
    let words = match attempt.outcome? {
        Outcome::Success => return None,
        Outcome::Interrupted => "We stopped in the middle of the request.",
        Outcome::Failure(class) => class.sentence(),
    };
    Some(match attempt.detail.as_deref() {
        Some(detail) if !detail.is_empty() => format!("{words} {detail}"),
        _ => words.to_owned(),
    })
}

/// A JSON object; of headers that come twice, the values joined. What does not fit any more is left out.
fn headers(headers: &[(String, String)]) -> String {
    let mut object = Map::new();
    for (name, value) in headers {
        let name = name.to_ascii_lowercase();
        if CREDENTIALS.contains(&name.as_str()) {
            continue;
        }
        let value = match object.get(&name) {
            Some(Value::String(first)) => format!("{first}, {value}"),
            _ => value.clone(),
        };
        let before = object.insert(name.clone(), Value::String(value));
        if Value::Object(object.clone()).to_string().len() > HEADERS_BYTES_MAX {
            match before {
                Some(before) => object.insert(name, before),
                None => object.remove(&name),
            };
        }
    }
    Value::Object(object).to_string()
}

/// A body as text: what is no UTF-8 is replaced.
fn text(body: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(body).into_owned();
    let end = (0..=RESPONSE_BYTES_MAX.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    text.truncate(end.unwrap_or_default());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn headers_without_credentials_and_within_their_bound() {
        let plain =
            [pair("Content-Type", "a\"b"), pair("Set-Cookie", "s=1"), pair("Via", "x"), pair("via", "y")];
        assert_eq!(headers(&plain), r#"{"content-type":"a\"b","via":"x, y"}"#);
        let many: Vec<_> = (0..100).map(|at| pair(&format!("x-{at}"), &"é".repeat(200))).collect();
        let shown = headers(&many);
        assert!(shown.len() <= HEADERS_BYTES_MAX && shown.len() > HEADERS_BYTES_MAX - 500);
        assert!(serde_json::from_str::<Value>(&shown).is_ok());
    }

    #[test]
    fn bodies_are_text_within_their_bound() {
        assert_eq!(text(b"a\xffb"), "a\u{fffd}b");
        let long = text(&[0xff; 16_384]);
        assert!(long.len() <= RESPONSE_BYTES_MAX && long.len() > RESPONSE_BYTES_MAX - 3);
    }
}
