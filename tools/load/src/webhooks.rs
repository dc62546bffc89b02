//! Many webhooks at once, through the Telemax door, as a customer would make them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use hyper::{Method, Uri};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::client::Connection;

/// Requests at once: they share commits.
const CONNECTIONS: usize = 16;

#[derive(clap::Args)]
pub struct WebhooksArgs {
    /// The Belfry, such as `http://127.0.0.1:8080`
    #[arg(long)]
    url: Uri,
    /// An API key
    #[arg(long)]
    key: String,
    /// How many
    #[arg(long, default_value_t = 1)]
    count: usize,
    /// Where the receiver listens: its port on 127.0.0.1 and the next addresses
    #[arg(long)]
    sink_port: u16,
    /// Addresses of the receiver, in turn
    #[arg(long, default_value_t = 1)]
    hosts: usize,
    /// Each webhook is linked to one of these alerts, in turn; without any they take every alert
    #[arg(long, value_delimiter = ',')]
    alerts: Vec<i64>,
    /// The first segments of their paths; a number follows
    #[arg(long, default_value = "w")]
    path: String,
}

impl WebhooksArgs {
    fn body(&self, number: usize) -> Value {
        let url = format!(
            "http://127.0.0.{host}:{port}/{path}/{number}",
            host = number % self.hosts + 1,
            port = self.sink_port,
            path = self.path,
        );
        match self.alerts.as_slice() {
            [] => json!({ "url": url, "isGlobal": true }),
            alerts => json!({ "url": url, "alertIds": [alerts[number % alerts.len()]] }),
        }
    }
}

/// Makes them and prints how many, and the number of the first.
pub fn run(args: WebhooksArgs) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (args, next) = (Arc::new(args), Arc::new(AtomicUsize::new(0)));
        let mut connections = JoinSet::new();
        for _ in 0..CONNECTIONS {
            connections.spawn(create(Arc::clone(&args), Arc::clone(&next)));
        }
        let mut ids = Vec::new();
        while let Some(done) = connections.join_next().await {
            ids.extend(done??);
        }
        println!("{}", json!({ "created": ids.len(), "first_id": ids.iter().min() }));
        Ok(())
    })
}

async fn create(args: Arc<WebhooksArgs>, next: Arc<AtomicUsize>) -> Result<Vec<i64>> {
    let mut connection = Connection::to(&args.url)?;
    let authorization = format!("Bearer {}", args.key);
    let headers = [("content-type", "application/json"), ("authorization", authorization.as_str())];
    let mut ids = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= args.count {
            return Ok(ids);
        }
        let body = Bytes::from(args.body(number).to_string());
        let (status, answer) = connection.send(Method::POST, "/api/v2/webhooks", &headers, body).await?;
        if !(200..300).contains(&status) {
            bail!("creating a webhook was answered {status}: {}", String::from_utf8_lossy(&answer));
        }
        let answer: Value = serde_json::from_slice(&answer)?;
        ids.push(answer["id"].as_i64().context("a webhook without an id")?);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_alerts_take_turns() {
        let mut args = WebhooksArgs {
            url: Uri::from_static("http://127.0.0.1:1"),
            key: String::new(),
            count: 0,
            sink_port: 9_000,
            hosts: 3,
            alerts: vec![7, 8],
            path: "w".to_owned(),
        };
        assert_eq!(args.body(5), json!({ "url": "http://127.0.0.3:9000/w/5", "alertIds": [8] }));
        args.alerts.clear();
        assert_eq!(args.body(0), json!({ "url": "http://127.0.0.1:9000/w/0", "isGlobal": true }));
    }
}
