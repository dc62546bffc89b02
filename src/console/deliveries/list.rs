//! Deliveries of a company, newest first, by cursor.

use askama::Template;

use super::row::Row;
use crate::console::parts::Link;
use crate::console::parts::chart::Bars;
use crate::console::parts::field::{Choice, Field, FormError};
use crate::console::parts::list::{ActiveFilter, Chip, Empty, Pager};
use crate::console::shell::Shell;

/// The list. htmx asks for the same page and takes `#results` out of it.
#[derive(Debug, Template)]
#[template(path = "console/deliveries/list.html")]
pub struct ListPage {
    /// The frame.
    pub shell: Shell,
    /// The line below the heading: "684 matching · made from 14:00:00 on · kept for 90 days".
    pub summary: String,
    /// Everything that is wrong with the filter.
    pub errors: Vec<FormError>,
    /// Named filters: those that everybody has, and the saved ones.
    pub views: Vec<Chip>,
    /// What can be done with what is shown.
    pub actions: Vec<Action>,
    /// What is new since the page was made, when it is asked for.
    pub live: Option<Newer>,
    /// The choice by status, with counts.
    pub chips: Vec<Chip>,
    /// The form that narrows.
    pub form: FilterForm,
    /// The time up to now, as links.
    pub windows: Vec<Chip>,
    /// The filters in force, one chip each.
    pub active: Vec<ActiveFilter>,
    /// Another one for every filter: what has it as its id is exchanged with the filter and not moved.
    pub mark: String,
    /// The volume in the window; left out while filters make it meaningless.
    pub chart: Option<Bars>,
    /// Why there is no chart, when it was asked for.
    pub chart_note: Option<&'static str>,
    /// How far looking came, when it ended before the page was full.
    pub further: Option<Further>,
    /// Whether rows can be chosen, to be redelivered.
    pub choosing: bool,
    /// The deliveries.
    pub rows: Vec<Row>,
    /// The way on.
    pub pager: Pager,
    /// Shown instead of the table when there are no rows.
    pub empty: Option<Empty>,
}

/// A link in the head of the page.
#[derive(Debug, Clone)]
pub struct Action {
    /// A mark for tests.
    pub id: &'static str,
    /// "Export CSV".
    pub link: Link,
}

/// "7 new", with a way to see them.
#[derive(Debug, Clone)]
pub struct Newer {
    /// The words.
    pub words: String,
    /// The list with them; `None` when there are none.
    pub show: Option<String>,
    /// Where this is asked for again.
    pub poll: String,
}

/// That line alone, as htmx asks for it.
#[derive(Debug, Template)]
#[template(path = "console/deliveries/newer.html")]
pub struct NewerPart {
    /// The line.
    pub newer: Newer,
}

/// The form, as it was typed. The first of each list of choices is any.
#[derive(Debug, Clone)]
pub struct FilterForm {
    /// Fields that are not in the form and are kept when it is sent.
    pub kept: Vec<(&'static str, String)>,
    /// The type of alert …
    pub alert_type: Field,
    /// … and the choices.
    pub types: Vec<Choice>,
    /// The alert's number.
    pub alert: Field,
    /// The webhook …
    pub webhook: Field,
    /// … and the choices.
    pub webhooks: Vec<Choice>,
    /// The vehicle's name.
    pub vehicle: Field,
    /// The result …
    pub result: Field,
    /// … and the choices.
    pub results: Vec<Choice>,
    /// The least number of attempts.
    pub attempts: Field,
    /// The least duration, milliseconds.
    pub duration: Field,
    /// What made it …
    pub trigger: Field,
    /// … and the choices.
    pub triggers: Vec<Choice>,
    /// From when on.
    pub from: Field,
    /// Until when.
    pub to: Field,
}

/// "Looked through 10,000 deliveries, back to 13:02:10."
#[derive(Debug, Clone)]
pub struct Further {
    /// The words.
    pub words: String,
    /// Where looking goes on, when it can.
    pub url: Option<String>,
}

impl ListPage {
    /// Nothing was ever delivered here.
    pub fn nothing_yet(shell: &Shell) -> Empty {
        Empty {
            title: "No deliveries yet".into(),
            paragraphs: vec![
                "A delivery appears here as soon as an alert fires for which there is a webhook, and also when an event is not sent, with the reason.".into(),
                "To see one now, send a test from a webhook's page.".into(),
            ],
            actions: vec![Link::new("To the webhooks", shell.urls.webhooks())],
        }
    }

    /// There are deliveries, but none that match `active`; `without` leads to those that would match with less.
    pub fn nothing_matches(shell: &Shell, active: &[ActiveFilter], without: Vec<Link>) -> Empty {
        let title = match active.len() {
            1 => "No delivery matches this filter".to_owned(),
            number => format!("No delivery matches these {number} filters"),
        };
        let advice = if without.is_empty() && active.len() > 1 {
            "Dropping one of them finds nothing either.".into()
        } else {
            "Click a filter above to drop it.".into()
        };
        let clear = Link::new("Clear all filters", shell.urls.deliveries());
        Empty { title, paragraphs: vec![advice], actions: without.into_iter().chain([clear]).collect() }
    }

