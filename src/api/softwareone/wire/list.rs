//! A part of a list, and what its objects lack (contract 4.7).

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Webhook;

/// `GET …/webhooks`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = softwareone::WebhookList)]
pub struct WebhookList {
    /// What was left out, and which part of the whole this is.
    #[serde(rename = "$meta")]
    pub meta: ListMeta,
    /// The webhooks; their parts depend on `select`.
    #[schema(value_type = Vec<Webhook>)]
    pub data: Vec<Value>,
}

/// What an object lacks.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = softwareone::Meta)]
pub struct Meta {
    /// Names of its properties.
    pub omitted: Vec<&'static str>,
}

/// What a list is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = softwareone::ListMeta)]
pub struct ListMeta {
    /// Which part of the whole.
    pub pagination: Pagination,
    /// Names of properties that its objects lack; absent when none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub omitted: Vec<&'static str>,
}

/// A part of a whole.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = softwareone::Pagination)]
pub struct Pagination {
    /// How many come before.
    pub offset: i64,
    /// How many there are in this part at most.
    pub limit: i64,
    /// How many there are altogether.
    pub total: i64,
}
