//! The JSON of this door, the whole of it: what comes in, field by field, and what goes out.

mod alerts;
mod companies;
mod error;
mod events;
mod page;
mod token;
mod webhooks;

pub use alerts::{AlertConfigDto, AlertRecordDto, UnitDto};
pub use companies::{CompaniesDto, CompanyDto};
pub use error::ErrorBody;
pub use events::{AcceptedDto, read_events};
pub use page::Envelope;
pub use token::TokenDto;
pub use webhooks::{LinkRequest, WebhookBody, WebhookDto, WebhookRequest};

use serde::Serialize;

/// `{}`: it is done, and there is nothing else to say.
#[derive(Debug, Serialize)]
pub struct Done {}
