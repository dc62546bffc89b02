//! The sender: reports events and waits until the receiver has what is to come of them.

mod pace;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use hyper::{Method, Uri};
use serde_json::{Map, Value, json};
use tokio::task::JoinSet;

use crate::client::Connection;
use crate::clock::now_ns;
use crate::latency::Latency;
use crate::payload::{self, Marks};
use pace::{Pace, Plan, Turn};

/// How often the receiver is asked.
const ASK_EVERY: Duration = Duration::from_millis(100);
/// Characters that are kept of the first answer of each kind of error.
const EXAMPLE_CHARS_MAX: usize = 200;

#[derive(clap::Args)]
pub struct FireArgs {
    /// The Belfry, such as `http://127.0.0.1:8080`
    #[arg(long)]
    url: Uri,
    /// An API key
    #[arg(long)]
    key: String,
    /// The alerts that fire, request by request in turn
    #[arg(long, value_delimiter = ',', required = true)]
    alerts: Vec<i64>,
    /// Events in all
    #[arg(short = 'n', long, default_value_t = 1_000)]
    events: u64,
    /// Connections
    #[arg(short = 'c', long, default_value_t = 64)]
    connections: usize,
    /// Events a second over all connections; 0: as fast as they are answered
    #[arg(long, default_value_t = 0.0)]
    rate: f64,
    /// Events in a request; more than one go as an array
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    batch: u64,
    /// Bytes of the body that a receiver gets
    #[arg(long, default_value_t = 600)]
    delivery_bytes: usize,
    /// The receiver: reset before, waited for after
    #[arg(long)]
    sink: Uri,
    /// Deliveries that each event is expected to become
    #[arg(long, default_value_t = 1)]
    fanout: u64,
    /// Wait for and report only deliveries whose path begins with this segment
    #[arg(long)]
    group: Option<String>,
    /// Stop waiting when the receiver saw nothing new for this long, seconds
    #[arg(long, default_value_t = 10)]
    idle_s: u64,
    /// Stop waiting after this long, seconds
    #[arg(long, default_value_t = 120)]
    wait_s: u64,
}

/// What a connection lived through.
#[derive(Default)]
struct Answers {
    accepted: u64,
    refused: u64,
    /// By status, or `connection`: how many requests, and what the first one said.
    errors: BTreeMap<String, (u64, String)>,
    latency: Latency,
}

impl Answers {
    fn note(&mut self, turn: Turn, answer: Result<(u16, Bytes)>) {
        let (kind, said) = match answer {
            Ok((200..=299, _)) => {
                self.accepted += turn.events;
                self.latency.record(now_ns().saturating_sub(turn.due_ns));
                return;
            }
            Ok((status, body)) => (status.to_string(), String::from_utf8_lossy(&body).into_owned()),
            Err(error) => ("connection".to_owned(), format!("{error:#}")),
        };
        self.refused += turn.events;
        let example = said.chars().take(EXAMPLE_CHARS_MAX).collect();
        self.errors.entry(kind).or_insert((0, example)).0 += 1;
    }

    fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.latency.add(&other.latency);
        for (kind, (count, example)) in other.errors {
            self.errors.entry(kind).or_insert((0, example)).0 += count;
        }
    }
}

/// Fires and prints what came of it.
pub fn run(args: FireArgs) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!("{}", runtime.block_on(fire(Arc::new(args)))?);
    Ok(())
}

async fn fire(args: Arc<FireArgs>) -> Result<Value> {
    let (status, _) = Connection::to(&args.sink)?.send(Method::POST, "/_reset", &[], Bytes::new()).await?;
    ensure!(status == 200, "the receiver answered {status} to a reset");
    let plan = Plan { events: args.events, batch: args.batch };
    let (began, began_ns) = (Instant::now(), now_ns());
    let pace = Arc::new(Pace::new(plan, args.rate));
    let mut connections = JoinSet::new();
    for _ in 0..args.connections {
        connections.spawn(converse(Arc::clone(&args), Arc::clone(&pace)));
    }
    let mut answers = Answers::default();
    while let Some(done) = connections.join_next().await {
        answers.add(done??);
    }
    let send_s = began.elapsed().as_secs_f64();
    let expected = answers.accepted * args.fanout;
    let all = received(&args, expected).await?;
    let seen = group(&args, &all);
    let count = |name: &str| seen[name].as_u64().unwrap_or(0);
    let delivered = count("unique");
    let whole_s = count("last_ns").saturating_sub(began_ns) as f64 / 1e9;
    let errors: Map<String, Value> = answers
        .errors
        .iter()
        .map(|(kind, (count, example))| (kind.clone(), json!({ "requests": count, "example": example })))
        .collect();
    Ok(json!({
        "connections": args.connections,
        "rate_asked": args.rate,
        "batch": args.batch,
        "accepted": answers.accepted,
        "refused": answers.refused,
        "errors": errors,
        "send_s": send_s,
        "accepted_per_s": answers.accepted as f64 / send_s,
        "accept_latency": answers.latency.summary(),
        "expected": expected,
        "delivered": delivered,
        "lost": expected.saturating_sub(delivered),
        "duplicates": seen["duplicates"],
        "start_to_last_delivery_s": whole_s,
        "deliveries_per_s": if whole_s > 0.0 { delivered as f64 / whole_s } else { 0.0 },
        "e2e": seen["latency"],
        "sink": all,
    }))
}

