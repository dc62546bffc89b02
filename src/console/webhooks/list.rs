//! All webhooks of a company, those that need attention first.

use askama::Template;

use crate::console::parts::Moment;
use crate::console::parts::badge::Badge;
use crate::console::parts::chart::Spark;
use crate::console::parts::facts::Figure;
use crate::console::parts::field::Choice;
use crate::console::parts::list::{Chip, Empty, Pager};
use crate::console::shell::Shell;

/// The list.
#[derive(Debug, Template)]
#[template(path = "console/webhooks/list.html")]
pub struct ListPage {
    /// The frame.
    pub shell: Shell,
    /// The line below the heading: "9 webhooks · 3 need attention".
    pub summary: String,
    /// Whether *New webhook* is offered.
    pub may_create: bool,
    /// Four figures over the last 24 hours; none, and the row is left out.
    pub figures: Vec<Figure>,
    /// The choice by health.
    pub chips: Vec<Chip>,
    /// The chosen health as in the address; kept when the form is sent. Empty for all.
    pub health: String,
    /// The text that is searched for: name, destination, description, number.
    pub text: String,
    /// The formats to choose from; the first is "Any format" with an empty value.
    pub formats: Vec<Choice>,
    /// The auth types to choose from; the first is "Any auth type" with an empty value.
    pub auth_types: Vec<Choice>,
    /// Whether any filter is in force: then there is a way to clear them.
    pub is_narrow: bool,
    /// The webhooks.
    pub rows: Vec<Row>,
    /// The way through them, when they are more than fit a page.
    pub pager: Pager,
    /// Shown instead of the table when there are no rows.
    pub empty: Option<Empty>,
}

/// One webhook in the list.
#[derive(Debug)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// Its own page.
    pub url: String,
    /// How it is.
    pub health: Badge,
    /// Belfry is about to switch it off.
    pub warning: Option<Warning>,
    /// Its name.
    pub name: String,
    /// Host and path, without the scheme and without the query.
    pub destination: String,
    /// What it receives: "18 alerts", "tests only".
    pub receives: String,
    /// It receives every alert; said in a warning tone.
    pub receives_all: bool,
    /// What narrows it: "2 criteria"; empty for nothing.
    pub criteria: String,
    /// The auth type: "Bearer".
    pub auth: String,
    /// The format: "Telemax".
    pub format: String,
    /// The last 24 hours.
    pub spark: Spark,
    /// The share delivered in the last 24 hours: "97.1 %".
    pub delivered: Option<String>,
    /// The last success.
    pub last_success: Option<Moment>,
    /// The last failure.
    pub last_failure: Option<Moment>,
    /// Its result: "503", "timeout".
    pub last_failure_result: String,
    /// Failed attempts since the last success.
    pub since: String,
}

/// Said before Belfry switches a webhook off.
#[derive(Debug, Clone)]
pub struct Warning {
    /// The whole sentence.
    pub words: String,
    /// From when on.
    pub off_at: Moment,
}

impl ListPage {
    /// What a company without webhooks sees.
    pub fn nothing_yet(shell: &Shell, may_create: bool) -> Empty {
        let mut empty = Empty {
            title: "No webhooks yet".into(),
            paragraphs: vec![
                "A webhook is an address of a customer that gets an HTTP request whenever one of your alerts fires.".into(),
                "Create one, link alerts to it, and send a test: Belfry shows the request, the answer, and what comes next.".into(),
            ],
            actions: Vec::new(),
        };
        if may_create {
            empty.actions.push(crate::console::parts::Link::new("New webhook", shell.urls.new_webhook()));
        }
        empty
    }
}

#[cfg(any(test, debug_assertions))]
pub(crate) mod examples {
    use super::{Badge, Chip, Choice, Figure, ListPage, Moment, Pager, Row, Shell, Spark, Warning};
    use crate::console::shell::Nav;
    use crate::domain::health::Health;
    use crate::web::icon::Icon;

