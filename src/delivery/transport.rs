//! The network as the engine sees it: the real one, or a simulator's.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::Instant;
use url::Url;

use crate::outbound::destination::Destination;
use crate::outbound::{Client, Exchange, OutboundRequest, PoolKey, Refusal};

/// Sends requests to webhooks.
pub trait Transport: Send + Sync + 'static {
    /// Makes one request and reads its answer. Whatever goes wrong is part of the exchange.
    fn post<'a>(&'a self, key: PoolKey, request: &'a OutboundRequest) -> BoxFuture<'a, Exchange>;

    /// What all requests to `url` have in common.
    ///
    /// # Errors
    /// When no request can be made of it.
    fn destination(&self, url: &Url, headers: &[(&str, &str)]) -> Result<Destination, Refusal>;

    /// The whole time that one request may take.
    fn timeout(&self) -> Duration;

    /// Another one with the same rules, for another thread.
    fn sibling(&self) -> Arc<dyn Transport>;

    /// Closes connections that have idled for too long.
    fn sweep(&self);
}

impl Transport for Client {
    fn post<'a>(&'a self, key: PoolKey, request: &'a OutboundRequest) -> BoxFuture<'a, Exchange> {
        Box::pin(Client::post(self, key, request))
    }

    fn destination(&self, url: &Url, headers: &[(&str, &str)]) -> Result<Destination, Refusal> {
        Client::destination(self, url, headers)
    }

    fn timeout(&self) -> Duration {
        Client::timeout(self)
    }

    fn sibling(&self) -> Arc<dyn Transport> {
        Arc::new(Client::sibling(self))
    }

    fn sweep(&self) {
        Client::sweep(self, Instant::now());
    }
}
