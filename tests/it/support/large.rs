//! A company as large as they come, made in a second: one of everything through the doors, the rest copied by the
//! database.

use belfry::domain::access::Role;
use belfry::domain::alert_type::AlertType;
use belfry::domain::ids::CompanyId;
use belfry::domain::time::{HOUR_US, Timestamp};
use serde_json::{Value, json};

use super::{Person, Receiver, Reply, TestApp, app::BEGIN};

/// Webhooks beside the first; their numbers begin after [`FIRST`].
pub const WEBHOOKS: i64 = 400;
/// Alerts beside the first.
pub const ALERTS: i64 = 500;
/// People beside the first.
pub const USERS: i64 = 300;
/// API keys.
pub const API_KEYS: i64 = 300;
/// Deliveries beside those of the first event.
pub const DELIVERIES: i64 = 2_000;
/// What is copied has numbers from here on.
pub const FIRST: i64 = 1_000;

const COMPANIES: i64 = 60;
const DAYS: i64 = 31;

/// The company, whose admin Alice is, and Sam of the support.
pub struct Large {
    pub app: TestApp,
    pub alice: Person,
    pub sam: Person,
    /// A webhook made in the console, with a history, 50 linked alerts and a signing secret.
    pub webhook: i64,
    /// An alert that every webhook is linked to.
    pub alert: i64,
    /// Alerts that can be linked.
    pub linkable: i64,
    /// Deliveries of the first event that pages can show: the store reads 200 of an event at most, though it has 301.
    pub of_first_event: i64,
}

impl Large {
    pub async fn new() -> Self {
        let app = TestApp::start_with(&[("rate_limits", "off")]).await;
        let company = app.company("Northline Logistics").await;
        let alice = app.person(Role::Admin, Some(company)).await;
        let sam = app.person(Role::Support, None).await;
        let receiver = Receiver::start().await;
        let url = receiver.url_of("/v1/northline/fleet-alerts");
        let form =
            [("name", "Dispatch hub west"), ("url", url.as_str()), ("signing", ""), ("receives", "linked")];
        let (webhook, _) = crate::console::makes_webhook(&alice, &receiver, &form).await;
        let alert = app.alert(company, 5).await.0;
        let mut large = Self { app, alice, sam, webhook, alert, linkable: 0, of_first_event: 200 };
        large.copy(company);
        large.fires(company, &receiver).await;
        large.copy_deliveries();
        large.makes_a_saved_view().await;
        let linkable = |id: &i64| AlertType::from_id(1 + id % 18).is_some_and(AlertType::is_linkable);
        large.linkable = 1 + i64::try_from((1..=ALERTS).filter(linkable).count()).unwrap();
        large
    }

    /// An event of the greatest size, refused by a receiver that says why at length.
    async fn fires(&self, company: CompanyId, receiver: &Receiver) {
        let why = |_| {
            let reply = Reply::status(503).body(numbers(16 * 1024));
            (0..40).fold(reply, |reply, at| reply.header(&format!("x-trace-{at}"), &"9f3a".repeat(16)))
        };
        receiver.answers((0..8).map(why));
        let mut event = crate::delivery::event();
        event["data"] = json!({ "readings": values(200 * 1024) });
        let api = self.app.api(company).await;
        let answer = api.post(&format!("/api/v2/alerts/{}/events", self.alert), &event).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        for _ in 0..4 {
            self.app.settle().await;
            self.app.wait_seconds(3_600);
        }
        self.alice.signs_in(super::app::PASSWORD).await;
        self.sam.signs_in(super::app::PASSWORD).await;
    }

    async fn makes_a_saved_view(&self) {
        let path = self.alice.path("/deliveries/views/new?status=failed");
        self.alice.get(&path).await;
        let fields = [("name", "Failed in the western region"), ("query", "status=failed")];
        let made = self.alice.post(&path, &fields).await;
        assert_eq!(made.status(), 303, "{}", made.text());
    }

