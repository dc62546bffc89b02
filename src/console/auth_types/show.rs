//! One auth type, and the webhooks that use it.

use askama::Template;

use crate::console::parts::code::Code;
use crate::console::parts::facts::Fact;
use crate::console::parts::list::{Empty, Notice};
use crate::console::parts::{Link, Moment};
use crate::console::shell::Shell;

/// The page.
#[derive(Debug, Template)]
#[template(path = "console/auth_types/show.html")]
pub struct ShowPage {
    /// The frame.
    pub shell: Shell,
    /// The way up.
    pub crumbs: Vec<Link>,
    /// Its words.
    pub label: &'static str,
    /// Its word in the APIs, its formats, what to know.
    pub about: Vec<Fact>,
    /// Said of the one that leaks.
    pub warning: Option<Notice>,
    /// The beginning of a request.
    pub wire: Code,
    /// "7 webhooks".
    pub count: String,
    /// The webhooks.
    pub rows: Vec<Row>,
    /// Up to when rejections are counted.
    pub note: String,
    /// Where all of them are, when there are more.
    pub more: Option<Link>,
    /// Shown when there are no webhooks.
    pub empty: Option<Empty>,
}

/// One webhook.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// Its name and page.
    pub name: Link,
    /// Host and path.
    pub destination: String,
    /// Its format.
    pub format: &'static str,
    /// When an attempt last succeeded.
    pub last_success: Option<Moment>,
    /// When one last failed …
    pub last_failure: Option<Moment>,
    /// … and how: "401".
    pub last_failure_result: String,
    /// How often it rejected our credentials in 7 days, and the deliveries behind it.
    pub rejected: Option<Link>,
}

#[cfg(any(test, debug_assertions))]
impl ShowPage {
    /// Two webhooks, one of which rejects us.
    pub fn example() -> Self {
        use crate::console::shell::Nav;
        use crate::domain::webhook::auth::AuthType;
        use crate::domain::webhook::auth_facts;

        let wire = auth_facts::example(AuthType::Bearer);
        let row = |id, name: &str, rejected: Option<&str>| Row {
            id,
            name: Link::new(name, format!("/console/c/12/webhooks/{id}")),
            destination: "hooks.acme-dispatch.example/v2/fleet".into(),
            format: "Telemax",
            last_success: Some(Moment::new("14:11:59", "2026-09-22T14:11:59+02:00")),
            last_failure: rejected.map(|_| Moment::new("12 Jun 09:12", "2026-06-12T09:12:00+02:00")),
            last_failure_result: rejected.map(|_| "401".to_owned()).unwrap_or_default(),
            rejected: rejected.map(|count| Link::new(count, "?result=auth")),
        };
        Self {
            shell: Shell::example(Nav::AuthTypes, "Bearer token"),
            crumbs: vec![Link::new("Auth types", "/console/c/12/auth-types")],
            label: AuthType::Bearer.label(),
            about: vec![
                Fact::new("In the APIs", "").code(AuthType::Bearer.name()),
                Fact::new("Formats", auth_facts::formats(AuthType::Bearer)),
                Fact::new("Good to know", auth_facts::advice(AuthType::Bearer)),
            ],
            warning: None,
            wire: Code::head(
                "On the wire",
                &wire.start_line,
                wire.headers.iter().map(|(name, value)| (*name, value.as_str())),
            ),
            count: "2 webhooks".into(),
            rows: vec![row(41, "Dispatch hub", Some("12")), row(42, "Audit sink", None)],
            more: None,
            note: "Rejected: answers 401 and 403 in the last 7 days, counted up to 14:12:00.".into(),
            empty: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn webhooks_say_when_they_rejected_us() {
        let html = Html::check(&ShowPage::example().render().unwrap());
        assert_eq!(html.text("[data-testid=webhook-41] .cell-result"), "12");
        assert_eq!(html.text("[data-testid=webhook-42] .cell-result"), "0");
        assert!(html.text("main pre").contains("Authorization: Bearer example-token"));
    }
}
