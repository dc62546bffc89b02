//! What the search finds is what a plain reading of all events finds, however they lie in blocks and companies.

use belfry::domain::access::{Caller, Scope};
use belfry::domain::alert_type::AlertType;
use belfry::domain::ids::{CompanyId, EventId};
use belfry::domain::search::window::Window;
use belfry::domain::time::Timestamp;
use belfry::store::search::events::{self, Asked, Found};
use belfry::store::search::{READ_MAX, vehicles};

use crate::support::TestApp;

/// Microseconds between two numbers.
const STEP_US: i64 = 1_000_000;
const BEGIN_US: i64 = 1_790_000_000_000_000;

#[derive(Debug, Clone)]
struct Row {
    id: i64,
    company: CompanyId,
    vehicle: &'static str,
    kind: i64,
    is_test: bool,
}

impl Row {
    fn at(&self) -> i64 {
        BEGIN_US + self.id * STEP_US
    }
}

fn insert(app: &TestApp, rows: &[Row]) {
    for rows in rows.chunks(400) {
        let values: Vec<String> = rows
            .iter()
            .map(|row| {
                let (id, company, at) = (row.id, row.company, row.at());
                let vehicle = row.vehicle.replace('\'', "''");
                let payload = format!(
                    r#"{{"vehicleId":7,"vehicleName":"{vehicle}","position":{{"lat":1,"lng":2}},"direction":0,"timestamp":"2026-09-22T12:00:00Z"}}"#
                );
                format!("({id},{company},1,{},'A',7,'{vehicle}',{at},{at},'{payload}',{},0)", row.kind, row.is_test)
            })
            .collect();
        app.database.run(&format!(
            "INSERT INTO events (id, company_id, alert_id, alert_type, alert_name, vehicle_id, vehicle_name, \
             occurred_at, received_at, payload, is_test, candidates) VALUES {}",
            values.join(",")
        ));
    }
}

async fn finds(app: &TestApp, scope: Scope, asked: &Asked, size: usize) -> Found {
    let asked = asked.clone();
    app.services.store.read(move |db| events::newest(db, &scope, &asked, size)).await.expect("an answer")
}

/// All pages, one after the other.
async fn all_pages(app: &TestApp, scope: Scope, asked: &Asked, size: usize) -> Vec<i64> {
    let (mut asked, mut ids) = (asked.clone(), Vec::new());
    for _ in 0..2_000 {
        let page = finds(app, scope, &asked, size).await;
        assert!(page.events.len() <= size);
        ids.extend(page.events.iter().map(|event| event.id.0));
        match page.older {
            Some(older) => asked.before = Some(older),
            None => return ids,
        }
    }
    panic!("pages without an end");
}

async fn vehicle(app: &TestApp, scope: Scope, name: &'static str) -> vehicles::Vehicle {
    app.services.store.read(move |db| vehicles::named(db, &scope, name)).await.expect("an answer")
}

fn tree(company: CompanyId) -> Scope {
    Caller::system("test").scope_of(company)
}

