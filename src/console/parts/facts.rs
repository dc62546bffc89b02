//! Names with values: fact lists and the big figures.

use super::{Link, Moment};

/// One line of a fact list. The parts of the value stand in this order: result, moment, code, text, link.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fact {
    /// The name.
    pub term: String,
    /// A result in its frame: "503".
    pub result: Option<String>,
    /// An instant.
    pub moment: Option<Moment>,
    /// Something exact, in the fixed-width font.
    pub code: Option<String>,
    /// Plain words.
    pub text: String,
    /// A way on.
    pub link: Option<Link>,
}

impl Fact {
    /// `term` in plain words.
    pub fn new(term: impl Into<String>, text: impl Into<String>) -> Self {
        Self { term: term.into(), text: text.into(), ..Self::default() }
    }

    /// With a result in front.
    #[must_use]
    pub fn result(mut self, result: impl Into<String>) -> Self {
        self.result = Some(result.into());
        self
    }

    /// With an instant in front.
    #[must_use]
    pub fn moment(mut self, moment: Moment) -> Self {
        self.moment = Some(moment);
        self
    }

    /// With something exact in front.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// With a way on.
    #[must_use]
    pub fn link(mut self, link: Link) -> Self {
        self.link = Some(link);
        self
    }
}

/// One big number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What is counted.
    pub term: String,
    /// The number: "212,480".
    pub value: String,
    /// The small line below: "since 4 Mar 2026".
    pub note: String,
    /// The things behind the number.
    pub url: Option<String>,
}

impl Figure {
    /// A number without a link.
    pub fn new(term: impl Into<String>, value: impl Into<String>, note: impl Into<String>) -> Self {
        Self { term: term.into(), value: value.into(), note: note.into(), url: None }
    }

    /// With a link to the things behind it.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }
}
