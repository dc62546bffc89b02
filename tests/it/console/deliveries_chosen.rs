//! Deliveries chosen one by one in the list, and just those redelivered.

use belfry::domain::access::Role;
use belfry::domain::ids::CompanyId;

use super::{fires, makes_webhook};
use crate::support::{Page, Person, Receiver, TestApp};

/// An application where every delivery fails for good at first, and two companies with so many failed deliveries: the
/// first has 1 to 4, the second 5 and 6.
async fn with_failures() -> (TestApp, Person, Person, Receiver) {
    let app = TestApp::start_with(&[("retry_schedule", "0s")]).await;
    let receiver = Receiver::start().await;
    receiver.answers_with([500; 6]);
    let (mut people, names) = (Vec::new(), [("Northline", 4), ("Mallory Ltd", 2)]);
    for (name, count) in names {
        let company = app.company(name).await;
        let person = app.person(Role::Admin, Some(company)).await;
        makes_webhook(&person, &receiver, &[]).await;
        let alert = app.alert(company, 8).await;
        for _ in 0..count {
            fires(&app, company, alert).await;
        }
        people.push(person);
    }
    let mallory = people.pop().unwrap();
    (app, people.pop().unwrap(), mallory, receiver)
}

/// Sends the form of a preview as it stands, and gives the answer.
async fn begins(person: &Person, preview: &Page) -> Page {
    let names = preview.attributes("[data-testid=begin] input[name]:not([name=csrf_token])", "name");
    let values = preview.attributes("[data-testid=begin] input[name]:not([name=csrf_token])", "value");
    let fields: Vec<(&str, &str)> =
        names.iter().zip(&values).map(|(name, value)| (name.as_str(), value.as_str())).collect();
    person.post(&person.path("/replays/new"), &fields).await
}

/// The clock moves on, and the engine makes what it may and sends it.
async fn passes(app: &TestApp, seconds: i64) {
    for _ in 0..seconds {
        app.wait_seconds(1);
        while app.services.engine.steer().await.unwrap() {}
    }
    app.settle().await;
}

/// What was redelivered by a replay: the numbers of the old deliveries.
async fn repeated(person: &Person, replay: i64) -> Vec<String> {
    let file = person.get(&person.path(&format!("/deliveries.csv?replay={replay}"))).await;
    let last = |line: &str| line.rsplit(',').next().unwrap_or_default().to_owned();
    let mut old: Vec<String> = file.answer.text.split_terminator("\r\n").skip(1).map(last).collect();
    old.sort_unstable();
    old
}

#[tokio::test]
async fn exactly_the_chosen_ones_are_redelivered() {
    let (app, alice, _mallory, receiver) = with_failures().await;
    let list = alice.get(&alice.path("/deliveries")).await;
    assert_eq!(list.attributes("[data-testid=choose]", "action"), [alice.path("/replays/new")]);
    let boxes = list.attributes("[data-testid=choose] tbody [name=delivery]", "value");
    assert_eq!(boxes, ["4", "3", "2", "1"]);
    assert_eq!(list.attributes("[data-testid=choose] [name=chosen]", "value"), ["1"]);

    // As the form sends it.
    let preview = alice.get(&alice.path("/replays/new?chosen=1&delivery=3&delivery=1")).await;
    assert_eq!(preview.status(), 200);
    assert_eq!(preview.texts("[data-testid=also]"), ["And only: 2 chosen deliveries · change"]);
    let found = preview.texts("[data-testid=found]").remove(0);
    assert!(found.contains("2 deliveries") && found.contains("Sent again2 events"), "{found}");
    assert!(preview.attributes("[data-testid=narrow] [name=status][checked]", "value").is_empty());
    let begun = begins(&alice, &preview).await;
    assert_eq!((begun.status(), begun.location()), (303, Some(&*alice.path("/replays/1"))));
    passes(&app, 3).await;
    let page = alice.get(&alice.path("/replays/1")).await;
    assert_eq!(page.texts("[data-testid=made]"), ["2 of 2 made"]);
    assert_eq!(page.texts("[data-testid=progress] .badge"), ["Finished"]);
    assert!(page.texts("[data-testid=facts]")[0].contains("Any status · 2 chosen deliveries"));
    assert_eq!(repeated(&alice, 1).await, ["1", "3"]);
    assert_eq!(receiver.requests(), 8);
    let audit = alice.get(&alice.path("/audit?kind=replay")).await;
    let changes = audit.texts("[data-testid=audit] tbody tr .cell-target").join(" ");
    assert!(changes.contains("deliveries") && changes.contains("[1,3]"), "{changes}");

    // What was delivered may be chosen, too: the number alone decides.
    let preview = alice.get(&alice.path("/replays/new?chosen=1&delivery=7")).await;
    assert_eq!(preview.texts("[data-testid=begin] .button--primary"), ["Redeliver 1 event"]);
    // A status beside it narrows.
    let preview = alice.get(&alice.path("/replays/new?delivery=2,7&status=failed")).await;
    assert!(preview.texts("[data-testid=found]")[0].contains("1 delivery"));
}

