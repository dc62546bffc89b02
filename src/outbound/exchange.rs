//! What one attempt leaves behind, however it ended.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::channel::Dialled;
use super::refusal::Refusal;
use super::response::Response;
use super::tls::TlsSession;
use crate::domain::attempt::{FailureClass, Outcome, Timing};
use crate::domain::time::Timestamp;

/// One attempt, as far as it got. At least one of `response` and `refusal` is there; both are when the answer
/// broke off in the middle.
#[derive(Debug)]
pub struct Exchange {
    /// The answer: its head, and its body as far as it was read and kept.
    pub response: Option<Response>,
    /// Why there is no complete answer.
    pub refusal: Option<Refusal>,
    /// The address of the connection, or that was dialled last; `None` when there was neither.
    pub remote: Option<SocketAddr>,
    /// How long the phases took. A phase that was begun has a time, also when it failed; on a connection that
    /// had served before there is no look-up, no dialling and no handshake.
    pub timing: Timing,
    /// What was agreed with the receiver, now or when the connection was opened.
    pub tls: Option<TlsSession>,
    /// Whether a connection got as far as taking the request; which headers it had then, its
    /// [`head`](super::OutboundRequest::head) tells.
    pub was_sent: bool,
}

impl Exchange {
    /// An attempt that ended before there was a request.
    pub fn refused(refusal: Refusal) -> Self {
        Self {
            response: None,
            refusal: Some(refusal),
            remote: None,
            timing: Timing::default(),
            tls: None,
            was_sent: false,
        }
    }

    /// Until when the receiver's certificate is valid: one that was refused because it has ended, or else that of the
    /// connection.
    pub fn cert_not_after(&self) -> Option<Timestamp> {
        let refused = self.refusal.as_ref().and_then(|refusal| refusal.cert_not_after);
        refused.or_else(|| self.tls.as_ref().and_then(|tls| tls.cert_not_after))
    }

    /// How the attempt ended: a complete answer by its status, everything else by its refusal.
    pub fn outcome(&self) -> Outcome {
        match (&self.refusal, &self.response) {
            (Some(refusal), _) => Outcome::Failure(refusal.class),
            (None, Some(response)) => Outcome::from_status(response.status),
            (None, None) => Outcome::Failure(FailureClass::Internal),
        }
    }
}

/// What is noted on the way; it survives whichever phase fails.
#[derive(Debug, Default)]
pub(super) struct Trace {
    pub(super) remote: Option<SocketAddr>,
    pub(super) timing: Timing,
    pub(super) tls: Option<TlsSession>,
    pub(super) was_sent: bool,
}

impl Trace {
    /// Notes that a request is given to this connection.
    pub(super) fn begin(&mut self, dialled: &Dialled) {
        self.remote = Some(dialled.remote);
        self.tls.clone_from(&dialled.tls);
        self.was_sent = true;
    }

    /// The end of the attempt that began at `started`.
    pub(super) fn finish(self, started: Instant, result: Result<Response, Broken>) -> Exchange {
        let Self { remote, mut timing, tls, was_sent } = self;
        timing.total_us = micros_since(started);
        let (response, refusal) = match result {
            Ok(response) => (Some(response), None),
            Err(Broken { response, refusal }) => (response, Some(refusal)),
        };
        Exchange { response, refusal, remote, timing, tls, was_sent }
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
    micros(earlier.elapsed())
}

/// Microseconds.
pub(super) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
