//! Making and changing webhooks: every auth type, what comes back when it is wrong, and secrets.

use belfry::domain::access::Role;

use super::{makes_webhook, webhook_form};
use crate::support::{Page, Person, Receiver, TestApp};

async fn admin() -> (TestApp, Person, Receiver) {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    (app, alice, Receiver::start().await)
}

async fn tests(person: &Person, id: i64) -> Page {
    let path = person.path(&format!("/webhooks/{id}/test"));
    person.get(&path).await;
    let sent = person.post(&path, &[("alertType", "5")]).await;
    assert_eq!(sent.status(), 303, "{}", sent.text());
    person.get(sent.location().unwrap()).await
}

#[tokio::test]
async fn each_auth_type_is_sent_as_chosen_and_shown_masked() {
    let (_app, alice, receiver) = admin().await;
    // Fields of types that were not chosen are filled as well: they are not looked at.
    let noise = [("token-header", "noise-header"), ("userName", "noise"), ("password", "noise-password")];
    for (kind, fields, expected, shown) in [
        ("none", vec![], None, "None"),
        (
            "basic",
            vec![("userName", "belfry"), ("password", "s3cret-3f9a")],
            Some(("authorization", "Basic YmVsZnJ5OnMzY3JldC0zZjlh")),
            "belfry",
        ),
        (
            "authheader",
            vec![("token-authheader", "ApiKey s3cret-3f9a")],
            Some(("authorization", "ApiKey s3cret-3f9a")),
            "••••3f9a",
        ),
        ("header", vec![("token-header", "s3cret-3f9a")], Some(("x-api-key", "s3cret-3f9a")), "••••3f9a"),
        (
            "bearer",
            vec![("token-bearer", "s3cret-3f9a")],
            Some(("authorization", "Bearer s3cret-3f9a")),
            "••••3f9a",
        ),
        ("querystring", vec![("token-querystring", "s3cret-3f9a")], None, "••••3f9a"),
    ] {
        let mut differs = vec![("authType", kind)];
        differs.extend(noise.iter().filter(|(name, _)| !fields.iter().any(|(known, _)| known == name)));
        differs.extend(fields);
        let (id, _) = makes_webhook(&alice, &receiver, &differs).await;
        let delivery = tests(&alice, id).await;
        assert_eq!(delivery.texts("[data-testid=verdict] .badge"), ["Delivered"], "{kind}");
        let request = receiver.received().pop().unwrap();
        if let Some((name, value)) = expected {
            assert_eq!(request.header(name), Some(value), "{kind}");
        } else {
            assert_eq!(
                (request.header("authorization"), request.header("x-api-key")),
                (None, None),
                "{kind}"
            );
        }
        assert_eq!(request.target.contains("token=s3cret-3f9a"), kind == "querystring");
        let pages = [
            delivery.answer.text,
            alice.get(&alice.path(&format!("/webhooks/{id}"))).await.answer.text,
            alice.get(&alice.path(&format!("/webhooks/{id}/edit"))).await.answer.text,
            alice.get(&alice.path("/deliveries")).await.answer.text,
        ];
        for page in &pages {
            assert!(!page.contains("s3cret"), "{kind}");
            assert!(!page.contains("YmVsZnJ5OnMzY3JldC0zZjlh") && !page.contains("noise"), "{kind}");
        }
        assert!(pages[1].contains(shown), "{kind}");
    }
}

