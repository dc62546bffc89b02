//! Would it be sent? The same decisions as intake takes, the requests that would be made, and nothing happens.

use belfry::domain::access::Role;
use serde_json::json;

use super::{fires, makes_webhook};
use crate::support::{Receiver, TestApp};

const BEARER: &[(&str, &str)] = &[("authType", "bearer"), ("token-bearer", "s3cret-token-3f9a")];

fn decisions(page: &crate::support::Page) -> Vec<String> {
    page.texts("[data-testid=decisions] > li")
}

#[tokio::test]
async fn what_it_says_is_what_happens() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    let receiver = Receiver::start().await;
    let alert = app.alert(company, 8).await;
    let id = alert.0.to_string();
    makes_webhook(&alice, &receiver, BEARER).await;
    makes_webhook(&alice, &receiver, &[("name", "Picky"), ("criteria", "data.geofenceName = Port 3")]).await;
    makes_webhook(&alice, &receiver, &[("name", "Off"), ("isActive", "")]).await;
    makes_webhook(&alice, &receiver, &[("name", "Tests"), ("receives", "tests")]).await;
    makes_webhook(&alice, &receiver, &[("name", "Linked"), ("receives", "linked"), ("alertIds", &id)]).await;
    makes_webhook(&alice, &receiver, &[("name", "Unlinked"), ("receives", "linked")]).await;

    let simulated = alice.get(&alice.path(&format!("/simulate?alert={alert}&vehicle=Delivery+Van+07"))).await;
    assert_eq!(simulated.status(), 200);
    assert!(simulated.text().contains("2 of 6 webhooks would get it"), "{}", simulated.text());
    let told = decisions(&simulated);
    let of = |name: &str| {
        told.iter().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{name}: {told:?}"))
    };
    assert!(of("Dispatch hub").starts_with("Sent"));
    assert!(of("Linked").contains(&format!("It is linked to alert {alert}.")));
    assert!(of("Picky").contains("criteria") && of("Picky").contains("data.geofenceName"));
    assert!(of("Off").contains("It is inactive."));
    assert!(of("Tests").contains("It receives test events only."));
    assert!(of("Unlinked").contains("It is not linked to this alert."));
    assert_eq!(receiver.requests(), 0, "nothing leaves");
    assert_eq!(
        alice.get(&alice.path("/deliveries")).await.texts("[data-testid=empty] h2"),
        ["No deliveries yet"]
    );
    assert!(!simulated.answer.text.contains("s3cret-token"), "no secret on the page");

    // Now for real.
    fires(&app, company, alert).await;
    let delivered = alice.get(&alice.path("/deliveries?status=delivered")).await;
    let mut sent = delivered.texts("[data-testid=deliveries] .cell-target");
    sent.sort();
    assert!(
        sent.len() == 2 && sent[0].starts_with("Dispatch hub") && sent[1].starts_with("Linked"),
        "{sent:?}"
    );

    // The request of that event is, but for what is new each time, the one that went out.
    let again = alice.get(&alice.path("/simulate?event=1&webhook=1")).await;
    assert_eq!(again.texts("[data-testid=request]").len(), 1);
    let head = again.texts("[data-testid=request] pre").remove(0);
    let history =
        alice.get(&alice.path("/deliveries/1")).await.texts("[aria-label=\"Request headers\"]").remove(0);
    assert!(head.contains("Authorization: Bearer ••••3f9a"), "{head}");
    assert_eq!(line(&head, "X-Telemax-Signature:"), line(&history, "X-Telemax-Signature:"));
    assert_ne!(line(&head, "X-Telemax-Delivery:"), line(&history, "X-Telemax-Delivery:"));
    assert_eq!(
        again.texts("[data-testid=request] pre").remove(1),
        alice.get(&alice.path("/deliveries/1")).await.texts("#request-body").remove(0)
    );
}

