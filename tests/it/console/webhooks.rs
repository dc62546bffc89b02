//! The list of webhooks, one of them, its links, tests and end.

use belfry::domain::access::Role;

use super::{fires, makes_webhook};
use crate::support::{Page, Person, Receiver, Reply, TestApp};
use serde_json::json;

async fn admin() -> (TestApp, Person, Receiver) {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    (app, alice, Receiver::start().await)
}

#[tokio::test]
async fn the_statistics_are_exactly_those_of_the_attempts() {
    let (app, alice, receiver) = admin().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let alert = app.alert(alice.company.unwrap(), 8).await;
    receiver.answers([
        Reply::status(200).body("{\"ok\":true}"),
        Reply::status(503).body("no healthy upstream"),
        Reply::status(500),
    ]);
    fires(&app, alice.company.unwrap(), alert).await;
    fires(&app, alice.company.unwrap(), alert).await;
    app.wait_seconds(15);
    app.settle().await;

    let page = alice.get(&alice.path(&format!("/webhooks/{id}"))).await;
    let figures = page.texts("[data-testid=figures] > div");
    assert!(figures[0].starts_with("Total attempts3"), "{figures:?}");
    assert!(figures[1].starts_with("Successes1") && figures[2].starts_with("Failures2"), "{figures:?}");
    assert!(figures[3].starts_with("Failures since last success2"), "{figures:?}");
    let calls = page.texts("[data-testid=call]");
    assert!(calls[0].starts_with("Last success200") && calls[1].starts_with("Last failure500"), "{calls:?}");
    assert!(calls[2].starts_with("Last call500"), "{calls:?}");
    assert_eq!(page.texts("[data-testid=deliveries] tbody tr").len(), 2);
    assert_eq!(page.texts("[data-testid=chart] a").len(), 14);
    assert_eq!(page.texts("[data-testid=chart] a[aria-label*='1 delivered, 2 failed']").len(), 1, "today");
    let speed = page.texts("[data-testid=speed] dd");
    assert!(speed[0].starts_with("up to") && speed[1].ends_with("timeout 2 s"), "{speed:?}");
    assert_eq!(page.texts("[data-testid=verdict] .badge"), ["Degraded"]);

    app.wait_seconds(60);
    receiver.answers_with([500]);
    app.settle().await;
    let list = alice.get(&alice.path("/webhooks")).await;
    assert_eq!(list.texts(&format!("[data-testid=webhook-{id}] .badge")).first().unwrap(), "Failing");
    assert_eq!(list.texts(&format!("[data-testid=webhook-{id}] .result")), ["500"]);
    assert!(list.text().contains("1 needs attention"));

    // A test counts nowhere.
    let test = alice.path(&format!("/webhooks/{id}/test"));
    alice.get(&test).await;
    alice.post(&test, &[("alertType", "5")]).await;
    let page = alice.get(&alice.path(&format!("/webhooks/{id}"))).await;
    assert!(page.texts("[data-testid=figures] > div")[0].starts_with("Total attempts4"));
}

#[tokio::test]
async fn the_list_is_filtered_by_what_the_address_says() {
    let (_app, alice, receiver) = admin().await;
    makes_webhook(&alice, &receiver, &[("name", "Dispatch hub")]).await;
    makes_webhook(&alice, &receiver, &[("name", "Yard gate"), ("format", "zstack")]).await;
    makes_webhook(&alice, &receiver, &[("name", "Legacy"), ("isActive", "")]).await;
    let names = async |query: &str| {
        alice.get(&alice.path(&format!("/webhooks{query}"))).await.texts("[data-testid=webhooks] tbody a")
    };
    assert_eq!(names("").await, ["Dispatch hub", "Yard gate", "Legacy"]);
    assert_eq!(names("?q=GATE").await, ["Yard gate"]);
    assert_eq!(names("?q=wh-001").await, ["Dispatch hub"]);
    assert_eq!(names("?format=zstack").await, ["Yard gate"]);
    assert_eq!(names("?health=inactive").await, ["Legacy"]);
    assert_eq!(names("?health=never_used&q=hub&color=red").await, ["Dispatch hub"]);
    assert!(names("?q=nothing").await.is_empty());

    let page = alice.get(&alice.path("/webhooks?format=telemax&health=inactive&q=leg")).await;
    assert_eq!(page.attributes("#filter-text", "value"), ["leg"]);
    assert_eq!(page.attributes("#filter-format [selected]", "value"), ["telemax"]);
    assert_eq!(page.attributes("[data-testid=filters] [name=health]", "value"), ["inactive"]);
    let chips = page.attributes(".chips a", "href");
    assert!(chips.iter().all(|url| url.contains("format=telemax") && url.contains("q=leg")), "{chips:?}");
}

