//! What a filter means: the page, read forwards and backwards, the counts and the bulk redelivery all choose what a plain
//! reading of all deliveries chooses.

use belfry::domain::access::{Caller, Scope};
use belfry::domain::alert_type::AlertType;
use belfry::domain::attempt::Outcome;
use belfry::domain::delivery::{NotSent, State, Trigger};
use belfry::domain::delivery_filter::Filter;
use belfry::domain::delivery_result::ResultKind;
use belfry::domain::ids::{AlertId, CompanyId, ReplayId, WebhookId};
use belfry::domain::page::Cursor;
use belfry::domain::replay::{Expected, Rate, Replay, Skips, Status};
use belfry::domain::time::Timestamp;
use belfry::store::StoreError;
use belfry::store::deliveries::{self, LOOK_MAX, count};
use belfry::store::replays;

use crate::support::TestApp;

const STEP_US: i64 = 1_000_000;
const BEGIN_US: i64 = 1_790_000_000_000_000;
const NAMES: [&str; 4] = ["TRK-118", "trk-118", "TRK-1180", "BÜRO 1"];

#[derive(Debug, Clone)]
struct Row {
    id: i64,
    company: i64,
    webhook: i64,
    state: State,
    trigger: Trigger,
    not_sent: Option<NotSent>,
    attempts: i32,
    outcome: Option<Outcome>,
    duration_us: Option<i64>,
    replay: Option<i64>,
    alert: i64,
    kind: i64,
    vehicle: &'static str,
}

impl Row {
    fn made(&self) -> Timestamp {
        Timestamp::from_micros(BEGIN_US + self.id * STEP_US)
    }

    /// The rule, once more and plainly.
    fn is_meant(&self, filter: &Filter) -> bool {
        let result = |kind: ResultKind| match kind {
            ResultKind::NotSent(reason) => self.state == State::NotSent && self.not_sent == Some(reason),
            ResultKind::Success => self.state == State::Delivered && self.outcome == Some(Outcome::Success),
            _ => {
                ![State::Sending, State::Delivered, State::NotSent].contains(&self.state)
                    && self.outcome.is_some_and(|outcome| kind.outcomes().contains(&outcome))
            }
        };
        (filter.states.is_empty() || filter.states.contains(&self.state))
            && filter.webhook.is_none_or(|id| id.0 == self.webhook)
            && filter.replay.is_none_or(|id| Some(id.0) == self.replay)
            && filter.alert_type.is_none_or(|kind| kind.id() == self.kind)
            && filter.alert.is_none_or(|id| id.0 == self.alert)
            && filter.vehicle.as_ref().is_none_or(|name| name.to_lowercase() == self.vehicle.to_lowercase())
            && filter.result.is_none_or(result)
            && filter.attempts_min.is_none_or(|least| self.attempts >= least)
            && filter
                .duration_min_ms
                .is_none_or(|least| self.duration_us.is_some_and(|us| us >= least * 1_000))
            && filter.trigger.is_none_or(|trigger| trigger == self.trigger)
            && filter.from.is_none_or(|from| from <= self.made())
            && filter.to.is_none_or(|to| self.made() < to)
    }
}

fn sql(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "NULL".to_owned(), |value| value.to_string())
}

fn insert(app: &TestApp, rows: &[Row]) {
    for rows in rows.chunks(300) {
        let events: Vec<String> = rows
            .iter()
            .map(|row| {
                let (id, company, at) = (row.id, row.company, row.made().micros());
                let (alert, kind, vehicle) = (row.alert, row.kind, row.vehicle);
                format!("({id},{company},{alert},{kind},'A',7,'{vehicle}',{at},{at},'{{}}',false,1)")
            })
            .collect();
        let deliveries: Vec<String> = rows
            .iter()
            .map(|row| {
                let trouble =
                    (!matches!(row.state, State::Sending | State::Delivered)).then(|| row.state.code());
                format!(
                    "({id},{id},{},{},{},{},{},{},{},{},{},{},{})",
                    row.webhook,
                    row.company,
                    row.state.code(),
                    row.trigger.code(),
                    sql(row.not_sent.map(NotSent::code)),
                    row.attempts,
                    sql(row.outcome.map(Outcome::code)),
                    sql(row.duration_us),
                    row.made().micros(),
                    sql(trouble),
                    sql(row.replay),
                    id = row.id,
                )
            })
            .collect();
        app.database.run(&format!(
            "INSERT INTO events (id, company_id, alert_id, alert_type, alert_name, vehicle_id, vehicle_name, \
             occurred_at, received_at, payload, is_test, candidates) VALUES {};\n\
             INSERT INTO deliveries (id, event_id, webhook_id, company_id, state, trigger_kind, not_sent, attempts, \
             last_outcome, duration_us, created_at, trouble, replay_id) VALUES {}",
            events.join(","),
            deliveries.join(","),
        ));
    }
}

