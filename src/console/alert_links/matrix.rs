//! Alerts as rows, webhooks as columns, links as check boxes in one form.
//!
//! The form sends `links` (`41.104`: webhook and alert) for every checked box, and `before` with what was checked when
//! the page was made: so only what somebody touched changes.

use askama::Template;

use crate::console::parts::Link;
use crate::console::parts::field::{Choice, FormError};
use crate::console::parts::list::{ActiveFilter, Chip, Empty};
use crate::console::shell::Shell;

/// The matrix.
#[derive(Debug, Template)]
#[template(path = "console/alert_links/matrix.html")]
pub struct MatrixPage {
    /// The frame.
    pub shell: Shell,
    /// "31 alerts, 9 webhooks · a webhook takes at most 50 alerts, or every alert".
    pub summary: String,
    /// The other way of looking at the same.
    pub other_view: Link,
    /// Whether this is the flat list.
    pub is_list: bool,
    /// Which alerts, with counts.
    pub chips: Vec<Chip>,
    /// What is kept when the filter form is sent: names and values.
    pub kept: Vec<(&'static str, String)>,
    /// The text that alerts are searched for.
    pub text: String,
    /// Alert types; the first is "Any type" with an empty value.
    pub types: Vec<Choice>,
    /// Webhooks; the first is "All webhooks" with an empty value.
    pub webhooks: Vec<Choice>,
    /// The filters in force.
    pub active: Vec<ActiveFilter>,
    /// What is wrong with what was sent.
    pub errors: Vec<FormError>,
    /// Where the form goes: this page with its filter. `None` for those who may only look.
    pub action: Option<String>,
    /// What is linked of what is shown, for the hidden `before`.
    pub before: String,
    /// The webhooks that are shown.
    pub columns: Vec<Column>,
    /// The alerts that are shown.
    pub rows: Vec<Row>,
    /// "13 of 31 alerts · 8 of 9 webhooks".
    pub range: String,
    /// Ways to the other alerts and webhooks.
    pub pages: Vec<Link>,
    /// Up to when firings are counted.
    pub note: String,
    /// Shown instead of the form when there is nothing to link.
    pub empty: Option<Empty>,
}

/// A webhook.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its page.
    pub url: String,
    /// "18 of 50", "every alert", "by criteria", "tests only".
    pub tally: String,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// An alert.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its events.
    pub url: String,
    /// "Geofence · 14 vehicles".
    pub detail: String,
    /// How often it fired: "412".
    pub fired: String,
    /// Whether its type can be linked at all.
    pub is_linkable: bool,
    /// Whether it fired, is not linked, and no webhook takes everything.
    pub is_unheard: bool,
    /// One for each column.
    pub cells: Vec<CellView>,
}

