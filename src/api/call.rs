//! A request of somebody who has shown a valid credential and asks no more often than they may. Every door
//! takes every credential (contract 00.6).

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::door::Dialect;
use super::throttle::{self, TooOften};
use crate::actions::Context;
use crate::domain::access::{Action, Permission};
use crate::domain::ids::CompanyId;
use crate::security::access_token::Tokens;
use crate::security::api_auth;
use crate::security::rate_limit::Who;
use crate::store::StoreError;
use crate::web::bearer;
use crate::web::state::AppState;

/// Why a request goes no further than the door. Each door has its own status and words for it.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// 401: which of them is not told.
    #[error("The access token or API key is missing, invalid or has run out.")]
    Stranger,
    /// 403: known, but lacks what is said here.
    #[error("{0}")]
    Lacks(String),
    /// 429.
    #[error(transparent)]
    TooOften(#[from] TooOften),
    /// 503 or 500: the credential could not be looked up.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The caller at the door `D`, in the surroundings of an action.
pub struct Call<D> {
    /// Hand it to actions.
    pub ctx: Context,
    door: PhantomData<D>,
}

impl<D> Call<D> {
    /// Refuses a caller without `action`.
    ///
    /// # Errors
    /// [`Denied::Lacks`].
    pub fn needs(&self, action: Action) -> Result<(), Denied> {
        if self.ctx.caller.holds_action(action) {
            return Ok(());
        }
        let words =
            format!("This needs the action {}, which the credential does not include.", action.name());
        Err(Denied::Lacks(words))
    }

    /// Refuses a caller who may see nothing at all.
    ///
    /// # Errors
    /// [`Denied::Lacks`].
    pub fn needs_to_read(&self) -> Result<(), Denied> {
        self.ctx.caller.may(Permission::Read).map_err(|refused| Denied::Lacks(refused.to_string()))
    }

    /// Refuses a caller who may not see the values that events carry.
    ///
    /// # Errors
    /// [`Denied::Lacks`].
    pub fn needs_payloads(&self) -> Result<(), Denied> {
        self.ctx.caller.may(Permission::SeePayloads).map_err(|refused| Denied::Lacks(refused.to_string()))
    }

    /// The company that new things belong to.
    ///
    /// # Errors
    /// [`Denied::Lacks`], for staff.
    pub fn company(&self) -> Result<CompanyId, Denied> {
        let nobodys = "Staff belong to no company, so they cannot own a webhook.";
        self.ctx.caller.company().ok_or_else(|| Denied::Lacks(nobodys.to_owned()))
    }
}

impl<D: Dialect> FromRequest for Call<D> {
    type Error = D::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, D::Error>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let ctx = identify::<D>(&req).await?;
            Ok(Self { ctx, door: PhantomData })
        })
    }
}

async fn identify<D: Dialect>(req: &HttpRequest) -> Result<Context, Denied> {
    let state = req.app_data::<Data<AppState>>().expect("the server registers its state");
    let credential = bearer::credential(req.headers()).ok_or(Denied::Stranger)?;
    let services = &state.services;
    let (tokens, now) = (tokens(state), services.clock.now());
    let found = api_auth::authenticate(&services.store, &state.known_keys, &tokens, credential, now).await?;
    let caller = found.ok_or(Denied::Stranger)?;
    let name = format!("{}:{}", caller.actor.kind(), caller.actor.id().unwrap_or_default());
    tracing::Span::current().record("caller", name);
    if let Some(limit) = D::limit(req.method(), req.match_pattern().as_deref().unwrap_or_default()) {
        throttle::take(req, state, Who::holds(credential), limit)?;
    }
    Ok(state.context(caller))
}

/// This service's token issuer.
pub fn tokens(state: &AppState) -> Tokens {
    Tokens::new(state.token_key, state.public_url.as_str())
}