    fn run(&self, rows: i64, sql: &str) {
        let now = Timestamp::parse(BEGIN).unwrap();
        let values = [
            (":company", self.alice.company.unwrap().0),
            (":webhook", self.webhook),
            (":alert", self.alert),
            (":first", FIRST),
            (":companies", COMPANIES),
            (":now", now.micros()),
            (":hour", now.micros() / HOUR_US),
        ];
        let sql =
            values.iter().fold(sql.to_owned(), |sql, (name, value)| sql.replace(name, &value.to_string()));
        let count =
            "WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i <";
        self.app.database.run(&format!("{count} {rows}) {sql}"));
    }

    /// Everything that is no delivery.
    fn copy(&self, _: CompanyId) {
        // Companies below, each with a share of the webhooks.
        self.run(COMPANIES, "INSERT INTO companies (id, name, parent_id, timezone, created_at) SELECT :first + i, 'Northline Logistics subsidiary no. ' || i, :company, 'UTC', :now FROM n");
        self.run(COMPANIES, "INSERT INTO company_tree (ancestor_id, company_id, depth) SELECT :first + i, :first + i, 0 FROM n");
        self.run(
            COMPANIES,
            "INSERT INTO company_tree (ancestor_id, company_id, depth) SELECT :company, :first + i, 1 FROM n",
        );
        self.run(USERS, "INSERT INTO users (id, company_id, email, name, role, password_hash, created_at) SELECT :first + i, :company, 'maximiliane.musterfrau.' || i || '@logistics.northline.example', 'Maximiliane Musterfrau ' || i, 'editor', 'x', :now FROM n");
        self.run(API_KEYS, "INSERT INTO api_keys (id, company_id, name, key_hash, last_four, actions, created_at, created_by) SELECT :first + i, :company, 'Telematics of region ' || i, CAST('k' || i AS BYTES), '3f9a', 'webhooks:read,events:write', :now, 'Maximiliane Musterfrau' FROM n".replace("BYTES", if self.app.database.is_sqlite() { "BLOB" } else { "BYTEA" }).as_str());
        self.run(ALERTS, "INSERT INTO alerts (id, company_id, type_id, name, description, is_all_fleet, is_all_tags, tags, created_at) SELECT :first + i, a.company_id, 1 + i % 18, 'Yard exit at night, site ' || i, a.description, a.is_all_fleet, a.is_all_tags, a.tags, a.created_at FROM alerts a, n WHERE a.id = :alert");
        self.run(WEBHOOKS, "INSERT INTO webhooks (id, company_id, version, name, description, url, receives, criteria, format, auth_type, signing, call_type, is_active, created_at, created_by, updated_at, updated_by) SELECT :first + i, CASE WHEN i % 4 = 0 THEN :first + 1 + i / 4 % :companies ELSE w.company_id END, w.version, 'Regional dispatch hub ' || i, w.description, w.url || '/' || i, w.receives, w.criteria, w.format, w.auth_type, w.signing, w.call_type, w.is_active, w.created_at, w.created_by, w.updated_at, w.updated_by FROM webhooks w, n WHERE w.id = :webhook");
        self.run(WEBHOOKS, "INSERT INTO webhook_versions (webhook_id, version, at, changed_by, settings) SELECT :first + i, v.version, v.at, v.changed_by, v.settings FROM webhook_versions v, n WHERE v.webhook_id = :webhook");
        self.run(WEBHOOKS, "INSERT INTO webhook_stats (webhook_id, total, successes, failures, failures_since_success, failing_since, last_success_at, last_failure_at, last_call_at) SELECT :first + i, 90000, 80000, 10000, i % 2 * 40, CASE WHEN i % 2 = 1 THEN :now - 7200000000 END, :now - 7200000000, :now - 60000000, :now - 60000000 FROM n");
        let alerts =
            "(SELECT id FROM alerts WHERE id > :first AND type_id IN (5, 8, 9, 10) ORDER BY id LIMIT 49) a";
        self.run(1, &format!("INSERT INTO alert_links (webhook_id, alert_id, linked_at, linked_by) SELECT w.id, a.id, :now, 'Maximiliane Musterfrau' FROM webhooks w, {alerts} WHERE w.company_id = :company"));
        self.run(1, "INSERT INTO alert_links (webhook_id, alert_id, linked_at, linked_by) SELECT id, :alert, :now, 'Maximiliane Musterfrau' FROM webhooks WHERE company_id = :company");
        // A long history of the first webhook, and much in the trail.
        self.run(200, "INSERT INTO webhook_versions (webhook_id, version, at, changed_by, settings) SELECT v.webhook_id, 1 + i, :now - (200 - i) * 60000000, 'Maximiliane Musterfrau', v.settings FROM webhook_versions v, n WHERE v.webhook_id = :webhook");
        self.run(1, "UPDATE webhooks SET version = 201 WHERE id = :webhook");
        let changes = json!({
            "name": { "before": "Dispatch hub east", "after": "Dispatch hub west" },
            "url": { "before": "https://hooks.northline.example/v1/incoming", "after": "https://hooks.northline.example/v2/incoming" },
            "authType": { "before": "none", "after": "bearer" },
            "alertIds": { "before": (1..50).collect::<Vec<i32>>(), "after": (2..51).collect::<Vec<i32>>() },
        });
        self.run(200, &format!("INSERT INTO audit (company_id, at, actor_kind, actor_id, actor_name, action, object_kind, object_id, object_name, changes) SELECT :company, :now - (200 - i) * 60000000, 'user', 1, 'Maximiliane Musterfrau', 'webhook.update', 'webhook', :webhook, 'Dispatch hub west', '{changes}' FROM n"));
        self.run(60, "INSERT INTO replays (id, company_id, filter, per_second, status, after_id, upto_id, cursor_id, expected, or_more, made, created_at, created_by, stepped_at, finished_at) SELECT :first + i, :company, 'FILTER', 50, 4, 0, 0, 0, 4000, MADE, 4000, :now, 'Maximiliane Musterfrau', :now, :now FROM n".replace("FILTER", &filter()).replace("MADE", if self.app.database.is_sqlite() { "0" } else { "FALSE" }).as_str());
        self.run(29, "INSERT INTO saved_views (company_id, user_id, name, query, is_shared, created_at) SELECT :company, u.id, 'Failed in the western region ' || i, 'status=failed&type=5', SHARED, :now FROM users u, n WHERE u.company_id = :company AND u.id <= :first + 2".replace("SHARED", if self.app.database.is_sqlite() { "1" } else { "TRUE" }).as_str());
        self.copy_counts();
    }

