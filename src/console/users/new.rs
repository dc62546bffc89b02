//! The form that invites somebody.

use askama::Template;

use crate::console::parts::field::{Field, FormError, Radio};
use crate::console::shell::Shell;

/// The form.
#[derive(Debug, Template)]
#[template(path = "console/users/new.html")]
pub struct NewPage {
    /// The frame.
    pub shell: Shell,
    /// The company that the person will belong to.
    pub company: String,
    /// What is wrong.
    pub errors: Vec<FormError>,
    /// Signs in with it.
    pub email: Field,
    /// How they are shown.
    pub name: Field,
    /// What they may do.
    pub roles: Vec<Radio>,
    /// What is wrong with that choice.
    pub role_error: Option<String>,
}

#[cfg(any(test, debug_assertions))]
impl NewPage {
    /// With an address that is none.
    pub fn error_example() -> Self {
        use crate::console::shell::Nav;

        Self {
            shell: Shell::example(Nav::Users, "Invite somebody"),
            company: "Northline Logistics".into(),
            errors: vec![FormError::new("email", "E-mail: That is not an e-mail address.")],
            email: Field::new("email", "E-mail").value("ola").error("That is not an e-mail address."),
            name: Field::new("name", "Name"),
            roles: vec![
                Radio::new("admin", "Company admin", "everything", false),
                Radio::new("viewer", "Viewer", "looks, changes nothing", true),
            ],
            role_error: None,
        }
    }
}
