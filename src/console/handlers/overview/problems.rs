//! One line for each thing that is wrong, the most urgent first.

use super::figures::Waiting;
use crate::console::extract::CompanyPage;
use crate::console::handlers::deliveries::verdict_turn;
use crate::console::handlers::webhooks::known::Known;
use crate::console::handlers::webhooks::pulse::natural;
use crate::console::handlers::webhooks::{certificate, words};
use crate::console::overview::Problem;
use crate::console::parts::badge::Badge;
use crate::console::parts::{Link, Tone};
use crate::domain::attempt::{FailureClass, Outcome, Turn};
use crate::domain::certificate::Validity;
use crate::domain::health::Health;
use crate::domain::time::Timestamp;
use crate::domain::webhook::pause::PauseMode;
use crate::store::events::Unheard;
use crate::web::icon::Icon;
use crate::web::text;

/// What comes first: what does not arrive, what will not arrive from the next request on, what arrives now and then, what
/// will not arrive from a day on that is known, what waits for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Urgency {
    Off,
    Failing,
    CertificateEnded,
    Degraded,
    CertificateEnds(Timestamp),
    Paused,
}

/// What is wrong with webhooks, the most urgent first.
pub fn of_webhooks(page: &CompanyPage, known: &[Known], waiting: &Waiting) -> Vec<Problem> {
    let of_one = |one| [of_webhook(page, one, waiting), of_certificate(page, one)];
    let mut problems: Vec<(Urgency, Problem)> = known.iter().flat_map(of_one).flatten().collect();
    problems.sort_by_key(|(urgency, _)| *urgency);
    problems.into_iter().map(|(_, problem)| problem).collect()
}

fn of_webhook(page: &CompanyPage, known: &Known, waiting: &Waiting) -> Option<(Urgency, Problem)> {
    let cause = cause(known);
    let (urgency, words, detail, turn) = match known.pulse.health {
        Health::AutoDisabled => {
            let (reason, at) = known.webhook.disabled?;
            let detail = format!("{} Switched off at {}.", reason.sentence(), page.times().sentence(at));
            (Urgency::Off, "was switched off by Belfry".to_owned(), detail, Turn::You)
        }
        Health::Failing => (
            Urgency::Failing,
            format!("{}{}", failing(cause), since(page, known)),
            failing_detail(page, known, waiting),
            cause.map_or(Turn::Receiver, |(class, _)| class.whose_turn()),
        ),
        Health::Degraded => (
            Urgency::Degraded,
            "fails or is slow now and then".to_owned(),
            parts(&[
                known.pulse.delivered().map(|share| format!("{share} of the day’s attempts delivered")),
                cause.map(|(class, status)| match status {
                    Some(status) => format!("the last failure was {status}"),
                    None => format!("the last failure was {}", class.word()),
                }),
                Some(last_success(page, known)),
            ]),
            cause.map_or(Turn::Receiver, |(class, _)| class.whose_turn()),
        ),
        Health::Paused => {
            let paused = known.webhook.paused.as_ref()?;
            let what = match paused.mode {
                PauseMode::Hold => "new events are held",
                PauseMode::Drop => "new events are dropped",
            };
            let by = format!("by {} since {}", paused.by, page.times().sentence(paused.since));
            let why = paused.reason.as_ref().map(|reason| format!("“{reason}”"));
            let detail = parts(&[Some(what.to_owned()), Some(by), why]);
            (Urgency::Paused, "is paused".to_owned(), detail, Turn::You)
        }
        Health::Healthy | Health::NeverUsed | Health::Inactive => return None,
    };
    let badge = Badge::health(known.pulse.health);
    let turn = verdict_turn(turn).to_owned();
    Some((urgency, Problem { badge, what: link(page, known), words, detail, turn }))
}

