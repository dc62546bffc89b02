//! The list as a file.

use belfry::domain::access::Role;

use super::{fires, makes_webhook};
use crate::support::{Person, Receiver, TestApp};

/// The columns of the first line, and the lines below.
fn csv(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let text = text.strip_prefix('\u{feff}').expect("a mark that it is UTF-8");
    let mut lines: Vec<Vec<String>> = text
        .split_terminator("\r\n")
        .map(|line| line.split(',').map(|cell| cell.trim_matches('"').to_owned()).collect())
        .collect();
    (lines.remove(0), lines)
}

fn ids(lines: &[Vec<String>]) -> Vec<&str> {
    lines.iter().map(|line| line[0].as_str()).collect()
}

/// A company whose only webhook has a name that a spreadsheet would calculate, and `count` deliveries.
async fn with_deliveries(count: usize) -> (TestApp, Person, Receiver) {
    let app = TestApp::start_with(&[("retry_schedule", "0s")]).await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    let receiver = Receiver::start().await;
    makes_webhook(&alice, &receiver, &[("name", "=1+1")]).await;
    let (alert, api) = (app.alert(company, 8).await, app.api(company).await);
    receiver.answers_with([500]);
    for _ in 0..count {
        crate::delivery::fire(&api, alert).await;
    }
    app.settle().await;
    fires(&app, company, alert).await;
    (app, alice, receiver)
}

#[tokio::test]
async fn a_file_holds_what_the_page_shows_and_all_of_it() {
    let (_app, alice, _receiver) = with_deliveries(44).await;
    let page = alice.get(&alice.path("/deliveries?status=delivered&attempts=1")).await;
    let links = page.attributes("[data-testid=csv], [data-testid=ndjson]", "href");
    assert_eq!(
        links,
        ["csv", "ndjson"].map(|end| alice.path(&format!("/deliveries.{end}?attempts=1&status=delivered")))
    );
    let file = alice.get(&links[0]).await;
    assert_eq!(file.status(), 200);
    assert_eq!(file.answer.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    let disposition = file.answer.header("content-disposition").unwrap();
    assert!(disposition.starts_with("attachment; filename=\"deliveries-1-2"), "{disposition}");
    assert!(disposition.ends_with("Z.csv\""), "{disposition}");
    let (names, lines) = csv(&file.answer.text);
    assert_eq!((names[0].as_str(), names[3].as_str(), names.len()), ("id", "status", 24));
    assert_eq!(lines.len(), 44, "more than a page");
    assert!(lines.iter().all(|line| line.len() == 24 && line[3] == "delivered" && line[4] == "200"));
    let webhook = names.iter().position(|name| name == "webhook_name").unwrap();
    assert!(lines.iter().all(|line| line[webhook] == "'=1+1"), "a formula is marked as text");

    let mut shown: Vec<String> = Vec::new();
    let mut next = Some(alice.path("/deliveries?status=delivered&attempts=1"));
    while let Some(url) = next {
        let page = alice.get(&url).await;
        let rows = page.attributes("[data-testid=deliveries] tbody tr", "id");
        shown.extend(rows.into_iter().map(|id| id.replace('d', "")));
        next = page.attributes("[data-testid=pager] a[rel=next]", "href").pop();
    }
    assert_eq!(ids(&lines), shown);

    let file = alice.get(&links[1]).await;
    assert_eq!(file.answer.header("content-type"), Some("application/x-ndjson"));
    let objects: Vec<serde_json::Value> =
        file.answer.text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let numbers: Vec<String> = objects.iter().map(|object| object["id"].to_string()).collect();
    assert_eq!(numbers, shown);
    assert_eq!((&objects[0]["webhook_name"], &objects[0]["not_sent_detail"]), (&"=1+1".into(), &().into()));
    let fields: Vec<&String> = objects[0].as_object().unwrap().keys().collect();
    assert!(fields.into_iter().eq(names.iter()), "the same names in the same order");
}

#[tokio::test]
async fn a_file_is_read_in_pieces_and_an_empty_one_is_one() {
    let (_app, alice, _receiver) = with_deliveries(1_040).await;
    let file = alice.get(&alice.path("/deliveries.csv?before=3&live=1")).await;
    assert_eq!(csv(&file.answer.text).1.len(), 1_041, "more than two pieces, wherever the page stood");
    let file = alice.get(&alice.path("/deliveries.csv?status=cancelled")).await;
    assert_eq!(csv(&file.answer.text).1.len(), 0);
    let file = alice.get(&alice.path("/deliveries.ndjson?vehicle=nobody")).await;
    assert_eq!((file.status(), file.answer.text.as_str()), (200, ""));
}

#[tokio::test]
async fn a_file_is_for_those_who_see_the_page() {
    let (app, alice, _receiver) = with_deliveries(2).await;
    let other = app.company("Prairie").await;
    let mallory = app.person(Role::Admin, Some(other)).await;
    let viewer = app.person(Role::Viewer, alice.company).await;
    let operator = app.person(Role::Operator, None).await;
    for end in ["csv", "ndjson"] {
        let path = |query: &str| format!("/deliveries.{end}{query}");
        assert_eq!(viewer.get(&alice.path(&path(""))).await.status(), 200);
        assert_eq!(mallory.get(&alice.path(&path(""))).await.status(), 404);
        let own = mallory.get(&mallory.path(&path("?webhook=1"))).await;
        assert!(!own.answer.text.contains("1+1"));
        assert_eq!(operator.get(&alice.path(&path(""))).await.status(), 403);
        let wrong = alice.get(&alice.path(&path("?from=noon"))).await;
        assert_eq!((wrong.status(), wrong.attributes("#from", "value")), (422, vec!["noon".to_owned()]));
    }
}
