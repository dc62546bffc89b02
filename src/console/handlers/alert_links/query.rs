//! What the address of the matrix says: `?columns=2&page=3&q=depot&show=silent&type=5&view=list&webhook=41`. Keys are
//! sorted, defaults left out, unknown ones ignored. The review page's address has `add` and `remove` as well.

use url::form_urlencoded;

use crate::console::extract::company::number;
use crate::domain::alert_type::AlertType;
use crate::domain::ids::WebhookId;
use crate::domain::link_changes::{LinkChanges, pairs_text, parse_pairs};
use crate::domain::link_matrix::Show;
use crate::web::urls;

/// The filter and the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixQuery {
    /// Which page of webhooks, from 1.
    pub columns: usize,
    /// Which page of alerts, from 1.
    pub page: usize,
    /// Part of an alert's name, or its number.
    pub text: String,
    /// Which alerts.
    pub show: Show,
    /// Alerts of one type.
    pub alert_type: Option<AlertType>,
    /// The flat list.
    pub is_list: bool,
    /// One webhook alone.
    pub webhook: Option<WebhookId>,
}

impl Default for MatrixQuery {
    fn default() -> Self {
        let (text, show) = (String::new(), Show::All);
        Self { columns: 1, page: 1, text, show, alert_type: None, is_list: false, webhook: None }
    }
}

impl MatrixQuery {
    /// Reads an address's query.
    pub fn parse(query: &str) -> Self {
        let mut parsed = Self::default();
        let place = |value: &str| number(value).and_then(|place| usize::try_from(place).ok()).unwrap_or(1);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "columns" => parsed.columns = place(&value),
                "page" => parsed.page = place(&value),
                "q" => parsed.text = value.trim().chars().take(200).collect(),
                "show" => {
                    let shown = Show::ALL.into_iter().find(|show| show.slug() == value);
                    parsed.show = shown.unwrap_or_default();
                }
                "type" => parsed.alert_type = number(&value).and_then(AlertType::from_id),
                "view" => parsed.is_list = value == "list",
                "webhook" => parsed.webhook = number(&value).map(WebhookId),
                _ => {}
            }
        }
        parsed
    }

    /// The first page with another filter.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut other = Self { page: 1, columns: 1, ..self.clone() };
        change(&mut other);
        other
    }

    /// The matrix's address.
    pub fn url(&self, urls: &urls::Company) -> String {
        self.at(urls.alert_links(), &LinkChanges::default())
    }

    /// The review page's address, with the changes.
    pub fn review_url(&self, urls: &urls::Company, changes: &LinkChanges) -> String {
        self.at(urls.alert_links_review(), changes)
    }

    fn at(&self, path: String, changes: &LinkChanges) -> String {
        let place = |place: usize| if place > 1 { place.to_string() } else { String::new() };
        let pairs = [
            ("add", pairs_text(&changes.add)),
            ("columns", place(self.columns)),
            ("page", place(self.page)),
            ("q", self.text.clone()),
            ("remove", pairs_text(&changes.remove)),
            ("show", self.show.slug().to_owned()),
            ("type", self.alert_type.map(|kind| kind.id().to_string()).unwrap_or_default()),
            ("view", if self.is_list { "list" } else { "" }.to_owned()),
            ("webhook", self.webhook.map(|id| id.to_string()).unwrap_or_default()),
        ];
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
        let query = query.finish().replace("%2C", ",");
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }
}

/// The changes that a review page's address carries.
pub fn changes(query: &str) -> LinkChanges {
    let mut changes = LinkChanges::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "add" => changes.add = parse_pairs(&value),
            "remove" => changes.remove = parse_pairs(&value),
            _ => {}
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_the_same_when_it_is_written_again() {
        let urls = urls::Company::new(12);
        for (query, again) in [
            ("", ""),
            ("webhook=41&q=depot+nord&page=2", "?page=2&q=depot+nord&webhook=41"),
            ("view=list&type=5&show=silent&columns=3", "?columns=3&show=silent&type=5&view=list"),
            ("view=cards&type=99&show=x&page=0&columns=-1&color=red", ""),
        ] {
            let url = MatrixQuery::parse(query).url(&urls);
            assert_eq!(url, format!("/console/c/12/alert-links{again}"));
        }
        let asked = changes("remove=43.120&add=42.117,43.103&view=list");
        let url = MatrixQuery::parse("view=list").review_url(&urls, &asked);
        assert_eq!(url, "/console/c/12/alert-links/review?add=42.117,43.103&remove=43.120&view=list");
        assert_eq!(changes(url.split_once('?').unwrap().1), asked);
    }
}