#[tokio::test]
async fn switching_off_and_on_can_be_undone_from_the_message() {
    let (app, alice, receiver) = admin().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let overview = alice.path(&format!("/webhooks/{id}"));
    let off = alice.post(&format!("{overview}/disable"), &[]).await;
    assert_eq!((off.status(), off.location()), (303, Some(overview.as_str())));
    let page = alice.get(&overview).await;
    assert_eq!(page.texts("[data-testid=verdict] .badge"), ["Inactive"]);
    assert!(page.texts("[data-testid=flash]")[0].contains("Dispatch hub is disabled."));
    let undo = page.attributes("[data-testid=flash] form", "action").remove(0);
    assert_eq!(undo, format!("{overview}/enable"));
    assert!(alice.get(&overview).await.texts("[data-testid=flash]").is_empty(), "shown once");

    let alert = app.alert(alice.company.unwrap(), 8).await;
    fires(&app, alice.company.unwrap(), alert).await;
    assert_eq!(receiver.requests(), 0);
    alice.post(&undo, &[]).await;
    fires(&app, alice.company.unwrap(), alert).await;
    assert_eq!(receiver.requests(), 1);
}

#[tokio::test]
async fn alerts_are_linked_and_unlinked_in_one_form() {
    let (app, alice, receiver) = admin().await;
    let company = alice.company.unwrap();
    let (id, _) = makes_webhook(&alice, &receiver, &[("receives", "linked")]).await;
    let (ignition, geofence, idle) =
        (app.alert(company, 8).await, app.alert(company, 5).await, app.alert(company, 7).await);
    let links = alice.path(&format!("/webhooks/{id}/alert-links"));
    let page = alice.get(&links).await;
    assert_eq!(
        page.attributes("[name=alertIds]", "value"),
        [geofence, ignition].map(|id| id.to_string()),
        "by name; what can be linked"
    );

    let save = async |ids: &[String]| {
        let page = alice.get(&links).await;
        let mut fields: Vec<(&str, String)> = vec![
            ("version", page.attributes("[name=version]", "value").remove(0)),
            ("linked", page.attributes("[name=linked]", "value").remove(0)),
        ];
        fields.extend(ids.iter().map(|id| ("alertIds", id.clone())));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        alice.post(&links, &fields).await
    };
    assert_eq!(save(&[ignition.to_string(), geofence.to_string()]).await.status(), 303);
    let page = alice.get(&links).await;
    assert!(page.texts("[data-testid=flash]")[0].contains("2 alerts are linked"));
    assert!(page.text().contains("The linked alerts have 2 types"));
    assert_eq!(page.attributes("[name=alertIds][checked]", "value").len(), 2);
    fires(&app, company, ignition).await;
    assert_eq!(receiver.requests(), 1);

    let foreign = app.alert(app.company("Mallory Ltd").await, 8).await;
    for wrong in [idle, foreign] {
        let answer = save(&[wrong.to_string()]).await;
        assert_eq!((answer.status(), answer.texts("[data-testid=errors] a").len()), (422, 1));
    }
    assert_eq!(save(&[]).await.status(), 303);
    fires(&app, company, ignition).await;
    assert_eq!(receiver.requests(), 1, "unlinked");

    let mut many = Vec::new();
    for _ in 0..51 {
        many.push(app.alert(company, 8).await.to_string());
    }
    assert_eq!(save(&many).await.status(), 422);
    assert_eq!(save(&many[..50]).await.status(), 303);
    assert_eq!(alice.get(&links).await.texts("#alerts-tally"), ["50 of 50"]);
}

