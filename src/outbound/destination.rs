//! What is the same for each request of one webhook at one version of its settings, made ready once.

use std::fmt;
use std::sync::Arc;

use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{HeaderMap, Uri};
use url::Url;

use super::refusal::Refusal;
use super::target::Target;

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

/// Where requests go, and the headers that all of them have. Cheap to clone.
#[derive(Clone)]
pub struct Destination(Arc<Parts>);

struct Parts {
    target: Target,
    uri: Uri,
    /// In the order of the wire. The line of `Content-Length` holds a place: each request has its own.
    lines: Vec<Line>,
}

/// One header line.
pub(super) struct Line {
    /// As hyper wants it.
    pub(super) name: HeaderName,
    /// As it is spelled on the wire.
    pub(super) spelled: String,
    pub(super) value: HeaderValue,
}

impl Destination {
    /// Takes `url` apart and puts our headers first, then those given, in their order. `Content-Type` and
    /// `User-Agent` replace ours. Of the URL, the fragment stays at home.
    ///
    /// # Errors
    /// Internal, for a URL that no webhook can have, a name or value that cannot be sent, or a name that is not
    /// the caller's to set. The detail names the header and never its value.
    pub fn of(url: &Url, headers: &[(&str, &str)], user_agent: &str) -> Result<Self, Refusal> {
        let target = Target::of(url)?;
        let uri = Uri::try_from(target.path_and_query.as_str())
            .map_err(|_| Refusal::internal("The path or the query of the URL cannot be sent."))?;
        let is_given =
            |name: &HeaderName| headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name.as_str()));
        let mut lines = vec![Line::ours(header::HOST, &target.authority)?];
        if !is_given(&header::USER_AGENT) {
            lines.push(Line::ours(header::USER_AGENT, user_agent)?);
        }
        if !is_given(&header::CONTENT_TYPE) {
            lines.push(Line::ours(header::CONTENT_TYPE, "application/json")?);
        }
        lines.push(Line::ours(header::CONTENT_LENGTH, "0")?);
        lines.push(Line::ours(HeaderName::from_static("belfry-hop"), "1")?);
        for (name, value) in headers {
            let (name, value) = callers(name, value)?;
            lines.push(Line { spelled: on_the_wire(&name), name, value });
        }
        Ok(Self(Arc::new(Parts { target, uri, lines })))
    }

    /// Where to.
    pub fn target(&self) -> &Target {
        &self.0.target
    }

    /// The request line's path and query.
    pub(super) fn uri(&self) -> Uri {
        self.0.uri.clone()
    }

    /// Our headers, then the webhook's.
    pub(super) fn lines(&self) -> &[Line] {
        &self.0.lines
    }

    /// The headers for hyper, without those of a single request, and with room for `more` of them.
    pub(super) fn head(&self, body_bytes: usize, more: usize) -> HeaderMap {
        let mut map = HeaderMap::with_capacity(self.0.lines.len() + more);
        for line in &self.0.lines {
            let value = match line.name {
                header::CONTENT_LENGTH => HeaderValue::from(body_bytes),
                _ => line.value.clone(),
            };
            map.append(line.name.clone(), value);
        }
        map
    }
}

impl fmt::Debug for Destination {
    /// Neither the query nor values of headers: they may hold credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Destination")
            .field("host", &self.0.target.host)
            .field("headers", &self.0.lines.iter().map(|line| &line.name).collect::<Vec<_>>())
            .finish()
    }
}

impl Line {
    fn ours(name: HeaderName, value: &str) -> Result<Self, Refusal> {
        let value = sendable(&name, value)?;
        Ok(Self { spelled: on_the_wire(&name), name, value })
    }
}

/// A header that somebody configured or computed, checked.
///
/// # Errors
/// See [`Destination::of`].
pub(super) fn callers(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Refusal> {
    let name = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| Refusal::internal("A configured header has a name that cannot be sent."))?;
    if RESERVED.contains(&name.as_str()) {
        return Err(Refusal::internal(format!("The header {name} may not be configured.")));
    }
    let mut value = sendable(&name, value)?;
    value.set_sensitive(true);
    Ok((name, value))
}

fn sendable(name: &HeaderName, value: &str) -> Result<HeaderValue, Refusal> {
    HeaderValue::from_str(value)
        .map_err(|_| Refusal::internal(format!("The header {name} has a value that cannot be sent.")))
}

/// How hyper spells a name when it is told to use title case. hyper keeps names in lower case, so the case
/// of the caller is lost; receivers must not care, and those that do expect this one.
pub(super) fn on_the_wire(name: &HeaderName) -> String {
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
    use crate::outbound::HOP_HEADER;

    #[test]
    fn the_mark_of_our_requests_has_its_public_spelling() {
        assert_eq!(on_the_wire(&HeaderName::from_static("belfry-hop")), HOP_HEADER);
    }

    #[test]
    fn debug_shows_no_credentials() {
        let url = "https://example.com/hook?token=s3cret".parse().unwrap();
        let destination = Destination::of(&url, &[("Authorization", "Bearer s3cret")], "Belfry/1").unwrap();
        let shown = format!("{destination:?}");
        assert!(shown.contains("example.com") && shown.contains("authorization"), "{shown}");
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}
