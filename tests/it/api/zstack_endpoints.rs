//! Webhook endpoints through the ZStack door.

use belfry::domain::access::{Action, Scope};
use belfry::domain::ids::{CompanyId, WebhookId};
use belfry::domain::webhook::format::Format;
use belfry::domain::webhook::{Receives, Webhook};
use belfry::store::webhooks;
use reqwest::Method;
use serde_json::{Value, json};

use super::{URL, shape};
use crate::support::api::Answer;
use crate::support::{ApiClient, TestApp};

const ENDPOINTS: &str = "/api/v1/alerting/webhook-endpoints";

async fn app() -> (TestApp, CompanyId, ApiClient) {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    (app, company, api)
}

fn body() -> Value {
    json!({ "name": "Ops alerts", "url": URL, "signingEnabled": true, "signingSecret": "my-secret-key" })
}

fn patched(patch: &Value) -> Value {
    let mut body = body();
    for (key, value) in patch.as_object().expect("an object") {
        body[key] = value.clone();
    }
    body
}

fn details(answer: &Answer) -> String {
    answer.json()["error"]["details"].as_str().expect("details").to_owned()
}

async fn stored(app: &TestApp, id: i64) -> Webhook {
    let found = app.services.store.read(move |db| webhooks::get(db, &Scope::service(), WebhookId(id))).await;
    found.expect("a webhook")
}

#[tokio::test]
async fn created_read_and_listed() {
    let (app, _, api) = app().await;
    assert_eq!(api.get(ENDPOINTS).await.json(), json!({ "items": [], "total": 0 }));
    let answer = api.post(ENDPOINTS, &body()).await;
    shape("zstack_created", &app, &answer);
    assert_eq!(answer.json()["signingSecretPlaintext"], "my-secret-key");
    assert_eq!(answer.json()["endpoint"]["signingSecretMasked"], "****-key");
    let webhook = stored(&app, 1).await;
    assert_eq!((webhook.settings.format, webhook.settings.receives), (Format::Zstack, Receives::All));
    assert!(webhook.settings.signing && webhook.settings.is_active);
    let one = api.get(&format!("{ENDPOINTS}/wh-001")).await;
    shape("zstack_get", &app, &one);
    assert!(!one.text.contains("my-secret"), "the secret is shown once");
    for _ in 0..24 {
        api.post(ENDPOINTS, &body()).await;
    }
    let list = api.get(&format!("{ENDPOINTS}?page=2&pageSize=24")).await;
    shape("zstack_list", &app, &list);
    let first = api.get(ENDPOINTS).await.json();
    assert_eq!((first["items"].as_array().unwrap().len(), &first["total"]), (20, &json!(25)));
    assert_eq!(first["items"][0]["id"], "wh-025");
    assert_eq!(
        api.get(&format!("{ENDPOINTS}?pageSize=1000")).await.json()["items"].as_array().unwrap().len(),
        25
    );
    let bad = api.get(&format!("{ENDPOINTS}?page=0&pageSize=x")).await;
    assert_eq!(bad.status, 400);
    assert!(details(&bad).contains("page: ") && details(&bad).contains("pageSize: "));
}

