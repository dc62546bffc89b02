//! The matrix of alerts and webhooks: changes are previewed, saved together, and taken back.

use belfry::domain::access::Role;
use belfry::domain::ids::{AlertId, CompanyId};

use super::{fires, makes_webhook};
use crate::support::{Page, Person, Receiver, TestApp};

/// Two webhooks that take what is linked, two alerts that can be linked and one that cannot.
struct Scene {
    app: TestApp,
    company: CompanyId,
    alice: Person,
    hooks: [i64; 2],
    alerts: [AlertId; 3],
}

async fn scene() -> Scene {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let (alice, receiver) = (app.person(Role::Admin, Some(company)).await, Receiver::start().await);
    let one = makes_webhook(&alice, &receiver, &[("receives", "linked")]).await.0;
    let other = makes_webhook(&alice, &receiver, &[("receives", "linked"), ("name", "Yard gate")]).await.0;
    let alerts = [app.alert(company, 8).await, app.alert(company, 5).await, app.alert(company, 7).await];
    Scene { app, company, alice, hooks: [one, other], alerts }
}

impl Scene {
    fn pair(&self, hook: usize, alert: usize) -> String {
        format!("{}.{}", self.hooks[hook], self.alerts[alert])
    }

    async fn checked(&self) -> Vec<String> {
        let page = self.alice.get(&self.alice.path("/alert-links")).await;
        let mut checked = page.attributes("[name=links][checked]", "value");
        checked.sort();
        checked
    }

    /// Sends the boxes of a page that showed `before` as linked.
    async fn sends(&self, before: &str, links: &[&str]) -> Page {
        let mut fields = vec![("before", before)];
        fields.extend(links.iter().map(|pair| ("links", *pair)));
        self.alice.post(&self.alice.path("/alert-links"), &fields).await
    }

    async fn audited(&self) -> usize {
        let page = self.alice.get(&self.alice.path("/audit")).await;
        page.text().matches("changed which alerts are linked").count()
    }
}

#[tokio::test]
async fn changes_are_previewed_saved_and_taken_back() {
    let scene = scene().await;
    let (one, two, three) = (scene.pair(0, 0), scene.pair(1, 0), scene.pair(1, 1));
    let page = scene.alice.get(&scene.alice.path("/alert-links")).await;
    assert_eq!(page.attributes("[name=links]", "value").len(), 4, "the third alert cannot be linked");
    assert!(scene.checked().await.is_empty());

    let review = scene.sends("", &[&one, &two, &three]).await;
    let preview = review.location().expect("a review").to_owned();
    assert_eq!(preview, scene.alice.path(&format!("/alert-links/review?add={one},{two},{three}")));
    let page = scene.alice.get(&preview).await;
    assert_eq!(page.texts("[data-testid=save]"), ["Save 3 changes"]);
    assert!(scene.checked().await.is_empty(), "a preview changes nothing");

    let saved = scene.alice.post(&preview, &[]).await;
    assert_eq!(saved.location(), Some(scene.alice.path("/alert-links").as_str()));
    let page = scene.alice.get(&scene.alice.path("/alert-links")).await;
    assert!(page.texts("[data-testid=flash]")[0].starts_with("3 links were made."));
    let undo = page.attributes("[data-testid=flash] form", "action").remove(0);
    assert_eq!(scene.checked().await, [one.clone(), two.clone(), three.clone()]);
    assert_eq!(scene.audited().await, 2, "one entry for each webhook");

    let before = format!("{one},{two},{three}");
    let review = scene.sends(&before, &[&one, &three]).await.location().expect("a review").to_owned();
    scene.alice.post(&review, &[]).await;
    assert_eq!(scene.checked().await, [one.clone(), three.clone()]);
    // Undoing the first save ends what it made; what was ended since is not missed.
    assert_eq!(scene.alice.post(&undo, &[]).await.status(), 303);
    assert!(scene.checked().await.is_empty());
    assert_eq!(scene.audited().await, 5);
}

#[tokio::test]
async fn what_somebody_else_did_meanwhile_stays() {
    let scene = scene().await;
    let (one, other) = (scene.pair(0, 0), scene.pair(0, 1));
    let review = scene.sends("", &[&one]).await.location().expect("a review").to_owned();
    // While the page was open, somebody else linked the other alert and this one, too.
    let both = scene.sends("", &[&one, &other]).await.location().expect("a review").to_owned();
    scene.alice.post(&both, &[]).await;
    scene.alice.get(&scene.alice.path("/alert-links")).await;
    scene.alice.post(&review, &[]).await;
    let page = scene.alice.get(&scene.alice.path("/alert-links")).await;
    assert!(page.texts("[data-testid=flash]")[0].starts_with("No link was changed."));
    assert_eq!(scene.checked().await, [one, other]);
    assert_eq!(scene.audited().await, 1, "nothing changed, nothing is written down");
}

