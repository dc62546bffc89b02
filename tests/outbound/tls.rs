//! TLS: who is believed, what is offered, and which words a failure gets.

use std::sync::Arc;

use belfry::domain::time::Timestamp;
use belfry::outbound::{Exchange, FixedResolver};

use crate::certificates::{Authority, self_signed};
use crate::receiver::{Receiver, Step, answers};
use crate::sender::{client, end, post, request};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const HOST: &str = "hooks.example.com";

async fn post_to(receiver: &Receiver, ca: Option<&str>) -> Exchange {
    let client = client(Arc::new(FixedResolver::new(receiver.at)), ca);
    post(&client, &request(&format!("https://{HOST}/in"))).await
}

#[tokio::test]
async fn delivers_to_a_receiver_of_the_extra_authority() {
    let authority = Authority::new();
    let mut config = authority.server_until(HOST, 2037);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let receiver = Receiver::tls(config, answers(OK));
    let exchange = post_to(&receiver, Some(&authority.pem())).await;
    assert_eq!(end(&exchange), "success", "{exchange:?}");
    let session = exchange.tls.unwrap();
    assert_eq!(session.version, "TLSv1.3");
    assert_eq!(session.cert_not_after, Timestamp::parse("2037-01-01T00:00:00Z"));
    assert!(exchange.timing.tls_us.is_some());

    let greeting = receiver.greetings().remove(0);
    assert_eq!(greeting.server_name.as_deref(), Some(HOST));
    assert_eq!(greeting.alpn.as_deref(), Some(&b"http/1.1"[..]));
}

#[tokio::test]
async fn tickets_are_never_shown_back() {
    let authority = Authority::new();
    for versions in [&[&rustls::version::TLS12][..], &[&rustls::version::TLS13][..]] {
        let mut config = authority.server(HOST);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let resumable = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&config.cert_resolver));
        config = resumable;
        let receiver = Receiver::tls(config, answers(OK));
        let client = client(Arc::new(FixedResolver::new(receiver.at)), Some(&authority.pem()));
        for _ in 0..3 {
            let exchange = post(&client, &request(&format!("https://{HOST}/in"))).await;
            assert_eq!(end(&exchange), "success", "{exchange:?}");
        }
        let greetings = receiver.greetings();
        assert_eq!(greetings.len(), 3);
        assert!(greetings.iter().all(|greeting| greeting.is_full_handshake), "{greetings:?}");
    }
}

#[tokio::test]
async fn certificates_that_are_not_believed() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    for (config, expected) in [
        (self_signed(HOST), "tls_untrusted"),
        (stranger.server(HOST), "tls_untrusted"),
        (authority.server("other.example.com"), "tls_name"),
        (authority.server_until(HOST, 2021), "tls_expired"),
    ] {
        let receiver = Receiver::tls(config, answers(OK));
        let exchange = post_to(&receiver, Some(&authority.pem())).await;
        assert_eq!(end(&exchange), expected, "{exchange:?}");
        assert!(exchange.tls.is_none() && !exchange.was_sent);
        let ended = (expected == "tls_expired").then(|| Timestamp::parse("2021-01-01T00:00:00Z").unwrap());
        assert_eq!(exchange.cert_not_after(), ended, "{expected}: only one that has ended says when");
        assert_eq!(receiver.requests(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn handshakes_that_go_wrong() {
    let protocol_version_alert = b"\x15\x03\x02\x00\x02\x02\x46".to_vec();
    let no_application_protocol_alert = b"\x15\x03\x03\x00\x02\x02\x78".to_vec();
    // Version 1.1, a random, no session, AES-128-CBC, no compression.
    let mut server_hello_1_1 = b"\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02".to_vec();
    server_hello_1_1.extend([7; 32]);
    server_hello_1_1.extend(b"\x00\x00\x2f\x00");
    for (name, script, expected) in [
        ("alert", vec![Step::ReadBytes(5), Step::Write(protocol_version_alert), Step::Hang], "tls_version"),
        ("hello", vec![Step::ReadBytes(5), Step::Write(server_hello_1_1), Step::Hang], "tls_version"),
        (
            "alpn",
            vec![Step::ReadBytes(5), Step::Write(no_application_protocol_alert), Step::Hang],
            "tls_other",
        ),
        ("http", vec![Step::ReadBytes(5), Step::Write(OK.into()), Step::Hang], "tls_other"),
        ("reset", vec![Step::ReadBytes(5), Step::Reset], "reset"),
        ("goodbye", vec![Step::ReadBytes(5)], "reset"),
        ("silence", vec![Step::Hang], "connect_timeout"),
    ] {
        let receiver = Receiver::plain(script);
        let exchange = post_to(&receiver, None).await;
        assert_eq!(end(&exchange), expected, "{name}: {exchange:?}");
    }
}

/// A server that does not say goodbye in TLS still gave a complete answer, if HTTP says so.
#[tokio::test]
async fn a_missing_close_notify_is_like_plain_tcp() {
    let authority = Authority::new();
    for (response, expected) in [
        ("HTTP/1.0 200 OK\r\n\r\nall of it", "success"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf of it", "reset"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhal", "reset"),
    ] {
        let script = vec![Step::ReadRequest, Step::Write(response.into()), Step::Drop];
        let receiver = Receiver::tls(authority.server(HOST), script);
        let exchange = post_to(&receiver, Some(&authority.pem())).await;
        assert_eq!(end(&exchange), expected, "{response}: {exchange:?}");
    }
}
