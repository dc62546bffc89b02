//! Which of the things that a text may mean there are, within a scope. Each guess is one look by number or name; only
//! webhooks, of which there are few, are read through for their names and hosts.

use std::collections::HashMap;

use diesel::prelude::*;

use super::vehicles::{self, Vehicle};
use crate::domain::access::Scope;
use crate::domain::alert_type::AlertType;
use crate::domain::ids::{AlertId, DeliveryId, EventId, ReplayId, WebhookId};
use crate::domain::search::recognise::Guess;
use crate::store::schema::{alerts, deliveries, events, replays, webhooks};
use crate::store::scoped::within;
use crate::store::{Db, StoreError};

/// Webhooks that are read through.
const WEBHOOKS_READ_MAX: i64 = 10_000;
/// Webhooks that are told of.
const WEBHOOKS_MAX: usize = 10;

/// Something that has the id or the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hit {
    /// A webhook, with its name and host.
    Webhook(WebhookId, String, String),
    /// A delivery: of an alert type, for a vehicle, to a webhook.
    Delivery(DeliveryId, AlertType, String, String),
    /// An event: of an alert type, for a vehicle.
    Event(EventId, AlertType, String),
    /// An alert, with its name.
    Alert(AlertId, String),
    /// A redelivery of many.
    Replay(ReplayId),
    /// A vehicle.
    Vehicle(Vehicle),
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    /// Has exactly the id or the name; each thing once.
    pub exact: Vec<Hit>,
    /// Webhooks whose name or host holds the text.
    pub like: Vec<Hit>,
}

/// Looks the guesses up.
pub fn find(db: &mut Db<'_>, scope: &Scope, guesses: &[Guess]) -> Result<Hits, StoreError> {
    let mut hits = Hits::default();
    for guess in guesses {
        match guess {
            Guess::Webhook(id) => hits.exact.extend(webhook(db, scope, *id)?),
            Guess::Delivery(id) => hits.exact.extend(delivery(db, scope, *id)?),
            Guess::Event(id) => hits.exact.extend(event(db, scope, *id)?),
            Guess::Alert(id) => hits.exact.extend(alert(db, scope, *id)?),
            Guess::Replay(id) => hits.exact.extend(replay(db, scope, *id)?),
            Guess::PublicId(uuid) => {
                if let Some(id) = db.public_ids().decode_delivery(uuid) {
                    hits.exact.extend(delivery(db, scope, id)?);
                }
                if let Some(id) = db.public_ids().decode_event(uuid) {
                    hits.exact.extend(event(db, scope, id)?);
                }
            }
            Guess::VehicleNumber(number) => {
                hits.exact.extend(vehicles::by_number(db, scope, *number)?.map(Hit::Vehicle));
            }
            Guess::Device(device) => {
                hits.exact.extend(vehicles::by_device(db, scope, device)?.map(Hit::Vehicle));
            }
            Guess::Host(host) => webhooks_called(db, scope, host, &mut hits)?,
            Guess::Name(name) => {
                hits.exact.extend(vehicles::by_name(db, scope, name)?.map(Hit::Vehicle));
                webhooks_called(db, scope, name, &mut hits)?;
            }
        }
    }
    let mut once: Vec<Hit> = Vec::with_capacity(hits.exact.len());
    for hit in hits.exact {
        let is_known = |other: &Hit| match (other, &hit) {
            // By its name and by its number it is the same vehicle.
            (Hit::Vehicle(a), Hit::Vehicle(b)) => a.keys == b.keys,
            (a, b) => a == b,
        };
        if !once.iter().any(is_known) {
            once.push(hit);
        }
    }
    hits.like.retain(|hit| !once.contains(hit));
    Ok(Hits { exact: once, like: hits.like })
}

fn webhook(db: &mut Db<'_>, scope: &Scope, id: WebhookId) -> Result<Option<Hit>, StoreError> {
    let query = within!(webhooks::table.into_boxed(), webhooks::company_id, scope);
    let found: Option<(String, String)> = query
        .filter(webhooks::id.eq(id.0).and(webhooks::deleted_at.is_null()))
        .select((webhooks::name, webhooks::url))
        .first(db.conn)
        .optional()?;
    Ok(found.map(|(name, url)| Hit::Webhook(id, name, host(&url).to_owned())))
}