#[tokio::test]
async fn what_breaks_a_rule_changes_nothing_at_all() {
    let scene = scene().await;
    let (good, bad) = (scene.pair(0, 0), scene.pair(1, 2));
    let answer = scene.sends("", &[&good, &bad]).await;
    assert_eq!(answer.status(), 422);
    assert!(answer.texts("[data-testid=errors]")[0].contains("cannot be linked"));
    assert_eq!(
        answer.attributes("[name=links][checked]", "value"),
        std::slice::from_ref(&good),
        "as it was typed"
    );
    let forced = scene.alice.path(&format!("/alert-links/review?add={good},{bad}"));
    assert!(scene.alice.get(&forced).await.texts("[data-testid=save]").is_empty());
    let answer = scene.alice.post(&forced, &[]).await;
    assert_eq!(answer.status(), 422);
    assert_eq!(answer.texts("[data-testid=errors] li").len(), 1);
    assert!(scene.checked().await.is_empty());
    assert_eq!(scene.audited().await, 0);

    let mut many = Vec::new();
    for _ in 0..51 {
        many.push(format!("{}.{}", scene.hooks[0], scene.app.alert(scene.company, 8).await));
    }
    let all = scene.alice.path(&format!("/alert-links/review?add={}", many.join(",")));
    let answer = scene.alice.post(&all, &[]).await;
    assert_eq!(answer.status(), 422);
    assert!(answer.texts("[data-testid=errors]")[0].contains("51 alerts; at most 50"));
    let fifty = scene.alice.path(&format!("/alert-links/review?add={}", many[..50].join(",")));
    assert_eq!(scene.alice.post(&fifty, &[]).await.status(), 303);
    let links: Vec<&str> = many[50..].iter().map(String::as_str).collect();
    let answer = scene.sends("", &links).await;
    assert_eq!(answer.status(), 422);
    assert_eq!(answer.texts(&format!("#w{} .table__sub", scene.hooks[0])), ["more than 50"]);
}

#[tokio::test]
async fn alerts_that_fire_unheard_are_found() {
    let scene = scene().await;
    let linked = scene.pair(0, 0);
    let review = scene.sends("", &[&linked]).await.location().expect("a review").to_owned();
    scene.alice.post(&review, &[]).await;
    for alert in [1, 2, 2] {
        fires(&scene.app, scene.company, scene.alerts[alert]).await;
    }
    let shown = async |show: &str| {
        let page = scene.alice.get(&scene.alice.path(&format!("/alert-links?show={show}"))).await;
        page.texts("tbody th a")
    };
    assert!(shown("unheard").await.is_empty(), "not counted yet");
    scene.app.services.engine.count().await.unwrap();
    assert_eq!(shown("unheard").await, ["Alert of type 5", "Alert of type 7"]);
    assert_eq!(shown("silent").await, ["Alert of type 8"]);
    assert_eq!(shown("unlinkable").await, ["Alert of type 7"]);
    assert_eq!(shown("").await.len(), 3);
    let page = scene.alice.get(&scene.alice.path("/alert-links")).await;
    let row = format!("[data-testid=alert-{}]", scene.alerts[2]);
    assert_eq!(page.texts(&format!("{row} .u-num")), ["2"]);
    assert_eq!(page.texts(&format!("{row} .badge")), ["Not linked"]);
    let one = scene.alice.get(&scene.alice.path("/alert-links?q=type+5&type=5&view=list")).await;
    assert_eq!(one.texts("tbody th a"), ["Alert of type 5"]);
    fires(&scene.app, scene.company, scene.alerts[0]).await;
    scene.app.services.engine.count().await.unwrap();
    assert!(shown("silent").await.is_empty());
}

#[tokio::test]
async fn others_see_nothing_and_viewers_only_look() {
    let scene = scene().await;
    let mallory_ltd = scene.app.company("Mallory Ltd").await;
    let mallory = scene.app.person(Role::Admin, Some(mallory_ltd)).await;
    let theirs = scene.app.alert(mallory_ltd, 8).await;
    let linked = scene.pair(0, 0);
    let review = scene.alice.path(&format!("/alert-links/review?add={linked}"));
    assert_eq!(mallory.get(&scene.alice.path("/alert-links")).await.status(), 404);
    mallory.get(&mallory.path("/alert-links")).await;
    for path in [review.clone(), mallory.path(&format!("/alert-links/review?add={linked}"))] {
        assert_eq!(mallory.get(&path).await.status(), 404, "{path}");
        assert_eq!(mallory.post(&path, &[]).await.status(), 404, "{path}");
    }
    assert!(!mallory.get(&mallory.path("/alert-links")).await.text().contains("Yard gate"));
    // Somebody else's alert is not there for Alice's webhook.
    let foreign = scene.alice.path(&format!("/alert-links/review?add={}.{theirs}", scene.hooks[0]));
    scene.alice.get(&scene.alice.path("/alert-links")).await;
    assert_eq!(scene.alice.post(&foreign, &[]).await.status(), 422);

    let viewer = scene.app.person(Role::Viewer, Some(scene.company)).await;
    let page = viewer.get(&viewer.path("/alert-links")).await;
    assert_eq!(page.attributes("[name=links][disabled]", "value").len(), 4);
    assert_eq!(viewer.get(&review).await.status(), 403);
    assert_eq!(viewer.post(&review, &[]).await.status(), 403);
    let support = scene.app.person(Role::Support, None).await;
    assert!(support.get("/console/c/all/alert-links").await.texts("[data-testid=review]").is_empty());
    assert!(scene.checked().await.is_empty());
}
