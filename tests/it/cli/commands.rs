use serde_json::json;

use super::process::{Running, answer, answer_with_input, belfry};
use crate::support::ApiClient;

#[tokio::test(flavor = "multi_thread")]
async fn set_up_commands_work_while_the_server_runs() {
    let dir = tempfile::tempdir().unwrap();
    let server = Running::start(belfry(dir.path()).arg("serve"));
    let company = answer(belfry(dir.path()).args(["company", "add", "--name", "Northline"]));
    let id = company["id"].to_string();
    let key = answer(belfry(dir.path()).args(["api-key", "add", "--company", &id, "--name", "k"]));
    let api = ApiClient::new(&server.url, key["key"].as_str().unwrap());
    assert_eq!(api.get("/api/v2/webhooks").await.status, 200, "a new key opens the running server");

    let alert = answer(belfry(dir.path()).args([
        "alert",
        "add",
        "--company",
        &id,
        "--type",
        "5",
        "--name",
        "Depot",
        "--id",
        "103",
    ]));
    assert_eq!(alert, json!({ "id": 103 }));
    let listed = api.get(&format!("/api/v2/companies/{id}/alerts")).await.json();
    assert_eq!(listed["items"][0]["alertId"], 103);

    let user = ["user", "add", "--email", "a@example.com", "--role", "admin", "--company", &id];
    let added = answer_with_input(belfry(dir.path()).args(user), "correct horse battery\n");
    assert_eq!(added, json!({ "id": 1 }));
    let invited = ["user", "add", "--email", "b@example.com", "--role", "viewer", "--company", &id];
    let invited = answer(belfry(dir.path()).args(invited));
    assert!(invited["invite_url"].as_str().unwrap().contains("/console/invite/"), "{invited}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_verifies_what_the_server_signed() {
    let dir = tempfile::tempdir().unwrap();
    let server = Running::start(belfry(dir.path()).arg("serve"));
    let company =
        answer(belfry(dir.path()).args(["company", "add", "--name", "Northline"]))["id"].to_string();
    let add_alert = ["alert", "add", "--company", &company, "--type", "8", "--name", "Ignition"];
    let alert = answer(belfry(dir.path()).args(add_alert))["id"].clone();
    let add_key = ["api-key", "add", "--company", &company, "--name", "k"];
    let key = answer(belfry(dir.path()).args(add_key));
    let api = ApiClient::new(&server.url, key["key"].as_str().unwrap());

    // The secret is known only after the webhook was made, and the webhook needs the listener's port.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let body = json!({ "url": format!("http://127.0.0.1:{port}/hook"), "alertIds": [alert] });
    let made = api.post("/api/v2/webhooks", &body).await.json();
    let secret = made["secret"].as_str().unwrap();
    let port = port.to_string();
    let listener = Running::start(belfry(dir.path()).args(["listen", "--port", &port, "--secret", secret]));
    let fired = api.post(&format!("/api/v2/alerts/{alert}/events"), &crate::delivery::event()).await;
    assert_eq!(fired.status, 202);
    let line = listener.line();
    assert_eq!((&line["signature"], &line["answered"]), (&json!("verified"), &json!(200)));
    assert_eq!(line["body"]["vehicleName"], "Delivery Van 07");
}
