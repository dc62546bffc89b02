//! Attempts: one row for each request, written when it has ended. Append-only.

use std::collections::HashMap;
use std::marker::PhantomData;

use diesel::prelude::*;

use super::dialect::on_each;
use super::queue::Claimed;
use super::schema::attempts;
use super::sequence::{Table, next_id};
use super::statements::InsertAttempt;
use super::{Db, StoreError};
use crate::domain::attempt::{Outcome, Timing};
use crate::domain::history::Attempt;
use crate::domain::ids::{AttemptId, DeliveryId, WebhookId};
use crate::domain::time::Timestamp;

#[derive(Queryable, Selectable)]
#[diesel(table_name = attempts)]
struct Row {
    id: i64,
    delivery_id: i64,
    webhook_id: i64,
    number: i32,
    version: i32,
    started_at: i64,
    finished_at: Option<i64>,
    outcome: Option<i16>,
    detail: Option<String>,
    status: Option<i32>,
    reason: Option<String>,
    dns_us: Option<i64>,
    connect_us: Option<i64>,
    tls_us: Option<i64>,
    wait_us: Option<i64>,
    read_us: Option<i64>,
    total_us: Option<i64>,
    remote: Option<String>,
    tls: Option<String>,
    request_url: Option<String>,
    request_headers: Option<String>,
    response_headers: Option<String>,
    response_body: Option<Vec<u8>>,
    response_truncated: bool,
    cert_until: Option<i64>,
}

