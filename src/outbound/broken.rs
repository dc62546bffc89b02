//! What it means when a connection ends before the response does.

use std::error::Error as _;
use std::io;

use super::refusal::Refusal;
use super::stream::Watch;
use super::tls;
use crate::domain::attempt::FailureClass;

/// The refusal for an attempt whose time is up while it waits for the response head.
pub(super) fn late(watch: &Watch) -> Refusal {
    if watch.write_blocked() {
        Refusal::new(FailureClass::WriteTimeout, "The receiver did not take the whole request in time.")
    } else {
        Refusal::new(FailureClass::ReadTimeout, "No complete response head came in time.")
    }
}

/// What an error of hyper means.
pub(super) fn refusal(error: &hyper::Error, watch: &Watch) -> Refusal {
    if watch.head_too_long() || is_too_large(error) {
        return Refusal::new(
            FailureClass::TooManyHeaders,
            "The response head has more than 100 headers or 64 KiB.",
        );
    }
    if watch.body_too_long() {
        return Refusal::new(FailureClass::BadResponse, "The framing of the response's body does not end.");
    }
    if let Some(cause) = error.source().and_then(|source| source.downcast_ref::<io::Error>()) {
        if is_framing(cause) {
            return Refusal::new(
                FailureClass::BadResponse,
                format!("The response is not valid HTTP/1.1: {cause}."),
            );
        }
        return tls::refusal(cause);
    }
    if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        return Refusal::new(
            FailureClass::Reset,
            "The receiver closed the connection before the response was complete.",
        );
    }
    if error.is_user() {
        return Refusal::internal(error.to_string());
    }
    let cause = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    Refusal::new(FailureClass::BadResponse, format!("The response is not valid HTTP/1.1: {error}{cause}."))
}

/// hyper shows this kind only to servers, so its words have to do; a test holds hyper to them.
fn is_too_large(error: &hyper::Error) -> bool {
    error.is_parse() && format!("{error:?}").contains("TooLarge")
}

/// hyper tells of bad chunks in the shape of an error of the connection, which neither came from the system nor
/// from TLS.
fn is_framing(cause: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    let is_tls = cause.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).is_some();
    matches!(cause.kind(), Kind::InvalidInput | Kind::InvalidData)
        && cause.raw_os_error().is_none()
        && !is_tls
}
