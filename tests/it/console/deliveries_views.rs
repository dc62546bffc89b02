//! Named filters of the list, and a list that says when there is something new.

use belfry::domain::access::Role;

use super::{fires, makes_webhook};
use crate::support::{Page, Person, Receiver, TestApp};

fn views(page: &Page) -> Vec<String> {
    page.texts("nav[aria-label=Views] a")
}

const BUILT_IN: [&str; 5] = ["Failed today", "Waiting to retry", "Not sent", "Slow (> 3 s)", "Tests"];

async fn saves(person: &Person, list: &str, name: &str, is_shared: bool) -> Page {
    let page = person.get(&person.path(list)).await;
    let form = page.attributes("[data-testid=view]", "href").remove(0);
    let page = person.get(&form).await;
    let query = page.attributes("[name=query]", "value").remove(0);
    let shared = if is_shared { "on" } else { "" };
    person
        .post(&person.path("/deliveries/views/new"), &[("name", name), ("query", &query), ("shared", shared)])
        .await
}

async fn entries(person: &Person) -> Vec<String> {
    person.get(&person.path("/audit?kind=view")).await.texts("[data-testid^=entry]")
}

#[tokio::test]
async fn a_filter_gets_a_name_and_loses_it_again() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    let victor = app.person(Role::Viewer, Some(company)).await;
    let plain = alice.get(&alice.path("/deliveries")).await;
    assert_eq!(views(&plain), BUILT_IN);
    assert!(plain.texts("[data-testid=view]").is_empty(), "everything needs no name");
    for url in plain.attributes("nav[aria-label=Views] a", "href") {
        let page = alice.get(&url).await;
        assert_eq!(page.status(), 200, "{url}");
        assert_eq!(page.texts("nav[aria-label=Views] a[aria-current]").len(), 1, "{url}");
        assert!(page.texts("[data-testid=view]").is_empty());
    }

    let saved = saves(&victor, "/deliveries?status=failed&vehicle=TRK-118", "My truck", false).await;
    let list = victor.path("/deliveries?status=failed&vehicle=TRK-118");
    assert_eq!((saved.status(), saved.location()), (303, Some(list.as_str())));
    let page = victor.get(&list).await;
    assert!(page.texts("[data-testid=flash]")[0].contains("The view My truck was saved."));
    assert_eq!(page.texts("nav[aria-label=Views] a[aria-current]"), ["My truck"]);
    assert_eq!(views(&alice.get(&alice.path("/deliveries")).await), BUILT_IN, "it is Victor's");

    saves(&alice, "/deliveries?result=5xx", "Hub trouble", true).await;
    let page = victor.get(&victor.path("/deliveries?result=5xx")).await;
    assert_eq!(views(&page)[5..], ["My truck", "Hub trouble"]);
    assert!(page.texts("[data-testid=view]").is_empty(), "not Victor's to delete");
    assert_eq!(victor.get(&victor.path("/deliveries/views/2")).await.status(), 200);
    assert_eq!(victor.post(&victor.path("/deliveries/views/2"), &[]).await.status(), 403);
    let refused = saves(&victor, "/deliveries?result=4xx", "For all", true).await;
    assert_eq!(refused.status(), 403, "a viewer does not share");
    assert_eq!(alice.get(&alice.path("/deliveries/views/1")).await.status(), 404);
    assert_eq!(alice.post(&alice.path("/deliveries/views/1"), &[]).await.status(), 404);

    let page = alice.get(&alice.path("/deliveries?result=5xx")).await;
    assert_eq!(page.texts("[data-testid=view]"), ["Delete view…"]);
    let ask = alice.get(&page.attributes("[data-testid=view]", "href")[0]).await;
    assert_eq!(ask.texts("h1"), ["Hub trouble"]);
    let gone = alice.post(&alice.path("/deliveries/views/2"), &[]).await;
    assert_eq!((gone.status(), gone.location()), (303, Some(alice.path("/deliveries").as_str())));
    assert_eq!(views(&victor.get(&victor.path("/deliveries")).await)[5..], ["My truck"]);
    assert_eq!(alice.get(&alice.path("/deliveries/views/2")).await.status(), 404);
    assert_eq!(entries(&alice).await.len(), 3, "saved twice, deleted once");
}