fn headers(text: Option<String>) -> Vec<(String, String)> {
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

fn attempt(row: Row) -> Attempt {
    Attempt {
        id: AttemptId(row.id),
        delivery_id: DeliveryId(row.delivery_id),
        webhook_id: WebhookId(row.webhook_id),
        number: row.number,
        version: row.version,
        started_at: Timestamp::from_micros(row.started_at),
        finished_at: row.finished_at.map(Timestamp::from_micros),
        outcome: row.outcome.and_then(Outcome::from_code),
        detail: row.detail,
        status: row.status.and_then(|status| u16::try_from(status).ok()),
        reason: row.reason,
        timing: Timing {
            dns_us: row.dns_us,
            connect_us: row.connect_us,
            tls_us: row.tls_us,
            wait_us: row.wait_us,
            read_us: row.read_us,
            total_us: row.total_us.unwrap_or_default(),
        },
        remote: row.remote,
        tls: row.tls,
        cert_until: row.cert_until.map(Timestamp::from_micros),
        request_url: row.request_url.unwrap_or_default(),
        request_headers: headers(row.request_headers),
        response_headers: headers(row.response_headers),
        response_body: row.response_body,
        response_truncated: row.response_truncated,
    }
}

/// A delivery's attempts, first to last, 100 at most. Whoever asks has been shown the delivery itself,
/// which is scoped.
pub fn of_delivery(db: &mut Db<'_>, delivery: DeliveryId) -> Result<Vec<Attempt>, StoreError> {
    let rows: Vec<Row> = attempts::table
        .filter(attempts::delivery_id.eq(delivery.0))
        .order(attempts::id)
        .limit(100)
        .select(Row::as_select())
        .load(db.conn)?;
    Ok(rows.into_iter().map(attempt).collect())
}

/// One attempt by id: the last success, failure or call of a webhook that the caller may see.
pub fn get(db: &mut Db<'_>, id: AttemptId) -> Result<Option<Attempt>, StoreError> {
    let row: Option<Row> = attempts::table.find(id.0).select(Row::as_select()).first(db.conn).optional()?;
    Ok(row.map(attempt))
}

/// Attempts by their ids: the last successes, failures and calls of webhooks that the caller may see.
pub fn of_ids(db: &mut Db<'_>, ids: &[AttemptId]) -> Result<HashMap<AttemptId, Attempt>, StoreError> {
    let numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<Row> =
        attempts::table.filter(attempts::id.eq_any(numbers)).select(Row::as_select()).load(db.conn)?;
    Ok(rows.into_iter().map(|row| (AttemptId(row.id), attempt(row))).collect())
}

/// Attempts of a delivery that ended in failure: how far its schedule has come. Interrupted ones do not
/// count, or a crashing server would use up a receiver's retries.
pub fn failures_of(db: &mut Db<'_>, delivery: DeliveryId) -> Result<u32, StoreError> {
    let count: i64 = attempts::table
        .filter(
            attempts::delivery_id
                .eq(delivery.0)
                .and(attempts::outcome.ne_all([Outcome::Success.code(), Outcome::Interrupted.code()])),
        )
        .count()
        .get_result(db.conn)?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Adds the attempt of a process that is gone: its request may or may not have arrived.
pub(in crate::store) fn insert_interrupted(
    db: &mut Db<'_>,
    delivery: i64,
    webhook: i64,
    number: i32,
    version: i32,
    begun: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = (
        attempts::id.eq(next_id(db, Table::Attempts)?),
        attempts::delivery_id.eq(delivery),
        attempts::webhook_id.eq(webhook),
        attempts::number.eq(number),
        attempts::version.eq(version),
        attempts::started_at.eq(begun.micros()),
        attempts::finished_at.eq(now.micros()),
        attempts::outcome.eq(Outcome::Interrupted.code()),
    );
    diesel::insert_into(attempts::table).values(row).execute(db.conn)?;
    Ok(())
}

/// Headers as they are stored; `None` for none.
pub fn header_text(headers: &[(String, String)]) -> Option<String> {
    (!headers.is_empty()).then(|| serde_json::to_string(headers).unwrap_or_default())
}

/// What the sender found out. Everything is masked and capped already.
#[derive(Debug, Clone)]
pub struct Finished {
    /// When the request was begun.
    pub started_at: Timestamp,
    /// The result.
    pub outcome: Outcome,
    /// Words beside the class.
    pub detail: Option<String>,
    /// HTTP status.
    pub status: Option<u16>,
    /// Reason phrase.
    pub reason: Option<String>,
    /// Where the time went.
    pub timing: Timing,
    /// The peer.
    pub remote: Option<String>,
    /// TLS version.
    pub tls: Option<String>,
    /// Until when the receiver's certificate is valid; also of one that was refused because that is over.
    pub cert_until: Option<Timestamp>,
    /// Where it was sent, masked.
    pub request_url: String,
    /// What was sent, masked: see [`header_text`].
    pub request_headers: Option<String>,
    /// What came back, likewise.
    pub response_headers: Option<String>,
    /// Its body.
    pub response_body: Option<Vec<u8>>,
    /// Whether more came than was kept.
    pub response_truncated: bool,
}

/// Adds a finished attempt. `counted` is its place among those that its webhook counts.
pub(in crate::store) fn insert(
    db: &mut Db<'_>,
    claimed: &Claimed,
    done: &Finished,
    counted: Option<i64>,
    now: Timestamp,
) -> Result<AttemptId, StoreError> {
    let id = next_id(db, Table::Attempts)?;
    let row = InsertAttempt {
        id,
        delivery: claimed.delivery.0,
        webhook: claimed.webhook.id.0,
        number: claimed.number,
        version: claimed.webhook.version,
        started_at: done.started_at.micros(),
        finished_at: now.micros(),
        outcome: done.outcome.code(),
        counted,
        detail: done.detail.as_deref(),
        status: done.status.map(i32::from),
        reason: done.reason.as_deref(),
        dns_us: done.timing.dns_us,
        connect_us: done.timing.connect_us,
        tls_us: done.timing.tls_us,
        wait_us: done.timing.wait_us,
        read_us: done.timing.read_us,
        total_us: done.timing.total_us,
        remote: done.remote.as_deref(),
        tls: done.tls.as_deref(),
        request_url: &done.request_url,
        request_headers: done.request_headers.as_deref(),
        response_headers: done.response_headers.as_deref(),
        response_body: done.response_body.as_deref(),
        response_truncated: done.response_truncated,
        cert_until: done.cert_until.map(Timestamp::micros),
        of: PhantomData,
    };
    on_each!(db, |conn| row.execute(conn)?);
    Ok(AttemptId(id))
}