#[tokio::test]
async fn a_wrong_form_comes_back_as_typed_with_every_problem() {
    let (_app, alice, _receiver) = admin().await;
    alice.get(&alice.path("/webhooks/new")).await;
    let fields = [
        ("name", "Claims <desk>"),
        ("url", "https://10.4.0.12/claims"),
        ("description", "kept"),
        ("authType", "basic"),
        ("userName", "has:colon"),
        ("password", "s3cret-3f9a"),
        ("criteria", "no pair"),
    ];
    let fields = webhook_form("", &fields);
    let first = alice.post(&alice.path("/webhooks/new"), &fields).await;
    assert_eq!(first.status(), 422);
    assert_eq!(first.texts("[data-testid=errors] a").len(), 1, "criteria cannot be read yet");

    let mut fields = fields;
    fields.retain(|(name, _)| *name != "criteria");
    let page = alice.post(&alice.path("/webhooks/new"), &fields).await;
    assert_eq!(page.status(), 422);
    assert_eq!(page.attributes("#name", "value"), ["Claims <desk>"]);
    assert_eq!(page.attributes("#url", "value"), ["https://10.4.0.12/claims"]);
    assert_eq!(page.attributes("#description", "value"), ["kept"]);
    assert_eq!(page.attributes("#userName", "value"), ["has:colon"]);
    assert!(page.attributes("#password", "value").is_empty() && !page.answer.text.contains("s3cret"));
    assert_eq!(page.texts("#url-error").len(), 1, "{}", page.text());
    assert_eq!(page.texts("#userName-error"), ["It must not contain a colon."]);
    assert_eq!(page.attributes("[data-testid=errors] a", "href"), ["#url", "#userName"]);
    assert_eq!(page.attributes("[name=authType][checked]", "value"), ["basic"]);

    let nothing = alice.post(&alice.path("/webhooks/new"), &[]).await;
    assert_eq!((nothing.status(), nothing.texts("#url-error").len()), (422, 1));
    assert!(
        alice
            .get(&alice.path("/webhooks"))
            .await
            .texts("[data-testid=empty] h2")
            .contains(&"No webhooks yet".to_owned())
    );
}

#[tokio::test]
async fn a_url_is_judged_beside_its_field_before_anything_is_saved() {
    let (_app, alice, _receiver) = admin().await;
    let path = alice.path("/webhooks/new");
    alice.get(&path).await;
    let in_query = [("authType", "querystring"), ("token-querystring", "s3cret-3f9a")];
    for (url, differs) in [
        ("https://10.4.0.12/in", &[][..]),
        ("https://[fd00::1]/in", &[]),
        ("https://user:password@hooks.example.com/in", &[]),
        ("https://hooks.example.com/in#part", &[]),
        ("https://hooks.example.com/in?TOKEN=mine", &in_query),
        ("ftp://hooks.example.com/in", &[]),
    ] {
        let page = alice.post(&path, &webhook_form(url, differs)).await;
        assert_eq!((page.status(), page.texts("#url-error").len()), (422, 1), "{url}");
        assert_eq!(page.attributes("#url", "value"), [url]);
        assert_eq!(page.attributes("[data-testid=errors] a", "href"), ["#url"], "{url}");
    }
    let list = alice.get(&alice.path("/webhooks")).await;
    assert!(list.texts("[data-testid=webhooks] tbody tr").is_empty());
}

