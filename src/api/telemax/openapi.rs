//! What this door says of itself in the OpenAPI document.

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{Content, HttpMethod, KnownFormat, ObjectBuilder, SchemaFormat, Type};

use super::Telemax;
use super::code::Code;
use super::errors::Error;
use super::wire::{
    AcceptedDto, Accepteds, AlertConfigDto, AlertRecordDto, CompaniesDto, Done, Envelope, ErrorBody, Event,
    Events, LinkRequest, TokenDto, TokenRequest, WebhookDto, WebhookRequest,
};
use crate::api::door::{Dialect, Refusal};
use crate::api::openapi::operation::{Operation, json, json_named};
use crate::api::openapi::part::{ErrorCode, Errors, Part, Schemas};
use crate::api::openapi::shapes;
use crate::domain::alert_record::CONSIDERED_MAX;

const ABOUT: &str = "Telemax's External API V2: webhooks for chosen alerts or for all, and the companies \
    and alerts that they are for. Reporting that an alert fired is an addition of Belfry. Each \
    route is counted by itself. Every error has a code, and every code a page.";
const JSON: &[&str] = &["application/json"];
const FORM: &[&str] = &["application/x-www-form-urlencoded"];
const LIST: &str = "/api/v2/webhooks";
const ONE: &str = "/api/v2/webhooks/{id}";
const LINK: &str = "/api/v2/webhooks/{id}/link-alert";
const WEBHOOK_PAGE: &str = "telemax.WebhookPage";
const RECORD_PAGE: &str = "telemax.AlertRecordPage";
const ALERT_PAGE: &str = "telemax.AlertPage";
const NO_WEBHOOK: &str = "WEBHOOK_NOT_FOUND: there is no webhook with this id, or it is another company's.";
const PARAMETER: &str = "INVALID_PARAMETER: page and pageSize are whole numbers of 1 or more.";
const BODY: &str = "INVALID_BODY, INVALID_URL, ALERT_IDS_REQUIRED, ALERT_NOT_FOUND, UNSUPPORTED_ALERT_TYPE \
    or TOO_MANY_ALERTS: the description names every field that is wrong.";
/// What one does with a webhook that one has just made.
const IDS: [&str; 4] =
    ["telemaxGetWebhook", "telemaxUpdateWebhook", "telemaxDeleteWebhook", "telemaxLinkAlert"];

/// The door's part.
pub fn part() -> Part {
    Part {
        name: "Telemax",
        slug: "telemax",
        about: ABOUT,
        operations: operations(),
        limit: Telemax::limit,
        schemas: Schemas::default()
            .with::<TokenRequest>()
            .with::<TokenDto>()
            .with::<WebhookRequest>()
            .with::<WebhookDto>()
            .named::<Envelope<WebhookDto>>(WEBHOOK_PAGE)
            .with::<AlertConfigDto>()
            .with::<LinkRequest>()
            .with::<CompaniesDto>()
            .named::<Envelope<AlertConfigDto>>(ALERT_PAGE)
            .with::<AlertRecordDto>()
            .named::<Envelope<AlertRecordDto>>(RECORD_PAGE)
            .with::<Event>()
            .with::<Events>()
            .with::<AcceptedDto>()
            .with::<Accepteds>()
            .with::<Done>()
            .with::<ErrorBody>()
            .0,
        errors: Errors {
            content_type: "application/json",
            schema: ErrorBody::name().into_owned(),
            example: error,
            codes: Code::ALL.into_iter().map(code).collect(),
        },
        headers: &[("X-API-Version", "2")],
    }
}

fn code(code: Code) -> ErrorCode {
    let status = code.status();
    ErrorCode {
        slug: code.slug(),
        name: code.name().to_owned(),
        status,
        kind: code.kind(status),
        advice: code.advice().to_owned(),
    }
}

