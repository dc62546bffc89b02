//! The API keys of a company and of those below it.

use askama::Template;

use crate::console::parts::badge::Badge;
use crate::console::parts::list::{Empty, Pager};
use crate::console::parts::{Link, Moment};
use crate::console::shell::Shell;

/// The list.
#[derive(Debug, Template)]
#[template(path = "console/api_keys/list.html")]
pub struct ListPage {
    /// The frame.
    pub shell: Shell,
    /// Where a key is made; not for all companies together.
    pub new: Option<String>,
    /// The keys.
    pub rows: Vec<Row>,
    /// The way to the other keys.
    pub pager: Pager,
    /// Shown instead of the table when there are none.
    pub empty: Option<Empty>,
}

/// One key.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// Whether it opens anything.
    pub badge: Badge,
    /// Its name.
    pub name: String,
    /// "bfy_…3f9a".
    pub masked: String,
    /// The company whose tree it opens.
    pub company: String,
    /// "everything", or what it is limited to.
    pub may: String,
    /// "any vehicle", or how many.
    pub vehicles: String,
    /// Who made it …
    pub by: String,
    /// … and when.
    pub made: Moment,
    /// When it ends by itself.
    pub ends: Option<Moment>,
    /// Where it is taken back, unless it was.
    pub revoke: Option<String>,
}

impl ListPage {
    /// There is none yet.
    pub fn nothing_yet(new: Option<&str>) -> Empty {
        Empty {
            title: "No API key yet".into(),
            paragraphs: vec![
                "A key lets a system of yours report events and manage webhooks through the API, for this company and those below it.".into(),
            ],
            actions: new.map(|url| Link::new("New API key", url)).into_iter().collect(),
        }
    }
}

#[cfg(any(test, debug_assertions))]
impl ListPage {
    /// One of each state.
    pub fn example() -> Self {
        use crate::console::parts::Tone;
        use crate::console::shell::Nav;
        use crate::web::icon::Icon;

        let moment = |text: &str| Moment::new(text, "2026-09-22T14:12:35+02:00");
        let row = |id, badge, name: &str, may: &str| Row {
            id,
            badge,
            name: name.into(),
            masked: "bfy_…3f9a".into(),
            company: "Northline Logistics".into(),
            may: may.into(),
            vehicles: "any vehicle".into(),
            by: "Maya Reuter".into(),
            made: moment("15 Sep 09:12"),
            ends: None,
            revoke: Some(format!("/console/c/12/api-keys/{id}/revoke")),
        };
        let mut rows = vec![
            row(3, Badge::new(Tone::Ok, Icon::Check, "Active"), "Telematics platform", "everything"),
            row(2, Badge::new(Tone::Mute, Icon::Clock, "Ended"), "Migration of 2025", "webhooks:read"),
            row(1, Badge::new(Tone::Mute, Icon::Ban, "Revoked"), "Lost laptop", "everything"),
        ];
        rows[1].ends = Some(moment("31 Dec 2025"));
        rows[2].revoke = None;
        Self {
            shell: Shell::example(Nav::ApiKeys, "API keys"),
            new: Some("/console/c/12/api-keys/new".into()),
            rows,
            pager: Pager::default(),
            empty: None,
        }
    }

    /// None.
    pub fn empty_example() -> Self {
        let mut page = Self::example();
        page.rows.clear();
        page.empty = Some(Self::nothing_yet(page.new.as_deref()));
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn a_key_that_was_taken_back_cannot_be_taken_back_again() {
        let html = Html::check(&ListPage::example().render().unwrap());
        assert_eq!(html.count("[data-testid=key-3] [data-testid=revoke]"), 1);
        assert_eq!(html.count("[data-testid=key-1] [data-testid=revoke]"), 0);
        assert_eq!(html.text("[data-testid=key-1] .badge"), "Revoked");
    }
}
