//! One delivery: how it stands, what happened, and every byte of one attempt.

use askama::Template;

use super::sight::Sight;
use crate::console::parts::badge::Badge;
use crate::console::parts::chart::Phases;
use crate::console::parts::code::Code;
use crate::console::parts::facts::Fact;
use crate::console::parts::field::FormError;
use crate::console::parts::timeline::Step;
use crate::console::parts::verdict::Verdict;
use crate::console::parts::{Link, Moment};
use crate::console::shell::Shell;
use crate::web::urls;

/// The page. With an attempt, or with a decision when nothing was sent, or with neither while it is queued.
/// htmx asks for the same page and takes `#attempt` out of it.
#[derive(Debug, Template)]
#[template(path = "console/deliveries/show.html")]
pub struct ShowPage {
    /// The frame.
    pub shell: Shell,
    /// The delivery's addresses.
    pub urls: urls::Delivery,
    /// What follows each of them, so that the way back to the list is kept: "?list=status%3Dfailed", or nothing.
    pub place: String,
    /// The way up: the list, perhaps with the state as a filter.
    pub crumbs: Vec<Link>,
    /// The delivery before in the list that the page was reached from, which begins with the newest …
    pub previous: Option<String>,
    /// … and the one behind.
    pub next: Option<String>,
    /// Its number.
    pub id: String,
    /// "Geofence exit · TRK-118 to Dispatch hub".
    pub title: String,
    /// When the alert fired.
    pub occurred: Moment,
    /// What follows the time: "CEST · 12:02:10 UTC · Depot Nord".
    pub occurred_note: String,
    /// How it stands.
    pub verdict: Verdict,
    /// What is wrong with the form that reveals the payload.
    pub errors: Vec<FormError>,
    /// What the person sees of the values in bodies.
    pub sight: Sight,
    /// What happened and what will.
    pub timeline: Vec<Step>,
    /// The open attempt.
    pub attempt: Option<Attempt>,
    /// Why nothing was sent.
    pub decision: Option<Decision>,
    /// The other deliveries of the same event.
    pub siblings: Vec<Sibling>,
    /// All of the event's deliveries, when that table leaves some out.
    pub all_siblings: Option<Link>,
    /// The event's number, for the caption of that table.
    pub event_id: String,
    /// What the person may do now.
    pub actions: Actions,
}

/// Which buttons there are.
#[derive(Debug, Clone, Default)]
pub struct Actions {
    /// *Send now*: a retry is scheduled.
    pub send_now: bool,
    /// *Stop retrying*.
    pub stop: bool,
    /// *Redeliver*: it ended, one way or the other.
    pub redeliver: bool,
    /// *Send it now anyway*: the same for an event that was not sent.
    pub send_anyway: bool,
    /// What would fix the cause: *Edit webhook*, *Link alert*.
    pub fix: Option<Link>,
    /// The same as a form to send: *Enable webhook*.
    pub mend: Option<Link>,
}

/// One attempt.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// "Attempt 4 of 8".
    pub title: String,
    /// All attempts, for the pager; one alone has none.
    pub pages: Vec<AttemptLink>,
    /// "Compare with 3"; one alone has none.
    pub compare: Option<Link>,
    /// How bodies can be shown: word, address, whether they are.
    pub views: Vec<(&'static str, String, bool)>,
    /// Result, address, TLS, configuration.
    pub facts: Vec<Fact>,
    /// Where the time went.
    pub phases: Option<Phases>,
    /// What was sent.
    pub request: Request,
    /// What came back; `None` when nothing did.
    pub response: Option<Response>,
    /// Instead of a response: "No response: connection refused after 3 ms."
    pub no_response: String,
}

/// One page of the attempt pager.
#[derive(Debug, Clone)]
pub struct AttemptLink {
    /// Its number.
    pub number: u32,
    /// Its address.
    pub url: String,
    /// Whether it is the open one.
    pub current: bool,
}

/// A request. Secrets are masked before they get here.
#[derive(Debug, Clone)]
pub struct Request {
    /// Start line and headers.
    pub head: Code,
    /// The body.
    pub body: Code,
    /// "221 bytes, application/json".
    pub note: String,
    /// The same as a command line, secrets as `$TOKEN`; empty for none.
    pub curl: String,
    /// Where its signature is checked; `None` for one that is not signed.
    pub check: Option<String>,
    /// Its body as a file.
    pub download: Option<String>,
}

