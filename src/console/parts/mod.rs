//! What appears on more than one page: data for the macros in `templates/components`.

pub mod badge;
pub mod chart;
pub mod code;
pub mod facts;
pub mod field;
pub mod flash;
pub mod list;
pub mod timeline;
pub mod verdict;

/// A meaning; it chooses the colours. Never the only carrier of the meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Tone {
    /// Good.
    Ok,
    /// Bad: somebody has to act.
    Bad,
    /// Not good yet.
    Warn,
    /// Neutral news, work in progress.
    Info,
    /// Switched off, over.
    Mute,
    /// Deliberately not sent.
    Held,
}

impl Tone {
    /// The class that sets the three variables.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Ok => "tone-ok",
            Self::Bad => "tone-bad",
            Self::Warn => "tone-warn",
            Self::Info => "tone-info",
            Self::Mute => "tone-mute",
            Self::Held => "tone-held",
        }
    }
}

/// A word that leads somewhere.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Link {
    /// The word.
    pub text: String,
    /// Where it leads.
    pub url: String,
}

impl Link {
    /// `text`, leading to `url`.
    pub fn new(text: impl Into<String>, url: impl Into<String>) -> Self {
        Self { text: text.into(), url: url.into() }
    }
}

/// An instant, as shown and in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// As shown, in the reader's zone: "14:02:10", "15 Sep 09:12".
    pub text: String,
    /// RFC 3339 with offset, for machines and as the tooltip.
    pub full: String,
}

impl Moment {
    /// `text` for the instant `full`.
    pub fn new(text: impl Into<String>, full: impl Into<String>) -> Self {
        Self { text: text.into(), full: full.into() }
    }
}