/// The code is the first that `words` name, or the status's own.
fn error(status: StatusCode, words: &str) -> Value {
    let named = Code::ALL.into_iter().find(|code| words.starts_with(code.name()));
    let code = named.unwrap_or_else(|| Error::of_status(status).code);
    json!({
        "type": code.kind(status),
        "code": code.name(),
        "description": code.advice(),
        "requestId": "0HNLTALNU4DCO:00000004",
        "docUrl": format!("https://belfry.example.com/docs/errors/{}", code.slug()),
    })
}

fn operations() -> Vec<Operation> {
    let mut all = webhooks();
    all.extend(companies_and_alerts());
    all.extend(alert_records());
    all
}

fn webhooks() -> Vec<Operation> {
    use HttpMethod::{Delete, Get, Post, Put};
    let with_id = |operation: Operation| {
        operation.in_path("id", "The webhook's number.", shapes::whole(1), json!(7)).refuses(404, NO_WEBHOOK)
    };
    vec![
        Operation::new(
            Post,
            "/api/v2/authentication/token/api-key",
            "telemaxIssueToken",
            "Exchange an API key for a token",
        )
        .about(
            "As a form; a JSON body is refused like a wrong key. Ten tries in 60 seconds from one address.",
        )
        .public()
        .takes(FORM, &json::<TokenRequest>(json!({ "apiKey": "bfy_kR2mX7…" })))
        .answers(
            200,
            "A token.",
            Some(json::<TokenDto>(json!({
                "access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJVc2VySWQiOiI0In0.c2lnbmF0dXJl",
                "token_type": "bearer",
                "expires_in": 86_399,
            }))),
        )
        .refuses(401, "INVALID_CREDENTIALS: the key is missing, unknown, revoked or has run out."),
        Operation::new(Post, LIST, "telemaxCreateWebhook", "Create a webhook")
            .takes(JSON, &request())
            .answers(
                200,
                "The webhook. The only answer that shows the secret.",
                Some(json::<WebhookDto>(created())),
            )
            .leads_to(&IDS, "id", "$response.body#/id")
            .refuses(422, BODY),
        paged(Operation::new(Get, LIST, "telemaxListWebhooks", "List webhooks, newest first"))
            .about("All that are not deleted, active or not.")
            .answers(200, "A page.", Some(json_named(WEBHOOK_PAGE, page(&webhook())))),
        with_id(Operation::new(Get, ONE, "telemaxGetWebhook", "Read a webhook")).answers(
            200,
            "The webhook.",
            Some(json::<WebhookDto>(webhook())),
        ),
        with_id(Operation::new(Put, ONE, "telemaxUpdateWebhook", "Replace a webhook"))
            .about(
                "Replaces what this door knows; what only others know stays. An alert that does not exist \
                    is 404 here.",
            )
            .takes(JSON, &request())
            .answers(200, "The webhook as it is now.", Some(json::<WebhookDto>(webhook())))
            .refuses(409, CONFLICT)
            .refuses(422, BODY),
        with_id(Operation::new(Delete, ONE, "telemaxDeleteWebhook", "Delete a webhook"))
            .about("Nothing is sent to it any more.")
            .answers(200, "It is gone.", Some(json::<Done>(json!({}))))
            .refuses(
                403,
                "INVALID_SCOPE: the webhook is another company's, or the credential lacks webhooks:write.",
            ),
        with_id(Operation::new(Post, LINK, "telemaxLinkAlert", "Link an alert to a webhook"))
            .about("One that is linked already stays so.")
            .takes(JSON, &json::<LinkRequest>(json!({ "alertId": 103 })))
            .answers(200, "It is linked.", Some(json::<Done>(json!({}))))
            .refuses(
                403,
                "INVALID_SCOPE: the webhook or the alert is another company's, or the credential lacks \
                    webhooks:write.",
            )
            .refuses(409, CONFLICT)
            .refuses(422, "INVALID_BODY, UNSUPPORTED_ALERT_TYPE or TOO_MANY_ALERTS."),
    ]
}

const CONFLICT: &str = "CONFLICT: it was changed by somebody else meanwhile.";

