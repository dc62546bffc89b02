//! What the database says: all SQL of these tests. The file is read as it is, never written.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use belfry::domain::ids::{EventId, WebhookId};
use belfry::domain::random::SystemRandom;
use belfry::store::{Location, MasterKey, Store, StoreError, stats};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, SmallInt, Text};
use diesel::{RunQueryDsl, SqliteConnection, sql_query};

use super::lab::Lab;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName, Debug, Clone)]
pub struct EventRow {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// The event's number in these tests.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    #[diesel(sql_type = BigInt)]
    pub alert: i64,
}

#[derive(QueryableByName, Debug, Clone)]
pub struct DeliveryRow {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = BigInt)]
    pub event: i64,
    #[diesel(sql_type = BigInt)]
    pub webhook: i64,
    #[diesel(sql_type = SmallInt)]
    pub state: i16,
    #[diesel(sql_type = BigInt)]
    pub attempts: i64,
}

#[derive(QueryableByName, Debug, Clone)]
pub struct AttemptRow {
    #[diesel(sql_type = BigInt)]
    pub delivery: i64,
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub outcome: Option<i16>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub total_us: Option<i64>,
}

#[derive(QueryableByName, Debug, Clone)]
pub struct AnswerRow {
    #[diesel(sql_type = SmallInt)]
    pub outcome: i16,
    #[diesel(sql_type = Nullable<Binary>)]
    pub body: Option<Vec<u8>>,
}

/// A reader of the file, beside the server or after it was killed. It opens the file read-only, so that its end makes
/// no checkpoint: the next server finds the log as the dead one left it.
pub struct Reader(SqliteConnection);

impl Reader {
    pub fn open(path: &Path) -> Self {
        let mut conn = SqliteConnection::establish(&format!("file:{}?mode=ro", path.display())).unwrap();
        conn.batch_execute("PRAGMA busy_timeout=20000;").unwrap();
        Self(conn)
    }

    fn number(&mut self, query: &str) -> usize {
        let row: Number = sql_query(query).get_result(&mut self.0).unwrap();
        usize::try_from(row.number).unwrap()
    }

    /// Deliveries that have not ended: queued, sending, retrying.
    pub fn open_deliveries(&mut self) -> usize {
        self.number("SELECT COUNT(*) AS number FROM deliveries WHERE state IN (1, 2, 3)")
    }

    /// Deliveries that somebody holds: on the wire, or about to be, or their result not yet written.
    pub fn leased(&mut self) -> usize {
        self.number("SELECT COUNT(*) AS number FROM deliveries WHERE lease_until IS NOT NULL")
    }

    /// Deliveries that wait or are held, whatever their state says.
    pub fn queued(&mut self) -> usize {
        self.number(
            "SELECT COUNT(*) AS number FROM deliveries WHERE due_at IS NOT NULL OR lease_until IS NOT NULL",
        )
    }

    pub fn events(&mut self) -> Vec<EventRow> {
        sql_query("SELECT id, vehicle_id AS number, alert_id AS alert FROM events WHERE is_test = 0")
            .load(&mut self.0)
            .unwrap()
    }

    pub fn deliveries(&mut self) -> Vec<DeliveryRow> {
        sql_query("SELECT id, event_id AS event, webhook_id AS webhook, state, attempts FROM deliveries")
            .load(&mut self.0)
            .unwrap()
    }

    /// In the order of their ids.
    pub fn attempts(&mut self) -> Vec<AttemptRow> {
        sql_query("SELECT delivery_id AS delivery, number, outcome, total_us FROM attempts ORDER BY id")
            .load(&mut self.0)
            .unwrap()
    }

    /// How the attempts of a webhook ended, in their order, and what came back.
    pub fn answers(&mut self, webhook: i64) -> Vec<AnswerRow> {
        sql_query("SELECT outcome, response_body AS body FROM attempts WHERE webhook_id = ? ORDER BY id")
            .bind::<BigInt, _>(webhook)
            .load(&mut self.0)
            .unwrap()
    }

    /// Successes and failures of each webhook, added up from the hours.
    pub fn hourly(&mut self) -> HashMap<i64, (i64, i64)> {
        #[derive(QueryableByName)]
        struct Sum {
            #[diesel(sql_type = BigInt)]
            webhook: i64,
            #[diesel(sql_type = BigInt)]
            successes: i64,
            #[diesel(sql_type = BigInt)]
            failures: i64,
        }
        let rows: Vec<Sum> = sql_query(
            "SELECT webhook_id AS webhook, SUM(successes) AS successes, SUM(failures) AS failures \
             FROM hourly GROUP BY webhook_id",
        )
        .load(&mut self.0)
        .unwrap();
        rows.into_iter().map(|row| (row.webhook, (row.successes, row.failures))).collect()
    }

    /// What SQLite itself finds wrong with the file.
    pub fn damage(&mut self) -> Vec<String> {
        let integrity =
            "SELECT integrity_check AS line FROM pragma_integrity_check WHERE integrity_check <> 'ok'";
        let foreign = "SELECT \"table\" || ' row ' || rowid AS line FROM pragma_foreign_key_check";
        let mut found = Vec::new();
        for query in [integrity, foreign] {
            let rows: Vec<Line> = sql_query(query).load(&mut self.0).unwrap();
            found.extend(rows.into_iter().map(|row| row.line));
        }
        found
    }
}

/// A second process that holds the write lock.
pub struct WriteLock(SqliteConnection);

impl WriteLock {
    pub fn take(path: &Path) -> Self {
        let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        conn.batch_execute("PRAGMA busy_timeout=20000; BEGIN EXCLUSIVE;").unwrap();
        Self(conn)
    }

    pub fn release(mut self) {
        self.0.batch_execute("ROLLBACK;").unwrap();
    }
}

/// The database through the product's own store, for what only it can tell. Not while a server runs.
pub struct Books(Store, tokio::runtime::Runtime);

impl Books {
    pub fn open(lab: &Lab) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let key = std::fs::read_to_string(lab.data_dir().join("master.key")).unwrap();
        let location = Location::Sqlite(lab.database());
        let master = MasterKey::parse(&key).unwrap();
        Self(Store::open(&location, &master, Arc::new(SystemRandom)).unwrap(), runtime)
    }

    /// The UUID under which an event was acknowledged.
    pub fn event_id(&self, event: i64) -> String {
        self.0.public_ids().encode_event(EventId(event))
    }

    /// The UUID under which a delivery is sent.
    pub fn delivery_id(&self, delivery: i64) -> String {
        self.0.public_ids().encode_delivery(belfry::domain::ids::DeliveryId(delivery))
    }

    /// A webhook's counters as kept, and as counted again.
    pub fn counters(&self, webhook: i64) -> (stats::WebhookStats, stats::WebhookStats) {
        let id = WebhookId(webhook);
        let both =
            self.0.read(move |db| Ok::<_, StoreError>((stats::of_webhook(db, id)?, stats::recount(db, id)?)));
        self.1.block_on(both).unwrap()
    }
}
