//! An alert fires.

use belfry::domain::access::Action;
use belfry::domain::ids::{AlertId, CompanyId};
use reqwest::Method;
use serde_json::{Value, json};

use super::{create, shape, verdict};
use crate::delivery::event;
use crate::support::api::Answer;
use crate::support::{ApiClient, TestApp};

async fn northline() -> (TestApp, CompanyId, ApiClient, AlertId, String) {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let (api, alert) = (app.api(company).await, app.alert(company, 8).await);
    let path = format!("/api/v2/alerts/{alert}/events");
    (app, company, api, alert, path)
}

async fn report(api: &ApiClient, path: &str, body: &Value, key: &str) -> Answer {
    api.send(api.request(Method::POST, path).header("idempotency-key", key).json(body)).await
}

#[tokio::test]
async fn one_or_many_are_accepted_in_their_order() {
    let (app, _, api, alert, path) = northline().await;
    create(&api, &[alert.0]).await;
    create(&api, &[]).await;
    shape("telemax_event_accepted", &app, &api.post(&path, &event()).await);
    shape("telemax_events_accepted", &app, &api.post(&path, &json!([event(), event()])).await);
    let one = api.post(&path, &json!([event()])).await;
    assert!(one.json().is_array(), "an array for an array");
}

#[tokio::test]
async fn a_thousand_at_once_and_not_one_more() {
    let (_app, _, api, _, path) = northline().await;
    let many = api.post(&path, &Value::Array(vec![event(); 1_000])).await;
    assert_eq!((many.status, many.json().as_array().map(Vec::len)), (202, Some(1_000)));
    assert_eq!(verdict(&api.post(&path, &Value::Array(vec![event(); 1_001])).await), "422 INVALID_BODY");
    assert_eq!(verdict(&api.post(&path, &json!([])).await), "422 INVALID_BODY");
    let padded = |bytes: usize| format!("{}{}", event(), " ".repeat(bytes - event().to_string().len()));
    let send = async |body: String| {
        let request = api.request(Method::POST, &path).header("content-type", "application/json").body(body);
        api.send(request).await
    };
    assert_eq!(send(padded(1_048_576)).await.status, 202);
    assert_eq!(verdict(&send(padded(1_048_577)).await), "413 PAYLOAD_TOO_LARGE");
}

#[tokio::test]
async fn one_bad_item_refuses_all_and_every_wrong_field_is_named() {
    let (app, _, api, alert, path) = northline().await;
    create(&api, &[alert.0]).await;
    let (mut first, mut third) = (event(), event());
    first["direction"] = json!(360);
    first["timestamp"] = json!("yesterday");
    third["position"] = json!({ "lat": 91 });
    third.as_object_mut().unwrap().remove("vehicleId");
    shape("telemax_events_invalid", &app, &api.post(&path, &json!([first, event(), third])).await);
    shape("telemax_event_invalid", &app, &api.post(&path, &first).await);
    assert_eq!(app.services.engine.step().await.unwrap(), 0, "something was accepted");
}

#[tokio::test]
async fn unknown_is_404_and_foreign_is_403() {
    let (app, _, api, _, _) = northline().await;
    let foreign = app.alert(app.company("Mallory Ltd").await, 8).await;
    shape("telemax_event_unknown_alert", &app, &api.post("/api/v2/alerts/999999/events", &event()).await);
    let answer = api.post(&format!("/api/v2/alerts/{foreign}/events"), &event()).await;
    shape("telemax_event_foreign_alert", &app, &answer);
    assert_eq!(verdict(&api.post("/api/v2/alerts/x/events", &event()).await), "404 ALERT_NOT_FOUND");
}

#[tokio::test]
async fn keys_report_what_they_may() {
    let (app, company, _, _, path) = northline().await;
    let reader = app.api_with(company, Some(vec![Action::AlertsRead, Action::WebhooksWrite]), None).await;
    assert_eq!(verdict(&reader.post(&path, &event()).await), "403 INVALID_SCOPE");
    let limited = app.api_with(company, Some(vec![Action::AlertsWrite]), Some(vec![7, 88_421])).await;
    assert_eq!(limited.post(&path, &event()).await.status, 202);
    let mut other = event();
    other["vehicleId"] = json!(8);
    shape("telemax_event_vehicle", &app, &limited.post(&path, &json!([event(), other])).await);
}

#[tokio::test]
async fn the_same_key_and_body_is_the_same_event() {
    let (app, company, api, alert, path) = northline().await;
    create(&api, &[alert.0]).await;
    let first = report(&api, &path, &event(), "k-1").await;
    let again = report(&api, &path, &event(), "k-1").await;
    assert_eq!((first.status, again.status), (202, 202));
    assert_eq!(first.json(), again.json());
    let mut other = event();
    other["direction"] = json!(1);
    shape("telemax_event_key_reused", &app, &report(&api, &path, &other, "k-1").await);
    let second_alert = format!("/api/v2/alerts/{}/events", app.alert(company, 8).await);
    assert_eq!(verdict(&report(&api, &second_alert, &event(), "k-1").await), "422 IDEMPOTENCY_KEY_REUSED");
    assert_ne!(report(&api, &path, &event(), "k-2").await.json(), first.json());
    assert_ne!(
        report(&app.api(company).await, &path, &event(), "k-1").await.json(),
        first.json(),
        "another key's"
    );
    app.wait_seconds(86_400);
    assert_ne!(report(&api, &path, &event(), "k-1").await.json(), first.json(), "a day has passed");
}

#[tokio::test]
async fn an_idempotency_key_is_visible_ascii() {
    let (app, _, api, _, path) = northline().await;
    let long = "k".repeat(255);
    assert_eq!(report(&api, &path, &event(), &long).await.status, 202);
    shape("telemax_event_bad_key", &app, &report(&api, &path, &event(), &format!("{long}k")).await);
    for key in ["", "a b"] {
        assert_eq!(
            verdict(&report(&api, &path, &event(), key).await),
            "422 INVALID_IDEMPOTENCY_KEY",
            "{key}"
        );
    }
}
