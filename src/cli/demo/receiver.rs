//! The built-in receiver: one socket on this machine that is every customer of the story, told apart by host name.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _, ready};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::dice::Dice;
use super::temper::{Deed, Reply, Temper, Voice, Words};
use super::webhooks::{HOOKS, HookRow};
use crate::domain::clock::SharedClock;
use crate::domain::time::Timestamp;
use crate::outbound::{FixedResolver, Resolve, ResolveError};

/// Bytes of a request that are read; deliveries are far smaller.
const BODY_BYTES_MAX: usize = 256 * 1024;
/// Deliveries whose attempts are counted; more begin a new count.
const COUNTED_MAX: usize = 10_000;
/// A port on which nobody listens: connections are refused.
const CLOSED_PORT: u16 = 1;

fn row(host: &str) -> Option<&'static HookRow> {
    HOOKS.iter().find(|row| row.host() == host)
}

/// Sends every name to the receiver, and a receiver that refuses connections now and then to a closed port.
pub(super) struct DemoResolver {
    receiver: FixedResolver,
    closed: FixedResolver,
    dice: Dice,
}

impl DemoResolver {
    /// Every name leads to `at`.
    pub(super) fn new(at: SocketAddr, seed: u64) -> Self {
        Self {
            receiver: FixedResolver::new(at),
            closed: FixedResolver::new(SocketAddr::new(at.ip(), CLOSED_PORT)),
            dice: Dice::new(seed, "resolver"),
        }
    }
}

impl Resolve for DemoResolver {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, Result<Vec<SocketAddr>, ResolveError>> {
        // Names below localhost lead to this machine, with the port that was typed: receivers of one's own.
        if host == "localhost" || host.ends_with(".localhost") {
            return ready(Ok(vec![SocketAddr::from(([127, 0, 0, 1], port))])).boxed();
        }
        let refuses = row(host).filter(|row| row.temper == Temper::Refusing).is_some_and(|row| {
            let reply = row.temper.reply(row.voice, -1, 1, &self.dice);
            matches!(reply.deed, Deed::RefusesConnection)
        });
        if refuses { &self.closed } else { &self.receiver }.resolve(host, port)
    }
}

/// What all connections share.
pub(super) struct Receiver {
    clock: SharedClock,
    now: Timestamp,
    dice: Dice,
    attempts: Mutex<HashMap<String, i32>>,
}

impl Receiver {
    /// A receiver for a story whose present is `now`.
    pub(super) fn new(clock: SharedClock, now: Timestamp, seed: u64) -> Arc<Self> {
        Arc::new(Self { clock, now, dice: Dice::new(seed, "receiver"), attempts: Mutex::default() })
    }

    /// Answers for ever.
    pub(super) async fn run(self: Arc<Self>, socket: TcpListener) {
        loop {
            let Ok((stream, _)) = socket.accept().await else {
                // Out of files, most likely: some time helps, and spinning does not.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let receiver = Arc::clone(&self);
            tokio::spawn(async move {
                let service = service_fn(|request| receiver.answer(request));
                let connection = hyper::server::conn::http1::Builder::new();
                // A sender that breaks off is its own business.
                drop(connection.serve_connection(TokioIo::new(stream), service).await);
            });
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let (head, body) = request.into_parts();
        drop(Limited::new(body, BODY_BYTES_MAX).collect().await);
        let text =
            |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let host = text(header::HOST.as_str()).split(':').next().unwrap_or_default();
        let number = self.number(text("x-telemax-delivery"));
        let ago_us = self.now.since(self.clock.now());
        let reply = match row(host) {
            // Whoever got here was not refused.
            Some(row) if row.temper == Temper::Refusing => {
                Temper::Good.reply(row.voice, ago_us, number, &self.dice)
            }
            Some(row) => row.temper.reply(row.voice, ago_us, number, &self.dice),
            None => Temper::Quick.reply(Voice::Json, ago_us, number, &self.dice),
        };
        Ok(spoken(reply).await)
    }

    /// How often this delivery was seen, this time included.
    fn number(&self, delivery: &str) -> i32 {
        if delivery.is_empty() {
            return 1;
        }
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        if attempts.len() >= COUNTED_MAX {
            attempts.clear();
        }
        let count = attempts.entry(delivery.to_owned()).or_default();
        *count += 1;
        *count
    }
}

async fn spoken(reply: Reply) -> Response<Full<Bytes>> {
    tokio::time::sleep(Duration::from_micros(u64::try_from(reply.after_us).unwrap_or_default())).await;
    match reply.deed {
        Deed::Answers(words) => response(words),
        // The first two happen elsewhere, before a request is made; the third one's sender has gone by now.
        Deed::RefusesConnection | Deed::ShowsOldCertificate | Deed::SaysNothing => Response::default(),
    }
}

fn response(words: Words) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(words.body)));
    *response.status_mut() = StatusCode::from_u16(words.status).unwrap_or_default();
    let headers = response.headers_mut();
    if let Some(content_type) = words.content_type {
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    }
    if let Some(seconds) = words.retry_after {
        headers.insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
    response
}
