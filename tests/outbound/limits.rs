//! Bounds: how much of an answer is read, and for how long.

use std::time::Duration;

use belfry::outbound::Exchange;

use crate::receiver::{Receiver, Step, answers, write};
use crate::sender::{client_of, end, post, request};

async fn play(script: Vec<Step>) -> Exchange {
    let receiver = Receiver::plain(script);
    post(&client_of(receiver.at), &request("http://hooks.example.com/")).await
}

/// A head with this many headers besides `Content-Length`, each with a value of `width` bytes.
fn head(headers: usize, width: usize) -> String {
    let value = "v".repeat(width);
    let lines: String = (0..headers).map(|n| format!("X-{n}: {value}\r\n")).collect();
    format!("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n{lines}\r\n")
}

/// Also holds hyper to its default number of headers, and to the words in which it complains.
#[tokio::test]
async fn a_hundred_headers_and_64_kib() {
    for (headers, width, expected) in [
        (99, 10, "success"),
        (100, 10, "too_many_headers"),
        (1000, 1000, "too_many_headers"),
        (60, 1000, "success"),
        (70, 1000, "too_many_headers"),
        (1, 10_000_000, "too_many_headers"),
    ] {
        let exchange = play(answers(head(headers, width))).await;
        assert_eq!(end(&exchange), expected, "{headers} headers of {width}");
    }
}

#[tokio::test]
async fn bodies_are_kept_to_16_kib_and_read_to_64() {
    for (length, kept, truncated) in
        [(0, 0, false), (16_384, 16_384, false), (16_385, 16_384, true), (65_535, 16_384, true)]
    {
        let body = "b".repeat(length);
        let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
        let exchange = play(answers(response)).await;
        assert_eq!(end(&exchange), "success");
        let response = exchange.response.unwrap();
        assert_eq!((response.body.len(), response.body_truncated), (kept, truncated), "{length}");
        assert_eq!(response.body_read, length);
    }
    let endless = vec![
        Step::ReadRequest,
        write("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"),
        Step::WriteForEver(vec![b'b'; 100_000]),
    ];
    let exchange = play(endless).await;
    assert_eq!(end(&exchange), "success", "cut by our own limit");
    let response = exchange.response.unwrap();
    assert!((65_536..200_000).contains(&response.body_read), "{}", response.body_read);
    assert_eq!((response.body.len(), response.body_truncated), (16_384, true));
}

#[tokio::test]
async fn what_drips_ends_at_the_deadline_and_keeps_what_came() {
    let drip = Step::DripForEver(b"x".to_vec(), Duration::from_millis(20));
    let head = play(vec![Step::ReadRequest, write("HTTP/1.1 200 OK\r\nX-Slow: "), drip.clone()]).await;
    assert_eq!(end(&head), "read_timeout");
    assert!(head.response.is_none());
    let body =
        play(vec![Step::ReadRequest, write("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"), drip]).await;
    assert_eq!(end(&body), "read_timeout");
    let response = body.response.unwrap();
    assert_eq!(response.status, 200);
    assert!(response.body.starts_with(b"xx"), "{response:?}");
}

#[tokio::test]
async fn informational_responses_are_bounded() {
    let hint = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";
    let ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    for (hints, expected) in [(3, "success"), (1000, "success"), (10_000, "too_many_headers")] {
        assert_eq!(end(&play(answers(hint.repeat(hints) + ok)).await), expected, "{hints}");
    }
    let endless = play(vec![Step::ReadRequest, Step::WriteForEver(hint.into())]).await;
    assert_eq!(end(&endless), "too_many_headers");
}

#[tokio::test]
async fn framing_bombs() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let zeros = "0".repeat(10_000);
    for (name, start, again) in [
        ("endless chunk extension", "1;", "abcdefgh"),
        ("endless trailers", "0\r\n", "X-Trailer: 1\r\n"),
        ("endless chunk size", "0", &zeros),
        ("chunk size overflow", "ffffffffffffffffff\r\n", "x"),
    ] {
        let script = vec![Step::ReadRequest, write(chunked), write(start), Step::WriteForEver(again.into())];
        let exchange = play(script).await;
        assert_eq!(end(&exchange), "bad_response", "{name}: {exchange:?}");
        assert_eq!(exchange.response.unwrap().status, 200, "{name}");
    }
}

#[tokio::test]
async fn a_receiver_that_does_not_take_the_request() {
    let receiver = Receiver::plain(vec![Step::SipForEver(Duration::from_millis(50))]);
    let mut request = request("http://hooks.example.com/");
    request.body = vec![b'b'; 16 * 1024 * 1024].into();
    let exchange = post(&client_of(receiver.at), &request).await;
    assert_eq!(end(&exchange), "write_timeout", "{exchange:?}");
}