fn line(head: &str, name: &str) -> String {
    let rest = head.split(name).nth(1).unwrap_or_else(|| panic!("{name} in {head}"));
    rest.split_whitespace().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn json_is_judged_as_at_the_door() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Viewer, Some(company)).await;
    let admin = app.person(Role::Admin, Some(company)).await;
    let receiver = Receiver::start().await;
    makes_webhook(&admin, &receiver, &[("name", "Port"), ("criteria", "data.geofenceName = Port 3")]).await;
    let alert = app.alert(company, 5).await.0.to_string();
    alice.get(&alice.path("/simulate")).await;
    let event = |zone: &str| {
        json!({
            "vehicleId": 118, "vehicleName": "<b>TRK</b>", "position": {"lat": 53.5, "lng": 9.9}, "direction": 274,
            "timestamp": "2026-09-22T12:02:10Z", "address": null, "data": {"geofenceName": zone},
        })
        .to_string()
    };
    let send = async |json: &str, alert: &str| {
        alice.post(&alice.path("/simulate"), &[("pastedAlert", alert), ("json", json)]).await
    };
    let yes = send(&event("Port 3"), &alert).await;
    assert_eq!(yes.status(), 200);
    assert!(yes.text().contains("1 of 1 webhook would get it"), "{}", yes.text());
    assert!(!yes.answer.text.contains("<b>TRK"), "foreign text is text");
    let head = yes.texts("[data-testid=request] pre").remove(0);
    assert!(
        line(&head, "X-Telemax-Signature:").starts_with("sha256=••••"),
        "who only looks cannot forge: {head}"
    );
    let no = send(&event("Depot <script>"), &alert).await;
    assert!(decisions(&no)[0].contains("expected “Port 3”, got “Depot <script>”"), "{:?}", decisions(&no));
    assert!(!no.answer.text.contains("<script>"));

    for (json, alert, field, words) in [
        ("", alert.as_str(), "json", "The body is empty."),
        ("{\"a\":1,\"a\":2}", &alert, "json", "the same key twice"),
        ("{\"vehicleId\":0}", &alert, "json", "vehicleId:"),
        ("[]", &alert, "json", "It must be a JSON object."),
        (&event("Port 3"), "4711", "pastedAlert", "There is no alert with this number."),
        (&event("Port 3"), "x", "pastedAlert", "Type the alert"),
    ] {
        let answer = send(json, alert).await;
        assert_eq!(answer.status(), 422, "{json}");
        assert!(answer.texts(&format!("#{field}-error"))[0].contains(words), "{json}: {}", answer.text());
        assert_eq!(answer.attributes("[data-testid=errors] a", "href"), [format!("#{field}")]);
        assert_eq!(answer.texts("#json")[0].split_whitespace().count(), json.split_whitespace().count());
    }
    for (query, field) in
        [("alert=x", "alert"), ("vehicle=TRK", "alert"), ("alert=1&at=noon", "at"), ("alert=999", "alert")]
    {
        let answer = alice.get(&alice.path(&format!("/simulate?{query}"))).await;
        assert_eq!((answer.status(), answer.texts(&format!("#{field}-error")).len()), (422, 1), "{query}");
    }
}

#[tokio::test]
async fn nobody_sees_another_companys_webhooks_alerts_or_events() {
    let app = TestApp::start().await;
    let parent = app.company("Northline").await;
    let child = app.sub_company("Cold Chain", parent).await;
    let other = app.company("Mallory Ltd").await;
    let (alice, carl) =
        (app.person(Role::Admin, Some(parent)).await, app.person(Role::Admin, Some(child)).await);
    let mallory = app.person(Role::Admin, Some(other)).await;
    let receiver = Receiver::start().await;
    makes_webhook(&alice, &receiver, &[("name", "Above"), ("token-bearer", "x")]).await;
    makes_webhook(&carl, &receiver, &[("name", "Below")]).await;
    makes_webhook(&mallory, &receiver, &[("name", "Foreign")]).await;
    let alert = app.alert(child, 8).await;
    fires(&app, child, alert).await;

    let names = |page: &crate::support::Page| page.texts("[data-testid=decisions] a[href*=webhooks]");
    let query = format!("/simulate?alert={alert}");
    assert_eq!(names(&alice.get(&alice.path(&query)).await), ["Above", "Below"]);
    let below = carl.get(&carl.path(&query)).await;
    assert_eq!(names(&below), ["Below"], "a candidate of a company above is not told of");
    assert!(!below.answer.text.contains("Above"));
    assert_eq!(carl.get(&carl.path("/simulate?event=1")).await.status(), 200);
    assert_eq!(mallory.get(&mallory.path(&query)).await.status(), 422);
    assert_eq!(mallory.get(&mallory.path("/simulate?event=1")).await.status(), 404);
    assert_eq!(mallory.get(&alice.path("/simulate")).await.status(), 404);
    // The alert of the parent's other company: a webhook of the child takes nothing of it.
    let above = app.alert(parent, 8).await;
    let told = decisions(&alice.get(&alice.path(&format!("/simulate?alert={above}"))).await);
    assert!(told[1].contains("Below") && told[1].contains("neither its own nor one below it"), "{told:?}");
    let operator = app.person(Role::Operator, None).await;
    assert_eq!(operator.get(&alice.path("/simulate")).await.status(), 403);
}
