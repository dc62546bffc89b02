//! API keys from the pages: made, shown once, limited, taken back.

use belfry::domain::access::Role;

use crate::support::app::PASSWORD;
use crate::support::{ApiClient, Person, TestApp};

/// Has `person` make a key and gives what the page shows once, and that page's address.
async fn makes_key(person: &Person, fields: &[(&str, &str)]) -> (String, String) {
    person.get(&person.path("/api-keys/new")).await;
    let made = person.post(&person.path("/api-keys/new"), fields).await;
    assert_eq!(made.status(), 303, "{}", made.text());
    let shown_at = made.location().expect("where to go").to_owned();
    let key = person.get(&shown_at).await.texts("#secret").remove(0);
    (key, shown_at)
}

const ALL: [(&str, &str); 4] = [
    ("actions", "webhooks:read"),
    ("actions", "webhooks:write"),
    ("actions", "alerts:read"),
    ("actions", "alerts:write"),
];

#[tokio::test]
async fn a_key_is_shown_once_works_and_ends_when_it_is_revoked() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    let empty = alice.get(&alice.path("/api-keys")).await;
    assert_eq!(empty.texts("[data-testid=empty] h2"), ["No API key yet"]);

    let (key, shown_at) = makes_key(&alice, &[&ALL[..], &[("name", "Telematics <platform>")]].concat()).await;
    assert!(key.starts_with("bfy_"), "{key}");
    let again = alice.get(&shown_at).await;
    assert_eq!(again.location(), Some(alice.path("/api-keys").as_str()), "it is not shown again");
    let list = alice.get(&alice.path("/api-keys")).await;
    let row = list.texts("[data-testid=api-keys] tbody tr").remove(0);
    assert!(row.contains("ActiveTelematics <platform>") && row.contains("everythingany vehicle"), "{row}");
    assert!(
        row.contains(&format!("bfy_…{}", &key[key.len() - 4..])) && !list.answer.text.contains(&key),
        "{row}"
    );

    let api = ApiClient::new(&app.url, &key);
    assert_eq!(api.get("/api/v2/webhooks").await.status, 200);
    let ask = list.attributes("[data-testid=revoke]", "href").remove(0);
    assert!(alice.get(&ask).await.text().contains("opens nothing"));
    assert_eq!(api.get("/api/v2/webhooks").await.status, 200, "asking changes nothing");
    assert_eq!(alice.post(&ask, &[]).await.status(), 303);
    assert_eq!(api.get("/api/v2/webhooks").await.status, 401);
    let list = alice.get(&alice.path("/api-keys")).await;
    assert_eq!(list.texts("[data-testid=api-keys] .badge"), ["Revoked"]);
    assert!(list.attributes("[data-testid=revoke]", "href").is_empty());
    alice.post(&ask, &[]).await;
    let trail = alice.get(&alice.path("/audit?kind=api_key")).await.texts("[data-testid=audit] .cell-title");
    assert_eq!(trail.len(), 2, "revoking twice is one change: {trail:?}");
    assert!(trail[0].contains("revoked the API key Telematics <platform>"), "{trail:?}");
}

#[tokio::test]
async fn a_limited_key_does_what_was_chosen_until_its_day_is_over() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    let fields =
        [("name", "Reader"), ("actions", "webhooks:read"), ("vehicles", "7, 9"), ("expires", "2026-09-23")];
    let (key, _) = makes_key(&alice, &fields).await;
    let row = alice.get(&alice.path("/api-keys")).await.texts("[data-testid=api-keys] tbody tr").remove(0);
    assert!(row.contains("webhooks:read2 vehicles"), "{row}");
    let api = ApiClient::new(&app.url, &key);
    assert_eq!(api.get("/api/v2/webhooks").await.status, 200);
    assert_eq!(api.delete("/api/v2/webhooks/1").await.status, 403);
    app.wait_seconds(3 * 24 * 3_600);
    assert_eq!(api.get("/api/v2/webhooks").await.status, 401);
    alice.signs_in(PASSWORD).await;
    assert_eq!(alice.get(&alice.path("/api-keys")).await.texts("[data-testid=api-keys] .badge"), ["Ended"]);
}

