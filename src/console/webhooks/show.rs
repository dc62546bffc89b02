//! One webhook: how it is, its statistics, its last calls, its settings, its newest deliveries.

use askama::Template;

use super::head::Head;
use crate::console::deliveries::row::Row;
use crate::console::parts::Moment;
use crate::console::parts::chart::Bars;
use crate::console::parts::code::Code;
use crate::console::parts::facts::{Fact, Figure};
use crate::console::parts::list::Notice;
use crate::console::parts::verdict::Verdict;
use crate::console::shell::Shell;

/// The overview.
#[derive(Debug, Template)]
#[template(path = "console/webhooks/show.html")]
pub struct ShowPage {
    /// The frame.
    pub shell: Shell,
    /// Name and tabs.
    pub head: Head,
    /// Belfry is about to switch it off.
    pub warning: Option<Notice>,
    /// How it is, in one sentence.
    pub verdict: Verdict,
    /// Total, successes, failures, failures since the last success: exactly as in the API.
    pub figures: Vec<Figure>,
    /// Last success, last failure, last call, in this order; a call that never was says so.
    pub calls: Vec<Call>,
    /// The last 14 days.
    pub chart: Bars,
    /// How fast the receiver answered in them: median, 95th percentile.
    pub speed: Vec<Fact>,
    /// What was chosen: destination, receives, criteria, auth, signing, version and who changed it.
    pub settings: Vec<Fact>,
    /// The newest deliveries, ten or so.
    pub deliveries: Vec<Row>,
}

/// One of the three last calls.
#[derive(Debug, Clone)]
pub struct Call {
    /// "Last success".
    pub title: &'static str,
    /// The call; `None` when there never was one.
    pub made: Option<MadeCall>,
}

/// A call.
#[derive(Debug, Clone)]
pub struct MadeCall {
    /// Its result: "503".
    pub result: String,
    /// When.
    pub at: Moment,
    /// How long it took.
    pub took: String,
    /// The receiver's words, or ours: "Service Unavailable".
    pub reason: String,
    /// The beginning of the answer; `None` for an empty one.
    pub excerpt: Option<Code>,
    /// The delivery it belonged to; empty when that is not kept any more.
    pub delivery_url: String,
}

#[cfg(any(test, debug_assertions))]
pub(crate) mod examples {
    use super::super::head::Tab;
    use super::{
        Bars, Call, Code, Fact, Figure, Head, MadeCall, Moment, Notice, Row, Shell, ShowPage, Verdict,
    };
    use crate::console::parts::badge::Badge;
    use crate::console::parts::chart::{BarInput, Counts};
    use crate::console::parts::{Link, Tone};
    use crate::console::shell::Nav;
    use crate::domain::health::Health;
    use crate::web::icon::Icon;

    impl ShowPage {
        /// Dispatch hub, failing.
        pub fn example() -> Self {
            let shell = Shell::example(Nav::Webhooks, "Dispatch hub: Failing");
            let call = |title, result: &str, time: &str, reason: &str, body: &str| Call {
                title,
                made: Some(MadeCall {
                    result: result.into(),
                    at: Moment::new(time, "2026-09-22T14:11:59.320+02:00"),
                    took: "1.21\u{a0}s".into(),
                    reason: reason.into(),
                    excerpt: Some(Code::body(format!("{title}: response"), body)),
                    delivery_url: shell.urls.delivery(9061).show().to_owned(),
                }),
            };
            let days = [
                "Wed 9", "Thu 10", "Fri 11", "Sat 12", "Sun 13", "Mon 14", "Tue 15", "Wed 16", "Thu 17",
                "Fri 18", "Sat 19", "Sun 20", "Mon 21", "Tue 22",
            ];
            let bars = days.into_iter().zip(0u64..).map(|(day, at)| BarInput {
                name: day.into(),
                url: "?from=x".into(),
                tick: if at % 2 == 1 { day.into() } else { String::new() },
                counts: Counts {
                    delivered: 4_100 + at * 317 % 400,
                    failed: if at == 13 { 431 } else { at % 3 },
                },
            });
            Self {
                head: Head::example(Tab::Overview),
                warning: Some(Notice {
                    tone: Tone::Warn,
                    icon: Icon::Warning,
                    text: "Every attempt has failed since 20 Sep 2026, 13:31:02. If that goes on, Belfry switches the webhook off at 25 Sep 2026, 13:31:02.".into(),
                }),
                verdict: Verdict {
                    badge: Badge::health(Health::Failing),
                    turn: "Receiver’s turn".into(),
                    sentence: "Every request since 13:31 was answered with 503.".into(),
                    detail: "127 deliveries wait and lose nothing. If it goes on, the webhook switches itself off on Sun 27 Sep at 13:31.".into(),
                    links: vec![Link::new("127 waiting deliveries", format!("{}?status=retrying&webhook=41", shell.urls.deliveries()))],
                    summary: None,
                },
                figures: vec![
                    Figure::new("Total attempts", "212,480", "since 4 Mar 2026"),
                    Figure::new("Successes", "211,204", "99.40\u{a0}%"),
                    Figure::new("Failures", "1,276", "0.60\u{a0}%"),
                    Figure::new("Failures since last success", "431", "in 41 min"),
                ],
                calls: vec![
                    call("Last success", "202", "Today, 13:30:58.114", "Accepted", "{\"accepted\":true}"),
                    call("Last failure", "503", "Today, 14:11:59.320", "Service Unavailable", "no healthy upstream for pool \"fleet-alerts\""),
                    call("Last call", "503", "Today, 14:11:59.320", "Service Unavailable", "no healthy upstream for pool \"fleet-alerts\""),
                ],
                chart: Bars::new("days", "Attempts per day, last 14 days", bars.collect()),
                speed: vec![
                    Fact::new("Median", "up to 250\u{a0}ms"),
                    Fact::new("p95", "up to 2.50\u{a0}s · timeout 10\u{a0}s"),
                ],
                settings: vec![
                    Fact::new("URL", "").code("https://hooks.acme-dispatch.example/v1/fleet/alerts"),
                    Fact::new("Certificate", "valid until 4 Nov 2026, 14:00:00 (43\u{a0}days left), seen at 13:30:58"),
                    Fact::new("Receives", "18 alerts").link(Link::new("Alert links", shell.urls.webhook(41).links())),
                    Fact::new("Format", "Telemax"),
                    Fact::new("Auth type", "Bearer ••••3f9a"),
                    Fact::new("Signing", "HMAC-SHA256 in X-Telemax-Signature"),
                    Fact::new("Retries", "8 attempts over 8 h 42 min"),
                    Fact::new("Version", "7, by Ola Kranz on 3 Sep"),
                ],
                deliveries: Row::examples().into_iter().take(5).collect(),
                shell,
            }
        }

