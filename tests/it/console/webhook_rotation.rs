//! A signing secret replaced while deliveries go on: what signs at which moment, and who learns what.

use belfry::domain::access::Role;
use belfry::domain::clock::Clock;
use belfry::domain::ids::{AlertId, CompanyId};
use belfry::domain::secret::Secret;
use belfry::domain::webhook::format::Format;
use belfry::domain::webhook::signing::verify;
use belfry::store::audit;

use super::{fires, makes_webhook};
use crate::support::{Person, Receiver, TestApp};

const HOUR: i64 = 3_600;

/// One webhook in the hands of its administrator.
struct Story {
    app: TestApp,
    alice: Person,
    receiver: Receiver,
    company: CompanyId,
    alert: AlertId,
    format: Format,
    id: i64,
    /// The secret that it was made with.
    first: String,
}

impl Story {
    async fn of(format: Format) -> Self {
        let app = TestApp::start().await;
        let company = app.company("Northline").await;
        let (alice, receiver) = (app.person(Role::Admin, Some(company)).await, Receiver::start().await);
        let (id, _) = makes_webhook(&alice, &receiver, &[("format", format.name())]).await;
        let first = shown(&alice, id).await;
        let alert = app.alert(company, 8).await;
        Self { app, alice, receiver, company, alert, format, id, first }
    }

    fn path(&self, tab: &str) -> String {
        self.alice.path(&format!("/webhooks/{}{tab}", self.id))
    }

    /// Presses *Replace secret* and gives the new one.
    async fn rotates(&self, overlap: &str) -> String {
        let tab = self.alice.get(&self.path("/auth")).await;
        let version = tab.attributes("[data-testid=rotate] [name=version]", "value").remove(0);
        let sent =
            self.alice.post(&self.path("/secret"), &[("overlap", overlap), ("version", &version)]).await;
        assert_eq!(
            (sent.status(), sent.location()),
            (303, Some(self.path("/secret").as_str())),
            "{}",
            sent.text()
        );
        shown(&self.alice, self.id).await
    }

    /// Whether the next delivery checks with each of the secrets.
    async fn checks(&self, secrets: &[&String]) -> Vec<bool> {
        fires(&self.app, self.company, self.alert).await;
        let request = self.receiver.received().pop().expect("a delivery");
        let now = self.app.clock.now();
        let check = |secret: &&String| {
            verify(self.format, &Secret::new(secret.as_str()), &request.headers, &request.body, now).is_ok()
        };
        secrets.iter().map(check).collect()
    }

    async fn trail(&self) -> Vec<(String, String)> {
        let id = self.id;
        self.app.services.store.read(move |db| audit::of_object(db, "webhook", id)).await.unwrap()
    }
}

async fn shown(person: &Person, id: i64) -> String {
    person.get(&person.path(&format!("/webhooks/{id}/secret"))).await.texts("#secret").remove(0)
}

#[tokio::test]
async fn during_the_overlap_aggregate_checks_with_both_and_the_others_with_the_old() {
    for format in Format::ALL {
        let story = Story::of(format).await;
        let old = story.first.clone();
        assert_eq!(story.checks(&[&old]).await, [true], "{format:?}");
        let new = story.rotates("24h").await;
        assert_ne!(new, old);
        let several = format == Format::Aggregate;
        assert_eq!(story.checks(&[&old, &new]).await, [true, several], "{format:?} at once");
        story.app.wait_seconds(24 * HOUR - 1);
        assert_eq!(story.checks(&[&old, &new]).await, [true, several], "{format:?} just before the end");
        story.app.wait_seconds(1);
        assert_eq!(story.checks(&[&old, &new]).await, [false, true], "{format:?} from the end on");
    }
}

#[tokio::test]
async fn an_overlap_can_be_ended_at_once() {
    for (format, label) in
        [(Format::Aggregate, "Expire the old one now"), (Format::Zstack, "Use the new one now")]
    {
        let story = Story::of(format).await;
        let old = story.first.clone();
        let new = story.rotates("7d").await;
        let tab = story.alice.get(&story.path("/auth")).await;
        assert_eq!(tab.texts("[data-testid=end-overlap]"), [label]);
        let end = tab.attributes("form:has([data-testid=end-overlap])", "action").remove(0);
        assert_eq!(story.alice.post(&end, &[]).await.status(), 303);
        assert_eq!(story.checks(&[&old, &new]).await, [false, true], "{format:?}");
        let tab = story.alice.get(&story.path("/auth")).await;
        assert_eq!(tab.texts("[data-testid=secrets] tbody tr").len(), 1);
        assert!(tab.texts("[data-testid=flash]")[0].contains("is not used any more"));
        assert_eq!(story.alice.post(&end, &[]).await.status(), 303, "a second click finds nothing to do");
        let verbs: Vec<String> = story.trail().await.into_iter().map(|(action, _)| action).collect();
        assert_eq!(verbs, ["webhook.create", "webhook.rotate_secret", "webhook.end_overlap"]);
    }
}

