//! Two clicks are one wish, and two people are two.

use belfry::domain::access::Role;

use super::{makes_webhook, webhook_form};
use crate::support::{Page, Person, Receiver, TestApp};

async fn admin() -> (TestApp, Person, Receiver) {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    (app, alice, Receiver::start().await)
}

fn hidden(page: &Page, name: &str) -> String {
    page.attributes(&format!("main form [name={name}]"), "value").remove(0)
}

async fn count(person: &Person) -> usize {
    person.get(&person.path("/webhooks")).await.texts("[data-testid=webhooks] tbody tr").len()
}

#[tokio::test]
async fn a_double_click_makes_one_webhook_and_both_lead_to_its_secret() {
    let (app, alice, receiver) = admin().await;
    let (path, url) = (alice.path("/webhooks/new"), receiver.url());
    let once = hidden(&alice.get(&path).await, "once");
    let fields = webhook_form(&url, &[("once", &once)]);
    let (first, second) = tokio::join!(alice.post(&path, &fields), alice.post(&path, &fields));
    assert_eq!((first.status(), second.status()), (303, 303), "{}{}", first.text(), second.text());
    assert_eq!(first.location(), second.location());
    assert!(first.location().unwrap().ends_with("/secret"));
    assert_eq!(count(&alice).await, 1);
    assert_eq!(alice.get(second.location().unwrap()).await.texts("#secret").len(), 1);

    // Later it still makes nothing, and the secret is not shown again.
    app.wait_seconds(61);
    let late = alice.post(&path, &fields).await;
    let webhook = first.location().unwrap().trim_end_matches("/secret");
    assert_eq!((late.status(), late.location()), (303, Some(webhook)));
    assert_eq!(count(&alice).await, 1);

    // Another form is another wish, and so is the same one of somebody else.
    let other = hidden(&alice.get(&path).await, "once");
    assert_ne!(other, once);
    assert_eq!(alice.post(&path, &webhook_form(&url, &[("once", &other)])).await.status(), 303);
    let bob = app.person(Role::Editor, alice.company).await;
    bob.get(&path).await;
    assert_eq!(bob.post(&path, &webhook_form(&url, &[("once", &other)])).await.status(), 303);
    assert_eq!(count(&alice).await, 3);
}

#[tokio::test]
async fn a_form_with_a_mistake_is_not_used_up() {
    let (_app, alice, receiver) = admin().await;
    let path = alice.path("/webhooks/new");
    let once = hidden(&alice.get(&path).await, "once");
    let wrong = alice.post(&path, &webhook_form("https://10.0.0.1/", &[("once", &once)])).await;
    assert_eq!((wrong.status(), hidden(&wrong, "once")), (422, once.clone()));
    let url = receiver.url();
    assert_eq!(alice.post(&path, &webhook_form(&url, &[("once", &once)])).await.status(), 303);
    assert_eq!(count(&alice).await, 1);
    assert_eq!(alice.post(&path, &webhook_form(&url, &[("once", "no token")])).await.status(), 303);
}

#[tokio::test]
async fn a_double_click_replaces_a_secret_once() {
    let (_app, alice, receiver) = admin().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let tab = alice.get(&alice.path(&format!("/webhooks/{id}/auth"))).await;
    let path = alice.path(&format!("/webhooks/{id}/secret"));
    let (once, version) = (hidden(&tab, "once"), hidden(&tab, "version"));
    let fields = [("once", once.as_str()), ("version", &version), ("overlap", "24h")];
    let (first, second) = tokio::join!(alice.post(&path, &fields), alice.post(&path, &fields));
    for answer in [first, second] {
        assert_eq!((answer.status(), answer.location()), (303, Some(path.as_str())), "{}", answer.text());
    }
    let new = alice.get(&path).await.texts("#secret").remove(0);
    let tab = alice.get(&alice.path(&format!("/webhooks/{id}/auth"))).await;
    let rows = tab.texts("[data-testid=secrets] tbody tr");
    assert_eq!(rows.len(), 2);
    assert!(rows[0].contains(&new[new.len() - 4..]), "what was shown is what was stored: {rows:?}");
    assert_eq!(hidden(&tab, "version"), "2");
}

#[tokio::test]
async fn who_comes_second_keeps_what_was_typed_and_may_save_over_it() {
    let (app, alice, receiver) = admin().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let bob = app.person(Role::Editor, alice.company).await;
    let (edit, url) = (alice.path(&format!("/webhooks/{id}/edit")), receiver.url());
    let version = hidden(&alice.get(&edit).await, "version");
    bob.get(&edit).await;
    let form = |version, name| webhook_form(&url, &[("version", version), ("name", name)]);
    assert_eq!(bob.post(&edit, &form(&version, "Bobs")).await.status(), 303);
    let clash = alice.post(&edit, &form(&version, "Alices")).await;
    assert_eq!(
        (clash.status(), clash.texts("[data-testid=clash] tbody tr")),
        (409, vec!["NameAlicesBobs".to_owned()])
    );
    assert_eq!(clash.attributes("#name", "value"), ["Alices"], "kept as typed");
    let now = hidden(&clash, "version");
    assert_ne!(now, version);
    assert_eq!(alice.post(&edit, &form(&now, "Alices")).await.status(), 303);
    assert_eq!(alice.get(&alice.path(&format!("/webhooks/{id}"))).await.texts("h1"), ["Alices"]);
    // And whoever was asked is asked again when a third change came in between.
    assert_eq!(bob.post(&edit, &form(&now, "Bobs again")).await.status(), 409);
}