#[tokio::test]
async fn the_secret_is_shown_once_and_signs_what_is_sent() {
    let (_app, alice, receiver) = admin().await;
    let (id, made) = makes_webhook(&alice, &receiver, &[]).await;
    let secret_page = alice.path(&format!("/webhooks/{id}/secret"));
    assert_eq!(made.location(), Some(secret_page.as_str()));
    let shown = alice.get(&secret_page).await;
    let secret = shown.texts("#secret").remove(0);
    assert_eq!(
        (shown.status(), secret.len(), shown.answer.header("cache-control")),
        (200, 64, Some("no-store"))
    );
    assert!(shown.text().contains("was created and is active"));

    let again = alice.get(&secret_page).await;
    assert_eq!(
        (again.status(), again.location()),
        (303, Some(alice.path(&format!("/webhooks/{id}")).as_str()))
    );
    let overview = alice.get(&alice.path(&format!("/webhooks/{id}"))).await;
    assert!(overview.text().contains("The secret was shown once"));

    let delivery = tests(&alice, id).await;
    let request = receiver.received().pop().unwrap();
    let secret_of = belfry::domain::secret::Secret::new(secret.clone());
    let expected = belfry::domain::webhook::signing::telemax_signature(&secret_of, &request.body);
    assert_eq!(request.header("x-telemax-signature"), Some(expected.as_str()));
    for page in ["", "/edit", "/test", "/secret"] {
        let page = alice.opens(&alice.path(&format!("/webhooks/{id}{page}"))).await;
        assert!(!page.answer.text.contains(&secret));
    }
    assert!(!delivery.answer.text.contains(&secret));

    // A new one on demand; the old one is not used any more.
    let replaced = alice.post(&secret_page, &[]).await;
    assert_eq!(replaced.location(), Some(secret_page.as_str()));
    let other = alice.get(&secret_page).await.texts("#secret").remove(0);
    assert_ne!(other, secret);
    tests(&alice, id).await;
    let request = receiver.received().pop().unwrap();
    let other = belfry::domain::secret::Secret::new(other);
    let expected = belfry::domain::webhook::signing::telemax_signature(&other, &request.body);
    assert_eq!(request.header("x-telemax-signature"), Some(expected.as_str()));
}

#[tokio::test]
async fn a_waiting_secret_is_shown_to_nobody_else() {
    let (app, alice, receiver) = admin().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let bob = app.person(Role::Editor, alice.company).await;
    assert_eq!(bob.get(&bob.path(&format!("/webhooks/{id}/secret"))).await.status(), 303);
    let other = makes_webhook(&alice, &receiver, &[("signing", ""), ("name", "Unsigned")]).await;
    assert_eq!(other.1.location(), Some(alice.path(&format!("/webhooks/{}", other.0)).as_str()));
    assert_eq!(alice.get(&alice.path(&format!("/webhooks/{}/secret", other.0))).await.status(), 303);
    assert_eq!(
        alice.get(&alice.path(&format!("/webhooks/{id}/secret"))).await.status(),
        200,
        "still waiting"
    );
}

#[tokio::test]
async fn changing_keeps_the_credential_unless_the_host_changes() {
    let (_app, alice, receiver) = admin().await;
    let (id, _) =
        makes_webhook(&alice, &receiver, &[("authType", "bearer"), ("token-bearer", "s3cret-3f9a")]).await;
    let edit = alice.path(&format!("/webhooks/{id}/edit"));
    let form = alice.get(&edit).await;
    assert!(form.text().contains("••••3f9a"));
    let version = form.attributes("[name=version]", "value").remove(0);
    let url = receiver.url_of("/other");
    let change = [("name", "Renamed"), ("authType", "bearer"), ("version", version.as_str())];
    let saved = alice.post(&edit, &webhook_form(&url, &change)).await;
    assert_eq!(saved.status(), 303, "{}", saved.text());
    tests(&alice, id).await;
    let request = receiver.received().pop().unwrap();
    assert_eq!(
        (request.target.as_str(), request.header("authorization")),
        ("/other", Some("Bearer s3cret-3f9a"))
    );

    let elsewhere = Receiver::start().await;
    let version = alice.get(&edit).await.attributes("[name=version]", "value").remove(0);
    let url = elsewhere.url();
    let change = [("name", "Renamed"), ("authType", "bearer"), ("version", version.as_str())];
    let refused = alice.post(&edit, &webhook_form(&url, &change)).await;
    assert_eq!(
        (refused.status(), refused.texts("#token-bearer-error")),
        (422, vec!["Enter it again: the host has changed.".to_owned()])
    );
}

