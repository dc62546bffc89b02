//! The six auth types.

use askama::Template;

use crate::console::shell::Shell;

/// The list.
#[derive(Debug, Template)]
#[template(path = "console/auth_types/list.html")]
pub struct ListPage {
    /// The frame.
    pub shell: Shell,
    /// The types.
    pub rows: Vec<Row>,
}

/// One type.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its word on the wire, for tests.
    pub name: &'static str,
    /// Its words.
    pub label: &'static str,
    /// Its page.
    pub url: String,
    /// The line that carries the credential; `None` when nothing does.
    pub wire: Option<String>,
    /// "All four".
    pub formats: String,
    /// What to know.
    pub advice: &'static str,
    /// Whether that is a warning.
    pub is_weak: bool,
    /// The webhooks that use it.
    pub users: String,
    /// How many webhooks use it.
    pub webhooks: String,
}

#[cfg(any(test, debug_assertions))]
impl ListPage {
    /// All six.
    pub fn example() -> Self {
        use crate::console::shell::Nav;
        use crate::domain::webhook::auth::AuthType;
        use crate::domain::webhook::auth_facts;

        let row = |kind: AuthType| Row {
            name: kind.name(),
            label: kind.label(),
            url: format!("/console/c/12/auth-types/{}", kind.name()),
            wire: auth_facts::example(kind).credential(),
            formats: auth_facts::formats(kind),
            advice: auth_facts::advice(kind),
            is_weak: auth_facts::is_weak(kind),
            users: format!("/console/c/12/webhooks?auth={}", kind.name()),
            webhooks: "2".into(),
        };
        Self { shell: Shell::example(Nav::AuthTypes, "Auth types"), rows: AuthType::ALL.map(row).into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn the_wire_is_shown_and_the_weak_one_is_marked() {
        let html = Html::check(&ListPage::example().render().unwrap());
        assert_eq!(html.count("tbody tr"), 6);
        assert_eq!(html.count(".badge.tone-warn"), 1);
        assert_eq!(html.text("[data-testid=auth-header] code"), "X-Api-Key: example-token-3f9a");
        assert!(html.text("[data-testid=auth-none]").contains("no credential"));
    }
}
