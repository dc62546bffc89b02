//! Statistics: the numbers are those of the counters and tallies, lead to what is behind them, and stay in the company.

use belfry::domain::access::Role;
use belfry::domain::ids::AlertId;
use scraper::Selector;

use super::{fires, makes_webhook};
use crate::support::{Page, Person, Receiver, Reply, TestApp};

/// A company whose webhook answered 200, 503 and then 200 (the retry), and 401.
async fn busy() -> (TestApp, Person, Person, i64, AlertId) {
    let (app, alice, mallory) = TestApp::two_companies().await;
    let receiver = Receiver::start().await;
    let (id, _) = makes_webhook(&alice, &receiver, &[]).await;
    let company = alice.company.unwrap();
    let alert = app.alert(company, 8).await;
    receiver.answers([Reply::status(200), Reply::status(503), Reply::status(200), Reply::status(401)]);
    fires(&app, company, alert).await;
    fires(&app, company, alert).await;
    app.wait_seconds(600);
    app.settle().await;
    fires(&app, company, alert).await;
    app.services.engine.count().await.unwrap();
    (app, alice, mallory, id, alert)
}

/// The rows of a table, cells apart.
fn rows(page: &Page, table: &str) -> Vec<String> {
    let (row, cell) = (Selector::parse("tbody tr").unwrap(), Selector::parse("td").unwrap());
    let table = Selector::parse(&format!("#{table}-table")).unwrap();
    let html = page.html();
    let cells = |row: scraper::ElementRef<'_>| -> Vec<String> {
        row.select(&cell).map(|cell| cell.text().collect::<String>().replace('\u{a0}', " ")).collect()
    };
    html.select(&table)
        .flat_map(|table| table.select(&row).map(cells).collect::<Vec<_>>())
        .map(|cells| cells.join(" ").trim().to_owned())
        .collect()
}

#[tokio::test]
async fn numbers_are_grouped_and_lead_to_their_deliveries() {
    let (_app, alice, _, id, _) = busy().await;
    let page = alice.get(&alice.path("/statistics")).await;
    assert_eq!(page.status(), 200);
    let groups = rows(&page, "groups");
    assert_eq!(groups.len(), 1);
    assert!(groups[0].starts_with("Dispatch hub 4 50.0 % 2 0 ≤"), "{groups:?}");
    assert_eq!(page.texts("[data-testid=figures] dd")[1].chars().next(), Some('2'));
    assert!(page.texts("[data-testid=figures] dd")[3].starts_with('3'));
    let behind = page.attributes("#groups-table tbody td a", "href");
    assert_eq!(behind[0], alice.path(&format!("/webhooks/{id}")));
    assert_eq!(alice.get(&behind[1]).await.texts("main tbody tr").len(), 3, "{behind:?}");
    let page = alice.get(&alice.path("/statistics?by=result")).await;
    assert_eq!(rows(&page, "groups"), ["2xx 2 50.0 %", "401 or 403 1 25.0 %", "5xx 1 25.0 %"]);
    assert_eq!(rows(&page, "needed"), ["1 1 50.0 %", "2 1 50.0 %"]);
    assert_eq!(rows(&page, "arrival").len(), 2, "one at once, one after the first wait");
    assert!(page.texts("[data-testid=note]")[0].contains("complete up to"));

    let by = async |by: &str| {
        let page = alice.get(&alice.path(&format!("/statistics?by={by}"))).await;
        rows(&page, "groups")
    };
    assert_eq!(by("type").await, ["Ignition 3 100 %"]);
    assert!(by("company").await[0].starts_with("Northline 4 50.0 %"));
    assert_eq!(by("hour").await.iter().filter(|row| !row.contains(" 0 – 0 0 ")).count(), 1);
    assert_eq!(by("time").await.iter().filter(|row| !row.contains(" 0 0 0 ")).count(), 1);
    let auth = alice.get(&alice.path("/statistics?by=result")).await;
    let behind = auth.attributes("#groups-table tbody tr:nth-child(2) a", "href").remove(0);
    assert!(behind.contains("result=auth"));
    assert_eq!(alice.get(&behind).await.texts("main tbody tr").len(), 1);
}

