//! One attempt: what was sent, to whom, what came back, and where the time went.

use super::place::{Place, View};
use super::{body, curl, download, rows};
use crate::console::deliveries::show::{Attempt, AttemptLink, Request, Response};
use crate::console::extract::CompanyPage;
use crate::console::handlers::webhooks::certificate;
use crate::console::parts::Link;
use crate::console::parts::chart::Phases;
use crate::console::parts::code::Code;
use crate::console::parts::facts::Fact;
use crate::console::payloads::Payloads;
use crate::domain::access::Permission;
use crate::domain::attempt::{Outcome, Timing};
use crate::domain::event::Event;
use crate::domain::history::{self, Delivery};
use crate::domain::secret::Secret;
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
    /// Where the page was reached from, and how bodies are shown.
    pub place: &'a Place,
    /// What the person sees of payloads.
    pub payloads: &'a Payloads,
    /// How the webhook was set up then, and what has changed since.
    pub configuration: Vec<Fact>,
}

/// The open attempt.
pub fn attempt(page: &CompanyPage, recorded: &Recorded<'_>) -> Attempt {
    let Recorded { delivery, all, open, place, .. } = recorded;
    let seen = recorded.payloads.attempt(delivery.event_id, open);
    let urls = page.urls().delivery(delivery.id.0);
    let most = rows::attempts_max(page, delivery.trigger).max(rows::count(all.len()));
    let link = |attempt: &history::Attempt| {
        let number = rows::count(attempt.number);
        AttemptLink { number, url: place.at(&urls.attempt(number)), current: attempt.id == open.id }
    };
    // The one before; for the first, the one after.
    let other = all.iter().rfind(|other| other.number < open.number);
    let other = other.or_else(|| all.iter().find(|other| other.number > open.number));
    let here = urls.attempt(rows::count(open.number));
    Attempt {
        title: format!("Attempt {} of {most}", open.number),
        pages: all.iter().map(link).collect(),
        compare: other.map(|other| {
            let url = urls.compare(rows::count(open.number), rows::count(other.number));
            Link::new(format!("Compare with {}", other.number), place.at(&url))
        }),
        views: View::ALL.map(|(view, word)| (word, place.seen(view).at(&here), view == place.view)).into(),
        facts: facts(page, &seen).into_iter().chain(recorded.configuration.clone()).collect(),
        phases: phases(&open.timing),
        request: request(page, recorded),
        response: response(page, recorded, &seen),
        no_response: no_response(open),
    }
}

/// "221 bytes, application/json".
pub fn body_note(bytes: usize) -> String {
    format!("{}, application/json", text::bytes(size(bytes)))
}

/// The headers of a request that there might be. A signature of anything one likes is for those who could replace the
/// secret; others see its end.
pub fn shown_headers(
    page: &CompanyPage,
    format: Format,
    headers: Vec<(String, String)>,
) -> Vec<(String, String)> {
    let is_whole = page.may(Permission::ManageWebhooks);
    let shown = |(name, value): (String, String)| {
        // A credential in Authorization is cut down already.
        let is_signature =
            name.eq_ignore_ascii_case(format.signature_header()) && format != Format::Softwareone;
        let value = if is_signature && !is_whole { cut_down(&value) } else { value };
        (name, value)
    };
    headers.into_iter().map(shown).collect()
}

/// The last four characters, with the scheme before them: `sha256=••••7ba8`.
fn cut_down(value: &str) -> String {
    let scheme = value.find(['=', ',']).map_or("", |at| &value[..=at]);
    format!("{scheme}••••{}", Secret::new(value).last_four().unwrap_or_default())
}

/// An attempt's number as an address has it, for a heading.
pub fn shown_number(text: &str) -> String {
    text.chars().take(10).collect()
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
    if let Some(until) = open.cert_until {
        let then = open.finished_at.unwrap_or(open.started_at);
        facts.push(Fact::new("Certificate", certificate::at_attempt(page.times(), until, then)));
    }
    facts
}

