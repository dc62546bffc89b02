//! "Why did they not get it?": the search box, the stories of events, and the answers when there is none.

use belfry::actions::alerts::{self as alert_actions, NewAlert};
use belfry::domain::access::Role;
use belfry::domain::alert::Unit;
use belfry::domain::ids::{AlertId, CompanyId};
use belfry::domain::time::Timestamp;
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
async fn another_companys_things_are_not_there() {
    let n = northline().await;
    let mallory_ltd = n.app.company("Mallory Ltd").await;
    let mallory = n.app.person(Role::Admin, Some(mallory_ltd)).await;
    makes_webhook(&n.alice, &n.receiver, &[("name", "Alices secret project")]).await;
    let alert = alert_with(&n.app, n.company, 103, 5, &[(118, "TRK-118")]).await;
    let event = n.reports(alert, "TRK-118").await;
    let host = "127.0.0.1";
    for text in
        ["1", "wh-001", "103", "alert 103", "TRK-118", "trk-11", "118", "356938030000118", host, &event]
    {
        let (there, nowhere) = (finds(&mallory, &[("q", text)]).await, finds(&mallory, &[("q", "zz")]).await);
        assert_eq!(there.status(), 200, "{text}");
        let expected = nowhere.text().replace("name zz", &format!("name {text}"));
        assert_eq!(there.text(), expected, "{text}: the same as for what nobody has");
        let hers = finds(&n.alice, &[("q", text)]).await;
        let is_there = hers.status() == 303 || !hers.texts("[data-testid=suggestions]").is_empty();
        assert!(is_there || sentences(&hers).is_empty(), "{text} is there for Alice: {}", hers.text());
    }
    for query in [[("vehicle", "TRK-118")], [("alert", "103")], [("type", "5")]] {
        let page = finds(&mallory, &query).await;
        assert!(
            stories(&page).is_empty() && !page.text().contains("Alert 103"),
            "{query:?}: {}",
            page.text()
        );
    }
    assert_eq!(finds(&mallory, &[("event", &event)]).await.status(), 404);
    assert_eq!(finds(&mallory, &[("event", "1")]).await.status(), 404);
    assert_eq!(mallory.get(&n.alice.path("/find?q=TRK-118")).await.status(), 404);
    assert_eq!(mallory.get("/console/c/all/find?q=TRK-118").await.status(), 404);
}

#[tokio::test]
async fn a_company_finds_what_is_below_it_and_staff_find_everything() {
    let app = TestApp::start().await;
    let parent = app.company("Northline").await;
    let child = app.sub_company("Cold Chain", parent).await;
    let other = app.company("Prairie Haul").await;
    let (alice, carl) =
        (app.person(Role::Admin, Some(parent)).await, app.person(Role::Admin, Some(child)).await);
    let sam = app.person(Role::Support, None).await;
    let mut alerts = Vec::new();
    for (at, company) in [parent, child, other].into_iter().enumerate() {
        let alert = alert_with(&app, company, 101 + i64::try_from(at).unwrap(), 5, &[]).await;
        alerts.push((alert, app.api(company).await));
    }
    // Three rounds: the companies' events lie between each other's.
    for _ in 0..3 {
        for (alert, api) in &alerts {
            reports(&app, api, *alert, "VAN 1", json!({})).await;
        }
    }
    for query in [[("q", "van 1")], [("vehicle", "Van 1")], [("type", "5")]] {
        assert_eq!(stories(&finds(&alice, &query).await), [8, 7, 5, 4, 2, 1], "{query:?}");
        assert_eq!(stories(&finds(&carl, &query).await), [8, 5, 2], "{query:?}");
        assert_eq!(stories(&finds(&sam, &query).await), [9, 8, 7, 6, 5, 4, 3, 2, 1], "{query:?}");
    }
    assert_eq!(stories(&finds(&alice, &[("alert", "102")]).await), [8, 5, 2]);
    assert!(stories(&finds(&carl, &[("alert", "101")]).await).is_empty());
    let page = finds(&alice, &[("vehicle", "VAN 1")]).await;
    let heads = page.texts(".story__head");
    assert!(heads[0].contains("VAN 1 · Cold Chain") && !heads[1].contains("Northline"), "{heads:?}");
    assert_eq!(carl.get(&alice.path("/find")).await.status(), 404);
    let operator = app.person(Role::Operator, None).await;
    assert_eq!(operator.get(&operator.path("/find?q=VAN+1")).await.status(), 403);
}

