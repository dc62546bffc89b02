//! One request as the caller gives it, and the head that it has on the wire.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http_body_util::Full;
use hyper::{HeaderMap, header};

use super::destination::{Destination, Line, sendable};
use super::refusal::Refusal;

/// Marks every request of ours. Our own doors refuse requests that carry it, so no chain of redirects by
/// proxy, name server or customer makes Belfry deliver to itself.
pub const HOP_HEADER: &str = "Belfry-Hop";

/// A request as hyper sends it.
pub(super) type Message = hyper::Request<Full<Bytes>>;

/// A POST to a webhook.
#[derive(Clone)]
pub struct OutboundRequest {
    /// Where to, and the headers of all requests that go there.
    pub destination: Destination,
    /// What only this request has (signature, delivery id, time), in this order, after the destination's.
    /// `Content-Type` and `User-Agent` belong to the destination.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body, byte for byte as it was signed.
    pub body: Bytes,
}

impl OutboundRequest {
    /// For hyper, with the memory of `map`, which is empty.
    ///
    /// # Errors
    /// Internal, for a name or value that cannot be sent or a name that is not this request's to set. The
    /// detail names the header and never its value.
    pub(super) fn message(&self, mut map: HeaderMap) -> Result<Message, Refusal> {
        let names = self.destination.own_names(&self.headers)?;
        map.reserve(self.destination.lines().len() + names.len());
        self.destination.fill(&mut map, self.body.len());
        for (name, (_, value)) in names.iter().zip(&self.headers) {
            map.append(name.header.clone(), sendable(&name.header, value)?);
        }
        let mut message = hyper::Request::new(Full::new(self.body.clone()));
        *message.method_mut() = hyper::Method::POST;
        *message.uri_mut() = self.destination.uri();
        *message.headers_mut() = map;
        Ok(message)
    }

    /// The headers as they are on the wire, in their order and spelling, for the record. They contain the webhook's credentials in plain text: mask them before storing.
    pub fn head(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        let constant = self.destination.lines().iter().map(|Line { name, value }| {
            let value = match name.header {
                header::CONTENT_LENGTH => Cow::Owned(self.body.len().to_string()),
                _ => String::from_utf8_lossy(value.as_bytes()),
            };
            (Cow::Borrowed(name.spelled.as_str()), value)
        });
        let own: Vec<_> = match self.destination.own_names(&self.headers) {
            Ok(Cow::Borrowed(names)) => {
                names.iter().map(|name| Cow::Borrowed(name.spelled.as_str())).collect()
            }
            Ok(Cow::Owned(names)) => names.into_iter().map(|name| Cow::Owned(name.spelled)).collect(),
            Err(_) => Vec::new(),
        };
        constant
            .chain(own.into_iter().zip(self.headers.iter().map(|(_, value)| Cow::Borrowed(value.as_str()))))
    }
}

impl fmt::Debug for OutboundRequest {
    /// Neither the query nor values of headers: they may hold credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboundRequest")
            .field("destination", &self.destination)
            .field("headers", &self.headers.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn request(constant: &[(&str, &str)], own: &[(&str, &str)]) -> Result<OutboundRequest, Refusal> {
        let url = "https://example.com:8443/x".parse().unwrap();
        let request = OutboundRequest {
            destination: Destination::of(&url, constant, "Belfry/1")?,
            headers: own
                .iter()
                .map(|(name, value)| ((*name).to_owned().into(), (*value).to_owned()))
                .collect(),
            body: Bytes::from_static(b"{}"),
        };
        request.message(HeaderMap::new())?;
        Ok(request)
    }

    fn lines(request: &OutboundRequest) -> Vec<String> {
        request.head().map(|(name, value)| format!("{name}: {value}")).collect()
    }

    #[test]
    fn ours_first_then_the_callers() {
        let request =
            request(&[("x-api-key", "k"), ("user-agent", "Bell")], &[("X-Telemax-Signature", "abc")])
                .unwrap();
        assert_eq!(
            lines(&request),
            [
                "Host: example.com:8443",
                "Content-Type: application/json",
                "Content-Length: 2",
                "Belfry-Hop: 1",
                "X-Api-Key: k",
                "User-Agent: Bell",
                "X-Telemax-Signature: abc",
            ]
        );
    }

    #[test]
    fn the_record_is_what_hyper_gets() {
        let request = request(&[("A", "1"), ("a", "2")], &[("b", "3"), ("A", "4")]).unwrap();
        let message = request.message(HeaderMap::new()).unwrap();
        let mut record: Vec<String> =
            request.head().map(|(name, value)| format!("{}: {value}", name.to_ascii_lowercase())).collect();
        let mut hypers: Vec<String> = message
            .headers()
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        record.sort();
        hypers.sort();
        assert_eq!(record, hypers);
    }

    /// A destination learns the names that its requests have, and must not take them for those of another.
    #[test]
    fn requests_of_one_destination_may_differ() {
        let mut request = request(&[], &[("X-One", "1"), ("X-Two", "2")]).unwrap();
        let own = |request: &OutboundRequest| lines(request).split_off(5);
        assert_eq!(own(&request), ["X-One: 1", "X-Two: 2"]);
        for (headers, expected) in [
            (vec![("X-Two", "3"), ("X-One", "4")], vec!["X-Two: 3", "X-One: 4"]),
            (vec![("X-One", "5")], vec!["X-One: 5"]),
            (vec![], vec![]),
            (vec![("X-One", "6"), ("X-Two", "7")], vec!["X-One: 6", "X-Two: 7"]),
        ] {
            request.headers =
                headers.into_iter().map(|(name, value)| (name.into(), value.to_owned())).collect();
            assert_eq!(own(&request), expected);
            let message = request.message(HeaderMap::new()).unwrap();
            assert_eq!(message.headers().len(), 5 + expected.len());
            for line in expected {
                let (name, value) = line.split_once(": ").unwrap();
                assert_eq!(message.headers()[name], value);
            }
        }
        request.headers = vec![("Host".into(), "evil".to_owned())];
        assert!(request.message(HeaderMap::new()).is_err());
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
            for built in [request(&[(name, value)], &[]), request(&[], &[(name, value)])] {
                let refusal = built.err().unwrap();
                assert_eq!(refusal.class, crate::domain::attempt::FailureClass::Internal);
                assert!(!refusal.detail.contains("s3cret") && !refusal.detail.contains("Evil"));
            }
        }
        assert!(request(&[], &[("Content-Type", "text/plain")]).is_err());
        assert!(request(&[], &[("User-Agent", "Bell")]).is_err());
    }

    proptest! {
        #[test]
        fn nothing_given_makes_a_second_line(name: String, value: String) {
            for built in [request(&[(&name, &value)], &[]), request(&[], &[(&name, &value)])] {
                for (name, value) in built.iter().flat_map(OutboundRequest::head) {
                    prop_assert!(!name.contains(['\r', '\n', ':', ' ']));
                    prop_assert!(!value.contains(['\r', '\n', '\0']));
                }
            }
        }
    }
}
