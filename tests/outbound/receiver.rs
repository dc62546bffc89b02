//! A customer's endpoint, played by script: raw bytes over TCP or TLS, so that it can be as rude as it likes.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UnixStream};
use tokio::sync::{Notify, watch};
use tokio_rustls::TlsAcceptor;

/// What the receiver does next on a connection. When the script is over, it closes.
#[derive(Clone)]
pub enum Step {
    /// Reads up to the empty line after the headers.
    ReadHead,
    /// Reads the head, then as much body as it announces, and notes the request.
    ReadRequest,
    /// Reads this many bytes.
    ReadBytes(usize),
    /// Reads one byte per interval until the other side gives up.
    SipForEver(Duration),
    /// Writes these bytes.
    Write(Vec<u8>),
    /// Writes these bytes again and again until the other side gives up.
    WriteForEver(Vec<u8>),
    /// Writes these bytes once per interval until the other side gives up.
    DripForEver(Vec<u8>, Duration),
    /// Reads requests, notes them and answers each with these bytes, until the other side closes.
    AnswerForEver(Vec<u8>),
    /// Does nothing until the test says so.
    Until(Arc<Notify>),
    /// Does nothing until the other side closes.
    Hang,
    /// Closes with a reset instead of a goodbye.
    Reset,
    /// Closes TCP without a goodbye in TLS.
    Drop,
}

/// Writes text.
pub fn write(text: &str) -> Step {
    Step::Write(text.as_bytes().to_vec())
}

/// The script of a receiver that reads the request and answers with these bytes.
pub fn answers(response: impl AsRef<[u8]>) -> Vec<Step> {
    vec![Step::ReadRequest, Step::Write(response.as_ref().to_vec())]
}

/// What one connection showed of the client, besides its request.
#[derive(Debug, Clone)]
pub struct Greeting {
    /// The name in SNI.
    pub server_name: Option<String>,
    /// The protocol that was agreed by ALPN.
    pub alpn: Option<Vec<u8>>,
    /// Whether the handshake was a full one: nothing was resumed.
    pub is_full_handshake: bool,
}

#[derive(Default)]
struct Ledger {
    connections: AtomicUsize,
    requests: Mutex<Vec<Vec<u8>>>,
    greetings: Mutex<Vec<Greeting>>,
    ended: watch::Sender<usize>,
}

/// A listening receiver. It stops when it is dropped.
pub struct Receiver {
    /// Where it listens.
    pub at: SocketAddr,
    ledger: Arc<Ledger>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Receiver {
    /// Plays `script` on every connection, without TLS.
    pub fn plain(script: Vec<Step>) -> Self {
        Self::start("127.0.0.1:0", None, script)
    }

    /// Plays `script` inside TLS.
    pub fn tls(config: rustls::ServerConfig, script: Vec<Step>) -> Self {
        Self::start("127.0.0.1:0", Some(config), script)
    }

    /// Plays `script` on `at`, with small buffers, so that a slow reader is felt.
    pub fn start(at: &str, tls: Option<rustls::ServerConfig>, script: Vec<Step>) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(8 * 1024).unwrap();
        socket.bind(at.parse().unwrap()).unwrap();
        let listener = socket.listen(64).unwrap();
        let at = listener.local_addr().unwrap();
        let ledger = Arc::new(Ledger::default());
        let tls = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
        let task = tokio::spawn(serve(listener, tls, script, Arc::clone(&ledger)));
        Self { at, ledger, task }
    }

    /// Listens no more.
    pub async fn stop(mut self) {
        self.task.abort();
        assert!((&mut self.task).await.unwrap_err().is_cancelled());
    }

    /// Connections so far.
    pub fn connections(&self) -> usize {
        self.ledger.connections.load(Ordering::SeqCst)
    }

    /// Waits until this many connections have ended, and until this process has heard of it.
    pub async fn ended(&self, count: usize) {
        self.ledger.ended.subscribe().wait_for(|ended| *ended >= count).await.unwrap();
        events_are_seen().await;
    }

    /// Connections of this process to here that are open on our side, or half open.
    pub fn sockets(&self) -> usize {
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let port = format!(":{:04X}", self.at.port());
        let open = |state: &str| ["01", "08"].contains(&state);
        let fields = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        fields.filter(|fields| fields[2].ends_with(&port) && open(fields[3])).count()
    }

