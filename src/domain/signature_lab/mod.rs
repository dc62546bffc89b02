//! Why a receiver finds a signature wrong: the steps of a check, and the one that differs.
//!
//! What is right is decided by [`verify`], as everywhere. When it says no, this looks for the one change that explains
//! it: it undoes, one at a time, what is known to happen to headers, secrets and bodies on their way, and signs again
//! until it comes to the signature that was received.

mod bodies;
mod cause;
mod headers;
mod jwt;
mod keys;
mod spelling;
#[cfg(test)]
mod tests;

pub use cause::{BodyFault, Cause, JwtFault, KeyFault, SignedFault, Spelling, Step};
pub use headers::{HEADERS_MAX, parse as parse_headers};

use super::ids::WebhookId;
use super::secret::Secret;
use super::time::Timestamp;
use super::webhook::format::{Format, SigningContext, signature_headers};
use super::webhook::signing::{VerifyError, WINDOW_SECONDS, hmac_sha256, verify};
use headers::find;

/// The mark of a value that history has cut down.
const MASK: char = '•';

/// A request as it was received, and what to check it with.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Whose scheme.
    pub format: Format,
    /// The secret that the receiver has.
    pub secret: &'a Secret,
    /// The headers as received.
    pub headers: &'a [(String, String)],
    /// The body as received.
    pub body: &'a [u8],
    /// The receiver's clock.
    pub received_at: Timestamp,
    /// What is known of the request when it is one of ours.
    pub known: Option<Known<'a>>,
}

/// A request as it was sent.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The delivery's UUID.
    pub delivery_public_id: &'a str,
    /// The event's UUID.
    pub event_public_id: &'a str,
    /// The webhook.
    pub webhook_id: WebhookId,
    /// Its host, without port.
    pub host: &'a str,
    /// The body.
    pub body: &'a [u8],
    /// When it was signed.
    pub signed_at: Timestamp,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// What is wrong; `None` when the signature is right.
    pub cause: Option<Cause>,
    /// What is signed, as far as it could be put together.
    pub signed: Option<Vec<u8>>,
    /// The header's value that the secret makes of it.
    pub expected: Option<String>,
    /// The header's value that was received.
    pub received: Option<String>,
    /// Bytes of the key that the secret stands for.
    pub key_bytes: usize,
    /// Whether the key was decoded from the secret, instead of being its characters.
    pub key_is_decoded: bool,
}

impl Diagnosis {
    /// Each step with whether it went well; `None` for one that was not come to.
    pub fn steps(&self) -> Vec<(Step, Option<bool>)> {
        let failed = self.cause.as_ref().map(Cause::step);
        let went = |step: Step| match failed {
            Some(failed) if step == failed => Some(false),
            Some(failed) if step > failed => None,
            _ => Some(true),
        };
        Step::ALL.into_iter().map(|step| (step, went(step))).collect()
    }
}

/// Checks `request` and says what is wrong with it.
pub fn diagnose(request: &Request<'_>) -> Diagnosis {
    let key = keys::right(request.format, request.secret);
    let mut found = Diagnosis {
        cause: None,
        signed: None,
        expected: None,
        received: find(request.headers, request.format.signature_header()).map(str::to_owned),
        key_bytes: key.len(),
        key_is_decoded: key != request.secret.reveal().as_bytes(),
    };
    found.cause = match request.format {
        Format::Softwareone => jwt::check(request, &mut found),
        _ => check(request, &mut found),
    };
    // Whatever this file overlooks, it must not call right what a receiver calls wrong.
    if let (None, Err(error)) = (&found.cause, judged(request)) {
        found.cause = Some(match error {
            VerifyError::MissingHeader(name) => Cause::Missing(name),
            VerifyError::BadHeader(_) | VerifyError::WrongSignature => Cause::Unexplained,
            VerifyError::WrongTime => Cause::Jwt(JwtFault::NotNow),
        });
    }
    found
}

fn judged(request: &Request<'_>) -> Result<(), VerifyError> {
    verify(request.format, request.secret, request.headers, request.body, request.received_at)
}

/// What is signed beside the body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Beside {
    id: String,
    time: String,
}

