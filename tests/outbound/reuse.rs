//! Which connections serve a second request, and which must not.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::pool::{KEY, OK, URL, patient, post, succeeds};
use crate::receiver::{Receiver, Step, answers, events_are_seen, write};
use crate::sender::{DEADLINE, client_of, end, post_as, request};

#[tokio::test]
async fn a_connection_that_was_closed_meanwhile_costs_nothing() {
    for rude in [false, true] {
        let signal = Arc::new(Notify::new());
        let mut script = answers(OK);
        script.push(Step::Until(Arc::clone(&signal)));
        if rude {
            script.push(Step::Reset);
        }
        let receiver = Receiver::plain(script);
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

/// The kernel knows that the connection is gone, the runtime does not yet: writing fails before the first byte.
#[tokio::test]
async fn a_connection_that_takes_not_a_byte_costs_nothing_either() {
    let (tell, told) = std::sync::mpsc::channel();
    let signal = Arc::new(Notify::new());
    let script = [answers(OK), vec![Step::Until(Arc::clone(&signal)), Step::Reset]].concat();
    let elsewhere = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let rude = Receiver::plain(script);
            tell.send(rude.at).unwrap();
            rude.ended(1).await;
            tell.send(rude.at).unwrap();
            rude.ended(2).await;
        });
    });
    let client = client_of(told.recv().unwrap());
    succeeds(&client).await;
    assert_eq!(client.idle(), 1);
    signal.notify_one();
    told.recv().unwrap();
    let exchange = succeeds(&client).await;
    assert!(exchange.timing.connect_us.is_some(), "dialled anew: {exchange:?}");
    signal.notify_one();
    elsewhere.join().unwrap();
}

/// The closed connection was somebody's, but this request was not sent on it.
#[tokio::test]
async fn a_receiver_that_has_gone_was_sent_nothing() {
    let receiver = Receiver::plain(answers(OK));
    let client = client_of(receiver.at);
    succeeds(&client).await;
    receiver.ended(1).await;
    receiver.stop().await;
    let exchange = post(&client).await;
    assert_eq!((end(&exchange), exchange.was_sent), ("connect_refused", false));
    assert!(exchange.timing.wait_us.is_none() && exchange.timing.connect_us.is_some(), "{exchange:?}");
}

#[tokio::test]
async fn several_closed_ones_are_passed_over() {
    let signal = Arc::new(Notify::new());
    let receiver = Receiver::plain([answers(OK), vec![Step::Until(Arc::clone(&signal))]].concat());
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
    let receiver = Receiver::plain([answers(OK), answers(OK)].concat());
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
        let receiver = Receiver::plain([answers(OK), last_words].concat());
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
            "bad_response",
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
    let receiver = Receiver::plain([vec![Step::ReadRequest, head], rest].concat());
    let client = client_of(receiver.at);
    let (exchange, ()) = tokio::join!(succeeds(&client), async {
        events_are_seen().await;
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
    let receiver = Receiver::plain([answers(OK), interlude].concat());
    let client = client_of(receiver.at);
    for round in 1..=2 {
        succeeds(&client).await;
        assert_eq!((receiver.connections(), receiver.requests().len()), (round, round));
        signal.notify_one();
        tokio::task::yield_now().await;
        events_are_seen().await;
    }
}

/// The receiver answers before it has read all: the rest of the request would be taken for the next one.
#[tokio::test]
async fn a_half_written_request_ends_its_connection() {
    let receiver = Receiver::plain(vec![Step::ReadHead, write(OK), Step::Hang]);
    let client = client_of(receiver.at);
    let mut large = request(URL);
    large.body = vec![b'b'; 16 * 1024 * 1024].into();
    let exchange = post_as(&client, KEY, &large).await;
    assert_eq!((end(&exchange), client.idle()), ("success", 0), "{exchange:?}");
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
        Receiver::plain([answers(OK), vec![Step::ReadRequest, Step::WriteForEver(hints.into())]].concat());
    let client = client_of(receiver.at);
    succeeds(&client).await;
    assert_eq!(end(&post(&client).await), "too_many_headers");
    assert_eq!((receiver.connections(), client.idle()), (1, 0));
}

/// The second request has its own deadline, and what it says about it is about the second request.
#[tokio::test]
async fn each_request_has_its_own_deadline() {
    let script = [answers(OK), answers(OK), vec![Step::ReadRequest, Step::Hang]].concat();
    let receiver = Receiver::plain(script);
    let client = client_of(receiver.at);
    succeeds(&client).await;
    tokio::time::sleep(DEADLINE / 2).await;
    succeeds(&client).await;
    let exchange = post(&client).await;
    assert_eq!(end(&exchange), "read_timeout");
    assert!(exchange.timing.total_us >= 400_000, "{exchange:?}");
    assert_eq!((receiver.connections(), client.idle()), (1, 0));
}
