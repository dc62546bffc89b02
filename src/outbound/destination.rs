//! What is the same for each request of one webhook at one version of its settings, made ready once.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

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
    /// The names of the headers that requests bring themselves, as the first one had them: as a rule, all have
    /// the same.
    own: OnceLock<Vec<Name>>,
}

/// One header line.
pub(super) struct Line {
    pub(super) name: Name,
    pub(super) value: HeaderValue,
}

/// The name of a header.
#[derive(Clone)]
pub(super) struct Name {
    /// As the caller has it.
    given: String,
    /// As hyper wants it.
    pub(super) header: HeaderName,
    /// As it is spelled on the wire.
    pub(super) spelled: String,
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
            let name = Name::callers(name)?;
            let value = sendable(&name.header, value)?;
            lines.push(Line { name, value });
        }
        Ok(Self(Arc::new(Parts { target, uri, lines, own: OnceLock::new() })))
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

    /// The names of the headers that a request brings itself.
    ///
    /// # Errors
    /// As with [`Destination::of`]. `Content-Type` and `User-Agent` are not a single request's to set.
    pub(super) fn own_names(
        &self,
        headers: &[(Cow<'static, str>, String)],
    ) -> Result<Cow<'_, [Name]>, Refusal> {
        let are_known = |known: &&Vec<Name>| {
            known.len() == headers.len()
                && known.iter().zip(headers).all(|(name, (given, _))| name.given == *given)
        };
        if let Some(known) = self.0.own.get().filter(are_known) {
            return Ok(Cow::Borrowed(known));
        }
        let names: Vec<Name> =
            headers.iter().map(|(given, _)| Name::requests(given)).collect::<Result<_, _>>()?;
        self.0.own.get_or_init(|| names.clone());
        Ok(Cow::Owned(names))
    }

    /// Puts the headers of all requests into `map`, for hyper.
    pub(super) fn fill(&self, map: &mut HeaderMap, body_bytes: usize) {
        for Line { name, value } in &self.0.lines {
            let value = match name.header {
                header::CONTENT_LENGTH => HeaderValue::from(body_bytes),
                _ => value.clone(),
            };
            map.append(name.header.clone(), value);
        }
    }
}

impl fmt::Debug for Destination {
    /// Neither the query nor values of headers: they may hold credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Destination")
            .field("host", &self.0.target.host)
            .field("headers", &self.0.lines.iter().map(|line| &line.name.header).collect::<Vec<_>>())
            .finish()
    }
}

impl Line {
    fn ours(name: HeaderName, value: &str) -> Result<Self, Refusal> {
        let value = sendable(&name, value)?;
        Ok(Self { name: Name { given: String::new(), spelled: on_the_wire(&name), header: name }, value })
    }
}

impl Name {
    /// Of a header that somebody configured.
    fn callers(given: &str) -> Result<Self, Refusal> {
        let header = HeaderName::from_bytes(given.as_bytes())
            .map_err(|_| Refusal::internal("A configured header has a name that cannot be sent."))?;
        if RESERVED.contains(&header.as_str()) {
            return Err(Refusal::internal(format!("The header {header} may not be configured.")));
        }
        Ok(Self { given: given.to_owned(), spelled: on_the_wire(&header), header })
    }

    /// Of a header of a single request.
    fn requests(given: &str) -> Result<Self, Refusal> {
        let name = Self::callers(given)?;
        if matches!(name.header, header::CONTENT_TYPE | header::USER_AGENT) {
            return Err(Refusal::internal(format!(
                "The header {} is the destination's to set.",
                name.header
            )));
        }
        Ok(name)
    }
}

/// A value, kept out of everything that is printed.
pub(super) fn sendable(name: &HeaderName, value: &str) -> Result<HeaderValue, Refusal> {
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| Refusal::internal(format!("The header {name} has a value that cannot be sent.")))?;
    value.set_sensitive(true);
    Ok(value)
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