fn add_webhook(app: &TestApp, id: i64, company: CompanyId) {
    app.database.run(&format!(
        "INSERT INTO webhooks (id, company_id, version, name, url, receives, criteria, format, auth_type, signing, \
         call_type, is_active, created_at, created_by, updated_at, updated_by) VALUES ({id}, {company}, 1, 'W{id}', \
         'https://w.example/', 'all', '[]', 'telemax', 'none', false, 'ValidateRequest', true, 1, 'x', 1, 'x')"
    ));
}

fn add_replay(app: &TestApp, id: i64, company: CompanyId) {
    app.database.run(&format!(
        "INSERT INTO replays (id, company_id, filter, per_second, status, after_id, upto_id, cursor_id, expected, \
         or_more, created_at, created_by, stepped_at) VALUES ({id}, {company}, '{{}}', 1, 4, 0, 9, 9, 1, false, 1, 'x', 1)"
    ));
}

/// A row of every sort, again and again, without any rhythm in common.
fn rows(webhooks: &[(i64, CompanyId)], count: i64) -> Vec<Row> {
    let pick = |at: i64, from: usize| usize::try_from(at).unwrap() % from;
    let mut id = 0;
    let mut rows = Vec::new();
    for at in 0..count {
        id += 1 + i64::from(at % 7 == 0);
        let (webhook, company) = webhooks[pick(at * 5 + at / 11, webhooks.len())];
        let state = State::ALL[pick(at * 3 + at / 7, 7)];
        let outcome = match state {
            State::Delivered => Some(Outcome::Success),
            State::NotSent => None,
            State::Queued | State::Sending if at % 2 == 0 => None,
            _ => {
                Outcome::from_code([1, 10, 11, 13, 15, 17, 18, 31, 40, 41, 50, 62, 70, 90][pick(at / 5, 14)])
            }
        };
        rows.push(Row {
            id,
            company: company.0,
            webhook,
            state,
            trigger: Trigger::ALL[pick(at / 13, 3)],
            not_sent: (state == State::NotSent).then(|| NotSent::ALL[pick(at / 3, 14)]),
            attempts: i32::try_from(at % 5).unwrap(),
            outcome,
            duration_us: outcome.map(|_| at * 977 % 5_000_000),
            replay: (at % 9 == 0).then_some(7),
            alert: 100 + at % 3,
            kind: [5, 8][pick(at / 2, 2)],
            vehicle: NAMES[pick(at * 7 / 4, 4)],
        });
    }
    rows
}

