//! A fired alert becomes signed requests, retries and history.

mod auto_disable;
mod certificate;
mod decisions;
mod libraries;
mod lifecycle;
mod pause;
mod recovery;
mod replay;
mod retention;
mod wire;

use belfry::domain::ids::{AlertId, WebhookId};
use serde_json::{Value, json};

use crate::support::ApiClient;

/// A webhook made through the Telemax door.
pub struct Hook {
    pub id: WebhookId,
}

pub async fn telemax_webhook(api: &ApiClient, url: &str, alerts: &[AlertId]) -> Hook {
    let made = api.post("/api/v2/webhooks", &json!({ "url": url, "alertIds": alerts })).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let made = made.json();
    Hook { id: WebhookId(made["id"].as_i64().unwrap()) }
}

pub fn event() -> Value {
    json!({
        "vehicleId": 88421,
        "vehicleName": "Delivery Van 07",
        "position": { "lat": -33.8688, "lng": 151.2093 },
        "direction": 270,
        "timestamp": "2026-04-28T06:14:22Z",
        "address": null,
        "data": null,
    })
}

/// Fires an alert and returns the answer.
pub async fn fire(api: &ApiClient, alert: AlertId) -> Value {
    let answer = api.post(&format!("/api/v2/alerts/{alert}/events"), &event()).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    answer.json()
}
