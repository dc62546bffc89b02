//! The upper limit: signed POSTs straight to a receiver, with no service in between.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::Result;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::json;
use tokio::task::JoinSet;

use crate::client::Connection;
use crate::clock::now_ns;
use crate::latency::Latency;
use crate::payload::{self, Marks};

type Pool = Client<HttpConnector, Full<Bytes>>;

const SECRET: &[u8] = b"0ABFAA308801519BFA69ECBC050AACDD567D46B042C85CD08171E4F327E71981";

#[derive(clap::Args)]
pub struct RawArgs {
    /// Where to, such as `http://127.0.0.1:9000/raw`
    #[arg(long)]
    url: Uri,
    /// Use one bare connection for each loop in place of the pooled client
    #[arg(long)]
    bare: bool,
    /// Requests in all
    #[arg(short = 'n', long, default_value_t = 100_000)]
    requests: u64,
    /// Loops, and so connections
    #[arg(short = 'c', long, default_value_t = 64)]
    connections: usize,
    /// Bytes of a body
    #[arg(long, default_value_t = 600)]
    delivery_bytes: usize,
    /// Threads
    #[arg(long, default_value_t = 1)]
    threads: usize,
}

/// What one loop sends with.
enum Sender {
    Pooled(Pool),
    Bare(Connection),
}

/// Sends and prints how fast that went.
pub fn run(args: RawArgs) -> Result<()> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(args.threads).enable_all().build()?;
    runtime.block_on(raw(Arc::new(args)))
}

async fn raw(args: Arc<RawArgs>) -> Result<()> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let pool: Pool =
        Client::builder(TokioExecutor::new()).pool_max_idle_per_host(args.connections).build(connector);
    let next = Arc::new(AtomicU64::new(0));
    let began = Instant::now();
    let mut loops = JoinSet::new();
    for _ in 0..args.connections {
        let sender =
            if args.bare { Sender::Bare(Connection::to(&args.url)?) } else { Sender::Pooled(pool.clone()) };
        loops.spawn(send_all(Arc::clone(&args), Arc::clone(&next), sender));
    }
    let (mut errors, mut latency) = (0, Latency::default());
    while let Some(done) = loops.join_next().await {
        let (failed, latencies) = done??;
        errors += failed;
        latency.add(&latencies);
    }
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{}",
        json!({
            "client": if args.bare { "hyper" } else { "hyper-util" },
            "connections": args.connections,
            "threads": args.threads,
            "requests": args.requests,
            "errors": errors,
            "seconds": seconds,
            "per_s": args.requests as f64 / seconds,
            "latency": latency.summary(),
        })
    );
    Ok(())
}

/// Returns how many were not answered 2xx, and how long each took.
async fn send_all(args: Arc<RawArgs>, next: Arc<AtomicU64>, mut sender: Sender) -> Result<(u64, Latency)> {
    let (mut errors, mut latency) = (0, Latency::default());
    loop {
        let seq = next.fetch_add(1, Ordering::Relaxed);
        if seq >= args.requests {
            return Ok((errors, latency));
        }
        let sent_ns = now_ns();
        let body = Bytes::from(payload::delivery(Marks { seq, sent_ns }, args.delivery_bytes));
        let (id, signature) = (format!("{seq:032}"), payload::signature(SECRET, &body));
        let headers = [
            ("content-type", "application/json"),
            ("user-agent", "Belfry/load"),
            ("x-telemax-delivery", id.as_str()),
            ("x-telemax-signature", signature.as_str()),
        ];
        let status = match &mut sender {
            Sender::Bare(connection) => {
                connection.send(Method::POST, args.url.path(), &headers, body).await?.0
            }
            Sender::Pooled(pool) => {
                let mut request = Request::post(args.url.clone());
                for (name, value) in headers {
                    request = request.header(name, value);
                }
                let answer = pool.request(request.body(Full::new(body))?).await?;
                let status = answer.status().as_u16();
                answer.into_body().collect().await?;
                status
            }
        };
        errors += u64::from(!(200..300).contains(&status));
        latency.record(now_ns().saturating_sub(sent_ns));
    }
}
