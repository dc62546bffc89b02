//! One request as the caller gives it, and the headers that we put around it.

use std::fmt;

use bytes::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, header};
use url::Url;

use super::refusal::Refusal;
use super::target::Target;

/// Marks every request of ours. Our own doors refuse requests that carry it, so no chain of redirects by
/// proxy, name server or customer makes Belfry deliver to itself.
pub const HOP_HEADER: &str = "Belfry-Hop";

/// Names that only the connection may set: framing, and what speaks to the next hop.
const RESERVED: [&str; 13] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authorization",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "accept-encoding",
    "belfry-hop",
];

/// A POST to a webhook.
#[derive(Clone)]
pub struct OutboundRequest {
    /// Where to, complete with query; user information is refused, the fragment is dropped.
    pub url: Url,
    /// The caller's headers, in this order, after ours. `Content-Type` and `User-Agent` replace the defaults.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte as it was signed.
    pub body: Bytes,
}

impl fmt::Debug for OutboundRequest {
    /// Neither the query nor values of headers: they may hold credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboundRequest")
            .field("host", &self.url.host_str())
            .field("headers", &self.headers.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// The complete head of a request.
pub(super) struct Heads {
    /// For hyper.
    pub(super) map: HeaderMap,
    /// The same, in the order and spelling of the wire.
    pub(super) sent: Vec<(String, String)>,
}

impl Heads {
    /// Puts our headers first, then the caller's.
    ///
    /// # Errors
    /// Internal, for a name or value that cannot be sent or a name that is not the caller's to set. The
    /// detail names the header and never its value.
    pub(super) fn of(target: &Target, request: &OutboundRequest, user_agent: &str) -> Result<Self, Refusal> {
        let given = |name: &HeaderName| {
            request.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name.as_str()))
        };
        let mut heads = Self { map: HeaderMap::new(), sent: Vec::new() };
        heads.add(header::HOST, &target.authority)?;
        if !given(&header::USER_AGENT) {
            heads.add(header::USER_AGENT, user_agent)?;
        }
        if !given(&header::CONTENT_TYPE) {
            heads.add(header::CONTENT_TYPE, "application/json")?;
        }
        heads.add(header::CONTENT_LENGTH, &request.body.len().to_string())?;
        heads.add(HeaderName::from_static("belfry-hop"), "1")?;
        for (name, value) in &request.headers {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| Refusal::internal("A configured header has a name that cannot be sent."))?;
            if RESERVED.contains(&name.as_str()) {
                return Err(Refusal::internal(format!("The header {name} may not be configured.")));
            }
            heads.add(name, value)?;
        }
        Ok(heads)
    }

    fn add(&mut self, name: HeaderName, value: &str) -> Result<(), Refusal> {
        let sendable = HeaderValue::from_str(value)
            .map_err(|_| Refusal::internal(format!("The header {name} has a value that cannot be sent.")))?;
        self.sent.push((on_the_wire(&name), value.to_owned()));
        self.map.append(name, sendable);
        Ok(())
    }
}

/// How hyper spells a name when it is told to use title case. hyper keeps names in lower case, so the case
/// of the caller is lost; receivers must not care, and those that do expect this one.
fn on_the_wire(name: &HeaderName) -> String {
    let mut after_hyphen = true;
    name.as_str()
        .chars()
        .map(|c| {
            let c = if after_hyphen { c.to_ascii_uppercase() } else { c };
            after_hyphen = c == '-';
            c
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heads(headers: &[(&str, &str)]) -> Result<Heads, Refusal> {
        let request = OutboundRequest {
            url: "https://example.com:8443/x".parse().unwrap(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: Bytes::from_static(b"{}"),
        };
        Heads::of(&Target::of(&request.url).unwrap(), &request, "Belfry/1")
    }

    fn sent(headers: &[(&str, &str)]) -> Vec<String> {
        let heads = heads(headers).unwrap();
        heads.sent.into_iter().map(|(name, value)| format!("{name}: {value}")).collect()
    }

    #[test]
    fn ours_first_then_the_callers() {
        assert_eq!(
            sent(&[("X-Telemax-Signature", "abc"), ("user-agent", "Bell")]),
            [
                "Host: example.com:8443",
                "Content-Type: application/json",
                "Content-Length: 2",
                "Belfry-Hop: 1",
                "X-Telemax-Signature: abc",
                "User-Agent: Bell",
            ]
        );
    }

    #[test]
    fn what_cannot_be_sent_is_refused_without_its_value() {
        for (name, value) in [
            ("X-Token", "a\r\nX-Evil: 1"),
            ("X-Token", "s3cret\0"),
            ("X-Token", "s3cret\u{e9}\u{7f}"),
            ("X Token", "s3cret"),
            ("X-Token:", "s3cret"),
            ("", "s3cret"),
            ("Host", "s3cret"),
            ("content-LENGTH", "s3cret"),
            ("Transfer-Encoding", "s3cret"),
            ("Belfry-Hop", "s3cret"),
        ] {
            let refusal = heads(&[(name, value)]).err().unwrap();
            assert_eq!(refusal.class, crate::domain::attempt::FailureClass::Internal);
            assert!(!refusal.detail.contains("s3cret") && !refusal.detail.contains("Evil"));
        }
    }

    proptest! {
        #[test]
        fn nothing_given_makes_a_second_line(name: String, value: String) {
            if let Ok(heads) = heads(&[(&name, &value)]) {
                for (name, value) in heads.sent {
                    prop_assert!(!name.contains(['\r', '\n', ':', ' ']));
                    prop_assert!(!value.contains(['\r', '\n', '\0']));
                }
            }
        }
    }
}
