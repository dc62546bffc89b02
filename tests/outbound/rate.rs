//! What one request costs, beside hyper-util's pooled client in the same minute on the same machine:
//!
//! `cargo test --release --test outbound -- --ignored --nocapture rate`
//!
//! Both keep 64 requests under way on one thread, to a receiver on another thread that does next to nothing.
//! Rates depend on what else the machine does; the ratio of CPU times hardly does.

use std::io::Read as _;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use belfry::outbound::{Client, OutboundRequest, PoolKey};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client as PooledClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::sender::{client_of, end, request};

const AT_ONCE: usize = 64;
const ROUNDS: usize = 20;
const ROUND: Duration = Duration::from_millis(300);
const BODY_BYTES: usize = 600;
const RESPONSE: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: Fri, 01 Aug 2025 10:00:00 GMT\r\n\r\nok";
const OWN_HEADERS: [(&str, &str); 3] = [
    ("X-Telemax-Timestamp", "1777356862"),
    ("X-Telemax-Signature", "v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd"),
    ("X-Telemax-Delivery", "0198c3c2-7b1e-8f00-9a3c-5d6e7f809142"),
];

/// Answers whatever ends with a body of our size, on a thread that ends with the process.
fn sink() -> SocketAddr {
    let (tell, told) = mpsc::channel();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    std::thread::spawn(move || {
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(swallow(stream));
            }
        });
    });
    told.recv().unwrap()
}

async fn swallow(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut buffer, mut filled) = (vec![0; 16 * 1024], 0);
    loop {
        match stream.read(&mut buffer[filled..]).await? {
            0 => return Ok(()),
            read => filled += read,
        }
        let head = buffer[..filled].windows(4).position(|window| window == b"\r\n\r\n");
        if head.is_some_and(|end| filled == end + 4 + BODY_BYTES) {
            filled = 0;
            stream.write_all(RESPONSE).await?;
        }
    }
}

/// CPU time of the calling thread so far.
fn cpu() -> Duration {
    let mut text = String::new();
    std::fs::File::open("/proc/thread-self/schedstat").unwrap().read_to_string(&mut text).unwrap();
    Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())
}

/// Requests, and what they cost.
#[derive(Default)]
struct Sum {
    requests: u64,
    cpu: Duration,
    time: Duration,
}

impl Sum {
    /// Adds a round of [`AT_ONCE`] times `one`, each again and again.
    async fn add<F: Future<Output = ()> + Send + 'static>(
        &mut self,
        one: impl Fn(Arc<AtomicU64>, Instant) -> F,
    ) {
        let (count, started, before) = (Arc::new(AtomicU64::new(0)), Instant::now(), cpu());
        let tasks = (0..AT_ONCE).map(|_| tokio::spawn(one(Arc::clone(&count), started + ROUND)));
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        self.requests += count.load(Ordering::Relaxed);
        self.cpu += cpu().saturating_sub(before);
        self.time += started.elapsed();
    }

    fn cpu_us_each(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.requests as f64
    }

    fn show(&self, name: &str) {
        let rate = self.requests as f64 / self.time.as_secs_f64();
        println!("{name:>10}: {rate:>8.0} requests/s, {:>6.2} µs of CPU each", self.cpu_us_each());
    }
}

async fn ours(client: Arc<Client>, common: OutboundRequest, count: Arc<AtomicU64>, until: Instant) {
    let key = PoolKey { webhook: 1, version: 1 };
    while Instant::now() < until {
        let headers = OWN_HEADERS.map(|(name, value)| (name.into(), value.to_owned())).to_vec();
        let request = OutboundRequest { headers, ..common.clone() };
        assert_eq!(end(&client.post(key, &request).await), "success");
        count.fetch_add(1, Ordering::Relaxed);
    }
}

async fn theirs(
    client: PooledClient<HttpConnector, Full<Bytes>>,
    uri: hyper::Uri,
    body: Bytes,
    count: Arc<AtomicU64>,
    until: Instant,
) {
    while Instant::now() < until {
        let mut request = hyper::Request::post(uri.clone())
            .header("User-Agent", "Belfry/0.0.0")
            .header("Content-Type", "application/json")
            .header("Belfry-Hop", "1");
        for (name, value) in OWN_HEADERS {
            request = request.header(name, value.to_owned());
        }
        let response = client.request(request.body(Full::new(body.clone())).unwrap()).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "ok");
        count.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
#[ignore = "takes a quarter of a minute and means something in a release build only"]
async fn rate() {
    let at = sink();
    let client = Arc::new(client_of(at));
    let body = Bytes::from(vec![b'x'; BODY_BYTES]);
    let common = OutboundRequest { body: body.clone(), ..request(&format!("http://{at}/hook")) };
    let uri: hyper::Uri = format!("http://{at}/hook").parse().unwrap();
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let pooled = PooledClient::builder(TokioExecutor::new()).http1_title_case_headers(true).build(connector);

    let (mut our_sum, mut their_sum) = (Sum::default(), Sum::default());
    for round in 0..=ROUNDS {
        our_sum.add(|count, until| ours(Arc::clone(&client), common.clone(), count, until)).await;
        their_sum.add(|count, until| theirs(pooled.clone(), uri.clone(), body.clone(), count, until)).await;
        if round == 0 {
            // Dialling is not what is measured.
            (our_sum, their_sum) = (Sum::default(), Sum::default());
        }
    }
    our_sum.show("ours");
    their_sum.show("hyper-util");
    let ratio = their_sum.cpu_us_each() / our_sum.cpu_us_each();
    println!("with the CPU time of one of theirs, we make {ratio:.2}");
    assert!(ratio > 0.8, "{ratio:.2}");
}
