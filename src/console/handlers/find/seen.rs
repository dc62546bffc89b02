//! What is read for the page, all of it bounded.

use std::collections::{HashMap, HashSet};

use super::PAGE_SIZE;
use super::query::Query;
use crate::domain::access::Scope;
use crate::domain::company::Company;
use crate::domain::delivery::Trigger;
use crate::domain::event::Event;
use crate::domain::history::Delivery;
use crate::domain::ids::{AlertId, CompanyId, EventId, WebhookId};
use crate::domain::search::recognise::recognise;
use crate::store::search::alerts::{Able, Link};
use crate::store::search::events::Asked;
use crate::store::search::hits::{Hit, Hits};
use crate::store::search::{alerts, events as found, hits, vehicles};
use crate::store::{Db, StoreError, companies, deliveries, events};

/// What the page is made of.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// What the search box names.
    pub(super) hits: Hits,
    /// What was looked for among events; nothing when the search box named other things only.
    pub(super) asked: Asked,
    /// The events, each with its deliveries in the scope.
    pub(super) stories: Vec<(Event, Vec<Delivery>)>,
    pub(super) older: Option<EventId>,
    /// Whether nothing was left unread.
    pub(super) is_certain: bool,
    pub(super) hosts: HashMap<WebhookId, String>,
    /// The companies of the events.
    pub(super) companies: HashMap<CompanyId, Company>,
    /// The links of alerts whose events no webhook could have got.
    pub(super) links: HashMap<AlertId, Vec<Link>>,
    /// Read when there are no events.
    pub(super) nothing: Option<Nothing>,
}

/// What is known when there are no events.
#[derive(Debug, Default)]
pub(super) struct Nothing {
    /// The vehicle's newest event before the end of the window …
    pub(super) last: Option<Event>,
    /// … and its newest of the asked kind.
    pub(super) last_of_kind: Option<Event>,
    /// The alerts that may have fired; `None` when any alert would do.
    pub(super) able: Option<Vec<Able>>,
    /// Names of vehicles that look like the asked one.
    pub(super) names: Vec<String>,
}

pub(super) fn read(db: &mut Db<'_>, scope: &Scope, query: &Query) -> Result<Seen, StoreError> {
    let mut seen = Seen { is_certain: true, ..Seen::default() };
    if !query.problems.is_empty() || query.is_empty() {
        return Ok(seen);
    }
    if !query.event.is_empty() {
        let guesses = recognise(&format!("event {}", query.event));
        let hits = hits::find(db, scope, guesses.get(..1).unwrap_or_default())?;
        if let Some(Hit::Event(id, ..)) = hits.exact.first() {
            let event = events::get(db, scope, *id)?;
            tell(db, scope, &mut seen, vec![event])?;
        }
        return Ok(seen);
    }
    if query.q.trim().is_empty() {
        let vehicle =
            if query.vehicle.is_empty() { None } else { Some(vehicles::named(db, scope, &query.vehicle)?) };
        seen.asked = Asked {
            vehicle,
            alert: query.alert,
            alert_type: query.alert_type,
            window: query.window,
            before: query.before,
        };
    } else {
        seen.hits = hits::find(db, scope, &recognise(&query.q))?;
        let vehicle = seen.hits.exact.iter().find_map(|hit| match hit {
            Hit::Vehicle(vehicle) => Some(vehicle.clone()),
            _ => None,
        });
        if vehicle.is_none() {
            if seen.hits.exact.is_empty() {
                let names = vehicles::like(db, scope, query.q.trim())?;
                seen.nothing = Some(Nothing { names, ..Nothing::default() });
            }
            return Ok(seen);
        }
        seen.asked = Asked { vehicle, before: query.before, ..Asked::default() };
    }
    let asked = seen.asked.clone();
    let page = found::newest(db, scope, &asked, PAGE_SIZE)?;
    (seen.older, seen.is_certain) = (page.older, page.certain);
    if page.events.is_empty() {
        seen.nothing = Some(nothing(db, scope, &asked)?);
    }
    tell(db, scope, &mut seen, page.events)?;
    Ok(seen)
}

/// Adds what belongs to `events`.
fn tell(db: &mut Db<'_>, scope: &Scope, seen: &mut Seen, events: Vec<Event>) -> Result<(), StoreError> {
    let ids: HashSet<CompanyId> = events.iter().map(|event| event.company_id).collect();
    seen.companies = companies::of_ids(db, scope, &Vec::from_iter(ids))?;
    for event in events {
        let deliveries = deliveries::of_event(db, scope, event.id)?;
        let is_alone =
            !event.is_test && deliveries.iter().all(|delivery| delivery.trigger != Trigger::Automatic);
        if is_alone && !seen.links.contains_key(&event.alert_id) {
            seen.links.insert(event.alert_id, alerts::links(db, scope, event.alert_id)?);
        }
        seen.stories.push((event, deliveries));
    }
    let webhooks: HashSet<WebhookId> = seen
        .stories
        .iter()
        .flat_map(|(_, deliveries)| deliveries)
        .map(|delivery| delivery.webhook_id)
        .collect();
    seen.hosts = hits::hosts(db, &Vec::from_iter(webhooks))?;
    Ok(())
}

fn nothing(db: &mut Db<'_>, scope: &Scope, asked: &Asked) -> Result<Nothing, StoreError> {
    let end = asked.window.map(|window| window.to);
    let mut nothing = Nothing::default();
    if let Some(vehicle) = &asked.vehicle {
        let alone = Asked { vehicle: Some(vehicle.clone()), ..Asked::default() };
        nothing.last = found::last_before(db, scope, &alone, end)?;
        if asked.alert.is_some() || asked.alert_type.is_some() {
            let of_kind = Asked { window: None, before: None, ..asked.clone() };
            nothing.last_of_kind = found::last_before(db, scope, &of_kind, end)?;
        }
        if !vehicle.is_known {
            nothing.names = vehicles::like(db, scope, &vehicle.name)?;
        }
    }
    if asked.alert.is_some() || asked.alert_type.is_some() {
        let able = alerts::able(db, scope, asked.alert, asked.alert_type, asked.vehicle.as_ref())?;
        nothing.able = Some(able);
    }
    Ok(nothing)
}
