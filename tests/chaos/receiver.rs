//! The customers' side: listens, judges every request, enters it into the ledger and answers as told.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::{JoinHandle, JoinSet};

use super::hook::Hook;
use super::ledger::{Arrival, Ledger};
use super::temper::Deed;
use super::wire::{self, Headers, Place, header};

/// What the receiver knows of the world.
pub struct Known {
    pub hooks: Vec<Hook>,
    /// Numbers of the alerts, by place.
    pub alerts: Vec<i64>,
    pub company: i64,
}

struct Shared {
    ledger: Arc<Ledger>,
    known: Mutex<Arc<Known>>,
    /// By how much the server's clock is wrong, and was before: a request may have been signed then.
    clock_offsets_us: [AtomicI64; 2],
}

/// Hosts at which receivers listen, 127.0.0.1 and the following: limits for one host are not for the others.
const HOSTS: u8 = 32;
/// Ports that are tried before one is free on all hosts.
const PORTS_TRIED: usize = 20;

/// Receivers on one port of many hosts. They stop when dropped.
pub struct Receiver {
    port: u16,
    pub ledger: Arc<Ledger>,
    shared: Arc<Shared>,
    runtime: Runtime,
    listening: Vec<JoinHandle<()>>,
    /// Bound and not listening: keep the port, refuse connections.
    closed: Vec<TcpSocket>,
}

impl Receiver {
    /// Takes a port and refuses connections until [`Receiver::open`].
    pub fn new() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let closed = (0..PORTS_TRIED).find_map(|_| bound(0).ok()).expect("a port that is free on all hosts");
        let port = closed[0].local_addr().unwrap().port();
        let ledger = Arc::new(Ledger::new());
        let known = Known { hooks: Vec::new(), alerts: Vec::new(), company: 0 };
        let shared = Arc::new(Shared {
            ledger: Arc::clone(&ledger),
            known: Mutex::new(Arc::new(known)),
            clock_offsets_us: [AtomicI64::new(0), AtomicI64::new(0)],
        });
        Self { port, ledger, shared, runtime, listening: Vec::new(), closed }
    }

    /// The host of a webhook.
    pub fn host(index: usize) -> String {
        format!("127.0.0.{}", 1 + index % usize::from(HOSTS))
    }

    /// Where a webhook sends to, without query.
    pub fn url(&self, index: usize) -> String {
        format!("http://{}:{}/h/{index}", Self::host(index), self.port)
    }

    pub fn learn(&self, known: Known) {
        *self.shared.known.lock().unwrap() = Arc::new(known);
    }

    /// Changes what is known of the webhooks: their tempers.
    pub fn retune(&self, change: impl Fn(&mut Hook)) {
        let mut place = self.shared.known.lock().unwrap();
        let mut hooks = place.hooks.clone();
        hooks.iter_mut().for_each(change);
        *place = Arc::new(Known { hooks, alerts: place.alerts.clone(), company: place.company });
    }

    /// From now on the server's clock is wrong by so much.
    pub fn expect_clock_offset(&self, offset_us: i64) {
        let [now, before] = &self.shared.clock_offsets_us;
        before.store(now.swap(offset_us, Ordering::SeqCst), Ordering::SeqCst);
    }

    /// Begins to listen.
    pub fn open(&mut self) {
        let _inside = self.runtime.enter();
        for socket in self.closed.drain(..) {
            let listener = socket.listen(1_024).unwrap();
            self.listening.push(self.runtime.spawn(listen(listener, Arc::clone(&self.shared))));
        }
    }

    /// Ends every connection and refuses new ones.
    pub fn close(&mut self) {
        for listening in self.listening.drain(..) {
            listening.abort();
            drop(self.runtime.block_on(listening));
        }
        let _inside = self.runtime.enter();
        self.closed = bound(self.port).unwrap();
    }
}

/// Takes the port on every host; 0 takes whatever is free on the first one.
fn bound(port: u16) -> std::io::Result<Vec<TcpSocket>> {
    let mut port = port;
    let mut sockets = Vec::new();
    for host in 1..=HOSTS {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::from(([127, 0, 0, host], port)))?;
        port = socket.local_addr()?.port();
        sockets.push(socket);
    }
    Ok(sockets)
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            connections.spawn(connection(stream, Arc::clone(&shared)));
        }
        while connections.try_join_next().is_some() {}
    }
}

/// One connection, request after request. Dropped in the middle, its arrival is noted as ended.
async fn connection(mut stream: TcpStream, shared: Arc<Shared>) {
    // Answers are written whole; waiting for more only adds latency.
    drop(stream.set_nodelay(true));
    let mut bytes = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut bytes).await {
        if !answer(&mut stream, &request, &shared).await {
            return;
        }
    }
}

