//! What happened to one delivery, in order, and what will.

use super::{Link, Moment, Tone};
use crate::web::icon::Icon;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When, to the millisecond; in the future perhaps "about 22:51".
    pub at: Moment,
    /// The marker; `None` for what has not happened yet.
    pub mark: Option<(Tone, Icon)>,
    /// The fact.
    pub what: String,
    /// What explains it; empty for nothing.
    pub detail: String,
    /// The decision behind it, candidate by candidate.
    pub checks: Vec<Check>,
    /// What the list of candidates is called: "Why these? 4 webhooks could have got it".
    pub checks_title: String,
    /// Where all of them are, when some are left out.
    pub checks_more: Option<Link>,
}

impl Step {
    /// Something that happened.
    pub fn past(
        at: Moment,
        tone: Tone,
        icon: Icon,
        what: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            at,
            mark: Some((tone, icon)),
            what: what.into(),
            detail: detail.into(),
            checks: Vec::new(),
            checks_title: String::new(),
            checks_more: None,
        }
    }

    /// Something that is due.
    pub fn future(at: Moment, what: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { mark: None, ..Self::past(at, Tone::Mute, Icon::Clock, what, detail) }
    }
}

/// One candidate and what was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Whether it was chosen.
    pub chosen: bool,
    /// The webhook.
    pub name: String,
    /// Why, or why not.
    pub reason: String,
}

impl Check {
    /// The colours.
    pub const fn tone(&self) -> Tone {
        if self.chosen { Tone::Ok } else { Tone::Held }
    }

    /// The picture.
    pub const fn icon(&self) -> Icon {
        if self.chosen { Icon::Check } else { Icon::Ban }
    }

    /// The picture in words.
    pub const fn word(&self) -> &'static str {
        if self.chosen { "chosen" } else { "left out" }
    }
}
