//! The list of deliveries, narrowed by its form and its address.

use belfry::domain::access::Role;
use belfry::domain::time::{MINUTE_US, SECOND_US};
use belfry::web::time_text::Times;

use super::{fires, makes_webhook};
use crate::support::{Page, Person, Receiver, TestApp};

/// Two webhooks, one of which is off, an alert of ignition that fired three times: delivered, failed, delivered.
async fn with_three() -> (TestApp, Person, Receiver) {
    let app = TestApp::start_with(&[("retry_schedule", "0s")]).await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    let receiver = Receiver::start().await;
    makes_webhook(&alice, &receiver, &[]).await;
    makes_webhook(&alice, &receiver, &[("name", "Off"), ("isActive", "")]).await;
    let alert = app.alert(company, 8).await;
    receiver.answers_with([200, 503, 200]);
    for _ in 0..3 {
        fires(&app, company, alert).await;
        app.wait_seconds(60);
    }
    (app, alice, receiver)
}

fn rows(page: &Page) -> Vec<String> {
    let ids = page.attributes("[data-testid=deliveries] tbody tr", "id");
    ids.into_iter().map(|id| id.replace('d', "")).collect()
}

#[tokio::test]
async fn everything_that_a_row_shows_narrows_the_list() {
    let (_app, alice, _receiver) = with_three().await;
    let list = async |query: &str| alice.get(&alice.path(&format!("/deliveries?{query}"))).await;
    for (query, expected) in [
        ("result=5xx", &["3"][..]),
        ("result=2xx", &["5", "1"]),
        ("result=inactive", &["6", "4", "2"]),
        ("result=tls", &[]),
        ("type=8&webhook=1", &["5", "3", "1"]),
        ("type=5", &[]),
        ("alert=1&status=failed", &["3"]),
        ("alert=2", &[]),
        ("vehicle=delivery+VAN+07&webhook=1", &["5", "3", "1"]),
        ("vehicle=Van", &[]),
        ("attempts=1", &["5", "3", "1"]),
        ("attempts=2", &[]),
        ("trigger=test", &[]),
        ("trigger=automatic&webhook=2", &["6", "4", "2"]),
        ("duration=3600000", &[]),
    ] {
        let page = list(query).await;
        assert_eq!(rows(&page), expected, "{query}");
        assert_eq!(page.status(), 200);
        let count = query.split('&').count();
        assert_eq!(page.texts("[data-testid=active-filters] a").len(), count, "{query}");
    }
    let page = list("attempts=1&vehicle=Delivery+Van+07&result=5xx").await;
    let drops = page.attributes("[data-testid=active-filters] a", "href");
    assert_eq!(drops[1], alice.path("/deliveries?attempts=1&vehicle=Delivery+Van+07"));
    assert_eq!(page.attributes("#vehicle", "value"), ["Delivery Van 07"]);
    assert_eq!(page.attributes("#result option[selected]", "value"), ["5xx"]);
}

#[tokio::test]
async fn chips_and_head_say_how_many_and_the_button_too() {
    let (_app, alice, _receiver) = with_three().await;
    let page = alice.get(&alice.path("/deliveries")).await;
    let chips = page.texts("nav[aria-label=Status] a");
    assert_eq!(
        chips,
        ["All 6", "Failed 1", "Retrying 0", "Queued 0", "Not sent 3", "Delivered 2", "Cancelled 0"]
    );
    assert_eq!(page.texts("[data-testid=summary]"), ["6 in all · kept for 90 days"]);
    assert_eq!(page.texts("[data-testid=redeliver-many]"), ["Redeliver 1 failed…"]);
    // With something that rows are asked for, too.
    let page = alice.get(&alice.path("/deliveries?type=8&webhook=1")).await;
    assert_eq!(page.texts("nav[aria-label=Status] a")[..2], ["All 3", "Failed 1"]);
    assert_eq!(page.texts("[data-testid=summary]"), ["3 matching · kept for 90 days"]);
    assert_eq!(
        page.attributes("[data-testid=redeliver-many]", "href"),
        [alice.path("/replays/new?type=8&webhook=1")]
    );
    let page = alice.get(&alice.path("/deliveries?status=not_sent&vehicle=Delivery+Van+07")).await;
    assert_eq!(page.texts("[data-testid=redeliver-many]"), ["Redeliver 3…"]);
    let ask = page.attributes("[data-testid=redeliver-many]", "href").remove(0);
    let ask = alice.get(&ask).await;
    assert!(ask.texts("[data-testid=found]")[0].contains("3 deliveries"), "{}", ask.text());
    assert!(ask.texts("[data-testid=also]")[0].contains("Vehicle Delivery Van 07"));
    assert_eq!(ask.attributes("[data-testid=narrow] [name=vehicle]", "value"), ["Delivery Van 07"]);
    let nothing = alice.get(&alice.path("/deliveries?status=cancelled")).await;
    assert!(nothing.texts("[data-testid=redeliver-many]").is_empty());
}

