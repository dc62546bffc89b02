//! HTTP/1.1 on one connection, driven by whoever uses it.
//!
//! hyper splits a connection into a handle and a future that does the work. Here both stay together and the
//! work happens only while somebody waits for a result, so there is no task that outlives an attempt: dropping
//! the channel closes the socket. An idle channel does nothing at all; what its receiver did meanwhile is seen
//! when the next request begins, before anything is written.

use std::future::poll_fn;
use std::mem;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::Full;
use hyper::HeaderMap;
use hyper::body::{Body as _, Frame, Incoming};
use hyper::client::conn::http1::{self, Connection, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, Sleep, sleep_until};

use super::broken;
use super::refusal::Refusal;
use super::request::Message;
use super::stream::{HEAD_BYTES_MAX, Stream, Watch};
use super::tls::TlsSession;

/// Headers for which an idle connection keeps memory.
const SPARE_HEADERS_MAX: usize = 48;

/// A connection that speaks HTTP/1.1.
pub struct Channel {
    sender: SendRequest<Full<Bytes>>,
    /// `None` once it has ended: a finished future must not be asked again.
    connection: Option<Connection<TokioIo<Stream>, Full<Bytes>>>,
    watch: Arc<Watch>,
    /// The end of the attempt under way.
    deadline: Pin<Box<Sleep>>,
    dialled: Dialled,
    /// Empty: the memory for the headers of the next request.
    spare_headers: HeaderMap,
}

/// What is known of a connection since it was dialled.
#[derive(Debug, Clone)]
pub(super) struct Dialled {
    pub(super) remote: SocketAddr,
    pub(super) tls: Option<TlsSession>,
    pub(super) born: Instant,
}

/// A request that got no response.
#[derive(Debug)]
pub(super) struct Unanswered {
    pub(super) refusal: Refusal,
    /// Whether not a byte of the request was written: then, and only then, may it be sent elsewhere.
    pub(super) is_unsent: bool,
}

impl Channel {
    /// Gets ready to talk. Nothing is sent yet.
    pub(super) async fn open(stream: Stream, dialled: Dialled) -> Result<Self, Refusal> {
        let watch = stream.watch();
        let (sender, connection) = http1::Builder::new()
            .title_case_headers(true)
            // The buffer's limit alone is soft: a last read may go beyond it.
            .max_header_size(HEAD_BYTES_MAX)
            .max_buf_size(HEAD_BYTES_MAX)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| Refusal::internal(error.to_string()))?;
        let deadline = Box::pin(sleep_until(dialled.born));
        Ok(Self {
            sender,
            connection: Some(connection),
            watch,
            deadline,
            dialled,
            spare_headers: HeaderMap::new(),
        })
    }

    /// The connection's circumstances.
    pub(super) fn dialled(&self) -> &Dialled {
        &self.dialled
    }

    /// An empty map, with memory if one was kept.
    pub(super) fn spare_headers(&mut self) -> HeaderMap {
        mem::take(&mut self.spare_headers)
    }

    /// Keeps the memory of a response's headers for the next request; not that of an unusually large one.
    pub(super) fn keep_headers(&mut self, mut headers: HeaderMap) {
        headers.clear();
        if headers.capacity() <= SPARE_HEADERS_MAX {
            self.spare_headers = headers;
        }
    }

    /// Sends `request` and waits for the final response head, until `deadline`; informational ones are skipped. A
    /// head has at most 100 headers, which is hyper's own limit. The deadline holds for the body as well.
    ///
    /// hyper reads before it writes. On a connection that the receiver has closed meanwhile, or on which it
    /// has said something that nobody asked for, the request ends unsent.
    pub(super) async fn send(
        &mut self,
        request: Message,
        deadline: Instant,
    ) -> Result<hyper::Response<Incoming>, Unanswered> {
        self.deadline.as_mut().reset(deadline);
        self.watch.request_begins();
        let mut response = pin!(self.sender.try_send_request(request));
        let answer = poll_fn(|cx| {
            drive(&mut self.connection, cx);
            match response.as_mut().poll(cx) {
                Poll::Ready(answer) => Poll::Ready(Some(answer)),
                Poll::Pending => self.deadline.as_mut().poll(cx).map(|()| None),
            }
        });
        match answer.await {
            Some(Ok(response)) => {
                self.watch.head_arrived();
                Ok(response)
            }
            Some(Err(error)) => Err(Unanswered {
                is_unsent: error.message().is_some() || !self.watch.is_written(),
                refusal: broken::refusal(error.error(), &self.watch),
            }),
            None => Err(Unanswered { is_unsent: false, refusal: broken::late(&self.watch) }),
        }
    }

    /// The next piece of the body; `None` at its end, or that the deadline has come.
    pub(super) async fn frame(&mut self, body: &mut Incoming) -> Result<Option<Frame<Bytes>>, BodyError> {
        let frame = poll_fn(|cx| {
            // Most answers are there as a whole when their head is.
            if let Poll::Ready(frame) = Pin::new(&mut *body).poll_frame(cx) {
                return Poll::Ready(Some(frame));
            }
            drive(&mut self.connection, cx);
            match Pin::new(&mut *body).poll_frame(cx) {
                Poll::Ready(frame) => Poll::Ready(Some(frame)),
                Poll::Pending => self.deadline.as_mut().poll(cx).map(|()| None),
            }
        });
        match frame.await {
            Some(None) => Ok(None),
            Some(Some(Ok(frame))) => Ok(Some(frame)),
            Some(Some(Err(error))) => Err(BodyError::Broken(broken::refusal(&error, &self.watch))),
            None => Err(BodyError::Late),
        }
    }

    /// Whether another request may be sent: the last one was written and answered completely, both sides
    /// keep the connection, and nothing has come that belongs to no request.
    pub(super) async fn is_idle(&mut self) -> bool {
        if self.connection.is_some() && !self.sender.is_ready() {
            poll_fn(|cx| {
                drive(&mut self.connection, cx);
                Poll::Ready(())
            })
            .await;
        }
        self.connection.is_some() && self.sender.is_ready()
    }
}

/// Why a body was not read to its end.
pub(super) enum BodyError {
    /// The deadline has come.
    Late,
    /// The connection or the framing broke.
    Broken(Refusal),
}

/// Works on the connection as far as it goes now. The error of an ended connection reaches whoever waits for the
/// response or for its body.
fn drive(connection: &mut Option<Connection<TokioIo<Stream>, Full<Bytes>>>, cx: &mut Context<'_>) {
    if let Some(running) = connection
        && Pin::new(running).poll(cx).is_ready()
    {
        *connection = None;
    }
}
