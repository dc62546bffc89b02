//! A credential as somebody typed or sent it, and the rules by which it becomes an [`Auth`] (contract 2.2).
//!
//! Decided here, where the contract is silent:
//! - A token that goes into a header is printable ASCII, since receivers disagree about anything else; a bearer
//!   token also has no spaces, which would end it (RFC 6750 has fewer characters still, but real tokens use them).
//! - A query token may be any text, since it is percent-encoded.
//! - No token begins or ends with white space: header parsers cut it off, and it is a slip of copying.
//! - A text of nothing but `*` or `•` is a mask that came back from a form, not a secret.
//! - A user name and a password are any visible text in UTF-8 (RFC 7617), the user name without a colon.

use std::fmt;

use super::auth::{Auth, AuthType};
use crate::domain::problem::{Problems, Rule};
use crate::domain::secret::Secret;
use crate::domain::text;

/// Bytes of a token (contract 00.7).
pub const TOKEN_BYTES_MAX: usize = 4_096;
/// Bytes of a password (contract 00.7).
pub const PASSWORD_BYTES_MAX: usize = 1_024;
/// Bytes of a user name.
pub const USER_NAME_BYTES_MAX: usize = 255;

/// A credential as somebody typed or sent it. Empty texts count as not given. `Debug` shows the type only.
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
        f.debug_struct("AuthInput").field("auth_type", &self.auth_type).finish_non_exhaustive()
    }
}

impl AuthInput {
    /// Judges the combination.
    ///
    /// # Errors
    /// Every broken rule, at `authType`, `userName`, `password` and `token`. An unknown type is the only
    /// problem: nothing can be said about the rest.
    pub fn parse(self) -> Result<Auth, Problems> {
        let kind = self.parse_type()?;
        let mut problems = Problems::default();
        let user_name = given(self.user_name);
        let password = given(self.password);
        let token = given(self.token);
        if !kind.takes_password() {
            let message = format!("It must not be given with authentication type “{}”.", kind.name());
            for (field, value) in [("userName", &user_name), ("password", &password)] {
                if value.is_some() {
                    problems.add(field, Rule::NotAllowed, message.clone());
                }
            }
        }
        if !kind.takes_token() && token.is_some() {
            let message = format!("It must not be given with authentication type “{}”.", kind.name());
            problems.add("token", Rule::NotAllowed, message);
        }
        let auth = match kind {
            AuthType::None => Some(Auth::None),
            AuthType::Basic => {
                let user_name = problems.absorb(judge_user_name(user_name));
                let password = problems.absorb(judge_password(password));
                user_name.zip(password).map(|(user_name, password)| Auth::Basic { user_name, password })
            }
            AuthType::QueryString => {
                problems.absorb(judge_token(token, |_| None)).map(|token| Auth::QueryString { token })
            }
            AuthType::AuthHeader => {
                problems.absorb(judge_token(token, header_value)).map(|token| Auth::AuthHeader { token })
            }
            AuthType::Header => {
                problems.absorb(judge_token(token, header_value)).map(|token| Auth::Header { token })
            }
            AuthType::Bearer => {
                problems.absorb(judge_token(token, bearer_value)).map(|token| Auth::Bearer { token })
            }
        };
        match auth {
            Some(auth) => problems.or(auth),
            None => Err(problems),
        }
    }

    /// The type alone.
    ///
    /// # Errors
    /// One problem at `authType`.
    pub fn parse_type(&self) -> Result<AuthType, Problems> {
        let text = self.auth_type.as_deref().unwrap_or_default();
        if text.is_empty() {
            return Err(Problems::one("authType", Rule::Required, "An authentication type must be given."));
        }
        text.parse().map_err(|_| {
            let names: Vec<&str> = AuthType::ALL.into_iter().map(AuthType::name).collect();
            Problems::one("authType", Rule::Invalid, format!("It must be one of {}.", names.join(", ")))
        })
    }
}

/// What was given, if anything: empty texts were not.
pub(super) fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn judge_user_name(text: Option<String>) -> Result<String, Problems> {
    let text = required("userName", text, USER_NAME_BYTES_MAX)?;
    if text.contains(':') {
        return Err(Problems::one("userName", Rule::Invalid, "It must not contain a colon."));
    }
    if text.chars().any(text::is_deceptive) {
        return Err(Problems::one("userName", Rule::Invalid, "It must not contain invisible characters."));
    }
    Ok(text)
}