fn phases(timing: &Timing) -> Option<Phases> {
    let all = [timing.dns_us, timing.connect_us, timing.tls_us, timing.wait_us, timing.read_us];
    let all = all.map(|time| time.and_then(|micros| u64::try_from(micros).ok()));
    all.iter().any(Option::is_some).then(|| Phases::new(all))
}

fn request(page: &CompanyPage, recorded: &Recorded<'_>) -> Request {
    let Recorded { open, format, place, .. } = recorded;
    let event = recorded.delivery.event_id;
    let sent = recorded.event.map(|event| render(*format, event));
    let start = format!("POST {} HTTP/1.1", target(&open.request_url));
    let headers = open.request_headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let is_masked = recorded.payloads.hides(event);
    // What is made from values is not offered without them.
    let whole = sent.as_ref().filter(|_| !is_masked);
    let known = whole.filter(|_| !open.request_url.is_empty());
    let is_signed =
        open.request_headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(format.signature_header()));
    let (delivery, number) = (recorded.delivery.id.0, rows::count(open.number));
    Request {
        head: Code::head("Request headers", &start, headers),
        body: match &sent {
            Some(sent) => {
                let seen = recorded.payloads.body(event, sent);
                body::shown("Request body", &seen, place.view, rest(is_masked)).id("request-body")
            }
            None => Code::plain("Request body", "The event is not kept any more."),
        },
        note: sent.as_ref().map(|sent| body_note(sent.len())).unwrap_or_default(),
        curl: known.map_or_else(String::new, |sent| {
            let file = download::file_name(delivery, number, "request");
            curl::command(&open.request_url, &open.request_headers, &String::from_utf8_lossy(sent), &file)
        }),
        check: known.filter(|_| is_signed).map(|_| page.urls().check_signature(delivery, number)),
        download: whole.map(|_| page.urls().delivery(delivery).body(number, "request")),
    }
}

fn response(page: &CompanyPage, recorded: &Recorded<'_>, open: &history::Attempt) -> Option<Response> {
    let status = open.status?;
    let is_masked = recorded.payloads.hides(recorded.delivery.event_id);
    let reason = open.reason.as_deref().unwrap_or_default();
    let headers = open.response_headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let bytes = open.response_body.as_deref().unwrap_or_default();
    let kind = open.response_headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let kind = kind.map_or_else(String::new, |(_, value)| format!(", {}", text::visible(value)));
    // Of what came, whatever is seen of it.
    let kept = recorded.open.response_body.as_deref().unwrap_or_default();
    let size = text::bytes(size(kept.len()));
    let (delivery, number) = (recorded.delivery.id.0, rows::count(open.number));
    Some(Response {
        head: Code::head("Response headers", format!("HTTP/1.1 {status} {reason}").trim_end(), headers),
        body: (!bytes.is_empty()).then(|| {
            body::shown("Response body", bytes, recorded.place.view, rest(is_masked)).id("response-body")
        }),
        note: if open.response_truncated {
            format!("the first {size} of more{kind}")
        } else {
            format!("{size}{kind}")
        },
        download: (!bytes.is_empty() && !is_masked)
            .then(|| page.urls().delivery(delivery).body(number, "response")),
    })
}

/// What becomes of the bytes of a body that are not shown.
pub const fn rest(is_masked: bool) -> &'static str {
    if is_masked { body::MASKED } else { body::DOWNLOAD }
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
    use super::{cut_down, target};

    #[test]
    fn a_signature_keeps_its_scheme_and_four_characters() {
        assert_eq!(cut_down("sha256=120aca87c0fe7ba8"), "sha256=••••7ba8");
        assert_eq!(cut_down("v1,g0hM9SsE+OTPJTGt/JOE="), "v1,••••JOE=");
    }

    #[test]
    fn a_start_line_has_the_path() {
        assert_eq!(target("https://a.example/in?x=1"), "/in?x=1");
        assert_eq!(target("https://a.example"), "/");
        assert_eq!(target(""), "/");
    }
}
