//! Patterns of `like` and `ilike`, and what "ignores case" means.
//!
//! Databases disagree about letter case: SQLite folds ASCII only, PostgreSQL what its collation says. Here a letter
//! and its other case are one when each is the other's only counterpart in Unicode (`Ä` and `ä`, `Σ` and `σ`, `Ж` and
//! `ж`); `ß`, `İ` and the Kelvin sign have no such counterpart and stand for themselves. The same everywhere, because
//! the store folds a column by these pairs and not by a function of the database.

use std::collections::BTreeSet;

/// Letters outside ASCII with two cases that one pattern may have: each is a step of the database's.
pub(super) const FOLDS_MAX: usize = 64;

/// Where the stars were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Shape {
    Whole,
    Starts,
    Ends,
    Contains,
}

/// What a text has to look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Where the stars were.
    pub shape: Shape,
    /// What has to be there; folded when case is ignored.
    pub text: String,
    /// Whether case is ignored (`ilike`).
    pub ignores_case: bool,
    /// Capital and small letters outside ASCII that `text` has, when case is ignored.
    pub folds: Vec<(String, String)>,
}

impl Pattern {
    /// Reads a pattern. A star is one only at the beginning and at the end, and not behind a backslash; elsewhere it
    /// is a character.
    pub fn new(text: &str, ignores_case: bool) -> Self {
        let (is_open_left, rest) = match text.strip_prefix('*') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (is_open_right, rest) = match rest.strip_suffix('*') {
            Some(rest) if !rest.ends_with('\\') => (true, rest),
            _ => (false, rest),
        };
        let shape = match (is_open_left, is_open_right) {
            (false, false) => Shape::Whole,
            (false, true) => Shape::Starts,
            (true, false) => Shape::Ends,
            (true, true) => Shape::Contains,
        };
        let text = rest.replace("\\*", "*");
        if !ignores_case {
            return Self { shape, text, ignores_case, folds: Vec::new() };
        }
        let text = fold(&text);
        let letters: BTreeSet<char> = text.chars().filter(|c| !c.is_ascii()).collect();
        let pair = |small: char| Some((capital(small)?.to_string(), small.to_string()));
        Self { shape, folds: letters.into_iter().filter_map(pair).collect(), text, ignores_case }
    }

    /// Whether `text` looks like it.
    pub fn matches(&self, text: &str) -> bool {
        let folded = if self.ignores_case { fold(text) } else { text.to_owned() };
        match self.shape {
            Shape::Whole => folded == self.text,
            Shape::Starts => folded.starts_with(&self.text),
            Shape::Ends => folded.ends_with(&self.text),
            Shape::Contains => folded.contains(&self.text),
        }
    }
}

/// `text` in small letters, where that is unambiguous.
pub fn fold(text: &str) -> String {
    text.chars().map(|c| small(c).unwrap_or(c)).collect()
}

/// The small letter of a capital one whose only capital it is.
fn small(capital_letter: char) -> Option<char> {
    let found = only(capital_letter.to_lowercase()).filter(|small| *small != capital_letter)?;
    (only(found.to_uppercase()) == Some(capital_letter)).then_some(found)
}

/// The capital letter of a small one whose only small letter it is.
fn capital(small_letter: char) -> Option<char> {
    let found = only(small_letter.to_uppercase())?;
    (small(found) == Some(small_letter)).then_some(found)
}

fn only(mut letters: impl Iterator<Item = char>) -> Option<char> {
    letters.next().filter(|_| letters.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_at_the_ends_are_stars() {
        let read = |text| {
            let pattern = Pattern::new(text, false);
            (pattern.shape, pattern.text)
        };
        for (text, shape, inner) in [
            ("a", Shape::Whole, "a"),
            ("a*", Shape::Starts, "a"),
            ("*a", Shape::Ends, "a"),
            ("*a*", Shape::Contains, "a"),
            ("*", Shape::Ends, ""),
            ("**", Shape::Contains, ""),
            ("a*b", Shape::Whole, "a*b"),
            (r"The\**", Shape::Starts, "The*"),
            (r"\*a\*", Shape::Whole, "*a*"),
            (r"a\b", Shape::Whole, r"a\b"),
            ("%_", Shape::Whole, "%_"),
        ] {
            assert_eq!(read(text), (shape, inner.to_owned()), "{text}");
        }
    }

    #[test]
    fn letters_with_one_counterpart_are_folded() {
        assert_eq!(fold("ÄRGER Σ ЖЗ Az ẞ ß İ ı \u{212a} ς ǅ"), "ärger σ жз az ẞ ß İ ı \u{212a} ς ǅ");
        let pattern = Pattern::new("*GRÖßE*", true);
        assert_eq!(pattern.folds, [("Ö".to_owned(), "ö".to_owned())]);
        assert!(pattern.matches("die größe") && pattern.matches("GRÖßE") && !pattern.matches("GRÖSSE"));
    }

    /// What the store does with a column: ASCII, and then only the pattern's own letters.
    #[test]
    fn folding_only_the_patterns_letters_is_enough() {
        for (pattern, text) in [("*äb*", "xÄBÖ"), ("Äö", "äÖ"), ("é*", "ÉÀ"), ("*Ж", "ЗЖ"), ("*x*", "Ä")]
        {
            let pattern = Pattern::new(pattern, true);
            let mut partly = text.to_ascii_lowercase();
            for (capital, small) in &pattern.folds {
                partly = partly.replace(capital, small);
            }
            let exact = Pattern { ignores_case: false, ..pattern.clone() };
            assert_eq!(exact.matches(&partly), pattern.matches(text), "{pattern:?} {text}");
        }
    }
}
