//! What the person in front of a page sees of payloads: the values, or names and types alone.
//!
//! Every page that shows a body, or words made from one, asks here. Who may see payloads sees everything, and nothing is
//! read for it; everybody else sees the values of what they have revealed.

use std::borrow::Cow;

use actix_web::http::StatusCode;

use super::extract::CompanyPage;
use super::failure::PageError;
use crate::actions::reveals;
use crate::domain::access::Permission;
use crate::domain::delivery::NotSent;
use crate::domain::history::{Attempt, Delivery};
use crate::domain::ids::EventId;
use crate::domain::payload_mask;
use crate::domain::reveal::Reveal;
use crate::domain::webhook::criteria::Unmet;
use crate::store::StoreError;

/// What they see.
#[derive(Debug)]
pub struct Payloads {
    /// What they have revealed; `None` for who sees everything.
    revealed: Option<Vec<Reveal>>,
}

impl Payloads {
    /// For the person who looks at `page`, now.
    ///
    /// # Errors
    /// The database.
    pub async fn of(page: &CompanyPage) -> Result<Self, PageError> {
        if page.may(Permission::SeePayloads) {
            return Ok(Self { revealed: None });
        }
        let (caller, now) = (page.user().caller.clone(), page.now());
        let found: Result<_, StoreError> =
            page.store().read(move |db| reveals::in_force(db, &caller, now)).await;
        Ok(Self { revealed: Some(found?) })
    }

    /// The reveal by which they see the values of `event`.
    pub fn reveal(&self, event: EventId) -> Option<&Reveal> {
        self.revealed.as_ref()?.iter().find(|reveal| reveal.event == event)
    }

    /// Whether the values of `event` are masked.
    pub fn hides(&self, event: EventId) -> bool {
        self.revealed.is_some() && self.reveal(event).is_none()
    }

    /// A body that was made from `event`.
    pub fn body<'b>(&self, event: EventId, body: &'b [u8]) -> Cow<'b, [u8]> {
        if self.hides(event) { payload_mask::body(body).into_bytes().into() } else { body.into() }
    }

    /// An attempt to deliver `event`, with what came back.
    pub fn attempt<'a>(&self, event: EventId, attempt: &'a Attempt) -> Cow<'a, Attempt> {
        if self.hides(event) { Cow::Owned(masked(attempt)) } else { Cow::Borrowed(attempt) }
    }

    /// The same of an attempt whose event is not at hand: only who sees everything sees it.
    pub fn other_attempt<'a>(&self, attempt: &'a Attempt) -> Cow<'a, Attempt> {
        if self.revealed.is_some() { Cow::Owned(masked(attempt)) } else { Cow::Borrowed(attempt) }
    }

    /// What there is to say about a reason why `event` was not sent.
    pub fn detail(&self, event: EventId, reason: NotSent, detail: String) -> String {
        if reason == NotSent::Criteria && self.hides(event) { Unmet::masked(&detail) } else { detail }
    }

    /// A delivery, with what it says of its event.
    #[must_use]
    pub fn delivery(&self, mut delivery: Delivery) -> Delivery {
        let event = delivery.event_id;
        delivery.not_sent = delivery
            .not_sent
            .map(|(reason, detail)| (reason, detail.map(|detail| self.detail(event, reason, detail))));
        delivery
    }

    /// All of these.
    pub fn deliveries(&self, deliveries: Vec<Delivery>) -> Vec<Delivery> {
        deliveries.into_iter().map(|delivery| self.delivery(delivery)).collect()
    }
}

fn masked(attempt: &Attempt) -> Attempt {
    let usual = attempt.status.and_then(|status| StatusCode::from_u16(status).ok());
    payload_mask::attempt(attempt, usual.and_then(|status| status.canonical_reason()))
}
