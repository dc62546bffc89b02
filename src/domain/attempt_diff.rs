//! Two attempts of a delivery side by side: what was the same, and what was not.

use super::attempt::Outcome;
use super::history::Attempt;
use super::time::Timestamp;

/// Which part of an attempt a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// How it ended.
    Result,
    /// Where the time went.
    Time,
    /// Where it went, and how.
    Connection,
    /// What was sent.
    Request,
    /// What came back.
    Response,
}

impl Part {
    /// The word on pages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Result => "Result",
            Self::Time => "Time",
            Self::Connection => "Connection",
            Self::Request => "Request",
            Self::Response => "Response",
        }
    }
}

/// A value of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// There is none.
    Nothing,
    /// A text.
    Text(String),
    /// A duration, microseconds.
    Micros(i64),
    /// An instant.
    Time(Timestamp),
    /// A body: its first bytes, and how many it has.
    Bytes(Vec<u8>, usize),
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The part.
    pub part: Part,
    /// What is compared: "Status", a header's name.
    pub what: String,
    /// In the one …
    pub one: Value,
    /// … and in the other.
    pub other: Value,
    /// Whether it differs in a way that says something. How long a thing took always differs.
    pub differs: bool,
}

/// Bytes of a body that a line carries.
const BODY_BYTES_MAX: usize = 2_048;
/// Headers that are new with every attempt.
const EVER_NEW: [&str; 6] =
    ["date", "age", "x-webhook-timestamp", "x-webhook-signature", "webhook-timestamp", "webhook-signature"];

/// `one` beside `other`.
pub fn lines(one: &Attempt, other: &Attempt) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut add = |part, what: &str, [one, other]: [Value; 2]| {
        if one == Value::Nothing && other == Value::Nothing {
            return;
        }
        let is_new = part == Part::Time || EVER_NEW.contains(&what.to_ascii_lowercase().as_str());
        lines.push(Line { part, what: what.to_owned(), differs: one != other && !is_new, one, other });
    };
    let both = [one, other];
    add(Part::Result, "Result", both.map(|attempt| text(attempt.outcome.map(outcome))));
    add(Part::Result, "Detail", both.map(|attempt| text(attempt.detail.clone())));
    for (what, of) in [
        ("DNS", (|timing| timing.dns_us) as fn(&super::attempt::Timing) -> Option<i64>),
        ("Connect", |timing| timing.connect_us),
        ("TLS handshake", |timing| timing.tls_us),
        ("Wait", |timing| timing.wait_us),
        ("Read", |timing| timing.read_us),
        ("Total", |timing| Some(timing.total_us)),
    ] {
        add(Part::Time, what, both.map(|attempt| of(&attempt.timing).map_or(Value::Nothing, Value::Micros)));
    }
    add(Part::Connection, "Address", both.map(|attempt| text(attempt.remote.clone())));
    add(Part::Connection, "TLS", both.map(|attempt| text(attempt.tls.clone())));
    add(
        Part::Connection,
        "Certificate until",
        both.map(|attempt| attempt.cert_until.map_or(Value::Nothing, Value::Time)),
    );
    add(Part::Connection, "Webhook version", both.map(|attempt| Value::Text(attempt.version.to_string())));
    add(Part::Request, "URL", both.map(|attempt| text(Some(attempt.request_url.clone()))));
    for name in names(&one.request_headers, &other.request_headers) {
        add(Part::Request, name, both.map(|attempt| text(values(&attempt.request_headers, name))));
    }
    add(Part::Response, "Status", both.map(|attempt| text(attempt.status.map(|status| status.to_string()))));
    for name in names(&one.response_headers, &other.response_headers) {
        add(Part::Response, name, both.map(|attempt| text(values(&attempt.response_headers, name))));
    }
    let [body, other_body] = both.map(|attempt| attempt.response_body.as_deref().unwrap_or_default());
    let differs = body != other_body;
    let value = |body: &[u8]| match body {
        [] => Value::Nothing,
        body => Value::Bytes(body.get(..BODY_BYTES_MAX).unwrap_or(body).to_vec(), body.len()),
    };
    if !body.is_empty() || !other_body.is_empty() {
        let (one, other) = (value(body), value(other_body));
        lines.push(Line { part: Part::Response, what: "Body".to_owned(), one, other, differs });
    }
    lines
}

/// `lines` with the values of both attempts as somebody sees them, who may not see all of them: what differs, and how
/// many bytes a body has, is told of the values as they are.
pub fn seen(mut lines: Vec<Line>, one: &Attempt, other: &Attempt) -> Vec<Line> {
    let masked = self::lines(one, other);
    lines.retain_mut(|line| {
        let Some(seen) = masked.iter().find(|seen| (seen.part, &seen.what) == (line.part, &line.what)) else {
            return false;
        };
        line.one = with_size_of(&seen.one, &line.one);
        line.other = with_size_of(&seen.other, &line.other);
        true
    });
    lines
}

fn with_size_of(seen: &Value, whole: &Value) -> Value {
    match (seen, whole) {
        (Value::Bytes(bytes, _), Value::Bytes(_, size)) => Value::Bytes(bytes.clone(), *size),
        (seen, _) => seen.clone(),
    }
}

