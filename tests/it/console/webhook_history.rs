//! The history of a webhook: who changed what, what every version was, and the way back.

use belfry::domain::access::Role;
use belfry::store::audit;

use super::{makes_webhook, webhook_form};
use crate::support::{Page, Person, Receiver, TestApp};

async fn admin() -> (TestApp, Person, Receiver) {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    (app, alice, Receiver::start().await)
}

/// Changes the webhook by its form.
async fn changes(person: &Person, id: i64, url: &str, differs: &[(&str, &str)]) {
    let edit = person.path(&format!("/webhooks/{id}/edit"));
    let version = person.get(&edit).await.attributes("[name=version]", "value").remove(0);
    let mut differs = differs.to_vec();
    differs.push(("version", &version));
    let saved = person.post(&edit, &webhook_form(url, &differs)).await;
    assert_eq!(saved.status(), 303, "{}", saved.text());
}

/// How often the trail says that an earlier version came back.
async fn restored(app: &TestApp, id: i64) -> usize {
    let trail = app.services.store.read(move |db| audit::of_object(db, "webhook", id)).await.unwrap();
    trail.iter().filter(|(action, _)| action == "webhook.restore").count()
}

/// Presses *Restore* on the page of a version.
async fn restores(person: &Person, id: i64, version: i32) -> Page {
    let url = person.path(&format!("/webhooks/{id}/history/{version}"));
    let page = person.get(&url).await;
    let now = page.attributes("[data-testid=restore] [name=version]", "value");
    assert_eq!(now.len(), 1, "{}", page.text());
    person.post(&page.attributes("[data-testid=restore]", "action")[0], &[("version", &now[0])]).await
}

#[tokio::test]
async fn every_change_is_listed_with_its_author_and_its_version() {
    let (app, alice, receiver) = admin().await;
    let alert = app.alert(alice.company.unwrap(), 8).await;
    let (id, _) =
        makes_webhook(&alice, &receiver, &[("authType", "bearer"), ("token-bearer", "s3cret-3f9a")]).await;
    let url = receiver.url_of("/moved");
    changes(
        &alice,
        id,
        &url,
        &[
            ("authType", "bearer"),
            ("token-bearer", "s3cret-new1"),
            ("receives", "linked"),
            ("alertIds", &alert.to_string()),
        ],
    )
    .await;
    let base = alice.path(&format!("/webhooks/{id}"));
    alice.post(&format!("{base}/pause"), &[("mode", "hold"), ("reason", "New certificate")]).await;
    alice.post(&format!("{base}/resume"), &[]).await;
    alice.post(&format!("{base}/disable"), &[]).await;
    let api = app.api(alice.company.unwrap()).await;
    assert_eq!(
        api.put(&format!("/api/v2/webhooks/{id}"), &serde_json::json!({"url": url, "isGlobal": true}))
            .await
            .status,
        200
    );
    alice.post(&format!("{base}/test"), &[("alertType", "5")]).await;

    let page = alice.get(&format!("{base}/history")).await;
    let rows = page.texts("[data-testid=history] tbody tr");
    assert_eq!(rows.len(), 6, "a test changes nothing: {rows:?}");
    for (row, words) in rows.iter().zip([
        "Version 4, the present one",
        "disabled the webhook",
        "resumed the webhook",
        "paused the webhook",
        "changed the webhook",
        "created the webhook",
    ]) {
        assert!(row.contains(words), "{words}: {row}");
    }
    assert!(rows[0].contains("API key") && rows[0].contains("Receives linked became all"), "{}", rows[0]);
    assert!(rows[0].contains("was unlinked"), "a link that ends is listed: {}", rows[0]);
    assert!(rows[3].contains("Reason nothing became New certificate"), "{}", rows[3]);
    assert!(rows[4].contains(&format!("({alert}) was linked")), "{}", rows[4]);
    assert!(rows[4].contains("Credential was changed") && rows[4].contains("/moved"), "{}", rows[4]);
    assert!(!page.answer.text.contains("s3cret"));
    let versions = page.attributes("[data-testid=version]", "href");
    assert_eq!(versions, [4, 3, 2, 1].map(|version| format!("{base}/history/{version}")));
}

