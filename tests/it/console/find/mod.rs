//! "Why did they not get it?": the search box, the stories of events, and the answers when there is none.

mod absent;
mod scope;
mod times;

use belfry::actions::alerts::{self as alert_actions, NewAlert};
use belfry::domain::access::Role;
use belfry::domain::alert::Unit;
use belfry::domain::ids::{AlertId, CompanyId};
use serde_json::{Value, json};

use super::makes_webhook;
use crate::support::app::PASSWORD;
use crate::support::{ApiClient, Page, Person, Receiver, TestApp};

/// Reports that `alert` fired for `vehicle`, now, and gives the event's public id.
async fn reports(app: &TestApp, api: &ApiClient, alert: AlertId, vehicle: &str, differs: Value) -> String {
    let mut event = json!({
        "vehicleId": 118,
        "vehicleName": vehicle,
        "position": { "lat": 53.54, "lng": 9.97 },
        "direction": 270,
        "timestamp": app.services.clock.now().rfc3339(),
        "address": null,
        "data": null,
    });
    for (key, value) in differs.as_object().into_iter().flatten() {
        event[key] = value.clone();
    }
    let answer = api.post(&format!("/api/v2/alerts/{alert}/events"), &event).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    app.settle().await;
    answer.json()["eventId"].as_str().expect("an id").to_owned()
}

async fn alert_with(
    app: &TestApp,
    company: CompanyId,
    id: i64,
    type_id: i64,
    units: &[(i64, &str)],
) -> AlertId {
    let unit = |(number, name): &(i64, &str)| Unit {
        vehicle_id: *number,
        name: (*name).to_owned(),
        imei: format!("{:015}", 356_938_030_000_000 + number),
        vin: format!("WDB9634{number:010}"),
    };
    let new = NewAlert {
        id: Some(AlertId(id)),
        company_id: company,
        type_id,
        name: format!("Alert {id}"),
        description: String::new(),
        units: units.iter().map(unit).collect(),
    };
    alert_actions::add(&app.context(), new).await.expect("an alert")
}

struct Northline {
    app: TestApp,
    alice: Person,
    company: CompanyId,
    api: ApiClient,
    receiver: Receiver,
}

async fn northline() -> Northline {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    let api = app.api(company).await;
    Northline { app, alice, company, api, receiver: Receiver::start().await }
}

impl Northline {
    async fn finds(&self, query: &[(&str, &str)]) -> Page {
        finds(&self.alice, query).await
    }

    /// Lets time pass; her session does not last as long.
    async fn waits_seconds(&self, seconds: i64) {
        self.app.wait_seconds(seconds);
        self.alice.signs_in(PASSWORD).await;
    }

    async fn reports(&self, alert: AlertId, vehicle: &str) -> String {
        reports(&self.app, &self.api, alert, vehicle, json!({})).await
    }
}

/// Opens the page as the form or the box would.
async fn finds(person: &Person, query: &[(&str, &str)]) -> Page {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    person.get(&person.path(&format!("/find?{query}"))).await
}

/// Numbers of the events on the page.
fn stories(page: &Page) -> Vec<i64> {
    let ids = page.attributes("[data-testid^=story-]", "data-testid");
    ids.iter().map(|id| id.trim_start_matches("story-").parse().expect("a number")).collect()
}

fn sentences(page: &Page) -> Vec<String> {
    assert!(matches!(page.status(), 200 | 303), "{}", page.text());
    [page.texts("[data-testid=absent] h2"), page.texts("[data-testid=absent] li")].concat()
}

