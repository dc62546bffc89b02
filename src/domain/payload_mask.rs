//! What somebody sees of a body who may not see the values in it: names, structure and types.
//!
//! A value leaves nothing of itself, not even its length. What is not JSON is withheld: nobody can tell its names from
//! its values.

use std::fmt::Write as _;

use serde_json::Value;

use super::history::Attempt;

/// What stands for a text, and in front of the word for everything else.
pub const MASK: &str = "•••";

/// Bytes of a body that are looked at; a longer one is withheld. No masked body is more than ten times as long.
const BYTES_MAX: usize = 64 * 1024;
/// Objects and lists in one another that are opened. An event has at most 61.
const DEPTH_MAX: usize = 64;
/// Characters of a name that is shown.
const NAME_CHARS_MAX: usize = 64;

/// `body` with each value masked, as compact JSON; a sentence with its size when it is no JSON, or too long. An empty
/// body stays empty.
pub fn body(body: &[u8]) -> String {
    let value = if body.len() <= BYTES_MAX { serde_json::from_slice::<Value>(body).ok() } else { None };
    match value {
        _ if body.is_empty() => String::new(),
        Some(value) => {
            let mut out = String::new();
            write(&value, 0, &mut out);
            out
        }
        None if body.len() > BYTES_MAX => {
            format!("{} bytes are withheld: they are too many to be masked.", body.len())
        }
        None => format!(
            "{} bytes are withheld: they are not JSON, so no value in them can be masked.",
            body.len()
        ),
    }
}

fn write(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(_) if depth >= DEPTH_MAX => out.push_str("\"••• object\""),
        Value::Array(_) if depth >= DEPTH_MAX => out.push_str("\"••• list\""),
        Value::Object(object) => {
            out.push('{');
            for (at, (key, inner)) in object.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                if is_name(key) {
                    let _ = write!(out, "\"{key}\":");
                } else {
                    let _ = write!(out, "\"{MASK} name {}\":", at + 1);
                }
                write(inner, depth + 1, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (at, inner) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(inner, depth + 1, out);
            }
            out.push(']');
        }
        Value::String(_) => out.push_str("\"•••\""),
        Value::Number(_) => out.push_str("\"••• number\""),
        Value::Bool(_) => out.push_str("\"••• true or false\""),
        Value::Null => out.push_str("\"••• null\""),
    }
}

/// Whether `key` reads like the name of a field. What does not may be a value that something is filed under.
fn is_name(key: &str) -> bool {
    let mut chars = key.chars();
    chars.next().is_some_and(|first| first.is_ascii_alphabetic() || matches!(first, '_' | '$' | '@'))
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '$' | '@' | ':'))
        && key.len() <= NAME_CHARS_MAX
}

/// Headers of an answer that say how it was made and nothing of what it is about.
const PLAIN_HEADERS: [&str; 19] = [
    "age",
    "allow",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "keep-alive",
    "retry-after",
    "server",
    "strict-transport-security",
    "transfer-encoding",
    "upgrade",
    "vary",
    "via",
    "www-authenticate",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
];

/// The value of a header of an answer: as it is where it tells how the answer was made, masked everywhere else.
pub fn header<'v>(name: &str, value: &'v str) -> &'v str {
    let is_plain = PLAIN_HEADERS.iter().any(|plain| plain.eq_ignore_ascii_case(name));
    if is_plain || value.is_empty() { value } else { MASK }
}

