//! What a request looks like: the body and the headers that one of the four products would send.

mod aggregate;
mod softwareone;
mod telemax;
mod zstack;

use std::str::FromStr;

use serde_json::Value;

use crate::domain::access::UnknownName;
use crate::domain::event::Event;
use crate::domain::ids::WebhookId;
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::domain::webhook::signing;

/// The shape of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Format {
    /// Telemax V2 (contract 1.7).
    #[default]
    Telemax,
    /// The neutral event (contract 2.4), signed by Standard Webhooks 1.0 if at all.
    Aggregate,
    /// ZStack's alert list (contract 3.5).
    Zstack,
    /// The neutral event with an id (contract 4.8), signed by a JWT.
    Softwareone,
}

impl Format {
    /// All formats, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Telemax, Self::Aggregate, Self::Zstack, Self::Softwareone];

    /// The word in forms and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Telemax => "telemax",
            Self::Aggregate => "aggregate",
            Self::Zstack => "zstack",
            Self::Softwareone => "softwareone",
        }
    }

    /// The word on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Telemax => "Telemax",
            Self::Aggregate => "Aggregate",
            Self::Zstack => "ZStack",
            Self::Softwareone => "SoftwareOne",
        }
    }

    /// What the format's signature is called on pages.
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::Telemax => "HMAC-SHA256 in X-Telemax-Signature",
            Self::Aggregate => "Standard Webhooks 1.0",
            Self::Zstack => "HMAC-SHA256 with a timestamp in X-Webhook-Signature",
            Self::Softwareone => "JWT (HS256) in the Authorization header",
        }
    }

    /// Whether the format fills the `Authorization` header itself when signing is on.
    pub const fn wants_authorization(self, signing: bool) -> bool {
        signing && matches!(self, Self::Softwareone)
    }
}

impl FromStr for Format {
    type Err = UnknownName;

    /// Letter case does not matter.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|format| format.name().eq_ignore_ascii_case(text))
            .ok_or(UnknownName)
    }
}

/// What the headers of one attempt are made from.
#[derive(Debug, Clone, Copy)]
pub struct SigningContext<'a> {
    /// The signing secret; `None` when signing is off.
    pub secret: Option<&'a Secret>,
    /// The delivery's UUID: the same for every automatic attempt.
    pub delivery_public_id: &'a str,
    /// The webhook.
    pub webhook_id: WebhookId,
    /// The receiver's host, without port.
    pub host: &'a str,
    /// Now: taken anew for every attempt.
    pub at: Timestamp,
    /// The exact bytes of the body.
    pub body: &'a [u8],
}

/// The body of a request: compact JSON, keys in the order of the contract.
pub fn render(format: Format, event: &Event) -> Vec<u8> {
    match format {
        Format::Telemax => telemax::body(event),
        Format::Aggregate => aggregate::body(event),
        Format::Zstack => zstack::body(event),
        Format::Softwareone => softwareone::body(event),
    }
    .to_string()
    .into_bytes()
}

/// What criteria address, whatever the webhook's format: the SoftwareOne body.
pub fn event_json(event: &Event) -> Value {
    softwareone::body(event)
}

/// The headers that the format adds beside `Content-Type`.
pub fn signature_headers(format: Format, context: &SigningContext<'_>) -> Vec<(&'static str, String)> {
    match format {
        Format::Telemax => telemax::headers(context),
        Format::Aggregate => aggregate::headers(context),
        Format::Zstack => zstack::headers(context),
        Format::Softwareone => softwareone::headers(context),
    }
}
