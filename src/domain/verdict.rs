//! The sentence on top of a delivery's page: what happened, whose turn it is, what comes next.

use super::attempt::{Outcome, Turn};
use super::delivery::{NotSent, State, Trigger};

/// The colour family of a verdict. The word always goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// It worked.
    Ok,
    /// It failed.
    Bad,
    /// It failed for now.
    Warn,
    /// It is going on.
    Info,
    /// Somebody stopped it.
    Mute,
    /// It was not sent.
    Held,
}

impl Tone {
    /// The word in class names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Bad => "bad",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Mute => "mute",
            Self::Held => "held",
        }
    }
}

/// What the page knows. Times are texts already: the page owns the zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictFacts {
    /// Where the delivery stands.
    pub state: State,
    /// What made it.
    pub trigger: Trigger,
    /// Why it was not sent, and what there is to say about it.
    pub not_sent: Option<(NotSent, Option<String>)>,
    /// How the last attempt ended.
    pub last_outcome: Option<Outcome>,
    /// The status that it was answered with.
    pub last_status: Option<u16>,
    /// The receiver's host.
    pub host: String,
    /// Attempts made.
    pub attempts_made: u32,
    /// Attempts that the schedule has.
    pub attempts_max: u32,
    /// When the next attempt is due.
    pub next_at: Option<String>,
    /// When the webhook last took anything.
    pub last_success_at: Option<String>,
    /// When this delivery came to its end.
    pub ended_at: Option<String>,
}

/// What the page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The badge.
    pub state: State,
    /// Its colour.
    pub tone: Tone,
    /// One sentence.
    pub headline: String,
    /// One to three sentences more; may be empty.
    pub explanation: String,
    /// Whose turn it is, if anybody's.
    pub turn: Option<Turn>,
}

impl Verdict {
    /// The verdict on `facts`.
    pub fn of(facts: &VerdictFacts) -> Self {
        Self {
            state: facts.state,
            tone: Tone::Info,
            headline: String::new(),
            explanation: String::new(),
            turn: None,
        }
    }
}
