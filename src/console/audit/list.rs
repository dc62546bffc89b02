//! Who did what, newest first, by cursor.

use askama::Template;

use crate::console::parts::list::{ActiveFilter, Chip, Empty, Pager};
use crate::console::parts::{Link, Moment};
use crate::console::shell::Shell;

/// The trail.
#[derive(Debug, Template)]
#[template(path = "console/audit/list.html")]
pub struct ListPage {
    /// The frame.
    pub shell: Shell,
    /// The choice by kind of object.
    pub chips: Vec<Chip>,
    /// The filters in force, one chip each.
    pub active: Vec<ActiveFilter>,
    /// The entries.
    pub rows: Vec<Row>,
    /// The way on.
    pub pager: Pager,
    /// Shown instead of the table when there are no rows.
    pub empty: Option<Empty>,
}

/// One entry.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: Moment,
    /// Who, leading to what else they did.
    pub who: Link,
    /// "API key", "System"; empty for a person.
    pub who_kind: &'static str,
    /// "paused the webhook".
    pub verb: String,
    /// What it was done to, leading to what else was done to it.
    pub object: Link,
    /// The object's own page, where it still has one.
    pub show: Option<String>,
    /// What changed.
    pub changes: Vec<Change>,
}

/// One field that changed.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its name.
    pub field: String,
    /// Before and after; `None` for a secret.
    pub values: Option<(String, String)>,
}

impl ListPage {
    /// Nobody did anything yet.
    pub fn nothing_yet() -> Empty {
        Empty {
            title: "Nothing was changed yet".into(),
            paragraphs: vec![
                "Everything that somebody changes here or through an API appears on this page.".into(),
            ],
            actions: Vec::new(),
        }
    }

    /// There are entries, but none that match.
    pub fn nothing_matches(shell: &Shell) -> Empty {
        Empty {
            title: "No entry matches".into(),
            paragraphs: vec!["Click a filter above to drop it.".into()],
            actions: vec![Link::new("Clear all filters", shell.urls.audit())],
        }
    }
}

#[cfg(any(test, debug_assertions))]
impl ListPage {
    /// A change of each kind.
    pub fn example() -> Self {
        use crate::console::shell::Nav;

        let moment = |text: &str| Moment::new(text, format!("2026-09-22T{text}+02:00"));
        let row = |id, at, who: &str, verb: &str, object: &str, changes| Row {
            id,
            at: moment(at),
            who: Link::new(who, "?by=user-3"),
            who_kind: "",
            verb: verb.into(),
            object: Link::new(object, "?kind=webhook&object=41"),
            show: Some("/console/c/12/webhooks/41".into()),
            changes,
        };
        let changed = |field: &str, before: &str, after: &str| Change {
            field: field.into(),
            values: Some((before.into(), after.into())),
        };
        let mut rows = vec![
            row(
                9,
                "14:12:35",
                "Maya Reuter",
                "changed the webhook",
                "Dispatch hub",
                vec![
                    changed(
                        "url",
                        "https://old.example/hook",
                        "https://hooks.acme-dispatch.example/v1/fleet/alerts",
                    ),
                    changed("description", "", "Their new platform"),
                    Change { field: "credential".into(), values: None },
                ],
            ),
            row(8, "13:02:10", "Maya Reuter", "paused the webhook", "Safety desk", vec![]),
            row(7, "09:14:00", "delivery engine", "switched off the webhook", "Cold-chain ops", vec![]),
        ];
        rows[1].show = None;
        rows[2].who_kind = "Belfry";
        Self {
            shell: Shell::example(Nav::Audit, "Audit"),
            chips: Vec::new(),
            active: Vec::new(),
            rows,
            pager: Pager { range: "3 in all".into(), ..Pager::default() },
            empty: None,
        }
    }

    /// A filter too many.
    pub fn no_match_example() -> Self {
        let mut page = Self::example();
        page.rows.clear();
        page.active = vec![ActiveFilter { name: "By".into(), value: "user 3".into(), drop_url: "?".into() }];
        page.empty = Some(Self::nothing_matches(&page.shell));
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn an_entry_says_who_what_and_the_values_but_never_a_secret() {
        let html = Html::check(&ListPage::example().render().unwrap());
        let text = html.text("[data-testid=entry-9]");
        assert!(text.contains("Maya Reuter changed the webhook Dispatch hub"), "{text}");
        assert!(
            text.contains(
                "url https://old.example/hook became https://hooks.acme-dispatch.example/v1/fleet/alerts"
            ),
            "{text}"
        );
        assert!(text.contains("description nothing became Their new platform"), "{text}");
        assert!(text.contains("credential was changed"), "{text}");
        assert_eq!(html.count("[data-testid=entry-8] [data-testid=show]"), 0);
    }
}
