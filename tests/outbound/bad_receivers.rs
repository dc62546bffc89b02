//! The table of hostile receivers, line by line: each ends in time, as the table wants, and never panics.

use std::sync::Arc;
use std::time::Duration;

use belfry::outbound::scripted::Answer;
use belfry::outbound::{Exchange, FixedResolver, OutboundPolicy, Resolve, ScriptedResolver};

use crate::certificates::{Authority, self_signed};
use crate::receiver::{Receiver, Step, answers, write};
use crate::sender::{DEADLINE, client, client_with, end, post, request};

const HOST: &str = "hooks.example.com";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[derive(serde::Deserialize)]
struct Line {
    id: String,
    expect: String,
}

/// What is about the engine or the console, and tested there.
const ELSEWHERE: [&str; 1] = ["H55"];

#[tokio::test]
async fn every_line_of_the_table() {
    let table = include_str!("../vectors/bad_receivers.jsonl");
    let mut played = 0;
    for line in table.lines().map(|line| serde_json::from_str::<Line>(line).unwrap()) {
        if ELSEWHERE.contains(&line.id.as_str()) {
            continue;
        }
        let exchange = play(&line.id).await;
        let end = end(&exchange);
        // The table says "success" (or which answer counts), "failure", or leaves the choice.
        let agrees = if end == "success" {
            line.expect.contains("success") || line.expect.starts_with("first one counts")
        } else {
            line.expect.contains("failure")
        };
        assert!(agrees, "{} wants {}, not {end}: {exchange:?}", line.id, line.expect);
        assert!(wanted(&line.id).contains(&end), "{}: {exchange:?}", line.id);
        played += 1;
    }
    assert!(played >= 27, "only {played} lines were played");
}

/// Our decision where the table leaves one, and the class where it says "failure".
fn wanted(id: &str) -> &'static [&'static str] {
    match id {
        "H06" => &["read_timeout"],
        "H09" => &["connect_timeout"],
        "H11" | "H20" => &["too_many_headers"],
        "H17" => &["http_3xx"],
        "H22" | "H23" => &["bad_response"],
        "H26" => &["reset"],
        "H29" => &["write_timeout"],
        "H30" => &["tls_untrusted"],
        "H31" => &["tls_expired"],
        "H32" => &["tls_name"],
        "H33" => &["tls_version"],
        "H36" => &["http_502_503_504"],
        "H50" | "H51" => &["blocked_address"],
        "H52" => &["dns_timeout"],
        _ => &["success"],
    }
}

