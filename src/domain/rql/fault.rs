//! What is wrong with a query.

use std::ops::Range;

/// Characters of the client's own words that a fault repeats.
const QUOTED_CHARS_MAX: usize = 100;

/// One thing that is wrong, in the vendor's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The property's path, the unknown function's name, or the part of the query: `filter`, `order`, …
    pub key: String,
    /// A sentence of contract 4.7.
    pub message: String,
    /// Where in the decoded text it was found, bytes.
    pub span: Range<usize>,
}

impl Fault {
    /// A fault at `key`, which is cut to 100 characters.
    pub fn new(key: &str, message: impl Into<String>, span: Range<usize>) -> Self {
        Self { key: shortened(key), message: message.into(), span }
    }

    /// A fault of the filter's grammar.
    pub(super) fn syntax(message: &str, span: Range<usize>) -> Self {
        Self::new("filter", message, span)
    }

    /// `Cannot convert value: '<v>'.`
    pub(super) fn conversion(path: &str, value: &str, span: Range<usize>) -> Self {
        Self::new(path, format!("Cannot convert value: '{}'.", shortened(value)), span)
    }

    /// A path that names nothing.
    pub(super) fn path(path: &str, span: Range<usize>) -> Self {
        Self::new(if path.is_empty() { "self()" } else { path }, "Invalid property path.", span)
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(QUOTED_CHARS_MAX) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
