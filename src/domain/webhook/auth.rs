//! How we prove who we are: the six auth types (contract 2.2, 2.3).

use std::str::FromStr;

use serde_json::{Value, json};

pub use super::auth_input::{AuthInput, PASSWORD_BYTES_MAX, TOKEN_BYTES_MAX, USER_NAME_BYTES_MAX};
use super::endpoint_url::EndpointUrl;
use crate::domain::access::UnknownName;
use crate::domain::problem::{Problems, Rule};
use crate::domain::secret::Secret;

/// The query parameter and the JSON field that carry a token.
const TOKEN_PARAMETER: &str = "token";

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
    pub const ALL: [Self; 6] =
        [Self::None, Self::Basic, Self::QueryString, Self::AuthHeader, Self::Header, Self::Bearer];

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

    /// Whether it takes a user name and a password.
    pub const fn takes_password(self) -> bool {
        matches!(self, Self::Basic)
    }

    /// Whether it takes a token.
    pub const fn takes_token(self) -> bool {
        matches!(self, Self::QueryString | Self::AuthHeader | Self::Header | Self::Bearer)
    }
}

impl FromStr for AuthType {
    type Err = UnknownName;

    /// Letter case does not matter (contract 2.2); white space does.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(text)).ok_or(UnknownName)
    }
}

