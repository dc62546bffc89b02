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

/// Bytes of one response head at most.
pub(super) const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Bytes that may come before the final head is complete: informational responses, and the head itself.
const HEADS_BYTES_MAX: usize = 2 * HEAD_BYTES_MAX;

/// What is known about a connection from outside of hyper.
#[derive(Debug)]
pub(super) struct Watch {
    write_blocked: AtomicBool,
    head_bytes_left: AtomicUsize,
}

impl Watch {
    fn new() -> Self {
        Self { write_blocked: AtomicBool::new(false), head_bytes_left: AtomicUsize::new(HEADS_BYTES_MAX) }
    }

    /// Whether the receiver does not take what we have to send.
    pub(super) fn write_blocked(&self) -> bool {
        self.write_blocked.load(Ordering::Relaxed)
    }

    /// A request begins on a connection that may have served others: its head has the whole limit.
    pub(super) fn request_begins(&self) {
        self.head_bytes_left.store(HEADS_BYTES_MAX, Ordering::Relaxed);
    }

    /// The final head is there; from now on the reader of the body sets the limits.
    pub(super) fn head_arrived(&self) {
        self.head_bytes_left.store(usize::MAX, Ordering::Relaxed);
    }

    /// Whether so many informational responses came that reading stopped.
    pub(super) fn head_too_long(&self) -> bool {
        self.head_bytes_left.load(Ordering::Relaxed) == 0
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

    fn on_write<T>(&self, result: Poll<T>) -> Poll<T> {
        self.watch.write_blocked.store(result.is_pending(), Ordering::Relaxed);
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
        let left = self.watch.head_bytes_left.load(Ordering::Relaxed);
        if left == 0 {
            return Poll::Ready(Err(io::ErrorKind::QuotaExceeded.into()));
        }
        let before = buf.filled().len();
        let result = ready!(match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Transport::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        });
        if left != usize::MAX {
            let read = buf.filled().len() - before;
            self.watch.head_bytes_left.store(left.saturating_sub(read), Ordering::Relaxed);
        }
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
        self.on_write(result)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Transport::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
