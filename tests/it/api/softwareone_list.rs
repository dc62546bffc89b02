//! The list: filter, order, pages, select.

use serde_json::{Value, json};

use super::softwareone_webhooks::{WEBHOOKS, create, named, northline};
use super::{URL, shape};
use crate::support::{ApiClient, TestApp};

async fn three() -> (TestApp, ApiClient) {
    let (app, _, api) = northline().await;
    for (description, kind) in
        [("Ärger im Lager", "ValidateRequest"), ("Ops", "ValidateAccount"), ("ops 100%", "SelectOrderLines")]
    {
        let criteria = if kind == "ValidateRequest" { json!({ "product.id": "PRD-1" }) } else { json!(null) };
        create(&api, &json!({ "url": URL, "description": description, "type": kind, "criteria": criteria }))
            .await;
        app.wait_seconds(1);
    }
    (app, api)
}

async fn ids(api: &ApiClient, query: &str) -> Vec<u64> {
    let answer = api.get(&format!("{WEBHOOKS}?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text);
    let number =
        |webhook: &Value| webhook["id"].as_str().unwrap().rsplit('-').next().unwrap().parse().unwrap();
    answer.json()["data"].as_array().unwrap().iter().map(number).collect()
}

#[tokio::test]
async fn shapes_of_lists() {
    let (app, api) = three().await;
    shape("softwareone_webhooks", &app, &api.get(&format!("{WEBHOOKS}?limit=2")).await);
    shape("softwareone_webhooks_audit", &app, &api.get(&format!("{WEBHOOKS}?select=+audit&limit=1")).await);
    let narrow = api.get(&format!("{WEBHOOKS}?select=-*,%2Bstatistics.total,criteria(key)&limit=1")).await;
    shape("softwareone_webhooks_narrow", &app, &narrow);
    let whole = api.get(&format!("{WEBHOOKS}?select=%2B*&limit=1")).await.json();
    assert_eq!((&whole["$meta"]["omitted"], &whole["data"][0]["$meta"]), (&Value::Null, &Value::Null));
    assert_eq!(whole["data"][0]["lastCall"], json!(null));
    shape("softwareone_webhooks_none", &app, &api.get(&format!("{WEBHOOKS}?limit=0")).await);
}

#[tokio::test]
async fn filters_and_orders() {
    let (_app, api) = three().await;
    for (query, expected) in [
        ("", vec![1, 2, 3]),
        ("order=-id", vec![3, 2, 1]),
        ("order=-type", vec![1, 2, 3]),
        ("order=%2Btype", vec![3, 2, 1]),
        ("order=+description", vec![2, 3, 1]),
        ("eq(status,enabled)", vec![1, 2, 3]),
        ("status=Disabled", vec![]),
        ("eq(id,%22WBH-0000-0002%22)", vec![2]),
        ("description=Ops", vec![2]),
        ("like(description,Ops*)", vec![2]),
        ("ilike(description,OPS*)", vec![2, 3]),
        ("ilike(description,%C3%A4rger*)", vec![1]),
        ("like(description,*100%25)", vec![3]),
        ("like(description,o_s*)", vec![]),
        ("any(criteria,key=%22product.id%22)", vec![1]),
        ("not(any(criteria))", vec![2, 3]),
        ("or(type=ValidateRequest,objectType=account)", vec![1, 2]),
        ("in(type,(selectorderlines,ValidateRequest))&order=-id", vec![3, 1]),
        ("ilike(account.name,NORTH*),statistics.total=0", vec![1, 2, 3]),
        ("lastCall.callTime=null()", vec![1, 2, 3]),
        ("gt(audit.created.at,2026-09-22T12:00:00.000Z)&select=audit", vec![2, 3]),
        ("order=-audit.created.at&select=audit", vec![3, 2, 1]),
        ("limit=1&offset=1", vec![2]),
        ("limit=500&offset=2", vec![3]),
    ] {
        assert_eq!(ids(&api, query).await, expected, "{query}");
    }
    let page = api.get(&format!("{WEBHOOKS}?ilike(description,ops*)&limit=500&offset=1")).await.json();
    assert_eq!(page["$meta"]["pagination"], json!({ "offset": 1, "limit": 100, "total": 2 }));
}

#[tokio::test]
async fn queries_that_are_refused() {
    let (app, api) = three().await;
    let documented = api.get(&format!("{WEBHOOKS}?mistake(a,b)")).await;
    shape("softwareone_query_unknown_function", &app, &documented);
    let many = api.get(&format!("{WEBHOOKS}?nothing=1,secret=2,status=x&order=secret&limit=-1")).await;
    shape("softwareone_query_invalid", &app, &many);
    for (query, expected) in [
        ("rql=eq(status,Enabled)", "400 rql"),
        ("Enabled", "400 filter"),
        ("eq(url,%00)", "400 filter"),
        ("eq(url,%ff)", "400 filter"),
        ("eq(secret,x)", "400 secret"),
        ("gt(audit.created.at,2026-01-01T00:00:00.000Z)", "400 audit.created.at"),
        ("order=audit.created.at", "400 audit.created.at"),
        ("order=-passwordHash", "400 passwordHash"),
        ("limit=abc", "400 limit"),
        ("offset=-1", "400 offset"),
        ("select=(", "400 select"),
        ("description='%20OR%201=1;--", "400 filter"),
    ] {
        assert_eq!(named(&api.get(&format!("{WEBHOOKS}?{query}")).await), expected, "{query}");
    }
    for injection in
        ["eq(description,%22x'%20OR%20'1'='1%22)", "like(url,%22*');DROP%20TABLE%20webhooks;--*%22)"]
    {
        assert_eq!(ids(&api, injection).await, [0; 0], "{injection}");
    }
    let list = (0..10_000).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
    let huge = api.get(&format!("{WEBHOOKS}?in(statistics.total,({list}))")).await;
    assert!([400, 414, 431].contains(&huge.status), "{}", huge.status);
}

#[tokio::test]
async fn one_object_is_shown_whole_unless_asked_otherwise() {
    let (_app, api) = three().await;
    let path = format!("{WEBHOOKS}/WBH-0000-0001");
    let whole = api.get(&path).await.json();
    assert_eq!((&whole["$meta"], whole.as_object().unwrap().len()), (&Value::Null, 15));
    let narrow = api.get(&format!("{path}?select=-audit,-lastCall.headers,-id,-nothing")).await.json();
    assert_eq!(narrow["$meta"]["omitted"], json!(["audit"]));
    assert!(narrow.get("audit").is_none() && narrow.get("id").is_some() && narrow.get("lastCall").is_some());
    let changed = api.put(&format!("{path}?select=-*,url"), &json!({ "description": "x" })).await.json();
    assert_eq!(changed.as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "$meta", "url"]);
    let made = api.post(&format!("{WEBHOOKS}?select=-*,%2Bsecret"), &json!({ "url": URL })).await.json();
    assert_eq!(made["secret"].as_str().unwrap().len(), 32);
    assert_eq!(named(&api.post(&format!("{WEBHOOKS}?select=("), &json!({ "url": URL })).await), "400 select");
    assert_eq!(ids(&api, "").await.len(), 4, "the refused one was made");
}
