//! What stands around a table: chips that choose, pages, and the ways of having nothing to show.

use super::{Link, Tone};
use crate::web::icon::Icon;

/// A link that chooses, with its count: "Failed 12".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// The word.
    pub word: String,
    /// How many there are behind it; empty for unknown.
    pub count: String,
    /// The picture before the word.
    pub icon: Option<Icon>,
    /// Where it leads.
    pub url: String,
    /// Whether it is the chosen one.
    pub current: bool,
}

/// A filter in force that a click removes: "Vehicle **TRK-118** ×".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveFilter {
    /// The filter's name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The same list without it.
    pub drop_url: String,
}

/// The way through a list. By cursor there are no page numbers: nobody counts the rows before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pager {
    /// What the three ways are called.
    pub words: [&'static str; 3],
    /// What is shown: "50 of 14,151", "the last 50".
    pub range: String,
    /// Back to the beginning, unless that is here.
    pub newest: Option<String>,
    /// The page with newer rows.
    pub newer: Option<String>,
    /// The page with older rows.
    pub older: Option<String>,
}

impl Default for Pager {
    /// Nowhere to go, in a list by time.
    fn default() -> Self {
        Self { words: Self::BY_TIME, range: String::new(), newest: None, newer: None, older: None }
    }
}

impl Pager {
    /// The words of a list that is ordered by time.
    pub const BY_TIME: [&'static str; 3] = ["Newest", "Newer", "Older"];

    /// Whether there is anything to page to.
    pub const fn is_needed(&self) -> bool {
        self.newest.is_some() || self.newer.is_some() || self.older.is_some()
    }
}

/// Nothing to show, said in words: nothing yet, nothing matches, or not kept any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Empty {
    /// The sentence.
    pub title: String,
    /// Why, and what to do.
    pub paragraphs: Vec<String>,
    /// Ways on, as buttons; the first is the likeliest.
    pub actions: Vec<Link>,
}

/// A remark inside a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its colours.
    pub tone: Tone,
    /// The picture before the text.
    pub icon: Icon,
    /// The words.
    pub text: String,
}
