//! Support sees names and types of payloads, and their values with a reason that is written down.

use belfry::actions::users::{self, NewUser};
use belfry::domain::access::Role;
use belfry::domain::secret::Secret;
use belfry::store::audit;
use serde_json::{Value, json};

use super::{makes_webhook, webhook_form};
use crate::support::app::PASSWORD;
use crate::support::{ApiClient, Page, Person, Receiver, Reply, TestApp};

/// What nobody reads who may not see values: a position, an address, what an alert type adds.
const VALUES: [&str; 6] = ["53.546199", "9.966388", "Steindamm", "Depot Nord", "kept from support", "274"];

struct World {
    app: TestApp,
    alice: Person,
    support: Person,
    receiver: Receiver,
}

impl World {
    /// Two events. Of each, the first delivery failed twice with the event's values in what came back, once as JSON and
    /// once as text; the second was not sent, since a value is another one.
    async fn new() -> Self {
        let app = TestApp::start().await;
        let company = app.company("Northline").await;
        let alice = app.person(Role::Admin, Some(company)).await;
        let support = app.person(Role::Support, None).await;
        let receiver = Receiver::start().await;
        makes_webhook(&alice, &receiver, &[]).await;
        makes_webhook(
            &alice,
            &receiver,
            &[("name", "Port desk"), ("criteria", "data.geofenceName = Port 3")],
        )
        .await;
        let (alert, api) = (app.alert(company, 5).await, app.api(company).await);
        let world = Self { app, alice, support, receiver };
        for delivery in [1, 3] {
            let told =
                json!({ "got": { "lat": 53.546_199, "where": "Depot Nord" }, "ok": false }).to_string();
            let header = |reply: Reply| reply.header("X-Echo", "Steindamm 94").header("Retry-After", "900");
            world.receiver.answers([
                header(Reply::status(500).body(told)),
                header(Reply::status(500).body("left Depot Nord at 53.546199, Steindamm 94")),
            ]);
            let fired = api.post(&format!("/api/v2/alerts/{alert}/events"), &event()).await;
            assert_eq!(fired.status, 202, "{}", fired.text);
            world.app.settle().await;
            let retry = world.alice.path(&format!("/deliveries/{delivery}/send-now"));
            assert_eq!(world.alice.post(&retry, &[]).await.status(), 303);
        }
        world.support.get(&world.support.path("/deliveries/1")).await;
        world
    }

    async fn reveals(&self, who: &Person, delivery: i64, reason: &str) -> Page {
        who.post(
            &who.path(&format!("/deliveries/{delivery}/reveal")),
            &[("reason", reason), ("attempt", "1")],
        )
        .await
    }

    /// What the trail says of reveals.
    async fn revealed(&self, delivery: i64) -> Vec<Value> {
        let read = self.app.services.store.read(move |db| audit::of_object(db, "delivery", delivery));
        let lines = read.await.unwrap().into_iter().filter(|(action, _)| action == "delivery.reveal");
        lines.map(|(_, changes)| serde_json::from_str(&changes).unwrap()).collect()
    }
}

fn event() -> Value {
    json!({
        "vehicleId": 118,
        "vehicleName": "TRK-118",
        "position": { "lat": 53.546_199, "lng": 9.966_388 },
        "direction": 274,
        "timestamp": "2026-09-22T12:02:10Z",
        "address": { "street": "Steindamm 94", "suburb": null, "state": null, "postcode": null, "country": null },
        "data": { "geofenceName": "Depot Nord", "isExit": true, "note": "kept from support" },
    })
}