#[tokio::test]
async fn what_never_came_is_explained() {
    let n = northline().await;
    let silent = alert_with(&n.app, n.company, 107, 1, &[]).await;
    alert_with(&n.app, n.company, 101, 5, &[(31, "TRK-031"), (77, "TRK-077")]).await;
    n.app.wait_seconds(3_600);
    n.reports(silent, "TRK-118").await; // 15:00 in Berlin
    n.app.wait_seconds(5_400);
    alert_with(&n.app, n.company, 103, 5, &[]).await; // 16:30
    n.waits_seconds(1_800).await;

    let page = n.finds(&[("vehicle", "TRK-118"), ("type", "5"), ("around", "16:00")]).await;
    assert_eq!(
        sentences(&page),
        [
            "No Geofence event was received for TRK-118 between 15:00 and 17:00.",
            "The last event from it: 15:00:00 (Device Disconnected).",
            "No alert of the type Geofence could have fired for TRK-118.",
            "Alert 101 “Alert 101” does not watch TRK-118: it watches 2 others.",
            "Alert 103 “Alert 103” was set up at 16:30:00: what happened before was never reported.",
        ]
    );
    let wider = page.attributes("[data-testid=absent] .actions a", "href");
    assert_eq!(
        wider,
        [
            n.alice.path("/find?around=16%3A00&type=5&vehicle=TRK-118&window=6h"),
            n.alice.path("/find?vehicle=TRK-118")
        ]
    );
    // Before the time that was asked for, nothing had come.
    let page = n.finds(&[("vehicle", "TRK-118"), ("around", "12:00")]).await;
    assert_eq!(
        sentences(&page),
        [
            "No event was received for TRK-118 between 11:00 and 13:00.",
            "Nothing else was received from it either."
        ]
    );
    let page = n.finds(&[("alert", "999"), ("vehicle", "TRK-118")]).await;
    assert_eq!(sentences(&page)[0], "No event of alert 999 was received for TRK-118.");
    assert_eq!(sentences(&page).last().unwrap(), "There is no alert 999 here.");
    let page = n.finds(&[("type", "18")]).await;
    assert_eq!(sentences(&page)[1], "No alert of the type Reminder is set up here.");

    n.app.database.run("UPDATE alerts SET deleted_at = 1790085600000000 WHERE id = 103"); // 16:00 in Berlin
    let page = n.finds(&[("alert", "103"), ("vehicle", "TRK-118"), ("around", "16:00")]).await;
    assert_eq!(sentences(&page).last().unwrap(), "Alert 103 “Alert 103” was deleted at 16:00:00.");
}

#[tokio::test]
async fn what_no_webhook_could_have_got_says_what_is_missing() {
    let n = northline().await;
    let alert = alert_with(&n.app, n.company, 103, 5, &[]).await;
    let idle = alert_with(&n.app, n.company, 104, 7, &[]).await;
    let (hook, _) =
        makes_webhook(&n.alice, &n.receiver, &[("receives", "linked"), ("name", "Dispatch hub")]).await;
    n.reports(alert, "TRK-118").await;
    n.reports(idle, "TRK-118").await;
    let said = async || n.finds(&[("vehicle", "TRK-118")]).await.texts("[data-testid=unlinked] p");
    assert_eq!(
        said().await,
        [
            "Received, but no webhook receives all alerts, and alerts of the type Idle cannot be linked to one.",
            "Received, but no webhook is linked to alert 103.",
        ]
    );
    let page = n.finds(&[("event", "1")]).await;
    assert_eq!(page.texts("[data-testid=unlinked] a"), ["Link one…", "Simulate"]);
    let simulate = page.attributes("[data-testid=unlinked] a", "href").remove(1);
    assert!(n.alice.get(&simulate).await.text().contains("It is not linked to this alert."));
    let viewer = n.app.person(Role::Viewer, Some(n.company)).await;
    assert_eq!(finds(&viewer, &[("event", "1")]).await.texts("[data-testid=unlinked] a"), ["Simulate"]);

    n.waits_seconds(600).await;
    let links = n.alice.path(&format!("/webhooks/{hook}/alert-links"));
    let links_to = async |alerts: &[(&str, &str)]| {
        let page = n.alice.get(&links).await;
        let hidden = |name: &str| page.attributes(&format!("main input[name={name}]"), "value").remove(0);
        let (version, linked) = (hidden("version"), hidden("linked"));
        let fields = [alerts, &[("version", version.as_str()), ("linked", &linked)]].concat();
        let saved = n.alice.post(&links, &fields).await;
        assert_eq!(saved.status(), 303, "{}", saved.text());
    };
    links_to(&[("alertIds", "103")]).await;
    assert_eq!(
        said().await[1],
        "Received, but no webhook was linked to alert 103 then. Dispatch hub was linked later, at 14:10:00."
    );
    n.waits_seconds(600).await;
    links_to(&[]).await;
    n.waits_seconds(600).await;
    n.reports(alert, "TRK-118").await;
    let newest = said().await.remove(0);
    assert!(
        newest.starts_with(
            "Received, but no webhook is linked to alert 103. Dispatch hub had been linked until"
        )
    );
    assert!(newest.ends_with("unlinked it at 14:20:00."), "{newest}");
}

