//! One delivery with everything that happened to it.

use actix_web::HttpResponse;
use actix_web::web::{Path, Query};

use super::attempt::{self, Recorded};
use super::{named, rows, timeline, verdict};
use crate::console::deliveries::show::{Actions, Decision, Request, ShowPage, Sibling};
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::parts::Link;
use crate::console::parts::code::Code;
use crate::console::parts::facts::Fact;
use crate::console::shell::Nav;
use crate::domain::access::Permission;
use crate::domain::delivery::{NotSent, State, Trigger};
use crate::domain::event::Event;
use crate::domain::history::{Attempt, Delivery};
use crate::domain::stats::Counters;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::format::Format;
use crate::store::{Db, StoreError, attempts, deliveries, events, stats, webhooks};
use crate::web::page as answer;
use crate::web::text;

/// `?attempt=2`
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Chosen {
    attempt: Option<String>,
}

/// What is read for the page.
struct Found {
    delivery: Delivery,
    webhook: Option<Webhook>,
    counters: Counters,
    event: Option<Event>,
    candidates: Vec<Delivery>,
    attempts: Vec<Attempt>,
    open: Option<Attempt>,
    format: Format,
}

/// `GET …/deliveries/{id}`
pub async fn latest(
    page: CompanyPage,
    path: Path<(String, String)>,
    chosen: Option<Query<Chosen>>,
) -> Result<HttpResponse, PageError> {
    let number = chosen.and_then(|chosen| chosen.attempt.clone());
    show(&page, &path.1, number.as_deref()).await
}

