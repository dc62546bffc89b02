//! Gives a filter of the list a name.

use askama::Template;

use crate::console::parts::field::{Field, FormError};
use crate::console::shell::Shell;

/// The form.
#[derive(Debug, Template)]
#[template(path = "console/deliveries/save_view.html")]
pub struct SaveViewPage {
    /// The frame.
    pub shell: Shell,
    /// The list with this filter.
    pub list_url: String,
    /// The filter in words.
    pub words: String,
    /// The filter as the list's address has it.
    pub query: String,
    /// The name.
    pub name: Field,
    /// Whether the person may give it to others.
    pub may_share: bool,
    /// Whether others get it.
    pub is_shared: bool,
    /// Everything that is wrong.
    pub errors: Vec<FormError>,
}

#[cfg(any(test, debug_assertions))]
impl SaveViewPage {
    /// A name is missing.
    pub fn example() -> Self {
        use crate::console::shell::Nav;

        Self {
            shell: Shell::example(Nav::Deliveries, "Save view"),
            list_url: "/console/c/12/deliveries?status=failed&webhook=41".into(),
            words: "Status Failed · Webhook Dispatch hub".into(),
            query: "status=failed&webhook=41".into(),
            name: Field::new("name", "Name").error("Give it a name."),
            may_share: true,
            is_shared: false,
            errors: vec![FormError::new("name", "Name: Give it a name.")],
        }
    }
}
