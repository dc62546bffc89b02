//! A customer's endpoint on this machine: keeps every request and answers what it is told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub struct Received {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }
}

/// An answer to give.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}

#[derive(Default)]
struct Shared {
    received: Mutex<Vec<Received>>,
    replies: Mutex<VecDeque<Reply>>,
    tls: Mutex<Option<Arc<ServerConfig>>>,
}

pub struct Receiver {
    port: u16,
    shared: Arc<Shared>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(greet(stream, Arc::clone(&theirs)));
            }
        });
        Self { port, shared }
    }

    pub fn url(&self) -> String {
        self.url_of("/hook")
    }

    pub fn url_of(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Speaks TLS on new connections from now on, with this certificate; without one, plain HTTP.
    pub fn shows(&self, certificate: Option<Arc<ServerConfig>>) {
        *self.shared.tls.lock().expect("not poisoned") = certificate;
    }

    /// Its address for TLS, under one of its two names.
    pub fn https(&self, host: &str) -> String {
        format!("https://{host}:{}/hook", self.port)
    }

    /// Answers the next requests with these; afterwards with 200.
    pub fn answers(&self, replies: impl IntoIterator<Item = Reply>) {
        self.shared.replies.lock().expect("not poisoned").extend(replies);
    }

    /// Answers the next requests with these statuses.
    pub fn answers_with(&self, statuses: impl IntoIterator<Item = u16>) {
        self.answers(statuses.into_iter().map(Reply::status));
    }

    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().expect("not poisoned").clone()
    }

    pub fn requests(&self) -> usize {
        self.received().len()
    }
}

async fn greet(stream: TcpStream, shared: Arc<Shared>) {
    let tls = shared.tls.lock().expect("not poisoned").clone();
    match tls {
        None => answer(stream, shared).await,
        Some(config) => {
            if let Ok(stream) = TlsAcceptor::from(config).accept(stream).await {
                answer(stream, shared).await;
            }
        }
    }
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, shared: Arc<Shared>) {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let mut lines = head.split("\r\n");
    let start: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: usize = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    while bytes.len() < head_end + 4 + length {
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let received = Received {
        method: start.first().copied().unwrap_or_default().to_owned(),
        target: start.get(1).copied().unwrap_or_default().to_owned(),
        headers,
        body: bytes[head_end + 4..].to_vec(),
    };
    shared.received.lock().expect("not poisoned").push(received);
    let reply =
        shared.replies.lock().expect("not poisoned").pop_front().unwrap_or_else(|| Reply::status(200));
    let mut out = format!("HTTP/1.1 {} Scripted\r\nContent-Length: {}\r\n", reply.status, reply.body.len());
    for (name, value) in &reply.headers {
        out.push_str(&format!("{name}: {value}\r\n"));
    }
    out.push_str("Connection: close\r\n\r\n");
    let mut out = out.into_bytes();
    out.extend_from_slice(&reply.body);
    drop(stream.write_all(&out).await);
    drop(stream.shutdown().await);
}
