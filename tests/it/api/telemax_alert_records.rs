//! Which alerts fired, and which of them have been read.

use belfry::actions::alerts::{self, NewAlert};
use belfry::domain::access::{Action, Role};
use belfry::domain::ids::{AlertId, CompanyId};
use belfry::domain::time::Timestamp;
use belfry::store::{audit, retention};
use reqwest::Method;
use serde_json::{Value, json};

use super::{create, shape, verdict};
use crate::delivery::event;
use crate::support::api::Answer;
use crate::support::app::PASSWORD;
use crate::support::{ApiClient, TestApp};

const ALL: &str = "from=2026-01-01&num=100";

fn records(company: CompanyId, query: &str) -> String {
    format!("/api/v2/companies/{company}/alert-records?{query}")
}

/// Fires `alert` for `vehicle`.
async fn fires(api: &ApiClient, alert: AlertId, vehicle: i64, at: &str) {
    let mut event = event();
    event["vehicleId"] = json!(vehicle);
    event["timestamp"] = json!(at);
    assert_eq!(api.post(&format!("/api/v2/alerts/{alert}/events"), &event).await.status, 202);
}

async fn put(api: &ApiClient, path: &str) -> Answer {
    api.send(api.request(Method::PUT, path)).await
}

async fn mark(api: &ApiClient, alert: AlertId, date: &str, is_read: bool) -> Answer {
    put(api, &format!("/api/v2/alerts/{alert}/{date}/update-read-status?isRead={is_read}")).await
}

async fn all_read(api: &ApiClient, company: CompanyId) -> Answer {
    put(api, &format!("/api/v2/companies/{company}/set-all-alerts-read")).await
}

