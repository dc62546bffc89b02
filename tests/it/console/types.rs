//! The pages that explain: auth types with who uses them, alert types with what they look like.

use belfry::domain::access::Role;

use super::{fires, makes_webhook};
use crate::support::{Receiver, Reply, TestApp};

#[tokio::test]
async fn an_auth_type_lists_its_webhooks_and_what_rejected_us() {
    let (app, alice, mallory) = TestApp::two_companies().await;
    let receiver = Receiver::start().await;
    let fields = [("authType", "bearer"), ("token-bearer", "s3cr3t-t0ken-xyz")];
    let (id, _) = makes_webhook(&alice, &receiver, &fields).await;
    let company = alice.company.unwrap();
    let alert = app.alert(company, 8).await;
    receiver.answers([Reply::status(401), Reply::status(403), Reply::status(500)]);
    for _ in 0..3 {
        fires(&app, company, alert).await;
    }
    app.services.engine.count().await.unwrap();

    let page = alice.get(&alice.path("/auth-types")).await;
    assert_eq!(page.texts("[data-testid=auth-bearer] .cell-result"), ["1"]);
    assert_eq!(page.texts("[data-testid=auth-none] .cell-result"), ["0"]);
    let users = page.attributes("[data-testid=auth-bearer] .cell-result a", "href").remove(0);
    assert_eq!(users, alice.path("/webhooks?auth=bearer"));
    let page = alice.get(&alice.path("/auth-types/bearer")).await;
    let row = format!("[data-testid=webhook-{id}]");
    assert_eq!(page.texts(&format!("{row} .cell-result")), ["2"]);
    let behind = page.attributes(&format!("{row} .cell-result a"), "href").remove(0);
    assert!(behind.contains("result=auth") && behind.contains(&format!("webhook={id}")), "{behind}");
    assert_eq!(alice.get(&behind).await.texts("tbody tr").len(), 2);
    assert!(!page.text().contains("s3cr3t"));
    assert_eq!(alice.get(&alice.path("/auth-types/none")).await.texts("[data-testid=empty]").len(), 1);
    assert_eq!(alice.get(&alice.path("/auth-types/oauth")).await.status(), 404);

    let theirs = mallory.get(&mallory.path("/auth-types")).await;
    assert_eq!(theirs.texts("[data-testid=auth-bearer] .cell-result"), ["0"]);
    assert!(mallory.get(&mallory.path("/auth-types/bearer")).await.texts(&row).is_empty());
    assert_eq!(mallory.get(&alice.path("/auth-types/bearer")).await.status(), 404);
}

#[tokio::test]
async fn alert_types_say_what_was_seen_and_show_every_format() {
    let (app, alice, mallory) = TestApp::two_companies().await;
    let receiver = Receiver::start().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let company = alice.company.unwrap();
    let alert = app.alert(company, 8).await;
    for _ in 0..2 {
        fires(&app, company, alert).await;
    }
    let seen = async |person: &crate::support::Person| {
        let page = person.get(&person.path("/alert-types")).await;
        page.texts("[data-testid=type-8] .cell-result").remove(0)
    };
    assert_eq!(seen(&alice).await, "0", "not counted yet");
    app.services.engine.count().await.unwrap();
    assert_eq!((seen(&alice).await, seen(&mallory).await), ("2".to_owned(), "0".to_owned()));
    let page = alice.get(&alice.path("/alert-types")).await;
    let behind = page.attributes("[data-testid=type-8] .cell-result a", "href").remove(0);
    assert_eq!(alice.get(&behind).await.texts("tbody tr").len(), 2, "{behind}");

    let page = alice.get(&alice.path("/alert-types/8")).await;
    assert!(page.texts("pre")[0].contains("\"isStarted\": true"), "{:?}", page.texts("pre"));
    let test = page.attributes("[data-testid=tests] a", "href").remove(0);
    assert_eq!(test, alice.path(&format!("/webhooks/{id}/test?alertType=8")));
    assert_eq!(alice.get(&test).await.status(), 200);
    for format in ["aggregate", "zstack", "softwareone"] {
        let page = alice.get(&alice.path(&format!("/alert-types/8?format={format}"))).await;
        assert_eq!(page.status(), 200);
        assert!(page.texts("[data-testid=fields] tbody tr").len() > 10, "{format}");
    }
    let viewer = app.person(Role::Viewer, Some(company)).await;
    assert!(viewer.get(&viewer.path("/alert-types/8")).await.texts("[data-testid=tests]").is_empty());
    assert_eq!(alice.get(&alice.path("/alert-types/19")).await.status(), 404);
    assert_eq!(mallory.get(&alice.path("/alert-types/8")).await.status(), 404);
}
