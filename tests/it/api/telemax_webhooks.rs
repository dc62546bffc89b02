//! Create, list, get, update, delete.

use belfry::actions::webhooks::{self, NewWebhook, WebhookUpdate};
use belfry::domain::access::Action;
use belfry::domain::ids::{CompanyId, WebhookId};
use belfry::domain::webhook::Receives;
use belfry::domain::webhook::auth::AuthInput;
use belfry::domain::webhook::settings::Change;
use belfry::store;
use serde_json::{Value, json};

use super::{URL, create, shape, verdict};
use crate::support::{ApiClient, TestApp};

const WEBHOOKS: &str = "/api/v2/webhooks";

/// Northline with an alert of each of two types, and a client.
async fn northline() -> (TestApp, CompanyId, ApiClient, i64, i64) {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let (speeding, ignition) = (app.alert(company, 10).await, app.alert(company, 8).await);
    let api = app.api(company).await;
    (app, company, api, speeding.0, ignition.0)
}

async fn stored(app: &TestApp, id: i64) -> belfry::domain::webhook::Webhook {
    let everything = app.context().caller.scope();
    app.services.store.read(move |db| store::webhooks::get(db, &everything, WebhookId(id))).await.unwrap()
}

#[tokio::test]
async fn the_secret_is_shown_once() {
    let (app, _, api, speeding, ignition) = northline().await;
    let made = api.post(WEBHOOKS, &json!({ "url": URL, "alertIds": [speeding, speeding] })).await;
    shape("telemax_webhook_created", &app, &made);
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    let path = format!("{WEBHOOKS}/{}", made.json()["id"]);
    shape("telemax_webhook", &app, &api.get(&path).await);
    let changed =
        api.put(&path, &json!({ "url": URL, "alertIds": [ignition, speeding], "isActive": false })).await;
    shape("telemax_webhook_updated", &app, &changed);
    shape("telemax_webhooks", &app, &api.get(WEBHOOKS).await);
    assert_eq!(
        api.get(&path).await.json(),
        changed.json(),
        "the alerts keep the order in which they were given"
    );
    for answer in [changed, api.get(&path).await, api.get(WEBHOOKS).await] {
        assert!(!answer.text.contains(&secret));
    }
}

#[tokio::test]
async fn a_new_webhook_signs_in_the_telemax_format_and_is_called_after_its_host() {
    let (app, _, api, speeding, _) = northline().await;
    let linked = stored(&app, create(&api, &[speeding]).await).await;
    let settings = &linked.settings;
    assert_eq!((settings.name.as_str(), settings.signing), ("hooks.example.com", true));
    assert_eq!((settings.format.name(), settings.auth.auth_type().name()), ("telemax", "none"));
    assert_eq!(settings.receives, Receives::Linked);
    assert_eq!(stored(&app, create(&api, &[]).await).await.settings.receives, Receives::All);
}

#[tokio::test]
async fn a_global_webhook_keeps_its_alerts_and_warns_of_nothing() {
    let (_app, _, api, speeding, ignition) = northline().await;
    let body = json!({ "url": URL, "alertIds": [speeding, ignition], "isGlobal": true });
    let made = api.post(WEBHOOKS, &body).await.json();
    assert_eq!((&made["alertIds"], &made["warning"]), (&json!([speeding, ignition]), &Value::Null));
    let unknown = json!({ "url": URL, "alertIds": [999_999], "isGlobal": true });
    assert_eq!(verdict(&api.post(WEBHOOKS, &unknown).await), "422 ALERT_NOT_FOUND");
}

#[tokio::test]
async fn what_creating_refuses() {
    let (app, company, api, speeding, _) = northline().await;
    let idling = app.alert(company, 7).await;
    let foreign = app.alert(app.company("Mallory Ltd").await, 8).await;
    let many: Vec<i64> = (1..=51).collect();
    for (body, expected) in [
        (json!({}), "422 INVALID_BODY"),
        (json!({ "url": null, "alertIds": [speeding] }), "422 INVALID_BODY"),
        (json!({ "url": URL, "alertIds": speeding }), "422 INVALID_BODY"),
        (json!({ "url": URL, "alertIds": [speeding], "isActive": 1 }), "422 INVALID_BODY"),
        (json!({ "url": "", "alertIds": [speeding] }), "422 INVALID_URL"),
        (json!({ "url": "ftp://hooks.example.com/", "alertIds": [speeding] }), "422 INVALID_URL"),
        (json!({ "url": "https://169.254.169.254/", "alertIds": [speeding] }), "422 INVALID_URL"),
        (json!({ "url": "https://u:p@hooks.example.com/", "alertIds": [speeding] }), "422 INVALID_URL"),
        (json!({ "url": URL }), "422 ALERT_IDS_REQUIRED"),
        (json!({ "url": URL, "alertIds": [], "isGlobal": false }), "422 ALERT_IDS_REQUIRED"),
        (json!({ "url": URL, "alertIds": [999_999] }), "422 ALERT_NOT_FOUND"),
        (json!({ "url": URL, "alertIds": [speeding, foreign] }), "422 ALERT_NOT_FOUND"),
        (json!({ "url": URL, "alertIds": [idling] }), "422 UNSUPPORTED_ALERT_TYPE"),
        (json!({ "url": URL, "alertIds": many }), "422 TOO_MANY_ALERTS"),
    ] {
        assert_eq!(verdict(&api.post(WEBHOOKS, &body).await), expected, "{body}");
    }
    assert_eq!(api.get(WEBHOOKS).await.json()["totalResults"], 0, "a refused request left something behind");
    let wrong = api.post(WEBHOOKS, &json!({ "alertIds": ["1"], "isActive": "yes", "isGlobal": null })).await;
    shape("telemax_webhook_invalid_body", &app, &wrong);
    let two = api.post(WEBHOOKS, &json!({ "url": URL, "alertIds": [idling, 999_999] })).await;
    shape("telemax_webhook_invalid_alerts", &app, &two);
}

