//! What this door says of itself in the OpenAPI document.

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{ContentBuilder, HttpMethod, Ref, schema::ArrayBuilder};

use super::Aggregate;
use super::errors::NO_SUCH_WEBHOOK;
use super::wire::{Message, TokenRequest, TokenView, WebhookRequest, WebhookSaved, WebhookView};
use crate::api::door::Dialect;
use crate::api::openapi::operation::{Operation, json};
use crate::api::openapi::part::{ErrorCode, Errors, Part, Schemas};
use crate::api::openapi::shapes;
use crate::api::words;

const ABOUT: &str = "Aggregate Intelligence's webhook API at the root: an endpoint and a credential that is \
    sent to it. Listing, reading and deleting are additions of Belfry. All requests of one credential are \
    counted together. Errors are a status and a message for people.";
const JSON: &[&str] = &["application/json"];
const ID: &str = "The webhook's number.";

/// Statuses with a page. Answers of this door have no codes of their own.
const STATUSES: [u16; 13] = [400, 401, 403, 404, 405, 408, 409, 413, 415, 421, 429, 500, 503];

/// The door's part.
pub fn part() -> Part {
    Part {
        name: "Aggregate",
        slug: "aggregate",
        about: ABOUT,
        operations: operations(),
        limit: Aggregate::limit,
        schemas: Schemas::default()
            .with::<TokenRequest>()
            .with::<TokenView>()
            .with::<WebhookRequest>()
            .with::<WebhookView>()
            .with::<WebhookSaved>()
            .with::<Message>()
            .0,
        errors: Errors {
            content_type: "application/json",
            schema: Message::name().into_owned(),
            example: |_, words| json!({ "message": words }),
            codes: STATUSES
                .iter()
                .filter_map(|status| StatusCode::from_u16(*status).ok())
                .map(code)
                .collect(),
        },
        headers: &[],
    }
}

fn code(status: StatusCode) -> ErrorCode {
    ErrorCode {
        slug: format!("aggregate-{}", status.as_u16()),
        name: format!("Aggregate {status}"),
        status,
        kind: "",
        advice: match status.as_u16() {
            400 => "A field of the body or a parameter breaks a rule, the body is not a JSON object, or PUT \
                names a webhook that does not exist. The message names every field that is wrong."
                .to_owned(),
            404 => {
                "There is no webhook with this id that the credential may see, or no such path.".to_owned()
            }
            _ => words::of_status(status).to_owned(),
        },
    }
}

fn operations() -> Vec<Operation> {
    use HttpMethod::{Delete, Get, Post, Put};
    vec![
        Operation::new(
            Post,
            "/authtoken",
            "aggregateIssueToken",
            "Exchange a user name and a password for a token",
        )
        .about("For people with access to the console. Ten tries in 60 seconds from one address.")
        .public()
        .takes(
            JSON,
            &json::<TokenRequest>(
                json!({ "userName": "maya@example.com", "password": "correct horse battery staple" }),
            ),
        )
        .answers(200, "A token.", Some(json::<TokenView>(token())))
        .refuses(401, "User name or password is wrong.")
        .refuses(403, "The account runs the service and has no access to webhooks.")
        .refuses(404, "Nobody has this user name. Only said when the operator has chosen so; otherwise 401."),
        Operation::new(Post, "/webhooks", "aggregateCreateWebhook", "Create a webhook")
            .takes(JSON, &request())
            .answers(201, "The webhook as it is now.", Some(saved("Webhook created successfully")))
            .leads_to(
                &["aggregateGetWebhook", "aggregateUpdateWebhook", "aggregateDeleteWebhook"],
                "webhookId",
                "$response.body#/webhookId",
            )
            .refuses(400, "A field breaks a rule. The message names every one."),
        Operation::new(Put, "/webhooks", "aggregateUpdateOnlyWebhook", "Replace the only webhook of a kind")
            .about("Means the one webhook whose isAlertHook is that of the body.")
            .takes(JSON, &request())
            .answers(200, "The webhook as it is now.", Some(saved("Webhook updated successfully")))
            .refuses(400, "A field breaks a rule, or there is no such webhook or more than one.")
            .refuses(409, words::of_status(StatusCode::CONFLICT)),
        Operation::new(Get, "/webhooks", "aggregateListWebhooks", "List webhooks, newest first")
            .in_query("page", "Which part of the list.", shapes::page(), json!(1))
            .in_query("pageSize", "Webhooks of a part; 1,000 at most.", shapes::page_size(1_000), json!(100))
            .answers(200, "The webhooks.", Some(list()))
            .with_header("X-Total-Count", shapes::header("How many webhooks there are.", true))
            .refuses(400, "A parameter breaks a rule."),
        Operation::new(Get, "/webhooks/{webhookId}", "aggregateGetWebhook", "Read a webhook")
            .in_path("webhookId", ID, shapes::whole(1), json!(7))
            .answers(200, "The webhook.", Some(json::<WebhookView>(webhook())))
            .refuses(404, NO_SUCH_WEBHOOK),
        Operation::new(Put, "/webhooks/{webhookId}", "aggregateUpdateWebhook", "Replace a webhook")
            .about("Replaces what this door knows; what only others know stays.")
            .in_path("webhookId", ID, shapes::whole(1), json!(7))
            .takes(JSON, &request())
            .answers(200, "The webhook as it is now.", Some(saved("Webhook updated successfully")))
            .refuses(400, "A field breaks a rule, or there is no webhook with this id.")
            .refuses(409, words::of_status(StatusCode::CONFLICT)),
        Operation::new(Delete, "/webhooks/{webhookId}", "aggregateDeleteWebhook", "Delete a webhook")
            .in_path("webhookId", ID, shapes::whole(1), json!(7))
            .answers(
                200,
                "It is gone.",
                Some(json::<Message>(json!({ "message": "Webhook deleted successfully" }))),
            )
            .refuses(404, NO_SUCH_WEBHOOK),
    ]
}

fn request() -> utoipa::openapi::Content {
    json::<WebhookRequest>(json!({
        "isAlertHook": true,
        "endpoint": "https://hooks.example.com/alerts",
        "authType": "bearer",
        "token": "s3cr3t-token",
    }))
}

fn webhook() -> Value {
    json!({
        "webhookId": "7",
        "isAlertHook": true,
        "endpoint": "https://hooks.example.com/alerts",
        "authType": "bearer",
        "token": "********",
    })
}

fn saved(message: &str) -> utoipa::openapi::Content {
    let mut saved = json!({ "message": message });
    if let (Some(saved), Value::Object(webhook)) = (saved.as_object_mut(), webhook()) {
        saved.extend(webhook);
    }
    json::<WebhookSaved>(saved)
}

fn list() -> utoipa::openapi::Content {
    let array = ArrayBuilder::new().items(Ref::from_schema_name(WebhookView::name()));
    ContentBuilder::new().schema(Some(array)).example(Some(json!([webhook()]))).build()
}

fn token() -> Value {
    json!({
        "type": "bearer",
        "token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJVc2VySWQiOiI0In0.c2lnbmF0dXJl",
        "expiresIn": "86399",
        "issued": "2026-04-28T06:14:22Z",
        "expires": "2026-04-29T06:14:21Z",
    })
}