    /// The page in the address lies before the time that is kept.
    pub fn not_kept(shell: &Shell, retention: &str) -> Empty {
        Empty {
            title: "Not kept any more".into(),
            paragraphs: vec![format!(
                "Deliveries are kept for {retention}. Their counts remain in the statistics."
            )],
            actions: vec![Link::new("Newest deliveries", shell.urls.deliveries())],
        }
    }
}

#[cfg(any(test, debug_assertions))]
impl ListPage {
    /// Every state.
    pub fn example() -> Self {
        use crate::console::parts::chart::{BarInput, Counts};
        use crate::console::shell::Nav;
        use crate::web::icon::Icon;

        let chip = |word: &str, count: &str, icon, current| Chip {
            word: word.into(),
            count: count.into(),
            icon,
            url: "?status=x".into(),
            current,
        };
        let bars = (0..24u64).map(|at| BarInput {
            name: format!("{:02}:00", (at + 15) % 24),
            url: "?from=x".into(),
            tick: if at % 3 == 0 { format!("{:02}:00", (at + 15) % 24) } else { String::new() },
            counts: Counts { delivered: 400 + at * 37 % 340, failed: if at > 18 { 2 } else { 0 } },
        });
        Self {
            shell: Shell::example(Nav::Deliveries, "Deliveries"),
            summary: "14,151 since Mon 21 Sep, 15:00 · kept for 90 days".into(),
            chips: vec![
                chip("All", "14,151", None, true),
                chip("Failed", "12", Some(Icon::Cross), false),
                chip("Retrying", "127", Some(Icon::Retry), false),
                chip("Queued", "4", Some(Icon::Clock), false),
                chip("Not sent", "402", Some(Icon::Ban), false),
                chip("Delivered", "13,604", Some(Icon::Check), false),
                chip("Cancelled", "2", Some(Icon::Stop), false),
            ],
            errors: Vec::new(),
            views: vec![chip("Failed today", "", None, false), chip("Hub trouble", "", None, false)],
            actions: vec![
                Action { id: "live", link: Link::new("Live: off", "?live=1") },
                Action { id: "view", link: Link::new("Save view…", "/console/c/12/deliveries/views/new") },
                Action { id: "csv", link: Link::new("Export CSV", "/console/c/12/deliveries.csv") },
                Action { id: "ndjson", link: Link::new("NDJSON", "/console/c/12/deliveries.ndjson") },
                Action {
                    id: "redeliver-many",
                    link: Link::new("Redeliver 12 failed…", "/console/c/12/replays/new"),
                },
            ],
            live: None,
            form: FilterForm::example(),
            windows: vec![chip("Any time", "", None, true), chip("24 hours", "", None, false)],
            active: Vec::new(),
            mark: "f0".into(),
            chart: Some(Bars::new("hours", "Deliveries per hour, last 24 hours", bars.collect())),
            chart_note: None,
            further: None,
            choosing: true,
            rows: Row::examples(),
            pager: Pager {
                words: Pager::BY_TIME,
                range: "Newest 8 of 14,151".into(),
                newest: None,
                newer: None,
                older: Some("?cursor=9064".into()),
            },
            empty: None,
        }
    }

    /// Two filters too many.
    pub fn no_match_example() -> Self {
        let mut page = Self::example();
        let filter = |name: &str, value: &str| ActiveFilter {
            name: name.into(),
            value: value.into(),
            drop_url: "?status=failed".into(),
        };
        page.summary = "0 since Mon 21 Sep, 15:00 · kept for 90 days".into();
        page.active = vec![filter("Webhook", "Dispatch hub"), filter("Status", "Failed")];
        let without = Link::new("12 deliveries match without Status Failed", "?webhook=41");
        page.empty = Some(Self::nothing_matches(&page.shell, &page.active, vec![without]));
        page.chart = None;
        page.chart_note = Some("The chart knows webhooks and time alone. Drop the other filters to see it.");
        page.rows.clear();
        page.actions.truncate(1);
        page
    }

    /// A filter that cannot be read.
    pub fn error_example() -> Self {
        let mut page = Self::example();
        page.form.from.value = "noon".into();
        page.form.from.error =
            Some("Type a day and a time, such as 2026-09-21 14:00, or a time of today.".into());
        page.errors = vec![FormError::new("from", "From: Type a day and a time, such as 2026-09-21 14:00.")];
        page.summary = "kept for 90 days".into();
        page.chart = None;
        page.rows.clear();
        page.actions.truncate(1);
        page
    }