#[tokio::test]
async fn every_broken_rule_is_400_and_named() {
    let (app, _, api) = app().await;
    assert_eq!(api.post(ENDPOINTS, &body()).await.status, 200);
    let fields = ["name", "url", "signingEnabled", "signingSecret"];
    for (patch, named) in [
        (json!({ "name": "" }), &["name"][..]),
        (json!({ "name": "   " }), &["name"]),
        (json!({ "name": null }), &["name"]),
        (json!({ "name": 1 }), &["name"]),
        (json!({ "name": "a".repeat(129) }), &["name"]),
        (json!({ "name": "a\0b" }), &["name"]),
        (json!({ "name": "a\u{2066}b" }), &["name"]),
        (json!({ "url": "" }), &["url"]),
        (json!({ "url": {} }), &["url"]),
        (json!({ "url": "https://[::ffff:169.254.169.254]/" }), &["url"]),
        (json!({ "url": "https://user:pw@hooks.example.com/" }), &["url"]),
        (json!({ "url": "https://hooks.example.com/\r\nX: y" }), &["url"]),
        (json!({ "url": format!("https://hooks.example.com/{}", "a".repeat(2_048)) }), &["url"]),
        (json!({ "signingEnabled": null }), &["signingEnabled"]),
        (json!({ "signingEnabled": 1 }), &["signingEnabled"]),
        (json!({ "signingEnabled": "true" }), &["signingEnabled"]),
        (json!({ "signingSecret": 1 }), &["signingSecret"]),
        (json!({ "signingSecret": "1234567" }), &["signingSecret"]),
        (json!({ "signingSecret": "a".repeat(257) }), &["signingSecret"]),
        (json!({ "signingSecret": "secret\0x" }), &["signingSecret"]),
        (json!({ "signingSecret": "secret\r\nx" }), &["signingSecret"]),
        (json!({ "signingSecret": "sécrétsécrét" }), &["signingSecret"]),
        (json!({ "signingSecret": "********" }), &["signingSecret"]),
        (json!({ "signingSecret": "****-key" }), &["signingSecret"]),
        (
            json!({ "name": " ", "url": "https://10.0.0.5/", "signingEnabled": 0, "signingSecret": "x" }),
            &fields[..],
        ),
    ] {
        for answer in [
            api.post(ENDPOINTS, &patched(&patch)).await,
            api.put(&format!("{ENDPOINTS}/wh-001"), &patched(&patch)).await,
        ] {
            assert_eq!(answer.status, 400, "{patch}: {}", answer.text);
            assert_eq!(answer.json()["error"]["code"], "SYS.1007");
            for field in fields {
                let is_named = details(&answer).contains(&format!("{field}: "));
                assert_eq!(is_named, named.contains(&field), "{patch}: {}", answer.text);
            }
        }
    }
    shape("zstack_invalid", &app, &api.post(ENDPOINTS, &json!({})).await);
    assert_eq!(api.get(ENDPOINTS).await.json()["total"], 1, "nothing was made");
    let emoji = "🚀".repeat(128);
    let answer = api.post(ENDPOINTS, &patched(&json!({ "name": emoji }))).await;
    assert_eq!((answer.status, &answer.json()["endpoint"]["name"]), (200, &json!(emoji)));
    for same in ["</title><svg/onload=alert(1)>", "O'Brien & Söhne <Ops>", "=1+1", "{{7*7}}"] {
        let answer = api.post(ENDPOINTS, &patched(&json!({ "name": same }))).await;
        assert_eq!(answer.json()["endpoint"]["name"], same);
    }
}

#[tokio::test]
async fn an_update_replaces_what_this_door_knows_and_nothing_else() {
    let (app, company, api) = app().await;
    let alert = app.alert(company, 8).await;
    let id = super::create(&api, &[alert.0]).await;
    let before = stored(&app, id).await;
    app.wait_seconds(60);
    let path = format!("{ENDPOINTS}/wh-001");
    let answer = api.put(&path, &json!({ "name": "New", "url": URL, "signingEnabled": false })).await;
    shape("zstack_updated", &app, &answer);
    let after = stored(&app, id).await;
    let mut expected = before.settings.clone();
    "New".clone_into(&mut expected.name);
    expected.signing = false;
    assert_eq!((&after.settings, &after.secret), (&expected, &before.secret), "the secret is kept for later");
    assert_eq!(api.get(&format!("/api/v2/webhooks/{id}")).await.json()["alertIds"], json!([alert.0]));
    for missing in ["name", "url", "signingEnabled"] {
        let mut body = body();
        body.as_object_mut().unwrap().remove(missing);
        let answer = api.put(&path, &body).await;
        assert_eq!((answer.status, details(&answer)), (400, format!("{missing}: It must be given.")));
    }
    assert_eq!(stored(&app, id).await, after);
}

#[tokio::test]
async fn deleted_for_good_and_its_options_judged() {
    let (app, _, api) = app().await;
    api.post(ENDPOINTS, &body()).await;
    let path = format!("{ENDPOINTS}/wh-001");
    for bad in [
        "options.force=maybe",
        "options.gracePeriodSeconds=soon",
        "options.revokeRemoteCredentials=1",
        "options.propagationPolicy=a&options.propagationPolicy=b",
    ] {
        let answer = api.delete(&format!("{path}?{bad}")).await;
        assert_eq!(answer.status, 400, "{bad}");
        assert!(details(&answer).starts_with("options."), "{}", answer.text);
    }
    assert_eq!(api.get(&path).await.status, 200, "nothing was deleted");
    let options = "options.propagationPolicy=Foreground&options.force=true&options.gracePeriodSeconds=30";
    shape("zstack_deleted", &app, &api.delete(&format!("{path}?{options}")).await);
    shape("zstack_not_found", &app, &api.get(&path).await);
    assert_eq!(api.delete(&path).await.status, 404);
    assert_eq!(api.put(&path, &body()).await.status, 404);
}