    impl ListPage {
        /// All seven healths.
        pub fn example() -> Self {
            let shell = Shell::example(Nav::Webhooks, "Webhooks");
            let busy = |late: u64| {
                (0..12).map(|at| (200 + at * 17 % 90, if at == 11 { late } else { 0 })).collect::<Vec<_>>()
            };
            let quiet = vec![(0, 0); 12];
            let at = |text: &str| Some(Moment::new(text, "2026-09-22T14:11:59+02:00"));
            let row = |id: i64, health: Badge, name: &str, destination: &str, hours: &[(u64, u64)]| Row {
                id,
                url: shell.urls.webhook(id).show().to_owned(),
                health,
                warning: None,
                name: name.into(),
                destination: destination.into(),
                receives: "18 alerts".into(),
                receives_all: false,
                criteria: String::new(),
                auth: "Bearer".into(),
                format: "Telemax".into(),
                spark: Spark::new(name, hours),
                delivered: Some("97.1\u{a0}%".into()),
                last_success: at("13:30:58"),
                last_failure: at("14:11:59"),
                last_failure_result: "503".into(),
                since: "0".into(),
            };
            let rows = vec![
                Row {
                    since: "431".into(),
                    warning: Some(Warning {
                        words: "Every attempt has failed since 20 Sep 2026, 13:31:02. If that goes on, Belfry switches the webhook off at 25 Sep 2026, 13:31:02.".into(),
                        off_at: Moment::new("25 Sep 13:31", "2026-09-25T13:31:02+02:00"),
                    }),
                    ..row(
                        41,
                        Badge::health(Health::Failing),
                        "Dispatch hub",
                        "hooks.acme-dispatch.example/v1/fleet/alerts",
                        &busy(120),
                    )
                },
                Row {
                    auth: "Basic".into(),
                    format: "ZStack".into(),
                    delivered: None,
                    last_success: at("15 Sep 09:12"),
                    last_failure_result: "certificate".into(),
                    since: "1,112".into(),
                    ..row(
                        42,
                        Badge::health(Health::AutoDisabled),
                        "Cold-chain ops",
                        "ingest.coldchain.example/alerts",
                        &quiet,
                    )
                },
                Row {
                    auth: "Query string".into(),
                    last_failure_result: "refused".into(),
                    ..row(
                        43,
                        Badge::health(Health::Degraded),
                        "Yard gate",
                        "gate.portnord.example/cb",
                        &busy(9),
                    )
                },
                Row {
                    auth: "X-Api-Key header".into(),
                    format: "Aggregate".into(),
                    last_failure: None,
                    ..row(
                        44,
                        Badge::health(Health::Paused),
                        "Safety desk",
                        "safety.acme.example/in",
                        &busy(0),
                    )
                },
                Row {
                    auth: "Authorization header".into(),
                    delivered: Some("100\u{a0}%".into()),
                    last_failure: at("2 Sep 11:20"),
                    last_failure_result: "429".into(),
                    ..row(
                        45,
                        Badge::health(Health::Healthy),
                        "Audit sink",
                        "siem.northline.example/hec",
                        &busy(0),
                    )
                },
                Row {
                    receives_all: true,
                    criteria: "2 criteria".into(),
                    auth: "None".into(),
                    format: "SoftwareOne".into(),
                    ..row(
                        46,
                        Badge::health(Health::Healthy),
                        "Partner portal of the port authority, northern terminals",
                        "partners.northline.example/mpt/notify",
                        &busy(0),
                    )
                },
                Row {
                    receives: "tests only".into(),
                    delivered: None,
                    last_failure: None,
                    ..row(
                        47,
                        Badge::health(Health::Inactive),
                        "Legacy bridge",
                        "bridge.northline.example/legacy",
                        &quiet,
                    )
                },
                Row {
                    delivered: None,
                    last_success: None,
                    last_failure: None,
                    ..row(
                        48,
                        Badge::health(Health::NeverUsed),
                        "Insurer feed",
                        "api.fleetinsure.example/hook",
                        &quiet,
                    )
                },
            ];
            let chip = |word: &str, count: &str, icon, current| Chip {
                word: word.into(),
                count: count.into(),
                icon,
                url: "?health=x".into(),
                current,
            };
            Self {
                summary: "8 webhooks · 3 need attention".into(),
                may_create: true,
                figures: vec![
                    Figure::new("Delivered", "99.0\u{a0}%", "13,604 of 13,743").url(shell.urls.deliveries()),
                    Figure::new("Failed for good", "12", "in 24 hours").url(shell.urls.deliveries()),
                    Figure::new("Waiting to retry", "127", "next 14:12:48").url(shell.urls.deliveries()),
                    Figure::new("Median duration", "184\u{a0}ms", "p95 1.2\u{a0}s"),
                ],
                chips: vec![
                    chip("All", "8", None, true),
                    chip("Needs attention", "3", None, false),
                    chip("Healthy", "2", Some(Icon::Check), false),
                    chip("Degraded", "1", Some(Icon::Warning), false),
                    chip("Failing", "1", Some(Icon::Cross), false),
                    chip("Auto-disabled", "1", Some(Icon::Power), false),
                    chip("Paused", "1", Some(Icon::Pause), false),
                    chip("Inactive", "1", Some(Icon::Minus), false),
                    chip("Never used", "1", Some(Icon::Circle), false),
                ],
                health: String::new(),
                text: String::new(),
                formats: Choice::list([("", "Any format"), ("telemax", "Telemax")], ""),
                auth_types: Choice::list([("", "Any auth type"), ("bearer", "Bearer")], ""),
                is_narrow: false,
                rows,
                pager: Pager::default(),
                empty: None,
                shell,
            }
        }

