//! The schema of what is sent in: it is read by hand, so it is written by hand.

use std::borrow::Cow;

use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::wire::EndpointRequest;
use crate::api::openapi::shapes;
use crate::domain::webhook::settings::NAME_CHARS_MAX;

impl PartialSchema for EndpointRequest {
    fn schema() -> RefOr<Schema> {
        let signing =
            ObjectBuilder::new().schema_type(Type::Boolean).description(Some("Whether requests are signed."));
        let secret = shapes::secret().description(Some("8 to 256 printable characters."));
        let secret_about =
            "Missing, null or empty: one is made when there is none, and the one that there is stays.";
        ObjectBuilder::new()
            .property(
                "name",
                shapes::text(&shapes::name(""), NAME_CHARS_MAX)
                    .description(Some("For people; need not be unique.")),
            )
            .required("name")
            .property("url", shapes::endpoint_url())
            .required("url")
            .property("signingEnabled", signing)
            .required("signingEnabled")
            .property("signingSecret", shapes::or_nothing(secret, secret_about))
            .into()
    }
}

impl ToSchema for EndpointRequest {
    fn name() -> Cow<'static, str> {
        "zstack.EndpointRequest".into()
    }
}