#[tokio::test]
async fn a_replacement_takes_the_defaults_for_what_it_leaves_out() {
    let (app, company, api, speeding, ignition) = northline().await;
    let idling = app.alert(company, 7).await;
    let made = api.post(WEBHOOKS, &json!({ "url": URL, "isGlobal": true, "isActive": false })).await.json();
    let path = format!("{WEBHOOKS}/{}", made["id"]);
    let now = api.put(&path, &json!({ "url": URL, "alertIds": [ignition] })).await.json();
    assert_eq!((&now["isGlobal"], &now["isActive"]), (&json!(false), &json!(true)));
    assert_eq!((&now["createdAt"], &now["alertIds"]), (&made["createdAt"], &json!([ignition])));
    for (body, expected) in [
        (json!({ "alertIds": [speeding] }), "422 INVALID_BODY"),
        (json!({ "url": "", "alertIds": [speeding] }), "422 INVALID_URL"),
        (json!({ "url": "https://10.0.0.1/", "alertIds": [speeding] }), "422 INVALID_URL"),
        (json!({ "url": URL }), "422 ALERT_IDS_REQUIRED"),
        (json!({ "url": URL, "alertIds": [999_999] }), "404 ALERT_NOT_FOUND"),
        (json!({ "url": URL, "alertIds": [idling] }), "422 UNSUPPORTED_ALERT_TYPE"),
    ] {
        assert_eq!(verdict(&api.put(&path, &body).await), expected, "{body}");
    }
    assert_eq!(api.get(&path).await.json(), now, "a refused request changed something");
}

#[tokio::test]
async fn a_replacement_changes_only_what_this_door_knows() {
    let (app, company, api, speeding, _) = northline().await;
    let text = |text: &str| Some(text.to_owned());
    let auth =
        AuthInput { auth_type: text("bearer"), token: text("t0ken-of-the-customer"), ..AuthInput::default() };
    let change = Change {
        name: text("Dispatch"),
        url: text(URL),
        format: text("zstack"),
        signing: Some(false),
        auth: Some(auth),
        ..Change::default()
    };
    let new = NewWebhook { change, ..NewWebhook::default() };
    let before = webhooks::create(&app.context(), company, new).await.unwrap().webhook;
    let path = format!("{WEBHOOKS}/{}", before.id);
    let body = json!({ "url": "https://other.example.com/", "alertIds": [speeding] });
    assert_eq!(api.put(&path, &body).await.status, 200);
    let after = stored(&app, before.id.0).await;
    assert_eq!(after.settings.endpoint.as_str(), "https://other.example.com/");
    assert_eq!(after.settings.name, "Dispatch");
    assert_eq!((after.settings.format, after.settings.signing), (before.settings.format, false));
    assert_eq!(after.settings.auth, before.settings.auth);
}

#[tokio::test]
async fn sending_back_what_was_shown_wakes_no_webhook_that_gets_only_tests() {
    let (app, _, api, speeding, ignition) = northline().await;
    let id = create(&api, &[speeding]).await;
    let change = Change { receives: Some(Receives::TestsOnly.name().to_owned()), ..Change::default() };
    let update = WebhookUpdate { change, ..WebhookUpdate::default() };
    webhooks::update(&app.context(), WebhookId(id), update).await.unwrap();
    let path = format!("{WEBHOOKS}/{id}");
    let shown = api.get(&path).await.json();
    assert_eq!((&shown["isGlobal"], &shown["alertIds"]), (&json!(false), &json!([speeding])));
    let receives = async || stored(&app, id).await.settings.receives;

    api.put(&path, &shown).await;
    assert_eq!(receives().await, Receives::TestsOnly);
    api.put(&path, &json!({ "url": URL, "alertIds": [speeding, ignition] })).await;
    assert_eq!(receives().await, Receives::Linked, "other alerts were asked for");
}

