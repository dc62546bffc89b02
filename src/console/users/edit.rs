//! One person: name, role, invitation, and whether they may sign in.

use askama::Template;

use crate::console::parts::badge::Badge;
use crate::console::parts::facts::Fact;
use crate::console::parts::field::{Field, FormError, Radio};
use crate::console::shell::Shell;
use crate::web::urls;

/// The page.
#[derive(Debug, Template)]
#[template(path = "console/users/edit.html")]
pub struct EditPage {
    /// The frame.
    pub shell: Shell,
    /// The person's addresses.
    pub urls: urls::User,
    /// Their name, as stored.
    pub heading: String,
    /// How they stand.
    pub badge: Badge,
    /// E-mail, company, when they were added, what they did.
    pub facts: Vec<Fact>,
    /// What is wrong.
    pub errors: Vec<FormError>,
    /// How they are shown.
    pub name: Field,
    /// What they may do.
    pub roles: Vec<Radio>,
    /// What is wrong with that choice.
    pub role_error: Option<String>,
    /// Whether that is who looks: nobody locks themselves out.
    pub is_you: bool,
    /// Whether they are locked out.
    pub is_locked_out: bool,
}

#[cfg(any(test, debug_assertions))]
impl EditPage {
    /// Somebody who was invited.
    pub fn example() -> Self {
        use crate::console::parts::Tone;
        use crate::console::shell::Nav;
        use crate::web::icon::Icon;

        Self {
            shell: Shell::example(Nav::Users, "Ola Kranz"),
            urls: urls::Company::new(12).user(5),
            heading: "Ola Kranz".into(),
            badge: Badge::new(Tone::Info, Icon::Clock, "Invited"),
            facts: vec![
                Fact::new("E-mail", "ola.kranz@northline.example"),
                Fact::new("Company", "Northline Logistics"),
            ],
            errors: Vec::new(),
            name: Field::new("name", "Name").value("Ola Kranz"),
            roles: vec![
                Radio::new("admin", "Company admin", "everything", false),
                Radio::new("editor", "Editor", "webhooks and links", true),
            ],
            role_error: None,
            is_you: false,
            is_locked_out: false,
        }
    }

    /// Oneself.
    pub fn own_example() -> Self {
        Self { is_you: true, ..Self::example() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn nobody_is_offered_to_lock_themselves_out() {
        let others = Html::check(&EditPage::example().render().unwrap());
        assert_eq!(
            (others.count("[data-testid=lock-out]"), others.count("[data-testid=invite-again]")),
            (1, 1)
        );
        let own = Html::check(&EditPage::own_example().render().unwrap());
        assert_eq!((own.count("[data-testid=lock-out]"), own.count("[data-testid=invite-again]")), (0, 0));
    }
}
