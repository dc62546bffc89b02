//! The receiver's certificate, from the handshake to the attempt and the webhook.

use belfry::actions::deliveries as acts;
use belfry::domain::alert_type::AlertType;
use belfry::domain::attempt::{FailureClass, Outcome};
use belfry::domain::certificate::Seen;
use belfry::domain::history::Attempt;
use belfry::domain::ids::AlertId;
use belfry::domain::time::Timestamp;
use belfry::domain::webhook::endpoint_url::EndpointUrl;
use belfry::store::stats::{self, WebhookStats};

use super::lifecycle::{all, attempts_of};
use super::{Hook, fire, telemax_webhook};
use crate::store::stats::assert_counters_equal_recount;
use crate::support::tls::Authority;
use crate::support::{ApiClient, Receiver, TestApp};

struct Story {
    app: TestApp,
    api: ApiClient,
    authority: Authority,
    receiver: Receiver,
    hook: Hook,
    alert: AlertId,
}

fn year(year: i32) -> Timestamp {
    Timestamp::parse(&format!("{year}-01-01T00:00:00Z")).unwrap()
}

impl Story {
    /// A webhook whose receiver shows a certificate that is valid until 2040.
    async fn new() -> Self {
        let authority = Authority::new();
        let app = TestApp::start_with(&[authority.setting()]).await;
        let company = app.company("Northline").await;
        let api = app.api(company).await;
        let alert = app.alert(company, 8).await;
        let receiver = Receiver::start().await;
        receiver.shows(Some(authority.until(2040)));
        let hook = telemax_webhook(&api, &receiver.https("127.0.0.1"), &[alert]).await;
        Self { app, api, authority, receiver, hook, alert }
    }

    /// Fires, and gives the first attempt of that.
    async fn fires(&self) -> Attempt {
        self.app.wait_seconds(1);
        fire(&self.api, self.alert).await;
        self.app.settle().await;
        let delivery = all(&self.app).await.pop().unwrap();
        attempts_of(&self.app, &delivery).await.remove(0)
    }

    async fn stats(&self) -> WebhookStats {
        let id = self.hook.id;
        self.app.services.store.read(move |db| stats::of_webhook(db, id)).await.unwrap()
    }

    fn host(&self) -> String {
        let url = EndpointUrl::from_parts(&self.receiver.https("127.0.0.1"), None).unwrap();
        url.authority().to_owned()
    }
}

#[tokio::test]
async fn a_delivery_over_tls_keeps_until_when_the_certificate_is_valid() {
    let story = Story::new().await;
    let attempt = story.fires().await;
    assert_eq!((attempt.outcome, attempt.tls.as_deref()), (Some(Outcome::Success), Some("TLSv1.3")));
    assert_eq!(attempt.cert_until, Some(year(2040)));
    let seen = Seen { host: story.host(), until: year(2040), at: story.app.context().now() };
    assert_eq!(story.stats().await.certificate, Some(seen));

    // A renewed one takes its place.
    story.receiver.shows(Some(story.authority.until(2041)));
    story.receiver.answers_with([500]);
    assert_eq!(story.fires().await.cert_until, Some(year(2041)));
    let seen = Seen { host: story.host(), until: year(2041), at: story.app.context().now() };
    assert_eq!(story.stats().await.certificate, Some(seen), "what was answered makes no difference");
    assert_counters_equal_recount(&story.app, story.hook.id).await;
}

#[tokio::test]
async fn an_attempt_without_a_certificate_leaves_the_one_before() {
    let story = Story::new().await;
    story.fires().await;
    let before = story.stats().await;
    story.receiver.shows(Some(Authority::new().until(2041)));
    let attempt = story.fires().await;
    assert_eq!(attempt.outcome, Some(Outcome::Failure(FailureClass::TlsUntrusted)), "a stranger's");
    assert_eq!((attempt.tls, attempt.cert_until), (None, None));
    let after = story.stats().await;
    assert_eq!(after.certificate, before.certificate);
    assert_eq!((before.counters.total, after.counters.total), (1, 2));
    assert_counters_equal_recount(&story.app, story.hook.id).await;
}

#[tokio::test]
async fn a_refused_certificate_says_when_it_ended() {
    let story = Story::new().await;
    story.receiver.shows(Some(story.authority.until(2021)));
    let attempt = story.fires().await;
    assert_eq!(attempt.outcome, Some(Outcome::Failure(FailureClass::TlsExpired)));
    assert_eq!((attempt.tls, attempt.cert_until), (None, Some(year(2021))));
    assert_eq!(story.stats().await.certificate.unwrap().until, year(2021));
    assert_eq!(story.receiver.requests(), 0, "nothing was sent");
    assert_counters_equal_recount(&story.app, story.hook.id).await;
}

#[tokio::test]
async fn a_test_counts_nowhere_and_still_sees_the_certificate() {
    let story = Story::new().await;
    acts::queue_test(&story.app.context(), story.hook.id, AlertType::Ignition).await.unwrap();
    story.app.settle().await;
    let stats = story.stats().await;
    assert_eq!((stats.counters.total, stats.last_call), (0, None));
    assert_eq!(stats.certificate.unwrap().until, year(2040));
    assert_counters_equal_recount(&story.app, story.hook.id).await;
}

#[tokio::test]
async fn it_outlives_the_attempt_that_saw_it() {
    let story = Story::new().await;
    story.fires().await;
    let before = story.stats().await.certificate;
    story.app.wait_seconds(100 * 86_400);
    story.app.services.engine.tidy().await.unwrap();
    assert!(all(&story.app).await.is_empty());
    assert_eq!(story.stats().await.certificate, before);
    assert!(before.is_some());
    assert_counters_equal_recount(&story.app, story.hook.id).await;
}

#[tokio::test]
async fn results_that_come_together_leave_the_last_one() {
    let story = Story::new().await;
    for _ in 0..20 {
        fire(&story.api, story.alert).await;
    }
    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 20);
    assert_eq!(story.stats().await.certificate.unwrap().until, year(2040));
    assert_counters_equal_recount(&story.app, story.hook.id).await;
}