/// Every address that shows something of a body or is made from one, for the first event; whether values stand there for
/// who may see them.
const DOORS: [(&str, bool); 24] = [
    ("/deliveries/1", true),
    ("/deliveries/1?view=raw", true),
    ("/deliveries/1?view=hex", true),
    ("/deliveries/1?attempt=1", true),
    ("/deliveries/1/attempts/1", true),
    ("/deliveries/1/attempts/2?view=raw", true),
    ("/deliveries/1/attempts/2/compare/1", true),
    ("/deliveries/1?compare=1", true),
    ("/deliveries/1/attempts/1/request-body", true),
    ("/deliveries/1/attempts/1/response-body", true),
    ("/deliveries/1/attempts/2/response-body", true),
    ("/deliveries/2", true),
    ("/deliveries/2?view=raw", true),
    ("/simulate?event=1", true),
    ("/simulate?event=1&webhook=2", true),
    ("/signature-lab?attempt=1&delivery=1", true),
    ("/find?event=1", true),
    ("/find?q=TRK-118", true),
    ("/webhooks/1", true),
    ("/deliveries.csv", true),
    ("/deliveries.ndjson", true),
    ("/deliveries", false),
    ("/webhooks/1/history", false),
    ("/", false),
];

fn told(page: &Page) -> Vec<&'static str> {
    // Numbers stand in tokens, too; three digits count where nothing else stands beside them.
    let text = &page.answer.text;
    let is_there = |value: &&str| match *value {
        "274" => text.contains(": 274") || text.contains(":274") || text.contains(">274<"),
        value => text.contains(value),
    };
    VALUES.into_iter().filter(is_there).collect()
}

#[tokio::test]
async fn no_door_shows_support_a_value_and_every_door_does_after_a_reveal() {
    let world = World::new().await;
    for (path, tells) in DOORS {
        let page = world.alice.get(&world.alice.path(path)).await;
        assert_eq!(page.status(), 200, "{path}");
        assert_eq!(!told(&page).is_empty(), tells, "{path} for who may see it: {}", page.text());
    }
    let own = world.alice.path("");
    for (path, _) in DOORS {
        for prefix in [world.support.path(""), own.clone()] {
            let page = world.support.get(&format!("{prefix}{path}")).await;
            let is_file = path.ends_with("-body");
            assert_eq!(page.status(), if is_file { 403 } else { 200 }, "{path}");
            assert!(told(&page).is_empty(), "{path}: {:?} in {}", told(&page), page.text());
            if is_file {
                assert!(page.text().contains("You may not see the values of payloads."), "{}", page.text());
            }
        }
    }

    assert_eq!(world.reveals(&world.support, 1, "ticket 4711").await.status(), 303);
    for (path, tells) in DOORS {
        let page = world.support.get(&world.support.path(path)).await;
        assert_eq!(page.status(), 200, "{path}");
        // Of a webhook's last answers the page does not know the events.
        assert_eq!(!told(&page).is_empty(), tells && path != "/webhooks/1", "{path}: {}", page.text());
        let as_alice = world.alice.get(&world.alice.path(path)).await;
        if path.ends_with("-body") {
            assert_eq!(page.answer.text, as_alice.answer.text, "{path}");
        }
    }
    for path in
        DOORS.map(|(path, _)| path.replace("/1", "/3").replace("/2", "/4").replace("event=1", "event=2"))
    {
        if path.contains("deliveries/") || path.contains("event=2") {
            let path = path.replace("attempts/3", "attempts/1").replace("attempts/4", "attempts/2");
            let path = path.replace("compare/3", "compare/1").replace("delivery=1", "delivery=3");
            let page = world.support.get(&world.support.path(&path)).await;
            assert!(matches!(page.status(), 200 | 403), "{path}: {}", page.status());
            assert!(told(&page).is_empty(), "{path} is of another event: {:?}", told(&page));
        }
    }
}

