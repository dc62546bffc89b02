//! Find an alert: what happened, and what became of it for every webhook that could have got it.

use askama::Template;

use crate::console::parts::badge::Badge;
use crate::console::parts::field::{Choice, Field, FormError};
use crate::console::parts::list::Pager;
use crate::console::parts::{Link, Moment};
use crate::console::shell::Shell;

/// The page: the form, and below it what was found or what is known when there is nothing.
#[derive(Debug, Template)]
#[template(path = "console/find.html")]
pub struct FindPage {
    /// The frame.
    pub shell: Shell,
    /// What was typed into the form.
    pub form: Form,
    /// Set when the form cannot be read.
    pub errors: Vec<FormError>,
    /// Shown before anything was asked for.
    pub is_fresh: bool,
    /// Things with the searched id or name, when there are several.
    pub hits: Vec<Hit>,
    /// "3 events of TRK-118 between 13:30 and 14:30, newest first."; empty when there are none.
    pub summary: String,
    /// The events.
    pub stories: Vec<Story>,
    /// The way on.
    pub pager: Pager,
    /// Shown when there are no events.
    pub absent: Option<Absent>,
}

/// The form. Everything in it may be empty.
#[derive(Debug, Clone)]
pub struct Form {
    /// Name, number, IMEI or VIN.
    pub vehicle: Field,
    /// The alert types; the first is any.
    pub types: Vec<Choice>,
    /// An alert's number.
    pub alert: Field,
    /// When, in the shown zone.
    pub around: Field,
    /// How far before and after.
    pub widths: Vec<Choice>,
}

/// Something that has the id or the name.
#[derive(Debug, Clone)]
pub struct Hit {
    /// "Webhook 7".
    pub what: String,
    /// "Dispatch hub · hooks.example.com".
    pub detail: String,
    /// Its page.
    pub url: String,
}

/// One event.
#[derive(Debug, Clone)]
pub struct Story {
    /// Its number.
    pub id: i64,
    /// This story alone.
    pub url: String,
    /// When it happened, by the device's clock.
    pub at: Moment,
    /// "Geofence exit".
    pub what: String,
    /// "TRK-118 · Depot Nord".
    pub subject: String,
    /// "Depot Nord exit · alert 103".
    pub alert: String,
    /// "received 2 h later"; empty when that was at once.
    pub late: String,
    /// One for each webhook that could have got it.
    pub lines: Vec<Line>,
    /// Lines that are left out here: "12 more webhooks".
    pub more: String,
    /// Said when no webhook could have got it.
    pub unlinked: Option<Unlinked>,
}

/// What became of an event for one webhook.
#[derive(Debug, Clone)]
pub struct Line {
    /// Where the delivery stands.
    pub state: Badge,
    /// "test", "again"; empty for what an alert caused.
    pub trigger: &'static str,
    /// The webhook's name; it leads to the delivery.
    pub webhook: String,
    /// The delivery's page.
    pub url: String,
    /// What happened, and what comes next.
    pub words: String,
    /// Whether it is the first of the page that has failed or is in trouble: the key `e` opens it.
    pub is_first_trouble: bool,
}

/// No webhook could have got it.
#[derive(Debug, Clone)]
pub struct Unlinked {
    /// Why.
    pub words: String,
    /// What would help.
    pub actions: Vec<Link>,
}

/// No event was found.
#[derive(Debug, Clone)]
pub struct Absent {
    /// One sentence.
    pub headline: String,
    /// What is known beside it.
    pub sentences: Vec<String>,
    /// Other things that may be meant.
    pub suggestions: Vec<Link>,
    /// Ways on.
    pub actions: Vec<Link>,
}

#[cfg(any(test, debug_assertions))]
impl FindPage {
    /// Nothing was asked for yet.
    pub fn fresh_example() -> Self {
        use crate::console::shell::Nav;
        use crate::domain::alert_type::AlertType;

        let types: Vec<(String, &str)> =
            AlertType::ALL.iter().map(|kind| (kind.id().to_string(), kind.list_label())).collect();
        let types = types.iter().map(|(id, label)| (id.as_str(), *label));
        Self {
            shell: Shell::example(Nav::Find, "Find an alert"),
            form: Form {
                vehicle: Field::new("vehicle", "Vehicle, number, IMEI or VIN"),
                types: Choice::list(std::iter::once(("", "Any type")).chain(types), ""),
                alert: Field::new("alert", "Alert"),
                around: Field::new("around", "Around"),
                widths: Choice::list([("15m", "± 15 minutes"), ("1h", "± 1 hour")], "1h"),
            },
            errors: Vec::new(),
            is_fresh: true,
            hits: Vec::new(),
            summary: String::new(),
            stories: Vec::new(),
            pager: Pager::default(),
            absent: None,
        }
    }

