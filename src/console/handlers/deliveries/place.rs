//! Where a delivery's page was reached from, and how its bodies are shown: what its address says beside its number.
//!
//! The list's place travels as the query of the list's address and nothing else, so it cannot lead anywhere but to this
//! company's deliveries, whatever somebody writes into it.

use url::form_urlencoded::{self, Serializer};

use super::query::ListQuery;
use crate::web::time_text::Times;
use crate::web::urls;

/// Bytes of a list's query that are read.
const LIST_BYTES_MAX: usize = 1_024;

/// How a body is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// JSON indented.
    #[default]
    Pretty,
    /// As it is.
    Raw,
    /// Byte for byte.
    Hex,
}

impl View {
    /// All three, with their words.
    pub const ALL: [(Self, &str); 3] = [(Self::Pretty, "Pretty"), (Self::Raw, "Raw"), (Self::Hex, "Hex")];

    const fn name(self) -> &'static str {
        match self {
            Self::Pretty => "",
            Self::Raw => "raw",
            Self::Hex => "hex",
        }
    }
}

/// What the address says.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// `?attempt=2`
    pub attempt: Option<String>,
    /// `?compare=1`
    pub compare: Option<String>,
    /// `?view=raw`
    pub view: View,
    /// `?list=status%3Dfailed`
    pub list: Option<ListQuery>,
}

impl Place {
    /// Reads it. What cannot be read of a list is no list.
    pub fn parse(query: &str, times: &Times) -> Self {
        let mut place = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "attempt" => place.attempt = Some(value.into_owned()),
                "compare" => place.compare = Some(value.into_owned()),
                "view" => {
                    let known = View::ALL.into_iter().find(|(view, _)| view.name() == value.as_ref());
                    place.view = known.map(|(view, _)| view).unwrap_or_default();
                }
                "list" if value.len() <= LIST_BYTES_MAX => {
                    let list = ListQuery::parse(&value, times);
                    place.list = Some(list).filter(|list| list.problems.is_empty());
                }
                _ => {}
            }
        }
        place
    }

    /// The same place with another view.
    #[must_use]
    pub fn seen(&self, view: View) -> Self {
        Self { view, ..self.clone() }
    }

    /// The list's address.
    pub fn list_url(&self, urls: &urls::Company) -> String {
        self.list.as_ref().map_or_else(|| urls.deliveries(), |list| list.url(urls))
    }

    /// `path` with this place behind it.
    pub fn at(&self, path: &str) -> String {
        let mut pairs = Vec::new();
        let list = self.list.as_ref().map(|list| list.url_at("")).unwrap_or_default();
        if let Some(list) = list.strip_prefix('?') {
            pairs.push(("list", list.to_owned()));
        }
        if self.view != View::default() {
            pairs.push(("view", self.view.name().to_owned()));
        }
        if pairs.is_empty() {
            return path.to_owned();
        }
        format!("{path}?{}", Serializer::new(String::new()).extend_pairs(pairs).finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn read(query: &str) -> Place {
        Place::parse(query, &Times::new("Europe/Berlin", Timestamp::parse("2026-09-22T12:12:36Z").unwrap()))
    }

    #[test]
    fn a_place_is_kept_and_leads_nowhere_else() {
        let urls = urls::Company::new(12);
        for (query, list, kept) in [
            ("", "", ""),
            ("list=status%3Dfailed", "?status=failed", "?list=status%3Dfailed"),
            (
                "view=raw&list=webhook%3D7%26status%3Dfailed",
                "?status=failed&webhook=7",
                "?list=status%3Dfailed%26webhook%3D7&view=raw",
            ),
            ("view=hex", "", "?view=hex"),
            ("view=exe&list=", "", ""),
            ("list=https%3A%2F%2Fevil.example%2F", "", ""),
            ("list=%2F%2Fevil.example%3Fstatus%3Dfailed", "", ""),
            ("list=from%3Dnoon", "", ""),
        ] {
            let place = read(query);
            assert_eq!(place.list_url(&urls), format!("/console/c/12/deliveries{list}"), "{query}");
            assert_eq!(place.at("/x"), format!("/x{kept}"), "{query}");
        }
        let long = format!("list={}", "status%3Dfailed%26".repeat(100));
        assert!(read(&long).list.is_none());
    }
}
