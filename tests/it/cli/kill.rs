//! kill -9 under load: what was acknowledged arrives.

use std::collections::HashSet;

use serde_json::json;

use super::process::{Running, answer, belfry};
use crate::support::{ApiClient, Receiver};

const EVENTS: usize = 1_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_event_arrives_although_the_server_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::start().await;
    let mut server = Running::start(belfry(dir.path()).arg("serve"));
    let company =
        answer(belfry(dir.path()).args(["company", "add", "--name", "Northline"]))["id"].to_string();
    let add_alert = ["alert", "add", "--company", &company, "--type", "8", "--name", "Ignition"];
    let alert = answer(belfry(dir.path()).args(add_alert))["id"].clone();
    let add_key = ["api-key", "add", "--company", &company, "--name", "k"];
    let key = answer(belfry(dir.path()).args(add_key))["key"].as_str().unwrap().to_owned();
    let api = ApiClient::new(&server.url, &key);
    let body = json!({ "url": receiver.url(), "alertIds": [alert] });
    assert_eq!(api.post("/api/v2/webhooks", &body).await.status, 200);

    // Fires one by one; the vehicle's number tells the events apart. Kills in the middle, with deliveries
    // on the wire, and goes on with whatever was not acknowledged.
    let mut acknowledged = HashSet::new();
    let mut api = api;
    for number in 1..=EVENTS {
        if number == EVENTS / 2 {
            server.kill();
            server = Running::start(belfry(dir.path()).arg("serve"));
            api = ApiClient::new(&server.url, &key);
        }
        let mut event = crate::delivery::event();
        event["vehicleId"] = json!(number);
        let request = api.request(reqwest::Method::POST, &format!("/api/v2/alerts/{alert}/events"));
        if let Ok(accepted) = request.json(&event).send().await
            && accepted.status() == 202
        {
            acknowledged.insert(i64::try_from(number).unwrap());
        }
    }
    assert_eq!(acknowledged.len(), EVENTS, "the server is alive again and accepts");
    let arrived = || -> HashSet<i64> {
        receiver.received().iter().map(|received| received.json()["vehicleId"].as_i64().unwrap()).collect()
    };
    // A lease of the dead process runs out after timeout and margin: 7 s. Waiting for a state, with an end.
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !arrived().is_superset(&acknowledged) && std::time::Instant::now() < end {
        tokio::task::yield_now().await;
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let missing: Vec<_> = acknowledged.difference(&arrived()).copied().collect();
    assert!(missing.is_empty(), "lost: {missing:?}");
    let mut seen = HashSet::new();
    let received = receiver.received();
    let again =
        received.iter().filter(|r| !seen.insert(r.header("X-Telemax-Delivery").unwrap().to_owned())).count();
    assert!(again <= 32, "repeated no more than what was on the wire: {again}");
    assert!(server.terminate().success(), "a graceful end");
}