#[tokio::test]
async fn a_name_is_asked_for_and_other_companies_have_none_of_it() {
    let (_app, alice, mallory) = TestApp::two_companies().await;
    for (name, problem) in [("", "Give it a name."), (&*"n".repeat(200), "128 characters at most")] {
        let page = saves(&alice, "/deliveries?status=failed", name, false).await;
        assert_eq!(page.status(), 422);
        assert!(page.texts("#name-error")[0].contains(problem));
        assert_eq!(page.attributes("[name=query]", "value"), ["status=failed"]);
    }
    saves(&alice, "/deliveries?status=failed", "Alices secret", true).await;
    for path in [mallory.path("/deliveries/views/1"), alice.path("/deliveries/views/1")] {
        assert_eq!(mallory.get(&path).await.status(), 404);
        assert_eq!(mallory.post(&path, &[]).await.status(), 404);
    }
    let page = mallory.get(&mallory.path("/deliveries?status=failed")).await;
    assert!(!page.answer.text.contains("Alices"));
    let foreign = [("name", "x"), ("query", "status=failed"), ("shared", "on")];
    assert_eq!(mallory.post(&alice.path("/deliveries/views/new"), &foreign).await.status(), 404);
    assert_eq!(views(&alice.get(&alice.path("/deliveries")).await).len(), 6);
}

#[tokio::test]
async fn a_live_list_says_what_is_new_and_moves_nothing() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    let receiver = Receiver::start().await;
    makes_webhook(&alice, &receiver, &[]).await;
    let alert = app.alert(company, 8).await;
    fires(&app, company, alert).await;
    let still = alice.get(&alice.path("/deliveries?webhook=1")).await;
    assert!(still.texts("[data-testid=newer]").is_empty() && !still.answer.text.contains("http-equiv"));
    let live = alice.get(&still.attributes("[data-testid=live]", "href")[0]).await;
    assert_eq!(live.texts("[data-testid=newer]"), ["Nothing new."]);
    assert!(live.answer.text.contains("<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>"));
    assert_eq!(live.attributes("[data-testid=live]", "href"), [alice.path("/deliveries?webhook=1")]);
    let poll = live.attributes("[data-testid=newer]", "hx-get").remove(0);
    assert_eq!(poll, alice.path("/deliveries/newer?after=1&live=1&webhook=1"));

    let ask = async |tag: Option<&str>| {
        let url = format!("{}{poll}", app.url);
        let mut request =
            reqwest::Client::new().get(url).header("Cookie", alice.cookie()).header("HX-Request", "true");
        if let Some(tag) = tag {
            request = request.header("If-None-Match", tag);
        }
        crate::support::Answer::read(request.send().await.expect("an answer")).await
    };
    let first = ask(None).await;
    let tag = first.header("etag").expect("a tag").to_owned();
    assert_eq!(first.status, 200);
    assert!(first.text.contains("Nothing new.") && !first.text.contains("<html"), "{}", first.text);
    assert_eq!(ask(Some(&tag)).await.status, 304);
    fires(&app, company, alert).await;
    fires(&app, company, alert).await;
    let changed = ask(Some(&tag)).await;
    assert_eq!(changed.status, 200);
    assert!(changed.text.contains("2 new"), "{}", changed.text);
    let page = alice.get(&poll).await;
    assert_eq!(page.texts("[data-testid=deliveries] tbody tr").len(), 2, "as a page it shows them");
}

#[tokio::test]
async fn a_chart_shows_the_time_of_the_list_and_says_when_it_cannot() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    let receiver = Receiver::start().await;
    makes_webhook(&alice, &receiver, &[]).await;
    let alert = app.alert(company, 8).await;
    for _ in 0..2 {
        fires(&app, company, alert).await;
        app.wait_seconds(3_600);
    }
    alice.signs_in(crate::support::app::PASSWORD).await; // two hours have passed
    let list = async |query: &str| alice.get(&alice.path(&format!("/deliveries?{query}"))).await;
    let plain = list("").await;
    assert!(plain.texts("[data-testid=chart]").is_empty());
    let charted = alice.get(&plain.attributes("[data-testid=toggle-chart]", "href")[0]).await;
    let labels = charted.attributes("[data-testid=chart] a", "aria-label");
    assert_eq!(labels.len(), 24);
    let full: Vec<usize> = (0..24).filter(|at| labels[*at].contains("1 delivered")).collect();
    assert_eq!(full, [21, 22], "{labels:?}");
    let narrowed = charted.attributes("[data-testid=chart] a", "href").remove(21);
    assert!(narrowed.starts_with("?chart=1&from="), "{narrowed}");
    let hour = alice.get(&alice.path(&format!("/deliveries{narrowed}"))).await;
    assert_eq!(hour.texts("[data-testid=deliveries] tbody tr").len(), 1);
    let other = list("chart=1&vehicle=TRK-118").await;
    assert!(other.texts("[data-testid=chart]").is_empty());
    assert!(other.texts("[data-testid=chart-note]")[0].contains("Drop the other filters"));

    let mallory = app.company("Prairie").await;
    let mallory = app.person(Role::Admin, Some(mallory)).await;
    let page = mallory.get(&mallory.path("/deliveries?chart=1&webhook=1")).await;
    assert!(page.texts("[data-testid=chart] a").is_empty());
}
