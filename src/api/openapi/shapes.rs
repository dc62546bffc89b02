//! Schemas of fields that several doors have, and of parameters.

use serde_json::{Value, json};
use utoipa::openapi::schema::{KnownFormat, SchemaType};
use utoipa::openapi::{Header, Object, ObjectBuilder, OneOfBuilder, RefOr, Schema, SchemaFormat, Type};

use crate::domain::webhook::signing::{SECRET_BYTES_MAX, SECRET_BYTES_MIN};

/// Printable ASCII that neither begins nor ends with a space, and is not the mask of a secret.
pub const PRINTABLE: &str = r"^(?!\*+$)[!-~]([ -~]*[!-~])?$";
/// Characters without controls and line breaks, one of which can be seen.
pub const LINE: &str =
    r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f\u2028\u2029]*$";
/// Characters without controls and line breaks, or none at all.
pub const LINE_OR_NOTHING: &str = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$";

/// Characters that cannot be seen or turn the order of others (see `domain::text::is_deceptive`), for a class of a
/// pattern. The last three ranges have no escape that every kind of pattern knows.
const DECEPTIVE: &str = "\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b\\u200e\\u200f\\u202a-\\u202e\
    \\u2060-\\u206f\\u2800\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}";

/// The pattern of what people call something: a line without deceptive characters and without those of `not`, a part of
/// a class.
pub fn name(not: &str) -> String {
    let unfit = format!(r"{not}\x00-\x1f\x7f-\x9f\u2028\u2029{DECEPTIVE}");
    format!(r"^[^{unfit}]*[^\s{unfit}][^{unfit}]*$")
}

/// A header of an answer.
pub fn header(about: &str, is_number: bool) -> Header {
    let kind = if is_number { Type::Integer } else { Type::String };
    let mut header = Header::new(Object::with_type(kind));
    header.description = Some(about.to_owned());
    header
}

/// A destination. Its bound is in bytes, and schemas count characters. The pattern says what can be told from the text: https, and a full host name, whose last part has a
/// letter, or an address.
pub fn endpoint_url() -> ObjectBuilder {
    // Of ASCII only letters, digits, hyphen and underscore; and every letter beyond it.
    const IN_LABEL: &str = r"[^\x00-\x2c./:-@\[-\^`{-\x7f\s]";
    const LETTER: &str = r"[^\x00-@\[-`{-\x7f\s]";
    let name = format!(r"({IN_LABEL}+[.\u3002\uff0e\uff61])+{IN_LABEL}*{LETTER}{IN_LABEL}*\.?");
    let address = r"[0-9]{1,3}(\.[0-9]{1,3}){3}|\[[0-9A-Fa-f:.]+\]";
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::Custom("iri".to_owned())))
        .pattern(Some(format!(r"^[Hh][Tt][Tt][Pp][Ss]://({name}|{address})(:[0-9]*)?([/?][^\s#\\]*)?$")))
        .description(Some(
            "The destination: an https URL of at most 2,048 bytes whose host is public, without a user name \
                and without \
             a fragment, on no port of another protocol.",
        ))
        .examples([json!("https://hooks.example.com/alerts")])
}

/// A secret that somebody brings.
pub fn secret() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(SECRET_BYTES_MIN))
        .max_length(Some(SECRET_BYTES_MAX))
        .pattern(Some(PRINTABLE))
}

/// Nothing but null.
pub fn null() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Null)
}

/// Absent is as good as null or an empty text.
pub fn nothing(about: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .max_length(Some(0))
        .description(Some(about))
}

/// `schema`, or null, or an empty text.
pub fn or_nothing(schema: ObjectBuilder, about: &str) -> RefOr<Schema> {
    OneOfBuilder::new().item(schema).item(nothing(about)).description(Some(about)).into()
}

/// A text of one of the shapes above.
pub fn text(pattern: &str, chars_max: usize) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).max_length(Some(chars_max))
}

/// A whole number from `minimum` on.
pub fn whole(minimum: i64) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(minimum))
        .maximum(Some(i64::MAX))
}

/// A whole number of 0 or more. What is too large to count with counts as the largest.
pub fn count() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0))
}

/// A page's number, counted from 1.
pub fn page() -> ObjectBuilder {
    whole(1).default(Some(json!(1)))
}

/// How many a page has; who asks for more than `max` gets that many.
pub fn page_size(default: i64) -> ObjectBuilder {
    whole(1).default(Some(json!(default)))
}

/// A text out of a closed list.
pub fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names.into_iter().map(Value::from)))
}
