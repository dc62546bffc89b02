//! The name of one request: in a header of its answer, in its log lines, on its error page.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::{HttpMessage, HttpRequest};
use data_encoding::BASE32HEX_NOPAD;

use crate::domain::random::Random;

/// The header of answers that carries it.
pub const HEADER: &str = "x-request-id";

/// Hands out request ids: a start of its own for each process, then a number for each request.
#[derive(Debug)]
pub struct RequestIds {
    process: String,
    next: AtomicU32,
}

impl RequestIds {
    /// A source that shares its start with no other process.
    pub fn new(random: &dyn Random) -> Self {
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        Self { process: BASE32HEX_NOPAD.encode(&bytes), next: AtomicU32::new(1) }
    }

    /// The next id.
    pub fn next(&self) -> RequestId {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        RequestId(format!("{}:{number:08X}", self.process).into())
    }
}

/// `0HNLTALNU4DCO:00000004`: 13 characters of Base32 and 8 of hexadecimal (contract 1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The id of `request`, which the server gave it on arrival.
    pub fn of(request: &HttpRequest) -> Self {
        request.extensions().get().cloned().unwrap_or_else(|| Self("0000000000000:00000000".into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::random::SeededRandom;

    #[test]
    fn thirteen_characters_a_colon_and_a_number() {
        let ids = RequestIds::new(&SeededRandom::new(1));
        let (first, second) = (ids.next(), ids.next());
        let (process, number) = first.as_str().split_once(':').unwrap();
        assert_eq!((process.len(), number), (13, "00000001"));
        assert!(process.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'V').contains(&b)));
        assert_eq!(second.as_str(), format!("{process}:00000002"));
    }
}
