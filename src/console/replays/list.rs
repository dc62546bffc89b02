//! All redeliveries of many, newest first.

use askama::Template;

use crate::console::parts::badge::Badge;
use crate::console::parts::list::{Empty, Pager};
use crate::console::parts::{Link, Moment};
use crate::console::shell::Shell;

/// The list.
#[derive(Debug, Template)]
#[template(path = "console/replays/list.html")]
pub struct ListPage {
    /// The frame.
    pub shell: Shell,
    /// One each.
    pub rows: Vec<Row>,
    /// The way to the older ones.
    pub pager: Pager,
    /// Shown instead of the table when there are none.
    pub empty: Option<Empty>,
}

/// One redelivery of many.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// Its page.
    pub url: String,
    /// Where it stands.
    pub badge: Badge,
    /// Which deliveries: "Failed · Dispatch hub".
    pub what: String,
    /// Who began it.
    pub by: String,
    /// "95 of 300 made, 7 left out".
    pub words: String,
    /// When it began.
    pub begun: Moment,
}

impl ListPage {
    /// There was none yet.
    pub fn nothing_yet(shell: &Shell) -> Empty {
        Empty {
            title: "Nothing was redelivered in bulk yet".into(),
            paragraphs: vec![
                "Choose deliveries by status, webhook or time in the list of deliveries, then Redeliver these.".into(),
            ],
            actions: vec![Link::new("To the deliveries", shell.urls.deliveries())],
        }
    }
}

#[cfg(any(test, debug_assertions))]
impl ListPage {
    /// One runs, one is done.
    pub fn example() -> Self {
        use crate::console::parts::Tone;
        use crate::console::shell::Nav;
        use crate::web::icon::Icon;

        let row = |id: i64, badge, words: &str| Row {
            id,
            url: format!("/console/c/12/replays/{id}"),
            badge,
            what: "Failed · Dispatch hub".into(),
            by: "Maya Reuter".into(),
            words: words.into(),
            begun: Moment::new("14:02:10", "2026-09-22T14:02:10+02:00"),
        };
        Self {
            shell: Shell::example(Nav::Deliveries, "Redeliveries"),
            rows: vec![
                row(7, Badge::new(Tone::Info, Icon::Retry, "Running"), "95 of 300 made, 7 left out"),
                row(6, Badge::new(Tone::Ok, Icon::Check, "Finished"), "12 of 12 made"),
            ],
            pager: Pager::default(),
            empty: None,
        }
    }

    /// None.
    pub fn empty_example() -> Self {
        let mut page = Self::example();
        page.rows.clear();
        page.empty = Some(Self::nothing_yet(&page.shell));
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn rows_say_which_how_far_and_by_whom() {
        let html = Html::check(&ListPage::example().render().unwrap());
        assert_eq!(html.text("[data-testid=replay-7] .badge"), "Running");
        assert_eq!(html.attribute("[data-testid=replay-6] a", "href"), "/console/c/12/replays/6");
        let empty = Html::check(&ListPage::empty_example().render().unwrap());
        assert_eq!((empty.count("table"), empty.count("[data-testid=empty]")), (0, 1));
    }
}
