//! Pages for what went wrong. They say what kind of thing is missing and why it may be, and they carry the
//! request's id, so that whoever asks for help has something to quote.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::parts::Link;
use super::shell::{Shell, Theme};
use crate::domain::access::Refused;
use crate::web::page;
use crate::web::urls;

/// An error page. It needs neither a session nor the database.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "errors/page.html")]
pub struct ErrorPage {
    /// The status code.
    pub status: u16,
    /// The sentence.
    pub title: String,
    /// Why, and what to do.
    pub paragraphs: Vec<String>,
    /// Ways on.
    pub actions: Vec<Link>,
    /// The id of the request; empty when there is none.
    pub request_id: String,
    /// Light or dark, from the cookie.
    pub theme: Theme,
    /// 409: what both wanted. Drawn only inside the frame.
    pub changes: Vec<Change>,
}

/// One field that two people changed at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The field's label.
    pub field: String,
    /// What this form says.
    pub yours: String,
    /// What is stored by now.
    pub theirs: String,
}

/// The same page inside the frame of a signed-in person.
#[derive(Debug, Template)]
#[template(path = "errors/app.html")]
pub struct FramedError {
    /// The frame.
    pub shell: Shell,
    /// The error.
    pub page: ErrorPage,
}

impl ErrorPage {
    /// A page with its own words.
    pub fn new(status: StatusCode, title: impl Into<String>, paragraphs: &[&str]) -> Self {
        Self {
            status: status.as_u16(),
            title: title.into(),
            paragraphs: paragraphs.iter().map(|&text| text.to_owned()).collect(),
            actions: vec![Link::new("To the console", urls::HOME)],
            request_id: String::new(),
            theme: Theme::System,
            changes: Vec::new(),
        }
    }

    /// 404 for a thing of a kind: "Delivery 4410". The same answer for what never was, what was deleted, and
    /// what belongs to somebody else.
    pub fn not_found(what: &str, retention: &str) -> Self {
        let why = format!(
            "It may have been deleted, or be older than {retention}: that is how long Belfry keeps deliveries."
        );
        let other = "It may also belong to a company that you cannot see. Belfry gives the same answer in all these cases.";
        Self::new(StatusCode::NOT_FOUND, format!("{what} is not here"), &[&why, other])
    }

    /// 404 for an address that no page has.
    pub fn no_such_page() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "There is no such page",
            &["The address may be mistyped or from an older version."],
        )
    }

    /// 403, naming what is missing.
    pub fn forbidden(refused: Refused) -> Self {
        let advice = "Ask an administrator of your company if you need it.";
        Self::new(StatusCode::FORBIDDEN, refused.to_string(), &["Your role does not include this.", advice])
    }

    /// 403 for a form whose token is missing or stale.
    pub fn stale_form() -> Self {
        let advice = "Go back, reload the page and send the form again. Nothing was changed.";
        Self::new(StatusCode::FORBIDDEN, "This form is out of date", &[advice])
    }

    /// 409: somebody else was faster. `show` is the thing's own page.
    pub fn conflict(what: &str, changes: Vec<Change>, show: Link) -> Self {
        let text = "Your changes were not saved. Below is what you wanted and what is stored now.";
        let title = format!("{what} was changed by somebody else in the meantime");
        let mut page = Self::new(StatusCode::CONFLICT, title, &[text]);
        page.actions = vec![show];
        page.changes = changes;
        page
    }

    /// 500: our mistake.
    pub fn broken() -> Self {
        let advice = "It is our mistake, not yours. Try again; if it goes on, quote the request id below.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something broke", &[advice])
    }

    /// 503: too busy, or stopping.
    pub fn busy() -> Self {
        let advice = "Deliveries go on in the meantime. Reload the page in a few seconds.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Belfry is busy", &[advice])
    }

    /// With the request's id.
    #[must_use]
    pub fn request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = id.into();
        self
    }

    /// The answer without a frame.
    pub fn answer(&self) -> HttpResponse {
        page::html(self.code(), self)
    }

    /// The answer inside `shell`, which gets the error's title.
    pub fn answer_in(self, mut shell: Shell) -> HttpResponse {
        shell.title.clone_from(&self.title);
        page::html(self.code(), &FramedError { shell, page: self })
    }

    fn code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;
    use crate::console::shell::Nav;
    use crate::domain::access::Permission;

    #[test]
    fn every_error_page_says_what_and_quotes_the_request() {
        for page in [
            ErrorPage::not_found("Delivery 4410", "90 days"),
            ErrorPage::no_such_page(),
            ErrorPage::forbidden(Refused(Permission::ManageWebhooks)),
            ErrorPage::stale_form(),
            ErrorPage::broken(),
            ErrorPage::busy(),
        ] {
            let page = page.request_id("0HNLTALNU4DCO");
            let html = Html::check(&page.render().unwrap());
            assert_eq!(html.text("h1"), page.title);
            assert!(html.text("[data-testid=error-page]").contains("0HNLTALNU4DCO"));
            assert_eq!(page.answer().status().as_u16(), page.status);
        }
    }

    #[test]
    fn a_clash_shows_both_values() {
        let change = Change {
            field: "URL".into(),
            yours: "https://a.example".into(),
            theirs: "https://b.example".into(),
        };
        let page = ErrorPage::conflict("Dispatch hub", vec![change], Link::new("Show it", "/x"));
        let framed = FramedError { shell: Shell::example(Nav::Webhooks, "Conflict"), page };
        let html = Html::check(&framed.render().unwrap());
        let table = html.text("table");
        assert!(table.contains("https://a.example") && table.contains("https://b.example"));
    }
}