#[tokio::test]
async fn another_companys_endpoint_is_not_there() {
    let (app, _, api) = app().await;
    api.post(ENDPOINTS, &body()).await;
    let before = stored(&app, 1).await;
    let mallory = app.company("Mallory Ltd").await;
    let theirs = app.api(mallory).await;
    let asked = |spelled: &str| {
        let (theirs, path) = (theirs.clone(), format!("{ENDPOINTS}/{spelled}"));
        async move {
            [
                theirs.get(&path).await,
                theirs.put(&path, &body()).await,
                theirs.delete(&path).await,
                theirs.post(&format!("{path}/rotate-secret"), &json!({})).await,
                theirs.post(&format!("{path}/test"), &json!({})).await,
            ]
        }
    };
    for (foreign, unknown) in asked("wh-001").await.into_iter().zip(asked("wh-999").await) {
        assert_eq!((foreign.status, &foreign.text), (404, &unknown.text));
        assert_eq!(foreign.json()["error"]["code"], "SYS.1003");
    }
    assert_eq!(theirs.get(ENDPOINTS).await.json()["total"], 0);
    for odd in ["1", "wh-", "wh-1", "wh-0001", "WH-001", "wh-%00", "wh-000", "wh-9223372036854775808"] {
        assert_eq!(api.get(&format!("{ENDPOINTS}/{odd}")).await.status, 404, "{odd}");
    }
    assert_eq!(stored(&app, 1).await, before);
}

#[tokio::test]
async fn keys_do_what_they_were_made_for() {
    let (app, company, api) = app().await;
    api.post(ENDPOINTS, &body()).await;
    let path = format!("{ENDPOINTS}/wh-001");
    let reader = app.api_with(company, Some(vec![Action::WebhooksRead]), None).await;
    assert_eq!(reader.get(ENDPOINTS).await.status, 200);
    assert_eq!(reader.get(&path).await.status, 200);
    shape("zstack_forbidden", &app, &reader.post(ENDPOINTS, &body()).await);
    for answer in [
        reader.put(&path, &body()).await,
        reader.delete(&path).await,
        reader.post(&format!("{path}/rotate-secret"), &json!({})).await,
        reader.post(&format!("{path}/test"), &json!({})).await,
    ] {
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (403, &json!("SYS.1006")));
    }
    let writer = app.api_with(company, Some(vec![Action::WebhooksWrite]), None).await;
    assert_eq!(writer.get(ENDPOINTS).await.status, 403);
    assert_eq!(writer.get(&path).await.status, 403);
    assert_eq!(writer.put(&path, &body()).await.status, 200);
}

#[tokio::test]
async fn every_route_asks_who_is_there() {
    let (app, _, api) = app().await;
    let stranger = ApiClient::new(&app.url, "bfy_nobody");
    shape("zstack_unauthorized", &app, &stranger.get(ENDPOINTS).await);
    for (method, path) in [
        (Method::POST, "/webhook-endpoints"),
        (Method::GET, "/webhook-endpoints"),
        (Method::GET, "/webhook-endpoints/wh-001"),
        (Method::PUT, "/webhook-endpoints/wh-001"),
        (Method::DELETE, "/webhook-endpoints/wh-001"),
        (Method::POST, "/webhook-endpoints/wh-001/rotate-secret"),
        (Method::POST, "/webhook-endpoints/wh-001/test"),
        (Method::GET, "/docs/webhook-security"),
    ] {
        let request = api.anonymous(method.clone(), &format!("/api/v1/alerting{path}"));
        assert_eq!(api.send(request).await.status, 401, "{method} {path}");
    }
}

#[tokio::test]
async fn sixty_requests_a_minute() {
    let app = TestApp::start_with(&[("rate_limits", "on")]).await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    for left in (0..60).rev() {
        let answer = api.get(ENDPOINTS).await;
        assert_eq!((answer.status, answer.header("x-ratelimit-remaining")), (200, Some(&*left.to_string())));
    }
    shape("zstack_too_often", &app, &api.post(ENDPOINTS, &body()).await);
    app.wait_seconds(60);
    assert_eq!(api.get(ENDPOINTS).await.status, 200);
}
