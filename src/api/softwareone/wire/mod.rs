//! This door's JSON, all of it (contract 4.2 to 4.5).
//!
//! What is sent in is a struct of [`Given`](crate::api::given::Given) fields: an absent field, null and a value are three
//! things, and every wrong one is named. What goes out are plain structs; `select` takes parts away afterwards (see
//! [`super::select`]).

mod call;
mod list;
mod problem;
mod request;
mod request_schema;
mod webhook;

pub use call::WebhookCall;
pub use list::{ListMeta, Meta, Pagination, WebhookList};
pub use problem::ProblemDetails;
pub use request::{CreateWebhook, UpdateWebhook};
pub use webhook::{
    Account, Audit, AuditEvent, Criterion, OBJECT_TYPES, Reference, STATUSES, Statistics, Webhook,
};
