//! JSON bodies, read strictly: where two parsers could disagree about what a body says, it is refused.
//!
//! One object (or an array where those are allowed), declared as JSON in UTF-8, no byte order mark, no key
//! twice at any level, 64 levels at most, and within the size limit. serde alone would take an array for a
//! struct, keep the last of two equal keys, and skip 100,000 levels of an unknown field.

use std::cell::Cell;
use std::fmt;

use actix_web::HttpRequest;
use actix_web::web::Payload;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::body::{self, Unread};

/// Nested levels that a body may have, counting itself (contract 00.7).
pub const DEPTH_MAX: usize = 64;

/// Why a body is not taken. Each door answers in its own shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonError {
    /// Not declared as JSON in UTF-8.
    ContentType,
    /// Longer than this many bytes.
    TooLarge(usize),
    /// It ended early or came too slowly.
    Incomplete,
    /// Nothing but white space.
    Empty,
    /// Something else than an object (or, where allowed, an array).
    WrongKind,
    /// An object has one key twice.
    DuplicateKey,
    /// More than [`DEPTH_MAX`] levels.
    TooDeep,
    /// Not JSON, from here on.
    Syntax {
        /// 1-based.
        line: usize,
        /// 1-based, in bytes.
        column: usize,
    },
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ContentType => {
                f.write_str("The body has to be declared as “Content-Type: application/json”, in UTF-8.")
            }
            Self::TooLarge(bytes) => write!(f, "The body may have at most {bytes} bytes."),
            Self::Incomplete => f.write_str("The body did not arrive completely."),
            Self::Empty => f.write_str("The body is empty."),
            Self::WrongKind => f.write_str("The body has to be a JSON object."),
            Self::DuplicateKey => f.write_str("The body has an object with the same key twice."),
            Self::TooDeep => write!(f, "The body may have at most {DEPTH_MAX} nested levels."),
            Self::Syntax { line, column } => {
                write!(f, "The body is not JSON from line {line}, column {column} on.")
            }
        }
    }
}

/// The body as an object.
///
/// # Errors
/// [`JsonError`].
pub async fn object(req: &HttpRequest, payload: Payload) -> Result<Map<String, Value>, JsonError> {
    let body = bytes(req, payload, body::BODY_BYTES_MAX).await?;
    match parse(&body)? {
        Value::Object(object) => Ok(object),
        _ => Err(JsonError::WrongKind),
    }
}

/// The bytes of a body that is declared as JSON; they are judged by [`parse`].
///
/// # Errors
/// [`JsonError`].
pub async fn bytes(req: &HttpRequest, payload: Payload, bytes_max: usize) -> Result<Vec<u8>, JsonError> {
    if !body::declares(req, "application/json") {
        return Err(JsonError::ContentType);
    }
    match body::read(req, payload, bytes_max).await {
        Ok(body) => Ok(body.to_vec()),
        Err(Unread::TooLarge(bytes_max)) => Err(JsonError::TooLarge(bytes_max)),
        Err(Unread::Broken) => Err(JsonError::Incomplete),
    }
}

/// An object or an array.
///
/// # Errors
/// [`JsonError`].
pub fn parse(body: &[u8]) -> Result<Value, JsonError> {
    let begin = body.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    match begin {
        None => return Err(JsonError::Empty),
        Some(b'{' | b'[') => {}
        // Told apart for the message only: a bare number is JSON, `url=…` is not.
        Some(_) if serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok() => {
            return Err(JsonError::WrongKind);
        }
        Some(_) => return Err(JsonError::Syntax { line: 1, column: 1 }),
    }
    let why = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(body);
    let result = Strict { levels_left: DEPTH_MAX, why: &why }.deserialize(&mut reader);
    result.and_then(|value| reader.end().map(|()| value)).map_err(|error| {
        why.get().unwrap_or(JsonError::Syntax { line: error.line(), column: error.column() })
    })
}

/// Reads any value; counts levels and refuses keys that came before.
#[derive(Clone, Copy)]
struct Strict<'a> {
    levels_left: usize,
    why: &'a Cell<Option<JsonError>>,
}

impl Strict<'_> {
    fn refuse<E: serde::de::Error>(self, why: JsonError) -> E {
        self.why.set(Some(why));
        E::custom("refused")
    }

    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.levels_left.checked_sub(1) {
            Some(levels_left) => Ok(Self { levels_left, ..self }),
            None => Err(self.refuse(JsonError::TooDeep)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(self.refuse(JsonError::DuplicateKey));
            }
            let value = entries.next_value_seed(inner)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: impl AsRef<[u8]>) -> JsonError {
        parse(body.as_ref()).unwrap_err()
    }

    #[test]
    fn keeps_what_was_written() {
        let text = r#"{"b":110.0,"a":[1,-2,true,null,"\u00e9"],"c":{"d":{}}}"#;
        let expected = r#"{"b":110.0,"a":[1,-2,true,null,"é"],"c":{"d":{}}}"#;
        assert_eq!(parse(text.as_bytes()).unwrap().to_string(), expected);
        assert_eq!(parse(b" \r\n\t[] ").unwrap(), Value::Array(Vec::new()));
    }

    #[test]
    fn one_key_once_at_every_level() {
        assert_eq!(refused(r#"{"a":1,"a":1}"#), JsonError::DuplicateKey);
        assert_eq!(refused(r#"{"x":[{"y":{"a":1,"\u0061":2}}]}"#), JsonError::DuplicateKey);
        assert!(parse(br#"{"a":{"a":1},"b":{"a":1}}"#).is_ok());
    }

    #[test]
    fn sixty_four_levels() {
        let nested = |levels: usize| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
        assert!(parse(nested(64).as_bytes()).is_ok());
        assert_eq!(refused(nested(65)), JsonError::TooDeep);
        assert_eq!(refused(nested(20_000)), JsonError::TooDeep);
        assert_eq!(refused("[".repeat(100_000)), JsonError::TooDeep);
    }

    #[test]
    fn only_objects_and_arrays() {
        for kind in ["1", "\"url\"", "null", "true", "-0.5"] {
            assert_eq!(refused(kind), JsonError::WrongKind, "{kind}");
        }
        assert_eq!(refused(" \r\n\t "), JsonError::Empty);
        assert_eq!(refused(""), JsonError::Empty);
    }

    #[test]
    fn what_is_not_json_is_told_where() {
        for text in [
            r#"{"url":"a""#,
            r#"{"url":"a"}}"#,
            r#"{"url":"a"} {}"#,
            "{'url':'a'}",
            r#"{"url":"a" /* x */}"#,
            r#"{"a":NaN}"#,
            r#"{"a":007}"#,
            r#"{"a":1e400}"#,
            r#"{"a":"\x41"}"#,
            r#"{"a":"\ud800"}"#,
            r#"{"a":1,}"#,
            "{\"a\":\"\0\"}",
            "url=a",
        ] {
            assert!(matches!(refused(text), JsonError::Syntax { line: 1, .. }), "{text}");
        }
        for bytes in
            [&b"{\"a\":\"\xff\xfe\"}"[..], b"{\"a\":\"\xc0\xaf\"}", b"\xef\xbb\xbf{}", b"\x1f\x8b\x08"]
        {
            assert!(matches!(refused(bytes), JsonError::Syntax { .. }));
        }
    }
}
