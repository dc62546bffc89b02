//! Webhooks through the Aggregate door.

use belfry::domain::access::Action;
use belfry::domain::ids::CompanyId;
use belfry::domain::webhook::format::Format;
use belfry::domain::webhook::{Receives, Webhook};
use belfry::store::webhooks;
use serde_json::{Value, json};

use super::{URL, shape};
use crate::support::api::Answer;
use crate::support::{ApiClient, TestApp};

async fn app() -> (TestApp, CompanyId, ApiClient) {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    (app, company, api)
}

fn bearer() -> Value {
    json!({ "isAlertHook": true, "endpoint": URL, "authType": "bearer", "token": "s3cr3t-t0ken-xyz" })
}

fn id_of(answer: &Answer) -> i64 {
    assert!(matches!(answer.status, 200 | 201), "{}", answer.text);
    answer.json()["webhookId"].as_str().expect("an id").parse().expect("a number")
}

fn message(answer: &Answer) -> String {
    answer.json()["message"].as_str().expect("a message").to_owned()
}

async fn stored(app: &TestApp, id: i64) -> Webhook {
    let scope = belfry::domain::access::Scope::service();
    app.services
        .store
        .read(move |db| webhooks::get(db, &scope, belfry::domain::ids::WebhookId(id)))
        .await
        .expect("a webhook")
}

#[tokio::test]
async fn created_with_every_authentication_type_and_no_secret_in_the_answer() {
    let (app, _, api) = app().await;
    for kind in ["none", "basic", "querystring", "authheader", "header", "bearer"] {
        let mut body = json!({ "isAlertHook": true, "endpoint": URL, "authType": kind });
        match kind {
            "none" => {}
            "basic" => {
                body["userName"] = json!("admin");
                body["password"] = json!("secure-password-123");
            }
            _ => body["token"] = json!("s3cr3t-t0ken-xyz"),
        }
        let answer = api.post("/webhooks", &body).await;
        shape(&format!("aggregate_created_{kind}"), &app, &answer);
        assert!(!answer.text.contains("s3cr3t") && !answer.text.contains("secure-password"), "{kind}");
        let webhook = stored(&app, id_of(&answer)).await;
        let settings = &webhook.settings;
        assert_eq!((settings.format, settings.receives), (Format::Aggregate, Receives::All));
        assert_eq!((settings.signing, settings.is_active, &webhook.secret), (false, true, &None));
        assert_eq!((settings.auth.auth_type().name(), settings.name.as_str()), (kind, "hooks.example.com"));
    }
    let quiet = json!({ "endpoint": URL, "authType": "NONE", "userName": "", "password": null, "token": "" });
    let answer = api.post("/webhooks", &quiet).await;
    assert_eq!((answer.status, &answer.json()["isAlertHook"]), (201, &json!(false)), "{}", answer.text);
    assert_eq!(stored(&app, id_of(&answer)).await.settings.receives, Receives::TestsOnly);
}

