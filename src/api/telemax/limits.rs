//! How often one credential may ask for each route (contract 1.6).

use actix_web::http::Method;

use crate::security::rate_limit::Limit;

/// Each route is counted by itself. What has no limit is not counted: events come as often as alerts fire.
pub fn limit_of(method: &Method, pattern: &str) -> Option<Limit> {
    let (route, requests) = match (method.as_str(), pattern) {
        ("POST", "/api/v2/webhooks") => ("create webhook", 20),
        ("PUT", "/api/v2/webhooks/{id}") => ("update webhook", 20),
        ("DELETE", "/api/v2/webhooks/{id}") => ("delete webhook", 20),
        ("POST", "/api/v2/webhooks/{id}/link-alert") => ("link alert", 20),
        ("GET", "/api/v2/webhooks") => ("list webhooks", 60),
        ("GET", "/api/v2/webhooks/{id}") => ("get webhook", 60),
        ("GET", "/api/v2/companies") => ("list companies", 30),
        ("GET", "/api/v2/companies/{id}/alerts") => ("list alerts", 20),
        ("GET", "/api/v2/companies/{id}/alert-records") => ("list alert records", 20),
        ("PUT", "/api/v2/companies/{id}/set-all-alerts-read") => ("set all alerts read", 20),
        ("PUT", "/api/v2/alerts/{id}/{date}/update-read-status") => ("update read status", 60),
        ("POST", "/api/v2/alerts/{id}/events") => return None,
        _ => ("other", 60),
    };
    Some(Limit { route, requests })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_has_the_limit_of_the_contract() {
        let requests = |method: Method, pattern| limit_of(&method, pattern).map(|limit| limit.requests);
        assert_eq!(requests(Method::POST, "/api/v2/webhooks"), Some(20));
        assert_eq!(requests(Method::GET, "/api/v2/webhooks/{id}"), Some(60));
        assert_eq!(requests(Method::GET, "/api/v2/companies"), Some(30));
        assert_eq!(requests(Method::GET, "/api/v2/companies/{id}/alerts"), Some(20));
        assert_eq!(requests(Method::GET, "/api/v2/companies/{id}/alert-records"), Some(20));
        assert_eq!(requests(Method::PUT, "/api/v2/companies/{id}/set-all-alerts-read"), Some(20));
        assert_eq!(requests(Method::PUT, "/api/v2/alerts/{id}/{date}/update-read-status"), Some(60));
        assert_eq!(requests(Method::POST, "/api/v2/alerts/{id}/events"), None);
        assert_eq!(requests(Method::GET, "/api/v2/new"), Some(60));
    }
}
