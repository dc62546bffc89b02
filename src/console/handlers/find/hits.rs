//! What the search box named.

use crate::console::extract::CompanyPage;
use crate::console::find;
use crate::store::search::hits::Hit;

/// Where the only hit leads; `None` for a vehicle, whose events are shown here.
pub(super) fn elsewhere(page: &CompanyPage, hit: &Hit) -> Option<String> {
    let urls = page.urls();
    Some(match hit {
        Hit::Webhook(id, ..) => urls.webhook(id.0).show().to_owned(),
        Hit::Delivery(id, ..) => urls.delivery(id.0).show().to_owned(),
        Hit::Event(id, ..) => urls.find_event(id.0),
        Hit::Alert(id, _) => urls.find_alert(id.0),
        Hit::Replay(id) => urls.replay(id.0).show().to_owned(),
        Hit::Vehicle(_) => return None,
    })
}

/// The list to choose from, when there are several.
pub(super) fn several(page: &CompanyPage, hits: &[Hit]) -> Vec<find::Hit> {
    if hits.len() < 2 {
        return Vec::new();
    }
    hits.iter().map(|hit| one(page, hit)).collect()
}

fn one(page: &CompanyPage, hit: &Hit) -> find::Hit {
    let (what, detail) = match hit {
        Hit::Webhook(id, name, host) => (format!("Webhook {id}"), format!("{name} · {host}")),
        Hit::Delivery(id, kind, vehicle, webhook) => {
            (format!("Delivery {id}"), format!("{} · {vehicle} to {webhook}", kind.list_label()))
        }
        Hit::Event(id, kind, vehicle) => {
            (format!("Event {id}"), format!("{} · {vehicle}", kind.list_label()))
        }
        Hit::Alert(id, name) => (format!("Alert {id}"), name.clone()),
        Hit::Replay(id) => (format!("Redelivery {id}"), "of many deliveries".to_owned()),
        Hit::Vehicle(vehicle) => match vehicle.number {
            Some(number) => (format!("Vehicle {}", vehicle.name), format!("number {number}")),
            None => (format!("Vehicle {}", vehicle.name), "its events are below".to_owned()),
        },
    };
    let url = elsewhere(page, hit).unwrap_or_else(|| match hit {
        Hit::Vehicle(vehicle) => super::Query::default().of_vehicle(&vehicle.name).url(page.urls()),
        _ => page.urls().find(),
    });
    find::Hit { what, detail, url }
}
