//! Asks before a webhook is paused: what becomes of new events, and why it is done. The same page changes a pause.

use askama::Template;

use super::head::Head;
use crate::console::parts::field::{Field, FormError, Radio};
use crate::console::shell::Shell;

/// The form.
#[derive(Debug, Template)]
#[template(path = "console/webhooks/pause.html")]
pub struct PausePage {
    /// The frame.
    pub shell: Shell,
    /// Name and addresses.
    pub head: Head,
    /// The heading: "Pause Dispatch hub".
    pub heading: String,
    /// What follows: "Nothing is sent but tests."
    pub consequences: Vec<String>,
    /// What becomes of new events; the field is called `mode`.
    pub modes: Vec<Radio>,
    /// What is wrong with the chosen one.
    pub mode_error: Option<String>,
    /// Why, in a few words; may stay empty.
    pub reason: Field,
    /// Everything that is wrong.
    pub errors: Vec<FormError>,
    /// What the button says.
    pub verb: &'static str,
}

#[cfg(any(test, debug_assertions))]
impl PausePage {
    /// Dispatch hub, with a reason that is too long.
    pub fn example() -> Self {
        use super::head::Tab;
        use crate::console::shell::Nav;

        Self {
            shell: Shell::example(Nav::Webhooks, "Pause Dispatch hub"),
            head: Head::example(Tab::Other),
            heading: "Pause Dispatch hub".into(),
            consequences: vec![
                "Nothing is sent to it but tests, until somebody resumes it.".into(),
                "What waits now waits on; nothing is cancelled.".into(),
                "It holds 100,000 events at most, each for 72 hours at most. What goes beyond is dropped, the oldest first.".into(),
            ],
            modes: vec![
                Radio::new("hold", "Hold new events", "sent or dropped when you resume", true),
                Radio::new("drop", "Drop new events", "listed as not sent", false),
            ],
            mode_error: None,
            reason: Field::new("reason", "Reason")
                .value("The receiver renews its certificate")
                .hint("Optional. Everybody who sees the webhook sees it.")
                .error("A reason has 200 characters at most."),
            errors: vec![FormError::new("reason", "Reason: A reason has 200 characters at most.")],
            verb: "Pause webhook",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn it_says_what_follows_and_keeps_what_was_typed() {
        let html = Html::check(&PausePage::example().render().unwrap());
        assert_eq!(html.attribute("[data-testid=pause-form]", "action"), "/console/c/12/webhooks/41/pause");
        assert_eq!(html.count("[data-testid=consequences] li"), 3);
        assert_eq!(html.attribute("[name=mode][checked]", "value"), "hold");
        assert_eq!(html.attribute("#reason", "value"), "The receiver renews its certificate");
        assert_eq!(html.attribute("[data-testid=errors] a", "href"), "#reason");
    }
}
