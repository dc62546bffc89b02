//! A named filter of the list, before it is deleted.

use askama::Template;

use crate::console::shell::Shell;

/// The question.
#[derive(Debug, Template)]
#[template(path = "console/deliveries/view.html")]
pub struct ViewPage {
    /// The frame.
    pub shell: Shell,
    /// Its name.
    pub name: String,
    /// The list with this filter.
    pub list_url: String,
    /// The filter in words.
    pub words: String,
    /// Who has it, in a sentence.
    pub whose: &'static str,
    /// Where the form goes, for those who may delete it.
    pub action: Option<String>,
}

#[cfg(any(test, debug_assertions))]
impl ViewPage {
    /// A shared one.
    pub fn example() -> Self {
        use crate::console::shell::Nav;

        Self {
            shell: Shell::example(Nav::Deliveries, "View Hub trouble"),
            name: "Hub trouble".into(),
            list_url: "/console/c/12/deliveries?status=failed&webhook=41".into(),
            words: "Status Failed · Webhook Dispatch hub".into(),
            whose: "Everybody who sees the company has it.",
            action: Some("/console/c/12/deliveries/views/3".into()),
        }
    }
}
