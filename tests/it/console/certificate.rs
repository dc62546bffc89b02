//! A receiver's certificate: a problem of its own on the overview, a fact of the webhook and of each attempt.

use belfry::domain::access::Role;
use belfry::domain::ids::{AlertId, CompanyId};
use belfry::domain::time::Timestamp;

use super::{fires, makes_webhook, webhook_form};
use crate::support::app::PASSWORD;
use crate::support::tls::Authority;
use crate::support::{Page, Person, Receiver, TestApp};

struct World {
    app: TestApp,
    alice: Person,
    authority: Authority,
    receiver: Receiver,
    company: CompanyId,
    alert: AlertId,
}

impl World {
    /// Dispatch hub goes to a receiver whose certificate is valid until the end of 2039.
    async fn new() -> Self {
        let authority = Authority::new();
        let app = TestApp::start_with(&[authority.setting()]).await;
        let company = app.company("Northline").await;
        let alice = app.person(Role::Admin, Some(company)).await;
        let alert = app.alert(company, 8).await;
        let receiver = Receiver::start().await;
        receiver.shows(Some(authority.until(2040)));
        let url = receiver.https("127.0.0.1");
        makes_webhook(&alice, &receiver, &[("url", &url)]).await;
        Self { app, alice, authority, receiver, company, alert }
    }

    async fn fires(&self) {
        fires(&self.app, self.company, self.alert).await;
    }

    async fn get(&self, path: &str) -> Page {
        self.alice.get(&self.alice.path(path)).await
    }

    async fn problems(&self) -> Vec<String> {
        self.get("/").await.texts("[data-testid=problem]")
    }

    /// What the webhook's page says of its certificate.
    async fn fact(&self) -> String {
        self.get("/webhooks/1").await.texts("[data-testid=settings] dd").remove(1)
    }

    /// Whether a certificate is valid is the machine's clock to say; how long it still is, the app's.
    async fn comes(&self, text: &str) {
        let us = Timestamp::parse(text).unwrap().since(self.app.context().now());
        self.app.clock.advance(us);
        self.alice.signs_in(PASSWORD).await;
    }

    async fn moves_to(&self, url: &str, version: &str) {
        let mut fields = webhook_form(url, &[]);
        fields.push(("version", version));
        self.get("/webhooks/1/edit").await;
        let saved = self.alice.post(&self.alice.path("/webhooks/1/edit"), &fields).await;
        assert_eq!(saved.status(), 303, "{}", saved.text());
    }
}

#[tokio::test]
async fn a_certificate_that_ends_soon_is_the_receivers_problem() {
    let world = World::new().await;
    assert_eq!(world.fact().await, "none seen yet");
    world.fires().await;
    assert_eq!(world.problems().await, [""; 0], "thirteen years are enough");
    assert_eq!(world.fact().await, "valid until 1 Jan 2040, 01:00:00 (4,848 days left), seen at 14:00:00");

    world.comes("2039-12-17T23:59:59Z").await;
    assert_eq!(world.problems().await, [""; 0], "fourteen days and a second");
    world.comes("2039-12-18T00:00:00Z").await;
    assert!(world.problems().await[0].contains("ends in 14 days"), "{:?}", world.problems().await);
    world.comes("2039-12-25T12:00:00Z").await;
    world.fires().await;
    let lines = world.problems().await;
    assert_eq!(
        lines,
        ["CertificateDispatch hub has a certificate that ends in 6 days (1 Jan 2040)\
          seen at 13:00:00 · from then on every delivery failsReceiver’s turn"]
    );
    let page = world.get("/webhooks/1").await;
    assert_eq!(page.texts("[data-testid=verdict] .badge"), ["Healthy"], "it is not part of health");
    let verdict = page.texts("[data-testid=verdict]").remove(0);
    assert!(
        verdict.contains("The receiver has a certificate that ends in 6 days (1 Jan 2040)."),
        "{verdict}"
    );
    let seen = "valid until 1 Jan 2040, 01:00:00 (6 days left), seen at 13:00:00";
    assert_eq!(world.fact().await, seen);
    let attempt = world.get("/deliveries/2").await.texts("[data-testid=attempt] .facts").join(" ");
    assert!(attempt.contains("· TLSv1.3"), "{attempt}");
    assert!(attempt.contains("Certificateuntil 1 Jan 2040, 01:00:00 (6 days left then)"), "{attempt}");
    let first = world.get("/deliveries/1").await.texts("[data-testid=attempt] .facts").join(" ");
    assert!(first.contains("(4,848 days left then)"), "{first}");

    world.comes("2040-01-03T00:00:00Z").await;
    let lines = world.problems().await;
    assert!(lines[0].contains("has a certificate that ended 2 days ago (1 Jan 2040)"), "{lines:?}");
    assert!(lines[0].contains("the next delivery fails unless it was renewed since"), "{lines:?}");
    // Once the receiver has renewed it, the next delivery says so.
    world.receiver.shows(Some(world.authority.until(2041)));
    world.fires().await;
    assert_eq!(world.problems().await, [""; 0]);
}

