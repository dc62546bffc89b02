//! The schemas of what is sent in: [`super::request`] is read by hand, so they are written by hand.

use std::borrow::Cow;

use serde_json::json;
use utoipa::openapi::schema::{AdditionalProperties, AnyOfBuilder};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::webhook::types;
use super::{CreateWebhook, UpdateWebhook};
use crate::api::openapi::shapes;
use crate::domain::webhook::call_type::CallType;
use crate::domain::webhook::criteria::{KEY_CHARS_MAX, PAIRS_MAX, VALUE_CHARS_MAX};
use crate::domain::webhook::settings::DESCRIPTION_CHARS_MAX;

impl PartialSchema for CreateWebhook {
    fn schema() -> RefOr<Schema> {
        let kind = types()
            .default(Some(json!(CallType::default().name())))
            .description(Some("Letter case aside. A label: what arrives is decided by criteria."));
        let secret = shapes::secret().description(Some("8 to 256 printable characters."));
        closed()
            .property("url", shapes::endpoint_url())
            .required("url")
            .property("type", kind)
            .property("description", or_null(description(), "What it is for."))
            .property("criteria", or_null(criteria(), "Pairs that an event must have; null is none."))
            .property("secret", shapes::or_nothing(secret, "Absent, null or empty: one is made."))
            .into()
    }
}

impl ToSchema for CreateWebhook {
    fn name() -> Cow<'static, str> {
        "softwareone.CreateWebhook".into()
    }
}

impl PartialSchema for UpdateWebhook {
    fn schema() -> RefOr<Schema> {
        let id = shapes::text(r"^WBH-[0-9]{4,}-[0-9]{4}$", 24);
        closed()
            .property("webhookId", wrapped(id, true, "The id of the address again."))
            .property("url", wrapped(shapes::endpoint_url(), false, "Where to."))
            .property("description", wrapped(description(), true, "Null clears it."))
            .property("criteria", wrapped(criteria(), true, "Replaces all pairs; null clears them."))
            .property("secret", wrapped(shapes::secret(), false, "Replaces the secret."))
            .property(
                "lastCall",
                ObjectBuilder::new().description(Some("Taken and passed over.")).schema_type(any()),
            )
            .into()
    }
}

impl ToSchema for UpdateWebhook {
    fn name() -> Cow<'static, str> {
        "softwareone.UpdateWebhook".into()
    }
}

/// Unknown fields are refused.
fn closed() -> ObjectBuilder {
    ObjectBuilder::new().additional_properties(Some(AdditionalProperties::FreeForm(false)))
}

fn any() -> utoipa::openapi::schema::SchemaType {
    utoipa::openapi::schema::SchemaType::AnyValue
}

fn null() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Null)
}

fn or_null(schema: impl Into<RefOr<Schema>>, about: &str) -> RefOr<Schema> {
    AnyOfBuilder::new().item(schema).item(null()).description(Some(about)).into()
}

/// A value, or `{"value": …}` with or without the read-only `hasValue`.
fn wrapped(value: ObjectBuilder, is_nullable: bool, about: &str) -> RefOr<Schema> {
    let value = value.build();
    let inner: RefOr<Schema> = if is_nullable { or_null(value.clone(), about) } else { value.clone().into() };
    let flag = ObjectBuilder::new().schema_type(Type::Boolean).description(Some("Read-only."));
    let wrapper = closed().property("value", inner).required("value").property("hasValue", flag);
    let absent = closed()
        .property("hasValue", ObjectBuilder::new().schema_type(Type::Boolean).enum_values(Some([false])))
        .required("hasValue");
    let either = AnyOfBuilder::new().description(Some(about)).item(value).item(wrapper).item(absent);
    if is_nullable { either.item(null()).into() } else { either.into() }
}

/// A line, or white space, which is as good as nothing.
fn description() -> ObjectBuilder {
    let line = shapes::name("");
    let line = line.trim_start_matches('^').trim_end_matches('$');
    shapes::text(&format!(r"^(\s*|{line})$"), DESCRIPTION_CHARS_MAX)
}

/// Dotted path → text.
fn criteria() -> ObjectBuilder {
    let path = shapes::text(r"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$", KEY_CHARS_MAX);
    let value = shapes::text(r"^[^\x00-\x1f\x7f-\x9f]*$", VALUE_CHARS_MAX);
    ObjectBuilder::new()
        .property_names(Some(Schema::from(path.build())))
        .additional_properties(Some(value))
        .max_properties(Some(PAIRS_MAX))
        .examples([json!({ "alertType": "Speeding" })])
}
