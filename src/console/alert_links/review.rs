//! What a change of links comes to, before it is made.

use askama::Template;

use crate::console::parts::Link;
use crate::console::parts::field::FormError;
use crate::console::parts::list::Pager;
use crate::console::shell::Shell;

/// The question.
#[derive(Debug, Template)]
#[template(path = "console/alert_links/review.html")]
pub struct ReviewPage {
    /// The frame.
    pub shell: Shell,
    /// "2 links are made and 1 is ended, at 3 webhooks".
    pub summary: String,
    /// What is wrong; then nothing can be saved.
    pub errors: Vec<FormError>,
    /// The webhooks that change.
    pub webhooks: Vec<WebhookChange>,
    /// The way to the other changes.
    pub pager: Pager,
    /// Where the form goes; it carries the changes in its address. `None` when nothing can be saved.
    pub action: Option<String>,
    /// What the button says: "Save 3 changes".
    pub save: String,
    /// Back to the matrix.
    pub back: Link,
}

/// One webhook.
#[derive(Debug, Clone)]
pub struct WebhookChange {
    /// Its number.
    pub id: i64,
    /// Its name and page.
    pub name: Link,
    /// "18 alerts now, 19 then, of at most 50".
    pub tally: String,
    /// What is wrong with it.
    pub error: Option<String>,
    /// Its alerts.
    pub alerts: Vec<AlertChange>,
}

/// One alert.
#[derive(Debug, Clone)]
pub struct AlertChange {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: String,
    /// Whether a link is made; otherwise one is ended.
    pub is_added: bool,
    /// What is wrong with it.
    pub error: Option<String>,
}

impl ReviewPage {
    /// The way up.
    fn crumbs(&self) -> &[Link] {
        std::slice::from_ref(&self.back)
    }
}

#[cfg(any(test, debug_assertions))]
impl ReviewPage {
    /// Two made, one ended.
    pub fn example() -> Self {
        use crate::console::shell::Nav;

        let alert = |id, name: &str, kind: &str, is_added| AlertChange {
            id,
            name: name.into(),
            kind: kind.into(),
            is_added,
            error: None,
        };
        let webhook = |id, name: &str, tally: &str, alerts| WebhookChange {
            id,
            name: Link::new(name, format!("/console/c/12/webhooks/{id}")),
            tally: tally.into(),
            error: None,
            alerts,
        };
        Self {
            shell: Shell::example(Nav::AlertLinks, "Review links"),
            summary: "2 links are made and 1 is ended, at 2 webhooks.".into(),
            errors: Vec::new(),
            webhooks: vec![
                webhook(
                    42,
                    "Cold-chain ops",
                    "3 alerts now, 4 then, of at most 50",
                    vec![alert(117, "Reefer battery", "Low Battery", true)],
                ),
                webhook(
                    43,
                    "Driver app",
                    "4 alerts now and then, of at most 50",
                    vec![
                        alert(103, "Port 3 arrival", "Geofence", true),
                        alert(120, "Tracker lost", "Device Disconnected", false),
                    ],
                ),
            ],
            pager: Pager::default(),
            action: Some("/console/c/12/alert-links/review?add=42.117,43.103&remove=43.120".into()),
            save: "Save 3 changes".into(),
            back: Link::new("Alert links", "/console/c/12/alert-links"),
        }
    }

    /// One too many.
    pub fn error_example() -> Self {
        let mut page = Self::example();
        let message = "Cold-chain ops would have 51 alerts; at most 50 can be linked to one webhook.";
        page.webhooks[0].error = Some(message.into());
        page.errors = vec![FormError::new("w42", message)];
        page.action = None;
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn each_change_says_what_it_is() {
        let html = Html::check(&ReviewPage::example().render().unwrap());
        assert_eq!(html.text("[data-testid=change-43-120] .badge"), "Ended");
        assert_eq!(html.text("[data-testid=change-42-117] .badge"), "Made");
        assert_eq!(html.text("[data-testid=save]"), "Save 3 changes");
        assert!(html.attribute("main form", "action").ends_with("?add=42.117,43.103&remove=43.120"));
    }

    #[test]
    fn what_is_wrong_cannot_be_saved() {
        let html = Html::check(&ReviewPage::error_example().render().unwrap());
        assert_eq!(html.count("[data-testid=save]"), 0);
        assert!(html.text("#w42").contains("51 alerts"));
    }
}
