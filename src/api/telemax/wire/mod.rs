//! The JSON of this door, the whole of it: what comes in, field by field, and what goes out.

mod alerts;
mod companies;
mod error;
mod events;
mod page;
mod request_schema;
mod token;
mod webhooks;

pub use alerts::{AlertConfigDto, AlertRecordDto, UnitDto};
pub use companies::{CompaniesDto, CompanyDto};
pub use error::ErrorBody;
pub use events::{AcceptedDto, read_events};
pub use page::Envelope;
pub use request_schema::{Accepteds, Event, Events, TokenRequest};
pub use token::TokenDto;
pub use webhooks::{LinkRequest, WebhookBody, WebhookDto, WebhookRequest};

use serde::Serialize;
use utoipa::ToSchema;

/// `{}`: it is done, and there is nothing else to say.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = telemax::Done)]
pub struct Done {}
