//! The one call: a POST to a webhook, with a deadline.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::Uri;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use super::channel::Channel;
use super::connector::Connector;
use super::exchange::{Broken, Exchange, Trace, micros_since};
use super::policy::OutboundPolicy;
use super::refusal::Refusal;
use super::request::{Heads, OutboundRequest};
use super::resolver::Resolve;
use super::response::Response;
use super::target::Target;
use super::tls::{self, TlsSetupError};

/// A longer deadline is cut to this: clocks have an end, and no receiver is worth more.
const TIMEOUT_MAX: Duration = Duration::from_secs(3600);

/// What a client needs to know.
pub struct ClientConfig {
    /// Which addresses are dialled.
    pub policy: OutboundPolicy,
    /// Who looks names up.
    pub resolver: Arc<dyn Resolve>,
    /// The whole attempt, from before the look-up to the last kept byte of the body; at most an hour.
    pub timeout: Duration,
    /// Authorities that are trusted besides the web's, as a PEM file.
    pub extra_ca_pem: Option<Vec<u8>>,
    /// What `User-Agent` says: `Belfry/<version>`.
    pub user_agent: String,
}

/// Why a client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The TLS set-up, in practice the extra CA file.
    #[error(transparent)]
    Tls(#[from] TlsSetupError),
}

/// Sends requests to webhooks. One for the process; every part of it is shared.
pub struct Client {
    connector: Connector,
    timeout: Duration,
    user_agent: String,
}

impl Client {
    /// A client with these rules.
    ///
    /// # Errors
    /// When the extra CA file cannot be used.
    pub fn new(config: ClientConfig) -> Result<Self, ClientError> {
        let tls = tls::config(config.extra_ca_pem.as_deref())?;
        Ok(Self {
            connector: Connector {
                policy: config.policy,
                resolver: config.resolver,
                tls: TlsConnector::from(Arc::new(tls)),
            },
            timeout: config.timeout.min(TIMEOUT_MAX),
            user_agent: config.user_agent,
        })
    }

    /// The whole time that one attempt may take.
    pub const fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Sends `request` once and reads the answer. Never follows a redirect, never tries a second time, never
    /// takes longer than [`timeout`](Self::timeout) (by more than a moment), never panics on what it meets.
    ///
    /// Dropping the future closes the connection.
    pub async fn post(&self, request: &OutboundRequest) -> Exchange {
        let started = Instant::now();
        let mut trace = Trace::default();
        let result = self.attempt(request, started + self.timeout, &mut trace).await;
        trace.finish(started, result)
    }

    async fn attempt(
        &self,
        request: &OutboundRequest,
        deadline: Instant,
        trace: &mut Trace,
    ) -> Result<Response, Broken> {
        let target = Target::of(&request.url)?;
        let (message, sent_headers) = self.message(&target, request)?;
        let stream = self.connector.connect(&target, deadline, trace).await?;
        let mut channel = Channel::open(stream).await?;

        trace.sent_headers = sent_headers;
        let sent = Instant::now();
        let head = timeout_at(deadline, channel.send(message)).await;
        trace.timing.wait_us = Some(micros_since(sent));
        let (head, body) = head.unwrap_or_else(|_| Err(channel.late()))?.into_parts();

        let mut response = Response::from_head(&head);
        let reading = Instant::now();
        let read = response.read_body(&mut channel, body, deadline).await;
        trace.timing.read_us = Some(micros_since(reading));
        match read {
            Ok(()) => Ok(response),
            Err(refusal) => Err(Broken { response: Some(response), refusal }),
        }
    }

    /// The request for hyper, and its headers for the record.
    #[allow(clippy::type_complexity)]
    pub(super) fn message(
        &self,
        target: &Target,
        request: &OutboundRequest,
    ) -> Result<(hyper::Request<Full<bytes::Bytes>>, Vec<(String, String)>), Refusal> {
        let uri = Uri::try_from(target.path_and_query.as_str())
            .map_err(|_| Refusal::internal("The path or the query of the URL cannot be sent."))?;
        let heads = Heads::of(target, request, &self.user_agent)?;
        let mut message = hyper::Request::new(Full::new(request.body.clone()));
        *message.method_mut() = hyper::Method::POST;
        *message.uri_mut() = uri;
        *message.headers_mut() = heads.map;
        Ok((message, heads.sent))
    }
}
