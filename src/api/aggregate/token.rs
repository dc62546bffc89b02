//! Exchanges a user name and a password for an access token (contract 2.1).

use std::net::IpAddr;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::errors::Error;
use super::limits;
use super::wire::{TokenRequest, TokenView};
use crate::actions::{ActionError, sessions};
use crate::api::call::tokens;
use crate::api::{given, throttle};
use crate::domain::access::Permission;
use crate::domain::problem::{Problems, Rule};
use crate::domain::secret::Secret;
use crate::domain::time::SECOND_US;
use crate::security::api_auth;
use crate::web::json;
use crate::web::state::AppState;

const WRONG: &str = "User name or password is wrong.";

/// `POST /authtoken`. An unknown user and a wrong password are the same 401 after the same time, unless the
/// operator has chosen the vendor's 404 for the former. A person who may see nothing gets 403: a token would
/// open no door for them.
pub async fn issue(req: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Error> {
    throttle::take(&req, &state, throttle::peer(&req), limits::SIGN_IN)?;
    let (user_name, password) = read(given::read(json::object(&req, payload).await?))?;
    let peer: Option<IpAddr> = req.peer_addr().map(|peer| peer.ip());
    let (services, now) = (&state.services, state.services.clock.now());
    if state.rate_limits
        && let Err(wait_us) = state.login_guard.begin(&user_name, peer, now)
    {
        let seconds = wait_us.div_euclid(SECOND_US) + 1;
        return Err(Error::too_often(format!("Too many failed tries. Retry after {seconds} s."), seconds));
    }
    let user = match sessions::sign_in(services, &user_name, password).await {
        Ok(user) => user,
        Err(ActionError::NotFound(_)) => return Err(refused(&state, user_name).await),
        Err(error) => return Err(error.into()),
    };
    state.login_guard.succeeded(&user_name, peer, now);
    if !user.caller().holds(Permission::Read) {
        let words = "This account runs the service and has no access to webhooks.";
        return Err(Error::new(StatusCode::FORBIDDEN, words));
    }
    let token = api_auth::token_for(&services.store, &tokens(&state), &user, now).await?;
    Ok(HttpResponse::Ok().json(TokenView::new(token, now)))
}

fn read(request: TokenRequest) -> Result<(String, Secret), Error> {
    const TEXT: &str = "It must be a text.";
    let mut problems = Problems::default();
    let user_name = request.user_name.required(&mut problems, "userName", TEXT);
    let password = request.password.required(&mut problems, "password", TEXT);
    for (field, value) in [("userName", &user_name), ("password", &password)] {
        if value.as_ref().is_some_and(String::is_empty) {
            problems.add(field, Rule::Required, "It must not be empty.");
        }
    }
    match (user_name, password) {
        (Some(user_name), Some(password)) if problems.is_empty() => Ok((user_name, Secret::new(password))),
        _ => Err(Error::invalid(problems)),
    }
}

/// Nobody is told which of the two was wrong, unless the operator has chosen so.
async fn refused(state: &AppState, user_name: String) -> Error {
    if !state.authtoken_404 {
        return Error::unauthorized(WRONG);
    }
    match sessions::is_known(&state.services, &user_name).await {
        Ok(true) => Error::unauthorized(WRONG),
        Ok(false) => {
            Error::new(StatusCode::NOT_FOUND, format!("No user found with username: {}", shown(&user_name)))
        }
        Err(error) => error.into(),
    }
}

/// At most as much of a user name as an e-mail address can have.
fn shown(user_name: &str) -> String {
    user_name.chars().take(254).collect()
}
