//! The client under test, pointed at a receiver on this machine.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use belfry::domain::attempt::Outcome;
use belfry::outbound::{
    Client, ClientConfig, Destination, Exchange, FixedResolver, OutboundPolicy, OutboundRequest, PoolKey,
    Resolve,
};

const USER_AGENT: &str = "Belfry/0.0.0";

/// The deadline of an attempt in these tests. Receivers that never finish cost exactly this.
pub const DEADLINE: Duration = Duration::from_millis(400);

/// A client with `resolver`, for which 127.0.0.0/8 and http are fine.
pub fn client(resolver: Arc<dyn Resolve>, extra_ca_pem: Option<&str>) -> Client {
    client_with(policy(), resolver, extra_ca_pem, DEADLINE)
}

/// A client for one receiver, under whatever name.
pub fn client_of(at: SocketAddr) -> Client {
    client(Arc::new(FixedResolver::new(at)), None)
}

/// A client with every choice made by the test.
pub fn client_with(
    policy: OutboundPolicy,
    resolver: Arc<dyn Resolve>,
    extra_ca_pem: Option<&str>,
    timeout: Duration,
) -> Client {
    Client::new(ClientConfig {
        policy,
        resolver,
        timeout,
        extra_ca_pem: extra_ca_pem.map(|pem| pem.as_bytes().to_vec()),
        user_agent: USER_AGENT.to_owned(),
    })
    .unwrap()
}

/// The laboratory's rules: loopback and http are fine.
pub fn policy() -> OutboundPolicy {
    OutboundPolicy {
        allowed_networks: vec!["127.0.0.0/8".parse().unwrap()],
        allow_http: true,
        ..OutboundPolicy::default()
    }
}

/// A small signed event for `url`.
pub fn request(url: &str) -> OutboundRequest {
    OutboundRequest {
        destination: Destination::of(&url.parse().unwrap(), &[], USER_AGENT).unwrap(),
        headers: vec![("X-Telemax-Signature".into(), "0123abcd".to_owned())],
        body: bytes::Bytes::from_static(br#"{"event":1}"#),
    }
}

/// Sends for a webhook of its own, so on a new connection.
pub async fn post(client: &Client, request: &OutboundRequest) -> Exchange {
    static WEBHOOKS: AtomicI64 = AtomicI64::new(1_000_000);
    let webhook = WEBHOOKS.fetch_add(1, Ordering::Relaxed);
    post_as(client, PoolKey { webhook, version: 1 }, request).await
}

/// Sends and checks what holds for every attempt: it ends in time, and it says how it ended.
pub async fn post_as(client: &Client, key: PoolKey, request: &OutboundRequest) -> Exchange {
    let started = Instant::now();
    let exchange = client.post(key, request).await;
    let took = started.elapsed();
    assert!(took < client.timeout() + Duration::from_millis(500), "took {took:?}: {exchange:?}");
    assert!(exchange.response.is_some() || exchange.refusal.is_some(), "{exchange:?}");
    exchange
}

/// The word for how an attempt ended: `success`, or the slug of the failure.
pub fn end(exchange: &Exchange) -> &'static str {
    match exchange.outcome() {
        Outcome::Success => "success",
        Outcome::Interrupted => "interrupted",
        Outcome::Failure(class) => class.slug(),
    }
}
