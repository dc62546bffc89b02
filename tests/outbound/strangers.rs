//! Nobody but the judged address hears of a delivery: no redirect target, no proxy, not ourselves.

use std::process::Command;
use std::sync::Arc;

use belfry::outbound::{FixedResolver, OutboundPolicy};

use crate::receiver::{Receiver, answers};
use crate::sender::{DEADLINE, client_of, client_with, end, policy, post, request};

#[tokio::test]
async fn redirects_are_answers_and_are_not_followed() {
    let third_party = Receiver::plain(answers("HTTP/1.1 200 OK\r\n\r\n"));
    for status in [301, 302, 303, 307, 308] {
        let location = format!("http://{}/stolen", third_party.at);
        let response =
            format!("HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        let receiver = Receiver::plain(answers(response));
        let exchange = post(&client_of(receiver.at), &request("http://hooks.example.com/")).await;
        assert_eq!(end(&exchange), "http_3xx");
        let response = exchange.response.unwrap();
        assert_eq!((response.status, response.header("location")), (status, Some(location.as_str())));
        assert_eq!(receiver.connections(), 1);
    }
    assert_eq!(third_party.connections(), 0);
}

/// Runs the plain delivery again in a process of its own, with every proxy variable pointing at a receiver.
#[tokio::test]
async fn proxy_variables_are_ignored() {
    let proxy = Receiver::plain(answers("HTTP/1.1 200 OK\r\n\r\n"));
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "plain::delivers_plainly"]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        command.env(name, format!("http://{}", proxy.at));
    }
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.contains("1 passed"), "{output}");
    assert_eq!(proxy.connections(), 0);
}

#[tokio::test]
async fn nothing_is_delivered_to_ourselves() {
    let ourselves = Receiver::plain(answers("HTTP/1.1 200 OK\r\n\r\n"));
    let by_address = OutboundPolicy { own_addresses: vec![ourselves.at], ..policy() };
    let by_name = OutboundPolicy { public_url: "https://alerts.example.com".parse().ok(), ..policy() };
    for policy in [by_address, by_name] {
        let resolver = Arc::new(FixedResolver::new(ourselves.at));
        let client = client_with(policy, resolver, None, DEADLINE);
        let exchange = post(&client, &request("http://alerts.example.com/api/v2/webhooks")).await;
        assert_eq!(end(&exchange), "blocked_address", "{exchange:?}");
    }
    assert_eq!(ourselves.connections(), 0);
}

#[tokio::test]
async fn http_is_refused_unless_permitted() {
    let receiver = Receiver::plain(answers("HTTP/1.1 200 OK\r\n\r\n"));
    let policy = OutboundPolicy { allow_http: false, ..policy() };
    let resolver = Arc::new(FixedResolver::new(receiver.at));
    let client = client_with(policy, Arc::clone(&resolver) as _, None, DEADLINE);
    let exchange = post(&client, &request("http://hooks.example.com/")).await;
    assert_eq!(end(&exchange), "blocked_address");
    assert_eq!((receiver.connections(), resolver.lookups()), (0, 0));
}