#[tokio::test]
async fn the_tab_shows_both_secrets_masked_and_the_trail_shows_none() {
    let story = Story::of(Format::Telemax).await;
    story.app.wait_seconds(48 * HOUR);
    let alice = &story.alice;
    let company = alice.company;
    // Two days later everybody has to sign in again.
    alice.signs_in(crate::support::app::PASSWORD).await;
    let new = story.rotates("72h").await;
    let bob = story.app.person(Role::Viewer, company).await;
    let sam = story.app.person(Role::Support, None).await;
    for person in [alice, &bob, &sam] {
        let tab = person.get(&person.path(&format!("/webhooks/{}/auth", story.id))).await;
        let rows = tab.texts("[data-testid=secrets] tbody tr");
        let last = |secret: &str| format!("••••{}", &secret[secret.len() - 4..]);
        assert!(rows[0].contains(&last(&new)) && rows[0].contains("Used from 27 Sep 2026"), "{rows:?}");
        assert!(rows[1].contains(&last(&story.first)) && rows[1].contains("until 27 Sep 2026"), "{rows:?}");
        assert!(rows[1].replace('\u{a0}', " ").ends_with("2 d"), "its age: {rows:?}");
        assert!(tab.text().contains("Let your receiver accept both"));
        assert_eq!(tab.texts("[data-testid=end-overlap]").len(), usize::from(person.email == alice.email));
        for page in ["", "/auth", "/edit", "/history", "/history/2", "/settings", "/secret"] {
            let page = person.opens(&person.path(&format!("/webhooks/{}{page}", story.id))).await;
            assert!(!page.answer.text.contains(&new) && !page.answer.text.contains(&story.first));
        }
    }
    let (action, changes) = story.trail().await.pop().unwrap();
    assert_eq!(action, "webhook.rotate_secret");
    assert!(
        changes.contains("oldSecretUntil")
            && !changes.contains(&new[..6])
            && !changes.contains(&story.first[..6])
    );
    fires(&story.app, story.company, story.alert).await;
    let delivery = alice.get(&alice.path("/deliveries/1")).await;
    assert!(!delivery.answer.text.contains(&story.first) && !delivery.answer.text.contains(&new));
}

#[tokio::test]
async fn a_third_secret_replaces_both_at_once_and_nothing_else_does() {
    let story = Story::of(Format::Telemax).await;
    let second = story.rotates("24h").await;
    let refused = story.alice.post(&story.path("/secret"), &[("overlap", "1h")]).await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().contains("Two secrets are in force already."));
    let tab = story.alice.get(&story.path("/auth")).await;
    assert_eq!(tab.attributes("[name=overlap]", "value"), ["0"]);
    let third = story.rotates("0").await;
    assert_eq!(story.checks(&[&story.first, &second, &third]).await, [false, false, true]);
}

#[tokio::test]
async fn other_changes_keep_the_overlap_and_the_zstack_door_replaces_at_once() {
    let story = Story::of(Format::Zstack).await;
    let second = story.rotates("24h").await;
    for verb in ["/disable", "/enable"] {
        assert_eq!(story.alice.post(&story.path(verb), &[]).await.status(), 303);
    }
    assert_eq!(story.checks(&[&story.first, &second]).await, [true, false]);
    let api = story.app.api(story.company).await;
    let path = format!("/api/v1/alerting/webhook-endpoints/wh-{:03}/rotate-secret", story.id);
    let answer = api.post(&path, &serde_json::json!({})).await;
    let third = answer.json()["signingSecretPlaintext"].as_str().unwrap().to_owned();
    assert_eq!(story.checks(&[&story.first, &second, &third]).await, [false, false, true]);
}

#[tokio::test]
async fn an_old_form_and_a_strange_overlap_change_nothing() {
    let story = Story::of(Format::Telemax).await;
    let path = story.path("/secret");
    for fields in [[("overlap", "0"), ("version", "7")], [("overlap", "0"), ("version", "x")]] {
        assert_eq!(story.alice.post(&path, &fields).await.status(), 409);
    }
    let strange = story.alice.post(&path, &[("overlap", "2h"), ("version", "1")]).await;
    assert_eq!(strange.status(), 422);
    assert!(strange.text().contains("Choose how long the old secret stays in force."));
    assert_eq!(story.checks(&[&story.first]).await, [true]);
    assert_eq!(story.trail().await.len(), 1);
}

#[tokio::test]
async fn the_tab_says_who_changed_the_credential_last() {
    let story = Story::of(Format::Telemax).await;
    let tab = story.alice.get(&story.path("/auth")).await;
    assert!(tab.texts("[data-testid=credential]")[0].contains("None"));
    let bob = story.app.person(Role::Editor, Some(story.company)).await;
    let edit = story.path("/edit");
    let version = bob.get(&edit).await.attributes("[name=version]", "value").remove(0);
    let url = story.receiver.url();
    let differs =
        [("authType", "basic"), ("userName", "belfry"), ("password", "s3cret-3f9a"), ("version", &*version)];
    assert_eq!(bob.post(&edit, &super::webhook_form(&url, &differs)).await.status(), 303);
    story.alice.post(&story.path("/disable"), &[]).await;
    let tab = story.alice.get(&story.path("/auth")).await;
    let text = tab.texts("[data-testid=credential]").remove(0);
    assert!(text.contains("Basic (user name and password)") && text.contains("••••3f9a"), "{text}");
    let trail = story.alice.get(&story.path("/history")).await.texts("[data-testid=history] tbody tr");
    let author = trail[1].split(" changed the webhook").next().unwrap().to_owned();
    assert!(text.contains(&format!("by {author}")), "{text}: {author}");
    assert!(!tab.answer.text.contains("s3cret"));
}
