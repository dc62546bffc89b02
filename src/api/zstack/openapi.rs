//! What this door says of itself in the OpenAPI document.

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{Content, HttpMethod, ObjectBuilder, Type};

use super::Zstack;
use super::errors::{NO_SUCH_ENDPOINT, code_of};
use super::wire::{
    Deleted, EndpointList, EndpointRequest, EndpointView, EndpointWithSecret, ErrorBody, SecurityDocs,
    TestResult,
};
use crate::api::door::Dialect;
use crate::api::openapi::operation::{Operation, json};
use crate::api::openapi::part::{ErrorCode, Errors, Part, Schemas};
use crate::api::openapi::shapes;
use crate::domain::webhook::signing::WINDOW_SECONDS;

const ABOUT: &str = "ZStack's alerting webhook endpoints: a destination and a signing secret. Every success \
    is 200. Tests are counted by themselves, all other requests of one credential together. Errors have one of \
    the vendor's codes.";
const JSON: &[&str] = &["application/json"];
const LIST: &str = "/api/v1/alerting/webhook-endpoints";
const ONE: &str = "/api/v1/alerting/webhook-endpoints/{endpointId}";
const ROTATE: &str = "/api/v1/alerting/webhook-endpoints/{endpointId}/rotate-secret";
const TEST: &str = "/api/v1/alerting/webhook-endpoints/{endpointId}/test";
const SECURITY: &str = "/api/v1/alerting/docs/webhook-security";
const INVALID: &str = "A field or a parameter breaks a rule. The details name every one.";
const CONFLICT: &str = "It was changed by somebody else meanwhile.";
/// What one does with an endpoint that one has just made.
const IDS: [&str; 5] = [
    "zstackGetEndpoint",
    "zstackUpdateEndpoint",
    "zstackDeleteEndpoint",
    "zstackRotateSecret",
    "zstackTestEndpoint",
];

/// The door's part.
pub fn part() -> Part {
    Part {
        name: "ZStack",
        slug: "zstack",
        about: ABOUT,
        operations: operations(),
        limit: Zstack::limit,
        schemas: Schemas::default()
            .with::<EndpointRequest>()
            .with::<EndpointWithSecret>()
            .with::<EndpointList>()
            .with::<TestResult>()
            .with::<SecurityDocs>()
            .with::<Deleted>()
            .with::<ErrorBody>()
            .0,
        errors: Errors {
            content_type: "application/json",
            schema: ErrorBody::name().into_owned(),
            example: |status, words| json!({ "error": { "code": code_of(status), "description": words, "details": "" } }),
            codes: codes(),
        },
        headers: &[],
    }
}

fn codes() -> Vec<ErrorCode> {
    let code = |status: StatusCode, advice: &str| ErrorCode {
        slug: code_of(status).to_ascii_lowercase().replace('.', "-"),
        name: code_of(status).to_owned(),
        status,
        kind: "",
        advice: advice.to_owned(),
    };
    vec![
        code(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The mistake is ours. Repeat the request; if it fails again, quote its X-Request-Id.",
        ),
        code(StatusCode::REQUEST_TIMEOUT, "The body did not arrive within 15 seconds. Send it again."),
        code(
            StatusCode::NOT_FOUND,
            "There is no webhook endpoint with this id that the credential may see, or no such path. Ids \
                are spelled wh-007, with three digits at least.",
        ),
        code(
            StatusCode::FORBIDDEN,
            "The operation is not permitted: with status 401 the credential is missing, invalid or has run \
                out; with 403 it does not include what the request needs; with 409 somebody else changed \
                the endpoint meanwhile. The description says which.",
        ),
        code(
            StatusCode::BAD_REQUEST,
            "The request breaks a rule: the details name every field that is wrong. Also a method that the \
                path does not have (405), a body that is too large (413) or of another type than JSON (415).",
        ),
        code(
            StatusCode::TOO_MANY_REQUESTS,
            "The service cannot take the request now: too many requests (429), or busy (503). Repeat it \
                after the seconds of the Retry-After header.",
        ),
    ]
}