    /// A month of roll-ups and tallies, of every webhook and alert.
    fn copy_counts(&self) {
        let rollup = "successes, failures, not_sent, ms_50, ms_100, ms_250, ms_500, ms_1000, ms_2500, ms_5000, ms_more";
        let numbers = "11000 + i, 200, 30, 9000, 1000, 500, 300, 200, 100, 80, 20";
        let hours = DAYS * 24;
        self.run(hours, &format!("INSERT INTO hourly (webhook_id, hour, {rollup}) SELECT w.id, :hour + 1 - i, {numbers} FROM webhooks w, n WHERE w.id % 8 = 1"));
        self.run(DAYS, &format!("INSERT INTO daily (webhook_id, hour, {rollup}) SELECT w.id, (:hour / 24 - i + 1) * 24, {numbers} FROM webhooks w, n"));
        self.run(hours, &format!("INSERT INTO company_hours (company_id, hour, {rollup}) SELECT c.id, :hour + 1 - i, {numbers} FROM companies c, n"));
        let tallies = "INSERT INTO tallies (company_id, kind, hour, subject, value, count)";
        self.run(
            DAYS,
            &format!(
                "{tallies} SELECT company_id, 11, (:hour / 24 - i + 1) * 24, id, type_id, 1234 FROM alerts, n"
            ),
        );
        self.run(24, &format!("{tallies} SELECT company_id, 1, :hour + 1 - i, id, type_id, 1234 FROM alerts, n WHERE id % 5 = 1"));
        let codes = "SELECT 0 AS v UNION SELECT 10 UNION SELECT 11 UNION SELECT 12 UNION SELECT 13 UNION SELECT 14 UNION SELECT 15 UNION SELECT 16 UNION SELECT 17 UNION SELECT 18 UNION SELECT 19 UNION SELECT 20 UNION SELECT 21 UNION SELECT 22 UNION SELECT 23 UNION SELECT 24 UNION SELECT 25 UNION SELECT 26 UNION SELECT 27 UNION SELECT 28 UNION SELECT 29 UNION SELECT 30";
        self.run(DAYS, &format!("{tallies} SELECT w.company_id, 12, (:hour / 24 - i + 1) * 24, w.id, c.v, 321 FROM webhooks w, n, ({codes}) c WHERE w.id % 10 = 1"));
        for kind in [13, 14] {
            let values = "SELECT 1 AS v UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8";
            self.run(DAYS, &format!("{tallies} SELECT w.company_id, {kind}, (:hour / 24 - i + 1) * 24, w.id, c.v, 321 FROM webhooks w, n, ({values}) c WHERE w.id % 10 = 1"));
        }
    }