#[tokio::test]
async fn every_spelling_of_an_id_leads_to_the_thing() {
    let n = northline().await;
    let (hook, _) = makes_webhook(&n.alice, &n.receiver, &[("name", "Dispatch hub")]).await;
    let alert = alert_with(&n.app, n.company, 103, 5, &[]).await;
    let event = n.reports(alert, "TRK-118").await;
    let shown =
        n.alice.get(&n.alice.path("/deliveries/1")).await.texts("[aria-label=\"Request headers\"]").join(" ");
    let delivery = shown.split("X-Telemax-Delivery: ").nth(1).unwrap()[..36].to_owned();
    let begun = n.alice.get(&n.alice.path("/replays/new?status=delivered")).await;
    assert_eq!(begun.status(), 200);
    let begun = n.alice.post(&n.alice.path("/replays/new"), &[("status", "delivered"), ("rate", "1")]).await;
    assert_eq!(begun.location(), Some(n.alice.path("/replays/1").as_str()), "{}", begun.text());

    let webhook = n.alice.path(&format!("/webhooks/{hook}"));
    let host = "127.0.0.1".to_owned();
    let braces = format!("{{{}}}", delivery.to_uppercase());
    for (text, wanted) in [
        ("wh-001", webhook.as_str()),
        ("WBH-0000-0001", &webhook),
        ("wbh-0000-0001 ", &webhook),
        ("webhook 1", &webhook),
        ("dispatch HUB", &webhook),
        (&host, &webhook),
        (&n.receiver.url(), &webhook),
        ("delivery 1", &n.alice.path("/deliveries/1")),
        (&delivery, &n.alice.path("/deliveries/1")),
        (&braces, &n.alice.path("/deliveries/1")),
        (&delivery.replace('-', ""), &n.alice.path("/deliveries/1")),
        ("event 1", &n.alice.path("/find?event=1")),
        (&event, &n.alice.path("/find?event=1")),
        ("103", &n.alice.path("/find?alert=103")),
        ("alert 103", &n.alice.path("/find?alert=103")),
        ("redelivery 1", &n.alice.path("/replays/1")),
    ] {
        let answer = n.finds(&[("q", text)]).await;
        assert_eq!((answer.status(), answer.location()), (303, Some(wanted)), "{text}: {}", answer.text());
        assert_eq!(n.alice.get(wanted).await.status(), 200, "{wanted}");
    }
    assert_eq!(stories(&n.finds(&[("event", &event)]).await), [1]);
    assert_eq!(stories(&n.finds(&[("alert", "103")]).await), [1]);

    // A number that many things have is a question.
    let many = n.finds(&[("q", "1")]).await;
    assert_eq!(many.status(), 200);
    assert_eq!(
        many.texts("[data-testid=hits] a"),
        ["Webhook 1", "Delivery 1", "Event 1", "Redelivery 1"],
        "{}",
        many.text()
    );
    assert_eq!(many.attributes("[data-testid=search] input", "value"), ["1"]);
}

#[tokio::test]
async fn a_vehicle_is_found_by_whatever_is_known_of_it() {
    let n = northline().await;
    let alert = alert_with(&n.app, n.company, 103, 5, &[(118, "TRK-118"), (119, "Bär 9")]).await;
    let open = alert_with(&n.app, n.company, 104, 8, &[]).await;
    n.reports(alert, "TRK-118").await;
    reports(&n.app, &n.api, alert, "BÄR 9", json!({ "vehicleId": 119 })).await;
    reports(&n.app, &n.api, open, "Unlisted", json!({ "vehicleId": 5_000 })).await;
    for (text, wanted) in [
        ("TRK-118", 1),
        ("trk-118", 1),
        ("  “TRK-118”\u{200b} ", 1),
        ("118", 1),
        ("vehicle 118", 1),
        ("356938030000118", 1),
        ("35-693803-000011-8", 1),
        ("WDB96340000000118", 1),
        ("wdb96340000000118", 1),
        ("bär 9", 2),
        ("vehicle bär 9", 2),
        ("119", 2),
        ("5000", 3),
        ("unlisted", 3),
    ] {
        for field in ["q", "vehicle"] {
            let text = if field == "vehicle" { text.trim_start_matches("vehicle ") } else { text };
            let page = n.finds(&[(field, text)]).await;
            assert_eq!(
                (page.status(), stories(&page)),
                (200, vec![wanted]),
                "{field} {text}: {}",
                page.text()
            );
        }
    }
    let page = n.finds(&[("q", "trk-118")]).await;
    assert_eq!(page.attributes("#vehicle", "value"), ["TRK-118"], "as its fleet writes it");

    // Nearly: what begins like it is offered, as is a webhook that has it in its name.
    makes_webhook(&n.alice, &n.receiver, &[("name", "Hub of TRK-1199")]).await;
    let nearly = n.finds(&[("q", "TRK-1199")]).await;
    assert_eq!(nearly.texts("[data-testid=suggestions] a"), ["TRK-118", "Hub of TRK-1199"]);
    assert_eq!(sentences(&nearly)[0], "Nothing here has the id or the name TRK-1199.");
    let nearly = n.finds(&[("vehicle", "TRK-11"), ("window", "6h")]).await;
    assert_eq!(sentences(&nearly)[0], "No event was received for TRK-11.");
    let offered = nearly.attributes("[data-testid=suggestions] a", "href");
    assert_eq!(offered, [n.alice.path("/find?vehicle=TRK-118&window=6h")]);
}

