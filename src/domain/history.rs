//! What happened: deliveries and attempts as they are recorded and shown.

use super::alert_type::AlertType;
use super::attempt::{Outcome, Timing};
use super::delivery::{NotSent, State, Trigger};
use super::ids::{AlertId, AttemptId, CompanyId, DeliveryId, EventId, WebhookId};
use super::time::Timestamp;

/// One event for one webhook, with what a list shows of both.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// The identity.
    pub id: DeliveryId,
    /// What receivers see of it: a UUID that follows from the id.
    pub public_id: String,
    /// The event.
    pub event_id: EventId,
    /// The webhook …
    pub webhook_id: WebhookId,
    /// … and its name now.
    pub webhook_name: String,
    /// The webhook's company.
    pub company_id: CompanyId,
    /// Where it stands.
    pub state: State,
    /// What started it.
    pub trigger: Trigger,
    /// Why it was not sent, with the detail that a person needs (the failing criterion).
    pub not_sent: Option<(NotSent, Option<String>)>,
    /// The delivery that this one repeats.
    pub redelivery_of: Option<DeliveryId>,
    /// Attempts begun so far, interrupted ones included.
    pub attempts: i32,
    /// How the last attempt ended; `None` before the first result.
    pub last_outcome: Option<Outcome>,
    /// HTTP status of the last answer.
    pub last_status: Option<u16>,
    /// Duration of the last attempt, microseconds.
    pub duration_us: Option<i64>,
    /// When the next attempt is due.
    pub next_at: Option<Timestamp>,
    /// When the delivery was made.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// What fired.
    pub event: EventSummary,
}

impl Delivery {
    /// Whether nothing will happen to it any more without somebody asking for it. What is held by a paused webhook
    /// has not ended.
    pub fn has_ended(&self) -> bool {
        self.state.is_final() && !self.is_held()
    }

    /// Whether it waits for somebody to resume its webhook.
    pub fn is_held(&self) -> bool {
        self.not_sent.as_ref().is_some_and(|(reason, _)| *reason == NotSent::PausedHeld)
    }
}

/// The part of an event that lists show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSummary {
    /// The alert.
    pub alert_id: AlertId,
    /// Its type.
    pub alert_type: AlertType,
    /// Its name then.
    pub alert_name: String,
    /// The vehicle's number.
    pub vehicle_id: i64,
    /// The vehicle's name.
    pub vehicle_name: String,
    /// When it fired, by the device's clock.
    pub occurred_at: Timestamp,
    /// When we were told.
    pub received_at: Timestamp,
}

/// One HTTP request of a delivery, with everything that is known of it. Secrets are masked already.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// The identity.
    pub id: AttemptId,
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The webhook.
    pub webhook_id: WebhookId,
    /// 1 for the first attempt of the delivery.
    pub number: i32,
    /// The webhook's version then.
    pub version: i32,
    /// When it began.
    pub started_at: Timestamp,
    /// When its result was known.
    pub finished_at: Option<Timestamp>,
    /// The result; `None` while it is under way.
    pub outcome: Option<Outcome>,
    /// The result in words where the class alone says too little.
    pub detail: Option<String>,
    /// HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// The answer's reason phrase.
    pub reason: Option<String>,
    /// Where the time went.
    pub timing: Timing,
    /// The address that the request went to.
    pub remote: Option<String>,
    /// TLS version.
    pub tls: Option<String>,
    /// Until when the receiver's certificate is valid; also of one that was refused because that is over. `None` when
    /// none was seen.
    pub cert_until: Option<Timestamp>,
    /// Where it was sent, query values masked.
    pub request_url: String,
    /// What was sent, in order.
    pub request_headers: Vec<(String, String)>,
    /// What came back.
    pub response_headers: Vec<(String, String)>,
    /// The answer's body, 16 KiB at most.
    pub response_body: Option<Vec<u8>>,
    /// Whether the body was longer than what was kept.
    pub response_truncated: bool,
}
