//! Who changed what about a webhook, newest first, by cursor.

use askama::Template;

use super::head::Head;
use crate::console::parts::Moment;
use crate::console::parts::list::Pager;
use crate::console::shell::Shell;

/// The tab.
#[derive(Debug, Template)]
#[template(path = "console/webhooks/history.html")]
pub struct HistoryPage {
    /// The frame.
    pub shell: Shell,
    /// Name and tabs.
    pub head: Head,
    /// The changes.
    pub rows: Vec<Row>,
    /// The way on.
    pub pager: Pager,
}

/// One change.
#[derive(Debug, Clone)]
pub struct Row {
    /// The number of its entry in the audit trail.
    pub id: i64,
    /// When.
    pub at: Moment,
    /// Who.
    pub who: String,
    /// "API key", "Belfry"; empty for a person.
    pub who_kind: &'static str,
    /// "paused the webhook".
    pub verb: String,
    /// What changed.
    pub changes: Vec<Change>,
    /// The version that it made, where it made one.
    pub version: Option<VersionLink>,
}

/// One field that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its label.
    pub label: String,
    /// What is said of it.
    pub said: Said,
}

/// What is said of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// It was one value and became another; empty for none.
    Became(String, String),
    /// A secret: only that it changed.
    Changed,
    /// Something in a few words.
    Is(String),
}

/// A version and its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLink {
    /// Its number.
    pub version: i32,
    /// Its page.
    pub url: String,
    /// Whether it is the present one.
    pub is_present: bool,
}

#[cfg(any(test, debug_assertions))]
impl HistoryPage {
    /// A change of each kind.
    pub fn example() -> Self {
        use super::head::Tab;
        use crate::console::shell::Nav;

        let head = Head::example(Tab::History);
        let change = |label: &str, said| Change { label: label.into(), said };
        let became = |before: &str, after: &str| Said::Became(before.into(), after.into());
        let row = |id, at: &str, who: &str, verb: &str, version: Option<i32>, changes| Row {
            id,
            at: Moment::new(at, "2026-09-22T14:12:35.000+02:00"),
            who: who.into(),
            who_kind: "",
            verb: verb.into(),
            changes,
            version: version.map(|version| VersionLink {
                version,
                url: head.urls.version(version),
                is_present: version == 3,
            }),
        };
        let mut rows = vec![
            row(
                9,
                "14:12:35",
                "Maya Reuter",
                "changed the webhook",
                Some(3),
                vec![
                    change(
                        "URL",
                        became(
                            "https://old.example/hook",
                            "https://hooks.acme-dispatch.example/v1/fleet/alerts",
                        ),
                    ),
                    change("Description", became("", "Their new platform")),
                    change("Credential", Said::Changed),
                ],
            ),
            row(
                8,
                "13:02:10",
                "Telemetry import",
                "linked an alert to the webhook",
                None,
                vec![change("Alert", Said::Is("Depot Nord exit (103) was linked".into()))],
            ),
            row(
                7,
                "9 Sep 09:14",
                "Ola Kranz",
                "replaced the secret of the webhook",
                Some(2),
                vec![change("Signing secret", Said::Changed)],
            ),
            row(2, "4 Mar 2026", "Ola Kranz", "created the webhook", Some(1), Vec::new()),
        ];
        rows[1].who_kind = "API key";
        Self {
            shell: Shell::example(Nav::Webhooks, "History of Dispatch hub"),
            head,
            rows,
            pager: Pager { range: "4 in all".into(), ..Pager::default() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn a_change_says_who_what_and_which_version_it_made() {
        let html = Html::check(&HistoryPage::example().render().unwrap());
        assert_eq!(html.text(".tabs [aria-current]"), "History");
        let text = html.text("[data-testid=change-9]");
        assert!(text.contains("Maya Reuter changed the webhook"), "{text}");
        assert!(text.contains("URL https://old.example/hook became https://hooks.acme"), "{text}");
        assert!(text.contains("Description nothing became Their new platform"), "{text}");
        assert!(
            text.contains("Credential was changed") && text.contains("Version 3, the present one"),
            "{text}"
        );
        assert_eq!(
            html.attribute("[data-testid=change-7] [data-testid=version]", "href"),
            "/console/c/12/webhooks/41/history/2"
        );
        assert_eq!(html.count("[data-testid=change-8] [data-testid=version]"), 0);
    }
}
