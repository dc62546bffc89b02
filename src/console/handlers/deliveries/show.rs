//! One delivery with everything that happened to it.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::attempt::{self, Recorded};
use super::place::Place;
use super::timeline::Told;
use super::{configuration, decision, named, rows, timeline, verdict};
use crate::console::deliveries::show::{Actions, ShowPage, Sibling};
use crate::console::deliveries::sight::{RevealForm, Sight};
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::parts::Link;
use crate::console::parts::field::{Field, FormError};
use crate::console::payloads::Payloads;
use crate::console::shell::Nav;
use crate::domain::access::{Permission, Scope};
use crate::domain::audit::line::Line;
use crate::domain::delivery::{State, Trigger};
use crate::domain::event::Event;
use crate::domain::history::{Attempt, Delivery};
use crate::domain::page::Cursor;
use crate::domain::problem::Problems;
use crate::domain::replay::{Old, judge};
use crate::domain::reveal::{self, Reveal};
use crate::domain::stats::Counters;
use crate::domain::webhook::Webhook;
use crate::store::webhook_versions::{self, Version};
use crate::store::{Db, StoreError, attempts, audit, deliveries, events, stats, webhooks};
use crate::web::{page as answer, text};

/// Changes of the webhook that are looked at.
const TRAIL_MAX: i64 = 100;
/// Other deliveries of the event in the table; the event's own page has all of them.
const SIBLINGS_MAX: usize = 10;
/// Things that people did with the delivery itself.
const OWN_MAX: i64 = 20;

/// What is read for the page.
pub struct Found {
    pub(super) delivery: Delivery,
    pub(super) webhook: Option<Webhook>,
    counters: Counters,
    pub(super) event: Option<Event>,
    candidates: Vec<Delivery>,
    attempts: Vec<Attempt>,
    open: Option<Attempt>,
    /// How the webhook was set up at the open attempt.
    version: Option<Version>,
    /// What was done with the webhook, newest first.
    pub(super) trail: Vec<Line>,
    /// What people did with the delivery, newest first.
    own: Vec<Line>,
    /// The neighbours in the list.
    newer: Option<Delivery>,
    older: Option<Delivery>,
    pub(super) place: Place,
    /// What the person sees of the event's values. What is here of them in words is masked already.
    pub(super) payloads: Payloads,
}

