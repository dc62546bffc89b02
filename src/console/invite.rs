//! An invitation: the invited person chooses a password.

use askama::Template;

use super::parts::field::Field;
use super::shell::Theme;

/// The page.
#[derive(Debug, Template)]
#[template(path = "console/invite.html")]
pub struct InvitePage {
    /// Light or dark, from the cookie.
    pub theme: Theme,
    /// The session's token.
    pub csrf: String,
    /// Where the form goes: this page's own address, with the invitation in it.
    pub action: String,
    /// Who is invited; for the eye and for password managers.
    pub email: String,
    /// The password; always empty.
    pub password: Field,
}

impl InvitePage {
    /// The page as it is at first.
    pub fn new(
        theme: Theme,
        csrf: impl Into<String>,
        action: impl Into<String>,
        email: impl Into<String>,
    ) -> Self {
        let hint = format!("At least {} characters.", crate::domain::user::PASSWORD_CHARS_MIN);
        Self {
            theme,
            csrf: csrf.into(),
            action: action.into(),
            email: email.into(),
            password: Field::new("password", "Password").hint(hint),
        }
    }
}

#[cfg(any(test, debug_assertions))]
impl InvitePage {
    /// After a password that is too short.
    pub fn example() -> Self {
        let mut page =
            Self::new(Theme::System, "4f1d0c", "/console/invite/abc", "maya.reuter@northline.example");
        page.password = page.password.error("A password has at least 8 characters.");
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn it_says_for_whom_the_password_is() {
        let mut page = InvitePage::example();
        page.password = page.password.value("correct horse");
        let text = page.render().unwrap();
        assert!(!text.contains("correct horse"));
        let html = Html::check(&text);
        assert!(html.text("[data-testid=invite] p").contains("maya.reuter@northline.example"));
        assert_eq!(html.attribute("#password", "aria-invalid"), "true");
    }
}
