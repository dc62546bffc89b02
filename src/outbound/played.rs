//! Requests whose receiver is played: built like any other, sent to nobody.

use std::net::SocketAddr;

use super::client::Client;
use super::exchange::Exchange;
use super::refusal::Refusal;
use super::request::OutboundRequest;
use super::response::Response;
use super::target::Target;
use crate::domain::attempt::Timing;

/// What a receiver is said to have done.
#[derive(Debug, Clone)]
pub struct Played {
    /// Its answer, or why there is none.
    pub result: Result<Response, Refusal>,
    /// The address that was dialled.
    pub remote: Option<SocketAddr>,
    /// How long it took. A request was sent when [`Timing::wait_us`] is there.
    pub timing: Timing,
}

impl Client {
    /// What [`Client::post`] would have returned for `request`, had its receiver done what is `played`. The
    /// outbound policy is not asked: no socket is opened.
    pub fn rehearse(&self, request: &OutboundRequest, played: Played) -> Exchange {
        let built = Target::of(&request.url).and_then(|target| self.message(&target, request));
        let (result, sent_headers) = match built {
            Ok((_, headers)) => (played.result, headers),
            Err(refusal) => (Err(refusal), Vec::new()),
        };
        let was_sent = played.timing.wait_us.is_some();
        let (response, refusal) = match result {
            Ok(response) => (Some(response), None),
            Err(refusal) => (None, Some(refusal)),
        };
        Exchange {
            response,
            refusal,
            remote: played.remote,
            timing: played.timing,
            tls: None,
            sent_headers: if was_sent { sent_headers } else { Vec::new() },
        }
    }
}
