//! The database file as somebody with SQLite in hand reads it: what is committed, and nothing of the engine's own code.

use std::path::Path;
use std::sync::{Mutex, MutexGuard};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

diesel::table! {
    events (id) {
        id -> BigInt,
        vehicle_id -> BigInt,
        occurred_at -> BigInt,
        is_test -> Bool,
    }
}

diesel::table! {
    deliveries (id) {
        id -> BigInt,
        event_id -> BigInt,
        webhook_id -> BigInt,
        state -> SmallInt,
        trigger_kind -> SmallInt,
        not_sent -> Nullable<SmallInt>,
        redelivery_of -> Nullable<BigInt>,
        attempts -> Integer,
        last_outcome -> Nullable<SmallInt>,
        due_at -> Nullable<BigInt>,
        lease_until -> Nullable<BigInt>,
        lease_token -> Nullable<BigInt>,
        created_at -> BigInt,
        finished_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    attempts (id) {
        id -> BigInt,
        delivery_id -> BigInt,
        webhook_id -> BigInt,
        number -> Integer,
        version -> Integer,
        finished_at -> Nullable<BigInt>,
        outcome -> Nullable<SmallInt>,
        counted -> Nullable<BigInt>,
        status -> Nullable<Integer>,
        total_us -> Nullable<BigInt>,
    }
}

diesel::table! {
    audit (id) {
        id -> BigInt,
        action -> Text,
        object_kind -> Text,
        object_id -> Nullable<BigInt>,
        changes -> Text,
    }
}

diesel::table! {
    webhooks (id) {
        id -> BigInt,
        disabled_reason -> Nullable<Text>,
        deleted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    hourly (webhook_id, hour) {
        webhook_id -> BigInt,
        hour -> BigInt,
        successes -> BigInt,
        failures -> BigInt,
        not_sent -> BigInt,
        ms_50 -> BigInt,
        ms_100 -> BigInt,
        ms_250 -> BigInt,
        ms_500 -> BigInt,
        ms_1000 -> BigInt,
        ms_2500 -> BigInt,
        ms_5000 -> BigInt,
        ms_more -> BigInt,
    }
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct EventRow {
    pub id: i64,
    pub vehicle_id: i64,
    /// Microseconds: what tells the events of a run apart.
    pub occurred_at: i64,
    pub is_test: bool,
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = deliveries)]
pub struct DeliveryRow {
    pub id: i64,
    pub event_id: i64,
    pub webhook_id: i64,
    pub state: i16,
    pub trigger_kind: i16,
    pub not_sent: Option<i16>,
    pub redelivery_of: Option<i64>,
    pub attempts: i32,
    pub last_outcome: Option<i16>,
    pub due_at: Option<i64>,
    pub lease_until: Option<i64>,
    pub lease_token: Option<i64>,
    pub finished_at: Option<i64>,
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = attempts)]
pub struct AttemptRow {
    pub id: i64,
    pub delivery_id: i64,
    pub webhook_id: i64,
    pub number: i32,
    pub version: i32,
    pub finished_at: Option<i64>,
    pub outcome: Option<i16>,
    pub counted: Option<i64>,
    pub status: Option<i32>,
    pub total_us: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Queryable, Selectable)]
#[diesel(table_name = hourly)]
pub struct HourRow {
    pub webhook_id: i64,
    pub hour: i64,
    pub successes: i64,
    pub failures: i64,
    pub not_sent: i64,
    pub ms_50: i64,
    pub ms_100: i64,
    pub ms_250: i64,
    pub ms_500: i64,
    pub ms_1000: i64,
    pub ms_2500: i64,
    pub ms_5000: i64,
    pub ms_more: i64,
}

/// What somebody changed.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = audit)]
pub struct AuditRow {
    pub id: i64,
    pub action: String,
    pub object_kind: String,
    pub object_id: Option<i64>,
    pub changes: String,
}

impl AuditRow {
    /// Whether it is about this webhook.
    pub fn is_of(&self, webhook: i64) -> bool {
        self.object_kind == "webhook" && self.object_id == Some(webhook)
    }
}

#[derive(QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

pub struct File(Mutex<SqliteConnection>);

impl File {
    pub fn open(path: &Path) -> Self {
        let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        conn.batch_execute("PRAGMA query_only=ON; PRAGMA busy_timeout=5000").unwrap();
        Self(Mutex::new(conn))
    }