fn companies_and_alerts() -> Vec<Operation> {
    use HttpMethod::{Get, Post};
    let key = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^[!-~]+$"))
        .min_length(Some(1))
        .max_length(Some(255));
    vec![
        paged(Operation::new(
            Get,
            "/api/v2/companies",
            "telemaxListCompanies",
            "List your company and those below it",
        ))
        .answers(200, "A page.", Some(json::<CompaniesDto>(companies()))),
        paged(Operation::new(
            Get,
            "/api/v2/companies/{id}/alerts",
            "telemaxListAlerts",
            "List the alerts of a company",
        ))
        .about("And those of its sub-companies.")
        .in_path("id", "The company's number.", shapes::whole(1), json!(12))
        .answers(200, "A page.", Some(json_named(ALERT_PAGE, page(&alert()))))
        .refuses(403, "INVALID_SCOPE: the company is not below yours, or the credential lacks alerts:read.")
        .refuses(404, "COMPANY_NOT_FOUND: there is no company with this id."),
        Operation::new(
            Post,
            "/api/v2/alerts/{id}/events",
            "telemaxReportEvents",
            "Report that an alert fired",
        )
        .about(
            "One event, or an array of up to 1,000, all or none. Answered when they are durable. Bodies \
                have 1 MiB at most, and there is no limit of requests.",
        )
        .in_path("id", "The alert's number.", shapes::whole(1), json!(103))
        .in_header(
            "Idempotency-Key",
            "The same key with the same body within 24 hours gives the same answer and no second event.",
            key,
            json!("6f1c2a"),
        )
        .takes(JSON, &json::<Events>(event()))
        .answers(
            202,
            "They are durable; an array for an array.",
            Some(json::<Accepteds>(json!({
                "eventId": "0d9f6f0e-5f0a-4c55-9d5e-3f1f0c6d8a10",
                "deliveries": 3,
            }))),
        )
        .refuses(
            403,
            "INVALID_SCOPE: the alert is another company's, the credential lacks alerts:write, or it does \
                not include the vehicle.",
        )
        .refuses(404, "ALERT_NOT_FOUND: there is no alert with this id.")
        .refuses(409, "CONFLICT: the earlier answer to this Idempotency-Key is lost.")
        .refuses(
            422,
            "INVALID_BODY, INVALID_IDEMPOTENCY_KEY or IDEMPOTENCY_KEY_REUSED. Every wrong field of every \
                event is named.",
        ),
    ]
}

fn alert_records() -> Vec<Operation> {
    use HttpMethod::{Get, Put};
    let time = || {
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        ObjectBuilder::new().schema_type(Type::String).format(Some(format))
    };
    let company = |operation: Operation| {
        operation
            .in_path("id", "The company's number.", shapes::whole(1), json!(12))
            .refuses(
                403,
                "INVALID_SCOPE: the company is not below yours, or the credential lacks the action.",
            )
            .refuses(404, "COMPANY_NOT_FOUND: there is no company with this id.")
    };
    let list = Operation::new(
        Get,
        RECORDS,
        "telemaxListAlertRecords",
        "List the alerts that fired, the latest first",
    );
    vec![
        paged(company(list))
            .needs_in_query(
                "from",
                "Only records that are later. UTC unless an offset is given, which may be left out.",
                time(),
                json!("2026-04-28T06:14:22Z"),
            )
            .needs_in_query(
                "num",
                "How many of the newest records are considered at all.",
                shapes::whole(1).maximum(Some(CONSIDERED_MAX)),
                json!(1_000),
            )
            .answers(200, "A page.", Some(json_named(RECORD_PAGE, page(&record())))),
        Operation::new(Put, MARK, "telemaxUpdateReadStatus", "Mark a record as read or unread")
            .about("Records of the alert in the same second are marked together.")
            .in_path("id", "The alert's number.", shapes::whole(1), json!(103))
            .in_path("date", "The record's utcTime.", time(), json!("2026-04-28T06:14:22Z"))
            .needs_in_query(
                "isRead",
                "Whether it is read.",
                ObjectBuilder::new().schema_type(Type::Boolean),
                json!(true),
            )
            .answers(200, "It is marked.", Some(json::<Done>(json!({}))))
            .refuses(
                404,
                "ALERT_NOT_FOUND or ALERT_RECORD_NOT_FOUND: there is no such record among the newest.",
            )
            .refuses(422, "INVALID_PARAMETER: isRead is true or false."),
        company(Operation::new(
            Put,
            MARK_ALL,
            "telemaxSetAllAlertsRead",
            "Mark all records of a company as read",
        ))
        .about("And those of its sub-companies, as many as there are at that moment.")
        .answers(200, "They are marked.", Some(json::<Done>(json!({})))),
    ]
}

