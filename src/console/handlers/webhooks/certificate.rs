//! The receiver's certificate in words: on a webhook, on the overview, at an attempt.

use crate::domain::attempt::FailureClass;
use crate::domain::certificate::{Seen, Validity};
use crate::domain::time::Timestamp;
use crate::domain::webhook::endpoint_url::EndpointUrl;
use crate::web::text;
use crate::web::time_text::Times;

/// "valid until 28 Sep 2026, 14:00:00 (6 days left), seen at 14:05:11". `seen` is of `endpoint`'s host.
pub fn now(times: &Times, endpoint: &EndpointUrl, seen: Option<&Seen>) -> String {
    let Some(seen) = seen else {
        return if endpoint.is_https() { "none seen yet" } else { "none: plain HTTP" }.to_owned();
    };
    let (until, at) = (times.sentence(seen.until), times.sentence(seen.at));
    match Validity::at(seen.until, times.now()) {
        Validity::Ended { days_ago } => format!("ended at {until}, {} ago; seen at {at}", days(days_ago)),
        Validity::EndsSoon { days_left } | Validity::Fine { days_left } => {
            format!("valid until {until} ({} left), seen at {at}", days(days_left))
        }
    }
}

/// "until 28 Sep 2026, 14:00:00 (43 days left then)", for an attempt that ended at `then`.
pub fn at_attempt(times: &Times, until: Timestamp, then: Timestamp) -> String {
    let end = times.sentence(until);
    match Validity::at(until, then) {
        Validity::Ended { days_ago } => format!("ended at {end}, {} before", days(days_ago)),
        Validity::EndsSoon { days_left } | Validity::Fine { days_left } => {
            format!("until {end} ({} left then)", days(days_left))
        }
    }
}

/// What is wrong with a certificate, after the webhook's name: "has a certificate that ends in 6 days (28 Sep 2026)";
/// `None` for nothing.
pub fn problem(times: &Times, seen: &Seen) -> Option<String> {
    let day = times.day(seen.until);
    match Validity::at(seen.until, times.now()) {
        Validity::Ended { days_ago } => {
            Some(format!("has a certificate that ended {} ago ({day})", days(days_ago)))
        }
        Validity::EndsSoon { days_left } => {
            Some(format!("has a certificate that ends in {} ({day})", days(days_left)))
        }
        Validity::Fine { .. } => None,
    }
}

/// The same as a sentence of its own.
pub fn warning(times: &Times, seen: &Seen) -> Option<String> {
    problem(times, seen).map(|words| format!("The receiver {words}."))
}

/// A failure in one sentence, with the day of an ended certificate.
pub fn cause(times: &Times, class: FailureClass, cert_until: Option<Timestamp>) -> String {
    match (class, cert_until) {
        (FailureClass::TlsExpired, Some(at)) => {
            format!("The receiver's certificate ended at {}.", times.sentence(at))
        }
        _ => class.sentence().to_owned(),
    }
}

/// "6 days".
fn days(days: i64) -> String {
    match u64::try_from(days) {
        Ok(0) | Err(_) => "less than a day".to_owned(),
        Ok(days) => text::counted(days, "day", "days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::DAY_US;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn seen(until: &str) -> Seen {
        Seen { host: "a.example".to_owned(), until: at(until), at: at("2026-09-22T12:05:11Z") }
    }

    #[test]
    fn a_webhook_says_until_when_and_how_many_days_are_left() {
        let times = Times::new("Europe/Berlin", at("2026-09-22T12:12:36Z"));
        let endpoint = |url| EndpointUrl::from_parts(url, None).unwrap();
        let https = endpoint("https://a.example/");
        let said = |until| {
            let seen = seen(until);
            let plain = |text: String| text.replace('\u{a0}', " ");
            (plain(now(&times, &https, Some(&seen))), problem(&times, &seen).map(plain))
        };
        assert_eq!(
            said("2026-09-28T12:12:36Z"),
            (
                "valid until 28 Sep 2026, 14:12:36 (6 days left), seen at 14:05:11".to_owned(),
                Some("has a certificate that ends in 6 days (28 Sep 2026)".to_owned())
            )
        );
        assert_eq!(
            said("2026-09-22T21:00:00Z").1.unwrap(),
            "has a certificate that ends in less than a day (22 Sep 2026)"
        );
        assert_eq!(
            said("2026-09-21T12:00:00Z"),
            (
                "ended at 21 Sep 2026, 14:00:00, 1 day ago; seen at 14:05:11".to_owned(),
                Some("has a certificate that ended 1 day ago (21 Sep 2026)".to_owned())
            )
        );
        let fine = said("2026-12-01T00:00:00Z");
        assert_eq!(fine.0, "valid until 1 Dec 2026, 01:00:00 (69 days left), seen at 14:05:11");
        assert_eq!(fine.1, None);
        assert_eq!(now(&times, &https, None), "none seen yet");
        assert_eq!(now(&times, &endpoint("http://a.example/"), None), "none: plain HTTP");
    }

    #[test]
    fn an_attempt_counts_from_its_own_time() {
        let times = Times::new("UTC", at("2026-09-22T12:12:36Z"));
        let until = at("2026-09-10T00:00:00Z");
        let said = |then| at_attempt(&times, until, then).replace('\u{a0}', " ");
        assert_eq!(said(until.plus_micros(-43 * DAY_US)), "until 10 Sep 2026, 00:00:00 (43 days left then)");
        assert_eq!(said(until.plus_micros(2 * DAY_US)), "ended at 10 Sep 2026, 00:00:00, 2 days before");
        assert_eq!(
            cause(&times, FailureClass::TlsExpired, Some(until)),
            "The receiver's certificate ended at 10 Sep 2026, 00:00:00."
        );
        let unknown = cause(&times, FailureClass::TlsExpired, None);
        assert_eq!(unknown, FailureClass::TlsExpired.sentence());
        assert_eq!(cause(&times, FailureClass::Reset, Some(until)), FailureClass::Reset.sentence());
    }
}
