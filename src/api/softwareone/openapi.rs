//! What this door says of itself in the OpenAPI document.

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::{Content, Header, HttpMethod, Object, ObjectBuilder, RefOr, Schema, Type};

use super::Softwareone;
use super::errors::explained;
use super::wire::{
    CreateWebhook, OBJECT_TYPES, ProblemDetails, STATUSES as STATES, UpdateWebhook, Webhook, WebhookList,
};
use crate::api::door::{Dialect, Refusal};
use crate::api::openapi::operation::{Operation, json};
use crate::api::openapi::part::{ErrorCode, Errors, Part, Schemas};
use crate::api::openapi::shapes;
use crate::domain::rql::properties;
use crate::domain::webhook::call_type::CallType;

const ABOUT: &str = "SoftwareOne's webhook notifications: criteria say which events arrive, a JWT signed \
    with the webhook's secret says who sends them. Lists are asked in RQL. Errors are problem details (RFC \
    9457); `errors` names every property or path that is wrong. Bodies are read as application/json, \
    text/json and every application/…+json.";
const JSON: &[&str] = &["application/json", "text/json"];
const LIST: &str = "/public/v1/notifications/webhooks";
const ONE: &str = "/public/v1/notifications/webhooks/{id}";
const NO_WEBHOOK: &str = "There is no webhook with this id.";
const RQL: &str = "The filter is the query string itself, in RQL: `eq(status,Enabled)`, \
    `ilike(url,*example*)`, `and(gt(statistics.failures,0),not(status=Disabled))`, \
    `any(criteria,key=\"product.id\")`. The shortcut `status=Enabled` means eq. Operators: and or not eq ne \
    gt ge lt le like ilike in out any all; values: null() and empty(). Depth 16, 100 nodes, 100 items in a \
    list.";

/// Statuses with a page. Answers of this door have no codes of their own.
const STATUSES: [u16; 13] = [400, 401, 403, 404, 405, 408, 409, 413, 415, 421, 429, 500, 503];

/// The door's part.
pub fn part() -> Part {
    let schemas = Schemas::default()
        .with::<CreateWebhook>()
        .with::<UpdateWebhook>()
        .with::<Webhook>()
        .with::<WebhookList>()
        .with::<ProblemDetails>();
    Part {
        name: "SoftwareOne",
        slug: "softwareone",
        about: ABOUT,
        operations: operations(),
        limit: Softwareone::limit,
        schemas: schemas
            .0
            .into_iter()
            .map(|(name, schema)| (name.clone(), selectable(&name, schema)))
            .collect(),
        errors: Errors {
            content_type: "application/problem+json",
            schema: ProblemDetails::name().into_owned(),
            example: problem,
            codes: STATUSES
                .iter()
                .filter_map(|status| StatusCode::from_u16(*status).ok())
                .map(code)
                .collect(),
        },
        headers: &[],
    }
}

/// What `select` takes away is missing: of a webhook and of its parts nothing is certain but the id.
fn selectable(name: &str, schema: RefOr<Schema>) -> RefOr<Schema> {
    const PARTS: [&str; 8] =
        ["Webhook", "Audit", "AuditEvent", "Reference", "Account", "Statistics", "Criterion", "WebhookCall"];
    let is_part = name.strip_prefix("softwareone.").is_some_and(|name| PARTS.contains(&name));
    match schema {
        RefOr::T(Schema::Object(mut object)) if is_part => {
            object.required.retain(|field| name == Webhook::name() && field == "id");
            object.into()
        }
        schema => schema,
    }
}

fn problem(status: StatusCode, words: &str) -> Value {
    json!({
        "type": explained(status),
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": words,
        "traceId": "00-9e02a91b64ac56904703a3a69ea9101d-56be90a29d0b0b25-00",
    })
}