#[tokio::test]
async fn deleting_wants_the_name_and_the_version_that_was_looked_at() {
    let (app, alice, receiver) = admin().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let alert = app.alert(alice.company.unwrap(), 8).await;
    fires(&app, alice.company.unwrap(), alert).await;
    let delete = alice.path(&format!("/webhooks/{id}/delete"));
    let page = alice.get(&delete).await;
    assert!(page.texts("[data-testid=consequences]")[0].contains("90 days"));
    let version = page.attributes("[name=version]", "value").remove(0);
    let wrong = alice.post(&delete, &[("confirm", "dispatch"), ("version", &version)]).await;
    assert_eq!((wrong.status(), wrong.attributes("#confirm", "value")), (422, vec!["dispatch".to_owned()]));
    let old = alice.post(&delete, &[("confirm", "Dispatch hub"), ("version", "999")]).await;
    assert_eq!(old.status(), 409);
    let done = alice.post(&delete, &[("confirm", "Dispatch hub"), ("version", &version)]).await;
    assert_eq!((done.status(), done.location()), (303, Some(alice.path("/webhooks").as_str())));
    assert!(alice.get(&alice.path("/webhooks")).await.text().contains("Webhook Dispatch hub was deleted."));
    assert_eq!(alice.get(&alice.path(&format!("/webhooks/{id}"))).await.status(), 404);

    let history = alice.get(&alice.path("/deliveries/1")).await;
    assert_eq!(history.status(), 200, "history stays");
    assert!(history.texts("[data-testid=redeliver]").is_empty());
    assert_eq!(alice.post(&alice.path("/deliveries/1/redeliver"), &[]).await.status(), 409);
}

#[tokio::test]
async fn names_are_text_wherever_they_appear() {
    let (app, alice, receiver) = admin().await;
    let evil = "\"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}";
    let answer = "</pre><script>alert(3)</script><div hx-get=/x hx-trigger=load>";
    receiver.answers([Reply::status(500).body(answer).header("X-Evil", "<b hx-get=/y>")]);
    let fields = [("name", evil), ("description", evil), ("criteria", "")];
    let (id, _) = makes_webhook(&alice, &receiver, &fields).await;
    let test = alice.path(&format!("/webhooks/{id}/test"));
    alice.get(&test).await;
    alice.post(&test, &[("alertType", "5")]).await;
    app.settle().await;
    for page in [
        "/webhooks".to_owned(),
        format!("/webhooks?q={}", "%22%3E%3Cscript%3E"),
        format!("/webhooks/{id}"),
        format!("/webhooks/{id}/edit"),
        format!("/webhooks/{id}/alert-links"),
        format!("/webhooks/{id}/test"),
        format!("/webhooks/{id}/secret"),
        format!("/webhooks/{id}/delete"),
        "/deliveries".to_owned(),
        format!("/deliveries?webhook={id}"),
        "/deliveries/1".to_owned(),
        "/deliveries/%22%3E%3Cscript%3Ealert(4)%3C%2Fscript%3E".to_owned(),
    ] {
        let shown = alice.get(&alice.path(&page)).await;
        assert!(
            shown.texts("script:not([src]), img, [onerror], b[hx-get], div[hx-trigger=load]").is_empty(),
            "{page}"
        );
    }
    let shown = alice.get(&alice.path("/deliveries/1")).await;
    assert!(shown.texts("#response-body")[0].contains("<script>alert(3)</script>"));
    assert_eq!(alice.get(&alice.path(&format!("/webhooks/{id}"))).await.texts("h1"), [evil]);
}

#[tokio::test]
async fn more_than_a_page_of_webhooks_are_paged_and_narrowed_by_auth_type() {
    let (app, alice, _) = TestApp::two_companies().await;
    let (api, receiver) = (app.api(alice.company.unwrap()).await, Receiver::start().await);
    for number in 0..23 {
        let url = receiver.url_of(&format!("/{number:02}"));
        let body = json!({ "endpoint": url, "authType": "none", "isAlertHook": true });
        assert_eq!(api.post("/webhooks", &body).await.status, 201);
    }
    makes_webhook(&alice, &receiver, &[("authType", "bearer"), ("token-bearer", "tok_1")]).await;
    let rows = |page: &Page| page.attributes("[data-testid=webhooks] tbody tr", "data-testid");
    let first = alice.get(&alice.path("/webhooks")).await;
    assert_eq!(rows(&first).len(), 15);
    assert!(first.texts("[data-testid=pager]")[0].starts_with("1 to 15 of 24"), "{}", first.text());
    let next = first.attributes("[data-testid=pager] a[rel=next]", "href").remove(0);
    let second = alice.get(&next).await;
    assert_eq!(rows(&second).len(), 9);
    assert!(rows(&second).iter().all(|row| !rows(&first).contains(row)));
    let back = second.attributes("[data-testid=pager] a[rel=prev]", "href");
    assert_eq!(back, [alice.path("/webhooks")]);
    assert_eq!(rows(&alice.get(&alice.path("/webhooks?page=99")).await), rows(&second), "the last one");

    let narrow = alice.get(&alice.path("/webhooks?auth=bearer")).await;
    assert_eq!(rows(&narrow).len(), 1);
    assert_eq!(narrow.attributes("#filter-auth option[selected]", "value"), ["bearer"]);
}
