//! The receivers of `tests/vectors/bad_receivers.jsonl`, listening, each at a URL that a webhook can have.

use std::time::Duration;

use super::certificates::{Authority, self_signed};
use super::player::{Receiver, Step, answers, write};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
/// Who TLS receivers are: webhooks name them by address.
const HOST: &str = "127.0.0.1";

/// One of them, at work until it is dropped.
pub struct Hostile {
    pub id: String,
    pub url: String,
    /// Slugs of which each attempt has to end with one.
    pub ends: &'static [&'static str],
    pub receiver: Receiver,
}

/// The receiver of a line of the table; `None` for what is about names, and for the console's and engine's lines.
pub async fn hostile(id: &str, authority: &Authority, elsewhere: &str) -> Option<Hostile> {
    let plain = |script| (None, script);
    let (tls, script) = match id {
        "H02" => plain(answers("HTTP/1.1 204 No Content\r\n\r\n")),
        "H05" => {
            let head = write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            plain(vec![Step::ReadRequest, head, Step::WriteForEver(b"5\r\nhello\r\n".repeat(1_000))])
        }
        "H06" => {
            let drip = Step::DripForEver(b"x".to_vec(), Duration::from_millis(50));
            plain(vec![Step::ReadRequest, write("HTTP/1.1 200 OK\r\n\r\n"), drip])
        }
        "H09" => plain(vec![Step::Hang]),
        "H11" => {
            let headers: Vec<String> = (0..1000).map(|n| format!("X-{n}: {n}\r\n")).collect();
            plain(answers(format!("HTTP/1.1 200 OK\r\n{}Content-Length: 0\r\n\r\n", headers.concat())))
        }
        "H14" => plain(answers(gzip(&vec![0; 1024 * 1024]))),
        "H15" => plain(answers(gzip(b"this is not gzip"))),
        "H17" => plain(answers(format!(
            "HTTP/1.1 307 Temporary Redirect\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n"
        ))),
        "H20" => {
            let hints = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n".repeat(10_000);
            plain(answers(format!("HTTP/1.1 100 Continue\r\n\r\n{hints}{OK}")))
        }
        "H22" => {
            let settings = b"\0\0\0\x04\0\0\0\0\0".to_vec();
            let continuation = b"\0\0\x04\x09\0\0\0\0\x01aaaa".repeat(1_000);
            let script = vec![Step::ReadHead, Step::Write(settings), Step::WriteForEver(continuation)];
            (Some(authority.server(HOST)), script)
        }
        "H23" => plain(answers("<html>It works!</html>")),
        "H24" => plain(answers(format!("{OK}HTTP/1.1 500 Smuggled\r\nContent-Length: 4\r\n\r\nevil"))),
        "H25" => plain(answers(format!("{OK}12345"))),
        "H26" => plain(vec![Step::ReadBytes(20), Step::Reset]),
        "H28" => plain(vec![Step::ReadHead, write(OK), Step::Hang]),
        "H29" => plain(vec![Step::SipForEver(Duration::from_millis(100))]),
        "H30" => (Some(self_signed(HOST)), answers(OK)),
        "H31" => (Some(authority.server_until(HOST, 2021)), answers(OK)),
        "H32" => (Some(authority.server("other.example.com")), answers(OK)),
        "H33" => {
            let alert = b"\x15\x03\x02\x00\x02\x02\x46".to_vec();
            plain(vec![Step::ReadBytes(5), Step::Write(alert), Step::Hang])
        }
        "H36" => plain(answers("HTTP/1.1 503 Busy\r\nRetry-After: 99999999999\r\nContent-Length: 0\r\n\r\n")),
        "H41" | "H42" | "H45" => {
            let body = body_of(id).unwrap_or_default();
            let mut answer =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
            answer.extend(body);
            plain(answers(answer))
        }
        _ => return None,
    };
    let receiver = Receiver::start("127.0.0.1:0", tls, script);
    let scheme = if matches!(id, "H09" | "H22" | "H30" | "H31" | "H32" | "H33") { "https" } else { "http" };
    let url = format!("{scheme}://{}/", receiver.at);
    Some(Hostile { id: id.to_owned(), url, ends: ends(id), receiver })
}

/// A body that has to be kept as it came.
pub fn body_of(id: &str) -> Option<&'static [u8]> {
    match id {
        "H41" => Some(b"</pre><img src=x onerror=alert(1)>"),
        "H42" => Some(br#"<div hx-get="/console/logout" hx-trigger="load">"#),
        "H45" => Some(b"a\0b\xff\xfe\xc3(\0"),
        "H24" | "H25" => Some(b"ok"),
        _ => None,
    }
}

/// How attempts end.
fn ends(id: &str) -> &'static [&'static str] {
    match id {
        "H06" => &["read_timeout"],
        "H09" => &["connect_timeout"],
        "H11" | "H20" => &["too_many_headers"],
        "H17" => &["http_3xx"],
        "H22" | "H23" => &["bad_response"],
        "H26" => &["reset"],
        // An event is smaller than what the kernels keep on the way: to the sender it looks sent.
        "H29" => &["write_timeout", "read_timeout"],
        "H30" => &["tls_untrusted"],
        "H31" => &["tls_expired"],
        "H32" => &["tls_name"],
        "H33" => &["tls_version"],
        "H36" => &["http_502_503_504"],
        _ => &["success"],
    }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len());
    let mut answer = head.into_bytes();
    answer.extend(body);
    answer
}