fn code(status: StatusCode) -> ErrorCode {
    ErrorCode {
        slug: format!("softwareone-{}", status.as_u16()),
        name: format!("SoftwareOne {status}"),
        status,
        kind: explained(status),
        advice: match status.as_u16() {
            400 => "A property of the body or the RQL in the query breaks a rule, or the body is not a JSON \
                object. `errors` names every property or path, with what is wrong with it."
                .to_owned(),
            404 => {
                "There is no webhook with this id that the credential may see, or no such path.".to_owned()
            }
            _ => super::errors::Error::of_status(status).detail,
        },
    }
}

fn operations() -> Vec<Operation> {
    use HttpMethod::{Delete, Get, Post, Put};
    let with_id = |operation: Operation| {
        let id = shapes::text(r"^WBH-[0-9]{4,}-[0-9]{4}$", 24);
        operation
            .in_path("id", "The webhook's number, spelled as SoftwareOne does.", id, json!("WBH-0000-0007"))
            .refuses(404, NO_WEBHOOK)
    };
    let selecting = |operation: Operation| {
        operation
            .in_query("select", "Which parts are shown: `-audit`, `-*,+id,+url`.", select(), json!("-audit"))
            .refuses(400, "A property or `select` breaks a rule. `errors` names every one.")
    };
    let updating =
        |operation: Operation| operation.refuses(409, "It was changed by somebody else meanwhile.");
    vec![
        Operation::new(Get, LIST, "softwareoneListWebhooks", "List webhooks")
            .about(RQL)
            .in_query(
                "filter",
                "Shortcuts of the filter. The whole of RQL goes beyond what OpenAPI can say.",
                filter(),
                json!({ "status": "Enabled" }),
            )
            .in_query(
                "select",
                "Which parts are shown. Lists leave out audit, lastSuccess, lastFailure and lastCall.",
                select(),
                json!("+audit"),
            )
            .in_query(
                "order",
                "Up to 16 properties, `-` for descending. By audit only when it is selected.",
                order(),
                json!("-id"),
            )
            .in_query(
                "limit",
                "Webhooks of a part; 100 at most. None, and only the total, for 0.",
                shapes::count().default(Some(json!(10))),
                json!(10),
            )
            .in_query("offset", "How many to pass over.", shapes::count().default(Some(json!(0))), json!(0))
            .answers(200, "The webhooks, by default oldest first.", Some(json::<WebhookList>(list())))
            .refuses(400, "The RQL cannot be read or asks for what it may not. `errors` names every fault."),
        selecting(Operation::new(Post, LIST, "softwareoneCreateWebhook", "Create a webhook"))
            .takes(
                JSON,
                &json::<CreateWebhook>(json!({
                    "url": "https://hooks.example.com/orders",
                    "type": "ValidatePurchaseOrderDraft",
                    "description": "Orders of one product",
                    "criteria": { "product.id": "PRD-6233-9657" },
                    "secret": null,
                })),
            )
            .answers(
                201,
                "The webhook. The only answer that shows the secret.",
                Some(json::<Webhook>(webhook("9wPgVq2xLk4TzR7sNc1bYd8mHf3jAe6u"))),
            )
            .with_header("Location", location())
            .leads_to(&IDS, "id", "$response.body#/id"),
        with_id(selecting(Operation::new(Get, ONE, "softwareoneGetWebhook", "Read a webhook"))).answers(
            200,
            "The webhook.",
            Some(masked()),
        ),
        updating(with_id(selecting(Operation::new(
            Put,
            ONE,
            "softwareoneUpdateWebhook",
            "Change a webhook",
        ))))
        .about("Only the fields that are there change. `type` and `status` cannot be changed here.")
        .takes(
            JSON,
            &json::<UpdateWebhook>(json!({
                "url": { "value": "https://hooks.example.com/orders/v2" },
                "description": { "value": null },
            })),
        )
        .answers(200, "The webhook as it is now.", Some(masked())),
        with_id(Operation::new(Delete, ONE, "softwareoneDeleteWebhook", "Delete a webhook")).answers(
            204,
            "It is gone.",
            None,
        ),
        updating(with_id(Operation::new(Post, ENABLE, "softwareoneEnableWebhook", "Switch a webhook on")))
            .answers(204, "It is enabled, or was so before.", None),
        updating(with_id(Operation::new(Post, DISABLE, "softwareoneDisableWebhook", "Switch a webhook off")))
            .answers(204, "It is disabled, or was so before.", None),
    ]
}