    fn conn(&self) -> MutexGuard<'_, SqliteConnection> {
        self.0.lock().unwrap()
    }

    pub fn delivery(&self, id: i64) -> Option<DeliveryRow> {
        let row = deliveries::table.find(id).select(DeliveryRow::as_select());
        row.first(&mut *self.conn()).optional().unwrap()
    }

    /// The deliveries of an event to a webhook that are on the wire, as far as the table knows.
    pub fn sending(&self, event: i64, webhook: i64) -> Vec<DeliveryRow> {
        deliveries::table
            .filter(deliveries::event_id.eq(event).and(deliveries::webhook_id.eq(webhook)))
            .filter(deliveries::state.eq(2))
            .select(DeliveryRow::as_select())
            .load(&mut *self.conn())
            .unwrap()
    }

    /// How an attempt ended, 0 while it has not; `None`: there is no such row.
    pub fn outcome(&self, delivery: i64, number: i32) -> Option<i16> {
        let row: Option<Option<i16>> = attempts::table
            .filter(attempts::delivery_id.eq(delivery).and(attempts::number.eq(number)))
            .select(attempts::outcome)
            .first(&mut *self.conn())
            .optional()
            .unwrap();
        row.map(Option::unwrap_or_default)
    }

    /// The newest deliveries.
    pub fn newest(&self, limit: i64) -> Vec<DeliveryRow> {
        let rows = deliveries::table.order(deliveries::id.desc()).limit(limit);
        rows.select(DeliveryRow::as_select()).load(&mut *self.conn()).unwrap()
    }

    /// Deliveries that have not ended: those that are held, too.
    pub fn unsettled(&self) -> Vec<DeliveryRow> {
        let open = deliveries::state.le(3).or(deliveries::not_sent.eq(3).assume_not_null());
        let rows = deliveries::table.filter(open).order(deliveries::id);
        rows.select(DeliveryRow::as_select()).load(&mut *self.conn()).unwrap()
    }

    pub fn event(&self, id: i64) -> Option<EventRow> {
        let row = events::table.find(id).select(EventRow::as_select());
        row.first(&mut *self.conn()).optional().unwrap()
    }

    pub fn events(&self) -> Vec<EventRow> {
        let rows = events::table.order(events::id);
        rows.select(EventRow::as_select()).load(&mut *self.conn()).unwrap()
    }

    pub fn deliveries(&self) -> Vec<DeliveryRow> {
        let rows = deliveries::table.order(deliveries::id);
        rows.select(DeliveryRow::as_select()).load(&mut *self.conn()).unwrap()
    }

    pub fn attempts(&self) -> Vec<AttemptRow> {
        self.attempts_after(0)
    }

    /// Attempts after `id`, in the order in which they were recorded.
    pub fn attempts_after(&self, id: i64) -> Vec<AttemptRow> {
        let rows = attempts::table.filter(attempts::id.gt(id)).order(attempts::id);
        rows.select(AttemptRow::as_select()).load(&mut *self.conn()).unwrap()
    }

    pub fn hours(&self) -> Vec<HourRow> {
        let rows = hourly::table.order((hourly::webhook_id, hourly::hour));
        rows.select(HourRow::as_select()).load(&mut *self.conn()).unwrap()
    }

    /// Audit entries after `id`, oldest first.
    pub fn audit_after(&self, id: i64) -> Vec<AuditRow> {
        let rows = audit::table.filter(audit::id.gt(id)).order(audit::id);
        rows.select(AuditRow::as_select()).load(&mut *self.conn()).unwrap()
    }

    /// Whether neither Belfry nor a deletion has put an end to a webhook.
    pub fn is_standing(&self, webhook: i64) -> bool {
        let row: (Option<String>, Option<i64>) = webhooks::table
            .find(webhook)
            .select((webhooks::disabled_reason, webhooks::deleted_at))
            .first(&mut *self.conn())
            .unwrap();
        row == (None, None)
    }

    /// What SQLite says of the file; nothing when it is sound.
    pub fn damage(&self) -> Vec<String> {
        let conn = &mut *self.conn();
        let pages =
            "SELECT integrity_check AS text FROM pragma_integrity_check WHERE integrity_check <> 'ok'";
        let keys = "SELECT \"table\" AS text FROM pragma_foreign_key_check";
        let mut found: Vec<Text> = diesel::sql_query(pages).load(conn).unwrap();
        found.extend(diesel::sql_query(keys).load::<Text>(conn).unwrap());
        found.into_iter().map(|row| row.text).collect()
    }
}
