//! One table, several doors: what is made at one is there at all others, and each changes only what it knows.

use belfry::domain::access::Scope;
use belfry::domain::ids::WebhookId;
use belfry::domain::webhook::Webhook;
use belfry::store::webhooks;
use serde_json::{Value, json};

use super::URL;
use crate::support::TestApp;

const OTHER: &str = "https://moved.example.com/in";

/// A door, as far as all of them are alike.
struct Door {
    collection: &'static str,
    spelled: fn(i64) -> String,
    url_field: &'static str,
    body: fn(&str) -> Value,
}

const DOORS: [Door; 4] = [
    Door {
        collection: "/api/v2/webhooks",
        spelled: |id| id.to_string(),
        url_field: "url",
        body: |url| json!({ "url": url, "isGlobal": true }),
    },
    Door {
        collection: "/webhooks",
        spelled: |id| id.to_string(),
        url_field: "endpoint",
        body: |url| json!({ "endpoint": url, "isAlertHook": true, "authType": "header", "token": "t0ken-t0ken" }),
    },
    Door {
        collection: "/public/v1/notifications/webhooks",
        spelled: |id| WebhookId(id).softwareone(),
        url_field: "url",
        body: |url| json!({ "url": url }),
    },
    Door {
        collection: "/api/v1/alerting/webhook-endpoints",
        spelled: |id| format!("wh-{id:03}"),
        url_field: "url",
        body: |url| json!({ "name": "Ops", "url": url, "signingEnabled": true }),
    },
];

async fn stored(app: &TestApp, id: i64) -> Webhook {
    let found = app.services.store.read(move |db| webhooks::get(db, &Scope::service(), WebhookId(id))).await;
    found.expect("a webhook")
}

#[tokio::test]
async fn made_at_one_door_and_read_changed_and_deleted_at_every_other() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    let mut id = 0;
    for made_at in &DOORS {
        for used_at in &DOORS {
            let created = api.post(made_at.collection, &(made_at.body)(URL)).await;
            assert!(matches!(created.status, 200 | 201), "{}", created.text);
            id += 1;
            let path = format!("{}/{}", used_at.collection, (used_at.spelled)(id));
            let seen = api.get(&path).await;
            assert_eq!((seen.status, &seen.json()[used_at.url_field]), (200, &json!(URL)), "{path}");
            let before = stored(&app, id).await;
            let changed = api.put(&path, &(used_at.body)(OTHER)).await;
            assert_eq!(changed.status, 200, "{path}: {}", changed.text);
            let after = stored(&app, id).await;
            assert_eq!(after.settings.endpoint.as_str(), OTHER);
            assert_eq!(after.settings.format, before.settings.format, "the format stays");
            assert_eq!(after.settings.receives, before.settings.receives, "the scope stays");
            assert_eq!(after.settings.description, before.settings.description);
            assert_eq!(after.settings.criteria, before.settings.criteria);
            if used_at.collection != "/webhooks" {
                assert_eq!(after.settings.auth, before.settings.auth, "{path} does not know credentials");
            }
            if used_at.collection != "/api/v1/alerting/webhook-endpoints" {
                assert_eq!((&after.settings.name, &after.secret), (&before.settings.name, &before.secret));
                assert_eq!(after.settings.signing, before.settings.signing);
            }
            assert!(matches!(api.delete(&path).await.status, 200 | 204), "{path}");
            for door in &DOORS {
                let gone = api.get(&format!("{}/{}", door.collection, (door.spelled)(id))).await;
                assert_eq!(gone.status, 404, "{path}");
            }
        }
    }
}