/// A certificate that has ended or soon will, unless the webhook fails for that very reason.
fn of_certificate(page: &CompanyPage, known: &Known) -> Option<(Urgency, Problem)> {
    let seen = known.certificate().filter(|_| known.pulse.health.takes_deliveries())?;
    let words = certificate::problem(page.times(), seen)?;
    let at = page.times().sentence(seen.at);
    let (urgency, tone, effect) = match Validity::at(seen.until, page.now()) {
        Validity::Ended { .. } if fails_for_its_certificate(known) => return None,
        Validity::Ended { .. } => {
            (Urgency::CertificateEnded, Tone::Bad, "the next delivery fails unless it was renewed since")
        }
        Validity::EndsSoon { .. } | Validity::Fine { .. } => {
            (Urgency::CertificateEnds(seen.until), Tone::Warn, "from then on every delivery fails")
        }
    };
    let problem = Problem {
        badge: Badge::new(tone, Icon::Warning, "Certificate"),
        what: link(page, known),
        words,
        detail: format!("seen at {at} · {effect}"),
        turn: verdict_turn(Turn::Receiver).to_owned(),
    };
    Some((urgency, problem))
}

fn fails_for_its_certificate(known: &Known) -> bool {
    let is_failing = known.pulse.health == Health::Failing;
    is_failing && cause(known).is_some_and(|(class, _)| class == FailureClass::TlsExpired)
}

fn link(page: &CompanyPage, known: &Known) -> Link {
    Link::new(known.webhook.settings.name.clone(), page.urls().webhook(known.webhook.id.0).show())
}

/// Alerts that nobody hears.
pub fn of_alerts(page: &CompanyPage, unheard: &[Unheard]) -> Vec<Problem> {
    let one = |alert: &Unheard| Problem {
        badge: Badge::new(Tone::Held, Icon::Ban, "No webhook"),
        what: Link::new(alert.name.clone(), page.urls().find_alert(alert.alert.0)),
        words: match alert.times {
            1 => "fired once and no webhook takes it".to_owned(),
            times => format!("fired {times} times and no webhook takes it"),
        },
        detail: format!(
            "Alert {}, {} · the last time at {}",
            alert.alert,
            alert.alert_type.list_label(),
            page.times().sentence(alert.last_at)
        ),
        turn: verdict_turn(Turn::You).to_owned(),
    };
    unheard.iter().map(one).collect()
}

fn cause(known: &Known) -> Option<(FailureClass, Option<u16>)> {
    let attempt = known.last_failure.as_ref()?;
    match attempt.outcome? {
        Outcome::Failure(class) => Some((class, attempt.status)),
        Outcome::Success | Outcome::Interrupted => None,
    }
}

fn failing(cause: Option<(FailureClass, Option<u16>)>) -> String {
    match cause {
        Some((_, Some(status))) => format!("answers {status}"),
        Some((class, None)) => format!("fails: {}", class.word()),
        None => "fails".to_owned(),
    }
}

fn since(page: &CompanyPage, known: &Known) -> String {
    let since = known.stats.counters.failing_since;
    since.map_or_else(String::new, |at| format!(" since {}", page.times().sentence(at)))
}

fn failing_detail(page: &CompanyPage, known: &Known, waiting: &Waiting) -> String {
    let (waits, next) = waiting.of_webhook(known.webhook.id);
    let count = text::counted(natural(waits.count), "delivery", "deliveries");
    let ended = known.last_failure.as_ref().filter(|_| fails_for_its_certificate(known));
    let ended = ended.and_then(|attempt| attempt.cert_until);
    let least = if waits.or_more { "at least " } else { "" };
    parts(&[
        known.pulse.warning.map(|warning| words::warning(page.times(), &warning)),
        ended.map(|at| format!("its certificate ended at {}", page.times().sentence(at))),
        (waits.count > 0).then(|| format!("{least}{count} waiting")),
        Some(last_success(page, known)),
        next.filter(|at| *at > page.now()).map(|at| format!("next try {}", page.times().sentence(at))),
    ])
}

fn last_success(page: &CompanyPage, known: &Known) -> String {
    match known.stats.counters.last_success_at {
        Some(at) => format!("last success {}", page.times().sentence(at)),
        None => "never succeeded".to_owned(),
    }
}

fn parts(parts: &[Option<String>]) -> String {
    parts.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" · ")
}
