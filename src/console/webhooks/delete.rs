//! Asks before a webhook is deleted: lists what follows and wants its name typed.

use askama::Template;

use super::head::Head;
use crate::console::parts::field::{Field, FormError};
use crate::console::shell::Shell;

/// The question.
#[derive(Debug, Template)]
#[template(path = "console/webhooks/delete.html")]
pub struct DeletePage {
    /// The frame.
    pub shell: Shell,
    /// Name and addresses.
    pub head: Head,
    /// What follows: "12 alert links are removed".
    pub consequences: Vec<String>,
    /// Something milder: "To stop deliveries for a while, disable it instead."
    pub advice: String,
    /// The name, typed; its field is called `confirm`.
    pub confirm: Field,
    /// What is wrong with it.
    pub errors: Vec<FormError>,
    /// The version that is to be deleted.
    pub version: i32,
}

#[cfg(any(test, debug_assertions))]
impl DeletePage {
    /// Dispatch hub, typed wrongly.
    pub fn example() -> Self {
        use super::head::Tab;
        use crate::console::shell::Nav;

        Self {
            shell: Shell::example(Nav::Webhooks, "Delete Dispatch hub"),
            head: Head::example(Tab::Other),
            consequences: vec![
                "18 alert links are removed; the alerts stay.".into(),
                "5 scheduled retries are cancelled.".into(),
                "Its deliveries stay visible until 21 Dec 2026.".into(),
                "Its secret and its credential are erased for good.".into(),
            ],
            advice: "To stop deliveries for a while, pause the webhook instead.".into(),
            confirm: Field::new("confirm", "Type the name of the webhook: Dispatch hub")
                .value("dispatch")
                .error("That is not its name."),
            errors: vec![FormError::new("confirm", "The name does not match")],
            version: 7,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn it_lists_what_follows() {
        let html = Html::check(&DeletePage::example().render().unwrap());
        assert_eq!(html.count("[data-testid=consequences] li"), 4);
        assert_eq!(html.attribute("[data-testid=delete-form]", "action"), "/console/c/12/webhooks/41/delete");
        assert_eq!(html.attribute("#confirm", "value"), "dispatch");
    }
}