fn judge_password(text: Option<String>) -> Result<Secret, Problems> {
    required("password", text, PASSWORD_BYTES_MAX).map(Secret::new)
}

fn judge_token(
    text: Option<String>,
    why_not: impl FnOnce(&str) -> Option<&'static str>,
) -> Result<Secret, Problems> {
    let text = required("token", text, TOKEN_BYTES_MAX)?;
    if text.trim() != text {
        return Err(Problems::one("token", Rule::Invalid, "It must not begin or end with a space."));
    }
    match why_not(&text) {
        Some(message) => Err(Problems::one("token", Rule::Invalid, message)),
        None => Ok(Secret::new(text)),
    }
}

/// What holds for every part of a credential.
fn required(field: &'static str, text: Option<String>, bytes_max: usize) -> Result<String, Problems> {
    let Some(text) = text.filter(|text| text::has_ink(text)) else {
        return Err(Problems::one(field, Rule::Required, "It must be given with this authentication type."));
    };
    if text.len() > bytes_max {
        return Err(Problems::one(field, Rule::TooLong, format!("It may have at most {bytes_max} bytes.")));
    }
    if text.chars().any(text::is_control_or_break) {
        let message = "It must not contain line breaks or control characters.";
        return Err(Problems::one(field, Rule::Invalid, message));
    }
    if field != "userName" && text::is_mask(&text) {
        let message = "This is the mask of a stored secret, not a secret: give the secret itself.";
        return Err(Problems::one(field, Rule::Invalid, message));
    }
    Ok(text)
}

fn header_value(text: &str) -> Option<&'static str> {
    let is_printable = text.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
    (!is_printable).then_some("It must be plain ASCII: it is sent in a header.")
}