    /// The requests that were read, each as the bytes that came.
    pub fn requests(&self) -> Vec<String> {
        let requests = self.ledger.requests.lock().unwrap();
        requests.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
    }

    /// The TLS handshakes that were completed.
    pub fn greetings(&self) -> Vec<Greeting> {
        self.ledger.greetings.lock().unwrap().clone()
    }
}

/// Passes a byte through the kernel: whatever happened to other sockets before, the runtime knows afterwards.
pub async fn events_are_seen() {
    let (mut one, mut other) = UnixStream::pair().unwrap();
    let (read, written) = tokio::join!(other.read_u8(), one.write_u8(0));
    read.and_then(|_| written.map(drop)).unwrap();
}

async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, script: Vec<Step>, ledger: Arc<Ledger>) {
    while let Ok((stream, _)) = listener.accept().await {
        ledger.connections.fetch_add(1, Ordering::SeqCst);
        let (tls, script, ledger) = (tls.clone(), script.clone(), Arc::clone(&ledger));
        tokio::spawn(async move {
            connection(stream, tls, script, Arc::clone(&ledger)).await;
            ledger.ended.send_modify(|ended| *ended += 1);
        });
    }
}

async fn connection(stream: TcpStream, tls: Option<TlsAcceptor>, script: Vec<Step>, ledger: Arc<Ledger>) {
    if matches!(script.last(), Some(Step::Reset)) {
        stream.set_zero_linger().unwrap();
    }
    let Some(tls) = tls else {
        return play(stream, script, &ledger).await;
    };
    if let Ok(stream) = tls.accept(stream).await {
        let (_, session) = stream.get_ref();
        ledger.greetings.lock().unwrap().push(Greeting {
            server_name: session.server_name().map(str::to_owned),
            alpn: session.alpn_protocol().map(<[u8]>::to_vec),
            is_full_handshake: session.handshake_kind() == Some(rustls::HandshakeKind::Full),
        });
        play(stream, script, &ledger).await;
    }
}

/// Plays the script; the client may hang up at any time.
async fn play(mut stream: impl AsyncRead + AsyncWrite + Unpin, script: Vec<Step>, ledger: &Ledger) {
    for step in script {
        let played = match step {
            Step::ReadHead => read_head(&mut stream).await.map(drop),
            Step::ReadRequest => read_request(&mut stream).await.map(|request| {
                ledger.requests.lock().unwrap().push(request);
            }),
            Step::ReadBytes(count) => stream.read_exact(&mut vec![0; count]).await.map(drop),
            Step::SipForEver(interval) => sip(&mut stream, interval).await,
            Step::Write(bytes) => put(&mut stream, &bytes).await,
            Step::WriteForEver(bytes) => drip(&mut stream, &bytes, None).await,
            Step::DripForEver(bytes, interval) => drip(&mut stream, &bytes, Some(interval)).await,
            Step::AnswerForEver(bytes) => answer_for_ever(&mut stream, &bytes, ledger).await,
            Step::Until(notify) => {
                notify.notified().await;
                Ok(())
            }
            Step::Hang => hang(&mut stream).await,
            Step::Reset | Step::Drop => return,
        };
        if played.is_err() {
            return;
        }
    }
    // A polite end: TLS says goodbye, TCP sends what is left.
    let _ = stream.shutdown().await;
}

async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(head)
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Vec<u8>> {
    let mut request = read_head(stream).await?;
    let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.and_then(|text| text.parse().ok()).unwrap_or(0)];
    stream.read_exact(&mut body).await?;
    request.extend(body);
    Ok(request)
}

async fn answer_for_ever(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    bytes: &[u8],
    ledger: &Ledger,
) -> std::io::Result<()> {
    loop {
        let request = read_request(stream).await?;
        ledger.requests.lock().unwrap().push(request);
        put(stream, bytes).await?;
    }
}

async fn put(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}

async fn drip(
    stream: &mut (impl AsyncWrite + Unpin),
    bytes: &[u8],
    interval: Option<Duration>,
) -> std::io::Result<()> {
    loop {
        put(stream, bytes).await?;
        if let Some(interval) = interval {
            tokio::time::sleep(interval).await;
        }
    }
}

async fn sip(stream: &mut (impl AsyncRead + Unpin), interval: Duration) -> std::io::Result<()> {
    loop {
        stream.read_u8().await?;
        tokio::time::sleep(interval).await;
    }
}

async fn hang(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<()> {
    let mut rest = [0; 4096];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
