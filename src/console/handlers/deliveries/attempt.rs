//! One attempt: what was sent, to whom, what came back, and where the time went.

use super::{curl, rows};
use crate::console::deliveries::show::{Attempt, AttemptLink, Request, Response};
use crate::console::extract::CompanyPage;
use crate::console::parts::chart::Phases;
use crate::console::parts::code::Code;
use crate::console::parts::facts::Fact;
use crate::domain::attempt::{Outcome, Timing};
use crate::domain::event::Event;
use crate::domain::history::{self, Delivery};
use crate::domain::webhook::format::{Format, render};
use crate::web::text;

/// What the page needs to know of one attempt.
pub struct Recorded<'a> {
    /// The delivery.
    pub delivery: &'a Delivery,
    /// All of its attempts.
    pub all: &'a [history::Attempt],
    /// The open one.
    pub open: &'a history::Attempt,
    /// The event, as long as it is kept.
    pub event: Option<&'a Event>,
    /// The format that the webhook had then.
    pub format: Format,
}

/// The open attempt.
pub fn attempt(page: &CompanyPage, recorded: &Recorded<'_>) -> Attempt {
    let Recorded { delivery, all, open, .. } = recorded;
    let urls = page.urls().delivery(delivery.id.0);
    let most = rows::attempts_max(page, delivery.trigger).max(rows::count(all.len()));
    let link = |attempt: &history::Attempt| {
        let number = rows::count(attempt.number);
        AttemptLink { number, url: urls.attempt(number), current: attempt.id == open.id }
    };
    Attempt {
        title: format!("Attempt {} of {most}", open.number),
        pages: all.iter().map(link).collect(),
        facts: facts(page, open),
        phases: phases(&open.timing),
        request: request(page, recorded),
        response: response(open),
        no_response: no_response(open),
    }
}

/// A body as it was or would be sent.
pub fn body(event: Option<&Event>, format: Format) -> String {
    match event {
        Some(event) => String::from_utf8_lossy(&render(format, event)).into_owned(),
        None => "The event is not kept any more.".to_owned(),
    }
}

/// "221 bytes, application/json".
pub fn body_note(body: &str) -> String {
    format!("{}, application/json", text::bytes(size(body.len())))
}

/// Path and query of a URL, for a start line.
pub fn target(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find(['/', '?']).map_or("/", |at| &rest[at..])
}

fn facts(page: &CompanyPage, open: &history::Attempt) -> Vec<Fact> {
    let mut facts = vec![Fact::new("Started", "").moment(page.millis(open.started_at))];
    if let Some(outcome) = open.outcome {
        let took = format!("after {}", rows::duration(open.timing.total_us));
        let words = match (outcome, &open.reason) {
            (_, Some(reason)) if !reason.is_empty() => format!("{}, {took}", text::visible(reason)),
            (Outcome::Failure(class), _) => format!("{} ({took})", class.sentence()),
            (Outcome::Interrupted, _) => {
                "Belfry was stopped in the middle of it: it may have arrived.".to_owned()
            }
            (Outcome::Success, _) => took,
        };
        facts.push(Fact::new("Result", words).result(rows::result_word(outcome, open.status)));
    }
    if let Some(detail) = &open.detail {
        facts.push(Fact::new("Detail", text::visible(detail)));
    }
    if let Some(remote) = &open.remote {
        let tls = open.tls.as_ref().map_or_else(String::new, |version| format!("· {version}"));
        facts.push(Fact::new("Sent to", tls).code(remote));
    }
    facts.push(Fact::new("Webhook", format!("version {}", open.version)));
    facts
}

fn phases(timing: &Timing) -> Option<Phases> {
    let all = [timing.dns_us, timing.connect_us, timing.tls_us, timing.wait_us, timing.read_us];
    let all = all.map(|time| time.and_then(|micros| u64::try_from(micros).ok()));
    all.iter().any(Option::is_some).then(|| Phases::new(all))
}

fn request(page: &CompanyPage, recorded: &Recorded<'_>) -> Request {
    let (open, sent) = (recorded.open, body(recorded.event, recorded.format));
    let start = format!("POST {} HTTP/1.1", target(&open.request_url));
    let headers = open.request_headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let is_known = recorded.event.is_some() && !open.request_url.is_empty();
    let is_signed = open
        .request_headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case(recorded.format.signature_header()));
    Request {
        head: Code::head("Request headers", &start, headers),
        body: Code::body("Request body", &sent).id("request-body"),
        note: if recorded.event.is_some() { body_note(&sent) } else { String::new() },
        curl: if is_known {
            curl::command(&open.request_url, &open.request_headers, &sent)
        } else {
            String::new()
        },
        check: (is_known && is_signed)
            .then(|| page.urls().check_signature(recorded.delivery.id.0, rows::count(open.number))),
    }
}

fn response(open: &history::Attempt) -> Option<Response> {
    let status = open.status?;
    let reason = open.reason.as_deref().unwrap_or_default();
    let headers = open.response_headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let bytes = open.response_body.as_deref().unwrap_or_default();
    let kind = open.response_headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let kind = kind.map_or_else(String::new, |(_, value)| format!(", {}", text::visible(value)));
    let size = text::bytes(size(bytes.len()));
    Some(Response {
        head: Code::head("Response headers", format!("HTTP/1.1 {status} {reason}").trim_end(), headers),
        body: (!bytes.is_empty())
            .then(|| Code::body("Response body", &String::from_utf8_lossy(bytes)).id("response-body")),
        note: if open.response_truncated {
            format!("the first {size} of more{kind}")
        } else {
            format!("{size}{kind}")
        },
    })
}

fn no_response(open: &history::Attempt) -> String {
    match open.outcome {
        None => "The request is on its way.".to_owned(),
        Some(Outcome::Interrupted) => "Belfry was stopped before an answer came.".to_owned(),
        Some(Outcome::Failure(class)) => {
            format!("No response after {}: {}", rows::duration(open.timing.total_us), class.sentence())
        }
        Some(Outcome::Success) => String::new(),
    }
}

fn size(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn a_start_line_has_the_path() {
        assert_eq!(target("https://a.example/in?x=1"), "/in?x=1");
        assert_eq!(target("https://a.example"), "/");
        assert_eq!(target(""), "/");
    }
}
