//! The one call: a POST to a webhook, with a deadline.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use hyper::body::Incoming;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use url::Url;

use super::channel::{Channel, Dialled};
use super::connector::Connector;
use super::destination::Destination;
use super::exchange::{Broken, Exchange, Trace, micros};
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
    pool: Arc<Mutex<Channels>>,
}

type Channels = Pool<Box<Channel>>;

struct Shared {
    connector: Connector,
    timeout: Duration,
    user_agent: String,
    /// Those of all siblings.
    pools: Mutex<Vec<Weak<Mutex<Channels>>>>,
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
            pools: Mutex::default(),
        };
        Ok(Self::of(Arc::new(shared)))
    }

    fn of(shared: Arc<Shared>) -> Self {
        let pool = Arc::new(Mutex::new(Pool::new()));
        locked(&shared.pools).push(Arc::downgrade(&pool));
        Self { shared, pool }
    }

    /// Another client with the same rules and idle connections of its own.
    #[must_use]
    pub fn sibling(&self) -> Self {
        Self::of(Arc::clone(&self.shared))
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

    /// Closes the idle connections that have waited for too long, those of all siblings as well.
    /// [`post`](Self::post) does so in passing; this is for when nothing is sent.
    pub fn sweep(&self, now: Instant) {
        self.for_all_pools(|pool| pool.sweep(now));
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
        loop {
            let mut idle = self.pool().take(key, target, started);
            let spare = idle.as_mut().map(|idle| idle.spare_headers()).unwrap_or_default();
            let message = request.message(spare)?;
            let is_new = idle.is_none();
            let mut channel = match idle {
                Some(channel) => channel,
                // Rare and large: not a part of every future.
                None => Box::pin(self.dial(target, deadline, trace)).await?,
            };
            trace.begin(channel.dialled());
            let sent = if is_new { Instant::now() } else { started };
            let head = channel.send(message, deadline).await;
            let answered = Instant::now();
            trace.timing.wait_us = Some(micros(answered - sent));
            match head {
                Ok(head) => return self.receive(key, target, channel, head, answered, trace).await,
                Err(unanswered) if unanswered.is_unsent && !is_new => *trace = Trace::default(),
                Err(unanswered) => return Err(unanswered.refusal.into()),
            }
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
            self.for_all_pools(Pool::clear);
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
        answered: Instant,
        trace: &mut Trace,
    ) -> Result<Response, Broken> {
        let (mut head, body) = head.into_parts();
        let mut response = Response::from_head(&head);
        let read = response.read_body(&mut channel, body).await;
        let now = Instant::now();
        trace.timing.read_us = Some(micros(now - answered));
        match read {
            Ok(is_whole) => {
                if is_whole && channel.is_idle().await {
                    let (wait, born) = (keep_alive::idle_time(&head), channel.dialled().born);
                    channel.keep_headers(mem::take(&mut head.headers));
                    self.pool().put(key, target, channel, born, wait, now);
                }
                Ok(response)
            }
            Err(refusal) => Err(Broken { response: Some(response), refusal }),
        }
    }

    fn pool(&self) -> MutexGuard<'_, Channels> {
        locked(&self.pool)
    }

    /// Does something to the pools of this client and of its siblings, and forgets those that are gone.
    fn for_all_pools(&self, mut work: impl FnMut(&mut Channels)) {
        locked(&self.shared.pools).retain(|pool| {
            let pool = pool.upgrade();
            pool.is_some_and(|pool| {
                work(&mut locked(&pool));
                true
            })
        });
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;
    use crate::outbound::FixedResolver;

    const KEY: PoolKey = PoolKey { webhook: 7, version: 1 };

    /// However often it is used: it is as old as its look-up.
    #[tokio::test]
    async fn a_connection_is_as_old_as_its_first_request() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = Client::new(ClientConfig {
            policy: OutboundPolicy {
                allowed_networks: vec!["127.0.0.0/8".parse().unwrap()],
                allow_http: true,
                ..OutboundPolicy::default()
            },
            resolver: Arc::new(FixedResolver::new(listener.local_addr().unwrap())),
            timeout: Duration::from_secs(5),
            extra_ca_pem: None,
            user_agent: "Belfry/1".to_owned(),
        })
        .unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = [0; 4096];
            while stream.read(&mut buffer).await.unwrap() > 0 {
                stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
            }
        });
        let url = "http://hooks.example.com/".parse().unwrap();
        let request = OutboundRequest {
            destination: client.destination(&url, &[]).unwrap(),
            headers: Vec::new(),
            body: Bytes::from_static(b"{}"),
        };
        let before = Instant::now();
        assert!(client.post(KEY, &request).await.refusal.is_none());
        let after_the_first = Instant::now();
        for _ in 0..3 {
            assert!(client.post(KEY, &request).await.refusal.is_none());
        }
        let channel = client.pool().take(KEY, request.destination.target(), Instant::now()).unwrap();
        assert!((before..after_the_first).contains(&channel.dialled().born));
    }
}