        /// The first day.
        pub fn empty_example() -> Self {
            let mut shell = Shell::example(Nav::Webhooks, "Webhooks");
            shell.companies.truncate(1);
            let empty = Some(Self::nothing_yet(&shell, true));
            Self {
                shell,
                summary: "None yet".into(),
                may_create: false,
                figures: Vec::new(),
                chips: Vec::new(),
                health: String::new(),
                text: String::new(),
                formats: Vec::new(),
                auth_types: Vec::new(),
                is_narrow: false,
                rows: Vec::new(),
                pager: Pager::default(),
                empty,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn every_row_has_one_link_and_says_its_health() {
        let page = ListPage::example();
        let html = Html::check(&page.render().unwrap());
        assert_eq!(html.count("[data-testid=webhooks] tbody tr"), page.rows.len());
        assert_eq!(html.count("[data-testid=webhooks] tbody a"), page.rows.len());
        assert_eq!(html.text("[data-testid=webhook-41] .badge"), "Failing");
        assert_eq!(html.text("[data-testid=webhook-41] [data-testid=warning] time"), "25 Sep 13:31");
        assert_eq!(html.count("[data-testid=warning]"), 1);
        assert_eq!(html.attribute("[data-testid=webhook-41] a", "href"), "/console/c/12/webhooks/41");
        assert_eq!(html.attribute("nav [aria-current=page]", "href"), "/console/c/12/webhooks");
    }

    #[test]
    fn names_are_text() {
        let mut page = ListPage::example();
        page.rows[0].name = "<img src=x onerror=alert(1)>\" autofocus hx-get=/x".into();
        let html = Html::check(&page.render().unwrap());
        assert_eq!(html.count("img"), 0);
        assert_eq!(html.text("[data-testid=webhook-41] a"), page.rows[0].name);
    }

    #[test]
    fn without_webhooks_the_page_says_what_to_do_first() {
        let html = Html::check(&ListPage::empty_example().render().unwrap());
        assert_eq!(
            html.attribute("[data-testid=empty] .button--primary", "href"),
            "/console/c/12/webhooks/new"
        );
        assert_eq!(html.count("table"), 0);
    }
}