#[tokio::test]
async fn every_broken_rule_is_400_and_named() {
    let (app, _, api) = app().await;
    for (patch, named) in [
        (json!({ "authType": null }), &["authType"][..]),
        (json!({ "authType": "" }), &["authType"]),
        (json!({ "authType": "digest" }), &["authType"]),
        (json!({ "authType": "bearer " }), &["authType"]),
        (json!({ "authType": 1 }), &["authType"]),
        (json!({ "authType": "none" }), &["token"]),
        (json!({ "authType": "none", "token": "", "userName": "u" }), &["userName"]),
        (json!({ "authType": "none", "userName": "u", "password": "p" }), &["userName", "password", "token"]),
        (json!({ "authType": "basic", "token": "" }), &["userName", "password"]),
        (json!({ "authType": "basic", "token": "", "userName": "u" }), &["password"]),
        (json!({ "authType": "basic", "userName": "u", "password": "p" }), &["token"]),
        (json!({ "authType": "basic", "token": "", "userName": "a:b", "password": "p" }), &["userName"]),
        (json!({ "authType": "basic", "token": "", "userName": "u\0", "password": "p" }), &["userName"]),
        (json!({ "authType": "basic", "token": "", "userName": 1, "password": "p" }), &["userName"]),
        (json!({ "token": null }), &["token"]),
        (json!({ "authType": "header", "token": "" }), &["token"]),
        (json!({ "authType": "authheader", "token": "  " }), &["token"]),
        (json!({ "authType": "querystring", "token": "a\0b" }), &["token"]),
        (json!({ "token": "t\r\nX-Evil: 1" }), &["token"]),
        (json!({ "token": "té" }), &["token"]),
        (json!({ "token": "a".repeat(4_097) }), &["token"]),
        (json!({ "token": "********" }), &["token"]),
        (json!({ "userName": "u" }), &["userName"]),
        (json!({ "endpoint": null }), &["endpoint"]),
        (json!({ "endpoint": "" }), &["endpoint"]),
        (json!({ "endpoint": 5 }), &["endpoint"]),
        (json!({ "endpoint": "http://hooks.example.com" }), &[]),
        (json!({ "endpoint": "https://10.0.0.5/" }), &["endpoint"]),
        (json!({ "endpoint": "https://hooks.example.com/\0" }), &["endpoint"]),
        (
            json!({ "endpoint": "https://hooks.example.com/?token=x", "authType": "querystring" }),
            &["endpoint"],
        ),
        (
            json!({ "endpoint": "https://hooks.example.com/?%74oken", "authType": "querystring" }),
            &["endpoint"],
        ),
        (json!({ "isAlertHook": "yes" }), &["isAlertHook"]),
        (json!({ "isAlertHook": null }), &["isAlertHook"]),
        (
            json!({ "isAlertHook": 1, "endpoint": "https://10.0.0.5/", "authType": "basic", "token": 5 }),
            &["isAlertHook", "token", "endpoint", "userName", "password"],
        ),
    ] {
        let mut body = bearer();
        for (key, value) in patch.as_object().unwrap() {
            body[key] = value.clone();
        }
        let answer = api.post("/webhooks", &body).await;
        if named.is_empty() {
            // The tests may send to http; whoever may not is told of the endpoint.
            assert_eq!(answer.status, 201, "{patch}");
            continue;
        }
        assert_eq!(answer.status, 400, "{patch}: {}", answer.text);
        let message = message(&answer);
        for field in named {
            assert!(message.contains(&format!("{field}: ")), "{patch}: {message}");
        }
        let others = ["isAlertHook", "endpoint", "authType", "userName", "password", "token"];
        for other in others.iter().filter(|other| !named.contains(other)) {
            assert!(!message.contains(&format!("{other}: ")), "{patch}: {message}");
        }
    }
    shape("aggregate_invalid", &app, &api.post("/webhooks", &json!({ "userName": "u" })).await);
    assert_eq!(api.get("/webhooks").await.json().as_array().unwrap().len(), 1, "nothing else was made");
}

