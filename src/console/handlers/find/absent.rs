//! What is said when there are no events.

use super::query::Query;
use super::seen::{Nothing, Seen};
use crate::console::extract::CompanyPage;
use crate::console::find::Absent;
use crate::console::parts::Link;
use crate::domain::search::absence::{Absence, Alert, Facts, Kind, Standing};
use crate::domain::search::recognise::cleaned;
use crate::domain::search::story;
use crate::store::search::READ_MAX;
use crate::store::search::alerts::Able;
use crate::store::search::hits::Hit;
use crate::web::text;

/// What is said; `None` when there is something to show.
pub(super) fn absent(page: &CompanyPage, query: &Query, seen: &Seen) -> Option<Absent> {
    if !query.problems.is_empty() || query.is_empty() {
        return None;
    }
    let nothing = seen.nothing.as_ref()?;
    let mut suggestions: Vec<Link> =
        nothing.names.iter().map(|name| Link::new(name, query.of_vehicle(name).url(page.urls()))).collect();
    if !query.q.trim().is_empty() && seen.asked.vehicle.is_none() {
        suggestions.extend(seen.hits.like.iter().filter_map(|hit| match hit {
            Hit::Webhook(id, name, _) => Some(Link::new(name, page.urls().webhook(id.0).show())),
            _ => None,
        }));
        return Some(unknown(page, query, suggestions));
    }
    let Absence { headline, sentences } = Absence::of(&facts(page, query, seen, nothing));
    let mut actions = Vec::new();
    if let (Some(wider), Some(_)) = (query.width.wider(), query.window) {
        let text = format!("Search {}", wider.label());
        actions.push(Link::new(text, query.of_width(wider).url(page.urls())));
    }
    if let (Some(vehicle), Some(_)) = (&seen.asked.vehicle, &nothing.last) {
        let text = format!("All events of {}", vehicle.name);
        actions.push(Link::new(text, query.vehicle_alone().url(page.urls())));
    }
    if let Some(older) = seen.older {
        actions.push(Link::new("Look further back", query.older(older).url(page.urls())));
    }
    Some(Absent { headline, sentences, suggestions, actions })
}

/// Nothing has this id or name.
fn unknown(page: &CompanyPage, query: &Query, suggestions: Vec<Link>) -> Absent {
    let headline = match cleaned(&query.q) {
        Some(text) => format!("Nothing here has the id or the name {}.", text::visible(&text)),
        None => "Nothing here has an id or a name as long as this.".to_owned(),
    };
    let kept = format!("Events and deliveries are kept for {}.", page.retention());
    Absent { headline, sentences: vec![kept], suggestions, actions: Vec::new() }
}

fn facts(page: &CompanyPage, query: &Query, seen: &Seen, nothing: &Nothing) -> Facts {
    let at = |event: &crate::domain::event::Event| page.times().sentence(event.received_at);
    let asked = &seen.asked;
    Facts {
        vehicle: asked.vehicle.as_ref().map(|vehicle| text::visible(&vehicle.name).into_owned()),
        kind: match (asked.alert, asked.alert_type) {
            (Some(alert), _) => Kind::Alert(alert.0),
            (None, Some(kind)) => Kind::Type(kind.list_label().to_owned()),
            (None, None) => Kind::Any,
        },
        window: query.window.map(|window| page.times().ends(window)),
        last: nothing.last.as_ref().map(|event| (at(event), story::title(event).what)),
        last_of_kind: nothing.last_of_kind.as_ref().map(at),
        alerts: nothing.able.iter().flatten().map(|able| alert(page, query, able)).collect(),
        looked_at: (!seen.is_certain).then(|| text::count(u64::try_from(READ_MAX).unwrap_or_default())),
        retention: page.retention(),
    }
}

fn alert(page: &CompanyPage, query: &Query, able: &Able) -> Alert {
    let sentence = |at| page.times().sentence(at);
    let (from, to) = match query.window {
        Some(window) => (Some(window.from), window.to),
        None => (None, page.now()),
    };
    let standing = match (able.deleted_at, able.watches_others) {
        (Some(at), _) if at < to => Standing::DeletedAt(sentence(at)),
        (_, Some(others)) => Standing::WatchesOthers(others),
        _ if from.is_some_and(|from| able.created_at > from) => Standing::SetUpAt(sentence(able.created_at)),
        _ => Standing::Watches,
    };
    Alert { number: able.id.0, name: able.name.clone(), standing }
}