/// The three schemes that sign a string with the body at its end.
fn check(request: &Request<'_>, found: &mut Diagnosis) -> Option<Cause> {
    let Request { format, headers, body, .. } = *request;
    for name in needed(format) {
        if find(headers, name).is_none() {
            return Some(headers::absent(format, headers, name));
        }
    }
    let value = |name: &str| find(headers, name).unwrap_or_default().to_owned();
    let beside = match format {
        Format::Aggregate => Beside { id: value("webhook-id"), time: value("webhook-timestamp") },
        Format::Zstack => Beside { id: String::new(), time: value("X-Webhook-Timestamp") },
        Format::Telemax | Format::Softwareone => Beside::default(),
    };
    let at = match headers::time(&beside.time) {
        _ if beside.time.is_empty() => Timestamp::from_seconds(0),
        Ok(at) => at,
        Err(cause) => return Some(cause),
    };
    let received = value(format.signature_header());
    let key = keys::right(format, request.secret);
    let signed = signed(format, &beside, body);
    let expected = expected(request, &beside, at);
    found.signed = Some(signed.clone());
    found.expected = Some(expected.clone());
    if received.contains(MASK) {
        return Some(Cause::Masked(Some(ends_alike(&received, &expected))));
    }
    match judged(request) {
        Ok(()) => return None,
        Err(VerifyError::WrongTime) => return Some(clock(at, request.received_at)),
        Err(_) => {}
    }
    let macs = spelling::macs(&received);
    if macs.is_empty() {
        return Some(Cause::NotASignature);
    }
    let is_it = |mac: [u8; 32]| macs.iter().any(|read| read.mac == mac);
    let right = hmac_sha256(&key, &[&signed]);
    if let Some(read) = macs.iter().find(|read| read.mac == right) {
        return Some(Cause::Spelled(read.fault(format)));
    }
    if let Some((fault, _)) =
        keys::others(format, request.secret).into_iter().find(|(_, key)| is_it(hmac_sha256(key, &[&signed])))
    {
        return Some(Cause::Key(fault));
    }
    let by_body = |body: &[u8]| is_it(hmac_sha256(&key, &[&self::signed(format, &beside, body)]));
    if let Some(fault) = bodies::explained(format, body, by_body) {
        return Some(Cause::Body(fault));
    }
    if let Some((fault, _)) = others(request, &beside)
        .into_iter()
        .find(|(_, beside_and_body)| is_it(hmac_sha256(&key, &[beside_and_body])))
    {
        return Some(Cause::Signed(fault));
    }
    Some(unexplained(request))
}

/// The headers that a scheme needs, the signature last.
const fn needed(format: Format) -> &'static [&'static str] {
    match format {
        Format::Telemax => &["X-Telemax-Signature"],
        Format::Zstack => &["X-Webhook-Timestamp", "X-Webhook-Signature"],
        Format::Aggregate => &["webhook-id", "webhook-timestamp", "webhook-signature"],
        Format::Softwareone => &["Authorization"],
    }
}

/// The string that is signed.
fn signed(format: Format, beside: &Beside, body: &[u8]) -> Vec<u8> {
    let before = match format {
        Format::Telemax | Format::Softwareone => String::new(),
        Format::Zstack => format!("{}.", beside.time),
        Format::Aggregate => format!("{}.{}.", beside.id, beside.time),
    };
    [before.as_bytes(), body].concat()
}

/// The value of the signature's header as the engine makes it.
fn expected(request: &Request<'_>, beside: &Beside, at: Timestamp) -> String {
    let context = SigningContext {
        secret: Some(request.secret),
        also: None,
        delivery_public_id: &beside.id,
        webhook_id: request.known.map_or(WebhookId(0), |known| known.webhook_id),
        host: request.known.map_or("", |known| known.host),
        at,
        body: request.body,
    };
    signature_headers(request.format, &context).pop().map(|(_, value)| value).unwrap_or_default()
}

/// Other strings that people sign, and those of the request as it was sent.
fn others(request: &Request<'_>, beside: &Beside) -> Vec<(SignedFault, Vec<u8>)> {
    let Request { format, body, known, .. } = *request;
    let with =
        |id: &str, time: &str| signed(format, &Beside { id: id.to_owned(), time: time.to_owned() }, body);
    let joined = |parts: &[&str]| [parts.concat().as_bytes(), body].concat();
    let (id, time) = (beside.id.as_str(), beside.time.as_str());
    let mut others = Vec::new();
    match format {
        Format::Telemax | Format::Softwareone => {}
        Format::Zstack => {
            others.push((SignedFault::BodyAlone, body.to_vec()));
            others.push((SignedFault::NoDot, joined(&[time])));
        }
        Format::Aggregate => {
            others.push((SignedFault::BodyAlone, body.to_vec()));
            others.push((SignedFault::NoId, joined(&[time, "."])));
            others.push((SignedFault::NoTime, joined(&[id, "."])));
            others.push((SignedFault::Order, joined(&[time, ".", id, "."])));
            others.push((SignedFault::NoDot, joined(&[id, time])));
        }
    }
    if let Some(known) = known {
        let sent = known.signed_at.seconds().to_string();
        if format == Format::Aggregate {
            others.push((SignedFault::IdChanged, with(known.delivery_public_id, time)));
            others.push((SignedFault::EventId, with(known.event_public_id, time)));
        }
        if format != Format::Telemax {
            others.push((SignedFault::TimeChanged, with(id, &sent)));
        }
    }
    others
}

/// Nothing simple explains it. With the request as it was sent at hand, it is still known which of the two it is.
fn unexplained(request: &Request<'_>) -> Cause {
    match request.known {
        Some(known) if known.body == request.body => Cause::WrongSecret,
        Some(known) => {
            let pairs = known.body.iter().zip(request.body);
            let at = pairs.take_while(|(sent, received)| sent == received).count();
            Cause::BodyDiffers { sent: known.body.len(), received: request.body.len(), at }
        }
        None => Cause::Unexplained,
    }
}

/// How far the time of a right signature is from the clock.
fn clock(at: Timestamp, received_at: Timestamp) -> Cause {
    let late = received_at.seconds().saturating_sub(at.seconds());
    if late > WINDOW_SECONDS { Cause::TooOld(late) } else { Cause::TooNew(late.saturating_neg()) }
}

/// Whether a value that was cut down to its end can be the whole one.
fn ends_alike(cut: &str, whole: &str) -> bool {
    let end = cut.rsplit(MASK).next().unwrap_or_default();
    !end.is_empty() && whole.ends_with(end)
}