/// `GET …/deliveries/{id}/attempts/{number}`
pub async fn one_attempt(
    page: CompanyPage,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, PageError> {
    show(&page, &path.1, Some(&path.2)).await
}

async fn show(page: &CompanyPage, id: &str, number: Option<&str>) -> Result<HttpResponse, PageError> {
    let delivery = named(page, id).await?;
    let wanted = number.map(|text| text.parse::<i32>().unwrap_or_default());
    let scope = page.scope();
    let found: Found = page
        .store()
        .read(move |db| {
            let found = find(db, &scope, delivery, wanted)?;
            Ok::<_, StoreError>(found)
        })
        .await?;
    if let (Some(wanted), None) = (number, &found.open) {
        let number: String = wanted.chars().take(10).collect();
        return Err(PageError::NotFound(format!("Attempt {number}")));
    }
    Ok(answer::ok(&filled(page, &found)))
}

fn find(
    db: &mut Db<'_>,
    scope: &crate::domain::access::Scope,
    delivery: Delivery,
    wanted: Option<i32>,
) -> Result<Found, StoreError> {
    let optional = |error| match error {
        StoreError::NotFound => Ok(None),
        other => Err(other),
    };
    let webhook = webhooks::get(db, scope, delivery.webhook_id).map(Some).or_else(optional)?;
    let event = events::get(db, scope, delivery.event_id).map(Some).or_else(|error| match error {
        StoreError::NotFound => Ok(None),
        other => Err(other),
    })?;
    let attempts = attempts::of_delivery(db, delivery.id)?;
    let open = match wanted {
        Some(number) => attempts.iter().find(|attempt| attempt.number == number).cloned(),
        None => attempts.last().cloned(),
    };
    let now_format = webhook.as_ref().map_or_else(Format::default, |webhook| webhook.settings.format);
    let format = match &open {
        Some(open) => webhooks::version_settings(db, delivery.webhook_id, open.version)?
            .and_then(|settings| settings.get("format")?.as_str()?.parse().ok())
            .unwrap_or(now_format),
        None => now_format,
    };
    Ok(Found {
        counters: stats::of_webhook(db, delivery.webhook_id)?.counters,
        candidates: deliveries::of_event(db, scope, delivery.event_id)?,
        delivery,
        webhook,
        event,
        attempts,
        open,
        format,
    })
}

fn filled(page: &CompanyPage, found: &Found) -> ShowPage {
    let Found { delivery, webhook, event, candidates, attempts, .. } = found;
    let (label, vehicle) = (delivery.event.alert_type.list_label(), &delivery.event.vehicle_name);
    let badge = rows::badge(page, delivery);
    let title = format!("{label}, {vehicle}, {}: {}", delivery.webhook_name, badge.word);
    let times = page.times();
    let occurred = delivery.event.occurred_at;
    let state_url = format!("{}?status={}", page.urls().deliveries(), delivery.state.slug());
    let recorded = found.open.as_ref().map(|open| Recorded {
        delivery,
        all: attempts,
        open,
        event: event.as_ref(),
        format: found.format,
    });
    ShowPage {
        urls: page.urls().delivery(delivery.id.0),
        crumbs: vec![
            Link::new("Deliveries", page.urls().deliveries()),
            Link::new(delivery.state.word(), state_url),
        ],
        id: delivery.id.to_string(),
        title: format!("{label} · {vehicle} to {}", delivery.webhook_name),
        occurred: page.long(occurred),
        occurred_note: format!(
            "{} · {} UTC · {}",
            times.abbreviation(occurred),
            times.utc().sentence(occurred),
            delivery.event.alert_name
        ),
        verdict: verdict::verdict(page, delivery, webhook.as_ref(), &found.counters),
        timeline: timeline::timeline(page, delivery, candidates, attempts),
        attempt: recorded.map(|recorded| attempt::attempt(page, &recorded)),
        decision: (delivery.state == State::NotSent).then(|| decision(page, found)),
        siblings: candidates
            .iter()
            .filter(|other| other.id != delivery.id)
            .map(|other| sibling(page, other))
            .collect(),
        event_id: delivery.event_id.to_string(),
        actions: actions(page, delivery, webhook.as_ref()),
        shell: page.shell(title, Nav::Deliveries),
    }
}

fn decision(page: &CompanyPage, found: &Found) -> Decision {
    let delivery = &found.delivery;
    let mut facts = Vec::new();
    if let Some((reason, detail)) = &delivery.not_sent {
        facts.push(Fact::new("Reason", reason.sentence()).result(reason.word()));
        if let Some(detail) = detail.as_deref().filter(|detail| !detail.is_empty()) {
            facts.push(Fact::new("Detail", text::visible(detail)));
        }
    }
    facts.push(Fact::new("Decided", "").moment(page.long(delivery.created_at)));
    facts.push(Fact::new("Attempts", "none"));
    let request = found.webhook.as_ref().zip(found.event.as_ref()).map(|(webhook, event)| {
        let (endpoint, body) = (&webhook.settings.endpoint, attempt::body(Some(event), found.format));
        let start = format!("POST {} HTTP/1.1", attempt::target(&endpoint.display()));
        let headers = [("Host", endpoint.host()), ("Content-Type", "application/json")];
        Request {
            head: Code::head("Request headers", &start, headers),
            note: attempt::body_note(&body),
            body: Code::body("Request body", &body).id("request-body"),
            curl: String::new(),
            check: None,
        }
    });
    Decision { facts, request }
}

fn sibling(page: &CompanyPage, other: &Delivery) -> Sibling {
    Sibling {
        state: rows::badge(page, other),
        webhook: other.webhook_name.clone(),
        url: page.urls().delivery(other.id.0).show().to_owned(),
        result: rows::result(other),
        duration: other.duration_us.map(rows::duration).unwrap_or_default(),
    }
}

fn actions(page: &CompanyPage, delivery: &Delivery, webhook: Option<&Webhook>) -> Actions {
    let Some(webhook) = webhook else {
        return Actions::default();
    };
    let may_send = page.may(Permission::Redeliver);
    let waits = matches!(delivery.state, State::Queued | State::Retrying);
    let is_paused = webhook.paused.is_some() && delivery.trigger != Trigger::Test;
    let urls = page.urls().webhook(webhook.id.0);
    let fix = match delivery.not_sent.as_ref().map(|(reason, _)| *reason) {
        Some(NotSent::NoLink) => Some(Link::new("Link alerts", urls.links())),
        Some(NotSent::Criteria | NotSent::NotAlertHook | NotSent::TypeNotLinkable) => {
            Some(Link::new("Edit webhook", urls.edit()))
        }
        Some(NotSent::PausedHeld) if webhook.paused.is_some() => {
            Some(Link::new("Resume webhook", urls.resume()))
        }
        Some(NotSent::Inactive | NotSent::AutoDisabled) => Some(Link::new("Show webhook", urls.show())),
        _ => None,
    };
    Actions {
        send_now: may_send && waits && !is_paused,
        stop: may_send && waits,
        redeliver: may_send && delivery.has_ended(),
        fix: fix.filter(|_| page.may(Permission::ManageWebhooks)),
    }
}
