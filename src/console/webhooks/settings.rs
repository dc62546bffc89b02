//! What can be done with the whole of a webhook, how it is sent here, and its numbers.

use askama::Template;

use super::head::Head;
use crate::console::parts::facts::Fact;
use crate::console::shell::Shell;

/// The tab.
#[derive(Debug, Template)]
#[template(path = "console/webhooks/settings.html")]
pub struct SettingsPage {
    /// The frame.
    pub shell: Shell,
    /// Name and tabs.
    pub head: Head,
    /// How things stand: "Deliveries are made.", "Paused by Ola Kranz since 09:12:04."
    pub state: String,
    /// What the service decides: format, timeout, schedule, what switches it off.
    pub sending: Vec<Fact>,
    /// The wait before each attempt: "at once", "15 s", …
    pub waits: Vec<String>,
    /// Its number as each format spells it.
    pub numbers: Vec<Number>,
}

/// One spelling of its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// Unique in the page, for *Copy*.
    pub id: &'static str,
    /// Where it is spelled so.
    pub label: &'static str,
    /// The spelling.
    pub text: String,
}

#[cfg(any(test, debug_assertions))]
impl SettingsPage {
    /// Dispatch hub.
    pub fn example() -> Self {
        use super::head::Tab;
        use crate::console::shell::Nav;

        Self {
            shell: Shell::example(Nav::Webhooks, "Settings of Dispatch hub"),
            head: Head::example(Tab::Settings),
            state: "Deliveries are made.".into(),
            sending: vec![
                Fact::new("Format", "Telemax"),
                Fact::new("Timeout", "10\u{a0}s for each attempt"),
                Fact::new("Retries", "8\u{a0}attempts over 8\u{a0}h 42\u{a0}min"),
                Fact::new("Switched off", "when every attempt has failed for 5\u{a0}days"),
            ],
            waits: ["at once", "15 s", "1 min", "5 min", "15 min", "1 h", "2 h", "5 h"]
                .map(Into::into)
                .into(),
            numbers: vec![
                Number { id: "number", label: "Telemax and Aggregate", text: "41".into() },
                Number { id: "number-zstack", label: "ZStack", text: "wh-041".into() },
                Number { id: "number-softwareone", label: "SoftwareOne", text: "WBH-0000-0041".into() },
            ],
        }
    }

    /// Switched off, for somebody who may only look.
    pub fn viewer_example() -> Self {
        let page = Self::example();
        let head = Head { is_live: false, ..page.head }.only_looked_at();
        Self { head, state: "Somebody switched it off.".into(), ..page }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn it_leads_to_everything_that_can_be_done() {
        let html = Html::check(&SettingsPage::example().render().unwrap());
        assert_eq!(
            html.attribute("form:has([data-testid=disable])", "action"),
            "/console/c/12/webhooks/41/disable"
        );
        assert_eq!(html.attribute("[data-testid=delete]", "href"), "/console/c/12/webhooks/41/delete");
        assert_eq!(html.text("#number-softwareone"), "WBH-0000-0041");
        assert_eq!(html.count("[data-testid=waits] li"), 8);
    }

    #[test]
    fn who_may_only_look_gets_no_buttons() {
        let html = Html::check(&SettingsPage::viewer_example().render().unwrap());
        assert_eq!(html.count("main form, main a.button"), 0);
        assert!(html.text("[data-testid=state]").contains("switched it off"));
    }
}
