//! Whose data somebody sees: the own company and those below it. Everything else is not there.

use belfry::domain::access::Role;

use super::{fires, makes_webhook};
use crate::support::{Receiver, TestApp};

#[tokio::test]
async fn another_companys_pages_are_not_there() {
    let (app, alice, mallory) = TestApp::two_companies().await;
    let receiver = Receiver::start().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[("name", "Alices secret project")]).await;
    let alert = app.alert(alice.company.unwrap(), 8).await;
    fires(&app, alice.company.unwrap(), alert).await;
    let delivery = alice.get(&alice.path("/deliveries/1")).await;
    assert_eq!(delivery.status(), 200);
    let shown = delivery.texts("[aria-label=\"Request headers\"]").join(" ");
    let uuid = shown.split("X-Telemax-Delivery: ").nth(1).unwrap()[..36].to_owned();
    assert_eq!(
        alice.get(&alice.path(&format!("/deliveries/{uuid}"))).await.texts("h1"),
        delivery.texts("h1")
    );

    let pages = [
        String::new(),
        "/edit".to_owned(),
        "/alert-links".to_owned(),
        "/test".to_owned(),
        "/secret".to_owned(),
        "/auth".to_owned(),
        "/history".to_owned(),
        "/history/1".to_owned(),
        "/settings".to_owned(),
        "/delete".to_owned(),
    ];
    let webhooks = pages.iter().map(|page| format!("/webhooks/{id}{page}"));
    let others =
        ["/deliveries/1".to_owned(), "/deliveries/1/attempts/1".to_owned(), format!("/deliveries/{uuid}")];
    let mallory_lost = mallory.get(&mallory.path("/webhooks/999999")).await.status();
    assert_eq!(mallory_lost, 404);
    for page in webhooks.chain(others) {
        // Under her own company, under Alice's, and under all of them.
        for path in [mallory.path(&page), alice.path(&page), format!("/console/c/all{page}")] {
            let answer = mallory.get(&path).await;
            assert_eq!(answer.status(), 404, "{path}");
            assert!(
                !answer.answer.text.contains("Alices") && !answer.answer.text.contains("Northline"),
                "{path}"
            );
        }
    }
    for list in ["/webhooks", "/deliveries", "/webhooks?q=alices", "/deliveries?webhook=1", "/webhooks/new"] {
        assert_eq!(mallory.get(&alice.path(list)).await.status(), 404, "{list}");
        assert!(!mallory.get(&mallory.path(list)).await.answer.text.contains("Alices"), "{list}");
    }
    assert_eq!(alice.get(&alice.path("/webhooks/999999")).await.status(), 404);
    assert_eq!(alice.get(&alice.path("/webhooks/0041")).await.status(), 404);
    assert_eq!(alice.get(&alice.path("/deliveries/x")).await.status(), 404);
    assert_eq!(alice.get("/console/c/0/webhooks").await.status(), 404);
    assert_eq!(alice.get("/console/c/all/webhooks").await.status(), 404);
    assert_eq!(alice.get("/console/nonsense").await.status(), 404);
}

#[tokio::test]
async fn another_companys_things_cannot_be_changed() {
    let (app, alice, mallory) = TestApp::two_companies().await;
    let receiver = Receiver::start().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let alert = app.alert(alice.company.unwrap(), 8).await;
    fires(&app, alice.company.unwrap(), alert).await;
    let overview = alice.path(&format!("/webhooks/{id}"));
    alice.get(&overview).await; // takes the message about the new webhook
    let before = alice.get(&overview).await.text();
    mallory.get(&mallory.path("/webhooks")).await;
    for verb in [
        "edit",
        "enable",
        "disable",
        "pause",
        "resume",
        "secret",
        "secret/end-overlap",
        "alert-links",
        "history/1/restore",
        "test",
        "delete",
    ] {
        for person in [&alice, &mallory] {
            let path = person.path(&format!("/webhooks/{id}/{verb}"));
            let fields =
                [("confirm", "Dispatch hub"), ("version", "1"), ("alertType", "5"), ("alertIds", "1")];
            assert_eq!(mallory.post(&path, &fields).await.status(), 404, "{path}");
        }
    }
    for verb in ["redeliver", "stop", "send-now"] {
        let path = mallory.path(&format!("/deliveries/1/{verb}"));
        assert_eq!(mallory.post(&path, &[]).await.status(), 404, "{path}");
    }
    app.settle().await;
    assert_eq!(receiver.requests(), 1);
    assert_eq!(alice.get(&overview).await.text(), before);
}

#[tokio::test]
async fn a_company_sees_down_and_not_up() {
    let app = TestApp::start().await;
    let parent = app.company("Northline").await;
    let child = app.sub_company("Cold Chain", parent).await;
    let (alice, carl) =
        (app.person(Role::Admin, Some(parent)).await, app.person(Role::Admin, Some(child)).await);
    let receiver = Receiver::start().await;
    let (above, _) = makes_webhook(&alice, &receiver, &[("name", "Above")]).await;
    let (below, _) = makes_webhook(&carl, &receiver, &[("name", "Below")]).await;

    assert_eq!(alice.get(&alice.path("/webhooks")).await.texts("tbody a"), ["Above", "Below"]);
    assert_eq!(alice.get(&carl.path("/webhooks")).await.texts("tbody a"), ["Below"]);
    assert_eq!(carl.get(&carl.path("/webhooks")).await.texts("tbody a"), ["Below"]);
    assert_eq!(carl.get(&alice.path("/webhooks")).await.status(), 404);
    assert_eq!(alice.get(&alice.path(&format!("/webhooks/{below}"))).await.status(), 200);
    // The address names the company: a webhook of the parent is not reached through the child's.
    assert_eq!(alice.get(&carl.path(&format!("/webhooks/{above}"))).await.status(), 404);
    assert_eq!(alice.post(&carl.path(&format!("/webhooks/{above}/disable")), &[]).await.status(), 404);
}