fn filters(rows: &[Row]) -> Vec<Filter> {
    let any = Filter::default;
    let (early, late) = (rows[rows.len() / 4].made(), rows[rows.len() / 2].made());
    let mut filters = vec![
        any(),
        Filter { states: vec![State::Failed], ..any() },
        Filter { states: vec![State::Failed, State::Retrying, State::NotSent], ..any() },
        Filter { states: vec![State::Delivered], ..any() },
        Filter { webhook: Some(WebhookId(1)), ..any() },
        Filter { webhook: Some(WebhookId(2)), states: vec![State::Queued, State::Failed], ..any() },
        Filter { replay: Some(ReplayId(7)), ..any() },
        Filter { replay: Some(ReplayId(7)), result: Some(ResultKind::Http5xx), ..any() },
        Filter { replay: Some(ReplayId(8)), ..any() },
        Filter { alert_type: Some(AlertType::Geofence), ..any() },
        Filter { alert: Some(AlertId(101)), states: vec![State::Failed], ..any() },
        Filter { vehicle: Some("trk-118".to_owned()), ..any() },
        Filter { vehicle: Some("büro 1".to_owned()), webhook: Some(WebhookId(1)), ..any() },
        Filter { vehicle: Some("nobody".to_owned()), ..any() },
        Filter { attempts_min: Some(3), ..any() },
        Filter { duration_min_ms: Some(2_500), trigger: Some(Trigger::Automatic), ..any() },
        Filter { trigger: Some(Trigger::Test), ..any() },
        Filter { from: Some(early), to: Some(late), ..any() },
        Filter { from: Some(early), vehicle: Some("TRK-1180".to_owned()), ..any() },
        Filter { to: Some(late), states: vec![State::Cancelled], attempts_min: Some(1), ..any() },
        Filter { states: vec![State::Delivered], result: Some(ResultKind::Http5xx), ..any() },
    ];
    filters.extend(ResultKind::all().map(|kind| Filter { result: Some(kind), ..any() }));
    filters
}

/// All pages, in one direction.
async fn all_pages(app: &TestApp, scope: Scope, filter: &Filter, size: i64, backwards: bool) -> Vec<i64> {
    let mut cursor = if backwards { Cursor::After(0) } else { Cursor::Newest };
    let mut ids = Vec::new();
    for _ in 0..5_000 {
        let asked = filter.clone();
        let read = app.services.store.read(move |db| deliveries::browse(db, &scope, &asked, cursor, size));
        let found = read.await.expect("a page");
        let mut page: Vec<i64> = found.page.items.iter().map(|row| row.id.0).collect();
        assert!(page.is_sorted_by(|a, b| a > b) && page.len() <= usize::try_from(size).unwrap());
        let more = if backwards { found.page.has_newer } else { found.page.has_older };
        if backwards {
            page.reverse();
        }
        let next = found.reach.map(|reach| reach.id).or(page.last().copied());
        ids.extend(page);
        match next {
            Some(next) if more && backwards => cursor = Cursor::After(next),
            Some(next) if more => cursor = Cursor::Before(next),
            _ => {
                if backwards {
                    ids.reverse();
                }
                return ids;
            }
        }
    }
    panic!("pages without an end");
}

/// What a bulk redelivery looks at, from the oldest on.
async fn replayed(app: &TestApp, company: CompanyId, filter: &Filter, upto: i64) -> Vec<i64> {
    let now = Timestamp::from_micros(BEGIN_US);
    let mut replay = Replay {
        id: ReplayId(1),
        company,
        filter: filter.clone(),
        rate: Rate::DEFAULT,
        status: Status::Running,
        expected: Expected::default(),
        made: 0,
        skips: Skips::default(),
        cursor: 0,
        after: 0,
        upto,
        created_at: now,
        created_by: String::new(),
        stepped_at: now,
        finished_at: None,
    };
    let mut ids = Vec::new();
    loop {
        let asked = replay.clone();
        let read = app.services.store.read(move |db| replays::ahead(db, &asked));
        let ahead: Result<i64, StoreError> = read.await;
        let next = ahead.expect("a number") + 1;
        if next > upto {
            ids.reverse();
            return ids;
        }
        ids.push(next);
        replay.cursor = next;
    }
}

fn tree(company: CompanyId) -> Scope {
    Caller::system("test").scope_of(company)
}

