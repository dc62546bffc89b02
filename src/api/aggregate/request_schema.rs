//! The schemas of what is sent in: it is read by hand, so they are written by hand.

use std::borrow::Cow;

use utoipa::openapi::{ObjectBuilder, OneOfBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::wire::{TokenRequest, WebhookRequest};
use crate::api::openapi::shapes;
use crate::domain::webhook::auth::{PASSWORD_BYTES_MAX, TOKEN_BYTES_MAX, USER_NAME_BYTES_MAX};

/// The rules of [`AuthInput::parse`](crate::domain::webhook::auth::AuthInput::parse) as far as a schema can say
/// them: one shape for each kind of credential.
impl PartialSchema for WebhookRequest {
    fn schema() -> RefOr<Schema> {
        // No token begins or ends with white space, and no secret is a mask.
        const QUERY: &str =
            r"^(?!\*+$)[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f\u2028\u2029]*[^\s\x00-\x1f\x7f-\x9f])?$";
        const BEARER: &str = r"^(?!\*+$)[!-~]+$";
        let password = shapes::LINE.replacen('^', r"^(?!\*+$)", 1);
        let basic = [
            ("userName", shapes::text(&shapes::name(":"), USER_NAME_BYTES_MAX)),
            ("password", shapes::text(&password, PASSWORD_BYTES_MAX)),
        ];
        let token = |pattern| [("token", shapes::text(pattern, TOKEN_BYTES_MAX))];
        let in_header = ["authheader", "header"];
        OneOfBuilder::new()
            .description(Some("Which of userName, password and token are given follows from authType."))
            .item(variant("No credential", &["none"], []))
            .item(variant("Basic", &["basic"], basic))
            .item(variant("A token in the query", &["querystring"], token(QUERY)))
            .item(variant("A token in a header", &in_header, token(shapes::PRINTABLE)))
            .item(variant("A bearer token", &["bearer"], token(BEARER)))
            .into()
    }
}

impl ToSchema for WebhookRequest {
    fn name() -> Cow<'static, str> {
        "aggregate.WebhookRequest".into()
    }
}

/// The body with exactly this `credential`.
fn variant<const N: usize>(
    title: &str,
    auth_types: &[&str],
    credential: [(&str, ObjectBuilder); N],
) -> ObjectBuilder {
    let is_alert_hook = ObjectBuilder::new()
        .schema_type(Type::Boolean)
        .default(Some(false.into()))
        .description(Some("Whether it receives alerts, or nothing but tests."));
    let auth_type = shapes::one_of(auth_types.iter().copied()).description(Some("Letter case aside."));
    let object = ObjectBuilder::new()
        .title(Some(title))
        .property("isAlertHook", is_alert_hook)
        .property("endpoint", shapes::endpoint_url())
        .required("endpoint")
        .property("authType", auth_type)
        .required("authType");
    let others = ["userName", "password", "token"]
        .into_iter()
        .filter(|name| credential.iter().all(|(given, _)| given != name))
        .collect::<Vec<_>>();
    let object = credential
        .into_iter()
        .fold(object, |object, (name, schema)| object.property(name, schema).required(name));
    let nothing = || shapes::nothing("Must not be given; an empty text is not given.");
    others.into_iter().fold(object, |object, name| object.property(name, nothing()))
}

impl PartialSchema for TokenRequest {
    fn schema() -> RefOr<Schema> {
        let text = |about| {
            ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).description(Some(about))
        };
        ObjectBuilder::new()
            .property("userName", text("An e-mail address."))
            .required("userName")
            .property("password", text("As for the console."))
            .required("password")
            .into()
    }
}

impl ToSchema for TokenRequest {
    fn name() -> Cow<'static, str> {
        "aggregate.TokenRequest".into()
    }
}
