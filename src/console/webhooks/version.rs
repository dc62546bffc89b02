//! A webhook's settings as they were, beside the present ones, and the way back to them.

use askama::Template;

use super::head::Head;
use crate::console::parts::list::Notice;
use crate::console::parts::{Link, Moment};
use crate::console::shell::Shell;

/// One version.
#[derive(Debug, Template)]
#[template(path = "console/webhooks/version.html")]
pub struct VersionPage {
    /// The frame.
    pub shell: Shell,
    /// Name and tabs.
    pub head: Head,
    /// Its number.
    pub version: i32,
    /// The present version's number.
    pub present: i32,
    /// When it was made.
    pub at: Moment,
    /// Who made it.
    pub by: String,
    /// Its settings, each beside the present one.
    pub fields: Vec<Field>,
    /// What restoring it would lose or ask for.
    pub notices: Vec<Notice>,
    /// Whether the person may restore it, and it differs in something that comes back.
    pub can_restore: bool,
    /// The versions beside it.
    pub neighbours: Vec<Link>,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its label.
    pub label: String,
    /// Its value then; empty for none.
    pub then: String,
    /// Its value now; empty for none.
    pub now: String,
}

impl Field {
    /// Whether both are the same.
    pub fn is_same(&self) -> bool {
        self.then == self.now
    }
}

impl VersionPage {
    /// Whether it is the present version.
    pub const fn is_present(&self) -> bool {
        self.version == self.present
    }

    /// How many fields differ: "2 fields differ from the present version".
    pub fn tally(&self) -> String {
        match self.fields.iter().filter(|field| !field.is_same()).count() {
            0 => "Nothing differs from the present version".to_owned(),
            1 => "1\u{a0}field differs from the present version".to_owned(),
            count => format!("{count}\u{a0}fields differ from the present version"),
        }
    }
}

#[cfg(any(test, debug_assertions))]
impl VersionPage {
    /// The first one, which sent to another host.
    pub fn example() -> Self {
        use super::head::Tab;
        use crate::console::parts::Tone;
        use crate::console::shell::Nav;
        use crate::web::icon::Icon;

        let head = Head::example(Tab::History);
        let field = |label: &str, then: &str, now: &str| Field {
            label: label.into(),
            then: then.into(),
            now: now.into(),
        };
        Self {
            shell: Shell::example(Nav::Webhooks, "Version 1 of Dispatch hub"),
            version: 1,
            present: 3,
            at: Moment::new("Wed 4 Mar 2026, 09:02:10", "2026-03-04T09:02:10.000+01:00"),
            by: "Ola Kranz".into(),
            fields: vec![
                field("Name", "Dispatch hub", "Dispatch hub"),
                field("URL", "https://old.example/hook", "https://hooks.acme-dispatch.example/v1/fleet/alerts"),
                field("Description", "", "Their new platform"),
                field("Auth type", "bearer", "bearer"),
                field("Credential", "••••77aa", "••••3f9a"),
                field("Signing", "on", "on"),
            ],
            notices: vec![Notice {
                tone: Tone::Warn,
                icon: Icon::Warning,
                text: "This version sent to another host, old.example. The present credential does not go there: you will be asked for one.".into(),
            }],
            can_restore: true,
            neighbours: vec![Link::new("Version 2", head.urls.version(2))],
            head,
        }
    }

    /// The present one.
    pub fn present_example() -> Self {
        let mut page = Self::example();
        page.shell.title = "Version 3 of Dispatch hub".into();
        page.version = 3;
        for field in &mut page.fields {
            field.then.clone_from(&field.now);
        }
        page.notices.clear();
        page.can_restore = false;
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn it_shows_what_differs_and_what_restoring_loses() {
        let html = Html::check(&VersionPage::example().render().unwrap());
        assert_eq!(html.count("[data-testid=fields] tbody tr"), 6);
        assert_eq!(html.count("[data-testid=fields] [data-testid=differs]"), 3);
        assert_eq!(
            html.attribute("[data-testid=restore]", "action"),
            "/console/c/12/webhooks/41/history/1/restore"
        );
        assert_eq!(html.attribute("[data-testid=restore] [name=version]", "value"), "3");
        assert!(html.text("main .notice").contains("another host"));
    }

    #[test]
    fn the_present_version_cannot_be_restored() {
        let html = Html::check(&VersionPage::present_example().render().unwrap());
        assert_eq!(html.count("[data-testid=restore], [data-testid=differs]"), 0);
        assert_eq!(html.count("thead th"), 2);
    }
}
