//! The one call: a POST to a webhook, with a deadline.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::body::Incoming;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use url::Url;

use super::channel::{Channel, Dialled};
use super::connector::Connector;
use super::destination::Destination;
use super::exchange::{Broken, Exchange, Trace, micros_since};
use super::keep_alive;
use super::policy::OutboundPolicy;
use super::pool::{Pool, PoolKey};
use super::refusal::Refusal;
use super::request::OutboundRequest;
use super::resolver::Resolve;
use super::response::Response;
use super::target::Target;
use super::tls::{self, TlsSetupError};
use crate::domain::attempt::FailureClass;

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

/// Sends requests to webhooks, and keeps the connections that may serve the next one.
///
/// One for each thread that sends: [`sibling`](Self::sibling)s share everything but their idle connections.
pub struct Client {
    shared: Arc<Shared>,
    pool: Mutex<Pool<Box<Channel>>>,
}

struct Shared {
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
        let shared = Shared {
            connector: Connector {
                policy: config.policy,
                resolver: config.resolver,
                tls: TlsConnector::from(Arc::new(tls)),
            },
            timeout: config.timeout.min(TIMEOUT_MAX),
            user_agent: config.user_agent,
        };
        Ok(Self { shared: Arc::new(shared), pool: Mutex::new(Pool::new()) })
    }

    /// Another client with the same rules and idle connections of its own.
    #[must_use]
    pub fn sibling(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), pool: Mutex::new(Pool::new()) }
    }

    /// The whole time that one attempt may take.
    pub fn timeout(&self) -> Duration {
        self.shared.timeout
    }

    /// Makes ready what all requests to `url` have in common: the URL itself, and `headers`, in this order,
    /// after ours. `Content-Type` and `User-Agent` replace the defaults.
    ///
    /// # Errors
    /// Internal, for a URL that no webhook can have (user information, another scheme), a name or value that
    /// cannot be sent, or a name that is not the caller's to set. The detail never contains a value.
    pub fn destination(&self, url: &Url, headers: &[(&str, &str)]) -> Result<Destination, Refusal> {
        Destination::of(url, headers, &self.shared.user_agent)
    }

    /// Sends `request` once and reads the answer. Never follows a redirect, never takes longer than
    /// [`timeout`](Self::timeout) (by more than a moment), never panics on what it meets.
    ///
    /// An idle connection of the same `key` and origin is used if there is one. If it turns out to be closed
    /// before the first byte of the request was written, the next one or a new one is used, within the same
    /// deadline. A request of which anything was written is never sent a second time: it may have arrived.
    ///
    /// Dropping the future closes the connection.
    pub async fn post(&self, key: PoolKey, request: &OutboundRequest) -> Exchange {
        let started = Instant::now();
        let mut trace = Trace::default();
        let result = self.attempt(key, request, started, &mut trace).await;
        trace.finish(started, result)
    }

    /// Closes the idle connections that have waited for too long. [`post`](Self::post) does so in passing;
    /// this is for when nothing is sent.
    pub fn sweep(&self, now: Instant) {
        self.pool().sweep(now);
    }

    /// Idle connections now.
    pub fn idle(&self) -> usize {
        self.pool().idle()
    }

    async fn attempt(
        &self,
        key: PoolKey,
        request: &OutboundRequest,
        started: Instant,
        trace: &mut Trace,
    ) -> Result<Response, Broken> {
        let target = request.destination.target();
        let deadline = started + self.shared.timeout;
        let mut message = request.message()?;
        loop {
            let idle = self.pool().take(key, target, started);
            let is_new = idle.is_none();
            let mut channel = match idle {
                Some(channel) => channel,
                // Rare and large: not a part of every future.
                None => Box::pin(self.dial(target, deadline, trace)).await?,
            };
            let sent = trace.begin(channel.dialled());
            let head = channel.send(message, deadline).await;
            trace.timing.wait_us = Some(micros_since(sent));
            match head {
                Ok(head) => return self.receive(key, target, channel, head, trace).await,
                Err(unanswered) => match unanswered.unsent {
                    Some(unsent) if !is_new => message = *unsent,
                    _ => return Err(unanswered.refusal.into()),
                },
            }
            *trace = Trace::default();
        }
    }

    async fn dial(
        &self,
        target: &Target,
        deadline: Instant,
        trace: &mut Trace,
    ) -> Result<Box<Channel>, Refusal> {
        let born = Instant::now();
        let connected = self.shared.connector.connect(target, deadline, trace).await;
        if connected.as_ref().is_err_and(|refusal| refusal.class == FailureClass::Internal) {
            // Most likely out of files or ports, which the idle connections hold.
            self.pool().clear();
        }
        let (stream, remote) = connected?;
        let dialled = Dialled { remote, tls: trace.tls.clone(), born };
        Ok(Box::new(Channel::open(stream, dialled).await?))
    }

    /// Reads the body of `head` and puts the connection back if it can serve again.
    async fn receive(
        &self,
        key: PoolKey,
        target: &Target,
        mut channel: Box<Channel>,
        head: hyper::Response<Incoming>,
        trace: &mut Trace,
    ) -> Result<Response, Broken> {
        let (head, body) = head.into_parts();
        let mut response = Response::from_head(&head);
        let reading = Instant::now();
        let read = response.read_body(&mut channel, body).await;
        trace.timing.read_us = Some(micros_since(reading));
        match read {
            Ok(is_whole) => {
                if is_whole && channel.is_idle().await {
                    let (wait, now) = (keep_alive::idle_time(&head), Instant::now());
                    let born = channel.dialled().born;
                    self.pool().put(key, target, channel, born, wait, now);
                }
                Ok(response)
            }
            Err(refusal) => Err(Broken { response: Some(response), refusal }),
        }
    }

    fn pool(&self) -> MutexGuard<'_, Pool<Box<Channel>>> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
