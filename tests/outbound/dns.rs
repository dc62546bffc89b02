//! Names: every line of the table of answers, rebinding, and what a silent or broken name server means.
//!
//! No test may dial the internet, so the table's public address is played by 127.0.0.2, the only allowed
//! one; 127.0.0.1 stays as forbidden as everything else.

use std::net::IpAddr;
use std::sync::Arc;

use belfry::outbound::scripted::Answer;
use belfry::outbound::{Client, OutboundPolicy, ResolveError, ScriptedResolver};

use crate::receiver::{Receiver, answers};
use crate::sender::{DEADLINE, client_with, end, post, request};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const PUBLIC: &str = "93.184.215.14";
const STANDS_FOR_PUBLIC: &str = "127.0.0.2";

/// A receiver on the public address and one on loopback, on the same port.
async fn outside_and_inside() -> (Receiver, Receiver) {
    loop {
        let outside = Receiver::start(&format!("{STANDS_FOR_PUBLIC}:0"), None, answers(OK));
        let at = format!("127.0.0.1:{}", outside.at.port());
        // Somebody else may have the port there.
        if std::net::TcpListener::bind(&at).is_ok() {
            return (outside, Receiver::start(&at, None, answers(OK)));
        }
    }
}

fn strict_client(resolver: &Arc<ScriptedResolver>) -> Client {
    let policy = OutboundPolicy {
        allowed_networks: vec![format!("{STANDS_FOR_PUBLIC}/32").parse().unwrap()],
        allow_http: true,
        ..OutboundPolicy::default()
    };
    client_with(policy, Arc::clone(resolver) as _, None, DEADLINE)
}

fn addresses<S: AsRef<str>>(texts: &[S]) -> Answer {
    let ips = texts.iter().map(|text| text.as_ref().replace(PUBLIC, STANDS_FOR_PUBLIC));
    Answer::Addresses(ips.map(|text| text.parse::<IpAddr>().unwrap()).collect())
}

#[derive(serde::Deserialize)]
struct Line {
    id: String,
    name: String,
    lookups: Vec<Vec<String>>,
    expect: String,
    may_dial: Vec<String>,
    why: String,
}

#[tokio::test]
async fn every_line_of_the_table() {
    let (outside, inside) = outside_and_inside().await;
    let table = include_str!("../vectors/dns_answers.jsonl");
    for line in table.lines().map(|line| serde_json::from_str::<Line>(line).unwrap()) {
        if line.why.starts_with("refused at save time") {
            // A rule about names, not about answers: kept where destinations are saved.
            continue;
        }
        let script: Vec<Answer> = line.lookups.iter().map(|answer| addresses(answer)).collect();
        let resolver = Arc::new(ScriptedResolver::new().with(&line.name, script));
        let before = outside.connections();
        let url = format!("http://{}:{}/", line.name, outside.at.port());
        let exchange = post(&strict_client(&resolver), &request(&url)).await;

        assert_eq!(resolver.asked(), [line.name.as_str()], "{}: one look-up", line.id);
        let dialled: Vec<String> = exchange.remote.iter().map(|at| at.ip().to_string()).collect();
        if line.expect == "deliver" {
            assert_eq!(end(&exchange), "success", "{}: {exchange:?}", line.id);
            assert!(line.may_dial.iter().any(|ip| dialled == [ip.replace(PUBLIC, STANDS_FOR_PUBLIC)]));
        } else {
            assert_eq!(end(&exchange), "blocked_address", "{}: {exchange:?}", line.id);
            assert_eq!((dialled.len(), outside.connections()), (0, before), "{}", line.id);
        }
    }
    assert_eq!(inside.connections(), 0);
}

#[tokio::test]
async fn rebinding_never_reaches_the_inside() {
    let (outside, inside) = outside_and_inside().await;
    let flips = (0..200).map(|n| addresses(&[if n % 2 == 0 { PUBLIC } else { "127.0.0.1" }]));
    let resolver = Arc::new(ScriptedResolver::new().with("flip.example.com", flips));
    let client = strict_client(&resolver);
    let request = request(&format!("http://flip.example.com:{}/", outside.at.port()));
    for attempt in 0..200 {
        let expected = if attempt % 2 == 0 { "success" } else { "blocked_address" };
        assert_eq!(end(&post(&client, &request).await), expected);
    }
    assert_eq!(resolver.asked().len(), 200);
    assert_eq!((outside.connections(), inside.connections()), (100, 0));
}