#[tokio::test]
async fn times_are_typed_in_the_readers_zone() {
    let (app, alice, _receiver) = with_three().await;
    let now = app.services.clock.now();
    let local = Times::new("Europe/Berlin", now).local(now.plus_micros(-3 * MINUTE_US + SECOND_US));
    let (day, time) = (&local[..10], &local[11..]);
    let typed = format!("/deliveries?from={day}+{time}&to=&type=&webhook=1&alert=&vehicle=");
    let answer = alice.get(&alice.path(&typed)).await;
    assert_eq!(answer.status(), 303, "a form names every field; the address does not");
    let location = answer.location().unwrap().to_owned();
    assert!(location.contains("?from=20") && location.ends_with("Z&webhook=1"), "{location}");
    let page = alice.get(&location).await;
    assert_eq!(rows(&page), ["5", "3"]);
    assert_eq!(page.attributes("#from", "value"), [format!("{day} {time}")]);
    app.wait_seconds(1);
    let chips = page.attributes("nav[aria-label=Time] a", "href");
    assert_eq!(chips.len(), 6);
    assert_eq!(rows(&alice.get(&chips[1]).await), ["5", "3", "1"], "the last quarter of an hour");
}

#[tokio::test]
async fn what_cannot_be_read_comes_back_with_the_problem_beside_it() {
    let (_app, alice, _receiver) = with_three().await;
    let page = alice.get(&alice.path("/deliveries?attempts=many&from=noon&vehicle=TRK-118&color=red")).await;
    assert_eq!(page.status(), 422);
    assert_eq!(page.attributes("[data-testid=errors] a", "href"), ["#attempts", "#from"]);
    assert!(page.texts("#attempts-error")[0].contains("from 1 to 1,000"));
    assert_eq!(page.attributes("#from", "value"), ["noon"]);
    assert_eq!(page.attributes("#vehicle", "value"), ["TRK-118"]);
    assert!(rows(&page).is_empty() && page.texts("[data-testid=empty]").is_empty());
}

#[tokio::test]
async fn nothing_says_what_would_match_with_less() {
    let (_app, alice, _receiver) = with_three().await;
    let page = alice.get(&alice.path("/deliveries?status=failed&vehicle=TRK-811")).await;
    assert_eq!(page.texts("[data-testid=empty] h2"), ["No delivery matches these 2 filters"]);
    let ways = page.texts("[data-testid=empty] .button");
    assert_eq!(ways, ["1 delivery matches without Vehicle TRK-811", "Clear all filters"]);
    assert_eq!(
        page.attributes("[data-testid=empty] .button", "href")[0],
        alice.path("/deliveries?status=failed")
    );
}

#[tokio::test]
async fn a_filter_does_not_reach_into_other_companies() {
    let (app, alice, _receiver) = with_three().await;
    let other = app.company("Prairie").await;
    let mallory = app.person(Role::Admin, Some(other)).await;
    for query in
        ["webhook=1", "alert=1", "vehicle=Delivery+Van+07", "result=5xx", "replay=1", "status=failed"]
    {
        let page = mallory.get(&mallory.path(&format!("/deliveries?{query}"))).await;
        assert!(rows(&page).is_empty(), "{query}");
        assert!(page.texts("[data-testid=further]").is_empty(), "{query}");
        assert!(!page.answer.text.contains("Dispatch hub"), "{query}");
        assert_eq!(mallory.get(&alice.path(&format!("/deliveries?{query}"))).await.status(), 404);
    }
}