fn delivery(db: &mut Db<'_>, scope: &Scope, id: DeliveryId) -> Result<Option<Hit>, StoreError> {
    let query = within!(
        deliveries::table.inner_join(events::table).inner_join(webhooks::table).into_boxed(),
        deliveries::company_id,
        scope
    );
    let found: Option<(i64, String, String)> = query
        .filter(deliveries::id.eq(id.0))
        .select((events::alert_type, events::vehicle_name, webhooks::name))
        .first(db.conn)
        .optional()?;
    Ok(found
        .and_then(|(kind, vehicle, name)| Some(Hit::Delivery(id, AlertType::from_id(kind)?, vehicle, name))))
}

fn event(db: &mut Db<'_>, scope: &Scope, id: EventId) -> Result<Option<Hit>, StoreError> {
    let query = within!(events::table.into_boxed(), events::company_id, scope);
    let found: Option<(i64, String)> = query
        .filter(events::id.eq(id.0))
        .select((events::alert_type, events::vehicle_name))
        .first(db.conn)
        .optional()?;
    Ok(found.and_then(|(kind, vehicle)| Some(Hit::Event(id, AlertType::from_id(kind)?, vehicle))))
}

fn alert(db: &mut Db<'_>, scope: &Scope, id: AlertId) -> Result<Option<Hit>, StoreError> {
    let query = within!(alerts::table.into_boxed(), alerts::company_id, scope);
    let name: Option<String> =
        query.filter(alerts::id.eq(id.0)).select(alerts::name).first(db.conn).optional()?;
    Ok(name.map(|name| Hit::Alert(id, name)))
}

fn replay(db: &mut Db<'_>, scope: &Scope, id: ReplayId) -> Result<Option<Hit>, StoreError> {
    let query = within!(replays::table.into_boxed(), replays::company_id, scope);
    let found: Option<i64> =
        query.filter(replays::id.eq(id.0)).select(replays::id).first(db.conn).optional()?;
    Ok(found.map(|_| Hit::Replay(id)))
}

/// Webhooks with this name or host, and those whose name or host holds it.
fn webhooks_called(db: &mut Db<'_>, scope: &Scope, text: &str, hits: &mut Hits) -> Result<(), StoreError> {
    let query = within!(webhooks::table.into_boxed(), webhooks::company_id, scope);
    let all: Vec<(i64, String, String)> = query
        .filter(webhooks::deleted_at.is_null())
        .order(webhooks::id)
        .limit(WEBHOOKS_READ_MAX)
        .select((webhooks::id, webhooks::name, webhooks::url))
        .load(db.conn)?;
    let wanted = text.to_lowercase();
    for (id, name, url) in all {
        let (lower, host) = (name.to_lowercase(), host(&url).to_owned());
        let list = if lower == wanted || host == wanted {
            &mut hits.exact
        } else if lower.contains(&wanted) || host.contains(&wanted) {
            &mut hits.like
        } else {
            continue;
        };
        let hit = Hit::Webhook(WebhookId(id), name, host);
        if list.len() < WEBHOOKS_MAX && !list.contains(&hit) {
            list.push(hit);
        }
    }
    Ok(())
}

/// The hosts of webhooks, deleted or not, whose deliveries the caller may see.
pub fn hosts(db: &mut Db<'_>, ids: &[WebhookId]) -> Result<HashMap<WebhookId, String>, StoreError> {
    let numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(i64, String)> = webhooks::table
        .filter(webhooks::id.eq_any(numbers))
        .select((webhooks::id, webhooks::url))
        .load(db.conn)?;
    Ok(rows.into_iter().map(|(id, url)| (WebhookId(id), host(&url).to_owned())).collect())
}

/// The host of a stored URL, without user and port.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.strip_prefix('[').and_then(|rest| rest.find(']')) {
        Some(end) => authority.get(..end + 2).unwrap_or(authority),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn hosts_of_stored_urls() {
        for (url, wanted) in [
            ("https://hooks.example.com", "hooks.example.com"),
            ("https://hooks.example.com:8443/a/b", "hooks.example.com"),
            ("http://127.0.0.1:8080/", "127.0.0.1"),
            ("https://[2001:db8::1]:8443/x", "[2001:db8::1]"),
            ("https://[2001:db8::1]/x", "[2001:db8::1]"),
        ] {
            assert_eq!(host(url), wanted);
        }
    }
}