#[tokio::test]
async fn a_replacement_takes_all_that_this_door_knows_and_nothing_else() {
    let (app, company, api) = app().await;
    let alert = app.alert(company, 8).await;
    let telemax = api
        .post("/api/v2/webhooks", &json!({ "url": URL, "alertIds": [alert.0], "isActive": false }))
        .await
        .json();
    let id = telemax["id"].as_i64().unwrap();
    let before = stored(&app, id).await;
    let mut body = bearer();
    body["endpoint"] = json!("https://other.example.com/in?x=1");
    let answer = api.put(&format!("/webhooks/{id}"), &body).await;
    shape("aggregate_updated", &app, &answer);
    let after = stored(&app, id).await;
    assert_eq!(after.settings.endpoint.as_str(), "https://other.example.com/in?x=1");
    assert_eq!(after.settings.auth.secret().unwrap().reveal(), "s3cr3t-t0ken-xyz");
    let mut expected = before.settings.clone();
    expected.endpoint = after.settings.endpoint.clone();
    expected.auth = after.settings.auth.clone();
    assert_eq!((&after.settings, &after.secret), (&expected, &before.secret), "linked alerts stay its scope");
    let seen = api.get(&format!("/api/v2/webhooks/{id}")).await.json();
    assert_eq!((&seen["alertIds"], &seen["isActive"]), (&json!([alert.0]), &json!(false)));
    // What is left out is replaced, too.
    let least = json!({ "endpoint": URL, "authType": "none" });
    let answer = api.put(&format!("/webhooks/{id}"), &least).await;
    assert_eq!((answer.status, &answer.json()["isAlertHook"]), (200, &json!(false)));
    let after = stored(&app, id).await;
    assert_eq!(after.settings.receives, Receives::TestsOnly);
    assert_eq!(after.settings.auth, belfry::domain::webhook::auth::Auth::None);
    assert_eq!(api.get(&format!("/api/v2/webhooks/{id}")).await.json()["alertIds"], json!([alert.0]));
    let again = json!({ "isAlertHook": true, "endpoint": URL, "authType": "none" });
    assert_eq!(api.put(&format!("/webhooks/{id}"), &again).await.status, 200);
    assert_eq!(stored(&app, id).await.settings.receives, Receives::All);
}

#[tokio::test]
async fn a_refused_replacement_changes_nothing() {
    let (app, _, api) = app().await;
    let id = id_of(&api.post("/webhooks", &bearer()).await);
    let before = stored(&app, id).await;
    for (patch, named) in [
        (json!({ "endpoint": "https://192.168.1.1/" }), "endpoint: "),
        (json!({ "endpoint": "" }), "endpoint: "),
        (json!({ "token": null }), "token: "),
        (json!({ "authType": null }), "authType: "),
        (json!({ "token": "********" }), "token: "),
        (
            json!({ "authType": "querystring", "endpoint": "https://hooks.example.com/?token=1" }),
            "endpoint: ",
        ),
    ] {
        let mut body = bearer();
        for (key, value) in patch.as_object().unwrap() {
            body[key] = value.clone();
        }
        let answer = api.put(&format!("/webhooks/{id}"), &body).await;
        assert_eq!(answer.status, 400, "{patch}: {}", answer.text);
        assert!(message(&answer).contains(named), "{patch}: {}", answer.text);
    }
    let without = json!({ "authType": "none" });
    assert!(message(&api.put(&format!("/webhooks/{id}"), &without).await).contains("endpoint: "));
    assert_eq!(stored(&app, id).await, before);
}

#[tokio::test]
async fn without_an_id_it_is_the_only_one_of_its_kind() {
    let (app, company, api) = app().await;
    let none = api.put("/webhooks", &bearer()).await;
    shape("aggregate_update_only_none", &app, &none);
    let alerts = id_of(&api.post("/webhooks", &bearer()).await);
    let tests = json!({ "isAlertHook": false, "endpoint": URL, "authType": "none" });
    let quiet = id_of(&api.post("/webhooks", &tests).await);
    let mut body = bearer();
    body["endpoint"] = json!("https://moved.example.com/");
    let answer = api.put("/webhooks", &body).await;
    assert_eq!(id_of(&answer), alerts);
    assert_eq!(stored(&app, alerts).await.settings.endpoint.as_str(), "https://moved.example.com/");
    assert_eq!(id_of(&api.put("/webhooks", &tests).await), quiet);
    let other = app.company("Mallory Ltd").await;
    app.api(other).await.post("/webhooks", &bearer()).await;
    assert_eq!(api.put("/webhooks", &body).await.status, 200, "another company's does not count");
    super::create(&api, &[app.alert(company, 8).await.0]).await;
    let many = api.put("/webhooks", &body).await;
    shape("aggregate_update_only_many", &app, &many);
    assert_eq!(api.put("/webhooks", &json!({ "authType": "none" })).await.status, 400);
}

