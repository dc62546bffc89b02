//! The tabs of a webhook: each is a page with the same head, and leads to what can be done.

use belfry::domain::access::Role;

use super::makes_webhook;
use crate::support::{Receiver, TestApp};

#[tokio::test]
async fn every_tab_is_a_page_with_the_same_head() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let (alice, receiver) = (app.person(Role::Admin, Some(company)).await, Receiver::start().await);
    let (id, _) = makes_webhook(&alice, &receiver, &[("receives", "linked")]).await;
    let overview = alice.path(&format!("/webhooks/{id}"));
    let tabs = alice.get(&overview).await.attributes(".tabs a", "href");
    assert_eq!(tabs[1], alice.path(&format!("/deliveries?webhook={id}")));
    for url in tabs.iter().filter(|url| !url.contains('?')) {
        let page = alice.get(url).await;
        assert_eq!((page.status(), page.texts("h1")), (200, vec!["Dispatch hub".to_owned()]), "{url}");
        assert_eq!(page.texts(".tabs [aria-current]").len(), 1, "{url}");
        assert_eq!(page.attributes(".tabs a", "href"), tabs, "{url}");
        assert_eq!(page.texts("[data-testid=health] .badge"), ["Never used"], "{url}");
        assert_eq!(page.texts("[data-testid=edit], [data-testid=pause]").len(), 2, "{url}");
        assert!(page.answer.text.len() < 40_000, "{url}");
    }
}

#[tokio::test]
async fn the_settings_tab_spells_the_number_and_says_how_this_installation_sends() {
    let app = TestApp::start_with(&[("retry_schedule", "0s,10s,1h")]).await;
    let company = app.company("Northline").await;
    let (alice, receiver) = (app.person(Role::Admin, Some(company)).await, Receiver::start().await);
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let overview = alice.path(&format!("/webhooks/{id}"));
    let settings = format!("{overview}/settings");
    let page = alice.get(&settings).await;
    let spelled = page.texts("[data-testid=numbers] pre");
    assert_eq!(spelled, [format!("{id}"), format!("wh-{id:03}"), format!("WBH-0000-{id:04}")]);
    let text = page.text().replace('\u{a0}', " ");
    assert!(text.contains("3 attempts over 1 h") && text.contains("2 s for each attempt"), "{text}");
    assert_eq!(page.texts("[data-testid=waits] li").len(), 3);

    let disable = page.attributes("form:has([data-testid=disable])", "action").remove(0);
    assert_eq!(alice.post(&disable, &[]).await.status(), 303);
    let page = alice.get(&settings).await;
    assert!(page.texts("[data-testid=state]")[0].contains("Somebody switched it off"));
    assert_eq!(page.texts("[data-testid=health] .badge"), ["Inactive"]);
    let delete = page.attributes("[data-testid=delete]", "href").remove(0);
    assert_eq!(alice.get(&delete).await.status(), 200);
}