fn bearer_value(text: &str) -> Option<&'static str> {
    let has_space = text.contains(' ');
    header_value(text).or_else(|| {
        has_space.then_some("It must not contain spaces; leave out the word “Bearer”, it is added.")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::domain::webhook::endpoint_url::EndpointUrl;

    fn input(kind: &str, user_name: &str, password: &str, token: &str) -> AuthInput {
        AuthInput {
            auth_type: Some(kind.to_owned()),
            user_name: Some(user_name.to_owned()),
            password: Some(password.to_owned()),
            token: Some(token.to_owned()),
        }
    }

    fn broken(input: AuthInput) -> Vec<(String, Rule)> {
        input
            .parse()
            .unwrap_err()
            .0
            .into_iter()
            .map(|problem| (problem.field.into_owned(), problem.rule))
            .collect()
    }

    /// `{"$repeat": text, "times": n}` or a plain text.
    fn text(patch: &Value, name: &str) -> Option<String> {
        match &patch[name] {
            Value::String(text) => Some(text.clone()),
            Value::Object(repeat) => Some(
                repeat["$repeat"]
                    .as_str()
                    .unwrap()
                    .repeat(repeat["times"].as_u64().unwrap().try_into().unwrap()),
            ),
            _ => None,
        }
    }

    #[test]
    fn every_vector_comes_out_right() {
        for line in include_str!("../../../tests/vectors/auth_fields.jsonl").lines() {
            let case: Value = serde_json::from_str(line).unwrap();
            let patch = &case["patch"];
            let auth = AuthInput {
                auth_type: text(patch, "authType"),
                user_name: text(patch, "userName"),
                password: text(patch, "password"),
                token: text(patch, "token"),
            }
            .parse();
            let endpoint =
                text(patch, "endpoint").unwrap_or_else(|| "https://hooks.example.com/alerts".to_owned());
            let (base, query) = endpoint.split_once('?').unwrap_or((&endpoint, ""));
            let endpoint = EndpointUrl::from_parts(base, Some(query)).unwrap();
            let result = auth.and_then(|auth| auth.check_endpoint(&endpoint));
            assert_eq!(Value::Bool(result.is_ok()), case["accept"], "{line}: {result:?}");
        }
    }

    #[test]
    fn the_matrix() {
        use Rule::{NotAllowed, Required};
        let field = |name: &str, rule| (name.to_owned(), rule);
        assert_eq!(input("NONE", "", "", "").parse(), Ok(Auth::None));
        assert_eq!(
            broken(input("none", "u", "p", "t")),
            [field("userName", NotAllowed), field("password", NotAllowed), field("token", NotAllowed)]
        );
        assert_eq!(
            broken(input("basic", "", "", "")),
            [field("userName", Required), field("password", Required)]
        );
        assert_eq!(broken(input("basic", "u", "p", "t")), [field("token", NotAllowed)]);
        for kind in ["querystring", "authheader", "header", "bearer"] {
            assert_eq!(broken(input(kind, "", "", "")), [field("token", Required)]);
            assert_eq!(
                broken(input(kind, "u", "p", "")),
                [field("userName", NotAllowed), field("password", NotAllowed), field("token", Required)]
            );
            let auth = input(kind, "", "", "t0ken").parse().unwrap();
            assert_eq!((auth.auth_type().name(), auth.secret().unwrap().reveal()), (kind, "t0ken"));
        }
        assert_eq!(broken(AuthInput::default()), [field("authType", Required)]);
        assert_eq!(broken(input("digest", "u", "p", "t")), [field("authType", Rule::Invalid)]);
    }

    #[test]
    fn limits_and_characters() {
        let long = |bytes: usize| "a".repeat(bytes);
        assert!(input("basic", &long(255), &long(1024), "").parse().is_ok());
        assert_eq!(
            broken(input("basic", &long(256), &long(1025), "")),
            [("userName".to_owned(), Rule::TooLong), ("password".to_owned(), Rule::TooLong)]
        );
        assert!(input("basic", "jörg", "p:q £ ", "").parse().is_ok());
        for (user_name, password) in [
            ("a:b", "p"),
            ("a\u{200b}b", "p"),
            ("a\r\nb", "p"),
            ("u", "p\0"),
            ("u", "\u{85}p"),
            ("u", "********"),
        ] {
            assert_eq!(
                broken(input("basic", user_name, password, "")).len(),
                1,
                "{user_name:?} {password:?}"
            );
        }
        for token in ["t\tx", "t\u{7f}", " t", "t ", "t\u{a0}", "••••", "********", "   ", "t\r\nX: y"]
        {
            for kind in ["querystring", "authheader", "header", "bearer"] {
                assert_eq!(broken(input(kind, "", "", token)).len(), 1, "{kind} {token:?}");
            }
        }
        assert!(input("querystring", "", "", "é ü").parse().is_ok());
        assert!(input("header", "", "", "a b").parse().is_ok());
        assert!(input("authheader", "", "", "ApiKey abc").parse().is_ok());
        assert!(input("bearer", "", "", "Bearer abc").parse().is_err());
        assert!(input("header", "", "", "t\u{e9}").parse().is_err());
    }

    #[test]
    fn debug_hides_everything_but_the_type() {
        let shown = format!("{:?}", input("basic", "alice", "hunter2", "tok"));
        assert!(shown.contains("basic") && !shown.contains("alice") && !shown.contains("hunter2"));
    }

    proptest::proptest! {
        /// What was accepted is one header line, and comes back whole.
        #[test]
        fn any_accepted_credential_is_one_header_line(kind in 0_usize..6, user_name: String, secret: String) {
            let kind = AuthType::ALL[kind];
            let auth = if kind.takes_password() {
                input(kind.name(), &user_name, &secret, "").parse()
            } else {
                input(kind.name(), "", "", &secret).parse()
            };
            if let Ok(auth) = auth {
                let url = EndpointUrl::from_parts("https://h.example/", None).unwrap();
                let (to, header) = auth.apply(&url);
                proptest::prop_assert!(to.bytes().all(|byte| matches!(byte, 0x21..=0x7e)));
                if let Some((_, value)) = header {
                    proptest::prop_assert!(value.bytes().all(|byte| matches!(byte, 0x20..=0x7e)));
                    proptest::prop_assert_eq!(value.trim(), value.as_str());
                }
                proptest::prop_assert_eq!(Auth::from_json(auth.to_json().reveal()), Some(auth));
            }
        }
    }
}
