//! Lists whose pages have numbers: short ones, which are counted anyway.

use url::form_urlencoded;

use crate::console::parts::list::Pager;
use crate::web::text;

/// One page of such a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbered {
    pages_before: usize,
    size: usize,
    count: usize,
}

impl Numbered {
    /// The page after `asked` others, with `size` rows each, of `count` rows; beyond the end is the end.
    pub fn new(asked: usize, size: usize, count: usize) -> Self {
        Self { pages_before: asked.min(count.saturating_sub(1) / size), size, count }
    }

    /// Rows of all pages.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Rows before this page.
    pub const fn first(&self) -> usize {
        self.pages_before * self.size
    }

    /// Rows before this page and rows of it at most, as the database counts.
    pub fn span(&self) -> (i64, i64) {
        let rows = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        (rows(self.first()), rows(self.size))
    }

    /// The rows of this page.
    pub fn of<'r, T>(&self, rows: &'r [T]) -> &'r [T] {
        rows.get(self.first()..(self.first() + self.size).min(rows.len())).unwrap_or_default()
    }

    /// The way through the list; `url` gives the address of the page after so many others.
    pub fn pager(&self, url: impl Fn(usize) -> String) -> Pager {
        let number = |number: usize| text::count(u64::try_from(number).unwrap_or(u64::MAX));
        let (at, end) = (self.pages_before, (self.first() + self.size).min(self.count));
        if self.count <= self.size {
            return Pager::default();
        }
        Pager {
            words: ["First", "Previous", "Next"],
            range: format!("{} to {} of {}", number(self.first() + 1), number(end), number(self.count)),
            newest: (at > 1).then(|| url(0)),
            newer: at.checked_sub(1).map(&url),
            older: (end < self.count).then(|| url(at + 1)),
        }
    }

    /// The same for a list whose address says nothing but the page.
    pub fn plain_pager(&self, base: &str) -> Pager {
        self.pager(|at| if at == 0 { base.to_owned() } else { format!("{base}?page={}", at + 1) })
    }
}

/// Pages before the one that an address's query asks for: `page=3` is after two.
pub fn asked(query: &str) -> usize {
    let page = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "page");
    page.and_then(|(_, value)| value.parse().ok()).unwrap_or(1_usize).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_on_one_page_and_every_page_is_reached() {
        let rows: Vec<usize> = (0..61).collect();
        let mut seen = Vec::new();
        let mut url = Some("?page=1".to_owned());
        while let Some(at) = url.take() {
            let page = Numbered::new(asked(at.trim_start_matches('?')), 30, rows.len());
            seen.extend_from_slice(page.of(&rows));
            url = page.plain_pager("").older;
        }
        assert_eq!(seen, rows);
    }

    #[test]
    fn there_is_no_page_before_the_first_or_after_the_last() {
        let ranges = |asked: usize, count: usize| Numbered::new(asked, 30, count).plain_pager("/u");
        assert!(!ranges(0, 30).is_needed() && !ranges(7, 0).is_needed());
        assert_eq!(ranges(9, 61).range, "61 to 61 of 61");
        assert_eq!(ranges(9, 61).older, None);
        assert_eq!(ranges(1, 61).newer.as_deref(), Some("/u"));
        assert_eq!(ranges(2, 61).newest.as_deref(), Some("/u"));
        assert_eq!((asked("page=0"), asked("page=x"), asked("q=1&page=3")), (0, 0, 2));
    }
}
