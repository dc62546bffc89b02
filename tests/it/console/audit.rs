//! Who did what: every change leaves one entry, and people see those of their own companies.

use belfry::domain::access::Role;

use super::{makes_webhook, webhook_form};
use crate::support::{Page, Receiver, TestApp};

fn entries(page: &Page) -> Vec<String> {
    page.texts("[data-testid=audit] tbody tr .cell-title")
}

#[tokio::test]
async fn every_change_of_a_webhook_leaves_one_entry_with_its_values() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let (alice, receiver) = (app.person(Role::Admin, Some(company)).await, Receiver::start().await);
    let (id, _) =
        makes_webhook(&alice, &receiver, &[("authType", "bearer"), ("token-bearer", "open-sesame")]).await;
    let before = entries(&alice.get(&alice.path("/audit")).await).len();
    let url = receiver.url();
    alice.get(&alice.path(&format!("/webhooks/{id}/edit"))).await;
    let fields = webhook_form(
        &url,
        &[
            ("name", "Claims <desk>"),
            ("authType", "bearer"),
            ("token-bearer", "close-sesame"),
            ("version", "1"),
        ],
    );
    assert_eq!(alice.post(&alice.path(&format!("/webhooks/{id}/edit")), &fields).await.status(), 303);
    alice.get(&alice.path("/webhooks")).await;
    alice.post(&alice.path(&format!("/webhooks/{id}/disable")), &[]).await;

    let page = alice.get(&alice.path("/audit")).await;
    let rows = entries(&page);
    assert_eq!(rows.len(), before + 2, "{rows:?}");
    assert!(rows[0].contains("disabled the webhook Claims <desk>"), "{rows:?}");
    assert!(rows[1].contains("changed the webhook Claims <desk>"), "{rows:?}");
    let changes = page.texts("[data-testid=audit] tbody tr .cell-target").remove(1);
    assert!(changes.contains("name Dispatch hub became Claims <desk>"), "{changes}");
    assert!(changes.contains("was changed"), "{changes}");
    assert!(!page.answer.text.contains("sesame"), "no secret is ever shown");

    // Narrowed to what she did to this webhook; another kind is empty; both survive a reload as addresses.
    let of_webhook =
        page.attributes("[data-testid=audit] tbody tr .cell-title > a:last-of-type", "href").remove(0);
    assert!(of_webhook.ends_with(&format!("/audit?kind=webhook&object={id}")), "{of_webhook}");
    assert_eq!(entries(&alice.get(&of_webhook).await).len(), 3);
    let by_her =
        page.attributes("[data-testid=audit] tbody tr .cell-title > a:first-of-type", "href").remove(0);
    let hers = alice.get(&by_her).await;
    assert!(hers.texts("[data-testid=active-filters]")[0].starts_with("By"), "{}", hers.text());
    let none = alice.get(&alice.path("/audit?kind=alert&object=77")).await;
    assert_eq!(none.texts("[data-testid=empty] h2"), ["No entry matches"]);
    // A deleted webhook has no page to show.
    alice.get(&alice.path(&format!("/webhooks/{id}/delete"))).await;
    let version = alice.get(&alice.path(&format!("/webhooks/{id}/delete"))).await;
    let version = version.attributes("[name=version]", "value").remove(0);
    let fields = [("confirm", "Claims <desk>"), ("version", version.as_str())];
    assert_eq!(alice.post(&alice.path(&format!("/webhooks/{id}/delete")), &fields).await.status(), 303);
    let page = alice.get(&alice.path("/audit?kind=webhook")).await;
    assert!(entries(&page)[0].contains("deleted the webhook"), "{:?}", entries(&page));
    assert!(page.attributes("[data-testid=show]", "href").is_empty());
}

#[tokio::test]
async fn the_trail_of_another_company_is_not_there() {
    let (_app, alice, mallory) = TestApp::two_companies().await;
    let receiver = Receiver::start().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[("name", "Alices secret project")]).await;
    assert_eq!(mallory.get(&alice.path("/audit")).await.status(), 404);
    for list in
        ["/audit".to_owned(), format!("/audit?kind=webhook&object={id}"), "/audit?kind=webhook".to_owned()]
    {
        let page = mallory.get(&mallory.path(&list)).await;
        assert_eq!(page.status(), 200, "{list}");
        assert!(!page.answer.text.contains("Alices"), "{list}");
    }
    for odd in
        ["/audit?before=999999999999999999999", "/audit?kind=%00&object=x&by=%F0%9F%92%A9", "/audit?before=1"]
    {
        assert_eq!(mallory.get(&mallory.path(odd)).await.status(), 200, "{odd}");
    }
}

#[tokio::test]
async fn a_long_trail_is_paged_without_gaps() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let (alice, receiver) = (app.person(Role::Admin, Some(company)).await, Receiver::start().await);
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    for turn in 0..38 {
        let verb = if turn % 2 == 0 { "disable" } else { "enable" };
        alice.post(&alice.path(&format!("/webhooks/{id}/{verb}")), &[]).await;
    }
    let first = alice.get(&alice.path("/audit?kind=webhook")).await;
    let older = first.attributes("[data-testid=pager] [rel=next]", "href").remove(0);
    let second = alice.get(&older).await;
    assert_eq!((entries(&first).len(), entries(&second).len()), (22, 17));
    let newer = second.attributes("[data-testid=pager] [rel=prev]", "href").remove(0);
    assert_eq!(entries(&alice.get(&newer).await), entries(&first));
}
