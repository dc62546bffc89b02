//! One delivery's page: what was set up then, what was done since, what can be done, and nothing foreign as markup.

use belfry::domain::access::Role;
use belfry::domain::ids::{AlertId, CompanyId};

use super::{fires, makes_webhook, webhook_form};
use crate::support::{Page, Person, Receiver, Reply, TestApp};

struct World {
    app: TestApp,
    alice: Person,
    receiver: Receiver,
    company: CompanyId,
    alert: AlertId,
}

impl World {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let company = app.company("Northline").await;
        let alice = app.person(Role::Admin, Some(company)).await;
        let alert = app.alert(company, 8).await;
        Self { alice, receiver: Receiver::start().await, company, alert, app }
    }

    async fn makes(&self, differs: &[(&str, &str)]) {
        makes_webhook(&self.alice, &self.receiver, differs).await;
    }

    async fn fires(&self) {
        fires(&self.app, self.company, self.alert).await;
    }

    async fn get(&self, path: &str) -> Page {
        self.alice.get(&self.alice.path(path)).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.alice.post(&self.alice.path(path), fields).await
    }

    /// Has the webhook changed.
    async fn edits(&self, url: &str, version: &str, differs: &[(&str, &str)]) {
        let mut fields = webhook_form(url, differs);
        fields.push(("version", version));
        let saved = self.post("/webhooks/1/edit", &fields).await;
        assert_eq!(saved.status(), 303, "{}", saved.text());
    }
}

fn facts(page: &Page) -> String {
    page.texts("[data-testid=attempt] .facts").join(" ")
}

#[tokio::test]
async fn what_was_set_up_then_and_what_changed_since() {
    let world = World::new().await;
    world.makes(&[("authType", "bearer"), ("token-bearer", "first-token-1111")]).await;
    world.receiver.answers_with([503]);
    world.fires().await;
    let before = world.get("/deliveries/1").await;
    assert!(
        facts(&before).contains("by admin 1") && facts(&before).contains("nothing changed"),
        "{}",
        facts(&before)
    );

    world.app.wait_seconds(2);
    let other = world.receiver.url_of("/other");
    world.edits(&other, "1", &[("authType", "bearer"), ("token-bearer", "second-token-2222")]).await;
    world.post("/webhooks/1/secret", &[("version", "2")]).await;
    let after = world.get("/deliveries/1").await;
    let said = facts(&after);
    assert!(said.contains("URL: ") && said.contains("/hook → ") && said.contains("/other"), "{said}");
    assert!(said.contains("Signing secret changed"), "{said}");
    assert!(!said.contains("1111") && !said.contains("2222"), "of a credential only that it changed: {said}");
    let version = after.attributes("[data-testid=attempt] .facts a", "href").remove(0);
    assert!(world.alice.get(&version).await.text().contains("Version 1"));
    let timeline = after.texts("[data-testid=timeline] > li");
    let changes: Vec<&String> = timeline.iter().filter(|step| step.contains("the webhook")).collect();
    assert_eq!(changes.len(), 2, "{timeline:?}");
    assert!(changes[0].contains("changed the webhook") && changes[0].contains("URL"), "{changes:?}");
    assert!(changes[1].contains("replaced the secret"), "{changes:?}");
    let at = |words: &str| timeline.iter().position(|step| step.contains(words)).unwrap();
    assert!(
        at("Attempt 1: 503") < at("changed the webhook")
            && at("replaced the secret") < at("Attempt 2 is due")
    );
    assert!(
        timeline.last().unwrap().contains("Attempt 8 is the last one"),
        "the final deadline: {timeline:?}"
    );
}

