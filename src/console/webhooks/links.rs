//! Which alerts one webhook receives: a check list with a limit.
//!
//! The form sends `alertIds` for every checked box, `linked` with what was linked when it was made (so that links
//! which somebody made in the meantime stay as they are), and `version`.

use askama::Template;

use super::form::AlertChoice;
use super::head::Head;
use crate::console::parts::field::FormError;
use crate::console::parts::list::{Notice, Pager};
use crate::console::shell::Shell;

/// The links.
#[derive(Debug, Template)]
#[template(path = "console/webhooks/links.html")]
pub struct LinksPage {
    /// The frame.
    pub shell: Shell,
    /// Name and tabs.
    pub head: Head,
    /// What is wrong with what was sent: too many, not linkable, deleted meanwhile.
    pub errors: Vec<FormError>,
    /// Linked alerts first, then the others.
    pub alerts: Vec<AlertChoice>,
    /// What the list was searched for.
    pub text: String,
    /// Whether there are more alerts than fit the page.
    pub is_long: bool,
    /// The way to the other alerts.
    pub pager: Pager,
    /// How many are linked, those beyond the list included.
    pub linked: usize,
    /// What is linked now, for the hidden `linked`: `104,98`.
    pub before: String,
    /// How many may be linked at most.
    pub most: usize,
    /// The version the list was made from.
    pub version: i32,
    /// "The linked alerts have 3 types, and each type has its own data", or that it receives every alert.
    pub warning: Option<Notice>,
    /// Whether the person may change the links.
    pub may_manage: bool,
}

#[cfg(any(test, debug_assertions))]
impl LinksPage {
    /// Three of six.
    pub fn example() -> Self {
        use super::head::Tab;
        use crate::console::parts::Tone;
        use crate::console::shell::Nav;
        use crate::domain::webhook::LINKS_MAX;
        use crate::web::icon::Icon;

        Self {
            shell: Shell::example(Nav::Webhooks, "Alert links of Dispatch hub"),
            head: Head::example(Tab::Links),
            errors: Vec::new(),
            alerts: AlertChoice::examples(3),
            text: String::new(),
            is_long: false,
            pager: Pager::default(),
            linked: 3,
            before: "104,98,103".into(),
            most: LINKS_MAX,
            version: 7,
            warning: Some(Notice {
                tone: Tone::Warn,
                icon: Icon::Warning,
                text: "The linked alerts have 2 types, and each type has its own data. The receiver has to tell them apart by alertType.".into(),
            }),
            may_manage: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn the_list_says_what_is_linked_and_what_was() {
        let page = LinksPage::example();
        let html = Html::check(&page.render().unwrap());
        assert_eq!(html.count("[name=alertIds][checked]"), 3);
        assert_eq!(html.text("#alerts-tally"), "3 of 50");
        assert_eq!(html.attribute("[name=linked]", "value"), "104,98,103");
        assert!(html.text("main .notice").contains("2 types"));
    }

    #[test]
    fn who_may_only_look_cannot_save() {
        let html = Html::check(&LinksPage { may_manage: false, ..LinksPage::example() }.render().unwrap());
        assert_eq!(html.count("main form"), 0);
        assert_eq!(html.count("[data-testid=alert-links] tbody tr"), 3);
    }
}