#[tokio::test]
async fn the_numbers_of_others_mean_nothing() {
    let (app, alice, mallory, receiver) = with_failures().await;
    let preview = alice.get(&alice.path("/replays/new?chosen=1&delivery=5,6")).await;
    assert!(preview.texts("[data-testid=found]")[0].contains("0 deliveries"));
    assert!(
        preview.texts("[data-testid=targets]").is_empty() && preview.texts("[data-testid=begin]").is_empty()
    );
    let fields = [("chosen", "1"), ("delivery", "5,6"), ("rate", "10")];
    assert_eq!(alice.post(&alice.path("/replays/new"), &fields).await.status(), 409);
    let fields = [("chosen", "1"), ("delivery", "2,5,6"), ("rate", "10")];
    assert_eq!(alice.post(&alice.path("/replays/new"), &fields).await.status(), 303);
    passes(&app, 2).await;
    assert_eq!(repeated(&alice, 1).await, ["2"]);
    assert_eq!(receiver.requests(), 7);

    let list = alice.get(&alice.path("/deliveries?delivery=2,5,6")).await;
    assert_eq!(list.attributes("[data-testid=deliveries] tbody tr", "id"), ["d2"]);
    let file = alice.get(&alice.path("/deliveries.ndjson?delivery=2,5,6")).await;
    assert_eq!(file.answer.text.lines().count(), 1, "{}", file.answer.text);
    assert_eq!(mallory.get(&alice.path("/replays/new?delivery=1")).await.status(), 404);
    // Those of the companies below are within reach.
    let below = app.sub_company("Northline Nordic", alice.company.unwrap()).await;
    fires_in(&app, below, &receiver).await;
    let preview = alice.get(&alice.path("/replays/new?chosen=1&delivery=8")).await;
    assert!(preview.texts("[data-testid=found]")[0].contains("1 delivery"), "{}", preview.text());
}

/// A failed delivery of a company of its own webhook.
async fn fires_in(app: &TestApp, company: CompanyId, receiver: &Receiver) {
    let person = app.person(Role::Admin, Some(company)).await;
    makes_webhook(&person, receiver, &[]).await;
    let alert = app.alert(company, 8).await;
    receiver.answers_with([500]);
    fires(app, company, alert).await;
}

#[tokio::test]
async fn nothing_chosen_is_not_all_and_too_many_are_refused() {
    let (_app, alice, _mallory, receiver) = with_failures().await;
    let none = alice.get(&alice.path("/replays/new?chosen=1")).await;
    assert_eq!(none.status(), 422);
    let words = "Deliveries: None is chosen. Go back to the list and choose at least one.";
    assert_eq!(none.texts("[data-testid=errors] a"), [words]);
    assert_eq!(none.attributes("[data-testid=errors] a", "href"), ["#delivery"]);
    assert_eq!(none.texts("#delivery"), ["And only: 0 chosen deliveries · change"]);
    assert!(none.texts("[data-testid=begin]").is_empty() && none.texts("[data-testid=found]").is_empty());
    // Counting again does not come to mean all.
    assert_eq!(none.attributes("[data-testid=narrow] [name=chosen]", "value"), ["1"]);
    for fields in [
        &[("chosen", "1"), ("rate", "10")][..],
        &[("chosen", "1"), ("status", "failed"), ("delivery", ""), ("rate", "10")],
    ] {
        let refused = alice.post(&alice.path("/replays/new"), fields).await;
        assert_eq!((refused.status(), refused.texts("[data-testid=begin]").len()), (422, 0));
    }

    let many: Vec<String> = (1..=51).map(|number| number.to_string()).collect();
    let many = many.join(",");
    for path in ["/replays/new?chosen=1&", "/deliveries?", "/deliveries.csv?", "/deliveries/views/new?"] {
        let page = alice.get(&alice.path(&format!("{path}delivery={many}"))).await;
        assert_eq!(page.status(), 422, "{path}");
        let said = page.texts("[data-testid=errors] a");
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with("Deliveries: Choose 50 deliveries at most."), "{said:?}");
        let anchor = page.attributes("[data-testid=errors] a", "href").remove(0);
        assert_eq!(page.texts(&anchor).len(), 1, "{path}: {anchor} is there");
    }
    let fields = [("chosen", "1"), ("delivery", many.as_str()), ("rate", "10")];
    assert_eq!(alice.post(&alice.path("/replays/new"), &fields).await.status(), 422);
    let unknown = alice.get(&alice.path("/replays/new?chosen=1&delivery=1,x")).await;
    assert!(unknown.texts("[data-testid=errors]")[0].contains("There is no such delivery."));
    assert_eq!(alice.get(&alice.path("/replays/1")).await.status(), 404, "nothing has begun");
    assert_eq!(receiver.requests(), 6);
}

