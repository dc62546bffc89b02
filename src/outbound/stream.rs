//! The bytes to and from a receiver, plain or encrypted, with an eye on them.
//!
//! hyper does not tell whether it waits for the receiver to take the request or to answer it, and it skips
//! informational responses without counting them. Both are seen here, where the bytes pass.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::failpoint::fail_point;

/// Bytes of one response head at most.
pub(super) const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Bytes that may come before the final head is complete: informational responses, and the head itself.
const HEADS_BYTES_MAX: usize = 2 * HEAD_BYTES_MAX;
/// Bytes that may come for one body with its framing. Far more than its reader wants, in whatever small chunks:
/// this is for what is no chunk at all, a size with a million zeros.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// What is known about a connection from outside of hyper.
#[derive(Debug)]
pub(super) struct Watch {
    write_blocked: AtomicBool,
    /// Whether the transport took a byte of the request.
    written: AtomicBool,
    /// Of the heads, and then of the body.
    bytes_left: AtomicUsize,
    in_body: AtomicBool,
}

impl Watch {
    fn new() -> Self {
        Self {
            write_blocked: AtomicBool::new(false),
            written: AtomicBool::new(false),
            bytes_left: AtomicUsize::new(HEADS_BYTES_MAX),
            in_body: AtomicBool::new(false),
        }
    }

    /// Whether the receiver does not take what we have to send.
    pub(super) fn write_blocked(&self) -> bool {
        self.write_blocked.load(Ordering::Relaxed)
    }

    /// A request begins on a connection that may have served others: its head has the whole limit.
    pub(super) fn request_begins(&self) {
        self.bytes_left.store(HEADS_BYTES_MAX, Ordering::Relaxed);
        self.in_body.store(false, Ordering::Relaxed);
        self.written.store(false, Ordering::Relaxed);
    }

    /// Whether the receiver may have seen something of the request.
    pub(super) fn is_written(&self) -> bool {
        self.written.load(Ordering::Relaxed)
    }

    /// The final head is there; what comes now is the body.
    pub(super) fn head_arrived(&self) {
        self.bytes_left.store(BODY_BYTES_MAX, Ordering::Relaxed);
        self.in_body.store(true, Ordering::Relaxed);
    }

    /// Whether so many informational responses came that reading stopped.
    pub(super) fn head_too_long(&self) -> bool {
        self.ran_out() && !self.in_body.load(Ordering::Relaxed)
    }

    /// Whether so much framing came that reading stopped.
    pub(super) fn body_too_long(&self) -> bool {
        self.ran_out() && self.in_body.load(Ordering::Relaxed)
    }

    fn ran_out(&self) -> bool {
        self.bytes_left.load(Ordering::Relaxed) == 0
    }
}

/// TCP, or TLS on TCP.
pub(super) enum Transport {
    /// As it is.
    Plain(TcpStream),
    /// Boxed, since the session is large.
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connection to a receiver.
pub(super) struct Stream {
    transport: Transport,
    watch: Arc<Watch>,
}

impl Stream {
    pub(super) fn new(transport: Transport) -> Self {
        Self { transport, watch: Arc::new(Watch::new()) }
    }

    pub(super) fn watch(&self) -> Arc<Watch> {
        Arc::clone(&self.watch)
    }

    fn on_write(&self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.watch.write_blocked.store(result.is_pending(), Ordering::Relaxed);
        if matches!(result, Poll::Ready(Ok(1..))) {
            self.watch.written.store(true, Ordering::Relaxed);
        }
        result
    }
}

impl AsyncRead for Stream {
    /// Reads. TLS that ends without `close_notify` ends like plain TCP: the framing of HTTP decides whether
    /// the response was complete, and many a server never says goodbye.
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let left = self.watch.bytes_left.load(Ordering::Relaxed);
        if left == 0 {
            return Poll::Ready(Err(io::ErrorKind::QuotaExceeded.into()));
        }
        let before = buf.filled().len();
        let result = ready!(match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Transport::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        });
        let read = buf.filled().len() - before;
        self.watch.bytes_left.store(left.saturating_sub(read), Ordering::Relaxed);
        match result {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Poll::Ready(Ok(())),
            result => Poll::Ready(result),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let result = match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Transport::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
        };
        fail_point!("send.after_write");
        self.on_write(result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
            Transport::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
        };
        fail_point!("send.after_write");
        self.on_write(result)
    }

    fn is_write_vectored(&self) -> bool {
        match &self.transport {
            Transport::Plain(stream) => stream.is_write_vectored(),
            Transport::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Transport::Tls(stream) => Pin::new(stream).poll_flush(cx),
        };
        self.watch.write_blocked.store(result.is_pending(), Ordering::Relaxed);
        result
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Transport::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
