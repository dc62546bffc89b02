//! Requests whose receiver is played: built like any other, sent to nobody.

use std::net::SocketAddr;

use hyper::HeaderMap;

use super::exchange::Exchange;
use super::refusal::Refusal;
use super::request::OutboundRequest;
use super::response::Response;
use super::tls::TlsSession;
use crate::domain::attempt::Timing;

/// What a receiver is said to have done.
#[derive(Debug, Clone)]
pub struct Played {
    /// Its answer, or why there is none.
    pub result: Result<Response, Refusal>,
    /// The address that was dialled.
    pub remote: Option<SocketAddr>,
    /// What was agreed in TLS, where it got as far as that.
    pub tls: Option<TlsSession>,
    /// How long it took. A request was sent when [`Timing::wait_us`] is there.
    pub timing: Timing,
}

impl Played {
    /// What [`Client::post`](super::Client::post) would have returned for `request`, had its receiver done this. The
    /// outbound policy is not asked: no socket is opened.
    pub fn exchange(self, request: &OutboundRequest) -> Exchange {
        let Self { result, remote, tls, timing } = self;
        let (response, refusal) = match request.message(HeaderMap::new()).and(result) {
            Ok(response) => (Some(response), None),
            Err(refusal) => (None, Some(refusal)),
        };
        let was_sent = timing.wait_us.is_some();
        Exchange { response, refusal, remote, timing, tls, was_sent }
    }
}
