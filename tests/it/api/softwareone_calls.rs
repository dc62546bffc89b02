//! What happened when a webhook was called: statistics, the three calls, and the token that receivers verify.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::shape;
use super::softwareone_webhooks::{WEBHOOKS, create, northline};
use crate::delivery::fire;
use crate::support::{Receiver, Reply};

/// The claims of contract 4.8, and no other.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    webhook_id: String,
}

#[tokio::test]
async fn a_receiver_verifies_the_token_with_a_library_of_its_own() {
    let (app, company, api) = northline().await;
    let (receiver, alert) = (Receiver::start().await, app.alert(company, 8).await);
    let made = api.post(WEBHOOKS, &json!({ "url": receiver.url() })).await.json();
    receiver.answers_with([500]);
    fire(&api, alert).await;
    app.settle().await;
    app.wait_seconds(3_600);
    app.settle().await;
    let key = DecodingKey::from_secret(made["secret"].as_str().unwrap().as_bytes());
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_audience(&["127.0.0.1"]);
    validation.set_issuer(&["mpt"]);
    // The library asks the machine's clock, and the test's stands elsewhere; the times are compared below.
    validation.validate_exp = false;
    let mut times = Vec::new();
    for received in receiver.received() {
        let token = received.header("authorization").unwrap().strip_prefix("Bearer ").unwrap().to_owned();
        assert_eq!(decode_header(&token).unwrap().alg, Algorithm::HS256);
        let claims = decode::<Claims>(&token, &key, &validation).unwrap().claims;
        assert_eq!((claims.iss.as_str(), claims.aud.as_str()), ("mpt", "127.0.0.1"));
        assert_eq!(claims.webhook_id, made["id"].as_str().unwrap());
        assert_eq!((claims.nbf, claims.exp), (claims.iat, claims.iat + 300));
        let other = DecodingKey::from_secret(b"another secret");
        assert!(decode::<Value>(&token, &other, &validation).is_err());
        assert!(received.json()["id"].as_str().unwrap().starts_with("EVT-"));
        times.push(claims.iat);
    }
    assert_eq!(times.len(), 2);
    assert!(times[0] + 30 < times[1], "the token is made anew for each attempt");
}

#[tokio::test]
async fn calls_are_counted_and_the_last_ones_are_shown() {
    let (app, company, api) = northline().await;
    let (receiver, alert) = (Receiver::start().await, app.alert(company, 8).await);
    let path = create(&api, &json!({ "url": receiver.url(), "secret": "3ct^6NoryQN22V" })).await;
    let fresh = api.get(&path).await.json();
    let nulls = [&fresh["lastSuccess"], &fresh["lastFailure"], &fresh["lastCall"]];
    assert_eq!(nulls, [&json!(null), &json!(null), &json!(null)]);
    receiver.answers([Reply::status(201)
        .header("Content-Type", "application/json")
        .header("Set-Cookie", "session=of-the-receiver")
        .body("{\"id\":\"3ct^6NoryQN22V\"}")]);
    fire(&api, alert).await;
    app.settle().await;
    app.wait_seconds(60);
    receiver.answers([Reply::status(418).body([0xff, b'a'])]);
    fire(&api, alert).await;
    app.settle().await;
    let now = api.get(&path).await;
    for word in ["of-the-receiver", "3ct^6NoryQN22V"] {
        assert!(!now.text.contains(word), "{}", now.text);
    }
    shape("softwareone_webhook_called", &app, &api.get(&format!("{path}?select=-url")).await);
    let webhook = now.json();
    assert_eq!(webhook["lastCall"], webhook["lastFailure"]);
    assert_eq!(
        (&webhook["lastSuccess"]["httpStatusCode"], &webhook["lastCall"]["httpStatusCode"]),
        (&json!("Created"), &json!("418"))
    );

    let found = async |query: &str| {
        api.get(&format!("{WEBHOOKS}?{query}")).await.json()["data"].as_array().unwrap().len()
    };
    assert_eq!(found("lastCall.success=false,statistics.failures=1").await, 1);
    assert_eq!(found("lastCall.callTime=2026-09-22T12:01:00.000Z").await, 1);
    assert_eq!(found("lt(lastCall.callTime,2026-09-22T12:01:00.000Z)").await, 0);

    // History goes, the counters and what the webhook knows itself stay.
    app.database.run("UPDATE webhook_stats SET last_call_id = 99, last_failure_id = 99");
    let kept = api.get(&path).await.json();
    assert_eq!((&kept["lastCall"]["success"], &kept["lastCall"]["response"]), (&json!(false), &json!(null)));
    assert_eq!(kept["lastCall"]["callTime"], "2026-09-22T12:01:00.000Z");
    assert_eq!(found("lastCall.callTime=2026-09-22T12:01:00.000Z").await, 1);
}

#[tokio::test]
async fn a_call_that_nobody_answered() {
    let (app, company, api) = northline().await;
    let alert = app.alert(company, 8).await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let path = create(&api, &json!({ "url": format!("http://{free}/closed") })).await;
    fire(&api, alert).await;
    app.settle().await;
    let call = api.get(&path).await.json()["lastFailure"].clone();
    assert_eq!(
        (&call["success"], &call["httpStatusCode"], &call["responseTime"]),
        (&json!(false), &json!(null), &json!(null))
    );
    assert_eq!((&call["headers"], &call["response"]), (&json!(null), &json!(null)));
    assert!(!call["error"].as_str().unwrap().is_empty());
}
