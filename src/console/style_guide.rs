//! Every component in every state on one page, and links to every page in every state: for people who build pages and
//! for the pictures that the tests compare. Only in debug builds and tests.

use askama::Template;

use super::deliveries::row::Row;
use super::parts::badge::Badge;
use super::parts::chart::{BarInput, Bars, Counts, Phases, Spark};
use super::parts::code::Code;
use super::parts::facts::{Fact, Figure};
use super::parts::field::{Choice, Field, FormError, Radio};
use super::parts::flash::Flash;
use super::parts::list::{ActiveFilter, Chip, Empty, Notice, Pager};
use super::parts::timeline::Step;
use super::parts::verdict::Verdict;
use super::parts::{Link, Moment, Tone};
use super::shell::{Nav, Shell};
use super::webhooks::form::AlertChoice;
use super::{deliveries, gallery, webhooks};
use crate::domain::delivery::State;
use crate::domain::health::Health;
use crate::domain::webhook::LINKS_MAX;
use crate::web::icon::Icon;
use crate::web::urls;

/// The page.
#[derive(Debug, Template)]
#[template(path = "console/style_guide.html")]
pub struct StyleGuide {
    shell: Shell,
    pages: Vec<Link>,
    states: Vec<Badge>,
    healths: Vec<Badge>,
    results: [&'static str; 6],
    moment: Moment,
    kinds: [(&'static str, &'static str); 6],
    flashes: Vec<Flash>,
    notices: Vec<Notice>,
    errors: Vec<FormError>,
    texts: Vec<Field>,
    secrets: Vec<Field>,
    area: Field,
    select: Field,
    options: Vec<Choice>,
    radios: Vec<Radio>,
    alerts: Vec<AlertChoice>,
    alerts_most: usize,
    verdicts: Vec<Verdict>,
    timeline: Vec<Step>,
    facts: Vec<Fact>,
    figures: Vec<Figure>,
    sparks: Vec<Spark>,
    bars: Vec<Bars>,
    phases: Vec<Phases>,
    codes: Vec<Code>,
    crumbs: Vec<Link>,
    chips: Vec<Chip>,
    active: Vec<ActiveFilter>,
    pagers: Vec<Pager>,
    empties: Vec<Empty>,
    rows: Vec<Row>,
}

impl StyleGuide {
    /// Everything.
    pub fn new() -> Self {
        let delivery = deliveries::show::ShowPage::example();
        let webhook = webhooks::show::ShowPage::example();
        let list = webhooks::list::ListPage::example();
        let shell = Shell::example(Nav::None, "Style guide");
        let attempt = delivery.attempt;
        Self {
            pages: gallery::examples()
                .into_iter()
                .map(|(name, _)| Link::new(name, urls::style_guide(name)))
                .collect(),
            states: State::ALL
                .map(Badge::state)
                .into_iter()
                .chain([Badge::state(State::Retrying).of(4, 8)])
                .collect(),
            healths: Health::ALL.map(Badge::health).into(),
            results: ["200", "503", "TLS", "timeout", "no link", "blocked address"],
            moment: Moment::new("14:02:10", "2026-09-22T14:02:10.882+02:00"),
            kinds: [
                ("", "Usual"),
                ("primary", "Primary"),
                ("danger", "Danger…"),
                ("destroy", "Delete for ever"),
                ("plain", "Plain"),
                ("small", "Small"),
            ],
            flashes: flashes(&shell),
            notices: TONES.map(notice).into(),
            errors: vec![
                FormError::new("field-wrong", "Address: 10.4.0.12 is a private address"),
                FormError::new("area-wrong", "Criteria: the second line has no value"),
            ],
            texts: vec![
                Field::new("field-empty", "Empty"),
                Field::new("field-hint", "With a hint").value("Dispatch hub").hint("At most 128 characters."),
                Field::new("field-wrong", "With a problem")
                    .value("https://10.4.0.12/in")
                    .hint("https only.")
                    .error("10.4.0.12 is a private address. Belfry delivers to public addresses only."),
                Field::new("field-long", "Longer than its box")
                    .value("https://hooks.acme-dispatch.example/v1/fleet/alerts/".repeat(4)),
            ],
            secrets: vec![
                Field::new("secret-empty", "Secret"),
                Field::new("secret-kept", "Stored secret")
                    .hint("Stored: ••••3f9a. Leave it empty to keep it."),
                Field::new("secret-wrong", "Wrong secret").error("Type at least 8 characters."),
            ],
            area: Field::new("area-wrong", "Several lines")
                .value("alertType = Geofence\ndata.geofenceName")
                .error("The second line has no value."),
            select: Field::new("select", "One of a list").hint("The format decides the body."),
            options: Choice::list([("telemax", "Telemax"), ("zstack", "ZStack")], "zstack"),
            radios: vec![
                Radio::new("hold", "Hold new events", "sent when you resume", true),
                Radio::new("skip", "Skip new events", "never sent", false),
            ],
            alerts: AlertChoice::examples(2),
            alerts_most: LINKS_MAX,
            verdicts: State::ALL.into_iter().map(verdict).chain([delivery.verdict]).collect(),
            timeline: delivery.timeline,
            facts: attempt.as_ref().map(|attempt| attempt.facts.clone()).unwrap_or_default(),
            figures: list.figures.into_iter().chain(webhook.figures).collect(),
            sparks: sparks(),
            bars: bars(),
            phases: vec![
                Phases::new([Some(4_000), Some(21_000), Some(33_000), Some(1_158_000), Some(4_000)]),
                Phases::new([Some(900), Some(3_000), None, None, None]),
            ],
            codes: codes(),
            crumbs: delivery.crumbs,
            chips: list.chips,
            active: ["TRK-118", "Geofence"].map(active).into(),
            pagers: pagers(),
            empties: empties(&shell),
            rows: Row::examples(),
            shell,
        }
    }
}

const TONES: [Tone; 6] = [Tone::Ok, Tone::Bad, Tone::Warn, Tone::Info, Tone::Mute, Tone::Held];

fn notice(tone: Tone) -> Notice {
    Notice { tone, icon: Icon::Info, text: format!("A remark of the tone {}.", tone.class()) }
}

fn flashes(shell: &Shell) -> Vec<Flash> {
    let webhook = shell.urls.webhook(41);
    vec![
        Flash::ok("Dispatch hub is paused.").detail("318 events are held.").undo(webhook.resume()),
        Flash::bad("The test could not be sent.").link(Link::new("Show the webhook", webhook.show())),
        Flash::info("Nothing was changed."),
    ]
}

fn verdict(state: State) -> Verdict {
    Verdict {
        badge: Badge::state(state),
        turn: if state == State::Failed { "Receiver’s turn".into() } else { String::new() },
        sentence: format!("What a verdict of the state {} looks like.", state.word()),
        detail: "One to three lines of cause, effect and what comes next.".into(),
        links: vec![Link::new("A way on", "?way-on")],
        summary: None,
    }
}

fn sparks() -> Vec<Spark> {
    let hours = |ok: u64, bad: u64| (0..24).map(|at| (ok * (at % 7 + 1), bad * (at % 5))).collect::<Vec<_>>();
    let mut single = hours(9_000, 0);
    single[20].1 = 1;
    [("busy", hours(40, 0)), ("one failure", single), ("failing", hours(3, 20)), ("quiet", hours(0, 0))]
        .map(|(name, hours)| Spark::new(name, &hours))
        .into()
}

fn bars() -> Vec<Bars> {
    let chart = |id, most: u64, bad: u64| {
        let bar = |at: u64| BarInput {
            name: format!("{at:02}:00"),
            url: format!("?from={at}"),
            tick: if at.is_multiple_of(3) { format!("{at:02}:00") } else { String::new() },
            counts: Counts { delivered: most * (at % 9) / 9, failed: bad * (at % 4) },
        };
        Bars::new(id, format!("Deliveries per hour, at most {most}"), (0..24).map(bar).collect())
    };
    vec![chart("mixed", 900, 60), chart("huge", 4_000_000, 1), chart("nothing", 0, 0)]
}

fn codes() -> Vec<Code> {
    let body =
        r#"{"vehicleName":"TRK-118","position":{"lat":53.5461,"lng":9.9663},"address":null,"isExit":true}"#;
    let mut wrapped = Code::plain("A long line", &"no healthy upstream for pool \"fleet-alerts\" ".repeat(8));
    wrapped.wrap = true;
    vec![
        Code::body("JSON", body),
        Code::head("Head", "POST /in HTTP/1.1", [("Host", "a.example"), ("X-Note", "two\r\nlines")]),
        Code::plain("Control and bidi characters", "bell \u{7} and \u{202e}reversed"),
        Code::body("Markup is text", "<script>alert(1)</script>"),
        wrapped,
    ]
}

fn active(value: &str) -> ActiveFilter {
    ActiveFilter { name: "Filter".into(), value: value.into(), drop_url: "?".into() }
}

fn pagers() -> Vec<Pager> {
    let url = |text: &str| Some(format!("?cursor={text}"));
    vec![
        Pager { range: "8 of 8".into(), ..Pager::default() },
        Pager {
            words: Pager::BY_TIME,
            range: "50 of 10,000+".into(),
            newest: url("newest"),
            newer: url("newer"),
            older: url("older"),
        },
    ]
}

fn empties(shell: &Shell) -> Vec<Empty> {
    let empty = |title: &str, why: &str, actions| Empty {
        title: title.into(),
        paragraphs: vec![why.into()],
        actions,
    };
    let new = Link::new("New webhook", shell.urls.new_webhook());
    vec![
        empty("No webhook yet", "A webhook is where alerts go.", vec![new]),
        empty(
            "No delivery matches this filter",
            "12 match without “Vehicle TRK-118”.",
            vec![Link::new("Drop it", "?")],
        ),
        empty("Not kept any more", "Deliveries are kept for 90 days.", Vec::new()),
    ]
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn every_page_is_linked() {
        let html = Html::check(&StyleGuide::new().render().unwrap());
        assert_eq!(html.count("[data-testid=pages] a"), gallery::examples().len());
    }

    /// A component that nobody shows here is not looked at by anybody.
    #[test]
    fn every_component_is_shown() {
        let template = fs::read_to_string("templates/console/style_guide.html").unwrap();
        for file in fs::read_dir("templates/components").unwrap().map(Result::unwrap) {
            let text = fs::read_to_string(file.path()).unwrap();
            for name in
                text.split("macro ").skip(1).filter_map(|rest| rest.split_once('(')).map(|(name, _)| name)
            {
                let is_inner = ["about", "attributes", "csrf", "mark"].contains(&name);
                assert!(is_inner || template.contains(&format!("::{name}(")), "{name} is missing");
            }
        }
    }
}