fn text(text: Option<String>) -> Value {
    text.filter(|text| !text.is_empty()).map_or(Value::Nothing, Value::Text)
}

fn outcome(outcome: Outcome) -> String {
    match outcome {
        Outcome::Success => "accepted".to_owned(),
        Outcome::Interrupted => "interrupted".to_owned(),
        Outcome::Failure(class) => class.word().to_owned(),
    }
}

/// The names of the headers of both, each once, in the order of the first.
fn names<'h>(one: &'h [(String, String)], other: &'h [(String, String)]) -> Vec<&'h str> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in one.iter().chain(other) {
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name);
        }
    }
    names
}

/// The values of a header.
fn values(headers: &[(String, String)], name: &str) -> Option<String> {
    let of = headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
    let values: Vec<&str> = of.map(|(_, value)| value.as_str()).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::attempt::{FailureClass, Timing};
    use crate::domain::ids::{AttemptId, DeliveryId, WebhookId};

    fn attempt() -> Attempt {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Attempt {
            id: AttemptId(1),
            delivery_id: DeliveryId(1),
            webhook_id: WebhookId(1),
            number: 1,
            version: 1,
            started_at: Timestamp::from_seconds(0),
            finished_at: None,
            outcome: Some(Outcome::Failure(FailureClass::Http5xx)),
            detail: None,
            status: Some(500),
            reason: None,
            timing: Timing { dns_us: Some(5), total_us: 7, ..Timing::default() },
            remote: Some("192.0.2.1:443".to_owned()),
            tls: Some("TLS 1.3".to_owned()),
            cert_until: Some(Timestamp::from_seconds(1_800_000_000)),
            request_url: "https://a.example/".to_owned(),
            request_headers: vec![header("Host", "a.example"), header("X-Webhook-Timestamp", "1")],
            response_headers: vec![header("Date", "Mon"), header("Via", "a"), header("via", "b")],
            response_body: Some(b"no".to_vec()),
            response_truncated: false,
        }
    }

    #[test]
    fn the_same_attempt_differs_in_nothing() {
        let lines = lines(&attempt(), &attempt());
        assert!(lines.iter().all(|line| !line.differs));
        assert!(lines.iter().all(|line| line.what != "Detail"), "what neither has is no line");
        assert_eq!(lines.iter().filter(|line| line.what.eq_ignore_ascii_case("via")).count(), 1);
    }

    #[test]
    fn what_differs_is_marked_unless_it_always_does() {
        let mut other = attempt();
        other.outcome = Some(Outcome::Success);
        other.status = Some(200);
        other.timing.total_us = 9;
        other.timing.tls_us = Some(3);
        other.remote = Some("192.0.2.2:443".to_owned());
        other.version = 2;
        other.cert_until = Some(Timestamp::from_seconds(1_900_000_000));
        other.request_headers[1].1 = "2".to_owned();
        other.response_headers[0].1 = "Tue".to_owned();
        other.response_headers.push(("X-New".to_owned(), "1".to_owned()));
        other.response_body = Some(vec![b'x'; 5_000]);
        let lines = lines(&attempt(), &other);
        let differs: Vec<&str> =
            lines.iter().filter(|line| line.differs).map(|line| line.what.as_str()).collect();
        assert_eq!(
            differs,
            ["Result", "Address", "Certificate until", "Webhook version", "Status", "X-New", "Body"]
        );
        let of = |what: &str| lines.iter().find(|line| line.what == what).unwrap();
        assert_eq!(of("Total").other, Value::Micros(9));
        assert_eq!(of("TLS handshake").one, Value::Nothing);
        assert_eq!(of("X-New").one, Value::Nothing);
        assert_eq!(of("Via").one, Value::Text("a, b".to_owned()));
        let Value::Bytes(shown, size) = &of("Body").other else { panic!("a body") };
        assert_eq!((shown.len(), *size), (BODY_BYTES_MAX, 5_000));
        assert!(lines.is_sorted_by_key(|line| line.part));
    }

    #[test]
    fn who_sees_less_is_told_what_differs() {
        let reason = Some("Seen TRK-118".to_owned());
        let body =
            |text: &str| Attempt { response_body: Some(text.into()), reason: reason.clone(), ..attempt() };
        let (one, other) = (body("{\"a\":\"TRK-118\"}"), body("{\"a\":\"TRK-7\"}"));
        let [seen, other_seen] =
            [&one, &other].map(|attempt| crate::domain::payload_mask::attempt(attempt, None));
        assert!(seen.reason.is_none(), "a receiver words it as it likes");
        let whole = lines(&one, &other);
        let lines = super::seen(whole.clone(), &seen, &other_seen);
        let body = lines.iter().find(|line| line.what == "Body").unwrap();
        assert!(body.differs && body.one == Value::Bytes("{\"a\":\"•••\"}".into(), 15), "{body:?}");
        assert_eq!(lines.iter().find(|line| line.what == "Date").unwrap().one, Value::Text("Mon".to_owned()));
        assert_eq!(lines.len(), whole.len());
        assert_eq!(super::seen(whole.clone(), &one, &other), whole, "who sees everything");
    }
}
