//! Why a request was not made or not finished.

use std::io;

use crate::domain::attempt::FailureClass;
use crate::domain::time::Timestamp;

/// Characters of a detail at most; certificates and name servers may bring long texts along.
const DETAIL_CHARS_MAX: usize = 300;

/// Why an attempt has no complete answer: its class, and what exactly happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What people filter by and what decides about retries.
    pub class: FailureClass,
    /// One sentence for a person: which address, which certificate, which limit. It may quote the other side,
    /// never our own headers, so it holds no secrets of the webhook. At most 300 characters, without
    /// control characters.
    pub detail: String,
    /// When the certificate ended that was refused for it.
    pub cert_not_after: Option<Timestamp>,
}

impl Refusal {
    /// A refusal. The detail is cut to 300 characters; control characters become spaces.
    pub fn new(class: FailureClass, detail: impl AsRef<str>) -> Self {
        let detail = detail.as_ref().chars().take(DETAIL_CHARS_MAX);
        let detail = detail.map(|c| if c.is_control() { ' ' } else { c }).collect();
        Self { class, detail, cert_not_after: None }
    }

    /// The same, because of a certificate that ended then.
    #[must_use]
    pub fn cert_ended(self, not_after: Timestamp) -> Self {
        Self { cert_not_after: Some(not_after), ..self }
    }

    /// Our own fault, which never counts against a webhook.
    pub fn internal(detail: impl AsRef<str>) -> Self {
        Self::new(FailureClass::Internal, detail)
    }

    /// What went wrong on an established connection.
    pub(super) fn from_io(error: &io::Error) -> Self {
        use io::ErrorKind as Kind;
        let class = match error.kind() {
            Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe | Kind::NotConnected => {
                FailureClass::Reset
            }
            Kind::UnexpectedEof | Kind::WriteZero => FailureClass::Reset,
            Kind::TimedOut => FailureClass::ReadTimeout,
            Kind::InvalidData => FailureClass::TlsOther,
            _ if is_exhaustion(error) => FailureClass::Internal,
            _ => FailureClass::Reset,
        };
        Self::new(class, format!("The connection broke: {error}."))
    }
}

/// Whether the machine that we run on has run out of something: files, memory, local ports.
pub(super) fn is_exhaustion(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    // EMFILE and ENFILE have no kind; their numbers are the same on every Unix.
    let out_of_files = matches!(error.raw_os_error(), Some(23 | 24));
    out_of_files || matches!(error.kind(), Kind::OutOfMemory | Kind::AddrNotAvailable | Kind::AddrInUse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_short_and_printable() {
        let refusal = Refusal::new(FailureClass::TlsName, format!("bell\u{7}\r\n{}", "x".repeat(1000)));
        assert!(refusal.detail.starts_with("bell   x"));
        assert_eq!(refusal.detail.chars().count(), DETAIL_CHARS_MAX);
    }

    #[test]
    fn running_out_of_files_is_our_own_fault() {
        assert_eq!(Refusal::from_io(&io::Error::from_raw_os_error(24)).class, FailureClass::Internal);
        assert_eq!(Refusal::from_io(&io::ErrorKind::BrokenPipe.into()).class, FailureClass::Reset);
    }
}