const ENABLE: &str = "/public/v1/notifications/webhooks/{id}/enable";
const DISABLE: &str = "/public/v1/notifications/webhooks/{id}/disable";
/// What one does with a webhook that one has just made.
const IDS: [&str; 5] = [
    "softwareoneGetWebhook",
    "softwareoneUpdateWebhook",
    "softwareoneDeleteWebhook",
    "softwareoneEnableWebhook",
    "softwareoneDisableWebhook",
];

fn select() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(
        r"^([^()\x00-\x1f\x7f-\x9f]|[^()\s,+\-\x00-\x1f\x7f-\x9f]\([^()\x00-\x1f\x7f-\x9f]*\))*$",
    ))
}

fn order() -> ObjectBuilder {
    let sortable = properties::PROPERTIES.into_iter().filter(|property| property.sortable);
    let paths: Vec<String> = sortable.map(|property| property.path.replace('.', r"\.")).collect();
    let key = format!(r"[+\-]?({})", paths.join("|"));
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(format!("^[ ,]*{key} *(,[ ,]*({key} *)?){{0,15}}$")))
}

fn filter() -> ObjectBuilder {
    ObjectBuilder::new()
        .property("status", shapes::one_of(STATES))
        .property("type", shapes::one_of(CallType::ALL.map(CallType::name)))
        .property("objectType", shapes::one_of(OBJECT_TYPES))
        .property("id", shapes::text(r"^WBH-[0-9]{4,}-[0-9]{4}$", 24))
        .additional_properties(Some(AdditionalProperties::FreeForm(false)))
}

fn location() -> Header {
    let mut header = Header::new(Object::with_type(Type::String));
    header.description = Some("The webhook's own address.".to_owned());
    header
}

fn masked() -> Content {
    json::<Webhook>(webhook("*******************"))
}

fn webhook(secret: &str) -> Value {
    let event = json!({ "at": "2026-04-28T06:14:22.000Z", "by": { "id": "TKN-0000-0004", "name": "Orders", "icon": null } });
    json!({
        "id": "WBH-0000-0007",
        "audit": { "created": event, "updated": event },
        "url": "https://hooks.example.com/orders",
        "description": "Orders of one product",
        "status": "Enabled",
        "type": "ValidatePurchaseOrderDraft",
        "secret": secret,
        "statistics": { "total": 0, "successes": 0, "failures": 0, "failuresSinceLastSuccess": 0 },
        "objectType": "Order",
        "account": { "id": "ACC-0000-0012", "icon": null, "type": "Client", "status": "Active", "name": "Northline" },
        "object": { "id": "PRD-6233-9657", "name": "PRD-6233-9657", "icon": null },
        "criteria": [{ "key": "product.id", "value": "PRD-6233-9657" }],
        "lastSuccess": null,
        "lastFailure": null,
        "lastCall": null,
    })
}

fn list() -> Value {
    let mut webhook = webhook("*******************");
    let omitted = ["audit", "lastSuccess", "lastFailure", "lastCall"];
    if let Some(fields) = webhook.as_object_mut() {
        for name in omitted {
            fields.remove(name);
        }
        fields.insert("$meta".to_owned(), json!({ "omitted": omitted }));
    }
    json!({
        "$meta": { "pagination": { "offset": 0, "limit": 10, "total": 1 }, "omitted": omitted },
        "data": [webhook],
    })
}
