//! Every error (contract 1.2).

use serde::Serialize;

/// The same five fields, whatever is wrong.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    /// One of six: `VALIDATION_ERROR`, ….
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What clients compare: `WEBHOOK_NOT_FOUND`, ….
    pub code: &'static str,
    /// For people.
    pub description: String,
    /// Names the request.
    pub request_id: String,
    /// The code's page.
    pub doc_url: String,
}