#[tokio::test]
async fn two_attempts_side_by_side() {
    let world = World::new().await;
    world.makes(&[]).await;
    world.receiver.answers([
        Reply::status(500).header("X-Node", "a").body("<script>one</script>"),
        Reply::status(200).header("X-Node", "b").body("two"),
    ]);
    world.fires().await;
    let alone = world.get("/deliveries/1").await;
    assert!(alone.attributes("[data-testid=compare]", "href").is_empty(), "one alone has no other");
    world.post("/deliveries/1/send-now", &[]).await;
    let page = world.get("/deliveries/1?list=webhook%3D1").await;
    let link = page.attributes("[data-testid=compare]", "href").remove(0);
    assert!(link.ends_with("/attempts/2/compare/1?list=webhook%3D1"), "{link}");
    for path in [link.as_str(), &world.alice.path("/deliveries/1?compare=1")] {
        let compared = world.alice.get(path).await;
        assert_eq!(compared.status(), 200);
        let rows = compared.texts("#attempt tbody tr");
        let of = |name: &str| {
            rows.iter().find(|row| row.contains(name)).unwrap_or_else(|| panic!("{name}: {rows:?}"))
        };
        assert!(of("Status").contains("differs200500"), "{rows:?}");
        assert!(of("x-node").ends_with("differsba"));
        assert!(of("Body").contains("differs") && of("Body").contains("<script>one</script>"));
        assert!(of("Host").contains("Host") && !of("Host").contains("differs"));
        assert!(of("Total").contains("ms") && !of("Total").contains("differs"));
        assert!(!compared.answer.text.contains("<script>one"), "text, not markup");
    }
    let same = world.get("/deliveries/1/attempts/2/compare/2?list=webhook%3D1").await;
    assert_eq!(same.location(), Some(&*world.alice.path("/deliveries/1/attempts/2?list=webhook%3D1")));
    for missing in [
        "/deliveries/1/attempts/2/compare/3",
        "/deliveries/1/attempts/x/compare/1",
        "/deliveries/1?compare=9",
    ] {
        assert_eq!(world.get(missing).await.status(), 404, "{missing}");
    }
}

#[tokio::test]
async fn a_body_is_shown_in_three_ways_and_comes_as_a_file() {
    let world = World::new().await;
    world.makes(&[]).await;
    let answer = b"{\"evil\":\"<img src=x onerror=alert(1)>\",\"n\":1}";
    world.receiver.answers([Reply::status(200).header("Content-Type", "text/html").body(&answer[..])]);
    world.fires().await;
    let sent = world.receiver.received()[0].body.clone();
    let views = world.get("/deliveries/1").await.attributes("nav[aria-label=Bodies] a", "href");
    assert_eq!(views.len(), 2, "and the one that is shown");
    let raw = world.alice.get(&views[0]).await;
    assert_eq!(raw.texts("#request-body"), [String::from_utf8(sent.clone()).unwrap()]);
    assert_eq!(raw.texts("#response-body"), [String::from_utf8(answer.to_vec()).unwrap()]);
    assert_eq!(raw.texts("nav[aria-label=Bodies] [aria-current]"), ["Raw"]);
    let hex = world.alice.get(&views[1]).await;
    assert!(
        hex.texts("#response-body")[0].starts_with("00000000 7b 22 65 76 69 6c"),
        "{:?}",
        hex.texts("#response-body")
    );
    for page in [&raw, &hex] {
        assert!(!page.answer.text.contains("<img src=x"));
    }
    for (which, bytes) in [("request", sent.as_slice()), ("response", &answer[..])] {
        let file = world.get(&format!("/deliveries/1/attempts/1/{which}-body")).await.answer;
        assert_eq!((file.status, file.text.as_bytes()), (200, bytes));
        assert_eq!(file.header("content-type"), Some("application/octet-stream"));
        assert!(
            file.header("content-disposition").unwrap().starts_with("attachment; filename=\"delivery-1-")
        );
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
    }
    assert_eq!(world.get("/deliveries/1/attempts/2/request-body").await.status(), 404);
}

