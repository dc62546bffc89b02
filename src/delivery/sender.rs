//! One claimed delivery becomes one HTTP request.

use std::borrow::Cow;

use bytes::Bytes;
use url::Url;

use super::mask::Mask;
use crate::domain::attempt::{FailureClass, Outcome, Timing};
use crate::domain::retry::{RetryAfter, parse_retry_after};
use crate::domain::time::Timestamp;
use crate::domain::webhook::auth::AuthType;
use crate::domain::webhook::format::{SigningContext, render, signature_headers};
use crate::outbound::{Client, Exchange, OutboundRequest, Played, PoolKey};
use crate::store::attempts::Finished;
use crate::store::queue::Claimed;

/// What one request brought, masked and ready to be recorded.
pub(super) struct Sent {
    pub(super) finished: Finished,
    pub(super) retry_after: Option<RetryAfter>,
}

/// Builds, signs and sends the request. Never fails: whatever goes wrong is the attempt's result.
pub(super) async fn send(client: &Client, claimed: &Claimed, now: Timestamp) -> Sent {
    let mask = Mask::of(&claimed.webhook);
    let webhook = &claimed.webhook;
    match request(client, claimed, now) {
        Ok(request) => {
            let key = PoolKey { webhook: webhook.id.0, version: webhook.version };
            let exchange = client.post(key, &request).await;
            sent(claimed, &mask, &request, exchange, now)
        }
        Err(why) => refused(claimed, &mask, &why),
    }
}

/// The same, up to the network: the receiver's part is played.
pub(super) fn rehearse(client: &Client, claimed: &Claimed, played: Played, now: Timestamp) -> Sent {
    let mask = Mask::of(&claimed.webhook);
    match request(client, claimed, now) {
        Ok(request) => sent(claimed, &mask, &request, played.exchange(&request), now),
        Err(why) => refused(claimed, &mask, &why),
    }
}

fn refused(claimed: &Claimed, mask: &Mask, why: &str) -> Sent {
    Sent { finished: not_sent(claimed, mask, why), retry_after: None }
}

fn request(client: &Client, claimed: &Claimed, now: Timestamp) -> Result<OutboundRequest, Cow<'static, str>> {
    let webhook = &claimed.webhook;
    if webhook.unreadable {
        return Err(
            "The webhook's stored secrets cannot be decrypted: the master key is another one, or the row was altered."
                .into(),
        );
    }
    let settings = &webhook.settings;
    if settings.signing && webhook.secret.is_none() {
        return Err("Signing is on and there is no secret.".into());
    }
    let body = render(settings.format, &claimed.event);
    let (url, credential) = settings.auth.apply(&settings.endpoint);
    let context = SigningContext {
        secret: webhook.secret.as_ref().filter(|_| settings.signing),
        delivery_public_id: &claimed.public_id,
        webhook_id: webhook.id,
        host: settings.endpoint.host(),
        at: now,
        body: &body,
    };
    let headers = signature_headers(settings.format, &context)
        .into_iter()
        .map(|(name, value)| (Cow::Borrowed(name), value))
        .collect();
    let url = Url::parse(&url).map_err(|_| "The stored URL cannot be used.")?;
    let credential: Vec<_> = credential.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let destination = client.destination(&url, &credential).map_err(|refusal| refusal.detail)?;
    Ok(OutboundRequest { destination, headers, body: Bytes::from(body) })
}

fn sent(
    claimed: &Claimed,
    mask: &Mask,
    request: &OutboundRequest,
    exchange: Exchange,
    now: Timestamp,
) -> Sent {
    let outcome = exchange.outcome();
    let response = exchange.response;
    let retry_after = response
        .as_ref()
        .and_then(|response| response.header("retry-after"))
        .and_then(|text| parse_retry_after(text, now));
    let finished = Finished {
        outcome,
        detail: exchange.refusal.as_ref().map(|refusal| mask.text(&refusal.detail)),
        status: response.as_ref().map(|response| response.status),
        reason: response.as_ref().map(|response| mask.text(&response.reason)),
        timing: exchange.timing,
        remote: exchange.remote.map(|at| at.to_string()),
        tls: exchange.tls.as_ref().map(|tls| tls.version.to_owned()),
        request_url: shown_url(claimed),
        request_headers: request
            .head()
            .filter(|_| exchange.was_sent)
            .map(|(name, value)| mask.request_header(&(name.into_owned(), value.into_owned())))
            .collect(),
        response_headers: response
            .iter()
            .flat_map(|response| &response.headers)
            .map(|(name, value)| (name.clone(), mask.text(value)))
            .collect(),
        response_truncated: response.as_ref().is_some_and(|response| response.body_truncated),
        response_body: response.map(|response| mask.bytes(response.body)),
    };
    Sent { finished, retry_after }
}

fn not_sent(claimed: &Claimed, mask: &Mask, why: &str) -> Finished {
    Finished {
        outcome: Outcome::Failure(FailureClass::Internal),
        detail: Some(mask.text(why)),
        status: None,
        reason: None,
        timing: Timing::default(),
        remote: None,
        tls: None,
        request_url: shown_url(claimed),
        request_headers: Vec::new(),
        response_headers: Vec::new(),
        response_body: None,
        response_truncated: false,
    }
}

/// The URL as history shows it: query values masked, the token of the query-string auth as well.
fn shown_url(claimed: &Claimed) -> String {
    let settings = &claimed.webhook.settings;
    let mut shown = settings.endpoint.display();
    if settings.auth.auth_type() == AuthType::QueryString {
        shown.push(if settings.endpoint.query().is_some() { '&' } else { '?' });
        shown.push_str("token=••••");
        shown.push_str(settings.auth.hint().unwrap_or_default());
    }
    shown
}
