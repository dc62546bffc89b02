//! Link one alert.

use belfry::domain::access::Action;
use serde_json::json;

use super::{create, shape, verdict};
use crate::support::TestApp;

#[tokio::test]
async fn linking_twice_is_linking_once_even_when_fifty_are_linked() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    let mut alerts = Vec::new();
    for _ in 0..51 {
        alerts.push(app.alert(company, 8).await.0);
    }
    let id = create(&api, &alerts[..49]).await;
    let path = format!("/api/v2/webhooks/{id}/link-alert");
    shape("telemax_linked", &app, &api.post(&path, &json!({ "alertId": alerts[49] })).await);
    assert_eq!(api.post(&path, &json!({ "alertId": alerts[49] })).await.status, 200);
    let one_more = api.post(&path, &json!({ "alertId": alerts[50] })).await;
    shape("telemax_too_many_alerts", &app, &one_more);
    let linked = api.get(&format!("/api/v2/webhooks/{id}")).await.json()["alertIds"].clone();
    assert_eq!(linked, json!(alerts[..50]));
}

#[tokio::test]
async fn what_linking_refuses() {
    let app = TestApp::start().await;
    let (company, other) = (app.company("Northline").await, app.company("Mallory Ltd").await);
    let (api, mallory) = (app.api(company).await, app.api(other).await);
    let (ignition, idling) = (app.alert(company, 8).await, app.alert(company, 7).await);
    let foreign = app.alert(other, 8).await;
    let path = format!("/api/v2/webhooks/{}/link-alert", create(&api, &[]).await);
    let body = json!({ "alertId": ignition });
    shape("telemax_link_foreign_alert", &app, &api.post(&path, &json!({ "alertId": foreign })).await);
    shape("telemax_link_unknown_alert", &app, &api.post(&path, &json!({ "alertId": 999_999 })).await);
    shape("telemax_link_unsupported", &app, &api.post(&path, &json!({ "alertId": idling })).await);
    assert_eq!(verdict(&mallory.post(&path, &json!({ "alertId": foreign })).await), "403 INVALID_SCOPE");
    for unknown in ["999999", "0", "abc", "1.0", "%31%00"] {
        let answer = api.post(&format!("/api/v2/webhooks/{unknown}/link-alert"), &body).await;
        assert_eq!(verdict(&answer), "404 WEBHOOK_NOT_FOUND", "{unknown}");
    }
    for wrong in [json!({}), json!({ "alertId": null }), json!({ "alertId": "1" }), json!({ "alertId": 1.5 })]
    {
        assert_eq!(verdict(&api.post(&path, &wrong).await), "422 INVALID_BODY", "{wrong}");
    }
    let reader = app.api_with(company, Some(vec![Action::WebhooksRead, Action::AlertsWrite]), None).await;
    assert_eq!(verdict(&reader.post(&path, &body).await), "403 INVALID_SCOPE");
    assert_eq!(api.post(&path, &body).await.status, 200, "a global webhook may be linked, too");
}

#[tokio::test]
async fn one_type_is_quiet_and_two_are_worth_a_warning() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    let id = create(&api, &[app.alert(company, 8).await.0, app.alert(company, 8).await.0]).await;
    let warning = async || api.get(&format!("/api/v2/webhooks/{id}")).await.json()["warning"].clone();
    assert!(warning().await.is_null());
    let speeding = app.alert(company, 10).await;
    api.post(&format!("/api/v2/webhooks/{id}/link-alert"), &json!({ "alertId": speeding })).await;
    assert!(warning().await.is_string());
}