    /// A full page of a vehicle's events.
    pub fn example() -> Self {
        use crate::domain::delivery::State;

        let line = |state, webhook: &str, words: &str| Line {
            state,
            trigger: "",
            webhook: webhook.into(),
            url: "/console/c/12/deliveries/9068".into(),
            words: words.into(),
            is_first_trouble: false,
        };
        let retrying = Badge::state(State::Retrying).of(4, 8);
        let lines = [
            line(
                retrying.clone(),
                "Dispatch hub",
                "hooks.acme-dispatch.example answered 503: it is not available. Next try 14:19:59.",
            ),
            line(Badge::state(State::Delivered), "Audit sink", "14:02:11 · 200 in 88 ms, first attempt"),
            line(Badge::state(State::NotSent), "Safety desk", "The webhook is paused; the event is held."),
            line(
                Badge::state(State::NotSent),
                "Partner portal",
                "Criteria: data.geofenceName: expected “Port 3”, got “Depot Nord”.",
            ),
        ];
        let story = |id: i64, what: &str, place: &str, lines: &[Line]| Story {
            id,
            url: format!("/console/c/12/find?event={id}"),
            at: Moment::new("14:02:10", "2026-09-22T14:02:10.000+02:00"),
            what: what.into(),
            subject: format!("TRK-118{place}"),
            alert: "Depot Nord exit · alert 103".into(),
            late: String::new(),
            lines: lines.to_vec(),
            more: String::new(),
            unlinked: None,
        };
        let mut stories = vec![
            story(9_001, "Geofence exit", " · Depot Nord", &lines),
            story(9_000, "Ignition on", "", &lines[1..2]),
        ];
        stories.push(Story {
            unlinked: Some(Unlinked {
                words: "Received, but no webhook is linked to alert 103.".into(),
                actions: vec![Link::new("Link one…", "/console/c/12/webhooks")],
            }),
            late: "received 2 h 5 min later".into(),
            ..story(8_999, "Geofence exit", " · Depot Nord", &[])
        });
        stories
            .extend((8_975..8_992).rev().map(|id| story(id, "Geofence exit", " · Depot Nord", &lines[..3])));
        let mut page = Self::fresh_example();
        page.form.vehicle = page.form.vehicle.value("TRK-118");
        page.form.around = page.form.around.value("2026-09-22 14:00");
        page.is_fresh = false;
        page.summary = "The newest 20 events of TRK-118 between 13:00 and 15:00.".into();
        page.stories = stories;
        page.pager = Pager {
            range: "The newest 20".into(),
            older: Some("/console/c/12/find?before=8975&vehicle=TRK-118".into()),
            ..Pager::default()
        };
        page
    }

    /// A number that several things have.
    pub fn hits_example() -> Self {
        let hit = |what: &str, detail: &str| Hit {
            what: what.into(),
            detail: detail.into(),
            url: "/console/c/12/webhooks/7".into(),
        };
        let mut page = Self::fresh_example();
        page.is_fresh = false;
        page.shell.search = Some("7".into());
        page.hits = vec![
            hit("Webhook 7", "Dispatch hub · hooks.acme-dispatch.example"),
            hit("Delivery 7", "Geofence · TRK-118 to Dispatch hub"),
            hit("Event 7", "Geofence · TRK-118"),
        ];
        page
    }

    /// No event of this kind.
    pub fn absent_example() -> Self {
        let mut page = Self::fresh_example();
        page.form.vehicle = page.form.vehicle.value("TRK-118");
        page.is_fresh = false;
        page.absent = Some(Absent {
            headline: "No Geofence event was received for TRK-118 between 13:30 and 14:30.".into(),
            sentences: vec![
                "The last event from it: 11:48:02 (Device Disconnected).".into(),
                "Alert 103 “Depot geofence” was set up at 14:10: what happened before was never reported."
                    .into(),
            ],
            suggestions: vec![Link::new("TRK-1180", "/console/c/12/find?vehicle=TRK-1180")],
            actions: vec![Link::new("Search ± 6 hours", "/console/c/12/find?vehicle=TRK-118&window=6h")],
        });
        page
    }

    /// A time that cannot be read.
    pub fn error_example() -> Self {
        let mut page = Self::fresh_example();
        let message = "Type a day and a time, such as 2026-09-21 14:00, or a time of today.";
        page.form.around = page.form.around.value("yesterday noon").error(message);
        page.errors = vec![FormError::new("around", format!("Around: {message}"))];
        page.is_fresh = false;
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn a_story_has_a_line_for_each_webhook_and_leads_to_its_delivery() {
        let text = FindPage::example().render().unwrap();
        assert!(text.len() < 40_000, "{} bytes", text.len());
        let html = Html::check(&text);
        assert_eq!(html.count("[data-testid^=story-]"), 20);
        assert_eq!(html.count("[data-testid=story-9001] li"), 4);
        assert_eq!(html.text("[data-testid=story-9001] h2"), "Geofence exit");
        assert_eq!(html.attribute("[data-testid=story-9000] li a", "href"), "/console/c/12/deliveries/9068");
        assert_eq!(
            html.text("[data-testid=story-8999] [data-testid=unlinked] p"),
            "Received, but no webhook is linked to alert 103."
        );
    }

    #[test]
    fn what_was_typed_stays_and_what_is_wrong_stands_beside_it() {
        let html = Html::check(&FindPage::error_example().render().unwrap());
        assert_eq!(html.attribute("#around", "value"), "yesterday noon");
        assert_eq!(html.attribute("#around", "aria-invalid"), "true");
        assert_eq!(html.attribute(".errors a", "href"), "#around");
    }

    #[test]
    fn nothing_found_says_what_is_known() {
        let html = Html::check(&FindPage::absent_example().render().unwrap());
        assert_eq!(html.count("[data-testid=absent] li"), 2);
        assert_eq!(html.count("[data-testid=suggestions] a"), 1);
        let html = Html::check(&FindPage::hits_example().render().unwrap());
        assert_eq!(html.count("[data-testid=hits] a"), 3);
        assert_eq!(html.attribute("[data-testid=search] input", "value"), "7");
    }
}
