//! Deliveries of a company, newest first, by cursor.

use askama::Template;

use super::row::Row;
use crate::console::parts::Link;
use crate::console::parts::chart::Bars;
use crate::console::parts::field::Choice;
use crate::console::parts::list::{ActiveFilter, Chip, Empty, Pager};
use crate::console::shell::Shell;

/// The list. htmx asks for the same page and takes `#results` out of it.
#[derive(Debug, Template)]
#[template(path = "console/deliveries/list.html")]
pub struct ListPage {
    /// The frame.
    pub shell: Shell,
    /// The line below the heading: "14,151 since Mon 21 Sep, 15:00 · kept for 90 days".
    pub summary: String,
    /// The choice by status, with counts.
    pub chips: Vec<Chip>,
    /// The chosen statuses as in the address; kept when the form is sent. Empty for all.
    pub status: String,
    /// The number of the redelivery that made the shown deliveries; kept when the form is sent. Empty for none.
    pub replay: String,
    /// From when on, RFC 3339; kept when the form is sent. Empty for any time.
    pub from: String,
    /// Until when, the same way.
    pub to: String,
    /// The time up to now, as links.
    pub windows: Vec<Chip>,
    /// Where the shown deliveries are sent again, for those who may.
    pub redeliver: Option<String>,
    /// The webhooks to choose from; the first is "Any webhook" with an empty value.
    pub webhooks: Vec<Choice>,
    /// The filters in force, one chip each.
    pub active: Vec<ActiveFilter>,
    /// The volume in the window; left out while filters make it meaningless.
    pub chart: Option<Bars>,
    /// The deliveries.
    pub rows: Vec<Row>,
    /// The way on.
    pub pager: Pager,
    /// Shown instead of the table when there are no rows.
    pub empty: Option<Empty>,
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

    /// There are deliveries, but none that match `active`.
    pub fn nothing_matches(shell: &Shell, active: &[ActiveFilter]) -> Empty {
        let title = match active.len() {
            1 => "No delivery matches this filter".to_owned(),
            number => format!("No delivery matches these {number} filters"),
        };
        let advice = "Click a filter above to drop it.".into();
        let actions = vec![Link::new("Clear all filters", shell.urls.deliveries())];
        Empty { title, paragraphs: vec![advice], actions }
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
            status: String::new(),
            replay: String::new(),
            from: String::new(),
            to: String::new(),
            windows: vec![chip("Any time", "", None, true), chip("24 hours", "", None, false)],
            redeliver: Some("/console/c/12/replays/new".into()),
            webhooks: Choice::list([("", "Any webhook"), ("41", "Dispatch hub"), ("45", "Audit sink")], ""),
            active: Vec::new(),
            chart: Some(Bars::new("hours", "Deliveries per hour, last 24 hours", bars.collect())),
            rows: Row::examples(),
            pager: Pager {
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
        page.empty = Some(Self::nothing_matches(&page.shell, &page.active));
        page.chart = None;
        page.rows.clear();
        page.redeliver = None;
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn rows_say_state_result_and_when() {
        let html = Html::check(&ListPage::example().render().unwrap());
        assert_eq!(html.text("[data-testid=delivery-9068] .badge"), "Retrying 3/8");
        assert_eq!(html.text("[data-testid=delivery-9068] .result"), "503");
        assert_eq!(
            html.attribute("[data-testid=delivery-9068] .cell-time time", "datetime"),
            "2026-09-22T14:12:35+02:00"
        );
        assert_eq!(html.text("[data-testid=delivery-9064] .turn"), "test");
        assert_eq!(html.attribute("[data-testid=pager] a", "href"), "?cursor=9064");
        assert_eq!(html.count("[data-testid=chart] a"), 24);
    }

    #[test]
    fn nothing_matching_names_the_filters_and_how_to_drop_them() {
        let html = Html::check(&ListPage::no_match_example().render().unwrap());
        assert_eq!(html.count("[data-testid=active-filters] a"), 2);
        assert_eq!(html.text("[data-testid=empty] h2"), "No delivery matches these 2 filters");
        assert_eq!(html.count("table"), 0);
    }
}