struct Request {
    target: String,
    headers: Headers,
    body: Vec<u8>,
}

async fn read_request(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<Request> {
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(bytes).await.unwrap_or(0) == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let mut lines = head.split("\r\n");
    let target = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers: Headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = header(&headers, "content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let end = head_end + 4 + length;
    while bytes.len() < end {
        if stream.read_buf(bytes).await.unwrap_or(0) == 0 {
            return None;
        }
    }
    let body = bytes[head_end + 4..end].to_vec();
    bytes.drain(..end);
    Some(Request { target, headers, body })
}

/// Notes the end of a request however its task ends.
struct Line<'l> {
    ledger: &'l Ledger,
    number: usize,
    answered: Option<u16>,
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        self.ledger.leave(self.number, self.answered);
    }
}

/// Says whether the connection goes on.
async fn answer(stream: &mut TcpStream, request: &Request, shared: &Shared) -> bool {
    let known = Arc::clone(&shared.known.lock().unwrap());
    let Some((hook, arrival)) = judge(request, &known, shared) else {
        shared.ledger.stranger(format!("{} {}", request.target, String::from_utf8_lossy(&request.body)));
        return false;
    };
    let event = arrival.event;
    let (number, before) = shared.ledger.enter(arrival);
    let mut line = Line { ledger: &shared.ledger, number, answered: None };
    match hook.temper.deed(event, before) {
        Deed::Answer(status, wait) => {
            if !wait.is_zero() && hung_up_within(stream, wait).await {
                return false;
            }
            let answer = format!("HTTP/1.1 {status} Told so\r\nContent-Length: 2\r\n\r\nok");
            if stream.write_all(answer.as_bytes()).await.is_err() {
                return false;
            }
            line.answered = Some(status);
            true
        }
        Deed::Drip(interval) => {
            let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
            let mut written = stream.write_all(head).await;
            while written.is_ok() && !hung_up_within(stream, interval).await {
                written = stream.write_all(b"x").await;
            }
            false
        }
        Deed::Hang => {
            hung_up_within(stream, Duration::from_secs(3_600)).await;
            false
        }
        Deed::Reset => {
            drop(stream.set_zero_linger());
            false
        }
    }
}

async fn hung_up_within(stream: &mut TcpStream, wait: Duration) -> bool {
    let mut nothing = [0; 1];
    tokio::time::timeout(wait, stream.read(&mut nothing)).await.is_ok()
}

fn judge<'k>(request: &Request, known: &'k Known, shared: &Shared) -> Option<(&'k Hook, Arrival)> {
    let path = request.target.split('?').next()?;
    let hook = known.hooks.get(path.strip_prefix("/h/")?.parse::<usize>().ok()?)?;
    let text = std::str::from_utf8(&request.body).ok()?;
    let (event, event_id) = wire::identity(text)?;
    let alert = alert_of(event, known.alerts.len());
    let place = Place { company: known.company, alert: known.alerts[alert] };
    let times_s =
        shared.clock_offsets_us.each_ref().map(|us| (unix_us() + us.load(Ordering::SeqCst)) / 1_000_000);
    let checks = [
        same_body(text, &wire::body(hook.shape, event, event_id.unwrap_or_default(), place)),
        hook.check_proof(&request.target, &request.headers),
        wire::check_signature(hook, &request.headers, &request.body, &times_s),
    ];
    let wrong = checks.into_iter().find_map(Result::err);
    let delivery_id =
        ["x-telemax-delivery", "webhook-id"].into_iter().find_map(|name| header(&request.headers, name));
    let arrival = Arrival {
        hook: hook.index,
        event,
        event_id: event_id.map(str::to_owned),
        delivery_id: delivery_id.map(str::to_owned),
        began_us: shared.ledger.now_us(),
        ended_us: None,
        answered: None,
        wrong,
    };
    Some((hook, arrival))
}

/// Events take turns with the alerts, so that an event's number says which alert fired.
pub fn alert_of(event: u64, alerts: usize) -> usize {
    usize::try_from(event).unwrap() % alerts
}

fn same_body(given: &str, wanted: &str) -> Result<(), String> {
    if given == wanted { Ok(()) } else { Err(format!("body {given}, not {wanted}")) }
}

fn unix_us() -> i64 {
    #[allow(clippy::disallowed_methods, reason = "a receiver has the machine's clock")]
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_micros()).unwrap()
}
