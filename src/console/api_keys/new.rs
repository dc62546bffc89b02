//! The form for a new API key.

use askama::Template;

use crate::console::parts::field::{Choice, Field, FormError};
use crate::console::shell::Shell;

/// The form.
#[derive(Debug, Template)]
#[template(path = "console/api_keys/new.html")]
pub struct NewPage {
    /// The frame.
    pub shell: Shell,
    /// The company whose tree the key will open: "Northline Logistics and 3 sub-companies".
    pub company: String,
    /// What is wrong.
    pub errors: Vec<FormError>,
    /// How it is shown.
    pub name: Field,
    /// What it may do; all of them is everything.
    pub actions: Vec<Choice>,
    /// What is wrong with that choice.
    pub actions_error: Option<String>,
    /// Numbers of vehicles.
    pub vehicles: Field,
    /// The last day.
    pub expires: Field,
}

#[cfg(any(test, debug_assertions))]
impl NewPage {
    /// Fresh.
    pub fn example() -> Self {
        use crate::console::shell::Nav;

        Self {
            shell: Shell::example(Nav::ApiKeys, "New API key"),
            company: "Northline Logistics and 3 sub-companies".into(),
            errors: Vec::new(),
            name: Field::new("name", "Name"),
            actions: Choice::list(
                [("webhooks:read", "Read webhooks"), ("alerts:write", "Report events")],
                "webhooks:read",
            ),
            actions_error: None,
            vehicles: Field::new("vehicles", "Vehicles").hint("Their numbers, separated by commas."),
            expires: Field::new("expires", "Ends"),
        }
    }

    /// Sent without a name.
    pub fn error_example() -> Self {
        let mut page = Self::example();
        page.name = page.name.error("Give it a name.");
        page.errors = vec![FormError::new("name", "Name: Give it a name.")];
        page
    }
}
