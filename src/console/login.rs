//! Sign in: e-mail and password. The answer never says which of the two was wrong.

use askama::Template;

use super::parts::field::Field;
use super::shell::Theme;

/// The sign-in page.
#[derive(Debug, Template)]
#[template(path = "console/login.html")]
pub struct LoginPage {
    /// Light or dark, from the cookie.
    pub theme: Theme,
    /// The token of the session before signing in.
    pub csrf: String,
    /// Where to go afterwards: a path of our own, checked by the handler.
    pub next: String,
    /// The address as typed.
    pub email: Field,
    /// The password; always empty.
    pub password: Field,
    /// Why the last try failed: wrong pair, or too many tries with the time to wait.
    pub problem: Option<String>,
    /// A remark, such as "You have been signed out."; empty for none.
    pub notice: String,
}

impl LoginPage {
    /// The page as it is at first.
    pub fn new(theme: Theme, csrf: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            theme,
            csrf: csrf.into(),
            next: next.into(),
            email: Field::new("email", "E-mail"),
            password: Field::new("password", "Password"),
            problem: None,
            notice: String::new(),
        }
    }

    /// The page after a failed try: the address stays, the password does not.
    #[must_use]
    pub fn refused(mut self, email: impl Into<String>, problem: impl Into<String>) -> Self {
        self.email = self.email.value(email);
        self.problem = Some(problem.into());
        self
    }
}

#[cfg(any(test, debug_assertions))]
impl LoginPage {
    /// After a wrong password.
    pub fn example() -> Self {
        Self::new(Theme::System, "4f1d0c", "/console/c/12/webhooks")
            .refused("maya.reuter@northline.example", "E-mail or password is wrong.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn the_address_comes_back_escaped_and_the_password_not_at_all() {
        let mut page = LoginPage::example();
        page.email = page.email.value("\"><script>x</script>");
        page.password = page.password.value("correct horse");
        let text = page.render().unwrap();
        assert!(!text.contains("correct horse") && !text.contains("<script>x"));
        let html = Html::check(&text);
        assert_eq!(html.attribute("#email", "value"), "\"><script>x</script>");
        assert_eq!(html.text("[data-testid=sign-in-problem]"), "E-mail or password is wrong.");
        assert_eq!(html.attribute("input[name=next]", "value"), "/console/c/12/webhooks");
    }
}
