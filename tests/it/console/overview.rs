//! The first page: what is wrong, whose turn it is, and what to do on the first day.

use belfry::domain::access::Role;

use super::{fires, makes_webhook};
use crate::support::{Page, Person, Receiver, Reply, TestApp};

async fn admin() -> (TestApp, Person, Receiver) {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    (app, alice, Receiver::start().await)
}

fn problems(page: &Page) -> Vec<String> {
    page.texts("[data-testid=problem]")
}

fn steps(page: &Page) -> Vec<String> {
    page.texts("[data-testid=steps] li")
}

#[tokio::test]
async fn the_first_steps_are_shown_until_they_are_done() {
    let (app, alice, receiver) = admin().await;
    assert_eq!(alice.get("/console").await.location(), Some(alice.path("/").as_str()));
    let page = alice.get(&alice.path("/")).await;
    assert_eq!(page.texts("[data-testid=quiet]"), ["Nothing was sent yet."]);
    assert_eq!(steps(&page).iter().filter(|step| step.contains("done")).count(), 0);
    let (id, _) = makes_webhook(&alice, &receiver, &[("receives", "linked")]).await;
    let page = alice.get(&alice.path("/")).await;
    assert!(steps(&page)[0].contains("done") && !steps(&page)[1].contains("done"), "{:?}", steps(&page));
    let link = page.attributes("[data-testid=steps] a", "href").remove(0);
    assert_eq!(link, alice.path(&format!("/webhooks/{id}/alert-links")));
    let alert = app.alert(alice.company.unwrap(), 8).await;
    alice.get(&link).await;
    let version = alice.get(&link).await.attributes("[name=version]", "value").remove(0);
    let number = alert.to_string();
    let fields = [("version", version.as_str()), ("shown", number.as_str()), ("alertIds", number.as_str())];
    assert_eq!(alice.post(&link, &fields).await.status(), 303);
    fires(&app, alice.company.unwrap(), alert).await;
    let page = alice.get(&alice.path("/")).await;
    assert!(steps(&page).is_empty(), "{:?}", steps(&page));
    assert!(
        page.texts("[data-testid=quiet]")[0].starts_with("All quiet. The last delivery went to Dispatch hub")
    );
    let changes = page.texts("[data-testid=changes] li");
    assert!(changes.iter().any(|change| change.contains("created the webhook Dispatch hub")), "{changes:?}");
}

#[tokio::test]
async fn problems_come_the_most_urgent_first_and_say_whose_turn_it_is() {
    let (app, alice, receiver) = admin().await;
    let company = alice.company.unwrap();
    let alert = app.alert(company, 8).await;
    fires(&app, company, alert).await;
    let page = alice.get(&alice.path("/")).await;
    assert!(problems(&page)[0].contains("fired once and no webhook takes it"), "{:?}", problems(&page));
    assert!(problems(&page)[0].ends_with("Your turn"), "{:?}", problems(&page));

    makes_webhook(&alice, &receiver, &[("name", "Failing <hub>")]).await;
    let (paused, _) = makes_webhook(&alice, &receiver, &[("name", "Safety desk")]).await;
    alice.get(&alice.path(&format!("/webhooks/{paused}/pause"))).await;
    let fields = [("mode", "hold"), ("reason", "new <certificate>")];
    alice.post(&alice.path(&format!("/webhooks/{paused}/pause")), &fields).await;
    receiver.answers([Reply::status(503), Reply::status(503), Reply::status(503)]);
    for _ in 0..3 {
        fires(&app, company, alert).await;
    }
    let page = alice.get(&alice.path("/")).await;
    let lines = problems(&page);
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].contains("Failing <hub> answers 503 since 14:00:00"), "{lines:?}");
    assert!(lines[0].contains("3 deliveries waiting · never succeeded · next try 14:00:0"), "{lines:?}");
    assert!(lines[0].ends_with("Receiver’s turn"), "{lines:?}");
    assert!(
        lines[1].contains("Safety desk is paused") && lines[1].contains("“new <certificate>”"),
        "{lines:?}"
    );
    assert!(lines[2].contains("no webhook takes it"), "{lines:?}");
    let figures = page.texts("[data-testid=figures] dd");
    assert!(figures[1].starts_with('3') && figures[2].starts_with('3'), "{figures:?}");

    // A bar leads to the deliveries of its hour, and they can be sent again from there.
    let hour = page.attributes("[data-testid=chart] a", "href").pop().expect("a bar");
    let list = alice.get(&hour).await;
    assert_eq!(list.texts("[data-testid=deliveries] tbody tr").len(), 6, "{}", list.text());
    assert_eq!(list.texts("[data-testid=active-filters] a").len(), 2);
    let list = alice.get(&format!("{hour}&status=retrying")).await;
    let again = list.attributes("[data-testid=redeliver-many]", "href").remove(0);
    let asked = alice.get(&again).await;
    assert_eq!(asked.attributes("#from", "value"), ["2026-09-22T14:00:00"]);
    let before = page.attributes("[data-testid=chart] a", "href").remove(0);
    assert_eq!(
        alice.get(&before).await.texts("[data-testid=empty] h2"),
        ["No delivery matches these 2 filters"]
    );
    // A day later the alert that nobody heard is no news any more.
    app.wait_seconds(25 * 3_600);
    alice.signs_in(crate::support::app::PASSWORD).await;
    let later = problems(&alice.get(&alice.path("/")).await);
    assert!(!later.iter().any(|line| line.contains("no webhook takes it")), "{later:?}");
}

#[tokio::test]
async fn another_companys_problems_are_not_there() {
    let (app, alice, mallory) = TestApp::two_companies().await;
    let receiver = Receiver::start().await;
    makes_webhook(&alice, &receiver, &[("name", "Alices secret project")]).await;
    receiver.answers([Reply::status(500), Reply::status(500), Reply::status(500)]);
    let alert = app.alert(alice.company.unwrap(), 8).await;
    for _ in 0..3 {
        fires(&app, alice.company.unwrap(), alert).await;
    }
    assert_eq!(problems(&alice.get(&alice.path("/")).await).len(), 1);
    let hers = mallory.get(&mallory.path("/")).await;
    assert!(problems(&hers).is_empty() && !hers.answer.text.contains("Alices"), "{}", hers.text());
    assert!(hers.texts("[data-testid=figures]").is_empty());
    assert_eq!(mallory.get(&alice.path("/")).await.status(), 404);
    assert_eq!(mallory.get("/console/c/all/").await.status(), 404);
    let support = app.person(Role::Support, None).await;
    let all = support.get("/console/c/all/").await;
    assert_eq!((all.status(), problems(&all).len()), (200, 1), "staff see everybody's");
    let viewer = app.person(Role::Viewer, alice.company).await;
    assert!(steps(&viewer.get(&viewer.path("/")).await).is_empty(), "who may not begin is not told to");
}