#[tokio::test]
async fn the_list_is_kept_on_the_way() {
    let world = World::new().await;
    world.makes(&[]).await;
    world.makes(&[("name", "Other")]).await;
    for _ in 0..3 {
        world.fires().await;
    }
    let list = world.get("/deliveries?webhook=1").await;
    let rows = list.attributes("[data-testid=deliveries] tbody a", "href");
    let numbers: Vec<String> = rows
        .iter()
        .map(|url| url.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned())
        .collect();
    assert_eq!((numbers.len(), rows[0].ends_with("?list=webhook%3D1")), (3, true), "{rows:?}");
    let middle = world.alice.get(&rows[1]).await;
    assert_eq!(middle.attributes("a[rel=prev]", "href"), [rows[0].clone()]);
    assert_eq!(middle.attributes("a[rel=next]", "href"), [rows[2].clone()]);
    let crumbs = middle.attributes("nav[aria-label=Breadcrumb] a", "href");
    assert_eq!(crumbs.last().unwrap(), &world.alice.path("/deliveries?webhook=1"));
    let first = world.alice.get(&rows[0]).await;
    assert!(first.attributes("a[rel=prev]", "href").is_empty());
    // Without a list, all deliveries are it.
    let plain = world.get("/deliveries/2").await;
    assert_eq!(plain.attributes("a[rel=next]", "href"), [world.alice.path("/deliveries/1")]);
    // What is no list of this company leads nowhere else.
    for evil in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example%3Fx%3D1", "%22%3E%3Cscript%3E"] {
        let page = world.get(&format!("/deliveries/2?list={evil}")).await;
        assert_eq!(page.status(), 200);
        let links = page.attributes("a", "href");
        assert!(
            links.iter().all(|link| link.starts_with("/console") || link.starts_with(['?', '#'])),
            "{links:?}"
        );
        assert!(!page.answer.text.contains("<script>"));
    }
}

/// Each reason: what the page says, since when and by whom, and that its button does what it says.
#[tokio::test]
async fn what_was_not_sent_can_be_mended() {
    let world = World::new().await;
    world.makes(&[]).await;
    world.post("/webhooks/1/disable", &[]).await;
    world.app.wait_seconds(60);
    world.fires().await;
    let inactive = world.get("/deliveries/1").await;
    let decision = inactive.texts("[data-testid=decision]").remove(0);
    assert!(
        decision.contains("inactive") && decision.contains("SinceTue 22 Sep 2026, 14:00:00"),
        "{decision}"
    );
    assert!(decision.contains("Caused byadmin 1"), "{decision}");
    assert!(inactive.texts("[data-testid=redeliver]").is_empty(), "what would be refused is not offered");
    let enable = inactive.attributes("form:has([data-testid=mend])", "action").remove(0);
    assert_eq!(world.alice.post(&enable, &[]).await.status(), 303);
    let mended = world.get("/deliveries/1").await;
    assert!(mended.texts("[data-testid=mend]").is_empty());
    assert_eq!(mended.texts("summary[data-key=r]"), ["Send it now anyway…"]);
    assert_eq!(world.post("/deliveries/1/redeliver", &[]).await.status(), 303);
    world.app.settle().await;
    assert_eq!(world.receiver.requests(), 1);

    world.post("/webhooks/1/pause", &[("mode", "hold"), ("reason", "<b>maintenance</b>")]).await;
    world.fires().await;
    let newest =
        world.get("/deliveries").await.attributes("[data-testid=deliveries] tbody a", "href").remove(0);
    let held = world.alice.get(&newest).await;
    let decision = held.texts("[data-testid=decision]").remove(0);
    assert!(decision.contains("Caused byadmin 1") && decision.contains("“<b>maintenance</b>”"), "{decision}");
    assert!(!held.answer.text.contains("<b>maintenance"));
    assert!(held.texts("[data-testid=redeliver]").is_empty());
    let resume = held.attributes("[data-testid=fix]", "href").remove(0);
    assert_eq!(world.alice.get(&resume).await.status(), 200);
    world.alice.post(&resume, &[("held", "all")]).await;
    world.app.services.engine.steer().await.unwrap();
    world.app.settle().await;
    assert_eq!(world.receiver.requests(), 2, "what was held is sent");

    let url = world.receiver.url();
    let version =
        world.get("/webhooks/1/edit").await.attributes("main input[name=version]", "value").remove(0);
    world.edits(&url, &version, &[("criteria", "data.speed = 1")]).await;
    world.fires().await;
    let newest =
        world.get("/deliveries").await.attributes("[data-testid=deliveries] tbody a", "href").remove(0);
    let picky = world.alice.get(&newest).await;
    assert!(picky.texts("[data-testid=decision]")[0].contains("Caused byadmin 1"));
    assert_eq!(picky.attributes("[data-testid=fix]", "href"), [world.alice.path("/webhooks/1/edit")]);
    let simulate = picky.attributes("[data-testid=decision] .card__head a", "href").remove(0);
    assert!(world.alice.get(&simulate).await.text().contains("data.speed"));

    let viewer = world.app.person(Role::Viewer, Some(world.company)).await;
    for path in ["/deliveries/1", newest.split("/c/1").nth(1).unwrap()] {
        let page = viewer.get(&viewer.path(path)).await;
        for button in ["fix", "mend", "redeliver"] {
            assert!(page.texts(&format!("[data-testid={button}]")).is_empty(), "{path} {button}");
        }
        let head = page.texts("[aria-label=\"Request headers\"]").join(" ");
        assert!(!head.contains("X-Telemax-Signature: sha256=") || head.contains("sha256=••••"), "{head}");
    }
}