/// `GET …/deliveries/{id}`
pub async fn latest(
    page: CompanyPage,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, PageError> {
    let place = Place::parse(request.query_string(), page.times());
    if let Some(other) = &place.compare {
        return super::compare::latest(&page, &path.1, other, &place).await;
    }
    let number = place.attempt.clone();
    show(&page, &path.1, number.as_deref(), place).await
}

/// `GET …/deliveries/{id}/attempts/{number}`
pub async fn one_attempt(
    page: CompanyPage,
    path: Path<(String, String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, PageError> {
    let place = Place::parse(request.query_string(), page.times());
    show(&page, &path.1, Some(&path.2), place).await
}

async fn show(
    page: &CompanyPage,
    id: &str,
    number: Option<&str>,
    place: Place,
) -> Result<HttpResponse, PageError> {
    let delivery = named(page, id).await?;
    let found = seen(page, delivery, number, place).await?;
    Ok(answer::ok(&filled(page, &found, &Typed::default())))
}

/// What was typed to reveal a payload, and what is wrong with it.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) reason: String,
    pub(super) problems: Problems,
}

/// The page again, with what is wrong with the reason of a reveal.
pub(super) async fn again(
    page: &CompanyPage,
    delivery: Delivery,
    number: Option<&str>,
    place: Place,
    typed: &Typed,
) -> Result<HttpResponse, PageError> {
    let found = seen(page, delivery, number, place).await?;
    Ok(answer::unprocessable(&filled(page, &found, typed)))
}

async fn seen(
    page: &CompanyPage,
    delivery: Delivery,
    number: Option<&str>,
    place: Place,
) -> Result<Found, PageError> {
    let wanted = number.map(|text| text.parse::<i32>().unwrap_or_default());
    let (scope, payloads) = (page.scope(), Payloads::of(page).await?);
    let found: Result<Found, StoreError> =
        page.store().read(move |db| find(db, &scope, delivery, wanted, place, payloads)).await;
    let found = found?;
    if let (Some(wanted), None) = (number, &found.open) {
        return Err(PageError::NotFound(format!("Attempt {}", attempt::shown_number(wanted))));
    }
    Ok(found)
}

fn find(
    db: &mut Db<'_>,
    scope: &Scope,
    delivery: Delivery,
    wanted: Option<i32>,
    place: Place,
    payloads: Payloads,
) -> Result<Found, StoreError> {
    let (webhook, event) = (delivery.webhook_id, delivery.event_id);
    let attempts = attempts::of_delivery(db, delivery.id)?;
    let open = match wanted {
        Some(number) => attempts.iter().find(|attempt| attempt.number == number).cloned(),
        None => attempts.last().cloned(),
    };
    let version = match &open {
        Some(open) => webhook_versions::get(db, webhook, open.version)?,
        None => None,
    };
    let filter = place.list.as_ref().map(|list| list.filter.clone()).unwrap_or_default();
    let mut beside =
        |cursor| deliveries::page(db, scope, &filter, cursor, 1).map(|mut page| page.items.pop());
    let (newer, older) = (beside(Cursor::After(delivery.id.0))?, beside(Cursor::Before(delivery.id.0))?);
    let of_webhook = ("webhook", webhook.0);
    let of_delivery = ("delivery", delivery.id.0);
    Ok(Found {
        webhook: there(webhooks::get(db, scope, webhook))?,
        event: there(events::get(db, scope, event))?,
        counters: stats::of_webhook(db, webhook)?.counters,
        candidates: payloads.deliveries(deliveries::of_event(db, scope, event)?),
        trail: audit::page_of_object(db, of_webhook, "webhook.test", Cursor::Newest, TRAIL_MAX)?.items,
        // Who looked at it changed nothing about it.
        own: audit::page_of_object(db, of_delivery, reveal::ACTION, Cursor::Newest, OWN_MAX)?.items,
        delivery: payloads.delivery(delivery),
        attempts,
        open,
        version,
        newer,
        older,
        place,
        payloads,
    })
}

/// `None` for what is not there any more.
fn there<T>(found: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

fn filled(page: &CompanyPage, found: &Found, typed: &Typed) -> ShowPage {
    let Found { delivery, webhook, event, candidates, attempts, place, .. } = found;
    let (label, vehicle) = (delivery.event.alert_type.list_label(), &delivery.event.vehicle_name);
    let badge = rows::badge(page, delivery);
    let title = format!("{label}, {vehicle}, {}: {}", delivery.webhook_name, badge.word);
    let times = page.times();
    let occurred = delivery.event.occurred_at;
    let now_format = webhook.as_ref().map(|webhook| webhook.settings.format).unwrap_or_default();
    let then_format =
        found.version.as_ref().and_then(|version| version.settings.get("format")?.as_str()?.parse().ok());
    let recorded = found.open.as_ref().map(|open| Recorded {
        delivery,
        all: attempts,
        open,
        event: event.as_ref(),
        format: then_format.unwrap_or(now_format),
        place,
        payloads: &found.payloads,
        configuration: configuration::facts(
            page,
            open,
            found.version.as_ref(),
            webhook.as_ref(),
            &found.trail,
        ),
    });
    let neighbour = |other: &Option<Delivery>| {
        let other = other.as_ref()?;
        Some(place.at(page.urls().delivery(other.id.0).show()))
    };
    let told = Told { delivery, candidates, attempts, own: &found.own, trail: &found.trail };
    let problems = typed.problems.0.iter();
    ShowPage {
        errors: problems
            .map(|problem| FormError::new("reason", format!("Reason: {}", problem.message)))
            .collect(),
        sight: sight(page, found, typed),
        urls: page.urls().delivery(delivery.id.0),
        place: place.at(""),
        crumbs: crumbs(page, found),
        previous: neighbour(&found.newer),
        next: neighbour(&found.older),
        id: delivery.id.to_string(),
        title: format!("{label} · {vehicle} to {}", delivery.webhook_name),
        occurred: page.long(occurred),
        occurred_note: format!(
            "{} · {} UTC · {}",
            times.abbreviation(occurred),
            times.utc().sentence(occurred),
            delivery.event.alert_name
        ),
        verdict: verdict::verdict(page, delivery, webhook.as_ref(), &found.counters, attempts.last()),
        timeline: timeline::timeline(page, &told),
        attempt: recorded.as_ref().map(|recorded| attempt::attempt(page, recorded)),
        decision: (delivery.state == State::NotSent).then(|| decision::decision(page, found)),
        siblings: candidates
            .iter()
            .filter(|other| other.id != delivery.id)
            .take(SIBLINGS_MAX)
            .map(|other| sibling(page, other))
            .collect(),
        all_siblings: (candidates.len() > SIBLINGS_MAX + 1)
            .then(|| timeline::all_of_event(page, delivery, candidates.len())),
        event_id: delivery.event_id.to_string(),
        actions: actions(page, found),
        shell: page.shell(title, Nav::Deliveries),
    }
}

/// What the person sees of the values, and how they see them all.
fn sight(page: &CompanyPage, found: &Found, typed: &Typed) -> Sight {
    let Found { delivery, payloads, place, .. } = found;
    if let Some(reveal) = payloads.reveal(delivery.event_id) {
        return Sight::Revealed(revealed(page, reveal));
    }
    let has_bodies = found.open.is_some() || delivery.state == State::NotSent;
    if !has_bodies || !payloads.hides(delivery.event_id) {
        return Sight::Whole;
    }
    Sight::Masked(RevealForm {
        action: place.at(&page.urls().delivery(delivery.id.0).reveal()),
        attempt: found.open.as_ref().map(|open| rows::count(open.number)),
        reason: Field::new("reason", "Reason")
            .value(&typed.reason)
            .hint("A ticket, or who asked. The company reads it in its audit trail.")
            .judged(&typed.problems, "reason"),
    })
}

/// "Revealed by you at 14:02 because “ticket 4711”; masked again at 15:02."
fn revealed(page: &CompanyPage, reveal: &Reveal) -> String {
    let at = |at| page.times().sentence(at);
    let reason = text::visible(&reveal.reason);
    format!(
        "Revealed by you at {} because “{reason}”; masked again at {}.",
        at(reveal.at),
        at(reveal.ends_at())
    )
}

/// The way up: the list as it was, or else the deliveries in the same state.
fn crumbs(page: &CompanyPage, found: &Found) -> Vec<Link> {
    let state = found.delivery.state;
    if found.place.list.is_some() {
        return vec![
            Link::new("Deliveries", page.urls().deliveries()),
            Link::new("Filtered list", found.place.list_url(page.urls())),
        ];
    }
    let url = format!("{}?status={}", page.urls().deliveries(), state.slug());
    vec![Link::new("Deliveries", page.urls().deliveries()), Link::new(state.word(), url)]
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

fn actions(page: &CompanyPage, found: &Found) -> Actions {
    let Some(webhook) = &found.webhook else {
        return Actions::default();
    };
    let delivery = &found.delivery;
    let may_send = page.may(Permission::Redeliver);
    let waits = matches!(delivery.state, State::Queued | State::Retrying);
    let is_paused = webhook.paused.is_some() && delivery.trigger != Trigger::Test;
    // What is refused is not offered.
    let can_repeat = judge(&Old {
        state: delivery.state,
        trigger: delivery.trigger,
        is_held: delivery.is_held(),
        is_deleted: false,
        is_live: webhook.is_live(),
    })
    .is_ok();
    let was_sent = delivery.state != State::NotSent;
    let (fix, mend) = decision::remedy(page, found);
    Actions {
        send_now: may_send && waits && !is_paused,
        stop: may_send && waits,
        redeliver: may_send && can_repeat && was_sent,
        send_anyway: may_send && can_repeat && !was_sent,
        fix,
        mend,
    }
}