/// A credential that was judged by [`AuthInput::parse`].
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

    /// The secret part: the password or the token.
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

    /// The user name of basic auth, which is not secret.
    pub fn user_name(&self) -> Option<&str> {
        match self {
            Self::Basic { user_name, .. } => Some(user_name),
            _ => None,
        }
    }

    /// The last four characters of the secret, when it is long enough to show them.
    pub fn hint(&self) -> Option<&str> {
        self.secret().and_then(Secret::last_four)
    }

    /// The URL to send to, and the header to add (contract 2.3). A query token is percent-encoded down to the
    /// unreserved characters, so that every receiver decodes exactly the token, and comes last: the parameters
    /// that are there stay as they are.
    pub fn apply(&self, url: &EndpointUrl) -> (String, Option<(&'static str, String)>) {
        let header = match self {
            Self::None => None,
            Self::QueryString { token } => return (with_token(url.as_str(), token.reveal()), None),
            Self::Basic { user_name, password } => {
                let pair = format!("{user_name}:{}", password.reveal());
                let encoded = data_encoding::BASE64.encode(pair.as_bytes());
                Some(("Authorization", format!("Basic {encoded}")))
            }
            Self::Bearer { token } => Some(("Authorization", format!("Bearer {}", token.reveal()))),
            Self::AuthHeader { token } => Some(("Authorization", token.reveal().to_owned())),
            Self::Header { token } => Some(("X-Api-Key", token.reveal().to_owned())),
        };
        (url.as_str().to_owned(), header)
    }

    /// Whether this credential can be used with `url`.
    ///
    /// # Errors
    /// A conflict at `url` when the token would be the second `token` parameter. Names are compared after
    /// decoding and without letter case, since receivers do so.
    pub fn check_endpoint(&self, url: &EndpointUrl) -> Result<(), Problems> {
        let is_token = |(name, _): (std::borrow::Cow<'_, str>, _)| name.eq_ignore_ascii_case(TOKEN_PARAMETER);
        if matches!(self, Self::QueryString { .. }) && url.query_pairs().any(is_token) {
            return Err(Problems::one(
                "url",
                Rule::Conflict,
                "The URL has a “token” parameter already, and query string authentication would add a second one.",
            ));
        }
        Ok(())
    }

    /// The form in which it is sealed and stored: JSON in the words of the wire.
    pub fn to_json(&self) -> Secret {
        let name = self.auth_type().name();
        let value = match self {
            Self::None => json!({ "authType": name }),
            Self::Basic { user_name, password } => {
                json!({ "authType": name, "userName": user_name, "password": password.reveal() })
            }
            Self::QueryString { token }
            | Self::AuthHeader { token }
            | Self::Header { token }
            | Self::Bearer { token } => json!({ "authType": name, "token": token.reveal() }),
        };
        Secret::new(value.to_string())
    }

    /// Reads what [`Auth::to_json`] wrote, without judging it again; `None` when it is something else.
    pub fn from_json(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let token = || text("token").map(Secret::new);
        Some(match text("authType")?.parse().ok()? {
            AuthType::None => Self::None,
            AuthType::Basic => Self::Basic {
                user_name: text("userName")?.to_owned(),
                password: Secret::new(text("password")?),
            },
            AuthType::QueryString => Self::QueryString { token: token()? },
            AuthType::AuthHeader => Self::AuthHeader { token: token()? },
            AuthType::Header => Self::Header { token: token()? },
            AuthType::Bearer => Self::Bearer { token: token()? },
        })
    }
}

fn with_token(url: &str, token: &str) -> String {
    let separator = match url.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    let mut url = format!("{url}{separator}{TOKEN_PARAMETER}=");
    for byte in token.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> EndpointUrl {
        EndpointUrl::from_parts(text, None).unwrap()
    }

    fn token() -> Secret {
        Secret::new("s3cr3t-t0ken-xyz")
    }

    #[test]
    fn names_and_labels() {
        assert!(AuthType::ALL.into_iter().all(|kind| kind.name().parse() == Ok(kind)));
        assert_eq!("QueryString".parse(), Ok(AuthType::QueryString));
        assert_eq!("none ".parse::<AuthType>(), Err(UnknownName));
    }

    #[test]
    fn each_type_goes_where_the_contract_says() {
        let endpoint = url("https://hooks.example.com/a");
        let applied = |auth: Auth| auth.apply(&endpoint);
        let plain = "https://hooks.example.com/a".to_owned();
        assert_eq!(applied(Auth::None), (plain.clone(), None));
        assert_eq!(
            applied(Auth::Basic { user_name: "Aladdin".into(), password: Secret::new("open sesame") }),
            (plain.clone(), Some(("Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==".into())))
        );
        // RFC 7617, 2.1: UTF-8.
        assert_eq!(
            applied(Auth::Basic { user_name: "test".into(), password: Secret::new("123£") }).1.unwrap().1,
            "Basic dGVzdDoxMjPCow=="
        );
        assert_eq!(
            applied(Auth::Bearer { token: token() }).1,
            Some(("Authorization", "Bearer s3cr3t-t0ken-xyz".into()))
        );
        assert_eq!(
            applied(Auth::AuthHeader { token: Secret::new("ApiKey abc") }).1,
            Some(("Authorization", "ApiKey abc".into()))
        );
        assert_eq!(
            applied(Auth::Header { token: token() }).1,
            Some(("X-Api-Key", "s3cr3t-t0ken-xyz".into()))
        );
        assert_eq!(
            applied(Auth::QueryString { token: token() }),
            ("https://hooks.example.com/a?token=s3cr3t-t0ken-xyz".into(), None)
        );
    }

    #[test]
    fn a_query_token_arrives_exactly_and_disturbs_nothing() {
        let nasty = "a&b=c#d e%+é";
        for (before, kept) in [
            ("https://h.example/", vec![]),
            ("https://h.example/?", vec![]),
            ("https://h.example/?x=1", vec![("x", "1")]),
            ("https://h.example/?x=1&", vec![("x", "1")]),
            ("https://h.example/p?x=%2F&x=2&flag", vec![("x", "/"), ("x", "2"), ("flag", "")]),
        ] {
            let (to, header) = Auth::QueryString { token: Secret::new(nasty) }.apply(
                &EndpointUrl::from_parts(
                    before.split('?').next().unwrap(),
                    before.split_once('?').map(|(_, query)| query),
                )
                .unwrap(),
            );
            assert_eq!(header, None);
            assert!(to.starts_with(before) && to.is_ascii(), "{to}");
            let sent = url::Url::parse(&to).unwrap();
            let pairs: Vec<(String, String)> = sent.query_pairs().into_owned().collect();
            let expected: Vec<(String, String)> = kept
                .into_iter()
                .chain([("token", nasty)])
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            assert_eq!(pairs, expected);
        }
    }

    #[test]
    fn a_second_token_parameter_is_a_conflict() {
        let auth = Auth::QueryString { token: token() };
        for query in ["token=x", "a=1&token", "%74oken=x", "TOKEN=x", "token%3D=1&token=2"] {
            let endpoint = EndpointUrl::from_parts("https://h.example/", Some(query)).unwrap();
            assert_eq!(auth.check_endpoint(&endpoint).unwrap_err().0[0].rule, Rule::Conflict, "{query}");
            assert_eq!(Auth::Header { token: token() }.check_endpoint(&endpoint), Ok(()));
        }
        for query in ["mytoken=x", "tokens=x", "x=token", "token%3D=1"] {
            let endpoint = EndpointUrl::from_parts("https://h.example/", Some(query)).unwrap();
            assert_eq!(auth.check_endpoint(&endpoint), Ok(()), "{query}");
        }
    }

    #[test]
    fn comes_back_from_storage() {
        for auth in [
            Auth::None,
            Auth::Basic { user_name: "ü".into(), password: Secret::new("p:\"q") },
            Auth::QueryString { token: token() },
            Auth::AuthHeader { token: token() },
            Auth::Header { token: token() },
            Auth::Bearer { token: token() },
        ] {
            assert_eq!(Auth::from_json(auth.to_json().reveal()), Some(auth));
        }
        for bad in ["", "{}", "[]", r#"{"authType":"basic","password":"p"}"#, r#"{"authType":"bearer"}"#] {
            assert_eq!(Auth::from_json(bad), None, "{bad}");
        }
    }

    #[test]
    fn hints_and_debug_give_nothing_away() {
        assert_eq!(Auth::Bearer { token: token() }.hint(), Some("-xyz"));
        assert_eq!(Auth::Bearer { token: Secret::new("short") }.hint(), None);
        assert_eq!(Auth::None.hint(), None);
        assert!(!format!("{:?}", Auth::Bearer { token: token() }).contains("s3cr3t"));
    }
}