/// A response.
#[derive(Debug, Clone)]
pub struct Response {
    /// Status line and headers.
    pub head: Code,
    /// The body as far as it is kept; `None` for an empty one.
    pub body: Option<Code>,
    /// "43 bytes, text/plain", "first 16.0 KiB of at least 2.1 MiB".
    pub note: String,
    /// Its body as a file.
    pub download: Option<String>,
}

/// Why nothing was sent.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Reason, since when, caused by whom.
    pub facts: Vec<Fact>,
    /// What would have been sent.
    pub request: Option<Request>,
    /// Where all webhooks are asked again.
    pub simulate: Option<String>,
}

/// Another delivery of the same event.
#[derive(Debug, Clone)]
pub struct Sibling {
    /// Where it stands.
    pub state: Badge,
    /// Its webhook.
    pub webhook: String,
    /// Its page.
    pub url: String,
    /// Its result or reason.
    pub result: Option<String>,
    /// How long its last attempt took; empty for unknown.
    pub duration: String,
}

#[cfg(any(test, debug_assertions))]
pub(crate) mod examples {
    use super::{
        Actions, Attempt, AttemptLink, Badge, Code, Decision, Fact, Link, Moment, Phases, Request, Response,
        Shell, ShowPage, Sibling, Sight, Step, Verdict,
    };
    use crate::console::parts::Tone;
    use crate::console::parts::timeline::Check;
    use crate::console::shell::Nav;
    use crate::domain::delivery::State;
    use crate::web::icon::Icon;

    pub(crate) const BODY: &str = r#"{"alertType":"Geofence","vehicleId":118,"vehicleName":"TRK-118","position":{"lat":53.5461,"lng":9.9663},"direction":274,"timestamp":"2026-09-22T12:02:10Z","address":null,"data":{"geofenceName":"Depot Nord","isExit":true}}"#;

    fn at(text: &str) -> Moment {
        Moment::new(text, "2026-09-22T14:02:10.882+02:00")
    }

    fn request() -> Request {
        let headers = [
            ("Host", "hooks.acme-dispatch.example"),
            ("Content-Type", "application/json"),
            ("Authorization", "Bearer ••••3f9a"),
            ("X-Telemax-Delivery", "0c9e2f6a-7d41-4b0e-9a53-1f28c7d0b6e4"),
            (
                "X-Telemax-Signature",
                "sha256=5d1be0a4c3f27a60d1f2c46b8a9e7d5fc0b3a2918e7d6c5b4a39281706f5e4c27f",
            ),
        ];
        Request {
            head: Code::head("Request headers", "POST /v1/fleet/alerts HTTP/1.1", headers),
            body: Code::body("Request body", BODY).id("request-body"),
            note: "221\u{a0}bytes, application/json".into(),
            curl: "curl -X POST https://hooks.acme-dispatch.example/v1/fleet/alerts".into(),
            check: Some("/console/c/12/signature-lab?attempt=4&delivery=9061".into()),
            download: Some("/console/c/12/deliveries/9061/attempts/4/request-body".into()),
        }
    }

    fn timeline() -> Vec<Step> {
        let check =
            |chosen, name: &str, reason: &str| Check { chosen, name: name.into(), reason: reason.into() };
        vec![
            Step::past(at("14:02:10.882"), Tone::Ok, Icon::Check, "Occurred", "device clock of TRK-118"),
            Step::past(at("14:02:11.204"), Tone::Ok, Icon::Check, "Received", "+322 ms · event 48812"),
            Step {
                checks: vec![
                    check(true, "Dispatch hub", "linked to alert 103"),
                    check(true, "Audit sink", "linked to alert 103"),
                    check(false, "Safety desk", "inactive since 09:12"),
                    check(false, "Partner portal", "data.geofenceName is “Depot Nord”, needs “Port 3”"),
                ],
                checks_title: "Why these? 4 webhooks could have got it".into(),
                ..Step::past(at("14:02:11.209"), Tone::Ok, Icon::Check, "Matched 2 of 4 webhooks", "")
            },
        ]
    }