#[tokio::test]
async fn from_the_ticket_to_the_delivery_in_three_pages() {
    let n = northline().await;
    makes_webhook(&n.alice, &n.receiver, &[("name", "Dispatch hub")]).await;
    makes_webhook(&n.alice, &n.receiver, &[("name", "Partner"), ("criteria", "data.geofenceName = Port 3")])
        .await;
    makes_webhook(&n.alice, &n.receiver, &[("name", "Off"), ("isActive", "")]).await;
    let alert = alert_with(&n.app, n.company, 103, 5, &[]).await;
    n.receiver.answers_with([503]);
    let data = json!({ "data": { "geofenceName": "Depot Nord", "isExit": true } });
    reports(&n.app, &n.api, alert, "TRK-118", data).await;
    n.waits_seconds(600).await;

    // 1: any page has the box.
    let start = n.alice.get(&n.alice.path("/webhooks")).await;
    let action = start.attributes("[data-testid=search]", "action").remove(0);
    assert_eq!(start.attributes("[data-testid=search] input", "name"), ["q"]);
    // 2: the story.
    let story = n.alice.get(&format!("{action}?q=TRK-118")).await;
    assert_eq!(story.status(), 200);
    assert_eq!(story.texts(".story__head h2"), ["Geofence exit"]);
    let head = story.texts(".story__head").remove(0);
    assert!(head.starts_with("14:00:00Geofence exitTRK-118 · Depot NordAlert 103 · alert 103"), "{head}");
    let lines = story.texts(".story li");
    assert!(
        lines[0].starts_with("Retrying 1/8Dispatch hub127.0.0.1 answered 503: it is not available. Next try"),
        "{lines:?}"
    );
    assert!(lines[1].starts_with("Not sentPartnerCriteria: data.geofenceName: expected"), "{lines:?}");
    assert_eq!(lines[2], "Not sentOffThe webhook was inactive when the event arrived.");
    // 3: the delivery, which leads back.
    let delivery = n.alice.get(&story.attributes(".story li a", "href")[0]).await;
    assert_eq!(delivery.texts("[data-testid=verdict] .badge"), ["Retrying 1/8"]);
    let back = delivery.attributes("[data-testid=verdict] .links a", "href");
    assert!(back.contains(&n.alice.path("/find?event=1")), "{back:?}");
    assert_eq!(stories(&n.alice.get(&n.alice.path("/find?event=1")).await), [1]);
}

#[tokio::test]
async fn hostile_texts_find_nothing_and_break_nothing() {
    let n = northline().await;
    let alert = alert_with(&n.app, n.company, 103, 5, &[]).await;
    n.reports(alert, "TRK-118").await;
    n.reports(alert, "100%_sure").await;
    makes_webhook(&n.alice, &n.receiver, &[("name", "Dispatch hub")]).await;
    let long = "x".repeat(2_000);
    for text in [
        "%",
        "_",
        "%%%",
        "TRK_118",
        "T%",
        "\\",
        "'; DROP TABLE events; --",
        "<script>alert(1)</script>",
        "\u{202e}811-KRT",
        &long,
    ] {
        for field in ["q", "vehicle"] {
            let page = n.finds(&[(field, text)]).await;
            let is_long = text.len() > 200 && field == "vehicle";
            assert_eq!(page.status(), if is_long { 422 } else { 200 }, "{field} {text}");
            assert_eq!(stories(&page), Vec::<i64>::new(), "{field} {text}");
            assert!(
                !page.answer.text.contains("<script>alert") && !page.answer.text.contains('\u{202e}'),
                "{text}"
            );
        }
    }
    assert_eq!(stories(&n.finds(&[("q", "100%_SURE")]).await), [2]);
    assert_eq!(stories(&n.finds(&[("q", "TRK\0-118\u{202e}")]).await), [1], "what cannot be seen is dropped");
    for query in ["q=%00", "q=%ff%fe", "q=", "vehicle=%00", "before=x&type=y&window=z&tz=q"] {
        let page = n.alice.get(&n.alice.path(&format!("/find?{query}"))).await;
        assert_eq!((page.status(), stories(&page).len()), (200, 0), "{query}");
    }
    for (field, value) in
        [("around", "noon"), ("around", "9999-99-99 99:99"), ("alert", "x"), ("alert", "-1")]
    {
        let page = n.finds(&[("vehicle", "TRK-118"), (field, value)]).await;
        assert_eq!((page.status(), page.texts(".errors a").len()), (422, 1), "{field}={value}");
        assert_eq!(page.attributes(&format!("#{field}"), "value"), [value], "as it was typed");
        assert_eq!(page.attributes(&format!("#{field}"), "aria-invalid"), ["true"]);
    }
    for query in
        ["around=9999-12-30+20%3A59&vehicle=TRK-118", "around=0000-01-01+00%3A00", "event=", "event=x"]
    {
        let status = n.alice.get(&n.alice.path(&format!("/find?{query}"))).await.status();
        assert_eq!(status, if query == "event=x" { 404 } else { 200 }, "{query}");
    }
}