#[tokio::test]
async fn deleted_is_gone_for_every_operation() {
    let (app, _, api, speeding, _) = northline().await;
    let path = format!("{WEBHOOKS}/{}", create(&api, &[speeding]).await);
    shape("telemax_webhook_deleted", &app, &api.delete(&path).await);
    shape("telemax_webhook_not_found", &app, &api.get(&path).await);
    let body = json!({ "url": URL, "alertIds": [speeding] });
    assert_eq!(verdict(&api.put(&path, &body).await), "404 WEBHOOK_NOT_FOUND");
    assert_eq!(verdict(&api.delete(&path).await), "404 WEBHOOK_NOT_FOUND");
    let link = api.post(&format!("{path}/link-alert"), &json!({ "alertId": speeding })).await;
    assert_eq!(verdict(&link), "404 WEBHOOK_NOT_FOUND");
    assert_eq!(api.get(WEBHOOKS).await.json()["items"], json!([]));
}

#[tokio::test]
async fn another_companys_webhook_is_not_there_but_for_delete() {
    let (app, _, api, speeding, _) = northline().await;
    let id = create(&api, &[speeding]).await;
    let mallory = app.api(app.company("Mallory Ltd").await).await;
    let (path, body) = (format!("{WEBHOOKS}/{id}"), json!({ "url": URL, "isGlobal": true }));
    let words = |text: &str| text.split("requestId").next().map(str::to_owned);
    let (foreign, unknown) = (mallory.get(&path).await, mallory.get(&format!("{WEBHOOKS}/999999")).await);
    assert_eq!(verdict(&foreign), "404 WEBHOOK_NOT_FOUND");
    assert_eq!(words(&foreign.text), words(&unknown.text), "the answer tells that it exists");
    assert_eq!(verdict(&mallory.put(&path, &body).await), "404 WEBHOOK_NOT_FOUND");
    shape("telemax_webhook_foreign", &app, &mallory.delete(&path).await);
    assert_eq!(mallory.get(WEBHOOKS).await.json()["totalResults"], 0);
    assert_eq!(api.get(&path).await.status, 200);
}

#[tokio::test]
async fn a_parent_sees_downwards_and_nobody_upwards() {
    let (app, northline, api, speeding, _) = northline().await;
    let depot = app.sub_company("Depot", northline).await;
    let below = app.api(depot).await;
    let ignition = app.alert(depot, 8).await;
    let (above_id, below_id) =
        (create(&api, &[speeding, ignition.0]).await, create(&below, &[ignition.0]).await);
    assert_eq!(api.get(&format!("{WEBHOOKS}/{below_id}")).await.status, 200);
    assert_eq!(below.get(&format!("{WEBHOOKS}/{above_id}")).await.status, 404);
    let ids = |list: Value| -> Vec<Value> {
        list["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
    };
    assert_eq!(ids(api.get(WEBHOOKS).await.json()), [json!(below_id), json!(above_id)]);
    assert_eq!(ids(below.get(WEBHOOKS).await.json()), [json!(below_id)]);
}

#[tokio::test]
async fn keys_do_what_they_were_made_for() {
    let (app, company, api, speeding, _) = northline().await;
    let path = format!("{WEBHOOKS}/{}", create(&api, &[speeding]).await);
    let reader = app.api_with(company, Some(vec![Action::WebhooksRead]), None).await;
    let body = json!({ "url": URL, "isGlobal": true });
    assert_eq!(reader.get(&path).await.status, 200);
    shape("telemax_scope", &app, &reader.post(WEBHOOKS, &body).await);
    assert_eq!(
        verdict(&reader.post(WEBHOOKS, &json!({})).await),
        "403 INVALID_SCOPE",
        "before the body is judged"
    );
    assert_eq!(verdict(&reader.put(&path, &body).await), "403 INVALID_SCOPE");
    assert_eq!(verdict(&reader.delete(&path).await), "403 INVALID_SCOPE");
    let writer = app.api_with(company, Some(vec![Action::WebhooksWrite]), None).await;
    assert_eq!(verdict(&writer.get(&path).await), "403 INVALID_SCOPE");
    assert_eq!(verdict(&writer.get(WEBHOOKS).await), "403 INVALID_SCOPE");
}

#[tokio::test]
async fn pages_are_numbered_from_one() {
    let (app, _, api, speeding, _) = northline().await;
    for _ in 0..5 {
        create(&api, &[speeding]).await;
    }
    shape("telemax_webhooks_page", &app, &api.get(&format!("{WEBHOOKS}?page=2&pageSize=2")).await);
    assert_eq!(api.get(&format!("{WEBHOOKS}?page=9&pageSize=2")).await.json()["items"], json!([]));
    for query in ["page=0", "page=-1", "page=x", "page=", "pageSize=0", "pageSize=1.5", "page=1&page=2"] {
        let answer = api.get(&format!("{WEBHOOKS}?{query}")).await;
        assert_eq!(verdict(&answer), "422 INVALID_PARAMETER", "{query}");
    }
    shape("telemax_invalid_parameter", &app, &api.get(&format!("{WEBHOOKS}?page=0&pageSize=0")).await);
}
