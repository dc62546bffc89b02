//! Exchanges an API key for an access token (contract 1.1).

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use url::form_urlencoded;

use super::code::Code;
use super::errors::Error;
use super::wire::TokenDto;
use crate::api::call::tokens;
use crate::api::throttle;
use crate::security::api_auth;
use crate::security::rate_limit::Limit;
use crate::web::body::{self, Unread};
use crate::web::state::AppState;

/// For each client address: whoever asks has not shown yet who they are.
const LIMIT: Limit = Limit { route: "token", requests: 10 };
/// A form with one short field.
const FORM_BYTES_MAX: usize = 16 * 1_024;

/// `POST /api/v2/authentication/token/api-key`. Whatever is not a form with one valid key is 401, as the
/// vendor's page says.
pub async fn issue(req: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Error> {
    throttle::take(&req, &state, throttle::peer(&req), LIMIT).map_err(Error::from)?;
    if !body::declares(&req, "application/x-www-form-urlencoded") {
        return Err(Error::new(
            Code::InvalidCredentials,
            "Send the API key as the form field apiKey (application/x-www-form-urlencoded).",
        ));
    }
    let form = body::read(&req, payload, FORM_BYTES_MAX).await.map_err(|unread| match unread {
        Unread::TooLarge(bytes) => Error::too_large(bytes),
        Unread::Broken => Error::new(Code::BadRequest, "The form did not arrive completely."),
    })?;
    let invalid =
        || Error::new(Code::InvalidCredentials, "The provided API key is invalid or does not exist.");
    let mut keys = form_urlencoded::parse(&form).filter(|(name, _)| name == "apiKey").map(|(_, key)| key);
    let (Some(key), None) = (keys.next(), keys.next()) else {
        return Err(invalid());
    };
    let services = &state.services;
    let token =
        api_auth::exchange(&services.store, &state.known_keys, &tokens(&state), &key, services.clock.now())
            .await
            .map_err(Error::from)?
            .ok_or_else(invalid)?;
    Ok(HttpResponse::Ok().json(TokenDto::new(token)))
}
