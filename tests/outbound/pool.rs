//! Idle connections: whose they are, how many, and for how long.

use std::sync::Arc;
use std::time::Duration;

use belfry::outbound::scripted::Answer;
use belfry::outbound::{
    Client, Exchange, FixedResolver, OutboundPolicy, PoolKey, ResolveError, ScriptedResolver,
};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::certificates::Authority;
use crate::receiver::{Receiver, Step, answers, write};
use crate::sender::{DEADLINE, client, client_of, client_with, end, policy, post_as, request};

/// Where requests go.
pub const URL: &str = "http://hooks.example.com/";
/// Whose requests they are.
pub const KEY: PoolKey = PoolKey { webhook: 7, version: 3 };
/// A short answer.
pub const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Answers every request in the same way and keeps its connections.
pub async fn patient(response: &str) -> Receiver {
    Receiver::plain(vec![Step::AnswerForEver(response.into())])
}

/// Sends a request of [`KEY`]'s.
pub async fn post(client: &Client) -> Exchange {
    post_as(client, KEY, &request(URL)).await
}

/// Sends one that must succeed.
pub async fn succeeds(client: &Client) -> Exchange {
    let exchange = post(client).await;
    assert_eq!(end(&exchange), "success", "{exchange:?}");
    exchange
}

#[tokio::test]
async fn the_second_request_uses_the_connection_of_the_first() {
    let receiver = patient(OK).await;
    let resolver = Arc::new(FixedResolver::new(receiver.at));
    let client = client(Arc::clone(&resolver) as _, None);
    let first = succeeds(&client).await;
    assert!(first.timing.dns_us.is_some() && first.timing.connect_us.is_some(), "{first:?}");
    let second = succeeds(&client).await;
    let timing = second.timing;
    assert_eq!((timing.dns_us, timing.connect_us, timing.tls_us), (None, None, None));
    assert!(timing.wait_us.is_some() && timing.read_us.is_some() && timing.total_us > 0, "{timing:?}");
    assert_eq!((second.remote, second.was_sent), (Some(receiver.at), true));
    assert_eq!(second.response.unwrap().body, b"ok");
    assert_eq!((receiver.connections(), resolver.lookups()), (1, 1));
    let requests = receiver.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0], requests[1], "the same bytes on the wire");
}

#[tokio::test]
async fn tls_is_agreed_once_and_told_every_time() {
    let authority = Authority::new();
    let config = authority.server("hooks.example.com");
    let receiver = Receiver::tls(config, vec![Step::AnswerForEver(OK.into())]);
    let client = client(Arc::new(FixedResolver::new(receiver.at)), Some(&authority.pem()));
    let request = request("https://hooks.example.com/");
    let first = post_as(&client, KEY, &request).await;
    let second = post_as(&client, KEY, &request).await;
    assert_eq!((end(&first), end(&second)), ("success", "success"));
    assert!(first.timing.tls_us.is_some() && second.timing.tls_us.is_none());
    assert_eq!(second.tls, first.tls);
    assert_eq!(second.tls.unwrap().version, "TLSv1.3");
    assert_eq!((receiver.connections(), receiver.greetings().len()), (1, 1));
}

#[tokio::test]
async fn nobody_else_uses_the_connection() {
    for (key, url) in [
        (PoolKey { webhook: 8, ..KEY }, URL),
        (PoolKey { version: 4, ..KEY }, URL),
        (PoolKey { version: 2, ..KEY }, URL),
        (KEY, "http://www.example.com/"),
        (KEY, "http://hooks.example.com:8080/"),
    ] {
        let receiver = patient(OK).await;
        let client = client_of(receiver.at);
        succeeds(&client).await;
        let exchange = post_as(&client, key, &request(url)).await;
        assert_eq!(end(&exchange), "success");
        assert_eq!(receiver.connections(), 2, "{key:?} {url}");
    }
    // What is not https is not sent over TLS, and the other way round.
    let receiver = patient(OK).await;
    let client = client_of(receiver.at);
    let plain = post_as(&client, KEY, &request("http://hooks.example.com:8443/")).await;
    let secure = post_as(&client, KEY, &request("https://hooks.example.com:8443/")).await;
    assert_eq!((end(&plain), end(&secure)), ("success", "connect_timeout"));
}

#[tokio::test]
async fn siblings_share_rules_and_no_connections() {
    let receiver = patient(OK).await;
    let client = client_of(receiver.at);
    let sibling = client.sibling();
    succeeds(&client).await;
    succeeds(&sibling).await;
    assert_eq!((receiver.connections(), client.idle(), sibling.idle()), (2, 1, 1));
    drop(client.sibling());
    client.sweep(Instant::now() + Duration::from_secs(4));
    assert_eq!((client.idle(), sibling.idle(), receiver.sockets()), (0, 0, 0), "one sweeps for all");
}

#[tokio::test]
async fn a_changed_webhook_closes_its_old_connections() {
    let receiver = patient(OK).await;
    let client = client_of(receiver.at);
    succeeds(&client).await;
    post_as(&client, PoolKey { version: 4, ..KEY }, &request(URL)).await;
    receiver.ended(1).await;
    assert_eq!((client.idle(), receiver.sockets()), (1, 1));
}