/// Nobody answers a connection to an address: the next one is dialled without another look-up.
#[tokio::test]
async fn the_second_address_is_dialled_when_the_first_refuses() {
    let receiver = Receiver::start("127.0.0.2:0", None, answers(OK));
    let resolver =
        Arc::new(ScriptedResolver::new().with("two.example.com", [addresses(&["127.0.0.3", "127.0.0.2"])]));
    let policy = OutboundPolicy {
        allowed_networks: vec!["127.0.0.2/31".parse().unwrap()],
        allow_http: true,
        ..OutboundPolicy::default()
    };
    let client = client_with(policy, Arc::clone(&resolver) as _, None, DEADLINE);
    let exchange = post(&client, &request(&format!("http://two.example.com:{}/", receiver.at.port()))).await;
    assert_eq!(end(&exchange), "success", "{exchange:?}");
    assert_eq!(exchange.remote, Some(receiver.at));
    assert_eq!(resolver.asked().len(), 1);
}

/// A first address whose backlog is full never answers; it must not use up the time of the second.
#[tokio::test]
async fn a_dead_first_address_leaves_time_for_the_second() {
    let receiver = Receiver::start("127.0.0.2:0", None, answers(OK));
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(format!("127.0.0.3:{}", receiver.at.port()).parse().unwrap()).unwrap();
    let full = socket.listen(0).unwrap();
    let _occupant = tokio::net::TcpStream::connect(full.local_addr().unwrap()).await.unwrap();

    let policy = OutboundPolicy {
        allowed_networks: vec!["127.0.0.2/31".parse().unwrap()],
        allow_http: true,
        ..OutboundPolicy::default()
    };
    for (ips, expected) in
        [(&["127.0.0.3", "127.0.0.2"][..], "success"), (&["127.0.0.3"][..], "connect_timeout")]
    {
        let resolver = Arc::new(ScriptedResolver::new().with("two.example.com", [addresses(ips)]));
        let client = client_with(policy.clone(), resolver, None, DEADLINE);
        let exchange =
            post(&client, &request(&format!("http://two.example.com:{}/", receiver.at.port()))).await;
        assert_eq!(end(&exchange), expected, "{exchange:?}");
    }
}

#[tokio::test]
async fn name_servers_that_do_not_help() {
    for (answer, expected) in [
        (Answer::Silence, "dns_timeout"),
        (Answer::Error(ResolveError::Timeout), "dns_timeout"),
        (Answer::Error(ResolveError::NoSuchName), "dns_nxdomain"),
        (Answer::Error(ResolveError::NoAddresses), "dns_failed"),
        (Answer::Error(ResolveError::Failed("SERVFAIL".into())), "dns_failed"),
        (Answer::Addresses(Vec::new()), "dns_failed"),
    ] {
        let resolver = Arc::new(ScriptedResolver::new().with("hooks.example.com", [answer]));
        let exchange = post(&strict_client(&resolver), &request("http://hooks.example.com/")).await;
        assert_eq!(end(&exchange), expected, "{exchange:?}");
        assert!(exchange.timing.dns_us.is_some() && exchange.remote.is_none());
        assert_eq!(resolver.asked().len(), 1, "no second try");
    }
}

/// A general client skips its custom resolver for addresses, and with it the check.
#[tokio::test]
async fn an_address_as_the_host_is_judged_without_a_look_up() {
    let (outside, inside) = outside_and_inside().await;
    let resolver = Arc::new(ScriptedResolver::new());
    let client = strict_client(&resolver);
    let port = outside.at.port();
    let exchange = post(&client, &request(&format!("http://127.0.0.2:{port}/"))).await;
    assert_eq!(end(&exchange), "success", "{exchange:?}");
    for host in ["127.0.0.1", "[::1]", "[::ffff:127.0.0.2]", "2130706433", "0x7f.1", "0.0.0.0"] {
        let exchange = post(&client, &request(&format!("http://{host}:{port}/"))).await;
        assert_eq!(end(&exchange), "blocked_address", "{host}: {exchange:?}");
        assert_eq!(exchange.remote, None);
    }
    assert_eq!((resolver.asked().len(), inside.connections()), (0, 0));
}
