//! Connections that serve more than one request, and all that must end them.

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

const URL: &str = "http://hooks.example.com/";
const KEY: PoolKey = PoolKey { webhook: 7, version: 3 };
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Answers every request in the same way and keeps its connections.
async fn patient(response: &str) -> Receiver {
    Receiver::plain(vec![Step::AnswerForEver(response.into())]).await
}

async fn post(client: &Client) -> Exchange {
    post_as(client, KEY, &request(URL)).await
}

async fn succeeds(client: &Client) -> Exchange {
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
    let receiver = Receiver::tls(config, vec![Step::AnswerForEver(OK.into())]).await;
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
    let receiver = Receiver::start("127.0.0.2:0", None, vec![Step::AnswerForEver(OK.into())]).await;
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
async fn a_connection_that_was_closed_meanwhile_costs_nothing() {
    for rude in [false, true] {
        let signal = Arc::new(Notify::new());
        let mut script = answers(OK);
        script.push(Step::Until(Arc::clone(&signal)));
        if rude {
            script.push(Step::Reset);
        }
        let receiver = Receiver::plain(script).await;
        let client = client_of(receiver.at);
        for round in 1..=3 {
            let exchange = succeeds(&client).await;
            assert!(exchange.timing.dns_us.is_some(), "dialled, and told so");
            assert_eq!((receiver.connections(), receiver.requests().len()), (round, round));
            signal.notify_one();
            receiver.ended(round).await;
        }
    }
}

#[tokio::test]
async fn several_closed_ones_are_passed_over() {
    let signal = Arc::new(Notify::new());
    let receiver = Receiver::plain([answers(OK), vec![Step::Until(Arc::clone(&signal))]].concat()).await;
    let client = client_of(receiver.at);
    let request = request(URL);
    futures_util::future::join_all((0..5).map(|_| client.post(KEY, &request))).await;
    assert_eq!((client.idle(), receiver.connections()), (5, 5));
    for _ in 0..5 {
        signal.notify_one();
        tokio::task::yield_now().await;
    }
    receiver.ended(5).await;
    succeeds(&client).await;
    assert_eq!((client.idle(), receiver.connections(), receiver.requests().len()), (1, 6, 6));
}

#[tokio::test]
async fn a_receiver_that_closes_after_two_requests() {
    let receiver = Receiver::plain([answers(OK), answers(OK)].concat()).await;
    let client = client_of(receiver.at);
    for round in 1..=3 {
        succeeds(&client).await;
        succeeds(&client).await;
        assert_eq!(receiver.connections(), round);
        receiver.ended(round).await;
    }
}

/// It may have acted on what it was told: that attempt has failed, and the engine decides what follows.
#[tokio::test]
async fn a_request_that_was_written_is_never_repeated() {
    for last_words in
        [vec![Step::ReadRequest], vec![Step::ReadBytes(1)], vec![Step::ReadRequest, Step::Reset]]
    {
        let receiver = Receiver::plain([answers(OK), last_words].concat()).await;
        let client = client_of(receiver.at);
        succeeds(&client).await;
        let exchange = post(&client).await;
        assert_eq!(end(&exchange), "reset");
        assert_eq!((exchange.remote, exchange.was_sent), (Some(receiver.at), true));
        assert_eq!((receiver.connections(), client.idle()), (1, 0));
    }
}

/// Answers after which the receiver would take more, but must not be given more.
#[tokio::test]
async fn answers_that_end_a_connection() {
    let long_body = format!("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n{}", "b".repeat(200_000));
    for (name, response, expected) in [
        ("close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "success"),
        ("HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "success"),
        (
            "HTTP/1.0 that would go on",
            "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
            "success",
        ),
        ("one second", "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 0\r\n\r\n", "success"),
        ("something behind", &format!("{OK}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"), "success"),
        ("a byte behind", &format!("{OK}1"), "success"),
        ("behind an empty body", "HTTP/1.1 204 No Content\r\n\r\nx", "success"),
        ("behind chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nx", "success"),
        ("longer than we read", &long_body, "success"),
        (
            "another protocol",
            "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
            "http_1xx",
        ),
        ("nonsense", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "bad_response"),
        ("bad chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "bad_response"),
    ] {
        let receiver = patient(response).await;
        let client = client_of(receiver.at);
        for round in 1..=2 {
            let exchange = post(&client).await;
            assert_eq!(end(&exchange), expected, "{name}: {exchange:?}");
            assert_eq!((receiver.connections(), client.idle()), (round, 0), "{name}");
        }
        receiver.ended(2).await;
    }
}

#[tokio::test]
async fn answers_after_which_a_connection_goes_on() {
    let longest_body = format!("HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n{}", "b".repeat(60_000));
    for (name, response, expected) in [
        ("no body", "HTTP/1.1 204 No Content\r\n\r\n", "success"),
        ("a failure", "HTTP/1.1 500 Oops\r\nContent-Length: 3\r\n\r\nbad", "http_5xx"),
        ("chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "success"),
        (
            "trailers",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n",
            "success",
        ),
        ("hints", "HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "success"),
        ("a long body", &longest_body, "success"),
    ] {
        let receiver = patient(response).await;
        let client = client_of(receiver.at);
        for _ in 0..3 {
            let exchange = post(&client).await;
            assert_eq!(end(&exchange), expected, "{name}: {exchange:?}");
        }
        assert_eq!((receiver.connections(), client.idle()), (1, 1), "{name}");
    }
}

/// The end of a chunked body may come late; what was read before is not the whole answer.
#[tokio::test]
async fn an_answer_is_over_when_its_framing_says_so() {
    let signal = Arc::new(Notify::new());
    let head = write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
    let rest = vec![Step::Until(Arc::clone(&signal)), write("0\r\n\r\n"), Step::AnswerForEver(OK.into())];
    let receiver = Receiver::plain([vec![Step::ReadRequest, head], rest].concat()).await;
    let client = client_of(receiver.at);
    let (exchange, ()) = tokio::join!(succeeds(&client), async {
        crate::receiver::events_are_seen().await;
        signal.notify_one();
    });
    assert_eq!(exchange.response.unwrap().body, b"ok");
    succeeds(&client).await;
    assert_eq!(receiver.connections(), 1);
}

#[tokio::test]
async fn words_between_two_requests_answer_neither() {
    let signal = Arc::new(Notify::new());
    let evil = "HTTP/1.1 500 Smuggled\r\nContent-Length: 4\r\n\r\nevil";
    let interlude = vec![Step::Until(Arc::clone(&signal)), write(evil), Step::Hang];
    let receiver = Receiver::plain([answers(OK), interlude].concat()).await;
    let client = client_of(receiver.at);
    for round in 1..=2 {
        succeeds(&client).await;
        assert_eq!((receiver.connections(), receiver.requests().len()), (round, round));
        signal.notify_one();
        tokio::task::yield_now().await;
        crate::receiver::events_are_seen().await;
    }
}

/// The receiver answers before it has read all: the rest of the request would be taken for the next one.
#[tokio::test]
async fn a_half_written_request_ends_its_connection() {
    let receiver = Receiver::plain(vec![Step::ReadHead, write(OK), Step::Hang]).await;
    let client = client_of(receiver.at);
    let mut large = request(URL);
    large.body = vec![b'b'; 16 * 1024 * 1024].into();
    let exchange = post_as(&client, KEY, &large).await;
    assert_eq!((end(&exchange), client.idle()), ("success", 0), "{exchange:?}");
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
    let receiver = Receiver::plain(script).await;
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
        let receiver = Receiver::plain([answers(OK), script, vec![Step::Hang]].concat()).await;
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

/// The limit of a head is that of one response: it neither runs out nor ends with the first.
#[tokio::test]
async fn each_response_head_has_the_whole_limit() {
    let wide = format!("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Wide: {}\r\n\r\n", "v".repeat(50_000));
    let receiver = patient(&wide).await;
    let client = client_of(receiver.at);
    for _ in 0..6 {
        succeeds(&client).await;
    }
    assert_eq!(receiver.connections(), 1);

    let hints = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";
    let receiver =
        Receiver::plain([answers(OK), vec![Step::ReadRequest, Step::WriteForEver(hints.into())]].concat())
            .await;
    let client = client_of(receiver.at);
    succeeds(&client).await;
    assert_eq!(end(&post(&client).await), "too_many_headers");
    assert_eq!((receiver.connections(), client.idle()), (1, 0));
}

/// The second request has its own deadline, and what it says about it is about the second request.
#[tokio::test]
async fn each_request_has_its_own_deadline() {
    let script = [answers(OK), answers(OK), vec![Step::ReadRequest, Step::Hang]].concat();
    let receiver = Receiver::plain(script).await;
    let client = client_of(receiver.at);
    succeeds(&client).await;
    tokio::time::sleep(DEADLINE / 2).await;
    succeeds(&client).await;
    let exchange = post(&client).await;
    assert_eq!(end(&exchange), "read_timeout");
    assert!(exchange.timing.total_us >= 400_000, "{exchange:?}");
    assert_eq!((receiver.connections(), client.idle()), (1, 0));
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