#[tokio::test]
async fn it_comes_after_what_fails_and_before_what_waits() {
    let world = World::new().await;
    let plain = Receiver::start().await;
    makes_webhook(&world.alice, &plain, &[("name", "Yard gate")]).await;
    let url = world.receiver.https("localhost");
    let differs = [("name", "Alarm desk"), ("url", url.as_str())];
    let (paused, _) = makes_webhook(&world.alice, &plain, &differs).await;
    world.fires().await;
    world.comes("2039-12-25T12:00:00Z").await;
    world.get(&format!("/webhooks/{paused}/pause")).await;
    let pause = world.alice.path(&format!("/webhooks/{paused}/pause"));
    world.alice.post(&pause, &[("mode", "hold"), ("reason", "")]).await;
    plain.answers_with([503, 503, 503]);
    for _ in 0..3 {
        world.fires().await;
    }
    let lines = world.problems().await;
    let at = |words: &str| lines.iter().position(|line| line.contains(words));
    let certificates = ["Alarm desk has a certificate", "Dispatch hub has a certificate"].map(at);
    assert!(certificates.contains(&Some(1)) && certificates.contains(&Some(2)), "{lines:?}");
    assert_eq!([at("Yard gate answers 503"), at("Alarm desk is paused")], [Some(0), Some(3)], "{lines:?}");
    let fact = world.get("/webhooks/2").await.texts("[data-testid=settings] dd").remove(1);
    assert_eq!(fact, "none: plain HTTP");
    // Switched off, it sends nothing that could fail.
    let off = world.alice.post(&world.alice.path("/webhooks/1/disable"), &[]).await;
    assert_eq!(off.status(), 303, "{}", off.text());
    let lines = world.problems().await;
    assert!(!lines.iter().any(|line| line.contains("Dispatch hub")), "{lines:?}");
}

#[tokio::test]
async fn another_host_does_not_inherit_it() {
    let world = World::new().await;
    world.fires().await;
    world.comes("2039-12-25T12:00:00Z").await;
    assert_eq!(world.problems().await.len(), 1);
    world.moves_to(&world.receiver.https("localhost"), "1").await;
    assert_eq!(world.problems().await, [""; 0]);
    assert_eq!(world.fact().await, "none seen yet");
    world.moves_to(&world.receiver.url(), "2").await;
    assert_eq!(world.fact().await, "none: plain HTTP");
    world.moves_to(&world.receiver.https("127.0.0.1"), "3").await;
    assert_eq!(world.problems().await.len(), 1, "back again it is what is known");
    world.moves_to(&world.receiver.https("localhost"), "4").await;
    world.fires().await;
    assert!(world.fact().await.starts_with("valid until 1 Jan 2040"), "its own was seen");
}

#[tokio::test]
async fn an_ended_certificate_says_since_when() {
    let world = World::new().await;
    world.receiver.shows(Some(world.authority.until(2021)));
    for _ in 0..3 {
        world.fires().await;
    }
    let lines = world.problems().await;
    assert_eq!(lines.len(), 1, "one problem, one line: {lines:?}");
    assert!(lines[0].contains("fails: TLS expired since 14:00:00"), "{lines:?}");
    assert!(lines[0].contains("its certificate ended at 1 Jan 2021, 01:00:00"), "{lines:?}");
    let page = world.get("/deliveries/1").await;
    let verdict = page.texts("[data-testid=verdict]").remove(0);
    assert!(verdict.contains("The certificate of 127.0.0.1 ended at 1 Jan 2021, 01:00:00."), "{verdict}");
    let facts = page.texts("[data-testid=attempt] .facts").join(" ");
    assert!(facts.contains("Certificateended at 1 Jan 2021, 01:00:00, 2,090 days before"), "{facts}");
    let verdict = world.get("/webhooks/1").await.texts("[data-testid=verdict]").remove(0);
    let told = verdict.matches("certificate").count();
    assert_eq!(told, 1, "once is enough: {verdict}");

    world.receiver.shows(Some(world.authority.until(2040)));
    world.alice.post(&world.alice.path("/deliveries/1/send-now"), &[]).await;
    let rows = world.get("/deliveries/1/attempts/2/compare/1").await.texts("#attempt tbody tr");
    let row = rows.iter().find(|row| row.contains("Certificate until")).unwrap_or_else(|| panic!("{rows:?}"));
    assert!(row.contains("differs") && row.contains("1 Jan 2040") && row.contains("1 Jan 2021"), "{row}");
}