/// The connection goes to the address that was judged: no look-up in between can turn it round.
#[tokio::test]
async fn an_idle_connection_stays_where_it_was_judged() {
    let receiver = Receiver::start("127.0.0.2:0", None, vec![Step::AnswerForEver(OK.into())]);
    let answer = |ip: &str| Answer::Addresses(vec![ip.parse().unwrap()]);
    let resolver = Arc::new(
        ScriptedResolver::new().with("flip.example.com", [answer("127.0.0.2"), answer("127.0.0.1")]),
    );
    let policy = OutboundPolicy {
        allowed_networks: vec!["127.0.0.2/32".parse().unwrap()],
        allow_http: true,
        ..OutboundPolicy::default()
    };
    let client = client_with(policy, Arc::clone(&resolver) as _, None, DEADLINE);
    let request = request(&format!("http://flip.example.com:{}/", receiver.at.port()));
    for _ in 0..3 {
        let exchange = post_as(&client, KEY, &request).await;
        assert_eq!((end(&exchange), exchange.remote), ("success", Some(receiver.at)));
    }
    assert_eq!((receiver.connections(), resolver.asked().len()), (1, 1));
    client.sweep(Instant::now() + Duration::from_secs(4));
    let exchange = post_as(&client, KEY, &request).await;
    assert_eq!((end(&exchange), exchange.remote), ("blocked_address", None), "judged anew when dialled anew");
}

#[tokio::test]
async fn idle_connections_are_closed_in_time() {
    for (keep_alive, kept_ms) in
        [("", 4_000), ("Keep-Alive: timeout=60\r\n", 4_000), ("Keep-Alive: timeout=3, max=9\r\n", 2_000)]
    {
        let response = format!("HTTP/1.1 200 OK\r\n{keep_alive}Content-Length: 0\r\n\r\n");
        let receiver = patient(&response).await;
        let client = client_of(receiver.at);
        let before = Instant::now();
        succeeds(&client).await;
        client.sweep(before + Duration::from_millis(kept_ms - 1));
        assert_eq!((client.idle(), receiver.sockets()), (1, 1), "{keep_alive}");
        client.sweep(Instant::now() + Duration::from_millis(kept_ms));
        assert_eq!((client.idle(), receiver.sockets()), (0, 0), "{keep_alive}");
        receiver.ended(1).await;
    }
}

#[tokio::test]
async fn a_webhook_keeps_32_connections() {
    let signal = Arc::new(Notify::new());
    let script =
        [vec![Step::ReadRequest, Step::Until(Arc::clone(&signal))], vec![write(OK), Step::Hang]].concat();
    let receiver = Receiver::plain(script);
    let client = client_of(receiver.at);
    let request = request(URL);
    let release = async {
        while receiver.requests().len() < 40 {
            tokio::task::yield_now().await;
        }
        signal.notify_waiters();
    };
    let all = futures_util::future::join_all((0..40).map(|_| client.post(KEY, &request)));
    let (exchanges, ()) = tokio::join!(all, release);
    assert!(exchanges.iter().all(|exchange| end(exchange) == "success"));
    receiver.ended(8).await;
    assert_eq!((receiver.connections(), client.idle(), receiver.sockets()), (40, 32, 32));
}

#[tokio::test]
async fn giving_up_on_a_request_closes_its_connection() {
    for script in [
        vec![Step::ReadRequest],
        vec![Step::ReadRequest, write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")],
    ] {
        let receiver = Receiver::plain([answers(OK), script, vec![Step::Hang]].concat());
        let client = client_of(receiver.at);
        succeeds(&client).await;
        let request = request(URL);
        let mut second = Box::pin(client.post(KEY, &request));
        while receiver.requests().len() < 2 {
            assert!(futures_util::poll!(&mut second).is_pending());
            tokio::task::yield_now().await;
        }
        assert_eq!((receiver.sockets(), client.idle()), (1, 0));
        drop(second);
        assert_eq!((receiver.sockets(), client.idle()), (0, 0));
        receiver.ended(1).await;
    }
}

#[tokio::test]
async fn dropping_the_client_closes_everything() {
    let receiver = patient(OK).await;
    let client = client_of(receiver.at);
    succeeds(&client).await;
    drop(client);
    receiver.ended(1).await;
    assert_eq!(receiver.sockets(), 0);
}

#[tokio::test]
async fn out_of_files_the_idle_ones_go() {
    let receiver = patient(OK).await;
    let answer = Answer::Addresses(vec![receiver.at.ip()]);
    let exhausted = Answer::Error(ResolveError::Exhausted("EMFILE".into()));
    let resolver = ScriptedResolver::new().with("a.example.com", [answer]).with("b.example.com", [exhausted]);
    let client = client_with(policy(), Arc::new(resolver), None, DEADLINE);
    let to = |host: &str| request(&format!("http://{host}.example.com:{}/", receiver.at.port()));
    assert_eq!(end(&post_as(&client, KEY, &to("a")).await), "success");
    assert_eq!(client.idle(), 1);
    assert_eq!(end(&post_as(&client, PoolKey { webhook: 8, ..KEY }, &to("b")).await), "internal");
    assert_eq!((client.idle(), receiver.sockets()), (0, 0));
}

#[tokio::test]
async fn a_thousand_requests_leave_one_socket() {
    let receiver = patient(OK).await;
    let client = client_of(receiver.at);
    for _ in 0..1000 {
        succeeds(&client).await;
    }
    assert_eq!((receiver.connections(), receiver.requests().len()), (1, 1000));
    assert_eq!((client.idle(), receiver.sockets()), (1, 1));
}
