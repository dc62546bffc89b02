//! What the address of the trail says. Keys are sorted, defaults are left out, and what is not known is ignored.

use url::form_urlencoded;

use crate::console::extract::company::number;
use crate::domain::audit::words::KINDS;
use crate::domain::page::Cursor;
use crate::store::audit::Filter;
use crate::web::urls;

/// Who may have written an entry and has a number.
const AUTHORS: [&str; 2] = ["user", "api_key"];

/// The filter and the place in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// What is shown.
    pub filter: Filter,
    /// From where on.
    pub cursor: Cursor,
}

impl ListQuery {
    /// Reads `?after=…&before=…&by=user-3&kind=webhook&object=41`.
    pub fn parse(query: &str) -> Self {
        let mut parsed = Self { filter: Filter::default(), cursor: Cursor::Newest };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "kind" if KINDS.iter().any(|(kind, _)| *kind == value) => {
                    parsed.filter.kind = Some(value.into_owned());
                }
                "object" => parsed.filter.object = number(&value).or(parsed.filter.object),
                "by" => parsed.filter.by = author(&value).or(parsed.filter.by),
                "before" => parsed.cursor = number(&value).map_or(parsed.cursor, Cursor::Before),
                "after" => parsed.cursor = number(&value).map_or(parsed.cursor, Cursor::After),
                _ => {}
            }
        }
        if parsed.filter.kind.is_none() {
            // A number says nothing without a kind.
            parsed.filter.object = None;
        }
        parsed
    }

    /// The newest page with another filter.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Filter)) -> Self {
        let mut filter = self.filter.clone();
        change(&mut filter);
        Self { filter, cursor: Cursor::Newest }
    }

    /// The same filter at another place.
    #[must_use]
    pub fn at(&self, cursor: Cursor) -> Self {
        Self { filter: self.filter.clone(), cursor }
    }

    /// The address.
    pub fn url(&self, urls: &urls::Company) -> String {
        let mut parts = Vec::new();
        match self.cursor {
            Cursor::Newest => {}
            Cursor::Before(id) => parts.push(format!("before={id}")),
            Cursor::After(id) => parts.push(format!("after={id}")),
        }
        if let Some((kind, id)) = &self.filter.by {
            parts.push(format!("by={kind}-{id}"));
        }
        if let Some(kind) = &self.filter.kind {
            parts.push(format!("kind={kind}"));
        }
        if let Some(id) = self.filter.object {
            parts.push(format!("object={id}"));
        }
        let base = urls.audit();
        if parts.is_empty() { base } else { format!("{base}?{}", parts.join("&")) }
    }
}

fn author(text: &str) -> Option<(String, i64)> {
    let (kind, id) = text.split_once('-')?;
    AUTHORS.contains(&kind).then_some((kind.to_owned(), number(id)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_the_same_when_it_is_written_again() {
        let urls = urls::Company::new(12);
        for (query, again) in [
            ("", ""),
            ("object=41&kind=webhook", "?kind=webhook&object=41"),
            ("object=41", ""),
            ("by=user-3&before=7", "?before=7&by=user-3"),
            ("by=api_key-3&after=7", "?after=7&by=api_key-3"),
            ("by=system-1&kind=planet&object=-1&color=red&by=user", ""),
        ] {
            let parsed = ListQuery::parse(query);
            let url = parsed.url(&urls);
            assert_eq!(url, format!("/console/c/12/audit{again}"));
            assert_eq!(ListQuery::parse(url.split_once('?').map_or("", |(_, query)| query)), parsed);
        }
    }
}