/// One field of the records that a caller sees.
async fn field(api: &ApiClient, company: CompanyId, query: &str, name: &str) -> Vec<Value> {
    let answer = api.get(&records(company, query)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["items"].as_array().unwrap().iter().map(|item| item[name].clone()).collect()
}

/// Whether each record is read, the latest first.
async fn read(api: &ApiClient, company: CompanyId) -> Vec<bool> {
    field(api, company, ALL, "isRead").await.iter().map(|value| value.as_bool().unwrap()).collect()
}

struct Tree {
    app: TestApp,
    holding: CompanyId,
    northline: CompanyId,
    /// Of Holding and of Northline.
    boss: ApiClient,
    api: ApiClient,
    /// Of Holding and of Northline.
    above: AlertId,
    below: AlertId,
}

/// Holding with Northline below it; an alert of each.
async fn tree() -> Tree {
    let app = TestApp::start().await;
    let holding = app.company("Holding").await;
    let northline = app.sub_company("Northline", holding).await;
    let new = NewAlert {
        id: None,
        company_id: northline,
        type_id: 10,
        name: "Too fast".to_owned(),
        description: "Above 110 km/h".to_owned(),
        units: Vec::new(),
    };
    let below = alerts::add(&app.context(), new).await.unwrap();
    let above = app.alert(holding, 8).await;
    let (boss, api) = (app.api(holding).await, app.api(northline).await);
    Tree { app, holding, northline, boss, api, above, below }
}

#[tokio::test]
async fn records_of_a_tree_the_latest_first() {
    let Tree { app, holding, northline, boss, api, above, below } = tree().await;
    let mut speeding = event();
    speeding["address"] =
        json!({ "street": "Hume Hwy", "suburb": "Campbelltown", "state": "NSW", "postcode": "2560" });
    speeding["timestamp"] = json!("2026-05-26T03:40:40.75Z");
    api.post(&format!("/api/v2/alerts/{below}/events"), &speeding).await;
    fires(&boss, above, 7, "2026-05-26T03:40:41Z").await;
    fires(&api, below, 8, "2026-05-25T10:00:00Z").await;
    let mallory = app.company("Mallory Ltd").await;
    let (theirs, strange) = (app.api(mallory).await, app.alert(mallory, 8).await);
    fires(&theirs, strange, 9, "2026-05-26T03:40:40Z").await;
    shape("telemax_alert_records", &app, &boss.get(&records(holding, ALL)).await);
    assert_eq!(field(&api, northline, ALL, "id").await, [below.0, below.0]);
    assert_eq!(field(&boss, northline, ALL, "id").await, [below.0, below.0]);
    assert_eq!(field(&theirs, mallory, ALL, "vehicleId").await, [9]);
    let second = boss.get(&records(holding, &format!("{ALL}&page=2&pageSize=2"))).await.json();
    assert_eq!((&second["totalResults"], &second["lastResultIndex"]), (&json!(3), &json!(3)));
    assert_eq!(second["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn from_and_num_bound_the_list() {
    let Tree { app, holding, northline, boss, api, above, below } = tree().await;
    fires(&api, below, 1, "2026-05-01T00:00:00.5Z").await;
    fires(&boss, above, 2, "2026-05-02T00:00:00Z").await;
    fires(&api, below, 3, "2026-05-03T00:00:00Z").await;
    // Arrives last, happened first.
    fires(&boss, above, 4, "2026-04-01T00:00:00Z").await;
    let vehicles = async |query: &str| field(&boss, holding, query, "vehicleId").await;
    assert_eq!(vehicles(ALL).await, [3, 2, 1, 4]);
    assert_eq!(vehicles("from=2026-05-01T00:00:00&num=100").await, [3, 2], "it is later than what was shown");
    assert_eq!(vehicles("from=2026-04-30T23:59:59Z&num=100").await, [3, 2, 1]);
    assert_eq!(vehicles("from=2026-05-03&num=100").await, [0; 0]);
    assert_eq!(vehicles("from=2026-01-01&num=1").await, [4], "the newest to arrive are considered");
    assert_eq!(vehicles("from=2026-01-01&num=3").await, [3, 2, 4]);
    assert_eq!(vehicles("from=2026-05-01&num=2").await, [3], "considered first, then compared");
    assert_eq!(field(&api, northline, "from=2026-01-01&num=1", "vehicleId").await, [3]);
    let limited = app.api_with(holding, None, Some(vec![1, 4])).await;
    assert_eq!(field(&limited, holding, ALL, "vehicleId").await, [1, 4]);
    let nothing = boss.get(&records(holding, "from=2027-01-01&num=5")).await.json();
    assert_eq!((&nothing["totalResults"], &nothing["numberOfPages"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn what_the_list_refuses() {
    let Tree { app, holding, northline, boss: _, api, .. } = tree().await;
    shape("telemax_alert_records_invalid", &app, &api.get(&records(northline, "num=10001&page=0")).await);
    for query in ["from=2026-01-01", "num=5", "from=yesterday&num=5", "from=2026-01-01&num=0", ""] {
        assert_eq!(verdict(&api.get(&records(northline, query)).await), "422 INVALID_PARAMETER", "{query}");
    }
    assert_eq!(api.get(&records(northline, "from=2026-01-01&num=10000")).await.status, 200);
    assert_eq!(verdict(&api.get(&records(holding, ALL)).await), "403 INVALID_SCOPE");
    assert_eq!(verdict(&api.get(&records(CompanyId(999_999), ALL)).await), "404 COMPANY_NOT_FOUND");
    let unread = api.get(&format!("/api/v2/companies/x/alert-records?{ALL}")).await;
    assert_eq!(verdict(&unread), "404 COMPANY_NOT_FOUND");
}

#[tokio::test]
async fn a_test_is_no_record() {
    let Tree { app, northline, api, below, .. } = tree().await;
    let webhook = create(&api, &[below.0]).await;
    let sent =
        api.post(&format!("/api/v1/alerting/webhook-endpoints/wh-{webhook:03}/test"), &json!({})).await;
    assert_eq!(sent.status, 200, "{}", sent.text);
    assert!(read(&api, northline).await.is_empty());
    drop(app);
}

#[tokio::test]
async fn one_record_is_read_and_unread() {
    let Tree { app, holding, northline, boss, api, below, .. } = tree().await;
    fires(&api, below, 1, "2026-05-01T10:00:00.25Z").await;
    fires(&api, below, 2, "2026-05-01T10:00:00.75Z").await;
    fires(&api, below, 3, "2026-05-01T10:00:01Z").await;
    let shown = field(&api, northline, ALL, "utcTime").await[1].as_str().unwrap().to_owned();
    shape("telemax_alert_read", &app, &mark(&api, below, &shown, true).await);
    assert_eq!(read(&api, northline).await, [false, true, true], "both of the second");
    assert_eq!(read(&boss, holding).await, [false, true, true], "it is the same to everybody");
    assert_eq!(mark(&boss, below, "2026-05-01T10:00:01Z", true).await.status, 200);
    assert_eq!(mark(&api, below, "2026-05-01T10:00:00.999", false).await.status, 200);
    assert_eq!(read(&api, northline).await, [true, false, false]);
    for _ in 0..2 {
        assert_eq!(mark(&api, below, "2026-05-01T10:00:00", false).await.status, 200);
    }
    let limited = app.api_with(northline, None, Some(vec![2])).await;
    assert_eq!(mark(&limited, below, "2026-05-01T10:00:00", true).await.status, 200);
    assert_eq!(read(&api, northline).await, [true, true, false], "its own vehicles only");
    let trail = app.services.store.read(move |db| audit::of_object(db, "alert", below.0)).await.unwrap();
    let trail: Vec<&str> = trail.iter().map(|(action, _)| action.as_str()).collect();
    let (read, unread) = ("alert.mark_read", "alert.mark_unread");
    assert_eq!(trail, ["alert.add", read, read, unread, read], "one for each change, none for none");
}

#[tokio::test]
async fn what_marking_refuses() {
    let Tree { app, northline, boss, api, above, below, .. } = tree().await;
    fires(&api, below, 1, "2026-05-01T10:00:00Z").await;
    fires(&boss, above, 1, "2026-05-01T10:00:00Z").await;
    let at = "2026-05-01T10:00:00";
    shape("telemax_alert_record_unknown", &app, &mark(&api, below, "2026-05-01T10:00:01", true).await);
    for date in ["2026-05-01T09:59:59", "2026-05-01", "yesterday", "0", "2026-05-01T10:00:00+01:00"] {
        assert_eq!(verdict(&mark(&api, below, date, true).await), "404 ALERT_RECORD_NOT_FOUND", "{date}");
    }
    assert_eq!(verdict(&mark(&api, above, at, true).await), "404 ALERT_NOT_FOUND", "another company's");
    assert_eq!(verdict(&mark(&api, AlertId(999_999), at, true).await), "404 ALERT_NOT_FOUND");
    let path = format!("/api/v2/alerts/{below}/{at}/update-read-status");
    shape("telemax_alert_read_invalid", &app, &put(&api, &path).await);
    for query in ["isRead=", "isRead=1", "isRead=true&isRead=true", "isread=true"] {
        let answer = put(&api, &format!("{path}?{query}")).await;
        assert_eq!(verdict(&answer), "422 INVALID_PARAMETER", "{query}");
    }
    let limited = app.api_with(northline, None, Some(vec![2])).await;
    assert_eq!(verdict(&mark(&limited, below, at, true).await), "404 ALERT_RECORD_NOT_FOUND");
    let reader = app.api_with(northline, Some(vec![Action::AlertsRead]), None).await;
    assert_eq!(verdict(&mark(&reader, below, at, true).await), "403 INVALID_SCOPE");
    assert_eq!(read(&api, northline).await, [false]);
    assert_eq!(put(&api, &format!("{path}?isRead=True")).await.status, 200, "as some clients write it");
}

#[tokio::test]
async fn all_are_read() {
    let Tree { app, holding, northline, boss, api, above, below } = tree().await;
    let sibling = app.sub_company("Southline", holding).await;
    let (beside, other) = (app.api(sibling).await, app.alert(sibling, 8).await);
    fires(&boss, above, 1, "2026-05-01T10:00:00Z").await;
    fires(&api, below, 2, "2026-05-02T10:00:00Z").await;
    fires(&beside, other, 3, "2026-05-03T10:00:00Z").await;
    mark(&api, below, "2026-05-02T10:00:00", false).await;
    shape("telemax_alerts_all_read", &app, &all_read(&api, northline).await);
    assert_eq!(read(&boss, holding).await, [false, true, false], "neither beside it nor above");
    assert_eq!(mark(&api, below, "2026-05-02T10:00:00", false).await.status, 200);
    assert_eq!(read(&api, northline).await, [false]);
    assert_eq!(all_read(&api, northline).await.status, 200);
    assert_eq!(read(&api, northline).await, [true], "what was said last counts, with nothing new as well");
    mark(&api, below, "2026-05-02T10:00:00", false).await;
    assert_eq!(all_read(&boss, holding).await.status, 200);
    assert_eq!(read(&boss, holding).await, [true; 3], "and all below it");
    fires(&api, below, 4, "2026-05-04T10:00:00Z").await;
    fires(&api, below, 5, "2026-04-01T10:00:00Z").await;
    assert_eq!(read(&api, northline).await, [false, true, false], "what comes later is unread, however old");
    let trail =
        app.services.store.read(move |db| audit::of_object(db, "company", northline.0)).await.unwrap();
    let said = trail.iter().filter(|(action, _)| action == "company.mark_all_read").count();
    assert_eq!(said, 2);
}

#[tokio::test]
async fn what_all_read_refuses() {
    let Tree { app, holding, northline, boss, api, above, .. } = tree().await;
    fires(&boss, above, 1, "2026-05-01T10:00:00Z").await;
    shape("telemax_alerts_all_read_foreign", &app, &all_read(&api, holding).await);
    assert_eq!(verdict(&all_read(&api, CompanyId(999_999)).await), "404 COMPANY_NOT_FOUND");
    assert_eq!(verdict(&put(&api, "/api/v2/companies/x/set-all-alerts-read").await), "404 COMPANY_NOT_FOUND");
    let limited = app.api_with(northline, None, Some(vec![1])).await;
    shape("telemax_alerts_all_read_limited", &app, &all_read(&limited, northline).await);
    let reader = app.api_with(holding, Some(vec![Action::AlertsRead]), None).await;
    assert_eq!(verdict(&all_read(&reader, holding).await), "403 INVALID_SCOPE");
    let viewer = app.stranger(Role::Viewer, Some(holding)).await;
    let body = json!({ "userName": viewer.email, "password": PASSWORD });
    let token = ApiClient::new(&app.url, "").post("/authtoken", &body).await.json()["token"].clone();
    let viewer = ApiClient::new(&app.url, token.as_str().unwrap());
    assert_eq!(verdict(&all_read(&viewer, holding).await), "403 INVALID_SCOPE");
    assert_eq!(read(&viewer, holding).await, [false]);
}

#[tokio::test]
async fn marks_go_with_their_records() {
    let Tree { app, northline, api, below, .. } = tree().await;
    fires(&api, below, 1, "2026-05-01T10:00:00Z").await;
    assert_eq!(mark(&api, below, "2026-05-01T10:00:00", true).await.status, 200);
    let later = Timestamp::parse("2099-01-01T00:00:00Z").unwrap();
    let gone = app.services.store.write(move |db| retention::prune(db, later)).await.unwrap();
    assert_eq!(gone, 1);
    assert!(read(&api, northline).await.is_empty());
    assert_eq!(verdict(&mark(&api, below, "2026-05-01T10:00:00", true).await), "404 ALERT_RECORD_NOT_FOUND");
}
