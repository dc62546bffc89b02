//! Companies and their alerts.

use belfry::actions::alerts::{self, NewAlert};
use belfry::domain::access::Action;
use belfry::domain::alert::Unit;
use serde_json::json;

use super::{shape, verdict};
use crate::support::TestApp;

#[tokio::test]
async fn a_company_sees_itself_and_what_lies_below() {
    let app = TestApp::start().await;
    let holding = app.company("Holding").await;
    let northline = app.sub_company("Northline", holding).await;
    app.sub_company("Depot", northline).await;
    app.company("Mallory Ltd").await;
    shape("telemax_companies", &app, &app.api(holding).await.get("/api/v2/companies").await);
    let seen = app.api(northline).await.get("/api/v2/companies").await.json();
    assert_eq!(seen["totalResults"], 2);
    assert_eq!(seen["items"][1]["name"], "Northline");
    assert_eq!(seen["items"][1]["parentId"], json!(null), "what lies above is nobody's business");
    let answer = app.api(northline).await.get("/api/v2/companies?pageSize=0").await;
    assert_eq!(verdict(&answer), "422 INVALID_PARAMETER");
}

#[tokio::test]
async fn alerts_of_a_tree() {
    let app = TestApp::start().await;
    let holding = app.company("Holding").await;
    let northline = app.sub_company("Northline", holding).await;
    let unit = |vehicle_id: i64| Unit {
        vehicle_id,
        name: format!("Van {vehicle_id}"),
        imei: "356938035643809".to_owned(),
        vin: "1HGCM82633A004352".to_owned(),
    };
    let new = NewAlert {
        id: None,
        company_id: northline,
        type_id: 10,
        name: "Too fast".to_owned(),
        description: "Above 110 km/h".to_owned(),
        units: vec![unit(7), unit(8)],
    };
    alerts::add(&app.context(), new).await.unwrap();
    app.alert(holding, 7).await;
    let api = app.api(holding).await;
    shape("telemax_alerts", &app, &api.get(&format!("/api/v2/companies/{holding}/alerts")).await);
    let below = api.get(&format!("/api/v2/companies/{northline}/alerts?pageSize=1")).await.json();
    assert_eq!((&below["totalResults"], &below["numberOfPages"]), (&json!(1), &json!(1)));
    let limited = app.api_with(northline, None, Some(vec![8, 9])).await;
    let units =
        &limited.get(&format!("/api/v2/companies/{northline}/alerts")).await.json()["items"][0]["units"];
    assert_eq!((units.as_array().unwrap().len(), &units[0]["vehicleId"]), (1, &json!(8)));
}

#[tokio::test]
async fn whose_alerts_are_nobodys_business() {
    let app = TestApp::start().await;
    let holding = app.company("Holding").await;
    let northline = app.sub_company("Northline", holding).await;
    let api = app.api(northline).await;
    shape("telemax_alerts_foreign", &app, &api.get(&format!("/api/v2/companies/{holding}/alerts")).await);
    shape("telemax_alerts_unknown", &app, &api.get("/api/v2/companies/999999/alerts").await);
    assert_eq!(verdict(&api.get("/api/v2/companies/x/alerts").await), "404 COMPANY_NOT_FOUND");
    let own = format!("/api/v2/companies/{northline}/alerts");
    assert_eq!(verdict(&api.get(&format!("{own}?page=0")).await), "422 INVALID_PARAMETER");
    let reader = app.api_with(northline, Some(vec![Action::WebhooksRead]), None).await;
    assert_eq!(verdict(&reader.get(&own).await), "403 INVALID_SCOPE");
    assert_eq!(reader.get("/api/v2/companies").await.status, 200);
    let reporter = app.api_with(northline, Some(vec![Action::AlertsWrite]), None).await;
    assert_eq!(verdict(&reporter.get("/api/v2/companies").await), "403 INVALID_SCOPE");
}