#[tokio::test]
async fn what_support_answers_with_stays() {
    let world = World::new().await;
    let page = world.support.get(&world.support.path("/deliveries/1?view=raw")).await;
    let body = page.texts("#request-body").remove(0);
    assert!(body.contains("\"vehicleName\":\"•••\"") && body.contains("\"lat\":\"••• number\""), "{body}");
    let text = page.text();
    for fact in
        ["TRK-118", "Geofence", "500", "Retrying 2/8", "Dispatch hub", "POST /hook", "Retry-After: 900"]
    {
        assert!(text.contains(fact) || text.contains(&fact.to_lowercase()), "{fact}: {text}");
    }
    let answer = page.texts("#response-body").remove(0);
    assert_eq!(answer, "42 bytes are withheld: they are not JSON, so no value in them can be masked.");
    assert!(page.texts("[data-testid=response] .card__head").remove(0).contains("42 bytes"), "its size");
    let first = world.support.get(&world.support.path("/deliveries/1/attempts/1?view=raw")).await;
    let answer = first.texts("#response-body").remove(0);
    assert_eq!(answer, r#"{"got":{"lat":"••• number","where":"•••"},"ok":"••• true or false"}"#);
    for page in [&page, &first] {
        assert!(page.attributes("a[download]", "href").is_empty());
        assert!(page.attributes("[data-testid=check-signature]", "href").is_empty());
        assert!(page.attributes("[data-copy]", "data-copy").iter().all(|copied| !copied.starts_with("curl")));
    }
    let hex = world.support.get(&world.support.path("/deliveries/1?view=hex")).await;
    assert!(hex.texts("#request-body").remove(0).contains("e2 80 a2"), "the mask, byte for byte");
    let compared = world.support.get(&world.support.path("/deliveries/1?compare=1")).await;
    let rows = compared.texts("#attempt tbody tr");
    assert!(
        rows.iter().any(|row| row.contains("Body") && row.contains("differs") && row.contains("42 bytes"))
    );

    let page = world.support.get(&world.support.path("/deliveries/2")).await;
    assert!(page.text().contains("data.geofenceName: expected “Port 3”, got “•••”"), "{}", page.text());
    let story = world.support.get(&world.support.path("/find?event=1")).await;
    assert!(story.text().contains("Geofence exit") && story.text().contains("TRK-118"), "{}", story.text());
    let simulated = world.support.get(&world.support.path("/simulate?event=1")).await;
    assert_eq!(simulated.texts("#json"), [""]);
    assert!(simulated.text().contains("Its values are masked"));
    // What is made up is nobody's.
    let sample = world.support.get(&world.support.path("/simulate?alert=1&vehicle=TRK-118")).await;
    assert!(sample.text().contains("Depot Zone"), "{}", sample.text());
}

#[tokio::test]
async fn a_check_of_a_signature_is_no_way_to_guess_a_body() {
    let world = World::new().await;
    let body = String::from_utf8(world.receiver.received()[0].body.clone()).unwrap();
    for (who, is_told) in [(&world.alice, true), (&world.support, false)] {
        let lab = who.get(&who.path("/signature-lab?attempt=1&delivery=1")).await;
        let headers = lab
            .html()
            .select(&scraper::Selector::parse("#headers").unwrap())
            .next()
            .unwrap()
            .text()
            .collect::<String>();
        assert!(headers.contains("X-Telemax-Signature"), "{headers}");
        let answers = async |body: &str| {
            let fields = [
                ("format", "telemax"),
                ("secret", "not the secret"),
                ("headers", headers.as_str()),
                ("body", body),
                ("encoding", "text"),
                ("receivedAt", ""),
                ("delivery", "1"),
                ("attempt", "1"),
            ];
            let answer = who.post(&who.path("/signature-lab"), &fields).await;
            assert_eq!(answer.status(), 200, "{}", answer.text());
            (answer.texts("[data-testid=verdict]").remove(0), answer.texts("[data-testid=steps]").remove(0))
        };
        let (right, wrong) = (answers(&body).await, answers(&body.replace("53.546199", "53.546198")).await);
        assert_eq!(right != wrong, is_told, "{}: {right:?} and {wrong:?}", who.email);
    }
}

#[tokio::test]
async fn a_reveal_needs_a_reason_and_leaves_one_entry() {
    let world = World::new().await;
    for (typed, words) in [
        ("", "Say why, in at least 3 characters."),
        (" <b ", "Say why, in at least 3 characters."),
        (&"long ".repeat(101), "It may have at most 500 characters"),
    ] {
        let typed = typed.trim_end();
        let refused = world.reveals(&world.support, 1, typed).await;
        assert_eq!(refused.status(), 422, "{typed}");
        assert!(refused.texts("[data-testid=errors]").remove(0).contains(words), "{}", refused.text());
        assert!(refused.texts("#reason-error").remove(0).contains(words));
        assert_eq!(refused.attributes("#reason", "value"), [typed], "as typed");
        assert_eq!(refused.attributes("input[name=attempt]", "value"), ["1"], "the same attempt");
        assert!(told(&refused).is_empty());
    }
    assert!(world.revealed(1).await.is_empty());
    let path = world.support.path("/deliveries/1/reveal");
    assert_eq!(world.support.get(&path).await.location(), Some(&*world.support.path("/deliveries/1")));

    let reason = "ticket 4711: “<b>where was it?</b>”";
    let done = world.support.post(&format!("{path}?view=raw"), &[("reason", reason), ("attempt", "1")]).await;
    assert_eq!(
        (done.status(), done.location()),
        (303, Some(&*world.support.path("/deliveries/1/attempts/1?view=raw")))
    );
    let page = world.support.get(done.location().unwrap()).await;
    let now = page.texts("[data-testid=revealed]").remove(0);
    assert!(
        now.starts_with("Revealed by you at ") && now.contains(reason) && now.contains("masked again at"),
        "{now}"
    );
    assert!(page.texts("[data-testid=flash]").remove(0).contains("are shown to you until"));
    assert!(!page.answer.text.contains("<b>where"));
    assert!(page.texts("[data-testid=masked]").is_empty());
    let entry =
        json!({ "event": { "before": null, "after": 1 }, "reason": { "before": null, "after": reason } });
    assert_eq!(world.revealed(1).await, std::slice::from_ref(&entry));
    // What is seen already is not written down again, from whichever delivery of the event.
    for delivery in [1, 2] {
        assert_eq!(world.reveals(&world.support, delivery, "once more").await.status(), 303);
    }
    assert_eq!((world.revealed(1).await, world.revealed(2).await.len()), (vec![entry], 0));
    let trail = world.alice.get(&world.alice.path("/audit?kind=delivery")).await;
    let line = trail.texts("[data-testid=audit] tbody tr").remove(0);
    assert!(
        line.contains("support 0 revealed the payload of Dispatch hub") && line.contains(reason),
        "{line}"
    );
}

#[tokio::test]
async fn a_reveal_is_one_persons_and_ends_after_an_hour() {
    let world = World::new().await;
    let other = NewUser {
        company_id: None,
        email: "other@example.com".to_owned(),
        name: "Other".to_owned(),
        role: Role::Support,
        password: Some(Secret::new(PASSWORD)),
    };
    users::add(&world.app.context(), other).await.unwrap();
    let other = Person::new(&world.app.url, "other@example.com", None);
    other.signs_in(PASSWORD).await;
    assert_eq!(world.reveals(&world.support, 1, "ticket 4711").await.status(), 303);
    let sees = async |who: &Person| {
        let page = who.get(&who.path("/deliveries/1?view=raw")).await;
        assert_eq!(page.status(), 200);
        let file = who.get(&who.path("/deliveries/1/attempts/1/request-body")).await;
        assert_eq!(file.status() == 200, !told(&page).is_empty());
        !told(&page).is_empty()
    };
    assert!(sees(&world.support).await && !sees(&other).await);
    // Their other entries do not push it out.
    for _ in 0..3 {
        world.support.post(&world.support.path("/deliveries/1/send-now"), &[]).await;
    }
    world.app.wait_seconds(3_599);
    // It is the person's and not their session's, which has ended meanwhile.
    assert_eq!(world.support.signs_in(PASSWORD).await.status(), 303);
    assert!(sees(&world.support).await);
    world.app.wait_seconds(1);
    assert!(!sees(&world.support).await);
    assert_eq!(world.reveals(&world.support, 1, "ticket 4711 again").await.status(), 303);
    assert!(sees(&world.support).await);
    assert_eq!(world.revealed(1).await.len(), 2);
}

#[tokio::test]
async fn who_sees_everything_or_nothing_reveals_nothing() {
    let world = World::new().await;
    let company = world.alice.company;
    for role in [Role::Editor, Role::Viewer] {
        let person = world.app.person(role, company).await;
        let page = person.get(&person.path("/deliveries/1?view=raw")).await;
        assert!(!told(&page).is_empty(), "{role:?} sees values");
        assert!(page.texts("[data-testid=masked], [data-testid=revealed]").is_empty());
        assert_eq!(world.reveals(&person, 1, "curious").await.status(), 409, "{role:?}");
    }
    assert_eq!(world.reveals(&world.alice, 1, "curious").await.status(), 409);
    let operator = world.app.person(Role::Operator, None).await;
    operator.get("/console/c/all/deliveries/1").await;
    assert_eq!(world.reveals(&operator, 1, "curious").await.status(), 403);
    let mallory = world.app.company("Mallory Ltd").await;
    let elsewhere = format!("/console/c/{mallory}/deliveries/1/reveal");
    assert_eq!(world.support.post(&elsewhere, &[("reason", "ticket 4711")]).await.status(), 404);
    let mallory = world.app.person(Role::Admin, Some(mallory)).await;
    mallory.get(&mallory.path("/deliveries")).await;
    assert_eq!(world.reveals(&mallory, 1, "curious").await.status(), 404);
    assert!(world.revealed(1).await.is_empty());
}

#[tokio::test]
async fn a_token_opens_no_door_around_it() {
    let world = World::new().await;
    let company = world.alice.company.unwrap();
    let signs_in = async |person: &Person| {
        let body = json!({ "userName": person.email, "password": PASSWORD });
        let token =
            ApiClient::new(&world.app.url, "").post("/authtoken", &body).await.json()["token"].clone();
        ApiClient::new(&world.app.url, token.as_str().unwrap())
    };
    let (alice, support) = (signs_in(&world.alice).await, signs_in(&world.support).await);
    let records = format!(
        "/api/v2/companies/{company}/alert-records?from=2026-01-01T00:00:00Z&num=10&page=1&pageSize=10"
    );
    let seen = alice.get(&records).await;
    assert!(seen.status == 200 && seen.text.contains("53.546199"), "{}", seen.text);
    let refused = support.get(&records).await;
    assert_eq!(refused.status, 403);
    assert!(
        refused.text.contains("values of payloads") && !refused.text.contains("53.5"),
        "{}",
        refused.text
    );
    for path in [
        "/public/v1/notifications/webhooks?select=%2BlastCall",
        "/public/v1/notifications/webhooks/WBH-0000-0001",
    ] {
        let seen = alice.get(path).await;
        assert!(seen.status == 200 && seen.text.contains("Steindamm"), "{path}: {}", seen.text);
        let masked = support.get(path).await;
        assert_eq!(masked.status, 200, "{path}: {}", masked.text);
        assert!(masked.text.contains("lastCall") && masked.text.contains("are withheld"), "{}", masked.text);
        assert!(VALUES[..5].iter().all(|value| !masked.text.contains(value)), "{}", masked.text);
    }
}

/// The page of a webhook says so, too.
#[tokio::test]
async fn what_a_webhook_is_asked_for_stays_visible() {
    let world = World::new().await;
    let page = world.support.get(&world.support.path("/webhooks/2")).await;
    assert!(page.text().contains("data.geofenceName = Port 3"), "{}", page.text());
    let url = world.receiver.url();
    let fields = webhook_form(&url, &[]);
    assert_eq!(world.support.post(&world.support.path("/webhooks/1/edit"), &fields).await.status(), 403);
}
