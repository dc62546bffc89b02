//! HTTP/1.1 on one connection, driven by whoever uses it.
//!
//! hyper splits a connection into a handle and a future that does the work. Here both stay together and the
//! work happens only while somebody waits for a result, so there is no task that outlives an attempt: dropping
//! the channel closes the socket.

use std::error::Error as _;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, Connection, SendRequest};
use hyper_util::rt::TokioIo;

use super::refusal::Refusal;
use super::stream::{HEAD_BYTES_MAX, Stream, Watch};
use super::tls;
use crate::domain::attempt::FailureClass;

/// A connection that speaks HTTP/1.1.
pub struct Channel {
    sender: SendRequest<Full<Bytes>>,
    /// `None` once it has ended: a finished future must not be asked again.
    connection: Option<Connection<TokioIo<Stream>, Full<Bytes>>>,
    watch: Arc<Watch>,
}

impl Channel {
    /// Gets ready to talk. Nothing is sent yet.
    pub(super) async fn open(stream: Stream) -> Result<Self, Refusal> {
        let watch = stream.watch();
        let (sender, connection) = http1::Builder::new()
            .title_case_headers(true)
            // The buffer's limit alone is soft: a last read may go beyond it.
            .max_header_size(HEAD_BYTES_MAX)
            .max_buf_size(HEAD_BYTES_MAX)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| Refusal::internal(error.to_string()))?;
        Ok(Self { sender, connection: Some(connection), watch })
    }

    /// Sends `request` and waits for the final response head; informational ones are skipped. A head has at
    /// most 100 headers, which is hyper's own limit.
    pub(super) async fn send(
        &mut self,
        request: hyper::Request<Full<Bytes>>,
    ) -> Result<hyper::Response<Incoming>, Refusal> {
        let response = self.sender.send_request(request);
        let response = self.drive(response).await.map_err(|error| self.refusal(&error))?;
        self.watch.head_arrived();
        Ok(response)
    }

    /// Works on the connection until `future` is done.
    pub(super) async fn drive<F: Future>(&mut self, future: F) -> F::Output {
        let mut future = pin!(future);
        poll_fn(|cx| {
            // The error of an ended connection reaches whoever waits for the response or for its body.
            if let Some(connection) = &mut self.connection
                && Pin::new(connection).poll(cx).is_ready()
            {
                self.connection = None;
            }
            future.as_mut().poll(cx)
        })
        .await
    }

    /// The refusal for an attempt whose time is up while it waits for the response head.
    pub(super) fn late(&self) -> Refusal {
        if self.watch.write_blocked() {
            Refusal::new(FailureClass::WriteTimeout, "The receiver did not take the whole request in time.")
        } else {
            Refusal::new(FailureClass::ReadTimeout, "No complete response head came in time.")
        }
    }

    /// What an error of hyper means.
    pub(super) fn refusal(&self, error: &hyper::Error) -> Refusal {
        if self.watch.head_too_long() || is_too_large(error) {
            return Refusal::new(
                FailureClass::TooManyHeaders,
                "The response head has more than 100 headers or 64 KiB.",
            );
        }
        if let Some(cause) = error.source().and_then(|source| source.downcast_ref::<io::Error>()) {
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
        Refusal::new(
            FailureClass::BadResponse,
            format!("The response is not valid HTTP/1.1: {error}{cause}."),
        )
    }
}

/// hyper shows this kind only to servers, so its words have to do; a test holds hyper to them.
fn is_too_large(error: &hyper::Error) -> bool {
    error.is_parse() && format!("{error:?}").contains("TooLarge")
}
