//! The schemas of what is sent in: it is read by hand, so they are written by hand.

use std::borrow::Cow;

use serde_json::json;
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder};
use utoipa::openapi::{KnownFormat, ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

use super::{AcceptedDto, LinkRequest, WebhookRequest};
use crate::actions::events::EVENTS_MAX;
use crate::api::openapi::shapes;
use crate::domain::event::NAME_CHARS_MAX;

impl PartialSchema for WebhookRequest {
    fn schema() -> RefOr<Schema> {
        let flag = |default: bool, about| {
            ObjectBuilder::new()
                .schema_type(Type::Boolean)
                .default(Some(json!(default)))
                .description(Some(about))
        };
        let body = |title, alert_ids: ArrayBuilder| {
            ObjectBuilder::new()
                .title(Some(title))
                .property("url", shapes::endpoint_url())
                .required("url")
                .property(
                    "alertIds",
                    alert_ids.description(Some(
                        "Alerts of your companies, 50 at most; the same one twice counts once.",
                    )),
                )
                .property("isActive", flag(true, "Whether it gets deliveries."))
        };
        // 50 different ones at most: the same one twice counts once, which a schema cannot say.
        let ids = || ArrayBuilder::new().items(shapes::whole(1));
        let linked = body("For linked alerts", ids().min_items(Some(1))).required("alertIds").property(
            "isGlobal",
            flag(false, "Whether it receives every alert, linked or not.").enum_values(Some([false])),
        );
        let global = body("For every alert", ids())
            .property("isGlobal", ObjectBuilder::new().schema_type(Type::Boolean).enum_values(Some([true])))
            .required("isGlobal");
        OneOfBuilder::new().item(linked).item(global).into()
    }
}

impl ToSchema for WebhookRequest {
    fn name() -> Cow<'static, str> {
        "telemax.WebhookRequest".into()
    }
}

impl PartialSchema for LinkRequest {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .property("alertId", shapes::whole(1).description(Some("The alert.")))
            .required("alertId")
            .into()
    }
}

impl ToSchema for LinkRequest {
    fn name() -> Cow<'static, str> {
        "telemax.LinkRequest".into()
    }
}

/// The form of the token request.
pub struct TokenRequest;

impl PartialSchema for TokenRequest {
    fn schema() -> RefOr<Schema> {
        let key = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("An API key made in the console."));
        ObjectBuilder::new().property("apiKey", key).required("apiKey").into()
    }
}

impl ToSchema for TokenRequest {
    fn name() -> Cow<'static, str> {
        "telemax.TokenRequest".into()
    }
}

/// One event, as [`Payload::parse`](crate::domain::event::Payload::parse) reads it.
pub struct Event;

impl PartialSchema for Event {
    fn schema() -> RefOr<Schema> {
        let degrees = |limit: f64| {
            ObjectBuilder::new().schema_type(Type::Number).minimum(Some(-limit)).maximum(Some(limit))
        };
        let position = ObjectBuilder::new()
            .property("lat", degrees(90.0))
            .required("lat")
            .property("lng", degrees(180.0))
            .required("lng");
        let direction = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(359));
        let at = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .pattern(Some(r"^(20[0-9]{2}|2100|1999|2101)-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"))
            .description(Some("RFC 3339, in the years 2000 to 2100."));
        let part = || nullable(shapes::text(shapes::LINE_OR_NOTHING, NAME_CHARS_MAX));
        let address = ["street", "suburb", "state", "postcode", "country"]
            .into_iter()
            .fold(ObjectBuilder::new(), |address, name| address.property(name, part()));
        ObjectBuilder::new()
            .property("vehicleId", shapes::whole(1))
            .required("vehicleId")
            .property("vehicleName", shapes::text(shapes::LINE, NAME_CHARS_MAX))
            .required("vehicleName")
            .property("position", position)
            .required("position")
            .property("direction", direction.description(Some("Degrees.")))
            .required("direction")
            .property("timestamp", at)
            .required("timestamp")
            .property("address", nullable(address))
            .property(
                "data",
                nullable(
                    ObjectBuilder::new()
                        .description(Some("What belongs to the alert's type; 60 levels at most.")),
                ),
            )
            .into()
    }
}

impl ToSchema for Event {
    fn name() -> Cow<'static, str> {
        "telemax.Event".into()
    }
}

/// One event, or an array of them.
pub struct Events;

impl PartialSchema for Events {
    fn schema() -> RefOr<Schema> {
        let one = Ref::from_schema_name(Event::name());
        let many = ArrayBuilder::new().items(one.clone()).min_items(Some(1)).max_items(Some(EVENTS_MAX));
        OneOfBuilder::new().item(one).item(many).into()
    }
}

impl ToSchema for Events {
    fn name() -> Cow<'static, str> {
        "telemax.Events".into()
    }
}

/// What is said of one event, or of each.
pub struct Accepteds;

impl PartialSchema for Accepteds {
    fn schema() -> RefOr<Schema> {
        let one = Ref::from_schema_name(AcceptedDto::name());
        OneOfBuilder::new().item(one.clone()).item(ArrayBuilder::new().items(one)).into()
    }
}

impl ToSchema for Accepteds {
    fn name() -> Cow<'static, str> {
        "telemax.AcceptedEvents".into()
    }
}

fn nullable(schema: ObjectBuilder) -> AnyOfBuilder {
    AnyOfBuilder::new().item(schema).item(shapes::null())
}
