//! The plain case: what goes over the wire, and what comes back.

use crate::receiver::{Receiver, answers};
use crate::sender::{client_of, end, post, request};

#[tokio::test]
async fn delivers_plainly() {
    let receiver = Receiver::plain(answers("HTTP/1.1 201 Made\r\nX-Id: 7\r\nContent-Length: 2\r\n\r\nok"));
    let exchange =
        post(&client_of(receiver.at), &request("http://hooks.example.com:8080/in?t=a%20b&c=d#frag")).await;

    assert_eq!(end(&exchange), "success");
    let response = exchange.response.unwrap();
    assert_eq!((response.status, &*response.reason), (201, "Made"));
    assert_eq!(response.header("X-ID"), Some("7"));
    assert_eq!(response.body, b"ok");
    assert_eq!((response.body_read, response.body_truncated), (2, false));
    assert_eq!(exchange.remote, Some(receiver.at));
    assert_eq!(exchange.tls, None);
    let timing = exchange.timing;
    assert!(timing.dns_us.is_some() && timing.connect_us.is_some() && timing.tls_us.is_none(), "{timing:?}");
    assert!(timing.wait_us.is_some() && timing.read_us.is_some() && timing.total_us > 0, "{timing:?}");

    assert_eq!(
        receiver.requests(),
        ["POST /in?t=a%20b&c=d HTTP/1.1\r\n\
          Host: hooks.example.com:8080\r\n\
          User-Agent: Belfry/0.0.0\r\n\
          Content-Type: application/json\r\n\
          Content-Length: 11\r\n\
          Belfry-Hop: 1\r\n\
          X-Telemax-Signature: 0123abcd\r\n\
          \r\n\
          {\"event\":1}"]
    );
}

/// The record is what was on the wire, in order and spelling.
#[tokio::test]
async fn the_sent_headers_are_those_on_the_wire() {
    let receiver = Receiver::plain(answers("HTTP/1.1 204 No Content\r\n\r\n"));
    let mut request = request("http://hooks.example.com/");
    for (name, value) in [("x-zulu", "1"), ("X-API-Key", "2"), ("A", "3")] {
        request.headers.push((name.into(), value.to_owned()));
    }
    let exchange = post(&client_of(receiver.at), &request).await;
    assert!(exchange.was_sent);
    let recorded: Vec<String> = request.head().map(|(name, value)| format!("{name}: {value}")).collect();
    let wire = receiver.requests().remove(0);
    let (head, _) = wire.split_once("\r\n\r\n").unwrap();
    assert_eq!(head.lines().skip(1).collect::<Vec<_>>(), recorded);
}

#[tokio::test]
async fn what_cannot_be_sent_opens_no_connection() {
    let receiver = Receiver::plain(answers("HTTP/1.1 204 No Content\r\n\r\n"));
    let mut request = request("http://hooks.example.com/");
    request.headers.push(("X-Token".into(), "a\r\nX-Evil: 1".into()));
    let exchange = post(&client_of(receiver.at), &request).await;
    assert_eq!(end(&exchange), "internal");
    assert_eq!(receiver.connections(), 0);
    assert!(!exchange.was_sent);
}