#[tokio::test]
async fn pages_hold_what_a_plain_reading_finds() {
    const NAMES: [&str; 6] = ["TRK-118", "trk-118", "TRK-1180", "BÜRO 1", "büro 1", "100%_"];
    let app = TestApp::start().await;
    let parent = app.company("Northline").await;
    let other = app.company("Prairie").await;
    let mut below = vec![parent];
    // More than are looked up one by one.
    for number in 0..55 {
        below.push(app.sub_company(&format!("Branch {number}"), parent).await);
    }
    let leaf = below[3];
    // Numbers with gaps, over two hundred blocks.
    let rows: Vec<Row> = (0..400_i64)
        .map(|at| Row {
            id: 1 + at * 8_191 + at * at % 97,
            company: [leaf, parent, other, leaf, below[usize::try_from(at).unwrap() % 56]]
                [usize::try_from(at).unwrap() % 5],
            vehicle: NAMES[usize::try_from(at * 7 % 11 % 6).unwrap()],
            kind: [5, 8][usize::try_from(at / 3 % 2).unwrap()],
            is_test: at % 17 == 0,
        })
        .collect();
    insert(&app, &rows);
    let middle = rows[200].at();
    let window = Window {
        from: Timestamp::from_micros(middle - 500_000 * STEP_US),
        to: Timestamp::from_micros(middle + 3),
    };
    let scopes: [(Scope, &[CompanyId]); 3] =
        [(tree(leaf), &[leaf]), (tree(parent), &below), (Scope::service(), &[])];
    let mut said_something = 0;
    for (scope, companies) in scopes {
        for name in [None, Some("Trk-118"), Some("Büro 1"), Some("100%_"), Some("trk")] {
            for kind in [None, AlertType::from_id(5)] {
                for window in [None, Some(window)] {
                    let vehicle = match name {
                        Some(name) => Some(vehicle(&app, scope, name).await),
                        None => None,
                    };
                    let asked = Asked { vehicle, alert_type: kind, window, ..Asked::default() };
                    let plain = rows.iter().rev().filter(|row| {
                        !row.is_test
                            && (companies.is_empty() || companies.contains(&row.company))
                            && name.is_none_or(|name| name.to_lowercase() == row.vehicle.to_lowercase())
                            && kind.is_none_or(|kind| kind.id() == row.kind)
                            && window.is_none_or(|window| window.contains(Timestamp::from_micros(row.at())))
                    });
                    let plain: Vec<i64> = plain.map(|row| row.id).collect();
                    let found = all_pages(&app, scope, &asked, 25).await;
                    assert_eq!(found, plain, "{name:?} {kind:?} {window:?} in {} companies", companies.len());
                    said_something += usize::from(!plain.is_empty());
                }
            }
        }
    }
    assert!(said_something > 36, "{said_something} of 48 questions had an answer");
}

#[tokio::test]
async fn a_page_reads_so_many_rows_and_says_when_there_is_more() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let rows: Vec<Row> = (1..=i64::try_from(READ_MAX).unwrap() + 50)
        .map(|id| Row { id, company, vehicle: "TRK-118", kind: if id < 3 { 5 } else { 8 }, is_test: false })
        .collect();
    insert(&app, &rows);
    let scope = tree(company);
    for vehicle in [None, Some(vehicle(&app, scope, "TRK-118").await)] {
        let asked = Asked { vehicle, alert_type: AlertType::from_id(5), ..Asked::default() };
        let first = finds(&app, scope, &asked, 25).await;
        assert_eq!((first.events.len(), first.certain, first.older), (0, false, Some(EventId(51))));
        let second = finds(&app, scope, &Asked { before: first.older, ..asked }, 25).await;
        let ids: Vec<i64> = second.events.iter().map(|event| event.id.0).collect();
        assert_eq!((ids, second.certain, second.older), (vec![2, 1], true, None));
    }
}

#[tokio::test]
async fn a_clock_that_was_set_back_hides_nothing_of_a_vehicle() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let row = |id| Row { id, company, vehicle: "TRK-1", kind: 5, is_test: false };
    let mut rows: Vec<Row> = (1..=200).map(row).collect();
    rows[92].vehicle = "TRK-118";
    insert(&app, &rows);
    // One of them came in by a clock that was fifty seconds late, and halving never looks at it.
    let slow = rows[92].at() - 53 * STEP_US;
    app.database.run(&format!("UPDATE events SET received_at = {slow}, occurred_at = {slow} WHERE id = 93"));
    let window = Window {
        from: Timestamp::from_micros(slow - 5 * STEP_US),
        to: Timestamp::from_micros(slow + 5 * STEP_US),
    };
    let scope = tree(company);
    let known = vehicle(&app, scope, "TRK-118").await;
    let asked = Asked { vehicle: Some(known), window: Some(window), ..Asked::default() };
    let found = finds(&app, scope, &asked, 25).await;
    assert_eq!(found.events.iter().map(|event| event.id.0).collect::<Vec<_>>(), [93]);
}