    impl ShowPage {
        /// Four of eight attempts failed.
        pub fn example() -> Self {
            let shell = Shell::example(Nav::Deliveries, "Geofence exit, TRK-118, Dispatch hub: Retrying 4/8");
            let urls = shell.urls.delivery(9061);
            let mut timeline = timeline();
            for (number, time) in
                [(1, "14:02:11.310"), (2, "14:02:22.871"), (3, "14:02:53.402"), (4, "14:04:58.040")]
            {
                let detail =
                    if number == 4 { "Retry-After 900 honoured: 15 min instead of 10" } else { "wait 30 s" };
                let what = format!("Attempt {number}: 503 in 1.24\u{a0}s");
                timeline.push(Step::past(at(time), Tone::Bad, Icon::Cross, what, detail));
            }
            timeline.push(Step::future(
                at("14:19:59"),
                "Attempt 5 is due in 7 min 23 s",
                "then after 30 min, 2 h and 6 h",
            ));
            timeline.push(Step::future(
                at("about 22:51"),
                "Attempt 8 is the last one",
                "if it fails, the delivery ends as Failed",
            ));
            let pages =
                (1..=4).map(|number| AttemptLink { number, url: urls.attempt(number), current: number == 4 });
            let sibling = |id: i64, state, webhook: &str, result: &str, duration: &str| Sibling {
                state: Badge::state(state),
                webhook: webhook.into(),
                url: shell.urls.delivery(id).show().to_owned(),
                result: Some(result.into()),
                duration: duration.into(),
            };
            Self {
                crumbs: vec![
                    Link::new("Deliveries", shell.urls.deliveries()),
                    Link::new("Retrying", format!("{}?status=retrying", shell.urls.deliveries())),
                ],
                id: "9061".into(),
                title: "Geofence exit · TRK-118 to Dispatch hub".into(),
                occurred: at("Tue 22 Sep 2026, 14:02:10"),
                occurred_note: "CEST · 12:02:10 UTC · Depot Nord".into(),
                verdict: Verdict {
                    badge: Badge::state(State::Retrying).of(4, 8),
                    turn: "Receiver’s turn".into(),
                    sentence: "Not delivered yet: the receiver answers “503 Service Unavailable”.".into(),
                    detail: "hooks.acme-dispatch.example has answered 503 to every request since 13:31. Nothing is lost: 4 attempts remain, the next one at 14:19:59.".into(),
                    links: vec![Link::new("Health of Dispatch hub", shell.urls.webhook(41).show())],
                    summary: Some(Link::new("Copy summary for the customer", "Not delivered yet …")),
                },
                timeline,
                attempt: Some(Attempt {
                    title: "Attempt 4 of 8".into(),
                    pages: pages.collect(),
                    compare: Some(Link::new("Compare with 3", "/console/c/12/deliveries/9061/attempts/4/compare/3")),
                    views: vec![("Pretty", "?".into(), true), ("Raw", "?view=raw".into(), false), ("Hex", "?view=hex".into(), false)],
                    facts: vec![
                        Fact::new("Result", "Service Unavailable, after 1.22\u{a0}s").result("503"),
                        Fact::new("Sent to", "· TLS 1.3 · certificate valid 61 more days").code("203.0.113.24:443"),
                        Fact::new("Configuration", "by Ola Kranz, 3 Sep ·").link(Link::new("version 7", "/console/c/12/webhooks/41/history/7")),
                        Fact::new("Since then", "URL: https://hooks.acme-dispatch.example/v1 → https://hooks.acme-dispatch.example/v2"),
                    ],
                    phases: Some(Phases::new([Some(4_000), Some(21_000), Some(33_000), Some(1_158_000), Some(4_000)])),
                    request: request(),
                    response: Some(Response {
                        head: Code::head(
                            "Response headers",
                            "HTTP/1.1 503 Service Unavailable",
                            [("Retry-After", "900"), ("Content-Type", "text/plain; charset=utf-8")],
                        ),
                        body: Some(Code::body("Response body", "no healthy upstream for pool \"fleet-alerts\"").id("response-body")),
                        note: "43\u{a0}bytes, text/plain".into(),
                        download: Some("/console/c/12/deliveries/9061/attempts/4/response-body".into()),
                    }),
                    no_response: String::new(),
                }),
                decision: None,
                siblings: vec![
                    sibling(9062, State::Delivered, "Audit sink", "200", "88\u{a0}ms"),
                    sibling(9063, State::NotSent, "Safety desk", "inactive", ""),
                    sibling(9060, State::NotSent, "Partner portal", "criteria", ""),
                ],
                all_siblings: None,
                event_id: "48812".into(),
                errors: Vec::new(),
                sight: Sight::Whole,
                actions: Actions { send_now: true, stop: true, ..Actions::default() },
                place: "?list=status%3Dretrying".into(),
                previous: Some("/console/c/12/deliveries/9062?list=status%3Dretrying".into()),
                next: Some("/console/c/12/deliveries/9060?list=status%3Dretrying".into()),
                urls,
                shell,
            }
        }