#[tokio::test]
async fn a_bad_form_comes_back_as_typed() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    alice.get(&alice.path("/api-keys/new")).await;
    let long = "x".repeat(200);
    for (fields, wrong) in [
        (vec![("name", ""), ALL[0]], "name"),
        (vec![("name", long.as_str()), ALL[0]], "name"),
        (vec![("name", "a")], "actions"),
        (vec![("name", "a"), ("actions", "planets:read")], "actions"),
        (vec![("name", "a"), ALL[0], ("vehicles", "7;9")], "vehicles"),
        (vec![("name", "a"), ALL[0], ("vehicles", "-1")], "vehicles"),
        (vec![("name", "a"), ALL[0], ("expires", "tomorrow")], "expires"),
        (vec![("name", "a"), ALL[0], ("expires", "2020-01-01")], "expires"),
    ] {
        let page = alice.post(&alice.path("/api-keys/new"), &fields).await;
        assert_eq!(page.status(), 422, "{fields:?}");
        assert_eq!(page.attributes("[data-testid=errors] a", "href"), [format!("#{wrong}")], "{fields:?}");
        for (name, value) in fields.iter().filter(|(name, _)| *name != "actions") {
            assert_eq!(page.attributes(&format!("[name={name}]"), "value"), [*value], "kept as typed");
        }
    }
    assert!(
        alice.get(&alice.path("/api-keys")).await.texts("[data-testid=api-keys]").is_empty(),
        "none was made"
    );
}

#[tokio::test]
async fn only_admins_see_the_keys_and_only_their_own() {
    let (app, alice, mallory) = TestApp::two_companies().await;
    let (_, shown_at) = makes_key(&alice, &[&ALL[..], &[("name", "Alices key")]].concat()).await;
    let revoke = shown_at.replace("/made", "/revoke");
    let under_mallory = revoke.replace(&alice.path(""), &mallory.path(""));
    for path in [&revoke, &under_mallory, &shown_at, &alice.path("/api-keys"), &alice.path("/api-keys/new")] {
        assert_eq!(mallory.get(path).await.status(), 404, "{path}");
    }
    mallory.get(&mallory.path("/api-keys")).await;
    assert_eq!(mallory.post(&revoke, &[]).await.status(), 404);
    assert_eq!(mallory.post(&under_mallory, &[]).await.status(), 404);
    assert!(!mallory.get(&mallory.path("/api-keys")).await.text().contains("Alices"));
    for role in [Role::Editor, Role::Viewer, Role::Support] {
        let person = app.person(role, alice.company.filter(|_| !role.is_staff())).await;
        for path in ["/api-keys", "/api-keys/new", "/users", "/users/new", "/users/1"] {
            assert_eq!(person.get(&alice.path(path)).await.status(), 403, "{role:?} {path}");
        }
        assert_eq!(person.get(&revoke).await.status(), 403, "{role:?}");
        person.get(&person.path("/webhooks")).await;
        let fields = [&ALL[..], &[("name", "mine")]].concat();
        assert_eq!(person.post(&alice.path("/api-keys/new"), &fields).await.status(), 403, "{role:?}");
        assert_eq!(person.post(&revoke, &[]).await.status(), 403, "{role:?}");
        let nav = person.get(&person.path("/webhooks")).await.texts(".nav-link");
        assert!(!nav.contains(&"API keys".to_owned()) && nav.contains(&"Audit".to_owned()), "{nav:?}");
    }
    let badge = alice.get(&alice.path("/api-keys")).await.texts("[data-testid=api-keys] .badge");
    assert_eq!(badge, ["Active"], "nobody changed it");
}
