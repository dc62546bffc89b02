//! The answer to a token request (contract 1.1); the request is a form.

use serde::Serialize;
use utoipa::ToSchema;

use crate::security::access_token::LIFETIME_S;

/// An access token. Its keys are those of OAuth, unlike all others of this door.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = telemax::TokenDto)]
pub struct TokenDto {
    /// What goes behind `Authorization: Bearer`.
    pub access_token: String,
    /// `bearer`, in lower case.
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: i64,
}

impl TokenDto {
    /// A token that was just issued.
    pub const fn new(access_token: String) -> Self {
        Self { access_token, token_type: "bearer", expires_in: LIFETIME_S }
    }
}