/// `attempt` as it is seen by who may not see values. A receiver may send back what it was sent: its body is masked,
/// its headers but for a few, and its reason phrase, which any text may be, is `reason` instead.
pub fn attempt(attempt: &Attempt, reason: Option<&str>) -> Attempt {
    let masked = |(name, value): &(String, String)| (name.clone(), header(name, value).to_owned());
    Attempt {
        reason: attempt.reason.as_ref().and(reason).map(str::to_owned),
        response_headers: attempt.response_headers.iter().map(masked).collect(),
        response_body: attempt.response_body.as_deref().map(|bytes| body(bytes).into_bytes()),
        ..attempt.clone()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, json};

    use super::*;

    fn masked(value: &Value) -> String {
        body(value.to_string().as_bytes())
    }

    #[test]
    fn names_structure_and_types_stay() {
        let event = json!({
            "vehicleName": "TRK-118", "position": {"lat": 53.5461, "lng": -9.9}, "address": null,
            "data": {"isExit": true, "tags": ["a", 1, [], {}]}, "$ref": "", "x-y.z:@1_": 0,
        });
        assert_eq!(
            masked(&event),
            r#"{"vehicleName":"•••","position":{"lat":"••• number","lng":"••• number"},"address":"••• null","data":{"isExit":"••• true or false","tags":["•••","••• number",[],{}]},"$ref":"•••","x-y.z:@1_":"••• number"}"#
        );
        assert_eq!(masked(&json!("ok")), "\"•••\"");
        assert_eq!(masked(&json!(53.5461)), "\"••• number\"");
    }

    #[test]
    fn what_something_is_filed_under_is_a_value() {
        let filed = json!({ "490154203237518": 1, "Depot Nord": 2, "": 3, "kept": 4, "x".repeat(65): 5 });
        assert_eq!(
            masked(&filed),
            r#"{"••• name 1":"••• number","••• name 2":"••• number","••• name 3":"••• number","kept":"••• number","••• name 5":"••• number"}"#
        );
    }

    #[test]
    fn what_is_not_json_is_withheld_with_its_size() {
        for (text, size) in
            [("TRK-118 was here", "16 "), ("{\"a\":\"TRK-118\"", "14 "), ("{\"a\":1} TRK-118", "15 ")]
        {
            let said = body(text.as_bytes());
            assert!(said.starts_with(size) && said.contains("not JSON") && !said.contains("TRK"), "{said}");
        }
        assert!(body(b"\xff\xfe").starts_with("2 bytes are withheld"));
        assert_eq!(body(b""), "");
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let nested = (0..100).fold(json!("TRK-118"), |inner, _| json!([inner]));
        assert_eq!(
            masked(&nested),
            format!("{}\"••• list\"{}", "[".repeat(DEPTH_MAX), "]".repeat(DEPTH_MAX))
        );
        let nested = (0..100).fold(json!("TRK-118"), |inner, _| json!({ "a": inner }));
        assert!(masked(&nested).contains("\"••• object\"") && !masked(&nested).contains("TRK"));
        // Deeper than the parser goes.
        let deep = format!("{}\"TRK-118\"{}", "[".repeat(500), "]".repeat(500));
        assert!(body(deep.as_bytes()).starts_with("1009 bytes are withheld"));
        let long = format!("[\"{}\"]", "x".repeat(BYTES_MAX));
        assert!(body(long.as_bytes()).contains("too many"));
        let many = format!("[{}1]", "1,".repeat(BYTES_MAX / 2 - 2));
        assert!(body(many.as_bytes()).len() <= 10 * BYTES_MAX);
    }

    #[test]
    fn a_receiver_says_how_and_not_what() {
        assert_eq!(header("Retry-After", "900"), "900");
        assert_eq!(header("X-Vehicle", "TRK-118"), MASK);
        assert_eq!(header("Location", "https://a.example/?lat=53.5461"), MASK);
        assert_eq!(header("X-Empty", ""), "");
    }

    /// Values are in capitals and digits, names in small letters: what is found of a value is no name.
    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            "[A-Z0-9 \"\\\\é]{3,40}".prop_map(Value::String),
            (100_i64..i64::MAX).prop_map(Value::from),
            (-90.0_f64..90.0).prop_map(|number| json!(number)),
            any::<bool>().prop_map(Value::Bool),
            Just(Value::Null),
        ];
        leaf.prop_recursive(8, 64, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
                prop::collection::vec(("[a-z]{1,8}|[A-Z]{3,9} [0-9]{3}", inner), 0..6)
                    .prop_map(|pairs| Value::Object(Map::from_iter(pairs))),
            ]
        })
    }

    /// The texts of the leaves, as they are and as JSON spells them, and names that are none.
    fn leaves(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(object) => {
                found.extend(object.keys().filter(|key| key.contains(' ')).cloned());
                object.values().for_each(|inner| leaves(inner, found));
            }
            Value::Array(items) => items.iter().for_each(|inner| leaves(inner, found)),
            Value::String(text) => found.extend([text.clone(), value.to_string()]),
            Value::Number(number) => found.push(number.to_string()),
            Value::Bool(_) | Value::Null => {}
        }
    }

    fn shape(value: &Value) -> String {
        match value {
            Value::Object(object) => format!("{{{}}}", object.values().map(shape).collect::<String>()),
            Value::Array(items) => format!("[{}]", items.iter().map(shape).collect::<String>()),
            _ => "·".to_owned(),
        }
    }

    proptest! {
        #[test]
        fn no_value_survives(value in values(), is_cut: bool) {
            let mut bytes = value.to_string().into_bytes();
            if is_cut {
                bytes.truncate(bytes.len() / 2);
            }
            let said = body(&bytes);
            let mut found = Vec::new();
            leaves(&value, &mut found);
            for leaf in found.iter().filter(|leaf| leaf.trim().chars().count() >= 3) {
                prop_assert!(!said.contains(leaf.as_str()), "{} in {}", leaf, said);
            }
            if !is_cut {
                prop_assert_eq!(shape(&serde_json::from_str(&said).unwrap()), shape(&value));
            }
        }

        /// Two bodies that differ in their values alone are seen as the same.
        #[test]
        fn nothing_is_told_of_a_text(one in ".{0,40}", other in ".{0,40}") {
            prop_assert_eq!(masked(&json!({ "a": one })), masked(&json!({ "a": other })));
        }
    }
}