    /// Many deliveries of one event, and many events.
    fn copy_deliveries(&self) {
        self.run(DELIVERIES, "INSERT INTO events (id, company_id, alert_id, alert_type, alert_name, vehicle_id, vehicle_name, occurred_at, received_at, payload, is_test, candidates) SELECT :first + i, e.company_id, e.alert_id, e.alert_type, 'Yard exit at night, site ' || i, 118 + i % 40, 'TRK-' || (118 + i % 40), :now - 7200000000 + i * 1000000, :now - 7199000000 + i * 1000000, '{}', e.is_test, 1 FROM events e, n WHERE e.id = 1".replace("'{}'", &payload()).as_str());
        let columns = "event_id, webhook_id, company_id, state, trigger_kind, not_sent, detail, attempts, last_outcome, last_status, duration_us, created_at, finished_at, trouble";
        let state = "CASE i % 5 WHEN 0 THEN 4 WHEN 1 THEN 5 WHEN 2 THEN 7 ELSE 4 END";
        let not_sent = "CASE i % 5 WHEN 2 THEN 7 END";
        let detail = "CASE i % 5 WHEN 2 THEN 'data.geofenceName: expected “Port 3, gate 2”, got “Depot Nord, gate 7”' END";
        let rest = "CASE i % 5 WHEN 2 THEN 0 ELSE 3 END, CASE i % 5 WHEN 1 THEN 21 WHEN 2 THEN NULL ELSE 0 END, CASE i % 5 WHEN 1 THEN 503 WHEN 2 THEN NULL ELSE 200 END, 123456, :now - 7199000000 + i * 1000000, :now - 7198000000 + i * 1000000, CASE i % 5 WHEN 1 THEN 5 WHEN 2 THEN 7 END";
        self.run(DELIVERIES, &format!("INSERT INTO deliveries ({columns}) SELECT :first + i, CASE i % 2 WHEN 0 THEN :webhook ELSE :first + 1 + i % 40 * 4 END, :company, {state}, 1, {not_sent}, {detail}, {rest} FROM n"));
        self.run(WEBHOOKS / 2, &format!("INSERT INTO deliveries ({columns}) SELECT 1, w.id, w.company_id, {state}, 1, {not_sent}, {detail}, {rest} FROM n, webhooks w WHERE w.id = :first + i AND w.company_id = :company AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event_id = 1 AND d.webhook_id = w.id)"));
    }
}

fn filter() -> String {
    use belfry::domain::delivery::State;
    use belfry::domain::delivery_filter::Filter;
    Filter { states: vec![State::Failed], ..Filter::default() }.to_json().to_string()
}

fn payload() -> String {
    let mut event = crate::delivery::event();
    event["data"] = json!({ "geofenceName": "Depot Nord, gate 7", "isExit": true });
    format!("'{event}'")
}

/// JSON of about so many bytes that takes much more room when it is coloured: small numbers.
fn numbers(bytes: usize) -> String {
    format!("[{}]", vec!["1"; (bytes - 2) / 2].join(","))
}

/// The same as a value with texts between.
fn values(bytes: usize) -> Vec<Value> {
    (0..bytes / 8).map(|at| if at % 2 == 0 { json!(at % 10) } else { json!("<&\"'>") }).collect()
}
