//! What happened to a delivery, in order, and what will.

use super::rows;
use crate::console::extract::CompanyPage;
use crate::console::parts::timeline::{Check, Step};
use crate::console::parts::{Link, Tone};
use crate::domain::attempt::Outcome;
use crate::domain::audit::line::Line;
use crate::domain::audit::{VERSION, words};
use crate::domain::delivery::{State, Trigger};
use crate::domain::history::{Attempt, Delivery};
use crate::domain::time::Timestamp;
use crate::web::icon::Icon;
use crate::web::text;

/// Changes of the webhook that are told at most.
const CHANGES_MAX: usize = 8;
/// Decisions that are told at most; the event's own page has all of them.
const CHECKS_MAX: usize = 10;
/// What changes nothing about a delivery under way.
const IDLE: [&str; 3] = ["webhook.test", "webhook.link_alert", "webhook.unlink_alert"];

/// What the timeline is made from.
pub struct Told<'a> {
    /// The delivery.
    pub delivery: &'a Delivery,
    /// All deliveries of its event, itself included.
    pub candidates: &'a [Delivery],
    /// Its attempts.
    pub attempts: &'a [Attempt],
    /// What people did with the delivery, newest first.
    pub own: &'a [Line],
    /// What was done with its webhook, newest first.
    pub trail: &'a [Line],
}

/// What happened, in order, and what will.
pub fn timeline(page: &CompanyPage, told: &Told<'_>) -> Vec<Step> {
    let Told { delivery, attempts, .. } = *told;
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
        decided(page, delivery, told.candidates, told.own),
    ];
    let mut then: Vec<(Timestamp, Step)> =
        attempts.iter().map(|attempt| (attempt.started_at, made(page, attempt))).collect();
    then.extend(changed(page, told));
    then.extend(delivery.finished_at.zip(ended(page, delivery)));
    then.sort_by_key(|(at, _)| *at);
    steps.extend(then.into_iter().map(|(_, step)| step));
    with_days_once(&mut steps);
    steps.extend(held(page, delivery));
    steps.extend(due(page, delivery));
    steps
}

/// A day is said where it begins; after that, a time of that day is its clock alone.
fn with_days_once(steps: &mut [Step]) {
    let mut day = String::new();
    for step in steps {
        let Some((date, clock)) = step.at.full.split_once('T') else { continue };
        if date == day
            && let Some(clock) = clock.get(..12)
        {
            clock.clone_into(&mut step.at.text);
        } else {
            date.clone_into(&mut day);
        }
    }
}

/// What people did in between: with the delivery, and with its webhook.
fn changed(page: &CompanyPage, told: &Told<'_>) -> Vec<(Timestamp, Step)> {
    let Told { delivery, own, trail, .. } = *told;
    let end = delivery.finished_at.unwrap_or_else(|| page.now());
    let during = |line: &&Line| line.at > delivery.created_at && line.at <= end;
    let is_told = |line: &&Line| !IDLE.contains(&line.action.as_str());
    let own = own.iter().filter(|line| matches!(line.action.as_str(), "delivery.stop" | "delivery.send_now"));
    let trail = trail.iter().filter(during).filter(is_told).take(CHANGES_MAX);
    // Oldest first, also among those of one moment.
    own.chain(trail).collect::<Vec<_>>().into_iter().rev().map(|line| (line.at, change(page, line))).collect()
}

fn change(page: &CompanyPage, line: &Line) -> Step {
    let icon = match line.action.as_str() {
        "webhook.pause" => Icon::Pause,
        "webhook.disable" | "webhook.auto_disable" | "webhook.delete" => Icon::Power,
        "delivery.stop" => Icon::Stop,
        "delivery.send_now" => Icon::Send,
        _ => Icon::Page,
    };
    let fields = line.changes.iter().filter(|change| change.field != VERSION);
    let fields: Vec<&str> = fields.map(|change| words::label(&change.field)).collect();
    let what = match line.action.as_str() {
        "delivery.stop" => format!("{} stopped the retries", line.author.name),
        "delivery.send_now" => format!("{} had it sent at once", line.author.name),
        action => format!("{} {}", line.author.name, words::verb(action)),
    };
    Step::past(page.millis(line.at), Tone::Mute, icon, text::visible(&what), fields.join(", "))
}

fn decided(page: &CompanyPage, delivery: &Delivery, candidates: &[Delivery], own: &[Line]) -> Step {
    let at = page.millis(delivery.created_at);
    match delivery.trigger {
        Trigger::Test => return Step::past(at, Tone::Ok, Icon::Send, "Test requested", "by a person"),
        Trigger::Manual => {
            let by = own.iter().find(|line| line.action == "delivery.redeliver");
            let by = by.map(|line| format!("by {}", line.author.name));
            let old = delivery.redelivery_of.map(|id| format!("repeats delivery {id}"));
            let old = by.into_iter().chain(old).collect::<Vec<_>>().join(" · ");
            return Step::past(at, Tone::Ok, Icon::Retry, "Redelivery requested", old);
        }
        Trigger::Automatic => {}
    }
    let mut judged: Vec<&Delivery> =
        candidates.iter().filter(|other| other.trigger == Trigger::Automatic).collect();
    if judged.len() > CHECKS_MAX {
        // The decision about this very delivery must not be among what is left out.
        judged.sort_by_key(|other| other.id != delivery.id);
    }
    let chosen = judged.iter().filter(|other| other.not_sent.is_none()).count();
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let what = format!("Matched {chosen} of {}", text::counted(count(judged.len()), "webhook", "webhooks"));
    let checks = judged.iter().take(CHECKS_MAX).map(|other| Check {
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
        checks_more: (judged.len() > CHECKS_MAX).then(|| all_of_event(page, delivery, candidates.len())),
        ..Step::past(at, Tone::Ok, Icon::Check, what, "")
    }
}

/// Where all deliveries of the event are.
pub fn all_of_event(page: &CompanyPage, delivery: &Delivery, count: usize) -> Link {
    let words = format!("All {} deliveries of this event", text::count(count as u64));
    Link::new(words, page.urls().find_event(delivery.event_id.0))
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
