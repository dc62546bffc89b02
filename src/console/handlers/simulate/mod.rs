//! Simulate: the decisions that intake would take about an event, and the requests that the engine would make.

mod found;
mod query;
mod result;

use actix_web::{HttpRequest, HttpResponse};

use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::field::Choice;
use crate::console::payloads::Payloads;
use crate::console::shell::Nav;
use crate::console::simulate::{Form, Paste, SimulatePage};
use crate::domain::alert::Alert;
use crate::domain::ids::EventId;
use crate::store::{Db, StoreError, alerts, events};
use crate::web::page as answer;
use found::Found;
use query::Asked;

/// Alerts to choose from; every other one can be typed.
const ALERTS_OFFERED: i64 = 40;

/// What is read for the page.
struct Seen {
    offered: Vec<Alert>,
    found: Option<Found>,
}

/// `GET …/simulate?alert=103&at=14:00&vehicle=TRK-118&webhook=41`, `…/simulate?event=9001`
pub async fn show(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let asked = Asked::parse(request.query_string(), page.times());
    answered(&page, asked).await
}

/// `POST …/simulate` with an event as JSON. It changes nothing: a POST since an address has no room for it.
pub async fn send(page: CompanyPage, form: CsrfForm) -> Result<HttpResponse, PageError> {
    answered(&page, Asked::pasted(&form.0)).await
}

async fn answered(page: &CompanyPage, mut asked: Asked) -> Result<HttpResponse, PageError> {
    let payloads = Payloads::of(page).await?;
    if let Some(typed) = &asked.event {
        let missing = || PageError::NotFound(format!("Event {}", typed.chars().take(40).collect::<String>()));
        let by_number = crate::console::extract::company::number(typed).map(EventId);
        let id = by_number.or_else(|| page.store().public_ids().decode_event(typed)).ok_or_else(missing)?;
        let scope = page.scope();
        let event = page.store().read(move |db| events::get(db, &scope, id)).await;
        let event = event.map_err(|error| match error {
            StoreError::NotFound => missing(),
            other => other.into(),
        })?;
        let is_masked = payloads.hides(event.id);
        asked.take(event, is_masked);
    }
    let (scope, now, question) = (page.scope(), page.now(), asked.question());
    let seen = page
        .store()
        .read(move |db: &mut Db<'_>| {
            let offered = alerts::list(db, &scope, ALERTS_OFFERED)?;
            let found = match question {
                Some(question) => found::read(db, &scope, question, now)?,
                None => None,
            };
            Ok::<_, StoreError>(Seen { offered, found })
        })
        .await?;
    if seen.found.is_none() {
        asked.has_no_alert();
    }
    let shown = filled(page, &asked, &seen, &payloads);
    Ok(if asked.problems.is_empty() { answer::ok(&shown) } else { answer::unprocessable(&shown) })
}

fn filled(page: &CompanyPage, asked: &Asked, seen: &Seen, payloads: &Payloads) -> SimulatePage {
    let title = match &seen.found {
        Some(found) => format!("{} · Simulate", found.event.payload.vehicle_name),
        None => "Simulate".to_owned(),
    };
    SimulatePage {
        errors: asked.errors(),
        form: Form {
            alert: asked.alert_field(),
            alerts: seen
                .offered
                .iter()
                .map(|alert| Choice::new(alert.id.to_string(), &alert.name, false))
                .collect(),
            vehicle: asked.vehicle_field(),
            at: asked.at_field(),
        },
        paste: Paste {
            alert: asked.pasted_alert_field(),
            json: asked.json_field(),
            is_open: asked.is_pasted(),
        },
        result: seen.found.as_ref().map(|found| result::simulated(page, asked, found, payloads)),
        shell: page.shell(title, Nav::Simulate),
    }
}
