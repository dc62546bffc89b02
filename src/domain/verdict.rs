//! The sentence on top of a delivery's page: what happened, whose turn it is, what comes next.

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

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(state: State) -> VerdictFacts {
        VerdictFacts {
            state,
            trigger: Trigger::Automatic,
            not_sent: None,
            last_outcome: None,
            last_status: None,
            host: "hooks.example.com".to_owned(),
            attempts_made: 0,
            attempts_max: 8,
            next_at: None,
            last_success_at: None,
            ended_at: None,
            certificate_ended_at: None,
        }
    }

    fn said(facts: &VerdictFacts) -> (Tone, String, String, Option<Turn>) {
        let verdict = Verdict::of(facts);
        assert_eq!(verdict.state, facts.state);
        (verdict.tone, verdict.headline, verdict.explanation, verdict.turn)
    }

    fn failure(state: State, class: FailureClass, status: Option<u16>, made: u32) -> VerdictFacts {
        VerdictFacts {
            last_outcome: Some(Outcome::Failure(class)),
            last_status: status,
            attempts_made: made,
            ..facts(state)
        }
    }

    #[test]
    fn queued_and_sending() {
        let queued = VerdictFacts { next_at: Some("14:02:10".into()), ..facts(State::Queued) };
        assert_eq!(
            said(&queued),
            (
                Tone::Info,
                "Waiting for its first attempt.".into(),
                "The next attempt is due at 14:02:10.".into(),
                None
            )
        );
        assert_eq!(said(&facts(State::Queued)).2, "");
        assert_eq!(
            said(&failure(State::Sending, FailureClass::ConnectRefused, None, 1)),
            (
                Tone::Info,
                "A request to hooks.example.com is on its way.".into(),
                "This is attempt 2 of 8. The one before failed: hooks.example.com refused the connection."
                    .into(),
                None
            )
        );
    }

    #[test]
    fn retrying_says_cause_turn_and_next() {
        let retrying = VerdictFacts {
            next_at: Some("14:37:51".into()),
            last_success_at: Some("13:30:58".into()),
            ..failure(State::Retrying, FailureClass::HttpUnavailable, Some(503), 4)
        };
        assert_eq!(
            said(&retrying),
            (
                Tone::Warn,
                "hooks.example.com answered 503: it is not available.".into(),
                "The receiver's log says more. 4 attempts made, 4 left. The next attempt is due at 14:37:51. \
                 The webhook's last success was at 13:30:58."
                    .into(),
                Some(Turn::Receiver)
            )
        );
        let interrupted = VerdictFacts {
            last_outcome: Some(Outcome::Interrupted),
            attempts_made: 1,
            ..facts(State::Retrying)
        };
        let (_, headline, explanation, turn) = said(&interrupted);
        assert_eq!(headline, "Belfry was interrupted while it was sending.");
        assert!(
            explanation.starts_with("hooks.example.com may have received")
                && explanation.contains("1 attempt made")
        );
        assert_eq!(turn, Some(Turn::Us));
    }

    #[test]
    fn delivered_and_cancelled() {
        let delivered = VerdictFacts {
            last_outcome: Some(Outcome::Success),
            last_status: Some(204),
            attempts_made: 3,
            ended_at: Some("14:02:41".into()),
            ..facts(State::Delivered)
        };
        assert_eq!(
            said(&delivered),
            (
                Tone::Ok,
                "hooks.example.com accepted it with 204.".into(),
                "Delivered at 14:02:41, on attempt 3 of 8.".into(),
                None
            )
        );
        let test = VerdictFacts { trigger: Trigger::Test, attempts_made: 1, ended_at: None, ..delivered };
        assert_eq!(
            said(&test).2,
            "Delivered on the first attempt. This was a test: it does not count in the statistics."
        );
        let nothing_more = "Nothing more is sent unless somebody redelivers it.";
        assert_eq!(said(&facts(State::Cancelled)).2, format!("No attempt was made. {nothing_more}"));
        let later = VerdictFacts { attempts_made: 2, ..facts(State::Cancelled) };
        assert_eq!(
            said(&later),
            (
                Tone::Mute,
                "It was stopped before it was delivered.".into(),
                format!("2 attempts made before. {nothing_more}"),
                None
            )
        );
    }

    #[test]
    fn every_failure_class_has_a_cause_and_a_turn() {
        let mut headlines = std::collections::BTreeSet::new();
        for class in FailureClass::ALL {
            let status = class.slug().starts_with("http_").then_some(599);
            let (tone, headline, explanation, turn) = said(&failure(State::Failed, class, status, 8));
            assert_eq!((tone, turn), (Tone::Bad, Some(class.whose_turn())), "{class:?}");
            assert!(
                headline.ends_with('.') && explanation.contains("gave up after 8 attempts"),
                "{headline}"
            );
            assert_eq!(headline.contains("hooks.example.com"), class != FailureClass::Internal, "{headline}");
            assert_eq!(headline.contains("599"), status.is_some(), "{headline}");
            assert!(headlines.insert(headline), "{class:?} says what another says");
        }
    }

    #[test]
    fn an_ended_certificate_says_since_when() {
        let ended = |class| VerdictFacts {
            certificate_ended_at: Some("15 Sep 2026, 07:12:36".into()),
            ..failure(State::Retrying, class, None, 1)
        };
        let (_, headline, explanation, _) = said(&ended(FailureClass::TlsExpired));
        assert_eq!(headline, "The certificate of hooks.example.com ended at 15 Sep 2026, 07:12:36.");
        assert!(explanation.starts_with("The receiver needs a new certificate."), "{explanation}");
        let sending = VerdictFacts { state: State::Sending, ..ended(FailureClass::TlsExpired) };
        assert!(said(&sending).2.ends_with("ended at 15 Sep 2026, 07:12:36."), "{:?}", said(&sending));
        assert!(
            !said(&ended(FailureClass::TlsName)).1.contains("15 Sep"),
            "it says nothing of other failures"
        );
    }

    #[test]
    fn every_reason_for_not_sending_is_said() {
        for reason in NotSent::ALL {
            let facts = VerdictFacts { not_sent: Some((reason, None)), ..facts(State::NotSent) };
            let (tone, headline, _, _) = said(&facts);
            assert_eq!((tone, headline.as_str()), (Tone::Held, reason.sentence()));
        }
        let detail = Some("data.zone: expected “Port 3”, got “Depot Nord”".to_owned());
        let criteria = VerdictFacts { not_sent: Some((NotSent::Criteria, detail)), ..facts(State::NotSent) };
        assert_eq!(
            said(&criteria),
            (
                Tone::Held,
                "The event does not meet the webhook's criteria.".into(),
                "data.zone: expected “Port 3”, got “Depot Nord”. Change the criteria if it should have been sent."
                    .into(),
                Some(Turn::You)
            )
        );
    }

    /// Cause, whose turn, what next: for each state with each way in which an attempt can have ended.
    #[test]
    fn every_state_with_every_outcome_says_cause_turn_and_next() {
        let ended = [None, Some(Outcome::Success), Some(Outcome::Interrupted)];
        let failed = FailureClass::ALL.map(|class| Some(Outcome::Failure(class)));
        for state in State::ALL {
            for last_outcome in ended.into_iter().chain(failed) {
                let facts = VerdictFacts {
                    last_outcome,
                    attempts_made: 2,
                    next_at: (!state.is_final()).then(|| "14:37:51".to_owned()),
                    ended_at: state.is_final().then(|| "14:02:41".to_owned()),
                    not_sent: (state == State::NotSent).then_some((NotSent::Inactive, None)),
                    ..facts(state)
                };
                let (_, headline, explanation, turn) = said(&facts);
                let case = format!("{state:?} {last_outcome:?}: {headline} {explanation}");
                assert!(headline.ends_with('.') && explanation.ends_with('.'), "{case}");
                let next = match state {
                    State::Queued | State::Retrying => "14:37:51",
                    State::Sending => "attempt 3 of 8",
                    State::Delivered => "14:02:41",
                    State::Failed => "nothing more is sent by itself",
                    State::Cancelled => "Nothing more is sent unless",
                    State::NotSent => "to have the next one sent",
                };
                assert!(explanation.contains(next), "{case}");
                let is_blamed = matches!(last_outcome, Some(Outcome::Failure(_) | Outcome::Interrupted));
                let wants_turn = match state {
                    State::Retrying | State::Failed => is_blamed,
                    State::NotSent => true,
                    _ => false,
                };
                assert_eq!(turn.is_some(), wants_turn, "{case}");
            }
        }
    }

    #[test]
    fn every_reason_for_not_sending_has_a_turn_or_none_to_take() {
        for reason in NotSent::ALL {
            let facts = VerdictFacts { not_sent: Some((reason, None)), ..facts(State::NotSent) };
            let (_, _, explanation, turn) = said(&facts);
            // What nobody can mend is nobody's turn.
            if crate::domain::not_sent_cause::mend(reason).is_some() && reason != NotSent::PausedDropped {
                assert_eq!((turn, explanation.is_empty()), (Some(Turn::You), false), "{reason:?}");
            }
        }
    }

    #[test]
    fn a_summary_says_it_all_in_one_text() {
        let retrying = VerdictFacts {
            next_at: Some("14:37:51".into()),
            ..failure(State::Retrying, FailureClass::HttpUnavailable, Some(503), 4)
        };
        assert_eq!(
            Verdict::of(&retrying)
                .summary("Geofence exit for TRK-118", "22 Sep 2026, 14:02:10 (Europe/Berlin)"),
            "Geofence exit for TRK-118, 22 Sep 2026, 14:02:10 (Europe/Berlin): Retrying. hooks.example.com answered \
             503: it is not available. The receiver's log says more. 4 attempts made, 4 left. The next attempt is due \
             at 14:37:51. Whoever runs the receiver has to act."
        );
        for state in State::ALL {
            let text = Verdict::of(&facts(state)).summary("Ignition for TRK-1", "14:02:10");
            assert!(text.starts_with(&format!("Ignition for TRK-1, 14:02:10: {}. ", state.word())), "{text}");
            assert!(text.ends_with('.'), "{text}");
        }
    }

    #[test]
    fn facts_that_do_not_fit_still_make_a_sentence() {
        for state in State::ALL {
            assert!(!Verdict::of(&facts(state)).headline.is_empty(), "{state:?}");
        }
    }
}