#[tokio::test]
async fn page_counts_and_redelivery_choose_what_a_plain_reading_chooses() {
    let app = TestApp::start().await;
    let parent = app.company("Northline").await;
    let other = app.company("Prairie").await;
    let child = app.sub_company("Cold Chain", parent).await;
    let webhooks = [(1, parent), (2, child), (3, other), (4, parent)];
    for (id, company) in webhooks {
        add_webhook(&app, id, company);
    }
    add_replay(&app, 7, parent);
    let rows = rows(&webhooks, 420);
    insert(&app, &rows);
    let last = rows.last().unwrap().id;
    let scopes: [(Scope, Option<CompanyId>, &[CompanyId]); 3] = [
        (tree(parent), Some(parent), &[parent, child]),
        (tree(child), Some(child), &[child]),
        (Scope::service(), None, &[parent, child, other]),
    ];
    for (scope, company, companies) in scopes {
        for filter in filters(&rows) {
            let is_own = |row: &&Row| companies.iter().any(|company| company.0 == row.company);
            // The replay of a filter is looked up in the scope: it is the parent's.
            let is_hidden = filter.replay.is_some() && company == Some(child);
            let meant: Vec<i64> = rows
                .iter()
                .rev()
                .filter(|row| !is_hidden && row.is_meant(&filter))
                .filter(is_own)
                .map(|row| row.id)
                .collect();
            assert_eq!(all_pages(&app, scope, &filter, 37, false).await, meant, "{filter:?}");
            assert_eq!(all_pages(&app, scope, &filter, 64, true).await, meant, "backwards: {filter:?}");

            let asked = filter.clone();
            let read = app.services.store.read(move |db| {
                let counted = count::count(db, &scope, &asked)?;
                Ok::<_, StoreError>((counted, count::by_state(db, &scope, &asked)?))
            });
            let (counted, by_state) = read.await.expect("counts");
            assert_eq!(
                (counted.count, counted.or_more),
                (i64::try_from(meant.len()).unwrap(), false),
                "{filter:?}"
            );
            if filter.states.is_empty() {
                assert_eq!(by_state.all, counted, "{filter:?}");
                for state in State::ALL.into_iter().filter(|state| *state != State::Sending) {
                    let of_state = rows.iter().filter(|row| row.state == state && meant.contains(&row.id));
                    // Those on the wire are known by their leases, which these rows do not have.
                    if state != State::Delivered
                        || filter.has_more_than_indexes_know()
                        || filter.replay.is_some()
                    {
                        let counted = by_state.of(state).expect("each state").count;
                        assert_eq!(counted, i64::try_from(of_state.count()).unwrap(), "{state:?} {filter:?}");
                    }
                }
            }
            if let Some(company) = company.filter(|_| !is_hidden) {
                assert_eq!(replayed(&app, company, &filter, last).await, meant, "redelivery: {filter:?}");
                let asked = filter.clone();
                let survey = app.services.store.read(move |db| replays::survey(db, company, &asked));
                let expected = survey.await.expect("a survey").expected;
                assert_eq!(expected, Expected { count: counted.count, or_more: false }, "{filter:?}");
            }
        }
    }
}

#[tokio::test]
async fn looking_ends_somewhere_and_goes_on_from_there() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    add_webhook(&app, 1, company);
    let look_max = i64::try_from(LOOK_MAX).unwrap();
    let mut rows = rows(&[(1, company)], look_max + 300);
    for row in &mut rows {
        (row.attempts, row.state) = (1, State::Delivered);
    }
    rows[3].attempts = 9;
    insert(&app, &rows);
    let filter = Filter { attempts_min: Some(9), ..Filter::default() };
    let scope = tree(company);
    let asked = filter.clone();
    let read = app.services.store.read(move |db| deliveries::browse(db, &scope, &asked, Cursor::Newest, 50));
    let found = read.await.unwrap();
    assert!(found.page.items.is_empty() && found.page.has_older);
    let reach = found.reach.expect("an end");
    assert_eq!(reach.looked_at, LOOK_MAX);
    assert_eq!((reach.id, reach.at), (rows[300].id, rows[300].made()));
    let read = app.services.store.read(move |db| count::count(db, &scope, &filter));
    assert_eq!(read.await.map(|counted| (counted.count, counted.or_more)).ok(), Some((0, true)));
    let filter = Filter { attempts_min: Some(9), ..Filter::default() };
    assert_eq!(all_pages(&app, scope, &filter, 50, false).await, [rows[3].id]);
    let capped =
        app.services.store.read(move |db| count::count(db, &scope, &Filter::default())).await.unwrap();
    assert_eq!((capped.count, capped.or_more), (count::COUNT_MAX, true));
}
