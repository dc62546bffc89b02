//! A request of somebody who has shown a valid credential and asks no more often than they may.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::code::Code;
use super::errors::Error;
use crate::actions::Context;
use crate::domain::access::{Action, Permission};
use crate::domain::ids::CompanyId;
use crate::security::access_token::Tokens;
use crate::security::api_auth;
use crate::security::rate_limit::{Limit, RateLimiter, Who};
use crate::web::bearer;
use crate::web::state::AppState;

/// The caller, in the surroundings of an action.
pub struct Call {
    /// Hand it to actions.
    pub ctx: Context,
}

impl Call {
    /// Refuses a caller without `action`.
    ///
    /// # Errors
    /// 403 `INVALID_SCOPE`.
    pub fn needs(&self, action: Action) -> Result<(), Error> {
        if self.ctx.caller.holds_action(action) {
            return Ok(());
        }
        let description =
            format!("This needs the action {}, which the credential does not include.", action.name());
        Err(Error::new(Code::InvalidScope, description))
    }

    /// Refuses a caller who may see nothing at all.
    ///
    /// # Errors
    /// 403 `INVALID_SCOPE`.
    pub fn needs_to_read(&self) -> Result<(), Error> {
        let refused =
            |error: crate::domain::access::Refused| Error::new(Code::InvalidScope, error.to_string());
        self.ctx.caller.may(Permission::Read).map_err(refused)
    }

    /// The company that new things belong to.
    ///
    /// # Errors
    /// 403 `INVALID_SCOPE`, for staff.
    pub fn company(&self) -> Result<CompanyId, Error> {
        let nobodys =
            || Error::new(Code::InvalidScope, "Staff belong to no company, so they cannot own a webhook.");
        self.ctx.caller.company().ok_or_else(nobodys)
    }
}

impl FromRequest for Call {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move { call(&req).await })
    }
}

async fn call(req: &HttpRequest) -> Result<Call, Error> {
    let state = req.app_data::<Data<AppState>>().ok_or_else(Error::internal)?;
    let credential = bearer::credential(req.headers()).ok_or_else(unauthorized)?;
    let services = &state.services;
    let (tokens, now) = (tokens(state), services.clock.now());
    let found = api_auth::authenticate(&services.store, &state.known_keys, &tokens, credential, now)
        .await
        .map_err(Error::from)?;
    let caller = found.ok_or_else(unauthorized)?;
    let name = format!("{}:{}", caller.actor.kind(), caller.actor.id().unwrap_or_default());
    tracing::Span::current().record("caller", name);
    if let Some(limit) = limit_of(req.method(), req.match_pattern().as_deref().unwrap_or_default()) {
        throttle(req, state, Who::holds(credential), limit)?;
    }
    Ok(Call { ctx: state.context(caller) })
}

/// This service's token issuer.
pub fn tokens(state: &AppState) -> Tokens {
    Tokens::new(state.token_key, state.public_url.as_str())
}

fn unauthorized() -> Error {
    Error::new(Code::InvalidCredentials, "The access token or API key is missing, invalid or has run out.")
}

/// Counts the request; the answer will carry the standing, whatever it is (see [`super::errors::dress`]).
///
/// # Errors
/// 429.
pub fn throttle(req: &HttpRequest, state: &AppState, who: Who, limit: Limit) -> Result<(), Error> {
    let limiter = req.app_data::<Data<RateLimiter>>().filter(|_| state.rate_limits);
    let Some(limiter) = limiter else {
        return Ok(());
    };
    let standing = limiter.take(who, limit, state.services.clock.now());
    req.extensions_mut().insert(standing);
    match standing.retry_after_s {
        None => Ok(()),
        Some(seconds) => Err(Error::rate_limited(standing.limit, seconds)),
    }
}

/// The limits of contract 1.6, each route counted by itself. What has none is not limited: events come as
/// often as alerts fire.
fn limit_of(method: &Method, pattern: &str) -> Option<Limit> {
    let (route, requests) = match (method.as_str(), pattern) {
        ("POST", "/api/v2/webhooks") => ("create webhook", 20),
        ("PUT", "/api/v2/webhooks/{id}") => ("update webhook", 20),
        ("DELETE", "/api/v2/webhooks/{id}") => ("delete webhook", 20),
        ("POST", "/api/v2/webhooks/{id}/link-alert") => ("link alert", 20),
        ("GET", "/api/v2/webhooks") => ("list webhooks", 60),
        ("GET", "/api/v2/webhooks/{id}") => ("get webhook", 60),
        ("GET", "/api/v2/companies") => ("list companies", 30),
        ("GET", "/api/v2/companies/{id}/alerts") => ("list alerts", 20),
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
        assert_eq!(requests(Method::POST, "/api/v2/alerts/{id}/events"), None);
        assert_eq!(requests(Method::GET, "/api/v2/new"), Some(60));
    }
}
