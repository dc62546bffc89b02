//! The receiver: counts what is delivered and measures how long it was under way.
//!
//! Answers 200, except below `/fail` (500) and below `/hang` (never, until the next reset ends the connection).
//! `GET /_stats` tells what was seen since the last `POST /_reset`. One worker by default: it takes as little of
//! the machine from the service under test as it can.

mod tally;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::task::LocalSet;

use crate::clock::now_ns;
use crate::payload;
use tally::Tally;

/// Connections that wait to be accepted. A full queue costs its client a second.
const BACKLOG: u32 = 4_096;
/// A delivery's body is read up to here.
const BODY_BYTES_MAX: usize = 1 << 20;

#[derive(clap::Args)]
pub struct SinkArgs {
    /// Port; 0 picks a free one and prints it
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Listen on this many addresses: 127.0.0.1 and the next ones
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=250))]
    hosts: u8,
    /// Threads
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..))]
    workers: u8,
    /// Wait this long before each answer
    #[arg(long, default_value_t = 0)]
    delay_ms: u64,
}

/// What the workers share.
struct Shared {
    tallies: Vec<Mutex<Tally>>,
    /// Counts resets.
    resets: watch::Sender<u64>,
    delay: Duration,
}

impl Shared {
    fn tally(&self, worker: usize) -> std::sync::MutexGuard<'_, Tally> {
        self.tallies[worker].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Receives until it is killed.
pub fn run(args: &SinkArgs) -> Result<()> {
    let listeners = listen(args.port, args.hosts)?;
    let port = listeners[0].local_addr()?.port();
    println!("{}", json!({ "url": format!("http://127.0.0.1:{port}"), "port": port, "hosts": args.hosts }));
    let shared = Arc::new(Shared {
        tallies: (0..args.workers).map(|_| Mutex::default()).collect(),
        resets: watch::Sender::new(0),
        delay: Duration::from_millis(args.delay_ms),
    });
    let mut workers = Vec::new();
    for worker in 0..usize::from(args.workers) {
        let shared = Arc::clone(&shared);
        let listeners = listeners.iter().map(TcpListener::try_clone).collect::<io::Result<Vec<_>>>()?;
        workers.push(thread::spawn(move || work(worker, &shared, listeners)));
    }
    for worker in workers {
        worker.join().map_err(|_| anyhow!("a worker panicked"))??;
    }
    Ok(())
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

fn listen(port: u16, hosts: u8) -> Result<Vec<TcpListener>> {
    let runtime = runtime()?;
    let _entered = runtime.enter();
    let mut listeners: Vec<TcpListener> = Vec::new();
    for host in 1..=hosts {
        let port = match listeners.first() {
            Some(first) => first.local_addr()?.port(),
            None => port,
        };
        let at = SocketAddr::from((Ipv4Addr::new(127, 0, 0, host), port));
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(at).with_context(|| format!("cannot listen on {at}"))?;
        listeners.push(socket.listen(BACKLOG)?.into_std()?);
    }
    Ok(listeners)
}

fn work(worker: usize, shared: &Arc<Shared>, listeners: Vec<TcpListener>) -> Result<()> {
    let (runtime, tasks) = (runtime()?, LocalSet::new());
    tasks.block_on(&runtime, async {
        let mut accepting = Vec::new();
        for listener in listeners {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let shared = Arc::clone(shared);
            accepting.push(tokio::task::spawn_local(async move {
                loop {
                    let (stream, _) = listener.accept().await?;
                    tokio::task::spawn_local(converse(worker, Arc::clone(&shared), stream));
                }
            }));
        }
        for one in accepting {
            let ended: Result<()> = one.await?;
            ended?;
        }
        Ok(())
    })
}

async fn converse(worker: usize, shared: Arc<Shared>, stream: TcpStream) {
    shared.tally(worker).connections += 1;
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { answer(worker, &shared, request).await }
    });
    // A client that goes away, and a request that is dropped at a reset, end the connection: both are meant.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

async fn answer(worker: usize, shared: &Shared, request: Request<Incoming>) -> Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let path = head.uri.path();
    match (&head.method, path) {
        (&Method::GET, "/_stats") => return Ok(say(StatusCode::OK, stats(shared))),
        (&Method::POST, "/_reset") => {
            shared
                .tallies
                .iter()
                .enumerate()
                .for_each(|(worker, _)| *shared.tally(worker) = Tally::default());
            shared.resets.send_modify(|resets| *resets += 1);
            return Ok(say(StatusCode::OK, "{}".to_owned()));
        }
        _ => {}
    }
    let body = Limited::new(body, BODY_BYTES_MAX).collect().await.map_err(|error| anyhow!(error))?.to_bytes();
    if path.starts_with("/hang") {
        let mut resets = shared.resets.subscribe();
        shared.tally(worker).held += 1;
        resets.changed().await?;
        return Err(anyhow!("held until the reset"));
    }
    if path.starts_with("/fail") {
        shared.tally(worker).refused += 1;
        return Ok(say(StatusCode::INTERNAL_SERVER_ERROR, String::new()));
    }
    shared.tally(worker).deliver(path, payload::marks(&body), body.len(), now_ns());
    if !shared.delay.is_zero() {
        tokio::time::sleep(shared.delay).await;
    }
    Ok(say(StatusCode::OK, r#"{"ok":true}"#.to_owned()))
}

fn stats(shared: &Shared) -> String {
    let mut all = Tally::default();
    (0..shared.tallies.len()).for_each(|worker| all.add(&shared.tally(worker)));
    all.to_json().to_string()
}

fn say(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = status;
    answer
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::client::Connection;
    use crate::payload::Marks;

    /// A receiver with two workers that ends with the test's process.
    fn start() -> hyper::Uri {
        let listeners = listen(0, 2).unwrap();
        let port = listeners[0].local_addr().unwrap().port();
        let tallies = vec![Mutex::default(), Mutex::default()];
        let shared = Arc::new(Shared { tallies, resets: watch::Sender::new(0), delay: Duration::ZERO });
        for worker in 0..2 {
            let shared = Arc::clone(&shared);
            let listeners = listeners.iter().map(|one| one.try_clone().unwrap()).collect();
            thread::spawn(move || work(worker, &shared, listeners));
        }
        format!("http://127.0.0.2:{port}").parse().unwrap()
    }

    async fn send(connection: &mut Connection, method: Method, path: &str) -> Result<(u16, Value)> {
        let body = Bytes::from(payload::delivery(Marks { seq: 1, sent_ns: now_ns() }, 600));
        let (status, body) = connection.send(method, path, &[], body).await?;
        Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
    }

    #[test]
    fn the_path_decides_the_answer_and_a_reset_ends_what_is_held() {
        let url = start();
        runtime().unwrap().block_on(answers(url));
    }

    async fn answers(url: hyper::Uri) {
        let (mut one, mut two) = (Connection::to(&url).unwrap(), Connection::to(&url).unwrap());
        assert_eq!(send(&mut one, Method::POST, "/w/1").await.unwrap().0, 200);
        assert_eq!(send(&mut one, Method::POST, "/fail/1").await.unwrap().0, 500);
        let held = tokio::spawn(async move { send(&mut two, Method::POST, "/hang/1").await });
        let seen = loop {
            let (_, seen) = send(&mut one, Method::GET, "/_stats").await.unwrap();
            if seen["held"] == 1 {
                break seen;
            }
        };
        assert_eq!((&seen["refused"], &seen["connections"]), (&json!(1), &json!(2)));
        assert_eq!((&seen["total"]["unique"], &seen["total"]["body_bytes"]), (&json!(1), &json!(600)));
        assert!(!held.is_finished());
        send(&mut one, Method::POST, "/_reset").await.unwrap();
        assert!(held.await.unwrap().is_err());
        let (_, seen) = send(&mut one, Method::GET, "/_stats").await.unwrap();
        assert_eq!((&seen["total"]["received"], &seen["held"]), (&json!(0), &json!(0)));
    }
}