fn operations() -> Vec<Operation> {
    use HttpMethod::{Delete, Get, Post, Put};
    let with_id = |operation: Operation| {
        operation
            .in_path(
                "endpointId",
                "The webhook's number, spelled as ZStack does.",
                shapes::text(r"^wh-[0-9]{3,}$", 24),
                json!("wh-007"),
            )
            .refuses(404, NO_SUCH_ENDPOINT)
    };
    let nothing = json::<Deleted>(json!({}));
    vec![
        Operation::new(Post, LIST, "zstackCreateEndpoint", "Create a webhook endpoint")
            .takes(JSON, &request())
            .answers(200, "The endpoint and its secret, which is shown here only.", Some(with_secret()))
            .leads_to(&IDS, "endpointId", "$response.body#/endpoint/id")
            .refuses(400, INVALID),
        Operation::new(Get, LIST, "zstackListEndpoints", "List webhook endpoints, newest first")
            .in_query("page", "Which part of the list.", shapes::page(), json!(1))
            .in_query("pageSize", "Endpoints of a part; 100 at most.", shapes::page_size(20), json!(20))
            .answers(
                200,
                "The endpoints.",
                Some(json::<EndpointList>(json!({ "items": [endpoint()], "total": 1 }))),
            )
            .refuses(400, "A parameter breaks a rule."),
        with_id(Operation::new(Get, ONE, "zstackGetEndpoint", "Read a webhook endpoint")).answers(
            200,
            "The endpoint, not wrapped.",
            Some(json::<EndpointView>(endpoint())),
        ),
        with_id(Operation::new(Put, ONE, "zstackUpdateEndpoint", "Change a webhook endpoint"))
            .about("Name, destination and signing. A secret that is not given stays.")
            .takes(JSON, &request())
            .answers(200, "The endpoint as it is now.", Some(json::<EndpointView>(endpoint())))
            .refuses(400, INVALID)
            .refuses(409, CONFLICT),
        options(with_id(Operation::new(Delete, ONE, "zstackDeleteEndpoint", "Delete a webhook endpoint")))
            .about("Permanent and at once, whatever the options say.")
            .answers(200, "It is gone.", Some(nothing.clone()))
            .refuses(400, "A parameter breaks a rule."),
        with_id(Operation::new(Post, ROTATE, "zstackRotateSecret", "Make a new signing secret"))
            .about("The old one is not used any more from then on.")
            .may_take(JSON, &nothing)
            .answers(200, "The endpoint and its new secret, which is shown here only.", Some(with_secret()))
            .refuses(400, "The body is not a JSON object.")
            .refuses(409, CONFLICT),
        with_id(Operation::new(Post, TEST, "zstackTestEndpoint", "Send a test"))
            .about("Waits for the answer, ten seconds at most.")
            .may_take(JSON, &nothing)
            .answers(
                200,
                "How it went.",
                Some(json::<TestResult>(json!({
                    "success": true,
                    "message": "Test message delivered successfully",
                    "durationMs": 250,
                }))),
            )
            .refuses(400, "The body is not a JSON object.")
            .refuses(409, "It cannot be sent now. The description says why."),
        Operation::new(Get, SECURITY, "zstackGetSecurityDocs", "How to verify a delivery").answers(
            200,
            "The scheme.",
            Some(json::<SecurityDocs>(json!({
                "algorithm": "HMAC-SHA256",
                "signatureFormat": "v1=<hex-digest>",
                "headerTimestamp": "X-Webhook-Timestamp",
                "headerSignature": "X-Webhook-Signature",
                "payloadFormat": "timestamp.body",
                "replayWindowSec": WINDOW_SECONDS,
                "examples": null,
            }))),
        ),
    ]
}

/// Other resources of the vendor act on them; this one judges them only.
fn options(operation: Operation) -> Operation {
    const PASSED_OVER: &str = "Judged and passed over.";
    let flag = || ObjectBuilder::new().schema_type(Type::Boolean);
    operation
        .in_query(
            "options.propagationPolicy",
            PASSED_OVER,
            ObjectBuilder::new().schema_type(Type::String),
            json!("Foreground"),
        )
        .in_query("options.force", PASSED_OVER, flag(), json!(false))
        .in_query("options.gracePeriodSeconds", PASSED_OVER, shapes::whole(0), json!(0))
        .in_query("options.revokeRemoteCredentials", PASSED_OVER, flag(), json!(false))
}

fn request() -> Content {
    json::<EndpointRequest>(json!({
        "name": "Operations",
        "url": "https://hooks.example.com/alerts",
        "signingEnabled": true,
        "signingSecret": "",
    }))
}

fn endpoint() -> Value {
    json!({
        "id": "wh-007",
        "name": "Operations",
        "url": "https://hooks.example.com/alerts",
        "signingEnabled": true,
        "signingSecretMasked": "****f456",
        "createdAt": "2026-04-28T06:14:22Z",
        "updatedAt": "2026-04-28T06:14:22Z",
    })
}

fn with_secret() -> Content {
    json::<EndpointWithSecret>(
        json!({ "endpoint": endpoint(), "signingSecretPlaintext": "whsec_abc123def456" }),
    )
}
