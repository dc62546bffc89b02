//! A receiver's answer: all of its head, and as much of its body as is worth keeping.

use std::borrow::Cow;

use bytes::Bytes;
use hyper::body::{Body as _, Incoming};
use hyper::ext::ReasonPhrase;
use hyper::http::response::Parts;

use super::channel::{BodyError, Channel};
use super::refusal::Refusal;
use crate::domain::attempt::FailureClass;

/// Bytes of a body that are kept.
pub const BODY_KEPT_MAX: usize = 16 * 1024;
/// Bytes of a body after which reading stops and the connection is closed. The answer then counts as complete:
/// it is our own limit.
pub const BODY_READ_MAX: usize = 64 * 1024;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status, three digits.
    pub status: u16,
    /// The reason phrase, as it came. Bytes that are not UTF-8 are U+FFFD.
    pub reason: Cow<'static, str>,
    /// At most 100 headers in their order, names in lower case. Bytes that are not UTF-8 are U+FFFD.
    pub headers: Vec<(String, String)>,
    /// The beginning of the body, at most 16 KiB, as bytes: never inflated, never decoded.
    pub body: Vec<u8>,
    /// Whether the body went on after what was kept.
    pub body_truncated: bool,
    /// Bytes of the body that were read; not more than a little over 64 KiB.
    pub body_read: usize,
}

impl Response {
    /// An answer whose body is still to be read.
    pub(super) fn from_head(head: &Parts) -> Self {
        let reason = match head.extensions.get::<ReasonPhrase>() {
            Some(phrase) => Cow::Owned(text(phrase.as_bytes())),
            None => Cow::Borrowed(head.status.canonical_reason().unwrap_or_default()),
        };
        let headers = head.headers.iter();
        Self {
            status: head.status.as_u16(),
            reason,
            headers: headers
                .map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes())))
                .collect(),
            body: Vec::new(),
            body_truncated: false,
            body_read: 0,
        }
    }

    /// The first value of the header with this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Reads the body until it ends, the deadline comes or [`BODY_READ_MAX`] is reached; says whether it was
    /// read to its end. A body that is not complete by the deadline is a failure, whatever the status was: the
    /// receiver has not finished its answer, and a request that drips for ever must not look like a good one.
    pub(super) async fn read_body(
        &mut self,
        channel: &mut Channel,
        mut body: Incoming,
    ) -> Result<bool, Refusal> {
        while !body.is_end_stream() {
            if self.body_read >= BODY_READ_MAX {
                self.body_truncated = true;
                return Ok(false);
            }
            match channel.frame(&mut body).await {
                Ok(None) => break,
                Ok(Some(frame)) => self.keep(&frame.into_data().unwrap_or_default()),
                Err(BodyError::Broken(refusal)) => return Err(refusal),
                Err(BodyError::Late) => {
                    let detail = format!("The body was not complete in time: {} bytes came.", self.body_read);
                    return Err(Refusal::new(FailureClass::ReadTimeout, detail));
                }
            }
        }
        Ok(true)
    }

    fn keep(&mut self, data: &Bytes) {
        let room = BODY_KEPT_MAX - self.body.len();
        let kept = data.get(..room).unwrap_or(data);
        self.body.extend_from_slice(kept);
        self.body_truncated |= kept.len() < data.len();
        self.body_read += data.len();
    }
}

/// Nearly always UTF-8, and then checked much faster than repaired.
fn text(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes).into_owned(), str::to_owned)
}
