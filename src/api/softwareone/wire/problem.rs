//! What is wrong (contract 4.5).

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// Every error (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = softwareone::ProblemDetails)]
pub struct ProblemDetails {
    /// Where the status is explained.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The status in words.
    pub title: &'static str,
    /// The status.
    pub status: u16,
    /// What is wrong, for people.
    pub detail: String,
    /// Names the request: a W3C trace context that follows from `X-Request-Id`.
    pub trace_id: String,
    /// Property or RQL path → what is wrong with it; absent when nothing is to be named.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub errors: BTreeMap<String, Vec<String>>,
}