#[tokio::test]
async fn chosen_deliveries_are_a_filter_like_any_other() {
    let (_app, alice, _mallory, _receiver) = with_failures().await;
    let list = async |query: &str| alice.get(&alice.path(&format!("/deliveries?{query}"))).await;
    let rows = |page: &Page| page.attributes("[data-testid=deliveries] tbody tr", "id");
    let page = list("delivery=1&delivery=4&delivery=3").await;
    assert_eq!(rows(&page), ["d4", "d3", "d1"]);
    assert!(page.texts("[data-testid=summary]")[0].starts_with("3 matching"));
    let chips = page.texts("[data-testid=active-filters] a");
    assert_eq!(chips, ["Only 3 chosen deliveriesdrop"]);
    assert_eq!(page.attributes("[data-testid=active-filters] a", "href"), [alice.path("/deliveries")]);
    assert_eq!(page.attributes("[data-testid=filters] [name=delivery]", "value"), ["1,3,4"]);
    // All of them are redelivered, and not those among them that failed.
    let again = page.attributes("[data-testid=redeliver-many]", "href");
    assert_eq!(again, [alice.path("/replays/new?delivery=1,3,4")]);
    assert_eq!(page.texts("[data-testid=redeliver-many]"), ["Redeliver 3…"]);
    assert_eq!(rows(&list("before=4&delivery=1,3,4").await), ["d3", "d1"]);
    assert_eq!(rows(&list("after=1&delivery=1,3,4").await), ["d4", "d3"]);
    assert!(rows(&list("delivery=1,3,4&status=delivered").await).is_empty());
    assert!(rows(&list("delivery=1,3,4&vehicle=nobody").await).is_empty());
    let file = alice.get(&page.attributes("[data-testid=csv]", "href")[0]).await;
    assert_eq!(file.answer.text.split_terminator("\r\n").count(), 4);

    let form = alice.get(&page.attributes("[data-testid=view]", "href")[0]).await;
    assert!(form.text().contains("3 chosen deliveries"));
    let query = form.attributes("[name=query]", "value").remove(0);
    let saved =
        alice.post(&alice.path("/deliveries/views/new"), &[("name", "Odd ones"), ("query", &query)]).await;
    assert_eq!(saved.location(), Some(&*alice.path("/deliveries?delivery=1,3,4")));
    assert!(list("").await.texts("nav[aria-label=Views] a").contains(&"Odd ones".to_owned()));
}

#[tokio::test]
async fn those_who_may_not_redeliver_choose_nothing() {
    let (app, alice, _mallory, _receiver) = with_failures().await;
    let viewer = app.person(Role::Viewer, alice.company).await;
    let support = app.person(Role::Support, None).await;
    for (page, may) in [
        (viewer.get(&viewer.path("/deliveries")).await, false),
        (support.get("/console/c/all/deliveries").await, false),
        (support.get(&alice.path("/deliveries")).await, true),
    ] {
        assert!(!page.texts("[data-testid=deliveries] tbody tr").is_empty());
        assert_eq!(!page.texts("[data-testid=choose]").is_empty(), may);
        assert_eq!(!page.attributes("tbody [type=checkbox]", "value").is_empty(), may);
    }
    assert_eq!(viewer.get(&viewer.path("/replays/new?chosen=1&delivery=1")).await.status(), 403);
}

#[tokio::test]
async fn the_way_back_to_the_list_is_kept_by_what_is_done_with_a_delivery() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    let receiver = Receiver::start().await;
    makes_webhook(&alice, &receiver, &[]).await;
    let alert = app.alert(company, 8).await;
    receiver.answers_with([500, 500, 500]);
    fires(&app, company, alert).await;
    fires(&app, company, alert).await;
    let list = "?list=webhook%3D1";
    let page = alice.get(&alice.path(&format!("/deliveries/1{list}"))).await;
    for (button, verb) in [("send-now", "send-now"), ("stop", "stop")] {
        let to = page.attributes(&format!("[data-testid={button}]"), "formaction");
        assert_eq!(to, [alice.path(&format!("/deliveries/1/{verb}{list}"))]);
        let done = alice.post(&to[0], &[]).await;
        let back = alice.path(&format!("/deliveries/1{list}"));
        assert_eq!((done.status(), done.location()), (303, Some(&*back)), "{verb}");
    }
    let page = alice.get(&alice.path(&format!("/deliveries/1{list}"))).await;
    let to = page.attributes("form:has([data-testid=redeliver])", "action");
    let made = alice.post(&to[0], &[]).await;
    assert_eq!(made.location(), Some(&*alice.path(&format!("/deliveries/3{list}"))));
    // Refused: the way out is the same page.
    let refused = alice.post(&alice.path(&format!("/deliveries/1/stop{list}")), &[]).await;
    assert_eq!(refused.status(), 409);
    assert!(refused.attributes("main a", "href").contains(&alice.path(&format!("/deliveries/1{list}"))));
    // What is no place of the list leads nowhere.
    let elsewhere = alice.post(&alice.path("/deliveries/2/stop?list=https://evil.example/"), &[]).await;
    assert_eq!(elsewhere.location(), Some(&*alice.path("/deliveries/2")));
}
