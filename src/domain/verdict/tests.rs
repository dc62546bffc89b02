//! Every verdict, as people read it.

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
            "This is attempt 2 of 8. The one before failed: hooks.example.com refused the connection.".into(),
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
    let interrupted =
        VerdictFacts { last_outcome: Some(Outcome::Interrupted), attempts_made: 1, ..facts(State::Retrying) };
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
        assert!(headline.ends_with('.') && explanation.contains("gave up after 8 attempts"), "{headline}");
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
    assert!(!said(&ended(FailureClass::TlsName)).1.contains("15 Sep"), "it says nothing of other failures");
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
        Verdict::of(&retrying).summary("Geofence exit for TRK-118", "22 Sep 2026, 14:02:10 (Europe/Berlin)"),
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