#[tokio::test]
async fn who_comes_second_sees_both_versions() {
    let (app, alice, receiver) = admin().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let bob = app.person(Role::Editor, alice.company).await;
    let edit = alice.path(&format!("/webhooks/{id}/edit"));
    let version = alice.get(&edit).await.attributes("[name=version]", "value").remove(0);
    bob.get(&edit).await;
    let url = receiver.url();
    let form = |name: &'static str| webhook_form(&url, &[("name", name), ("version", "x")]).into_iter();
    let form = |name| {
        form(name)
            .map(|(known, value)| (known, if known == "version" { version.as_str() } else { value }))
            .collect::<Vec<_>>()
    };
    assert_eq!(bob.post(&edit, &form("Bobs")).await.status(), 303);
    let clash = alice.post(&edit, &form("Alices")).await;
    assert_eq!(clash.status(), 409);
    assert_eq!(clash.texts("tbody tr"), ["NameAlicesBobs"]);
    assert_eq!(alice.get(&alice.path(&format!("/webhooks/{id}"))).await.texts("h1"), ["Bobs"]);
    let without = webhook_form(&url, &[("name", "No version")]);
    assert_eq!(alice.post(&edit, &without).await.status(), 409, "a form without a version may be as old");
}

#[tokio::test]
async fn query_values_are_hidden_and_stay_unless_they_are_entered_again() {
    let (_app, alice, receiver) = admin().await;
    alice.get(&alice.path("/webhooks/new")).await;
    let url = receiver.url_of("/hook?key=s3cret-value");
    let made = alice.post(&alice.path("/webhooks/new"), &webhook_form(&url, &[])).await;
    let base = made.location().unwrap().trim_end_matches("/secret").to_owned();
    let edit = format!("{base}/edit");
    let form = alice.get(&edit).await;
    let (shown, version) =
        (form.attributes("#url", "value").remove(0), form.attributes("[name=version]", "value").remove(0));
    assert!(shown.ends_with("/hook?key=••••"), "{shown}");
    let change = [("name", "Renamed"), ("version", version.as_str())];
    assert_eq!(alice.post(&edit, &webhook_form(&shown, &change)).await.status(), 303);
    let id: i64 = base.rsplit('/').next().unwrap().parse().unwrap();
    let delivery = tests(&alice, id).await;
    assert_eq!(receiver.received().pop().unwrap().target, "/hook?key=s3cret-value");
    assert!(!delivery.answer.text.contains("s3cret-value"));

    let version = alice.get(&edit).await.attributes("[name=version]", "value").remove(0);
    let moved = shown.replace("/hook?", "/elsewhere?");
    let refused = alice.post(&edit, &webhook_form(&moved, &[("version", version.as_str())])).await;
    assert_eq!((refused.status(), refused.texts("#url-error").len()), (422, 1));
}

#[tokio::test]
async fn a_link_made_elsewhere_while_the_form_was_open_stays() {
    let (app, alice, receiver) = admin().await;
    let company = alice.company.unwrap();
    let (ignition, geofence) = (app.alert(company, 8).await, app.alert(company, 5).await);
    let chosen = ignition.to_string();
    let (id, _) = makes_webhook(&alice, &receiver, &[("receives", "linked"), ("alertIds", &chosen)]).await;
    let edit = alice.path(&format!("/webhooks/{id}/edit"));
    let page = alice.get(&edit).await;
    let hidden = |name: &str| page.attributes(&format!("[name={name}]"), "value").remove(0);
    let (version, linked) = (hidden("version"), hidden("linked"));

    let api = app.api(company).await;
    let link = serde_json::json!({ "alertId": geofence });
    assert_eq!(api.post(&format!("/api/v2/webhooks/{id}/link-alert"), &link).await.status, 200);

    let url = receiver.url();
    let differs =
        [("receives", "linked"), ("alertIds", &*chosen), ("version", &*version), ("linked", &*linked)];
    assert_eq!(alice.post(&edit, &webhook_form(&url, &differs)).await.status(), 303);
    let seen = api.get(&format!("/api/v2/webhooks/{id}")).await.json();
    assert_eq!(seen["alertIds"], serde_json::json!([ignition, geofence]));
}