#[tokio::test]
async fn a_long_history_is_read_page_by_page() {
    let (_app, alice, receiver) = admin().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let base = alice.path(&format!("/webhooks/{id}"));
    for at in 0..34 {
        let verb = if at % 2 == 0 { "disable" } else { "enable" };
        assert_eq!(alice.post(&format!("{base}/{verb}"), &[]).await.status(), 303);
    }
    let first = alice.get(&format!("{base}/history")).await;
    assert_eq!(first.texts("tbody tr").len(), 30);
    let older = first.attributes("[rel=next]", "href").remove(0);
    let second = alice.get(&older).await;
    assert_eq!(second.texts("tbody tr").len(), 5);
    assert!(second.texts("tbody tr")[4].contains("created the webhook"));
    let newer = second.attributes("[rel=prev]", "href").remove(0);
    assert_eq!(alice.get(&newer).await.texts("tbody tr"), first.texts("tbody tr"));
    assert!(first.attributes("[rel=prev]", "href").is_empty());
}

#[tokio::test]
async fn a_version_comes_back_as_a_new_one_and_can_be_taken_back() {
    let (app, alice, receiver) = admin().await;
    let (id, _) = makes_webhook(
        &alice,
        &receiver,
        &[("description", "First"), ("authType", "header"), ("token-header", "s3cret-3f9a")],
    )
    .await;
    let url = receiver.url_of("/second");
    changes(&alice, id, &url, &[("name", "Second"), ("format", "zstack"), ("authType", "header")]).await;
    let base = alice.path(&format!("/webhooks/{id}"));
    let page = alice.get(&format!("{base}/history/1")).await;
    let differing = page.texts("tr:has([data-testid=differs]) th");
    assert_eq!(differing.len(), 4, "name, URL, description, format: {differing:?}");

    let done = restores(&alice, id, 1).await;
    assert_eq!((done.status(), done.location()), (303, Some(base.as_str())));
    assert_eq!(restored(&app, id).await, 1);
    let shown = alice.get(&base).await;
    assert_eq!(shown.texts("h1"), ["Dispatch hub"]);
    assert!(
        shown.texts("[data-testid=flash]")[0]
            .contains("Version 1 of Dispatch hub was restored. It is version 3 now.")
    );
    let settings = shown.texts("[data-testid=settings]").remove(0);
    assert!(
        settings.contains("First") && settings.contains("Telemax") && settings.contains("••••3f9a"),
        "{settings}"
    );

    let undo = shown.attributes("[data-testid=flash] form", "action").remove(0);
    assert_eq!(alice.post(&undo, &[]).await.status(), 303);
    assert_eq!(alice.get(&base).await.texts("h1"), ["Second"]);
    assert_eq!(restored(&app, id).await, 2);
    assert_eq!(alice.post(&undo, &[]).await.status(), 409, "it was taken back already");
    assert_eq!(restored(&app, id).await, 2);
    for missing in ["0", "9", "x", "01"] {
        assert_eq!(alice.get(&format!("{base}/history/{missing}")).await.status(), 404, "{missing}");
        assert_eq!(
            alice.post(&format!("{base}/history/{missing}/restore"), &[("version", "4")]).await.status(),
            404
        );
    }
}

