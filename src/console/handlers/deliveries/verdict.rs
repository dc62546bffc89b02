//! The sentence on top of a delivery's page.

use super::rows;
use crate::console::extract::CompanyPage;
use crate::console::parts::verdict::Verdict;
use crate::console::parts::{Link, Tone};
use crate::domain::attempt::Turn;
use crate::domain::history::{Attempt, Delivery};
use crate::domain::stats::Counters;
use crate::domain::verdict::{self, VerdictFacts};
use crate::domain::webhook::Webhook;
use crate::web::text;

/// The verdict on `delivery`; `webhook` is `None` when it was deleted, `last` when there was no attempt yet.
pub fn verdict(
    page: &CompanyPage,
    delivery: &Delivery,
    webhook: Option<&Webhook>,
    counters: &Counters,
    last: Option<&Attempt>,
) -> Verdict {
    let said = verdict::Verdict::of(&VerdictFacts {
        state: delivery.state,
        trigger: delivery.trigger,
        not_sent: delivery.not_sent.clone(),
        last_outcome: delivery.last_outcome,
        last_status: delivery.last_status,
        host: webhook.map_or_else(
            || delivery.webhook_name.clone(),
            |webhook| webhook.settings.endpoint.host().to_owned(),
        ),
        attempts_made: rows::count(delivery.attempts),
        attempts_max: rows::attempts_max(page, delivery.trigger),
        next_at: delivery.next_at.map(|at| page.times().sentence(at)),
        last_success_at: counters.last_success_at.map(|at| page.times().sentence(at)),
        ended_at: delivery.finished_at.map(|at| page.times().sentence(at)),
        certificate_ended_at: last.and_then(|last| last.cert_until).map(|at| page.times().sentence(at)),
    });
    let mut badge = rows::badge(page, delivery);
    badge.tone = tone(said.tone);
    let health = webhook.map(|webhook| {
        let text = format!("Health of {}", delivery.webhook_name);
        Link::new(text, page.urls().webhook(webhook.id.0).show())
    });
    let story = Link::new("All webhooks for this event", page.urls().find_event(delivery.event_id.0));
    let subject = format!("{} for {}", delivery.event.alert_type.list_label(), delivery.event.vehicle_name);
    let at = format!("{} ({})", page.times().long(delivery.event.occurred_at), page.times().zone_name());
    let summary = said.summary(&subject, &at);
    Verdict {
        badge,
        turn: said.turn.map(turn).unwrap_or_default().to_owned(),
        sentence: text::visible(&said.headline).into_owned(),
        detail: text::visible(&said.explanation).into_owned(),
        links: health.into_iter().chain([story]).collect(),
        summary: Some(Link::new("Copy summary for the customer", text::visible(&summary))),
    }
}

/// Whose turn it is, in two words.
pub const fn turn(turn: Turn) -> &'static str {
    match turn {
        Turn::You => "Your turn",
        Turn::Receiver => "Receiver’s turn",
        Turn::Us => "Belfry’s turn",
    }
}

const fn tone(tone: verdict::Tone) -> Tone {
    match tone {
        verdict::Tone::Ok => Tone::Ok,
        verdict::Tone::Bad => Tone::Bad,
        verdict::Tone::Warn => Tone::Warn,
        verdict::Tone::Info => Tone::Info,
        verdict::Tone::Mute => Tone::Mute,
        verdict::Tone::Held => Tone::Held,
    }
}