async fn converse(args: Arc<FireArgs>, pace: Arc<Pace>) -> Result<Answers> {
    let mut connection = Connection::to(&args.url)?;
    let authorization = format!("Bearer {}", args.key);
    let headers = [("content-type", "application/json"), ("authorization", authorization.as_str())];
    let paths: Vec<String> = args.alerts.iter().map(|id| format!("/api/v2/alerts/{id}/events")).collect();
    let mut answers = Answers::default();
    while let Some(turn) = pace.next().await {
        let at = usize::try_from(turn.number)? % paths.len();
        let body = Bytes::from(body(turn, args.delivery_bytes));
        answers.note(turn, connection.send(Method::POST, &paths[at], &headers, body).await);
    }
    Ok(answers)
}

fn body(turn: Turn, delivery_bytes: usize) -> String {
    let event = |seq| payload::event(Marks { seq, sent_ns: turn.due_ns }, delivery_bytes);
    if turn.events == 1 {
        return event(turn.first);
    }
    let events: Vec<String> = (turn.first..turn.first + turn.events).map(event).collect();
    format!("[{}]", events.join(","))
}

/// What the receiver has seen, once that is everything or nothing more comes.
async fn received(args: &FireArgs, expected: u64) -> Result<Value> {
    let mut connection = Connection::to(&args.sink)?;
    let began = Instant::now();
    let (mut seen, mut changed) = (0, Instant::now());
    loop {
        let (status, body) = connection.send(Method::GET, "/_stats", &[], Bytes::new()).await?;
        ensure!(status == 200, "the receiver answered {status}");
        let all: Value = serde_json::from_slice(&body).context("the receiver's numbers")?;
        let unique = group(args, &all)["unique"].as_u64().unwrap_or(0);
        if unique != seen {
            (seen, changed) = (unique, Instant::now());
        }
        let has_all = unique >= expected;
        if has_all || changed.elapsed().as_secs() >= args.idle_s || began.elapsed().as_secs() >= args.wait_s {
            return Ok(all);
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}

fn group<'v>(args: &FireArgs, all: &'v Value) -> &'v Value {
    match &args.group {
        Some(name) => &all["groups"][name],
        None => &all["total"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TURN: Turn = Turn { number: 3, first: 6, events: 2, due_ns: 1_790_078_530_000_000_000 };

    #[test]
    fn several_events_are_an_array() {
        let many: Value = serde_json::from_str(&body(TURN, 600)).unwrap();
        let numbers: Vec<_> = many.as_array().unwrap().iter().map(|event| &event["data"]["seq"]).collect();
        assert_eq!(numbers, [6, 7]);
        let one: Value = serde_json::from_str(&body(Turn { events: 1, ..TURN }, 600)).unwrap();
        assert_eq!(one["data"]["seq"], 6);
    }

    #[test]
    fn refusals_are_counted_by_event_and_told_by_kind() {
        let mut answers = Answers::default();
        answers.note(TURN, Ok((202, Bytes::new())));
        answers.note(TURN, Ok((503, Bytes::from("busy"))));
        answers.note(TURN, Ok((503, Bytes::from("still busy"))));
        answers.note(TURN, Err(anyhow::anyhow!("cut")));
        assert_eq!((answers.accepted, answers.refused), (2, 6));
        let mut all = Answers::default();
        all.add(answers);
        assert_eq!(all.errors["503"], (2, "busy".to_owned()));
        assert_eq!(all.errors["connection"], (1, "cut".to_owned()));
    }
}
