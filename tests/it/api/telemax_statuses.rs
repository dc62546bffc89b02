//! Every endpoint of the Telemax door: who is not known, who may not, who asks too often.

use belfry::domain::access::Action;
use reqwest::Method;

use super::verdict;
use crate::support::{ApiClient, TestApp};

/// Method, path, the action that it needs, and how many requests a minute it takes (contract 1.6).
fn endpoints(company: i64) -> Vec<(Method, String, Action, Option<usize>)> {
    use Action::{AlertsRead, AlertsWrite, WebhooksRead, WebhooksWrite};
    vec![
        (Method::POST, "/api/v2/webhooks".to_owned(), WebhooksWrite, Some(20)),
        (Method::GET, "/api/v2/webhooks".to_owned(), WebhooksRead, Some(60)),
        (Method::GET, "/api/v2/webhooks/1".to_owned(), WebhooksRead, Some(60)),
        (Method::PUT, "/api/v2/webhooks/1".to_owned(), WebhooksWrite, Some(20)),
        (Method::DELETE, "/api/v2/webhooks/1".to_owned(), WebhooksWrite, Some(20)),
        (Method::POST, "/api/v2/webhooks/1/link-alert".to_owned(), WebhooksWrite, Some(20)),
        (Method::GET, format!("/api/v2/companies/{company}/alerts"), AlertsRead, Some(20)),
        (
            Method::GET,
            format!("/api/v2/companies/{company}/alert-records?from=2026-01-01&num=1"),
            AlertsRead,
            Some(20),
        ),
        (
            Method::PUT,
            "/api/v2/alerts/1/2026-04-28T06:14:22/update-read-status?isRead=true".to_owned(),
            AlertsWrite,
            Some(60),
        ),
        (Method::PUT, format!("/api/v2/companies/{company}/set-all-alerts-read"), AlertsWrite, Some(20)),
        (Method::POST, "/api/v2/alerts/1/events".to_owned(), AlertsWrite, None),
    ]
}

#[tokio::test]
async fn nobody_gets_401_and_a_key_without_the_action_403() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    for (method, path, needed, _) in endpoints(company.0) {
        let nobody = ApiClient::new(&app.url, "");
        let answer = nobody.send(nobody.anonymous(method.clone(), &path)).await;
        assert_eq!(verdict(&answer), "401 INVALID_CREDENTIALS", "{method} {path}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        let others = Action::ALL.into_iter().filter(|action| *action != needed).collect();
        let lacking = app.api_with(company, Some(others), None).await;
        let answer = lacking.send(lacking.request(method.clone(), &path)).await;
        assert_eq!(verdict(&answer), "403 INVALID_SCOPE", "{method} {path}");
        let holding = app.api_with(company, Some(vec![needed]), None).await;
        let answer = holding.send(holding.request(method.clone(), &path)).await;
        assert!(!matches!(answer.status, 401 | 403 | 500..), "{method} {path}: {}", answer.text);
    }
    let nobody = ApiClient::new(&app.url, "bfy_nobody");
    assert_eq!(verdict(&nobody.get("/api/v2/companies").await), "401 INVALID_CREDENTIALS");
}

#[tokio::test]
async fn every_endpoint_has_the_limit_of_its_page() {
    let app = TestApp::start_with(&[("rate_limits", "on")]).await;
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    let companies = (Method::GET, "/api/v2/companies".to_owned(), Action::WebhooksRead, Some(30));
    for (method, path, _, limit) in endpoints(company.0).into_iter().chain([companies]) {
        for at in 0..limit.unwrap_or(100) {
            let answer = api.send(api.request(method.clone(), &path)).await;
            assert_ne!(answer.status, 429, "{method} {path} {at}");
            let told = |name: &str| answer.header(name).map(|text| text.parse::<usize>().expect("a number"));
            assert_eq!(told("x-ratelimit-limit"), limit, "{method} {path}");
            assert_eq!(told("x-ratelimit-remaining"), limit.map(|limit| limit - at - 1), "{method} {path}");
            assert_eq!(told("x-ratelimit-reset").is_some(), limit.is_some());
        }
        if limit.is_some() {
            let answer = api.send(api.request(method.clone(), &path)).await;
            assert_eq!(verdict(&answer), "429 RATE_LIMIT_EXCEEDED", "{method} {path}");
            assert_eq!(answer.header("retry-after"), Some("60"), "{method} {path}");
            assert_eq!(answer.header("x-ratelimit-remaining"), Some("0"), "{method} {path}");
            let told = |name: &str| answer.header(name).and_then(|text| text.parse::<i64>().ok());
            assert_eq!(told("x-ratelimit-limit"), limit.and_then(|limit| i64::try_from(limit).ok()));
            assert_eq!(told("x-ratelimit-reset"), Some(app.services.clock.now().seconds() + 60));
        }
    }
}
