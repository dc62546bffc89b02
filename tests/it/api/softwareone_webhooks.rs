//! Create, get, update, delete, enable, disable.

use belfry::actions::webhooks::{self, NewWebhook};
use belfry::domain::access::Action;
use belfry::domain::ids::{CompanyId, WebhookId};
use belfry::domain::webhook::auth::AuthInput;
use belfry::domain::webhook::settings::Change;
use belfry::domain::webhook::{Receives, Webhook};
use belfry::store;
use reqwest::Method;
use serde_json::{Value, json};

use super::{URL, shape};
use crate::support::api::Answer;
use crate::support::{ApiClient, TestApp};

pub const WEBHOOKS: &str = "/public/v1/notifications/webhooks";
const MASK: &str = "*******************";

pub async fn northline() -> (TestApp, CompanyId, ApiClient) {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    (app, company, api)
}

/// A new webhook; its address.
pub async fn create(api: &ApiClient, body: &Value) -> String {
    let answer = api.post(WEBHOOKS, body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    format!("{WEBHOOKS}/{}", answer.json()["id"].as_str().unwrap())
}

/// `400 description url`: the status and what is named.
pub fn named(answer: &Answer) -> String {
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{}", answer.text);
    let problem = answer.json();
    assert_eq!(problem["status"], answer.status);
    let names: Vec<&str> =
        problem["errors"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    format!("{} {}", answer.status, names.join(" ")).trim_end().to_owned()
}

async fn act(api: &ApiClient, path: &str) -> Answer {
    api.send(api.request(Method::POST, path)).await
}

async fn stored(app: &TestApp, id: i64) -> Webhook {
    let everything = app.context().caller.scope();
    app.services.store.read(move |db| store::webhooks::get(db, &everything, WebhookId(id))).await.unwrap()
}

#[tokio::test]
async fn the_secret_is_shown_once() {
    let (app, _, api) = northline().await;
    let body = json!({
        "url": URL, "type": "validateReEnrollment", "description": "Ops alerts",
        "criteria": { "product.id": "PRD-6233-9657-3232", "alertType": "Speeding" },
    });
    let made = api.post(WEBHOOKS, &body).await;
    shape("softwareone_webhook_created", &app, &made);
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    let path = made.header("location").unwrap().to_owned();
    assert_eq!(stored(&app, 1).await.secret.unwrap().reveal(), secret);
    let got = api.get(&path).await;
    shape("softwareone_webhook", &app, &got);
    app.wait_seconds(90);
    let changed = api.put(&path, &json!({ "description": { "value": "New" } })).await;
    shape("softwareone_webhook_updated", &app, &changed);
    for answer in [got, changed, api.get(WEBHOOKS).await, api.get(&path).await] {
        assert!(!answer.text.contains(&secret));
    }
    assert_eq!(api.get(&path).await.json()["secret"], MASK);
}

#[tokio::test]
async fn a_new_webhook_takes_everything_and_signs_in_its_own_format() {
    let (app, _, api) = northline().await;
    create(&api, &json!({ "url": URL, "criteria": null, "description": null, "secret": "" })).await;
    let settings = stored(&app, 1).await.settings;
    assert_eq!(
        (settings.format.name(), settings.signing, settings.receives),
        ("softwareone", true, Receives::All)
    );
    assert_eq!((settings.name.as_str(), settings.auth.auth_type().name()), ("hooks.example.com", "none"));
    assert_eq!(settings.call_type.name(), "ValidatePurchaseOrderDraft");
    let given = api.post(WEBHOOKS, &json!({ "url": URL, "secret": "3ct^6NoryQN22V" })).await.json();
    assert_eq!((&given["secret"], &given["status"]), (&json!("3ct^6NoryQN22V"), &json!("Enabled")));
}

#[tokio::test]
async fn every_wrong_field_is_named() {
    let (app, _, api) = northline().await;
    for (body, expected) in [
        (json!({}), "400 url"),
        (json!({ "url": null }), "400 url"),
        (json!({ "url": "" }), "400 url"),
        (json!({ "url": "http://hooks.example.com/" }), "201"),
        (json!({ "url": "ftp://hooks.example.com/" }), "400 url"),
        (json!({ "url": "https://169.254.169.254/" }), "400 url"),
        (json!({ "url": "https://u:p@hooks.example.com/" }), "400 url"),
        (json!({ "url": URL, "type": "" }), "400 type"),
        (json!({ "url": URL, "type": null }), "400 type"),
        (json!({ "url": URL, "type": "Other" }), "400 type"),
        (json!({ "url": URL, "description": "x".repeat(2_001) }), "400 description"),
        (json!({ "url": URL, "description": "a\u{0}b" }), "400 description"),
        (json!({ "url": URL, "description": 1 }), "400 description"),
        (json!({ "url": URL, "criteria": [] }), "400 criteria"),
        (json!({ "url": URL, "criteria": { "a": 1 } }), "400 criteria"),
        (json!({ "url": URL, "criteria": { "$where": "1" } }), "400 criteria"),
        (json!({ "url": URL, "secret": "short" }), "400 secret"),
        (json!({ "url": URL, "secret": MASK }), "400 secret"),
        (json!({ "url": URL, "id": "WBH-0000-0009" }), "400 id"),
        (
            json!({ "url": URL, "status": "Disabled", "statistics": {}, "__proto__": {} }),
            "400 __proto__ statistics status",
        ),
        (
            json!({ "url": "https://10.0.0.1/", "secret": "x", "description": "a\nb" }),
            "400 description secret url",
        ),
    ] {
        let answer = api.post(WEBHOOKS, &body).await;
        let got = if answer.status == 201 { "201".to_owned() } else { named(&answer) };
        assert_eq!(got, expected, "{body}");
    }
    assert_eq!(api.get(WEBHOOKS).await.json()["$meta"]["pagination"]["total"], 1, "a refused one was made");
    let all = json!({ "type": 7, "description": "a\u{202e}b", "criteria": { "": "x" }, "secret": "x", "name": "n" });
    shape("softwareone_webhook_invalid", &app, &api.post(WEBHOOKS, &all).await);
}

#[tokio::test]
async fn a_change_touches_only_what_it_mentions() {
    let (_app, _, api) = northline().await;
    let body =
        json!({ "url": URL, "description": "Ops", "criteria": { "a": "b" }, "secret": "3ct^6NoryQN22V" });
    let path = create(&api, &body).await;
    let before = api.get(&path).await.json();
    assert_eq!(api.put(&path, &json!({})).await.json(), before);
    let id = path.rsplit('/').next().unwrap();
    let same = json!({ "webhookId": id, "lastCall": { "value": { "success": true } }, "url": { "hasValue": false } });
    assert_eq!(api.put(&path, &same).await.json(), before);
    for (body, url, description, criteria) in [
        (
            json!({ "url": "https://other.example.com/" }),
            "https://other.example.com/",
            json!("Ops"),
            json!([{ "key": "a", "value": "b" }]),
        ),
        (
            json!({ "url": { "value": URL, "hasValue": true } }),
            URL,
            json!("Ops"),
            json!([{ "key": "a", "value": "b" }]),
        ),
        (
            json!({ "criteria": { "value": { "z": "1", "b": "2" } } }),
            URL,
            json!("Ops"),
            json!([{ "key": "b", "value": "2" }, { "key": "z", "value": "1" }]),
        ),
        (
            json!({ "description": "New", "criteria": { "c": "d" } }),
            URL,
            json!("New"),
            json!([{ "key": "c", "value": "d" }]),
        ),
        (
            json!({ "description": { "value": null }, "criteria": { "value": null } }),
            URL,
            json!(null),
            json!([]),
        ),
    ] {
        let answer = api.put(&path, &body).await;
        assert_eq!(answer.status, 200, "{body} {}", answer.text);
        let now = answer.json();
        assert_eq!(
            (&now["url"], &now["description"], &now["criteria"]),
            (&json!(url), &description, &criteria),
            "{body}"
        );
        assert_eq!((&now["secret"], &now["audit"]["created"]), (&json!(MASK), &before["audit"]["created"]));
    }
}

#[tokio::test]
async fn what_changing_refuses() {
    let (app, _, api) = northline().await;
    let path = create(&api, &json!({ "url": URL, "description": "Ops" })).await;
    let before = api.get(&path).await.json();
    let secret = stored(&app, 1).await.secret;
    for (body, expected) in [
        (json!({ "url": { "value": null } }), "400 url"),
        (json!({ "url": { "value": "" } }), "400 url"),
        (json!({ "url": { "value": "https://127.0.0.1:9000/" } }), "200"),
        (json!({ "url": { "value": "https://10.0.0.1/" } }), "400 url"),
        (json!({ "url": { "value": URL, "x": 1 } }), "400 url"),
        (json!({ "url": {} }), "400 url"),
        (json!({ "secret": { "value": null } }), "400 secret"),
        (json!({ "secret": null }), "400 secret"),
        (json!({ "secret": "" }), "400 secret"),
        (json!({ "secret": MASK }), "400 secret"),
        (json!({ "webhookId": "WBH-0000-0009" }), "400 webhookId"),
        (json!({ "type": "ValidateRequest" }), "400 type"),
        (json!({ "status": "Disabled" }), "400 status"),
        (json!({ "audit": {}, "statistics": { "total": 0 } }), "400 audit statistics"),
        (json!({ "criteria": { "value": { "a": 1 } } }), "400 criteria"),
        (json!({ "description": ["x"], "url": "nonsense", "secret": "x" }), "400 description secret url"),
        (json!({ "url": "nonsense", "secret": "x" }), "400 secret url"),
    ] {
        let answer = api.put(&path, &body).await;
        let got = if answer.status == 200 { "200".to_owned() } else { named(&answer) };
        assert_eq!(got, expected, "{body}");
        if answer.status == 200 {
            api.put(&path, &json!({ "url": URL })).await;
        }
    }
    let mut after = api.get(&path).await.json();
    after["audit"] = before["audit"].clone();
    assert_eq!(
        (after, stored(&app, 1).await.secret),
        (before, secret),
        "a refused request changed something"
    );
    let answer = api.put(&path, &json!({ "secret": { "value": "another secret" } })).await;
    assert_eq!((answer.status, &answer.json()["secret"]), (200, &json!(MASK)));
    assert_eq!(stored(&app, 1).await.secret.unwrap().reveal(), "another secret");
}

#[tokio::test]
async fn what_other_doors_know_stays() {
    let (app, company, api) = northline().await;
    let alert = app.alert(company, 8).await;
    let text = |text: &str| Some(text.to_owned());
    let auth =
        AuthInput { auth_type: text("header"), token: text("t0ken-of-the-customer"), ..AuthInput::default() };
    let change = Change {
        name: text("Dispatch"),
        url: text(URL),
        format: text("zstack"),
        signing: Some(false),
        auth: Some(auth),
        ..Change::default()
    };
    let new = NewWebhook { change, alert_ids: vec![alert], ..NewWebhook::default() };
    let before = webhooks::create(&app.context(), company, new).await.unwrap().webhook;
    let path = format!("{WEBHOOKS}/{}", before.id.softwareone());
    assert_eq!(api.get(&path).await.json()["secret"], json!(null), "there is none");
    let body = json!({ "description": "New", "criteria": { "a": "b" }, "url": "https://other.example.com/" });
    assert_eq!(api.put(&path, &body).await.status, 200);
    let after = stored(&app, before.id.0).await.settings;
    assert_eq!(after.endpoint.as_str(), "https://other.example.com/");
    let kept = |settings: &belfry::domain::webhook::settings::Settings| {
        (settings.name.clone(), settings.format, settings.signing, settings.auth.clone(), settings.receives)
    };
    assert_eq!(kept(&after), kept(&before.settings));
    let telemax = api.get(&format!("/api/v2/webhooks/{}", before.id)).await.json();
    assert_eq!(
        (&telemax["alertIds"], &telemax["url"]),
        (&json!([alert.0]), &json!("https://other.example.com/"))
    );
}

#[tokio::test]
async fn one_webhook_seen_through_two_doors() {
    let (_app, _, api) = northline().await;
    let path = create(&api, &json!({ "url": URL, "description": "Ops" })).await;
    let telemax = api.get("/api/v2/webhooks/1").await.json();
    assert_eq!((&telemax["isGlobal"], &telemax["isActive"]), (&json!(true), &json!(true)));
    let made =
        api.post("/api/v2/webhooks", &json!({ "url": URL, "isGlobal": true, "isActive": false })).await;
    assert_eq!(made.json()["id"], 2);
    let seen = api.get(&format!("{WEBHOOKS}/WBH-0000-0002")).await.json();
    assert_eq!((&seen["status"], &seen["secret"]), (&json!("Disabled"), &json!(MASK)));
    assert_eq!(act(&api, &format!("{path}/disable")).await.status, 204);
    assert_eq!(api.get("/api/v2/webhooks/1").await.json()["isActive"], false);
}

#[tokio::test]
async fn enabled_and_disabled() {
    let (app, _, api) = northline().await;
    let path = create(&api, &json!({ "url": URL })).await;
    for (verb, status) in
        [("enable", "Enabled"), ("disable", "Disabled"), ("disable", "Disabled"), ("enable", "Enabled")]
    {
        let answer = act(&api, &format!("{path}/{verb}")).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""));
        assert_eq!(api.get(&path).await.json()["status"], status);
    }
    shape("softwareone_enabled", &app, &act(&api, &format!("{path}/enable")).await);
    app.database.run("UPDATE webhooks SET disabled_reason='gone', disabled_at=1 WHERE id=1");
    assert_eq!(api.get(&path).await.json()["status"], "Disabled", "Belfry switched it off");
    act(&api, &format!("{path}/enable")).await;
    assert_eq!(api.get(&path).await.json()["status"], "Enabled");
    for verb in ["enable", "disable"] {
        assert_eq!(named(&act(&api, &format!("{WEBHOOKS}/WBH-0000-0009/{verb}")).await), "404");
    }
}

