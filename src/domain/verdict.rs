//! The sentence on top of a delivery's page: what happened, whose turn it is, what comes next.

#[cfg(test)]
mod tests;

use super::attempt::{FailureClass, Outcome, Turn};
use super::delivery::{NotSent, State, Trigger};
use super::verdict_words::{advice, cause};

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
    /// When the certificate ended that the last attempt was shown, if that is what was wrong.
    pub certificate_ended_at: Option<String>,
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
        let (tone, headline, mut explanation, turn) = match facts.state {
            State::Queued => (Tone::Info, "Waiting for its first attempt.".to_owned(), due(facts), None),
            State::Sending => sending(facts),
            State::Retrying => retrying(facts),
            State::Delivered => delivered(facts),
            State::Failed => failed(facts),
            State::Cancelled => cancelled(facts),
            State::NotSent => not_sent(facts),
        };
        if facts.trigger == Trigger::Test {
            explanation.push("This was a test: it does not count in the statistics.".to_owned());
        }
        Self { state: facts.state, tone, headline, explanation: explanation.join(" "), turn }
    }
}

impl Verdict {
    /// The whole of it as a text for somebody who sees no page: what `subject` it is about ("Ignition for TRK-118"),
    /// when that happened, with its zone, and what became of it.
    pub fn summary(&self, subject: &str, at: &str) -> String {
        let turn = match self.turn {
            None => "",
            Some(Turn::You) => " Whoever set the webhook up has to act.",
            Some(Turn::Receiver) => " Whoever runs the receiver has to act.",
            Some(Turn::Us) => " We have to act.",
        };
        let said = format!("{subject}, {at}: {}. {} {}", self.state.word(), self.headline, self.explanation);
        format!("{}{turn}", said.trim_end())
    }
}

/// Tone, headline, sentences, turn.
type Said = (Tone, String, Vec<String>, Option<Turn>);

fn sending(facts: &VerdictFacts) -> Said {
    let number = facts.attempts_made.saturating_add(1);
    let mut explanation = vec![format!("This is attempt {number} of {}.", facts.attempts_max)];
    if let Some(Outcome::Failure(class)) = facts.last_outcome {
        explanation.push(format!("The one before failed: {}", failure(facts, class)));
    }
    (Tone::Info, format!("A request to {} is on its way.", facts.host), explanation, None)
}

fn retrying(facts: &VerdictFacts) -> Said {
    let (headline, mut explanation, turn) = trouble(facts);
    let left = facts.attempts_max.saturating_sub(facts.attempts_made);
    explanation.push(format!("{} made, {left} left.", attempts(facts.attempts_made)));
    explanation.extend(due(facts));
    explanation.extend(last_success(facts));
    (Tone::Warn, headline, explanation, turn)
}

fn delivered(facts: &VerdictFacts) -> Said {
    let headline = match facts.last_status {
        Some(status) => format!("{} accepted it with {status}.", facts.host),
        None => format!("{} accepted it.", facts.host),
    };
    let on = match facts.attempts_made {
        0 | 1 => "on the first attempt".to_owned(),
        number => format!("on attempt {number} of {}", facts.attempts_max),
    };
    let explanation = match &facts.ended_at {
        Some(at) => format!("Delivered at {at}, {on}."),
        None => format!("Delivered {on}."),
    };
    (Tone::Ok, headline, vec![explanation], None)
}

fn failed(facts: &VerdictFacts) -> Said {
    let (headline, mut explanation, turn) = trouble(facts);
    let after = attempts(facts.attempts_made);
    explanation.push(match &facts.ended_at {
        Some(at) => format!("Belfry gave up after {after}, at {at}; nothing more is sent by itself."),
        None => format!("Belfry gave up after {after}; nothing more is sent by itself."),
    });
    explanation.extend(last_success(facts));
    (Tone::Bad, headline, explanation, turn)
}

fn cancelled(facts: &VerdictFacts) -> Said {
    let made = match facts.attempts_made {
        0 => "No attempt was made.".to_owned(),
        number => format!("{} made before.", attempts(number)),
    };
    let next = "Nothing more is sent unless somebody redelivers it.".to_owned();
    (Tone::Mute, "It was stopped before it was delivered.".to_owned(), vec![made, next], None)
}

fn not_sent(facts: &VerdictFacts) -> Said {
    let Some((reason, detail)) = &facts.not_sent else {
        return (Tone::Held, "It was not sent.".to_owned(), Vec::new(), None);
    };
    let mut explanation = Vec::new();
    if let Some(detail) = detail.as_deref().filter(|detail| !detail.is_empty()) {
        let end = if detail.ends_with(['.', '!', '?']) { "" } else { "." };
        explanation.push(format!("{detail}{end}"));
    }
    let (advice, turn) = remedy(*reason);
    explanation.extend(advice.map(str::to_owned));
    (Tone::Held, reason.sentence().to_owned(), explanation, turn)
}

/// What would have it sent next time, and who can do it.
const fn remedy(reason: NotSent) -> (Option<&'static str>, Option<Turn>) {
    match reason {
        NotSent::NoLink => (Some("Link the alert to have the next one sent."), Some(Turn::You)),
        NotSent::Inactive => (Some("Switch the webhook on to have the next one sent."), Some(Turn::You)),
        NotSent::PausedHeld => (Some("Resume the webhook to have it sent."), Some(Turn::You)),
        NotSent::AutoDisabled => {
            (Some("Switch the webhook on again once the receiver works."), Some(Turn::You))
        }
        NotSent::TypeNotLinkable => {
            (Some("Let the webhook receive all alerts to have the next one sent."), Some(Turn::You))
        }
        NotSent::Criteria => (Some("Change the criteria if it should have been sent."), Some(Turn::You)),
        NotSent::NotAlertHook => {
            (Some("Let the webhook receive alerts to have the next one sent."), Some(Turn::You))
        }
        NotSent::TooLarge | NotSent::Quota => (None, Some(Turn::You)),
        NotSent::Deleted
        | NotSent::OutOfCompany
        | NotSent::Duplicate
        | NotSent::Expired
        | NotSent::PausedDropped => (None, None),
    }
}

/// How the last attempt failed, in one sentence.
fn failure(facts: &VerdictFacts, class: FailureClass) -> String {
    match (class, &facts.certificate_ended_at) {
        (FailureClass::TlsExpired, Some(at)) => format!("The certificate of {} ended at {at}.", facts.host),
        _ => cause(class, &facts.host, facts.last_status),
    }
}

/// What went wrong last: a headline, what to do about it, and whose turn it is.
fn trouble(facts: &VerdictFacts) -> (String, Vec<String>, Option<Turn>) {
    match facts.last_outcome {
        Some(Outcome::Failure(class)) => {
            (failure(facts, class), vec![advice(class).to_owned()], Some(class.whose_turn()))
        }
        Some(Outcome::Interrupted) => {
            let explanation = format!("{} may have received the request all the same.", facts.host);
            ("Belfry was interrupted while it was sending.".to_owned(), vec![explanation], Some(Turn::Us))
        }
        Some(Outcome::Success) | None => ("It could not be delivered.".to_owned(), Vec::new(), None),
    }
}

fn attempts(count: u32) -> String {
    if count == 1 { "1 attempt".to_owned() } else { format!("{count} attempts") }
}

fn due(facts: &VerdictFacts) -> Vec<String> {
    facts.next_at.iter().map(|at| format!("The next attempt is due at {at}.")).collect()
}

fn last_success(facts: &VerdictFacts) -> Option<String> {
    facts.last_success_at.as_ref().map(|at| format!("The webhook's last success was at {at}."))
}