#[tokio::test]
async fn every_delivery_has_a_summary_that_needs_no_script() {
    let world = World::new().await;
    world.makes(&[]).await;
    world.makes(&[("name", "Off"), ("isActive", "")]).await;
    world.receiver.answers_with([200]);
    world.fires().await;
    world.receiver.answers_with([500]);
    world.fires().await;
    for (id, words) in [
        (1, "Delivered. 127.0.0.1 accepted it"),
        (2, "Not sent. The webhook was inactive"),
        (3, "Retrying. 127.0.0.1 answered 500"),
    ] {
        let page = world.get(&format!("/deliveries/{id}")).await;
        let summary = page.texts("#summary").remove(0);
        assert!(summary.contains("Ignition for Delivery Van 07") && summary.contains(words), "{summary}");
        assert_eq!(page.attributes("[data-copy-from=summary]", "data-copy-from").len(), 1);
        assert!(page.answer.text.len() <= 40_000, "{id}: {}", page.answer.text.len());
    }
}

#[tokio::test]
async fn nothing_foreign_is_markup() {
    let world = World::new().await;
    let evil = "<script>alert(1)</script>\u{202e}";
    world.makes(&[("description", "<script>alert(3)</script>"), ("name", "<script>alert(0)</script>")]).await;
    world
        .receiver
        .answers([Reply::status(500).header("X-Evil", "<script>alert(2)</script>").body(evil.as_bytes())]);
    world.fires().await;
    world.post("/webhooks/1/pause", &[("mode", "hold"), ("reason", evil)]).await;
    for path in [
        "/deliveries/1",
        "/deliveries/1?view=raw",
        "/deliveries/1?view=hex",
        "/signature-lab?delivery=1&attempt=1",
        "/simulate?event=1",
    ] {
        let page = world.get(path).await;
        assert_eq!(page.status(), 200, "{path}");
        assert!(!page.answer.text.contains("<script>alert"), "{path}");
    }
}

#[tokio::test]
async fn another_companys_attempts_are_not_there() {
    let world = World::new().await;
    world.makes(&[("name", "Alices secret project")]).await;
    world.fires().await;
    let other = world.app.company("Mallory Ltd").await;
    let mallory = world.app.person(Role::Admin, Some(other)).await;
    for path in [
        "/deliveries/1/attempts/1/compare/1",
        "/deliveries/1?compare=1",
        "/deliveries/1/attempts/1/request-body",
        "/deliveries/1/attempts/1/response-body",
        "/deliveries/1?list=webhook%3D1",
    ] {
        for path in [mallory.path(path), world.alice.path(path)] {
            let page = mallory.get(&path).await;
            assert_eq!(page.status(), 404, "{path}");
            assert!(!page.answer.text.contains("Alices"), "{path}");
        }
    }
}