        /// Ended, and nothing came back.
        pub fn failed_example() -> Self {
            let mut page = Self::example();
            page.shell.title = "Geofence exit, TRK-118, Dispatch hub: Failed".into();
            page.verdict.badge = Badge::state(State::Failed);
            page.verdict.sentence = "Failed: nobody listens at hooks.acme-dispatch.example.".into();
            page.actions = Actions { redeliver: true, ..Actions::default() };
            if let Some(attempt) = &mut page.attempt {
                attempt.response = None;
                attempt.no_response = "No response: connection refused after 3\u{a0}ms.".into();
                attempt.phases = Some(Phases::new([Some(900), Some(3_000), None, None, None]));
            }
            page
        }

        /// Decided against.
        pub fn not_sent_example() -> Self {
            let mut page = Self::example();
            page.shell.title = "Geofence exit, TRK-118, Safety desk: Not sent".into();
            page.title = "Geofence exit · TRK-118 to Safety desk".into();
            page.verdict = Verdict {
                badge: Badge::state(State::NotSent),
                turn: "Your turn".into(),
                sentence: "Not sent: Safety desk has been inactive since 09:12.".into(),
                detail: "Maya Reuter switched the webhook off. Nothing was sent and no attempt was used up."
                    .into(),
                links: vec![Link::new("Health of Safety desk", page.shell.urls.webhook(44).show())],
                summary: None,
            };
            page.timeline = timeline();
            page.timeline.push(Step::past(
                at("14:02:11.209"),
                Tone::Held,
                Icon::Ban,
                "Not sent to Safety desk",
                "webhook inactive",
            ));
            page.attempt = None;
            page.decision = Some(Decision {
                facts: vec![
                    Fact::new("Reason", "The webhook was inactive when the event arrived.")
                        .result("inactive"),
                    Fact::new("Since", "").moment(at("Tue 22 Sep 2026, 09:12:04")),
                    Fact::new("Caused by", "Maya Reuter"),
                    Fact::new("Attempts", "none"),
                ],
                request: Some(request()),
                simulate: Some("/console/c/12/simulate?event=48812".into()),
            });
            page.actions = Actions {
                send_anyway: true,
                fix: Some(Link::new("Edit webhook", page.shell.urls.webhook(44).edit())),
                ..Actions::default()
            };
            page
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn the_verdict_comes_first_and_the_attempt_is_complete() {
        let html = Html::check(&ShowPage::example().render().unwrap());
        assert_eq!(html.text("[data-testid=verdict] .badge"), "Retrying 4/8");
        assert_eq!(html.text("[data-testid=verdict] .turn"), "Receiver’s turn");
        assert_eq!(html.count("[data-testid=timeline] > li"), 9);
        assert!(html.text("#attempt [aria-label=\"Response headers\"]").contains("Retry-After: 900"));
        assert_eq!(
            html.attribute("#attempt nav [aria-current=page]", "href"),
            "/console/c/12/deliveries/9061/attempts/4"
        );
        assert_eq!(
            html.attribute("[data-testid=send-now]", "formaction"),
            "/console/c/12/deliveries/9061/send-now?list=status%3Dretrying"
        );
        assert_eq!(html.count("[data-testid=redeliver]"), 0);
    }

    #[test]
    fn what_a_receiver_answers_is_text() {
        let mut page = ShowPage::example();
        let evil = "</pre><script>alert(1)</script><div hx-get=/x hx-trigger=load>\u{202e}";
        if let Some(Response { body, .. }) =
            page.attempt.as_mut().and_then(|attempt| attempt.response.as_mut())
        {
            *body = Some(Code::body("Response body", evil).id("response-body"));
        }
        let html = Html::check(&page.render().unwrap());
        assert_eq!(html.text("#response-body"), evil.replace('\u{202e}', "[U+202E]"));
        assert_eq!(html.count("[hx-trigger=load]"), 0);
    }

    #[test]
    fn not_sent_has_a_reason_and_a_remedy_instead_of_an_attempt() {
        let html = Html::check(&ShowPage::not_sent_example().render().unwrap());
        assert_eq!(html.count("[data-testid=attempt]"), 0);
        assert!(html.text("[data-testid=decision]").contains("inactive when the event arrived"));
        assert_eq!(html.attribute("[data-testid=fix]", "href"), "/console/c/12/webhooks/44/edit");
        assert_eq!(html.count("[data-testid=redeliver]"), 1);
    }

    #[test]
    fn without_a_response_the_page_says_so() {
        let html = Html::check(&ShowPage::failed_example().render().unwrap());
        assert!(html.text("[data-testid=response]").contains("connection refused after 3 ms"));
    }
}
