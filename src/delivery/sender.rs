//! One leased delivery becomes one HTTP request.

use std::borrow::Cow;

use super::receiver::Receiver;
use super::transport::Transport;
use crate::domain::attempt::{FailureClass, Outcome, Timing};
use crate::domain::breaker::Signal;
use crate::domain::public_id::PublicIds;
use crate::domain::retry::{RetryAfter, parse_retry_after};
use crate::domain::time::Timestamp;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::format::{Rendered, SigningContext, signature_headers};
use crate::outbound::{Exchange, OutboundRequest, Played};
use crate::store::attempts::{Finished, header_text};
use crate::store::queue::Claimed;

/// What one request brought, masked and ready to be recorded.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) finished: Finished,
    pub(super) retry_after: Option<RetryAfter>,
}

impl Sent {
    /// What it says about the receiver.
    pub(super) fn signal(&self) -> Signal {
        match self.finished.outcome {
            Outcome::Success => Signal::Success,
            Outcome::Interrupted | Outcome::Failure(FailureClass::Internal) => Signal::Nothing,
            Outcome::Failure(_) if self.finished.status.is_some_and(Signal::is_overload) => {
                Signal::Overload(self.retry_after)
            }
            Outcome::Failure(_) => Signal::Failure,
        }
    }
}

/// Builds, signs and sends the request. Never fails: whatever goes wrong is the attempt's result.
pub(super) async fn send(
    transport: &dyn Transport,
    receiver: &Receiver,
    claimed: &Claimed,
    ids: &PublicIds,
    now: Timestamp,
) -> Sent {
    match request_of(receiver, claimed, ids, now) {
        Ok(request) => {
            let exchange = transport.post(receiver.key, &request).await;
            sent(receiver, &request, exchange, now)
        }
        Err(why) => refused(receiver, why, now),
    }
}

/// The same, up to the network: the receiver's part is played.
pub(super) fn rehearse(
    receiver: &Receiver,
    claimed: &Claimed,
    ids: &PublicIds,
    played: Played,
    now: Timestamp,
) -> Sent {
    match request_of(receiver, claimed, ids, now) {
        Ok(request) => sent(receiver, &request, played.exchange(&request), now),
        Err(why) => refused(receiver, why, now),
    }
}

fn request_of<'r>(
    receiver: &'r Receiver,
    claimed: &Claimed,
    ids: &PublicIds,
    now: Timestamp,
) -> Result<OutboundRequest, &'r str> {
    request(receiver, &claimed.webhook, &claimed.event, &ids.encode_delivery(claimed.delivery), now)
}

/// The request for `event` to `webhook`, for which `receiver` was made ready, signed as of `now`.
pub(super) fn request<'r>(
    receiver: &'r Receiver,
    webhook: &Webhook,
    event: &Rendered,
    public_id: &str,
    now: Timestamp,
) -> Result<OutboundRequest, &'r str> {
    let destination = receiver.destination.as_ref().map_err(Cow::as_ref)?;
    let settings = &webhook.settings;
    let body = event.body(settings.format);
    let in_force = webhook.signs_with(now);
    let context = SigningContext {
        secret: in_force.map(|used| used.secret),
        also: in_force.and_then(|used| used.also),
        delivery_public_id: public_id,
        webhook_id: webhook.id,
        host: settings.endpoint.host(),
        at: now,
        body: &body,
    };
    let headers = signature_headers(settings.format, &context)
        .into_iter()
        .map(|(name, value)| (Cow::Borrowed(name), value))
        .collect();
    Ok(OutboundRequest { destination: destination.clone(), headers, body })
}

/// The headers as they are on the wire, credentials masked.
pub(super) fn shown_head(receiver: &Receiver, request: &OutboundRequest) -> Vec<(String, String)> {
    let shown = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
        receiver.mask.request_header(&(name.into_owned(), value.into_owned()))
    };
    request.head().map(shown).collect()
}

fn sent(receiver: &Receiver, request: &OutboundRequest, exchange: Exchange, now: Timestamp) -> Sent {
    let mask = &receiver.mask;
    let (outcome, cert_until) = (exchange.outcome(), exchange.cert_not_after());
    let response = exchange.response;
    let retry_after = response
        .as_ref()
        .and_then(|response| response.header("retry-after"))
        .and_then(|text| parse_retry_after(text, now));
    let sent_headers = if exchange.was_sent { shown_head(receiver, request) } else { Vec::new() };
    let answered: Vec<_> = response
        .iter()
        .flat_map(|response| &response.headers)
        .map(|(name, value)| (name.clone(), mask.text(value)))
        .collect();
    let finished = Finished {
        started_at: now,
        outcome,
        detail: exchange.refusal.as_ref().map(|refusal| mask.text(&refusal.detail)),
        status: response.as_ref().map(|response| response.status),
        reason: response.as_ref().map(|response| mask.text(&response.reason)),
        timing: exchange.timing,
        remote: exchange.remote.map(|at| at.to_string()),
        tls: exchange.tls.as_ref().map(|tls| tls.version.to_owned()),
        cert_until,
        request_url: receiver.shown_url.clone(),
        request_headers: header_text(&sent_headers),
        response_headers: header_text(&answered),
        response_truncated: response.as_ref().is_some_and(|response| response.body_truncated),
        response_body: response.map(|response| mask.bytes(response.body)),
    };
    Sent { finished, retry_after }
}

fn refused(receiver: &Receiver, why: &str, now: Timestamp) -> Sent {
    let finished = Finished {
        started_at: now,
        outcome: Outcome::Failure(FailureClass::Internal),
        detail: Some(receiver.mask.text(why)),
        status: None,
        reason: None,
        timing: Timing::default(),
        remote: None,
        tls: None,
        cert_until: None,
        request_url: receiver.shown_url.clone(),
        request_headers: None,
        response_headers: None,
        response_body: None,
        response_truncated: false,
    };
    Sent { finished, retry_after: None }
}
