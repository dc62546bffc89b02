//! What happened to a delivery, in order, and what will.

use super::rows;
use crate::console::extract::CompanyPage;
use crate::console::parts::Tone;
use crate::console::parts::timeline::{Check, Step};
use crate::domain::attempt::Outcome;
use crate::domain::delivery::{State, Trigger};
use crate::domain::history::{Attempt, Delivery};
use crate::web::icon::Icon;
use crate::web::text;

/// The timeline of `delivery`. `candidates` are all deliveries of its event, itself included.
pub fn timeline(
    page: &CompanyPage,
    delivery: &Delivery,
    candidates: &[Delivery],
    attempts: &[Attempt],
) -> Vec<Step> {
    let event = &delivery.event;
    let good = |at, what: &str, detail: String| Step::past(at, Tone::Ok, Icon::Check, what, detail);
    let lag = event.received_at.since(event.occurred_at);
    let received = if lag >= 0 {
        format!("+{}", rows::duration(lag))
    } else {
        "by a device whose clock is ahead".to_owned()
    };
    let mut steps = vec![
        good(page.millis(event.occurred_at), "Occurred", format!("device clock of {}", event.vehicle_name)),
        good(page.millis(event.received_at), "Received", format!("{received} · event {}", delivery.event_id)),
    ];
    steps.push(decided(page, delivery, candidates));
    steps.extend(attempts.iter().map(|attempt| made(page, attempt)));
    steps.extend(ended(page, delivery));
    steps.extend(held(page, delivery));
    steps.extend(due(page, delivery));
    steps
}

fn decided(page: &CompanyPage, delivery: &Delivery, candidates: &[Delivery]) -> Step {
    let at = page.millis(delivery.created_at);
    match delivery.trigger {
        Trigger::Test => return Step::past(at, Tone::Ok, Icon::Send, "Test requested", "by a person"),
        Trigger::Manual => {
            let old = delivery.redelivery_of.map_or_else(String::new, |id| format!("repeats delivery {id}"));
            return Step::past(at, Tone::Ok, Icon::Retry, "Redelivery requested", old);
        }
        Trigger::Automatic => {}
    }
    let judged: Vec<&Delivery> =
        candidates.iter().filter(|other| other.trigger == Trigger::Automatic).collect();
    let chosen = judged.iter().filter(|other| other.not_sent.is_none()).count();
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let what = format!("Matched {chosen} of {}", text::counted(count(judged.len()), "webhook", "webhooks"));
    let checks = judged.iter().map(|other| Check {
        chosen: other.not_sent.is_none(),
        name: other.webhook_name.clone(),
        reason: match &other.not_sent {
            None => "takes this event".to_owned(),
            Some((_, Some(detail))) if !detail.is_empty() => text::visible(detail).into_owned(),
            Some((reason, _)) => reason.sentence().to_owned(),
        },
    });
    Step {
        checks: checks.collect(),
        checks_title: format!(
            "Why? {} could have got it",
            text::counted(count(judged.len()), "webhook", "webhooks")
        ),
        ..Step::past(at, Tone::Ok, Icon::Check, what, "")
    }
}

fn made(page: &CompanyPage, attempt: &Attempt) -> Step {
    let (tone, icon, result) = match attempt.outcome {
        None => (Tone::Info, Icon::Send, "on its way".to_owned()),
        Some(Outcome::Success) => (Tone::Ok, Icon::Check, result(attempt, Outcome::Success)),
        Some(Outcome::Interrupted) => {
            (Tone::Warn, Icon::Warning, "interrupted, it may have arrived".to_owned())
        }
        Some(outcome) => (Tone::Bad, Icon::Cross, result(attempt, outcome)),
    };
    let detail = match attempt.outcome {
        Some(Outcome::Failure(class)) if attempt.status.is_none() => class.sentence().to_owned(),
        _ => String::new(),
    };
    let what = format!("Attempt {}: {result}", attempt.number);
    Step::past(page.millis(attempt.started_at), tone, icon, what, detail)
}

fn result(attempt: &Attempt, outcome: Outcome) -> String {
    let word = rows::result_word(outcome, attempt.status);
    format!("{word} in {}", rows::duration(attempt.timing.total_us))
}

fn ended(page: &CompanyPage, delivery: &Delivery) -> Option<Step> {
    let at = page.millis(delivery.finished_at?);
    let webhook = &delivery.webhook_name;
    Some(match delivery.state {
        State::Delivered => Step::past(at, Tone::Ok, Icon::Check, "Delivered", ""),
        State::Failed => Step::past(at, Tone::Bad, Icon::Cross, "Failed", "nothing more is sent by itself"),
        State::Cancelled => Step::past(at, Tone::Mute, Icon::Stop, "Cancelled", ""),
        State::NotSent => {
            let reason = delivery.not_sent.as_ref().map_or("", |(reason, _)| reason.word());
            Step::past(at, Tone::Held, Icon::Ban, format!("Not sent to {webhook}"), reason)
        }
        State::Queued | State::Sending | State::Retrying => return None,
    })
}

/// What is held has no end and no time: it goes on when somebody resumes the webhook.
fn held(page: &CompanyPage, delivery: &Delivery) -> Option<Step> {
    delivery.is_held().then(|| {
        let mut at = page.millis(page.now());
        "later".clone_into(&mut at.text);
        Step::future(
            at,
            "Held until somebody resumes the webhook",
            "then it is sent or dropped, as they choose",
        )
    })
}

fn due(page: &CompanyPage, delivery: &Delivery) -> Vec<Step> {
    let Some(next) = delivery.next_at else {
        return Vec::new();
    };
    let (made, most) = (rows::count(delivery.attempts), rows::attempts_max(page, delivery.trigger));
    let wait = next.since(page.now());
    let when = if wait > 0 { format!("in {}", rows::duration(wait)) } else { "now".to_owned() };
    let what = format!("Attempt {} is due {when}", made + 1);
    let mut steps = vec![Step::future(page.millis(next), what, "")];
    let waits = page.state().services.engine.schedule().waits_us();
    let after = usize::try_from(made).unwrap_or(usize::MAX).saturating_add(1);
    let left: i64 = waits.get(after..).unwrap_or_default().iter().sum();
    if made + 1 < most && left > 0 {
        let mut last = page.short(next.plus_micros(left));
        last.text = format!("about {}", last.text);
        let what = format!("Attempt {most} is the last one");
        steps.push(Step::future(last, what, "if it fails, the delivery ends as Failed"));
    }
    steps
}
