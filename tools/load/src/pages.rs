//! How long the console's pages take, each asked for many times in turn by somebody who is signed in.

use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use hyper::{Method, Uri};
use serde_json::{Map, Value, json};

use crate::client::Connection;
use crate::latency::Latency;
use crate::seed::{number, open};

#[derive(clap::Args)]
pub struct PagesArgs {
    /// The Belfry, such as `http://127.0.0.1:8080`
    #[arg(long)]
    url: Uri,
    /// The cookie of a session, as `name=value`
    #[arg(long)]
    cookie: String,
    /// Its database, to choose deliveries and webhooks from
    #[arg(long)]
    database: PathBuf,
    /// Requests of each page
    #[arg(short = 'n', long, default_value_t = 200)]
    requests: usize,
}

/// Every page: its name, and its address below the company's. In braces: what is chosen from the database.
const PAGES: &[(&str, &str)] = &[
    ("overview", "/"),
    ("find a vehicle", "/find?q=TRK-118"),
    ("find around a time", "/find?around={time}&vehicle=TRK-118&window=1h"),
    ("find: nothing", "/find?around={time}&type=9&vehicle=TRK-9999"),
    ("deliveries", "/deliveries"),
    ("deliveries, in the middle", "/deliveries?before={delivery}"),
    ("deliveries, failed", "/deliveries?status=failed"),
    ("deliveries, delivered", "/deliveries?status=delivered"),
    ("deliveries, not sent or retrying", "/deliveries?status=retrying,not_sent"),
    ("deliveries of a webhook", "/deliveries?webhook={webhook}"),
    ("deliveries of a webhook, failed", "/deliveries?status=failed&webhook={webhook}"),
    ("deliveries of a day", "/deliveries?from={day}&to={time}"),
    ("delivery", "/deliveries/{delivery}"),
    ("delivery, failed", "/deliveries/{failed}"),
    ("delivery, attempt", "/deliveries/{failed}/attempts/2"),
    ("delivery, not sent", "/deliveries/{not_sent}"),
    ("webhooks", "/webhooks"),
    ("webhook", "/webhooks/{webhook}"),
    ("webhook, failing", "/webhooks/{failing}"),
    ("webhook, edit", "/webhooks/{webhook}/edit"),
    ("webhook, new", "/webhooks/new"),
    ("webhook, alert links", "/webhooks/{webhook}/alert-links"),
    ("webhook, test", "/webhooks/{webhook}/test"),
    ("webhook, pause", "/webhooks/{webhook}/pause"),
    ("webhook, delete", "/webhooks/{webhook}/delete"),
    ("redeliveries", "/replays"),
    ("redelivery, preview", "/replays/new?status=failed"),
    ("redelivery, preview of all", "/replays/new"),
    ("deliveries of a vehicle", "/deliveries?vehicle=TRK-118"),
    ("deliveries, slow ones", "/deliveries?duration=3000"),
    ("deliveries with a result", "/deliveries?result=5xx"),
    ("webhook, history", "/webhooks/{webhook}/history"),
    ("webhook, signing", "/webhooks/{webhook}/auth"),
    ("webhook, settings", "/webhooks/{webhook}/settings"),
    ("alert links", "/alert-links"),
    ("alert links, list", "/alert-links?view=list"),
    ("auth types", "/auth-types"),
    ("auth type", "/auth-types/none"),
    ("alert types", "/alert-types"),
    ("alert type", "/alert-types/8"),
    ("statistics", "/statistics"),
    ("statistics, 90 days by alert type", "/statistics?by=type&window=90d"),
    ("simulate", "/simulate?event={event}"),
    ("signature lab", "/signature-lab"),
    ("signature lab, an attempt", "/signature-lab?attempt=1&delivery={failed}"),
    ("users", "/users"),
    ("API keys", "/api-keys"),
    ("audit", "/audit"),
    ("keyboard", "/keyboard"),
];