#[tokio::test]
async fn who_restores_too_late_sees_both_and_changes_nothing() {
    let (app, alice, receiver) = admin().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let url = receiver.url();
    changes(&alice, id, &url, &[("name", "Second")]).await;
    let bob = app.person(Role::Editor, alice.company).await;
    changes(&bob, id, &url, &[("name", "Bobs")]).await;
    let restore = alice.path(&format!("/webhooks/{id}/history/1/restore"));
    for fields in [vec![("version", "2")], vec![]] {
        let clash = alice.post(&restore, &fields).await;
        assert_eq!((clash.status(), clash.texts("tbody tr")), (409, vec!["NameDispatch hubBobs".to_owned()]));
    }
    assert_eq!(alice.get(&alice.path(&format!("/webhooks/{id}"))).await.texts("h1"), ["Bobs"]);
}

#[tokio::test]
async fn a_secret_that_is_not_kept_is_asked_for_in_the_form() {
    let (_app, alice, receiver) = admin().await;
    let (id, _) =
        makes_webhook(&alice, &receiver, &[("authType", "bearer"), ("token-bearer", "s3cret-old1")]).await;
    let url = receiver.url();
    changes(&alice, id, &url, &[("name", "Second"), ("authType", "header"), ("token-header", "s3cret-new1")])
        .await;
    let page = alice.get(&alice.path(&format!("/webhooks/{id}/history/1"))).await;
    assert!(
        page.texts("section:has([data-testid=restore]) .notice")[0].contains("you will be asked for it"),
        "said before"
    );
    let asked = restores(&alice, id, 1).await;
    assert_eq!(asked.status(), 422);
    assert_eq!(asked.attributes("[data-testid=errors] a", "href"), ["#token-bearer"]);
    assert_eq!(asked.attributes("#name", "value"), ["Dispatch hub"], "everything else is as it was");
    assert_eq!(asked.attributes("[name=authType][checked]", "value"), ["bearer"]);
    assert!(!asked.answer.text.contains("s3cret"));
    let version = asked.attributes("[data-testid=webhook-form] [name=version]", "value").remove(0);
    let filled = [("authType", "bearer"), ("token-bearer", "s3cret-again"), ("version", version.as_str())];
    let saved = alice
        .post(&asked.attributes("[data-testid=webhook-form]", "action")[0], &webhook_form(&url, &filled))
        .await;
    assert_eq!(saved.status(), 303, "{}", saved.text());
    let shown = alice.get(&alice.path(&format!("/webhooks/{id}"))).await;
    assert_eq!(shown.texts("h1"), ["Dispatch hub"]);
    assert!(shown.text().contains("••••gain"));
}

#[tokio::test]
async fn a_credential_does_not_follow_to_the_host_of_an_earlier_version() {
    let (_app, alice, receiver) = admin().await;
    let elsewhere = Receiver::start().await;
    // First without a credential at one host, then with one at another.
    let (id, _) = makes_webhook(&alice, &elsewhere, &[]).await;
    let credential = [("authType", "bearer"), ("token-bearer", "s3cret-3f9a")];
    changes(&alice, id, &receiver.url(), &credential).await;
    let page = alice.get(&alice.path(&format!("/webhooks/{id}/history/1"))).await;
    assert!(
        page.texts("section:has([data-testid=restore]) .notice")[0]
            .contains("The present credential is dropped."),
        "said before"
    );
    assert_eq!(restores(&alice, id, 1).await.status(), 303);
    let base = alice.path(&format!("/webhooks/{id}"));
    let flash = alice.get(&base).await.texts("[data-testid=flash]").remove(0);
    assert!(flash.contains("Its credential was dropped"), "said after: {flash}");
    assert!(!flash.contains("Undo"), "nobody can bring it back");
    alice.get(&format!("{base}/test")).await;
    alice.post(&format!("{base}/test"), &[("alertType", "5")]).await;
    assert_eq!(elsewhere.received()[0].header("authorization"), None);

    // And the other way round: the version with a credential asks for it.
    let asked = restores(&alice, id, 2).await;
    assert_eq!((asked.status(), asked.texts("#token-bearer-error").len()), (422, 1));
    assert_eq!(receiver.requests(), 0);
}
