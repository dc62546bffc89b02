//! The ZStack door's test: a real delivery, and its real result.

use belfry::delivery;
use belfry::domain::secret::Secret;
use belfry::domain::time::Timestamp;
use belfry::domain::webhook::signing::zstack_signature;
use serde_json::{Value, json};

use super::shape;
use crate::support::api::Answer;
use crate::support::{ApiClient, Receiver, Reply, TestApp};

const ENDPOINTS: &str = "/api/v1/alerting/webhook-endpoints";

async fn endpoint(app: &TestApp, url: &str) -> ApiClient {
    let company = app.company("Northline").await;
    let api = app.api(company).await;
    let body = json!({ "name": "Ops", "url": url, "signingEnabled": true, "signingSecret": "my-secret-key" });
    assert_eq!(api.post(ENDPOINTS, &body).await.status, 200);
    api
}

async fn test(api: &ApiClient) -> Answer {
    api.post(&format!("{ENDPOINTS}/wh-001/test"), &json!({})).await
}

/// The duration differs from run to run.
fn without_duration(answer: &Answer) -> Answer {
    let mut body = answer.json();
    assert!(body["durationMs"].as_i64().is_some_and(|ms| (0..=2_000).contains(&ms)), "{}", answer.text);
    body["durationMs"] = json!(0);
    Answer { text: body.to_string(), ..answer.clone() }
}

#[tokio::test]
async fn sends_a_signed_event_and_tells_the_result() {
    let (app, receiver) = (TestApp::start().await, Receiver::start().await);
    let api = endpoint(&app, &receiver.url()).await;
    shape("zstack_test_succeeded", &app, &without_duration(&test(&api).await));
    let received = receiver.received();
    assert_eq!(received.len(), 1);
    let (at, signature) =
        (received[0].header("x-webhook-timestamp"), received[0].header("x-webhook-signature"));
    let at = Timestamp::from_seconds(at.unwrap().parse().unwrap());
    let expected = zstack_signature(&Secret::new("my-secret-key"), at, &received[0].body);
    assert_eq!(signature, Some(&*expected));
    assert_eq!(received[0].json()["alerts"][0]["status"], "firing");
}

#[tokio::test]
async fn a_receiver_that_fails_is_told_as_it_is() {
    let (app, receiver) = (TestApp::start().await, Receiver::start().await);
    let api = endpoint(&app, &receiver.url()).await;
    receiver.answers([Reply::status(500).body("s3cret of the receiver")]);
    shape("zstack_test_failed", &app, &without_duration(&test(&api).await));
    receiver.answers_with([302]);
    assert_eq!(test(&api).await.json()["success"], false);
    app.settle().await;
    assert_eq!(receiver.requests(), 2, "a test is one attempt");
    let nobody = format!("http://127.0.0.1:{}/", free_port());
    let body = json!({ "name": "Ops", "url": nobody, "signingEnabled": false });
    assert_eq!(api.put(&format!("{ENDPOINTS}/wh-001"), &body).await.status, 200);
    shape("zstack_test_refused", &app, &without_duration(&test(&api).await));
}

/// The engine runs, and may be faster than whoever asked: the answer is the result all the same.
#[tokio::test]
async fn waits_for_the_dispatcher_when_that_was_faster() {
    let (app, receiver) = (TestApp::start().await, Receiver::start().await);
    let api = endpoint(&app, &receiver.url()).await;
    let (stop, stopped) = delivery::stopping();
    let engine = app.services.engine.clone();
    let running = tokio::spawn(async move { engine.run(stopped).await });
    for _ in 0..20 {
        let answer = test(&api).await;
        assert_eq!(answer.json()["success"], true, "{}", answer.text);
    }
    stop.send_replace(true);
    running.await.unwrap();
    assert_eq!(receiver.requests(), 20);
}

#[tokio::test]
async fn twenty_tests_a_minute() {
    let app = TestApp::start_with(&[("rate_limits", "on")]).await;
    let receiver = Receiver::start().await;
    let api = endpoint(&app, &receiver.url()).await;
    for _ in 0..20 {
        assert_eq!(test(&api).await.status, 200);
    }
    let answer = test(&api).await;
    let code: Value = answer.json()["error"]["code"].clone();
    assert_eq!((answer.status, code, answer.header("retry-after")), (429, json!("SYS.1010"), Some("60")));
    assert_eq!(receiver.requests(), 20);
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}