#[tokio::test]
async fn deleted_is_gone_for_every_operation() {
    let (app, _, api) = northline().await;
    let path = create(&api, &json!({ "url": URL })).await;
    shape("softwareone_deleted", &app, &api.delete(&path).await);
    shape("softwareone_not_found", &app, &api.get(&path).await);
    assert_eq!(named(&api.put(&path, &json!({})).await), "404");
    assert_eq!(named(&api.delete(&path).await), "404");
    assert_eq!(named(&act(&api, &format!("{path}/enable")).await), "404");
    assert_eq!(named(&act(&api, &format!("{path}/disable")).await), "404");
    assert_eq!(api.get(WEBHOOKS).await.json()["data"], json!([]));
}

#[tokio::test]
async fn another_companys_webhook_is_not_there() {
    let (app, company, api) = northline().await;
    let path = create(&api, &json!({ "url": URL })).await;
    let before = api.get(&path).await.json();
    let mallory = app.api(app.company("Mallory Ltd").await).await;
    let unknown = mallory.get(&format!("{WEBHOOKS}/WBH-0000-0999")).await.json();
    for answer in [
        mallory.get(&path).await,
        mallory.put(&path, &json!({ "description": "mine" })).await,
        mallory.delete(&path).await,
        act(&mallory, &format!("{path}/enable")).await,
        act(&mallory, &format!("{path}/disable")).await,
    ] {
        assert_eq!((named(&answer).as_str(), &answer.json()["detail"]), ("404", &unknown["detail"]));
    }
    assert_eq!(
        mallory.get(&format!("{WEBHOOKS}?eq(id,%22WBH-0000-0001%22)")).await.json()["data"],
        json!([])
    );
    assert_eq!(api.get(&path).await.json(), before);
    let depot = app.api(app.sub_company("Depot", company).await).await;
    let below = create(&depot, &json!({ "url": URL })).await;
    assert_eq!((api.get(&below).await.status, depot.get(&path).await.status), (200, 404));
    for id in [
        "1",
        "wh-001",
        "WBH-00000001",
        "wbh-0000-0001",
        "WBH-0000-0001%20",
        "WBH-%2e%2e",
        "WBH-0000-0001'",
        "%00",
        "%ff",
    ] {
        let status = api.get(&format!("{WEBHOOKS}/{id}")).await.status;
        assert_eq!(status, 404, "{id}");
    }
}

#[tokio::test]
async fn keys_do_what_they_were_made_for() {
    let (app, company, api) = northline().await;
    let path = create(&api, &json!({ "url": URL })).await;
    let reader = app.api_with(company, Some(vec![Action::WebhooksRead]), None).await;
    assert_eq!((reader.get(&path).await.status, reader.get(WEBHOOKS).await.status), (200, 200));
    shape("softwareone_forbidden", &app, &reader.post(WEBHOOKS, &json!({ "url": URL })).await);
    assert_eq!(
        named(&reader.post(WEBHOOKS, &json!({ "nonsense": 1 })).await),
        "403",
        "before the body is judged"
    );
    for answer in [
        reader.put(&path, &json!({})).await,
        reader.delete(&path).await,
        act(&reader, &format!("{path}/enable")).await,
        act(&reader, &format!("{path}/disable")).await,
    ] {
        assert_eq!(named(&answer), "403");
    }
    let writer = app.api_with(company, Some(vec![Action::WebhooksWrite]), None).await;
    assert_eq!(
        (named(&writer.get(&path).await), named(&writer.get(WEBHOOKS).await)),
        ("403".into(), "403".into())
    );
    assert_eq!(api.get(&path).await.json()["status"], "Enabled");
}