#[tokio::test]
async fn times_are_those_of_the_wall_clock_even_when_clocks_change() {
    let n = northline().await;
    let alert = alert_with(&n.app, n.company, 103, 5, &[]).await;
    // 02:30 comes twice in Berlin in this night, at 00:30 and 01:30 UTC.
    for at in ["2026-10-25T00:10:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T01:50:00Z"]
    {
        let wait = Timestamp::parse(at).unwrap().since(n.app.services.clock.now());
        n.waits_seconds(wait / 1_000_000).await;
        n.reports(alert, "TRK-118").await;
    }
    let around = async |at: &str, width: &str| {
        let page = n.finds(&[("vehicle", "TRK-118"), ("around", at), ("window", width)]).await;
        assert_eq!(page.status(), 200, "{}", page.text());
        stories(&page)
    };
    assert_eq!(around("2026-10-25 02:30", "15m").await, [3, 2]);
    assert_eq!(around("2026-10-25 02:10", "15m").await, [2, 1], "from the first 02:10 to the second");
    assert_eq!(around("2026-10-25T00:30:00Z", "15m").await, [2]);
    assert_eq!(around("2026-10-25 01:55", "15m").await, Vec::<i64>::new());
    assert_eq!(around("2026-10-25 02:30", "1h").await, [4, 3, 2, 1]);
    let page = n.finds(&[("vehicle", "TRK-118"), ("around", "2026-10-25 02:30"), ("window", "15m")]).await;
    let summary = page.texts("[data-testid=summary]").remove(0);
    assert!(
        summary.starts_with("2 events of TRK-118 between 02:15 CEST and 02:45 CET, newest first."),
        "{summary}"
    );
    // In UTC it is another time.
    let utc = n
        .finds(&[("vehicle", "TRK-118"), ("around", "2026-10-25 01:30"), ("tz", "UTC"), ("window", "15m")])
        .await;
    assert_eq!(stories(&utc), [3]);
}

#[tokio::test]
async fn what_came_late_is_found_by_the_time_at_which_it_happened() {
    let n = northline().await;
    let alert = alert_with(&n.app, n.company, 103, 5, &[]).await;
    n.reports(alert, "TRK-118").await;
    n.waits_seconds(7_500).await;
    let then = json!({ "timestamp": "2026-09-22T12:01:00Z" });
    reports(&n.app, &n.api, alert, "TRK-118", then).await;
    n.reports(alert, "TRK-118").await;
    let page = n.finds(&[("vehicle", "TRK-118"), ("around", "14:00"), ("window", "15m")]).await;
    assert_eq!(stories(&page), [2, 1]);
    assert!(
        page.texts(".story__head")[0].contains("received 2 h 4 min later"),
        "{:?}",
        page.texts(".story__head")
    );
    // And by the time at which it came, as what it is.
    assert_eq!(
        stories(&n.finds(&[("vehicle", "TRK-118"), ("around", "16:05"), ("window", "15m")]).await),
        [3, 2]
    );
}

#[tokio::test]
async fn many_events_are_paged() {
    let n = northline().await;
    let (geofence, ignition) =
        (alert_with(&n.app, n.company, 103, 5, &[]).await, alert_with(&n.app, n.company, 104, 8, &[]).await);
    makes_webhook(&n.alice, &n.receiver, &[]).await;
    for at in 0..60 {
        n.reports(if at % 2 == 0 { geofence } else { ignition }, "TRK-118").await;
    }
    n.reports(geofence, "TRK-119").await;
    let first = n.finds(&[("vehicle", "TRK-118"), ("type", "5")]).await;
    assert_eq!(stories(&first), (21..=59).rev().step_by(2).collect::<Vec<i64>>());
    assert!(first.texts("[data-testid=summary]")[0].starts_with("The newest 20 events of TRK-118. One line"));
    assert!(first.answer.text.len() < 40_000, "{} bytes", first.answer.text.len());
    let older = n.alice.get(&first.attributes("a[rel=next]", "href")[0]).await;
    assert_eq!(stories(&older), (1..=19).rev().step_by(2).collect::<Vec<i64>>());
    assert!(older.attributes("a[rel=next]", "href").is_empty());
    // The search box's own pages, too; and exactly one page has no next.
    let boxed = n.finds(&[("q", "TRK-118")]).await;
    assert_eq!(
        stories(&n.alice.get(&boxed.attributes("a[rel=next]", "href")[0]).await),
        (21..=40).rev().collect::<Vec<_>>()
    );
    let exact = n.finds(&[("vehicle", "TRK-118"), ("before", "21")]).await;
    assert_eq!((stories(&exact).len(), exact.attributes("a[rel=next]", "href").len()), (20, 0));
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