#[tokio::test]
async fn an_hour_leads_to_its_deliveries_and_hours_of_several_days_do_not() {
    let (_app, alice, ..) = busy().await;
    let links = async |query: &str, css: &str| {
        let page = alice.get(&alice.path(&format!("/statistics?{query}"))).await;
        page.attributes(css, "href")
    };
    let of_hour = links("by=hour&window=24h", "#groups-table tbody a").await;
    assert_eq!(alice.get(&of_hour[0]).await.texts("main tbody tr").len(), 3, "{of_hour:?}");
    assert!(links("by=hour&window=7d", "#groups-table tbody a").await.is_empty());
    let of_cell = links("by=weekday&window=7d", "#heat a").await;
    assert_eq!(of_cell.len(), 1);
    let deliveries = alice.get(&alice.path(&format!("/{}", of_cell[0]))).await;
    assert_eq!(deliveries.texts("main tbody tr").len(), 3, "{of_cell:?}");
    assert!(links("by=weekday&window=30d", "#heat a").await.is_empty());
    let file = alice.get(&alice.path("/statistics.csv?by=weekday&window=7d")).await;
    assert!(file.answer.text.contains("Day,0,1,2,3"), "{}", file.answer.text);
}

#[tokio::test]
async fn the_window_is_what_is_counted() {
    let (app, alice, _, id, _) = busy().await;
    let groups = async |query: &str| {
        let page = alice.get(&alice.path(&format!("/statistics?{query}"))).await;
        assert_eq!(page.status(), 200, "{query}");
        rows(&page, "groups")
    };
    assert_eq!(groups("from=2026-09-22+14:00&to=2026-09-22+14:20").await.len(), 1);
    assert!(groups("from=2026-09-21+14:00&to=2026-09-22+14:00").await.is_empty());
    assert_eq!(groups(&format!("webhook={id}")).await.len(), 1);
    assert!(groups("webhook=999").await.is_empty());
    app.wait_seconds(26 * 3_600);
    alice.signs_in(crate::support::app::PASSWORD).await;
    assert!(groups("window=24h").await.is_empty());
    assert_eq!(groups("window=90d").await.len(), 1);
    let bad = alice.get(&alice.path("/statistics?from=noon&to=2026-09-22")).await;
    assert_eq!(bad.status(), 422);
    assert_eq!(bad.texts("[data-testid=errors] li").len(), 2);
    assert_eq!(bad.attributes("#from", "value"), ["noon"]);
}

#[tokio::test]
async fn a_file_has_the_table_and_no_formulas() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let (alice, receiver) = (app.person(Role::Admin, Some(company)).await, Receiver::start().await);
    makes_webhook(&alice, &receiver, &[("name", "=HYPERLINK(\"x\")")]).await;
    let alert = app.alert(company, 8).await;
    fires(&app, company, alert).await;
    let file = alice.get(&alice.path("/statistics.csv?window=24h")).await;
    assert_eq!(file.answer.header("content-type"), Some("text/csv; charset=utf-8"));
    assert!(file.answer.header("content-disposition").unwrap().contains("statistics-by-webhook.csv"));
    let lines: Vec<&str> = file.answer.text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "Webhook,Attempts,Delivered,Failed,Not sent,p50,p95,p99");
    assert!(lines[1].starts_with("\"'=HYPERLINK(\"\"x\"\")\",1,"), "{lines:?}");
}

#[tokio::test]
async fn nobody_sees_the_numbers_of_others() {
    let (app, alice, mallory, id, _) = busy().await;
    for path in ["/statistics", "/statistics.csv"] {
        assert_eq!(mallory.get(&alice.path(path)).await.status(), 404, "{path}");
    }
    for query in ["", "?by=type", "?by=result", "?by=company", &format!("?webhook={id}")] {
        let page = mallory.get(&mallory.path(&format!("/statistics{query}"))).await;
        assert_eq!(page.texts("[data-testid=empty]").len(), 1, "{query}");
        assert!(!page.text().contains("Dispatch hub") && !page.text().contains("Northline"), "{query}");
    }
    let viewer = app.person(Role::Viewer, alice.company).await;
    assert_eq!(rows(&viewer.get(&viewer.path("/statistics")).await, "groups").len(), 1);
    let support = app.person(Role::Support, None).await;
    let all = support.get("/console/c/all/statistics?by=company").await;
    assert_eq!(rows(&all, "groups").len(), 1);
    // Below a parent, and not beside it.
    let child = app.sub_company("Cold Chain", alice.company.unwrap()).await;
    let carl = app.person(Role::Admin, Some(child)).await;
    assert_eq!(carl.get(&carl.path("/statistics")).await.texts("[data-testid=empty]").len(), 1);
}