/// A crossing as drawn.
#[derive(Debug, Clone)]
pub enum CellView {
    /// A box that can be checked or unchecked.
    Box {
        /// What it sends.
        value: String,
        /// Whether it is checked.
        checked: bool,
        /// What is wrong with it.
        error: Option<String>,
    },
    /// A word instead, and whether it says that there is a link.
    Word(&'static str),
}

#[cfg(any(test, debug_assertions))]
impl MatrixPage {
    /// Three alerts and three webhooks.
    pub fn example() -> Self {
        use crate::console::shell::Nav;

        let chip = |word: &str, count: &str, current| Chip {
            word: word.into(),
            count: count.into(),
            icon: None,
            url: "?show=x".into(),
            current,
        };
        let column = |id, name: &str, tally: &str| Column {
            id,
            name: name.into(),
            url: format!("/console/c/12/webhooks/{id}"),
            tally: tally.into(),
            error: None,
        };
        let tick = |value: &str, checked| CellView::Box { value: value.into(), checked, error: None };
        let row = |id, name: &str, detail: &str, fired: &str, is_unheard, cells| Row {
            id,
            name: name.into(),
            url: format!("/console/c/12/find?alert={id}"),
            detail: detail.into(),
            fired: fired.into(),
            is_linkable: id != 408,
            is_unheard,
            cells,
        };
        let never = || CellView::Word("–");
        Self {
            shell: Shell::example(Nav::AlertLinks, "Alert links"),
            summary: "31 alerts, 9 webhooks · a webhook takes at most 50 alerts, or every alert".into(),
            other_view: Link::new("As a list", "?view=list"),
            is_list: false,
            chips: vec![
                chip("All", "31", true),
                chip("Fired but unlinked", "1", false),
                chip("Linked, never fired", "4", false),
                chip("Cannot be linked", "2", false),
            ],
            kept: Vec::new(),
            text: String::new(),
            types: Choice::list([("", "Any type"), ("5", "Geofence")], ""),
            webhooks: Choice::list([("", "All webhooks"), ("41", "Dispatch hub")], ""),
            active: Vec::new(),
            errors: Vec::new(),
            action: Some("/console/c/12/alert-links".into()),
            before: "41.104".into(),
            columns: vec![
                column(41, "Dispatch hub", "18 of 50"),
                column(42, "Cold-chain ops", "3 of 50"),
                column(43, "Partner portal", "by criteria"),
            ],
            rows: vec![
                row(
                    104,
                    "Depot Nord exit",
                    "Geofence · 14 vehicles",
                    "412",
                    false,
                    vec![tick("41.104", true), tick("42.104", false), CellView::Word("by criteria")],
                ),
                row(
                    117,
                    "Reefer battery",
                    "Low Battery · 22 vehicles",
                    "41",
                    true,
                    vec![tick("41.117", false), tick("42.117", false), never()],
                ),
                row(
                    408,
                    "Idle over 10 min",
                    "Idle · all fleet",
                    "519",
                    false,
                    vec![never(), never(), CellView::Word("by criteria")],
                ),
            ],
            range: "3 of 31 alerts · 3 of 9 webhooks".into(),
            pages: vec![Link::new("Next alerts", "?page=2")],
            note: "Fired: in the last 7 days, counted up to 14:12:00.".into(),
            empty: None,
        }
    }

    /// The same as a list.
    pub fn list_example() -> Self {
        Self { is_list: true, other_view: Link::new("As a matrix", "?"), ..Self::example() }
    }

    /// Too many, and one that cannot be linked.
    pub fn error_example() -> Self {
        let mut page = Self::example();
        page.columns[0].error = Some("51 of 50".into());
        page.rows[1].cells[1] = CellView::Box {
            value: "42.117".into(),
            checked: true,
            error: Some("Cold-chain ops: there is no alert 117.".into()),
        };
        page.errors = vec![
            FormError::new(
                "w41",
                "Dispatch hub would have 51 alerts; at most 50 can be linked to one webhook.",
            ),
            FormError::new("c42.117", "Cold-chain ops: there is no alert 117."),
        ];
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn every_box_has_the_names_of_its_row_and_column() {
        let html = Html::check(&MatrixPage::example().render().unwrap());
        assert_eq!(html.count("[name=links]"), 4);
        assert_eq!(html.count("[name=links][checked]"), 1);
        for id in html.attribute("[value=\"42.117\"]", "aria-labelledby").split(' ') {
            assert_eq!(html.count(&format!("#{id}")), 1, "{id}");
        }
        assert_eq!(html.text("#a117 .badge"), "Not linked");
        assert_eq!(html.attribute("[name=before]", "value"), "41.104");
    }

    #[test]
    fn a_list_has_the_same_boxes_with_words_beside_them() {
        let html = Html::check(&MatrixPage::list_example().render().unwrap());
        assert_eq!((html.count("[name=links]"), html.count("[name=links][checked]")), (4, 1));
        assert_eq!(html.text("[data-testid=alert-117] td label:first-of-type"), "Dispatch hub");
    }

    #[test]
    fn problems_stand_in_the_summary_and_at_their_place() {
        let html = Html::check(&MatrixPage::error_example().render().unwrap());
        assert_eq!(html.count("[data-testid=errors] li"), 2);
        assert_eq!(html.attribute("[id=\"c42.117\"]", "aria-invalid"), "true");
        assert!(html.text("#w41").contains("51 of 50"));
    }

    #[test]
    fn who_may_only_look_gets_boxes_that_cannot_be_changed() {
        let html = Html::check(&MatrixPage { action: None, ..MatrixPage::example() }.render().unwrap());
        assert_eq!(html.count("main form[method=post]"), 0);
        assert_eq!(html.count("[name=links][disabled]"), 4);
        assert_eq!(html.count("[data-testid=review]"), 0);
    }
}
