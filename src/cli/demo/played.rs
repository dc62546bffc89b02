//! A receiver's deed as the network would have brought it: phases, address, headers.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use hyper::StatusCode;

use super::dice::Dice;
use super::temper::{Deed, Reply, Words};
use super::webhooks::HookRow;
use crate::domain::attempt::{FailureClass, Timing};
use crate::domain::time::{SECOND_US, Timestamp};
use crate::outbound::response::BODY_KEPT_MAX;
use crate::outbound::tls::TlsSession;
use crate::outbound::{Played, Refusal, Response};

/// The deadline of one attempt, as configured.
pub(super) const TIMEOUT_US: i64 = 10 * SECOND_US;

/// What became of a request that was begun at `at`; `now` is the story's present.
pub(super) fn played(
    reply: Reply,
    row: &HookRow,
    place: usize,
    (now, at): (Timestamp, Timestamp),
    dice: &Dice,
) -> Played {
    let is_https = row.url.starts_with("https:");
    let remote = remote(place, if is_https { 443 } else { 80 });
    let mut timing = Timing {
        dns_us: Some(dice.duration_us(2_600, 0.5)),
        connect_us: Some(dice.duration_us(14_000, 0.4)),
        tls_us: is_https.then(|| dice.duration_us(31_000, 0.3)),
        ..Timing::default()
    };
    let cert_until = now.plus_micros(row.temper.certificate_left_us());
    let is_agreed = is_https && matches!(reply.deed, Deed::Answers(_) | Deed::SaysNothing);
    let tls = is_agreed.then_some(TlsSession { version: "TLSv1.3", cert_not_after: Some(cert_until) });
    let result = match reply.deed {
        Deed::Answers(words) => {
            timing.wait_us = Some(reply.after_us);
            timing.read_us = Some(dice.duration_us(700, 0.6));
            Ok(response(words, at.plus_micros(reply.after_us)))
        }
        Deed::RefusesConnection => {
            timing.connect_us = Some(dice.duration_us(1_100, 0.5));
            let detail = format!("Connecting to {remote} failed: Connection refused (os error 111).");
            Err(Refusal::new(FailureClass::ConnectRefused, detail))
        }
        Deed::ShowsOldCertificate => Err(expired(at, cert_until)),
        Deed::SaysNothing => {
            let spent = timing.dns_us.unwrap_or_default() + timing.connect_us.unwrap_or_default();
            timing.wait_us = Some(TIMEOUT_US - spent);
            Err(Refusal::new(FailureClass::ReadTimeout, "No complete response head came in time."))
        }
    };
    let phases = [timing.dns_us, timing.connect_us, timing.tls_us, timing.wait_us, timing.read_us];
    timing.total_us = phases.into_iter().flatten().sum::<i64>() + 120;
    Played { result, remote: Some(remote), tls, timing }
}

/// An address out of the range that is reserved for documentation.
fn remote(place: usize, port: u16) -> SocketAddr {
    let last = u8::try_from(place).unwrap_or_default().saturating_add(24);
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(203, 0, 113, last)), port)
}

fn expired(at: Timestamp, not_after: Timestamp) -> Refusal {
    let (now, end) = (at.seconds(), not_after.seconds());
    let detail = format!(
        "TLS: invalid peer certificate: certificate expired: verification time {now} (UNIX), but certificate is not \
         valid after {end} ({} seconds ago).",
        now - end
    );
    Refusal::new(FailureClass::TlsExpired, detail).cert_ended(not_after)
}

fn response(words: Words, at: Timestamp) -> Response {
    let status = StatusCode::from_u16(words.status).unwrap_or_default();
    let mut headers = Vec::new();
    let mut header = |name: &str, value: String| headers.push((name.to_owned(), value));
    if let Some(content_type) = words.content_type {
        header("content-type", content_type.to_owned());
    }
    if let Some(seconds) = words.retry_after {
        header("retry-after", seconds.to_string());
    }
    if status != StatusCode::NO_CONTENT {
        header("content-length", words.body.len().to_string());
    }
    header("date", at.to_jiff().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
    let (body_read, mut body) = (words.body.len(), words.body);
    body.truncate(BODY_KEPT_MAX);
    Response {
        status: words.status,
        reason: status.canonical_reason().unwrap_or_default().into(),
        headers,
        body_truncated: body.len() < body_read,
        body,
        body_read,
    }
}
