//! One line for each thing that is wrong, the most urgent first.

use super::figures::Waiting;
use crate::console::extract::CompanyPage;
use crate::console::handlers::deliveries::verdict_turn;
use crate::console::handlers::webhooks::known::Known;
use crate::console::handlers::webhooks::pulse::natural;
use crate::console::handlers::webhooks::words;
use crate::console::overview::Problem;
use crate::console::parts::badge::Badge;
use crate::console::parts::{Link, Tone};
use crate::domain::attempt::{FailureClass, Outcome, Turn};
use crate::domain::health::Health;
use crate::domain::webhook::pause::PauseMode;
use crate::store::events::Unheard;
use crate::web::icon::Icon;
use crate::web::text;

/// What is wrong with webhooks. `known` is in order of urgency.
pub fn of_webhooks(page: &CompanyPage, known: &[Known], waiting: &Waiting) -> Vec<Problem> {
    known.iter().filter_map(|one| of_webhook(page, one, waiting)).collect()
}

fn of_webhook(page: &CompanyPage, known: &Known, waiting: &Waiting) -> Option<Problem> {
    let cause = cause(known);
    let (words, detail, turn) = match known.pulse.health {
        Health::AutoDisabled => {
            let (reason, at) = known.webhook.disabled?;
            let detail = format!("{} Switched off at {}.", reason.sentence(), page.times().sentence(at));
            ("was switched off by Belfry".to_owned(), detail, Turn::You)
        }
        Health::Failing => (
            format!("{}{}", failing(cause), since(page, known)),
            failing_detail(page, known, waiting),
            cause.map_or(Turn::Receiver, |(class, _)| class.whose_turn()),
        ),
        Health::Degraded => (
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
            ("is paused".to_owned(), parts(&[Some(what.to_owned()), Some(by), why]), Turn::You)
        }
        Health::Healthy | Health::NeverUsed | Health::Inactive => return None,
    };
    Some(Problem {
        badge: Badge::health(known.pulse.health),
        what: Link::new(known.webhook.settings.name.clone(), page.urls().webhook(known.webhook.id.0).show()),
        words,
        detail,
        turn: verdict_turn(turn).to_owned(),
    })
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
    let least = if waits.or_more { "at least " } else { "" };
    parts(&[
        known.pulse.warning.map(|warning| words::warning(page.times(), &warning)),
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