        /// Paused by a person, with events held.
        pub fn paused_example() -> Self {
            let mut page = Self::example();
            page.shell.title = "Dispatch hub: Paused".into();
            page.warning = None;
            page.head.is_paused = true;
            page.head.health = Badge::health(Health::Paused);
            page.verdict = Verdict {
                badge: Badge::health(Health::Paused),
                turn: "Your turn".into(),
                sentence: "Paused by Ola Kranz since 09:12:04: The receiver renews its certificate.".into(),
                detail: "New events are held; 318\u{a0}events of 41\u{a0}vehicles so far.".into(),
                links: vec![
                    Link::new("Resume…", page.head.urls.resume()),
                    Link::new("Change the pause", page.head.urls.pause()),
                ],
                summary: None,
            };
            page
        }

        /// Never used, seen by somebody who may only look.
        pub fn fresh_example() -> Self {
            let mut page = Self::example();
            page.shell.title = "Dispatch hub: Never used".into();
            page.warning = None;
            page.verdict.badge = Badge::health(Health::NeverUsed);
            page.verdict.turn = String::new();
            page.verdict.sentence = Health::NeverUsed.sentence().into();
            page.verdict.detail = "Send a test to see whether the receiver answers.".into();
            page.verdict.links.clear();
            for call in &mut page.calls {
                call.made = None;
            }
            page.deliveries.clear();
            page.head = page.head.only_looked_at();
            page.head.health = Badge::health(Health::NeverUsed);
            page.chart = Bars::new("days", "Attempts per day, last 14 days", Vec::new());
            page.speed = vec![Fact::new("Median", "–"), Fact::new("p95", "– · timeout 10\u{a0}s")];
            page
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn the_overview_is_complete() {
        let html = Html::check(&ShowPage::example().render().unwrap());
        assert_eq!(html.text("h1"), "Dispatch hub");
        assert_eq!(html.count("[data-testid=figures] > div"), 4);
        assert_eq!(html.count("[data-testid=call]"), 3);
        assert_eq!(html.count("[data-testid=deliveries] tbody tr"), 5);
        assert_eq!(html.attribute("[data-testid=edit]", "href"), "/console/c/12/webhooks/41/edit");
        assert_eq!(html.count("[data-testid=chart] a"), 14);
        assert_eq!(html.text(".tabs [aria-current]"), "Overview");
        assert_eq!(html.attribute("[data-testid=pause]", "href"), "/console/c/12/webhooks/41/pause");
        assert!(html.text("[data-testid=warning]").contains("switches the webhook off at 25 Sep"));
    }

    #[test]
    fn a_paused_webhook_is_resumed_from_here() {
        let html = Html::check(&ShowPage::paused_example().render().unwrap());
        assert_eq!(html.attribute("[data-testid=resume]", "href"), "/console/c/12/webhooks/41/resume");
        assert_eq!(html.count("[data-testid=pause]"), 0);
        assert_eq!(html.text("[data-testid=verdict] .badge"), "Paused");
    }

    #[test]
    fn who_may_only_look_gets_no_buttons() {
        let html = Html::check(&ShowPage::fresh_example().render().unwrap());
        assert_eq!(html.count("main form, main .button"), 0);
        assert_eq!(html.text("[data-testid=verdict] .badge"), "Never used");
    }
}
