//! What people should know of the six auth types, and what each of them looks like on the wire.

use super::auth::{Auth, AuthType};
use super::endpoint_url::EndpointUrl;
use super::format::Format;
use crate::domain::secret::Secret;

/// Where the example goes.
const EXAMPLE_URL: &str = "https://hooks.example.com/alerts";
/// What the examples say. Nobody has them.
const EXAMPLE_USER: &str = "belfry";
const EXAMPLE_TOKEN: &str = "example-token-3f9a";

/// A request's beginning, as far as a credential changes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wire {
    /// "POST /alerts?token=… HTTP/1.1"
    pub start_line: String,
    /// The receiver's name, and the credential's header where there is one.
    pub headers: Vec<(&'static str, String)>,
}

impl Wire {
    /// The line that carries the credential; `None` when nothing does.
    pub fn credential(&self) -> Option<String> {
        let header = self.headers.iter().find(|(name, _)| *name != "Host");
        match header {
            Some((name, value)) => Some(format!("{name}: {value}")),
            None => self.start_line.contains('?').then(|| self.start_line.clone()),
        }
    }
}

/// An example of each type, through the same code that makes real requests.
pub fn example(kind: AuthType) -> Wire {
    let token = || Secret::new(EXAMPLE_TOKEN);
    let auth = match kind {
        AuthType::None => Auth::None,
        AuthType::Basic => Auth::Basic { user_name: EXAMPLE_USER.to_owned(), password: token() },
        AuthType::QueryString => Auth::QueryString { token: token() },
        AuthType::AuthHeader => Auth::AuthHeader { token: Secret::new(format!("Splunk {EXAMPLE_TOKEN}")) },
        AuthType::Header => Auth::Header { token: token() },
        AuthType::Bearer => Auth::Bearer { token: token() },
    };
    let endpoint = EndpointUrl::from_parts(EXAMPLE_URL, None).expect("the example is a URL");
    let (url, header) = auth.apply(&endpoint);
    let path = url.strip_prefix("https://hooks.example.com").unwrap_or(&url);
    let host = ("Host", endpoint.host().to_owned());
    Wire {
        start_line: format!("POST {path} HTTP/1.1"),
        headers: std::iter::once(host).chain(header).collect(),
    }
}

/// Whether a webhook of this format can have the type, when it signs.
pub const fn goes_with(kind: AuthType, format: Format) -> bool {
    !(kind.wants_authorization() && format.wants_authorization(true))
}

/// "All four", or which only without signing.
pub fn formats(kind: AuthType) -> String {
    let not: Vec<&str> =
        Format::ALL.into_iter().filter(|format| !goes_with(kind, *format)).map(Format::label).collect();
    if not.is_empty() { "All four".to_owned() } else { format!("All four; {} unsigned only", not.join(", ")) }
}

/// What to know before choosing it.
pub const fn advice(kind: AuthType) -> &'static str {
    match kind {
        AuthType::None => "Anybody who knows the address can send to it: rely on the signature.",
        AuthType::Basic => "Well supported. The password is encoded, not encrypted: HTTPS alone protects it.",
        AuthType::QueryString => {
            "Ends up in access logs of the receiver and everything before it. Use a header if you can."
        }
        AuthType::AuthHeader => "Your own scheme word, sent as it stands.",
        AuthType::Header => "Leaves Authorization free: goes with every format, signed or not.",
        AuthType::Bearer => "The usual choice for an API token.",
    }
}

/// Whether the advice is a warning.
pub const fn is_weak(kind: AuthType) -> bool {
    matches!(kind, AuthType::QueryString)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_what_requests_carry() {
        let credential = |kind| example(kind).credential();
        assert_eq!(credential(AuthType::None), None);
        assert_eq!(
            credential(AuthType::Basic),
            Some("Authorization: Basic YmVsZnJ5OmV4YW1wbGUtdG9rZW4tM2Y5YQ==".to_owned())
        );
        assert_eq!(
            credential(AuthType::QueryString),
            Some("POST /alerts?token=example-token-3f9a HTTP/1.1".to_owned())
        );
        assert_eq!(
            credential(AuthType::AuthHeader),
            Some("Authorization: Splunk example-token-3f9a".to_owned())
        );
        assert_eq!(credential(AuthType::Header), Some("X-Api-Key: example-token-3f9a".to_owned()));
        assert_eq!(credential(AuthType::Bearer), Some("Authorization: Bearer example-token-3f9a".to_owned()));
        for kind in AuthType::ALL {
            assert_eq!(example(kind).headers[0], ("Host", "hooks.example.com".to_owned()));
        }
    }

    #[test]
    fn a_signing_format_that_fills_the_header_leaves_no_room() {
        let limited: Vec<AuthType> =
            AuthType::ALL.into_iter().filter(|kind| formats(*kind) != "All four").collect();
        assert_eq!(limited, [AuthType::Basic, AuthType::AuthHeader, AuthType::Bearer]);
        assert_eq!(formats(AuthType::Bearer), "All four; SoftwareOne unsigned only");
        assert_eq!(AuthType::ALL.into_iter().filter(|kind| is_weak(*kind)).count(), 1);
    }
}
