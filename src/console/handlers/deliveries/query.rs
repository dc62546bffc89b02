//! What the address of the list says. Keys are sorted, defaults are left out, and what is not known is ignored:
//! an address from an older version still shows something.

use url::form_urlencoded;

use crate::console::extract::company::number;
use crate::domain::delivery::State;
use crate::domain::ids::{ReplayId, WebhookId};
use crate::domain::page::Cursor;
use crate::domain::time::Timestamp;
use crate::store::deliveries::Filter;
use crate::web::urls;

/// The filter and the place in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// What is shown.
    pub filter: Filter,
    /// From where on.
    pub cursor: Cursor,
}

impl ListQuery {
    /// Reads `?after=…&before=…&from=…&replay=7&status=failed,retrying&to=…&webhook=41`; times are RFC 3339.
    pub fn parse(query: &str) -> Self {
        let mut parsed = Self { filter: Filter::default(), cursor: Cursor::Newest };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "status" => {
                    for state in value.split(',').filter_map(State::from_slug) {
                        if !parsed.filter.states.contains(&state) {
                            parsed.filter.states.push(state);
                        }
                    }
                }
                "webhook" => parsed.filter.webhook = number(&value).map(WebhookId).or(parsed.filter.webhook),
                "replay" => parsed.filter.replay = number(&value).map(ReplayId).or(parsed.filter.replay),
                "from" => parsed.filter.from = Timestamp::parse(&value).or(parsed.filter.from),
                "to" => parsed.filter.to = Timestamp::parse(&value).or(parsed.filter.to),
                "before" => parsed.cursor = number(&value).map_or(parsed.cursor, Cursor::Before),
                "after" => parsed.cursor = number(&value).map_or(parsed.cursor, Cursor::After),
                _ => {}
            }
        }
        parsed.filter.states.sort_unstable();
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

    /// The chosen states as in the address.
    pub fn status(&self) -> String {
        self.filter.states.iter().map(|state| state.slug()).collect::<Vec<_>>().join(",")
    }

    /// The address.
    pub fn url(&self, urls: &urls::Company) -> String {
        let mut parts = Vec::new();
        match self.cursor {
            Cursor::Newest => {}
            Cursor::Before(id) => parts.push(format!("before={id}")),
            Cursor::After(id) => parts.push(format!("after={id}")),
        }
        if let Some(from) = self.filter.from {
            parts.push(format!("from={}", from.rfc3339()));
        }
        if let Some(replay) = self.filter.replay {
            parts.push(format!("replay={replay}"));
        }
        if !self.filter.states.is_empty() {
            parts.push(format!("status={}", self.status()));
        }
        if let Some(to) = self.filter.to {
            parts.push(format!("to={}", to.rfc3339()));
        }
        if let Some(webhook) = self.filter.webhook {
            parts.push(format!("webhook={webhook}"));
        }
        let base = urls.deliveries();
        if parts.is_empty() { base } else { format!("{base}?{}", parts.join("&")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_the_same_when_it_is_written_again() {
        let urls = urls::Company::new(12);
        for (query, again) in [
            ("", ""),
            ("webhook=41&status=retrying,failed", "?status=retrying,failed&webhook=41"),
            ("status=failed&status=failed", "?status=failed"),
            ("before=9061&webhook=41", "?before=9061&webhook=41"),
            ("after=9061", "?after=9061"),
            (
                "to=2026-09-22T14:00:00%2B02:00&from=2026-09-22T11:00:00Z",
                "?from=2026-09-22T11:00:00Z&to=2026-09-22T12:00:00Z",
            ),
            ("from=noon&to=", ""),
            ("status=failed&replay=7", "?replay=7&status=failed"),
            ("status=failed,nonsense&webhook=x&color=red&before=-1", "?status=failed"),
        ] {
            let parsed = ListQuery::parse(query);
            let url = parsed.url(&urls);
            assert_eq!(url, format!("/console/c/12/deliveries{again}"));
            assert_eq!(ListQuery::parse(url.split_once('?').map_or("", |(_, query)| query)), parsed);
        }
    }
}
