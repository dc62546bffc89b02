//! Asks what becomes of the held events before a webhook is resumed.

use askama::Template;

use super::head::Head;
use crate::console::parts::facts::Fact;
use crate::console::parts::field::{FormError, Radio};
use crate::console::shell::Shell;

/// The form.
#[derive(Debug, Template)]
#[template(path = "console/webhooks/resume.html")]
pub struct ResumePage {
    /// The frame.
    pub shell: Shell,
    /// Name and addresses.
    pub head: Head,
    /// Since when, by whom, why, what is held.
    pub facts: Vec<Fact>,
    /// What becomes of the held events; the field is called `held`. None, when nothing is held.
    pub choices: Vec<Radio>,
    /// What is wrong with the chosen one.
    pub error: Option<String>,
    /// The same as a list.
    pub errors: Vec<FormError>,
}

#[cfg(any(test, debug_assertions))]
impl ResumePage {
    /// 318 events of 41 vehicles.
    pub fn example() -> Self {
        use super::head::Tab;
        use crate::console::parts::Moment;
        use crate::console::shell::Nav;

        let moment = Moment::new("09:12:04", "2026-09-22T09:12:04+02:00");
        Self {
            shell: Shell::example(Nav::Webhooks, "Resume Dispatch hub"),
            head: Head::example(Tab::Other),
            facts: vec![
                Fact::new("Paused since", "by Ola Kranz").moment(moment.clone()),
                Fact::new("Reason", "The receiver renews its certificate"),
                Fact::new("Held", "318 events of 41 vehicles, the first since").moment(moment),
            ],
            choices: vec![
                Radio::new("all", "Send all of them", "318 events", true),
                Radio::new("newest", "Send the newest of each vehicle", "41 events", false),
                Radio::new("none", "Send none of them", "they stay listed as not sent", false),
            ],
            error: None,
            errors: Vec::new(),
        }
    }

    /// Nothing is held.
    pub fn empty_example() -> Self {
        let mut page = Self::example();
        page.facts.truncate(1);
        page.facts.push(Fact::new("Held", "nothing"));
        page.choices.clear();
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn it_offers_three_ends() {
        let html = Html::check(&ResumePage::example().render().unwrap());
        assert_eq!(html.attribute("[data-testid=resume-form]", "action"), "/console/c/12/webhooks/41/resume");
        assert_eq!(html.count("[name=held]"), 3);
        assert_eq!(html.attribute("[name=held][checked]", "value"), "all");
    }

    #[test]
    fn with_nothing_held_there_is_nothing_to_choose() {
        let html = Html::check(&ResumePage::empty_example().render().unwrap());
        assert_eq!(html.count("[name=held]"), 0);
        assert_eq!(html.count("[data-testid=resume-form] button"), 1);
    }
}