/// What stands for the words in braces: SQL whose only number is it, or in which microseconds it is.
const CHOSEN: &[(&str, &str)] = &[
    (
        "delivery",
        "SELECT id AS n FROM deliveries WHERE state = 4 AND id > (SELECT max(id) / 2 FROM deliveries) LIMIT 1",
    ),
    (
        "failed",
        "SELECT id AS n FROM deliveries WHERE state = 5 AND id > (SELECT max(id) / 2 FROM deliveries) LIMIT 1",
    ),
    (
        "not_sent",
        "SELECT id AS n FROM deliveries WHERE state = 7 AND id > (SELECT max(id) / 2 FROM deliveries) LIMIT 1",
    ),
    ("webhook", "SELECT id AS n FROM webhooks WHERE id % 50 = 7 LIMIT 1"),
    ("failing", "SELECT id AS n FROM webhooks WHERE id % 50 = 0 LIMIT 1"),
    ("company", "SELECT min(id) AS n FROM companies"),
    ("event", "SELECT max(id) / 2 AS n FROM events"),
    ("time", "SELECT received_at AS n FROM events WHERE id = (SELECT max(id) / 2 FROM events)"),
    ("day", "SELECT received_at - 86400000000 AS n FROM events WHERE id = (SELECT max(id) / 2 FROM events)"),
];

/// How long a Belfry may take to count what statistics are read from.
const TALLIES_WAIT: Duration = Duration::from_secs(600);

/// Waits until everything is counted: statistics shall have what they have on any other day.
fn wait_for_tallies(args: &PagesArgs) -> Result<()> {
    const LEFT: &str = "SELECT (SELECT max(id) FROM events) - (SELECT upto_id FROM tally_cursors WHERE source = 'events')
                             + (SELECT max(id) FROM attempts) - (SELECT upto_id FROM tally_cursors WHERE source = 'attempts') AS n";
    let (conn, begin) = (&mut open(&args.database)?, Instant::now());
    while number(conn, LEFT)? > 0 {
        ensure!(begin.elapsed() < TALLIES_WAIT, "the tallies are not complete after {TALLIES_WAIT:?}");
        sleep(Duration::from_millis(500));
    }
    Ok(())
}

/// Asks for the pages and prints how long each took.
pub fn run(args: &PagesArgs) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let paths = paths(args)?;
    wait_for_tallies(args)?;
    let mut took = vec![Latency::default(); paths.len()];
    let mut bytes = vec![0; paths.len()];
    runtime.block_on(async {
        let mut connection = Connection::to(&args.url)?;
        // The first time counts for nobody: it reads from the disk what the next ones have.
        for round in 0..=args.requests {
            for ((path, took), bytes) in paths.iter().zip(&mut took).zip(&mut bytes) {
                let begin = Instant::now();
                let headers = [("cookie", args.cookie.as_str())];
                let (status, body) = connection.send(Method::GET, path, &headers, Bytes::new()).await?;
                let ns = u64::try_from(begin.elapsed().as_nanos())?;
                if status != 200 {
                    bail!("{path} was answered {status}");
                }
                if round > 0 {
                    took.record(ns);
                }
                *bytes = body.len();
            }
        }
        anyhow::Ok(())
    })?;
    let mut pages = Map::new();
    for (((name, _), took), bytes) in PAGES.iter().zip(&took).zip(&bytes) {
        let mut summary = took.summary();
        summary["bytes"] = json!(bytes);
        let (p50, p99) = (ms(&summary, "p50_ms"), ms(&summary, "p99_ms"));
        eprintln!("  {name:<34} p50 {p50:>8.2} ms   p99 {p99:>8.2} ms   {bytes:>6} bytes");
        pages.insert((*name).to_owned(), summary);
    }
    let slowest = |what: &str| pages.values().map(|page| ms(page, what)).fold(0.0, f64::max);
    let (p50, p99) = (slowest("p50_ms"), slowest("p99_ms"));
    println!("{}", json!({ "slowest": { "p50_ms": p50, "p99_ms": p99 }, "pages": pages }));
    Ok(())
}

fn ms(summary: &Value, what: &str) -> f64 {
    summary[what].as_f64().unwrap_or(f64::MAX)
}

/// The addresses, in the order of the table.
fn paths(args: &PagesArgs) -> Result<Vec<String>> {
    let conn = &mut open(&args.database)?;
    let mut chosen = Vec::new();
    for (word, sql) in CHOSEN {
        let number = number(conn, sql).with_context(|| format!("nothing for {{{word}}}"))?;
        let text = match *word {
            "time" | "day" => jiff::Timestamp::from_second(number / 1_000_000)?.to_string(),
            _ => number.to_string(),
        };
        chosen.push((format!("{{{word}}}"), text));
    }
    let filled =
        |path: &str| chosen.iter().fold(path.to_owned(), |path, (word, text)| path.replace(word, text));
    Ok(PAGES.iter().map(|(_, path)| filled(&format!("/console/c/{{company}}{path}"))).collect())
}