async fn play(id: &str) -> Exchange {
    match id {
        "H02" => plain(answers("HTTP/1.1 204 No Content\r\n\r\n")).await,
        "H05" => {
            let head = write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            plain(vec![Step::ReadRequest, head, Step::WriteForEver(b"5\r\nhello\r\n".to_vec())]).await
        }
        "H06" => {
            let head = write("HTTP/1.1 200 OK\r\n\r\n");
            let drip = Step::DripForEver(b"x".to_vec(), Duration::from_millis(50));
            plain(vec![Step::ReadRequest, head, drip]).await
        }
        "H09" => secure(Receiver::plain(vec![Step::Hang])).await,
        "H11" => {
            let headers: String = (0..1000).map(|n| format!("X-{n}: {n}\r\n")).collect();
            plain(answers(format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: 0\r\n\r\n"))).await
        }
        "H14" => gzip(&[0; 1024 * 1024]).await,
        "H15" => gzip(b"this is not gzip").await,
        "H17" => redirect().await,
        "H20" => {
            let hints = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n".repeat(10_000);
            plain(answers(format!("HTTP/1.1 100 Continue\r\n\r\n{hints}{OK}"))).await
        }
        "H22" => {
            let settings = b"\0\0\0\x04\0\0\0\0\0".to_vec();
            let continuation = b"\0\0\x04\x09\0\0\0\0\x01aaaa".repeat(100);
            trusted(vec![Step::ReadHead, Step::Write(settings), Step::WriteForEver(continuation)]).await
        }
        "H23" => plain(answers("<html>It works!</html>")).await,
        "H24" => twice(format!("{OK}HTTP/1.1 500 Smuggled\r\nContent-Length: 4\r\n\r\nevil")).await,
        "H25" => twice(format!("{OK}12345")).await,
        "H26" => plain(vec![Step::ReadBytes(20), Step::Reset]).await,
        "H28" => {
            let receiver = Receiver::plain(vec![Step::ReadHead, write(OK), Step::Hang]);
            large(receiver).await
        }
        "H29" => large(Receiver::plain(vec![Step::SipForEver(Duration::from_millis(100))])).await,
        "H30" => secure(Receiver::tls(self_signed(HOST), answers(OK))).await,
        "H31" => with_certificate(|authority| authority.server_until(HOST, 2021)).await,
        "H32" => with_certificate(|authority| authority.server("other.example.com")).await,
        "H33" => {
            let alert = b"\x15\x03\x02\x00\x02\x02\x46".to_vec();
            secure(Receiver::plain(vec![Step::ReadBytes(5), Step::Write(alert), Step::Hang])).await
        }
        "H36" => {
            let exchange =
                plain(answers("HTTP/1.1 503 Busy\r\nRetry-After: 99999999999\r\nContent-Length: 0\r\n\r\n"))
                    .await;
            let response = exchange.response.as_ref().unwrap();
            assert_eq!(response.header("retry-after"), Some("99999999999"));
            exchange
        }
        "H41" => with_body(b"</pre><img src=x onerror=alert(1)>").await,
        "H42" => with_body(br#"<div hx-get="/console/logout" hx-trigger="load">"#).await,
        "H45" => with_body(b"a\0b\xff\xfe\xc3(\0").await,
        "H50" => named("moved.example.com", &[&["127.0.0.2"], &["127.0.0.1"]]).await,
        "H51" => named("mixed.example.com", &[&["127.0.0.2", "::1"]]).await,
        "H52" => {
            let resolver = ScriptedResolver::new().with(HOST, [Answer::Silence]);
            send(&(Arc::new(resolver) as Arc<dyn Resolve>), None, &format!("http://{HOST}/")).await
        }
        id => panic!("{id} has no scene"),
    }
}

async fn send(resolver: &Arc<dyn Resolve>, ca: Option<&str>, url: &str) -> Exchange {
    post(&client(Arc::clone(resolver), ca), &request(url)).await
}

fn at(receiver: &Receiver) -> Arc<dyn Resolve> {
    Arc::new(FixedResolver::new(receiver.at))
}

async fn plain(script: Vec<Step>) -> Exchange {
    let receiver = Receiver::plain(script);
    send(&at(&receiver), None, &format!("http://{HOST}/")).await
}

async fn secure(receiver: Receiver) -> Exchange {
    send(&at(&receiver), None, &format!("https://{HOST}/")).await
}

async fn with_certificate(make: impl FnOnce(&Authority) -> rustls::ServerConfig) -> Exchange {
    let authority = Authority::new();
    let receiver = Receiver::tls(make(&authority), answers(OK));
    send(&at(&receiver), Some(&authority.pem()), &format!("https://{HOST}/")).await
}

async fn trusted(script: Vec<Step>) -> Exchange {
    let authority = Authority::new();
    let receiver = Receiver::tls(authority.server(HOST), script);
    send(&at(&receiver), Some(&authority.pem()), &format!("https://{HOST}/")).await
}

async fn large(receiver: Receiver) -> Exchange {
    let mut request = request(&format!("http://{HOST}/"));
    request.body = vec![b'b'; 16 * 1024 * 1024].into();
    post(&client(at(&receiver), None), &request).await
}

async fn with_body(body: &[u8]) -> Exchange {
    let mut response = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
    response.extend(body);
    let exchange = plain(answers(response)).await;
    assert_eq!(exchange.response.as_ref().unwrap().body, body, "kept as bytes");
    exchange
}

async fn gzip(body: &[u8]) -> Exchange {
    let length = body.len();
    let mut response =
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {length}\r\n\r\n").into_bytes();
    response.extend(body);
    let exchange = plain(answers(response)).await;
    let kept = &exchange.response.as_ref().unwrap().body;
    assert!(body.starts_with(kept) && !kept.is_empty(), "kept as it came");
    exchange
}

async fn redirect() -> Exchange {
    let third_party = Receiver::plain(answers(OK));
    let location = format!("http://{}/", third_party.at);
    let exchange = plain(answers(format!(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    )))
    .await;
    assert_eq!(third_party.connections(), 0);
    exchange
}

/// The same answer twice: what is left over of the first must not be the answer to the second.
async fn twice(response: String) -> Exchange {
    let receiver = Receiver::plain(answers(response));
    let client = client(at(&receiver), None);
    let request = request(&format!("http://{HOST}/"));
    for _ in 0..2 {
        let exchange = post(&client, &request).await;
        let response = exchange.response.unwrap();
        assert_eq!((response.status, response.body.as_slice()), (200, &b"ok"[..]));
    }
    let exchange = post(&client, &request).await;
    assert_eq!(receiver.connections(), 3, "a new connection for each");
    exchange
}

/// Only 127.0.0.2 is allowed. All answers but the last lead to a delivery; the last one is returned, and
/// nothing ever connects to 127.0.0.1.
async fn named(name: &str, script: &[&[&str]]) -> Exchange {
    let receiver = Receiver::start("127.0.0.2:0", None, answers(OK));
    let answer = |ips: &&[&str]| Answer::Addresses(ips.iter().map(|ip| ip.parse().unwrap()).collect());
    let resolver = Arc::new(ScriptedResolver::new().with(name, script.iter().map(answer)));
    let policy = OutboundPolicy {
        allowed_networks: vec!["127.0.0.2/32".parse().unwrap()],
        allow_http: true,
        ..OutboundPolicy::default()
    };
    let client = client_with(policy, resolver, None, DEADLINE);
    let request = request(&format!("http://{name}:{}/", receiver.at.port()));
    for _ in 1..script.len() {
        assert_eq!(end(&post(&client, &request).await), "success");
    }
    let exchange = post(&client, &request).await;
    assert_eq!(exchange.remote, None);
    assert_eq!(receiver.connections(), script.len() - 1);
    exchange
}
