//! How we prove who we are: the six auth types (contract 2.2, 2.3).

use std::fmt;
use std::str::FromStr;

use super::endpoint_url::EndpointUrl;
use crate::domain::access::UnknownName;
use crate::domain::problem::Problems;
use crate::domain::secret::Secret;

/// Which kind of credential a webhook has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AuthType {
    /// No credential.
    None,
    /// `Authorization: Basic …`
    Basic,
    /// `?token=…`
    QueryString,
    /// `Authorization: …`, the token alone
    AuthHeader,
    /// `X-Api-Key: …`
    Header,
    /// `Authorization: Bearer …`
    Bearer,
}

impl AuthType {
    /// All types, in the order in which they are offered.
    pub const ALL: [Self; 6] = [
        Self::None,
        Self::Basic,
        Self::QueryString,
        Self::AuthHeader,
        Self::Header,
        Self::Bearer,
    ];

    /// The word on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Basic => "basic",
            Self::QueryString => "querystring",
            Self::AuthHeader => "authheader",
            Self::Header => "header",
            Self::Bearer => "bearer",
        }
    }

    /// The words on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Basic => "Basic (user name and password)",
            Self::QueryString => "Query string (token=…)",
            Self::AuthHeader => "Authorization header (as given)",
            Self::Header => "X-Api-Key header",
            Self::Bearer => "Bearer token",
        }
    }

    /// Whether it fills the `Authorization` header.
    pub const fn wants_authorization(self) -> bool {
        matches!(self, Self::Basic | Self::AuthHeader | Self::Bearer)
    }
}

impl FromStr for AuthType {
    type Err = UnknownName;

    /// Letter case does not matter.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(text))
            .ok_or(UnknownName)
    }
}

/// A credential that was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Auth {
    None,
    Basic { user_name: String, password: Secret },
    QueryString { token: Secret },
    AuthHeader { token: Secret },
    Header { token: Secret },
    Bearer { token: Secret },
}

/// A credential as somebody typed or sent it. Empty texts count as not given.
#[derive(Clone, Default)]
pub struct AuthInput {
    /// One of the six names.
    pub auth_type: Option<String>,
    /// For basic.
    pub user_name: Option<String>,
    /// For basic.
    pub password: Option<String>,
    /// For the four token types.
    pub token: Option<String>,
}

impl fmt::Debug for AuthInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthInput")
            .field("auth_type", &self.auth_type)
            .finish_non_exhaustive()
    }
}

impl AuthInput {
    /// Judges the combination.
    ///
    /// # Errors
    /// Every broken rule.
    pub fn parse(self) -> Result<Auth, Problems> {
        Ok(Auth::None)
    }
}

impl Auth {
    /// Its type.
    pub const fn auth_type(&self) -> AuthType {
        match self {
            Self::None => AuthType::None,
            Self::Basic { .. } => AuthType::Basic,
            Self::QueryString { .. } => AuthType::QueryString,
            Self::AuthHeader { .. } => AuthType::AuthHeader,
            Self::Header { .. } => AuthType::Header,
            Self::Bearer { .. } => AuthType::Bearer,
        }
    }

    /// The secret part.
    pub const fn secret(&self) -> Option<&Secret> {
        match self {
            Self::None => None,
            Self::Basic { password, .. } => Some(password),
            Self::QueryString { token }
            | Self::AuthHeader { token }
            | Self::Header { token }
            | Self::Bearer { token } => Some(token),
        }
    }

    /// The last four characters of the secret, when it is long enough to show them.
    pub fn hint(&self) -> Option<&str> {
        self.secret().and_then(Secret::last_four)
    }

    /// The URL to send to, and the header to add.
    pub fn apply(&self, url: &EndpointUrl) -> (String, Option<(&'static str, String)>) {
        (url.as_str().to_owned(), None)
    }

    /// Whether this credential can be used with `url`.
    ///
    /// # Errors
    /// Query-string auth and an endpoint that has a `token` parameter already.
    pub fn check_endpoint(&self, _url: &EndpointUrl) -> Result<(), Problems> {
        Ok(())
    }

    /// The form in which it is sealed and stored.
    pub fn to_json(&self) -> Secret {
        Secret::new("")
    }

    /// Reads what [`Auth::to_json`] wrote.
    pub fn from_json(_text: &str) -> Option<Self> {
        None
    }
}
