//! Lists are bounded. Numbered pages for the doors whose contract has them, cursors for history.

/// A numbered page: 1-based, `size` rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// 1 or more.
    pub page: i64,
    /// 1 to the door's maximum.
    pub size: i64,
}

impl PageRequest {
    /// Rows before this page; saturates, so that a huge page number is an empty page.
    pub const fn offset(self) -> i64 {
        (self.page - 1).saturating_mul(self.size)
    }
}

/// One page and the size of the whole. Only for lists of configuration, never for history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged<T> {
    /// The rows of the page.
    pub items: Vec<T>,
    /// Rows on all pages together.
    pub total: i64,
}

/// Where a page of history begins: rows are ordered by descending id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursor {
    /// The newest rows.
    Newest,
    /// Rows with an id below this one.
    Before(i64),
    /// Rows with an id above this one (going back to newer ones).
    After(i64),
}

/// A page of history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeysetPage<T> {
    /// At most the asked number of rows, newest first.
    pub items: Vec<T>,
    /// Whether older rows follow.
    pub has_older: bool,
    /// Whether newer rows precede.
    pub has_newer: bool,
}

impl<T> KeysetPage<T> {
    /// The page at `cursor` from rows as they were read in its direction, one more than `size` where more follow.
    pub fn of(mut rows: Vec<T>, cursor: Cursor, size: i64) -> Self {
        let wanted = usize::try_from(size).unwrap_or(usize::MAX);
        let has_more = rows.len() > wanted;
        rows.truncate(wanted);
        let backwards = matches!(cursor, Cursor::After(_));
        if backwards {
            rows.reverse();
        }
        Self {
            items: rows,
            has_older: backwards || has_more,
            has_newer: match cursor {
                Cursor::Newest => false,
                Cursor::Before(_) => true,
                Cursor::After(_) => has_more,
            },
        }
    }
}