    /// Something came since.
    pub fn live_example() -> Self {
        let mut page = Self::example();
        page.live = Some(Newer {
            words: "7 new".into(),
            show: Some("/console/c/12/deliveries?live=1".into()),
            poll: "/console/c/12/deliveries/newer?after=9071&live=1".into(),
        });
        page.actions[0].link = Link::new("Live: on", "/console/c/12/deliveries");
        page
    }

    /// Too much was looked at.
    pub fn further_example() -> Self {
        let mut page = Self::example();
        let words = "Looked through 10,000 deliveries, back to 13:02:10.".into();
        page.further = Some(Further { words, url: Some("?before=9064".into()) });
        page.rows.truncate(2);
        page
    }
}

#[cfg(any(test, debug_assertions))]
impl FilterForm {
    /// Nothing chosen.
    fn example() -> Self {
        Self {
            kept: Vec::new(),
            alert_type: Field::new("type", "Alert type"),
            types: Choice::list([("", "Any type"), ("5", "Geofence"), ("8", "Ignition")], ""),
            alert: Field::new("alert", "Alert"),
            webhook: Field::new("webhook", "Webhook"),
            webhooks: Choice::list([("", "Any webhook"), ("41", "Dispatch hub"), ("45", "Audit sink")], ""),
            vehicle: Field::new("vehicle", "Vehicle"),
            result: Field::new("result", "Result"),
            results: Choice::list([("", "Any result"), ("2xx", "2xx"), ("5xx", "5xx")], ""),
            attempts: Field::new("attempts", "Attempts"),
            duration: Field::new("duration", "Duration"),
            trigger: Field::new("trigger", "Trigger"),
            triggers: Choice::list([("", "Any trigger"), ("automatic", "Automatic"), ("test", "Test")], ""),
            from: Field::new("from", "From"),
            to: Field::new("to", "Before"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn rows_say_state_result_and_when() {
        let html = Html::check(&ListPage::example().render().unwrap());
        assert_eq!(html.text("#d9068 .badge"), "Retrying 3/8");
        assert_eq!(html.text("#d9068 .result"), "503");
        assert_eq!(html.attribute("#d9068 .cell-time time", "datetime"), "2026-09-22T14:12:35+02:00");
        assert_eq!(html.text("#d9064 .turn"), "test");
        assert_eq!(html.attribute("[data-testid=pager] a", "href"), "?cursor=9064");
        assert_eq!(html.count("[data-testid=chart] a"), 24);
    }

    #[test]
    fn nothing_matching_names_the_filters_and_how_to_drop_them() {
        let html = Html::check(&ListPage::no_match_example().render().unwrap());
        assert_eq!(html.count("[data-testid=active-filters] a"), 2);
        assert_eq!(html.text("[data-testid=empty] h2"), "No delivery matches these 2 filters");
        assert_eq!(html.count("table"), 0);
        assert_eq!(html.attribute("[data-testid=empty] .button--primary", "href"), "?webhook=41");
    }

    #[test]
    fn a_live_list_says_what_is_new_and_can_be_stopped() {
        let html = Html::check(&ListPage::live_example().render().unwrap());
        assert_eq!(html.text("#newer a"), "show");
        assert_eq!(html.attribute("#newer", "hx-get"), "/console/c/12/deliveries/newer?after=9071&live=1");
        assert_eq!(html.attribute("[data-testid=live]", "href"), "/console/c/12/deliveries");
    }

    #[test]
    fn a_problem_stands_beside_its_field_and_looking_can_go_on() {
        let html = Html::check(&ListPage::error_example().render().unwrap());
        assert_eq!(html.attribute("[data-testid=errors] a", "href"), "#from");
        assert_eq!(html.attribute("#from", "aria-invalid"), "true");
        assert_eq!(html.attribute("#from", "value"), "noon");
        let html = Html::check(&ListPage::further_example().render().unwrap());
        assert_eq!(html.attribute("[data-testid=further] a", "href"), "?before=9064");
    }
    #[test]
    fn rows_are_chosen_by_those_who_may_redeliver_them() {
        let mut page = ListPage::example();
        let html = Html::check(&page.render().unwrap());
        assert_eq!(html.attribute("[data-testid=choose]", "action"), page.shell.urls.new_replay());
        assert_eq!(html.count("[data-testid=choose] tbody [name=delivery]"), page.rows.len());
        assert_eq!(html.attribute("#d9068 input", "value"), "9068");
        assert_eq!(html.attribute("#d9068 input", "aria-label"), "Delivery 9068");
        assert_eq!(html.attribute("[data-testid=choose] [name=chosen]", "value"), "1");
        page.choosing = false;
        let html = Html::check(&page.render().unwrap());
        assert_eq!((html.count("[type=checkbox]"), html.count("[data-testid=choose]")), (0, 0));
    }
}
