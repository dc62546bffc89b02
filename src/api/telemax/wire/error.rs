//! Every error (contract 1.2).

use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::ObjectBuilder;

use super::super::code::{Code, KINDS};
use crate::api::openapi::shapes;

/// The same five fields, whatever is wrong.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = telemax::ErrorBody)]
pub struct ErrorBody {
    /// One of six: `VALIDATION_ERROR`, ….
    #[serde(rename = "type")]
    #[schema(schema_with = kinds)]
    pub kind: &'static str,
    /// What clients compare: `WEBHOOK_NOT_FOUND`, ….
    #[schema(schema_with = codes)]
    pub code: &'static str,
    /// For people.
    pub description: String,
    /// Names the request.
    #[schema(pattern = "^[0-9A-V]{13}:[0-9A-F]{8}$")]
    pub request_id: String,
    /// The code's page.
    #[schema(format = "uri")]
    pub doc_url: String,
}

fn kinds() -> ObjectBuilder {
    shapes::one_of(KINDS)
}

fn codes() -> ObjectBuilder {
    shapes::one_of(Code::ALL.map(Code::name)).description(Some("What clients compare."))
}
