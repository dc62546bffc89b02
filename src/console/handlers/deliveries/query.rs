//! What the address of the list says. Keys are sorted, defaults are left out, what is not known is ignored, and what cannot
//! be read is a problem beside its field.

use url::form_urlencoded;

use super::fields;
use crate::console::extract::company::number;
use crate::domain::delivery_filter::Filter;
use crate::domain::page::Cursor;
use crate::domain::problem::Problems;
use crate::web::time_text::Times;
use crate::web::urls;

/// The filter and the place in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// What is shown, as far as it could be read.
    pub filter: Filter,
    /// From where on.
    pub cursor: Cursor,
    /// Whether the page has a chart, and fewer rows.
    pub is_charted: bool,
    /// Whether the page says when there is something new.
    pub is_live: bool,
    /// What cannot be read.
    pub problems: Problems,
    /// As typed: for the form.
    typed: Vec<(String, String)>,
}

impl ListQuery {
    /// Reads `?after=…&before=…&delivery=1,2&from=…&replay=7&status=failed,retrying&to=…&webhook=41…`; times are RFC 3339, or as people
    /// type them in the reader's zone.
    pub fn parse(query: &str, times: &Times) -> Self {
        let mut parsed = Self::of(Filter::default());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "before" => parsed.cursor = number(&value).map_or(parsed.cursor, Cursor::Before),
                "chart" => parsed.is_charted = value == "1",
                "live" => parsed.is_live = value == "1",
                "after" => parsed.cursor = number(&value).map_or(parsed.cursor, Cursor::After),
                name => fields::read(&mut parsed.filter, &mut parsed.problems, name, &value, times),
            }
            parsed.typed.push((name.into_owned(), value.into_owned()));
        }
        fields::judge(&parsed.filter, &mut parsed.problems);
        parsed
    }

    /// The newest page of a filter.
    pub fn of(filter: Filter) -> Self {
        let problems = Problems::default();
        Self {
            filter,
            cursor: Cursor::Newest,
            is_charted: false,
            is_live: false,
            problems,
            typed: Vec::new(),
        }
    }

    /// The newest page with another filter.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Filter)) -> Self {
        let mut filter = self.filter.clone();
        change(&mut filter);
        Self { is_charted: self.is_charted, ..Self::of(filter) }
    }

    /// The same filter at another place.
    #[must_use]
    pub fn at(&self, cursor: Cursor) -> Self {
        let (is_charted, is_live) = (self.is_charted, self.is_live);
        Self { cursor, is_charted, is_live, ..Self::of(self.filter.clone()) }
    }

    /// The same with or without a chart.
    #[must_use]
    pub fn charted(self, is_charted: bool) -> Self {
        Self { is_charted, ..self }
    }

    /// The same with or without saying what is new.
    #[must_use]
    pub fn live(self, is_live: bool) -> Self {
        Self { is_live, ..self }
    }

    /// A field as it was typed, or else as it was read.
    pub fn typed(&self, name: &str) -> &str {
        self.typed.iter().rev().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    /// Whether this came from a form as browsers send it, with a value for every field.
    pub fn has_empty_fields(&self) -> bool {
        self.typed.iter().any(|(name, value)| value.is_empty() && !fields::label(name).is_empty())
    }

    /// The address.
    pub fn url(&self, urls: &urls::Company) -> String {
        self.url_at(&urls.deliveries())
    }

    /// The same below another address.
    pub fn url_at(&self, base: &str) -> String {
        let mut pairs = fields::pairs(&self.filter);
        match self.cursor {
            Cursor::Newest => {}
            Cursor::Before(id) => pairs.push(("before", id.to_string())),
            Cursor::After(id) => pairs.push(("after", id.to_string())),
        }
        if self.is_charted {
            pairs.push(("chart", "1".to_owned()));
        }
        if self.is_live {
            pairs.push(("live", "1".to_owned()));
        }
        pairs.sort_unstable_by_key(|(name, _)| *name);
        fields::address(base, &pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn read(query: &str) -> ListQuery {
        ListQuery::parse(
            query,
            &Times::new("Europe/Berlin", Timestamp::parse("2026-09-22T12:12:36Z").unwrap()),
        )
    }

    #[test]
    fn an_address_says_the_same_when_it_is_written_again() {
        let urls = urls::Company::new(12);
        for (query, again) in [
            ("", ""),
            ("webhook=41&status=retrying,failed", "?status=retrying,failed&webhook=41"),
            ("status=failed&status=failed", "?status=failed"),
            ("before=9061&webhook=41&alert=7", "?alert=7&before=9061&webhook=41"),
            ("after=9061", "?after=9061"),
            ("live=1&to=14:00&live=2&alert=7", "?alert=7&to=2026-09-22T12:00:00Z"),
            ("status=failed&live=1&chart=1", "?chart=1&live=1&status=failed"),
            (
                "to=2026-09-22T14:00:00%2B02:00&from=2026-09-22T11:00:00Z",
                "?from=2026-09-22T11:00:00Z&to=2026-09-22T12:00:00Z",
            ),
            ("from=2026-09-22+11:00&to=", "?from=2026-09-22T09:00:00Z"),
            ("status=failed&replay=7", "?replay=7&status=failed"),
            ("delivery=9&live=1&delivery=7,9", "?delivery=7,9&live=1"),
            ("vehicle=A%26B+7&result=auth&attempts=2", "?attempts=2&result=auth&vehicle=A%26B+7"),
            ("status=failed&color=red&before=-1&type=", "?status=failed"),
        ] {
            let parsed = read(query);
            assert!(parsed.problems.is_empty(), "{query}");
            let url = parsed.url(&urls);
            assert_eq!(url, format!("/console/c/12/deliveries{again}"));
            let twice = read(url.split_once('?').map_or("", |(_, query)| query));
            assert_eq!((&twice.filter, twice.cursor), (&parsed.filter, parsed.cursor));
            assert!(!twice.has_empty_fields());
        }
        assert!(read("type=&webhook=41").has_empty_fields() && !read("color=").has_empty_fields());
    }

    #[test]
    fn what_cannot_be_read_is_named_and_kept_as_typed() {
        let parsed = read("from=noon&attempts=0&vehicle=TRK-118");
        assert!(parsed.problems.at("from").is_some() && parsed.problems.at("attempts").is_some());
        assert_eq!(
            (parsed.typed("from"), parsed.typed("vehicle"), parsed.typed("to")),
            ("noon", "TRK-118", "")
        );
    }
}