#[tokio::test]
async fn listed_read_and_deleted() {
    let (app, _, api) = app().await;
    assert_eq!(api.get("/webhooks").await.json(), json!([]));
    let first = id_of(&api.post("/webhooks", &bearer()).await);
    let second = super::create(&api, &[]).await;
    let list = api.get("/webhooks").await;
    shape("aggregate_list", &app, &list);
    assert_eq!(list.header("x-total-count"), Some("2"));
    let page = api.get("/webhooks?page=2&pageSize=1").await;
    assert_eq!(
        (page.json()[0]["webhookId"].clone(), page.header("x-total-count")),
        (json!(first.to_string()), Some("2"))
    );
    for bad in ["page=0", "pageSize=x", "page=1&page=2"] {
        assert_eq!(api.get(&format!("/webhooks?{bad}")).await.status, 400, "{bad}");
    }
    shape("aggregate_get", &app, &api.get(&format!("/webhooks/{second}")).await);
    shape("aggregate_deleted", &app, &api.delete(&format!("/webhooks/{first}")).await);
    shape("aggregate_not_found", &app, &api.get(&format!("/webhooks/{first}")).await);
    assert_eq!(api.delete(&format!("/webhooks/{first}")).await.status, 404);
    let gone = api.put(&format!("/webhooks/{first}"), &bearer()).await;
    shape("aggregate_update_not_found", &app, &gone);
    assert_eq!(api.get("/webhooks").await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn another_companys_webhook_is_not_there() {
    let (app, _, api) = app().await;
    let id = id_of(&api.post("/webhooks", &bearer()).await);
    let before = stored(&app, id).await;
    let mallory = app.company("Mallory Ltd").await;
    let theirs = app.api(mallory).await;
    let path = format!("/webhooks/{id}");
    for (foreign, unknown, status) in [
        (theirs.get(&path).await, theirs.get("/webhooks/999999").await, 404),
        (theirs.delete(&path).await, theirs.delete("/webhooks/999999").await, 404),
        (theirs.put(&path, &bearer()).await, theirs.put("/webhooks/999999", &bearer()).await, 400),
    ] {
        assert_eq!((foreign.status, &foreign.text), (status, &unknown.text));
        assert_eq!(unknown.status, status);
    }
    assert_eq!(theirs.get("/webhooks").await.json(), json!([]));
    for odd in ["0", "-1", "07", "x", "7.0", "9223372036854775808", "wh-007", "%00", "7%20"] {
        assert_eq!(api.get(&format!("/webhooks/{odd}")).await.status, 404, "{odd}");
        assert_eq!(api.put(&format!("/webhooks/{odd}"), &bearer()).await.status, 400, "{odd}");
    }
    assert_eq!(stored(&app, id).await, before);
}

#[tokio::test]
async fn keys_do_what_they_were_made_for() {
    let (app, company, api) = app().await;
    let id = id_of(&api.post("/webhooks", &bearer()).await);
    let path = format!("/webhooks/{id}");
    let reader = app.api_with(company, Some(vec![Action::WebhooksRead]), None).await;
    assert_eq!(reader.get("/webhooks").await.status, 200);
    assert_eq!(reader.get(&path).await.status, 200);
    shape("aggregate_forbidden", &app, &reader.post("/webhooks", &bearer()).await);
    assert_eq!(reader.put(&path, &bearer()).await.status, 403);
    assert_eq!(reader.put("/webhooks", &bearer()).await.status, 403);
    assert_eq!(reader.delete(&path).await.status, 403);
    let writer = app.api_with(company, Some(vec![Action::WebhooksWrite]), None).await;
    assert_eq!(writer.get("/webhooks").await.status, 403);
    assert_eq!(writer.get(&path).await.status, 403);
    assert_eq!(writer.put(&path, &bearer()).await.status, 200);
    assert_eq!(writer.delete(&path).await.status, 200);
}
