//! The OpenAPI document and the pages made of it: whole, and true as far as a test can ask.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use scraper::{Html, Selector};
use serde_json::{Value, json};

use crate::support::api::Answer;
use crate::support::{ApiClient, TestApp};

/// The route tables, as they stand in the doors' `mod.rs`.
const ROUTES: [&str; 4] = [
    include_str!("../../../src/api/telemax/mod.rs"),
    include_str!("../../../src/api/aggregate/mod.rs"),
    include_str!("../../../src/api/zstack/mod.rs"),
    include_str!("../../../src/api/softwareone/mod.rs"),
];

type Operations = BTreeMap<String, BTreeSet<String>>;

async fn door() -> (TestApp, ApiClient) {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    (app, api)
}

async fn document(api: &ApiClient) -> Value {
    let answer = api.send(api.anonymous(Method::GET, "/openapi.json")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

fn described(document: &Value) -> Operations {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .map(|(path, methods)| (path.clone(), methods.as_object().unwrap().keys().cloned().collect()))
        .collect()
}

fn written() -> Operations {
    let mut found = Operations::new();
    for table in ROUTES {
        let code = table.split("#[cfg(test)]").next().unwrap();
        for resource in code.split("resource(\"").skip(1) {
            let (path, rest) = resource.split_once('"').unwrap();
            let methods =
                rest.split(".route(").skip(1).map(|route| route.split("()").next().unwrap().to_owned());
            found.entry(path.to_owned()).or_default().extend(methods);
        }
    }
    found
}

/// `/webhooks/{webhookId}` → `/webhooks/7`
fn concrete(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "7" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[actix_web::test]
async fn every_route_is_described_and_nothing_else() {
    let (_app, api) = door().await;
    let described = described(&document(&api).await);
    assert_eq!(described, written(), "the document and the route tables differ");
    assert!(described.len() > 15, "{}", described.len());

    // The server itself knows the same: it names the methods that a path has.
    for (path, methods) in described {
        let answer = api.send(api.anonymous(Method::PATCH, &concrete(&path))).await;
        assert_eq!(answer.status, 405, "{path}");
        let allowed = answer.header("allow").unwrap_or_default().to_ascii_lowercase();
        let allowed: BTreeSet<String> = allowed.split(", ").map(str::to_owned).collect();
        assert_eq!(allowed, methods, "{path}");
    }
}

/// Section 5 of the contract, and the intake of events (00.5).
#[actix_web::test]
async fn every_status_of_the_contract_is_described() {
    const SWO: &str = "/public/v1/notifications/webhooks";
    const ZST: &str = "/api/v1/alerting/webhook-endpoints";
    let (_app, api) = door().await;
    let document = document(&api).await;
    let table: Vec<(&str, String, &str)> = vec![
        ("post", "/api/v2/authentication/token/api-key".into(), "200 401 429"),
        ("post", "/api/v2/webhooks".into(), "200 401 422 429 500 403"),
        ("get", "/api/v2/webhooks".into(), "200 401 422 403 429"),
        ("get", "/api/v2/webhooks/{id}".into(), "200 401 404 403 429"),
        ("put", "/api/v2/webhooks/{id}".into(), "200 401 404 422 403 429 500"),
        ("delete", "/api/v2/webhooks/{id}".into(), "200 401 403 404 429"),
        ("post", "/api/v2/webhooks/{id}/link-alert".into(), "200 401 403 404 422 429"),
        ("get", "/api/v2/companies".into(), "200 401"),
        ("get", "/api/v2/companies/{id}/alerts".into(), "200 401 403 404"),
        ("get", "/api/v2/companies/{id}/alert-records".into(), "200 401 403 404 422"),
        ("put", "/api/v2/alerts/{id}/{date}/update-read-status".into(), "200 401 404"),
        ("put", "/api/v2/companies/{id}/set-all-alerts-read".into(), "200 401 403 404"),
        ("post", "/api/v2/alerts/{id}/events".into(), "202 401 403 404 413 422"),
        ("post", "/authtoken".into(), "200 400 401 403 404 500"),
        ("post", "/webhooks".into(), "201 400 401 429 500"),
        ("put", "/webhooks".into(), "200 400 401 429"),
        ("put", "/webhooks/{webhookId}".into(), "200 400 401 429"),
        ("get", "/webhooks".into(), "200 401 429"),
        ("get", "/webhooks/{webhookId}".into(), "200 401 404 429"),
        ("delete", "/webhooks/{webhookId}".into(), "200 401 404 429"),
        ("post", ZST.into(), "200 400 401 403 429 500"),
        ("get", ZST.into(), "200 401"),
        ("get", format!("{ZST}/{{endpointId}}"), "200 401 404"),
        ("put", format!("{ZST}/{{endpointId}}"), "200 400 401 404"),
        ("delete", format!("{ZST}/{{endpointId}}"), "200 401 404"),
        ("post", format!("{ZST}/{{endpointId}}/rotate-secret"), "200 401 404"),
        ("post", format!("{ZST}/{{endpointId}}/test"), "200 401 404"),
        ("get", "/api/v1/alerting/docs/webhook-security".into(), "200 401"),
        ("get", SWO.into(), "200 400 401"),
        // 404 of create has no cause in the vendor's pages and is never sent (4.1).
        ("post", SWO.into(), "201 403 500 400 401 415"),
        ("get", format!("{SWO}/{{id}}"), "200 404 401"),
        ("put", format!("{SWO}/{{id}}"), "200 403 404 500 400 401 415"),
        ("delete", format!("{SWO}/{{id}}"), "204 403 404 500 401"),
        ("post", format!("{SWO}/{{id}}/enable"), "204 403 404 500 401"),
        ("post", format!("{SWO}/{{id}}/disable"), "204 403 404 500 401"),
    ];
    for (method, path, statuses) in table {
        let answers = document["paths"][&path][method]["responses"].as_object();
        let answers = answers.unwrap_or_else(|| panic!("{method} {path} is not described"));
        for status in statuses.split(' ') {
            assert!(answers.contains_key(status), "{method} {path}: {status}");
        }
    }
}

#[actix_web::test]
async fn operations_are_named_once_and_references_lead_somewhere() {
    let (_app, api) = door().await;
    let document = document(&api).await;
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for operation in
        document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values())
    {
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id.to_owned()), "{id} twice");
        let is_public = ["aggregateIssueToken", "telemaxIssueToken"].contains(&id);
        let expected = if is_public { json!([]) } else { json!([{ "bearer": [] }]) };
        assert_eq!(operation["security"], expected, "{id}");
        for link in operation["responses"]
            .as_object()
            .unwrap()
            .values()
            .filter_map(|answer| answer["links"].as_object())
            .flatten()
        {
            assert!(document.to_string().contains(&format!("\"operationId\":{}", link.1["operationId"])));
        }
    }
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 100);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
                found.push(reference.to_owned());
            }
            fields.values().for_each(|value| collect(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}

#[actix_web::test]
async fn it_is_kept_until_it_changes() {
    let (_app, api) = door().await;
    let first = api.send(api.anonymous(Method::GET, "/openapi.json")).await;
    assert_eq!(first.header("cache-control"), Some("public, no-cache"));
    let tag = first.header("etag").unwrap().to_owned();
    for (tags, status) in [
        (tag.clone(), 304),
        (format!("\"other\", W/{tag}"), 304),
        ("*".to_owned(), 304),
        ("\"other\"".to_owned(), 200),
    ] {
        let again = api.anonymous(Method::GET, "/openapi.json").header("if-none-match", &tags);
        let again: Answer = api.send(again).await;
        assert_eq!((again.status, again.header("etag")), (status, Some(tag.as_str())), "{tags}");
        assert_eq!(again.text.is_empty(), status == 304);
    }
}

#[actix_web::test]
async fn the_pages_show_every_operation_and_every_code() {
    let (app, api) = door().await;
    let page = async |path: &str| {
        let answer = api.send(api.anonymous(Method::GET, path)).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some("text/html; charset=utf-8")),
            "{path}"
        );
        Html::parse_document(&answer.text)
    };
    let links = |page: &Html| -> BTreeSet<String> {
        let links = Selector::parse("main a").unwrap();
        page.select(&links).filter_map(|link| link.attr("href")).map(str::to_owned).collect()
    };
    let index = page("/docs").await;
    let (doors, operations): (Vec<String>, Vec<String>) =
        links(&index).into_iter().partition(|link| !link.contains('#'));
    let ids: BTreeSet<String> =
        operations.iter().map(|link| link.split_once('#').unwrap().1.to_owned()).collect();
    let described = document(&api).await;
    let expected =
        described["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let expected: BTreeSet<String> =
        expected.map(|one| one["operationId"].as_str().unwrap().to_owned()).collect();
    assert_eq!((doors.len(), &ids), (4, &expected));

    let (mut shown, mut codes) = (BTreeSet::new(), 0);
    for door in doors {
        let door = page(&door).await;
        let sections = Selector::parse("[data-testid=operation]").unwrap();
        shown.extend(door.select(&sections).filter_map(|section| section.attr("id")).map(str::to_owned));
        for link in links(&door).into_iter().filter(|link| link.starts_with("/docs/errors/")) {
            let error = page(&link).await;
            assert!(
                error.select(&Selector::parse("[data-testid=error-doc]").unwrap()).next().is_some(),
                "{link}"
            );
            codes += 1;
        }
    }
    assert_eq!(shown, expected);
    assert!(codes > 50, "{codes}");

    for unknown in ["/docs/errors/no-such-code", "/docs/nobody"] {
        let answer = api.send(api.anonymous(Method::GET, unknown)).await;
        assert_eq!(answer.status, 404);
        assert!(answer.text.contains("data-testid=\"error-page\""), "{unknown} is a page of ours");
    }

    // Where an error of Telemax's sends people, there is a page.
    let refused = api.get("/api/v2/webhooks/7").await.json();
    let address = refused["docUrl"].as_str().unwrap().strip_prefix(&app.url).unwrap();
    page(address).await;
}
