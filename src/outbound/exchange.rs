//! What one attempt leaves behind, however it ended.

use std::fmt;
use std::net::SocketAddr;

use tokio::time::Instant;

use super::refusal::Refusal;
use super::response::Response;
use super::tls::TlsSession;
use crate::domain::attempt::{FailureClass, Outcome, Timing};

/// One attempt, as far as it got. At least one of `response` and `refusal` is there; both are when the answer
/// broke off in the middle.
pub struct Exchange {
    /// The answer: its head, and its body as far as it was read and kept.
    pub response: Option<Response>,
    /// Why there is no complete answer.
    pub refusal: Option<Refusal>,
    /// The address that was dialled last; `None` when nothing was dialled.
    pub remote: Option<SocketAddr>,
    /// How long the phases took. A phase that was begun has a time, also when it failed.
    pub timing: Timing,
    /// What was agreed with the receiver, once the handshake was done.
    pub tls: Option<TlsSession>,
    /// The headers as sent, in their order and spelling; empty when nothing was sent. They contain the
    /// webhook's credentials in plain text: mask them before storing.
    pub sent_headers: Vec<(String, String)>,
}

impl Exchange {
    /// How the attempt ended: a complete answer by its status, everything else by its refusal.
    pub fn outcome(&self) -> Outcome {
        match (&self.refusal, &self.response) {
            (Some(refusal), _) => Outcome::Failure(refusal.class),
            (None, Some(response)) => Outcome::from_status(response.status),
            (None, None) => Outcome::Failure(FailureClass::Internal),
        }
    }
}

impl fmt::Debug for Exchange {
    /// Everything but the values of the headers that were sent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.sent_headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Exchange")
            .field("response", &self.response)
            .field("refusal", &self.refusal)
            .field("remote", &self.remote)
            .field("timing", &self.timing)
            .field("tls", &self.tls)
            .field("sent_headers", &names)
            .finish()
    }
}

/// What is noted on the way; it survives whichever phase fails.
#[derive(Debug, Default)]
pub(super) struct Trace {
    pub(super) remote: Option<SocketAddr>,
    pub(super) timing: Timing,
    pub(super) tls: Option<TlsSession>,
    pub(super) sent_headers: Vec<(String, String)>,
}

impl Trace {
    /// The end of the attempt that began at `started`.
    pub(super) fn finish(self, started: Instant, result: Result<Response, Broken>) -> Exchange {
        let Self { remote, mut timing, tls, sent_headers } = self;
        timing.total_us = micros_since(started);
        let (response, refusal) = match result {
            Ok(response) => (Some(response), None),
            Err(Broken { response, refusal }) => (response, Some(refusal)),
        };
        Exchange { response, refusal, remote, timing, tls, sent_headers }
    }
}

/// An attempt that has no complete answer, with what there is of it.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) response: Option<Response>,
    pub(super) refusal: Refusal,
}

impl From<Refusal> for Broken {
    fn from(refusal: Refusal) -> Self {
        Self { response: None, refusal }
    }
}

/// Microseconds since `earlier`.
pub(super) fn micros_since(earlier: Instant) -> i64 {
    i64::try_from(earlier.elapsed().as_micros()).unwrap_or(i64::MAX)
}