const RECORDS: &str = "/api/v2/companies/{id}/alert-records";
const MARK: &str = "/api/v2/alerts/{id}/{date}/update-read-status";
const MARK_ALL: &str = "/api/v2/companies/{id}/set-all-alerts-read";

fn record() -> Value {
    json!({
        "id": 103,
        "utcTime": "2026-04-28T06:14:22",
        "userTime": "2026-04-28T16:14:22",
        "userTimeFormatted": "2026-04-28 16:14:22",
        "alertType": 10,
        "description": "",
        "vehicleId": 88_421,
        "vehicleName": "Delivery Van 07",
        "address": "42 George St, Sydney",
        "lat": -33.8688,
        "lng": 151.2093,
        "isRead": false,
    })
}

fn paged(operation: Operation) -> Operation {
    operation
        .in_query("page", "Which page.", shapes::page(), json!(1))
        .in_query("pageSize", "Rows of a page; 100 at most.", shapes::page_size(50), json!(50))
        .refuses(422, PARAMETER)
}

fn page(row: &Value) -> Value {
    json!({ "items": [row], "totalResults": 1, "lastResultIndex": 1, "currentPage": 1, "numberOfPages": 1 })
}

fn request() -> Content {
    json::<WebhookRequest>(json!({
        "url": "https://hooks.example.com/alerts",
        "alertIds": [101, 103],
        "isActive": true,
        "isGlobal": false,
    }))
}

fn webhook() -> Value {
    json!({
        "id": 7,
        "url": "https://hooks.example.com/alerts",
        "alertIds": [101, 103],
        "isActive": true,
        "isGlobal": false,
        "createdAt": "2026-05-29T10:33:21",
        "warning": null,
    })
}

fn created() -> Value {
    let mut webhook = webhook();
    webhook["secret"] = json!("0ABFAA308801519BFA69ECBC050AACDD567D46B042C85CD08171E4F327E71981");
    webhook
}

fn companies() -> Value {
    let mut page = page(&json!({
        "id": 12,
        "name": "Northline Logistics",
        "parentId": null,
        "showCommands": false,
        "level": 0,
        "apiKey": null,
    }));
    page["dateTimeFormat"] = json!("yyyy-MM-dd HH:mm:ss");
    page["timezone"] = json!("Australia/Brisbane");
    page["utcOffset"] = json!("10:00:00");
    page
}

fn alert() -> Value {
    json!({
        "alertId": 103,
        "alertType": "10",
        "companyId": 12,
        "alertName": "Too fast",
        "alertDescription": "",
        "isAllFleet": false,
        "isAllTags": false,
        "units": [{
            "vehicleId": 88_421,
            "name": "Delivery Van 07",
            "imei": "356938035643809",
            "vin": "6T1BF3EK0BU123456",
        }],
        "tags": ["north"],
    })
}

fn event() -> Value {
    json!({
        "vehicleId": 88_421,
        "vehicleName": "Delivery Van 07",
        "position": { "lat": -33.8688, "lng": 151.2093 },
        "direction": 270,
        "timestamp": "2026-04-28T06:14:22Z",
        "address": {
            "street": "42 George St",
            "suburb": "Sydney",
            "state": "NSW",
            "postcode": "2000",
            "country": "Australia",
        },
        "data": { "speed": 127.4, "maxSpeed": 110.0 },
    })
}
