//! Counters and hourly roll-ups. They change only in the transaction that finishes an attempt or decides a
//! delivery, so they always equal a recount.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::marker::PhantomData;

use diesel::prelude::*;

use super::dialect::on_each;
use super::schema::{attempts, deliveries, hourly, pruned, webhook_stats};
use super::statements::{AddToCompanyHour, AddToDay, AddToHour, PutStats};
use super::{Db, StoreError};
use crate::domain::attempt::{self, Outcome};
use crate::domain::certificate::Seen;
use crate::domain::delivery::Trigger;
use crate::domain::ids::{AttemptId, WebhookId};
use crate::domain::stats::{Counters, Hour};
use crate::domain::tally::Span;
use crate::domain::time::Timestamp;
use crate::domain::webhook::endpoint_url::EndpointUrl;

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhook_stats)]
struct Row {
    webhook_id: i64,
    total: i64,
    successes: i64,
    failures: i64,
    failures_since_success: i64,
    failing_since: Option<i64>,
    last_success_id: Option<i64>,
    last_success_at: Option<i64>,
    last_failure_id: Option<i64>,
    last_failure_at: Option<i64>,
    last_call_id: Option<i64>,
    last_call_at: Option<i64>,
    cert_host: Option<String>,
    cert_until: Option<i64>,
    cert_seen_at: Option<i64>,
}

/// A webhook's counters, and which attempts were the last of their kind.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct WebhookStats {
    /// The numbers.
    pub counters: Counters,
    /// The last attempt that succeeded.
    pub last_success: Option<AttemptId>,
    /// The last one that failed.
    pub last_failure: Option<AttemptId>,
    /// The last one.
    pub last_call: Option<AttemptId>,
    /// The receiver's certificate as any attempt, tests included, saw it last. It may be another host's: see
    /// [`Seen::is_of`].
    pub certificate: Option<Seen>,
}

fn stats(row: Row) -> WebhookStats {
    let time = |micros: Option<i64>| micros.map(Timestamp::from_micros);
    WebhookStats {
        counters: Counters {
            total: row.total,
            successes: row.successes,
            failures: row.failures,
            failures_since_success: row.failures_since_success,
            failing_since: time(row.failing_since),
            last_success_at: time(row.last_success_at),
            last_failure_at: time(row.last_failure_at),
            last_call_at: time(row.last_call_at),
        },
        last_success: row.last_success_id.map(AttemptId),
        last_failure: row.last_failure_id.map(AttemptId),
        last_call: row.last_call_id.map(AttemptId),
        certificate: seen(row.cert_host, row.cert_until, row.cert_seen_at),
    }
}

fn seen(host: Option<String>, until: Option<i64>, at: Option<i64>) -> Option<Seen> {
    let time = Timestamp::from_micros;
    Some(Seen { host: host?, until: time(until?), at: time(at?) })
}

/// The counters of several webhooks that the caller may see.
pub fn of_webhooks(
    db: &mut Db<'_>,
    ids: &[WebhookId],
) -> Result<HashMap<WebhookId, WebhookStats>, StoreError> {
    let numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<Row> = webhook_stats::table
        .filter(webhook_stats::webhook_id.eq_any(numbers))
        .select(Row::as_select())
        .load(db.conn)?;
    Ok(rows.into_iter().map(|row| (WebhookId(row.webhook_id), stats(row))).collect())
}

/// The counters of one webhook.
pub fn of_webhook(db: &mut Db<'_>, id: WebhookId) -> Result<WebhookStats, StoreError> {
    let row: Option<Row> =
        webhook_stats::table.find(id.0).select(Row::as_select()).first(db.conn).optional()?;
    Ok(row.map(stats).unwrap_or_default())
}

/// Writes the counters of a webhook. The caller has locked it and read them in this transaction.
pub(in crate::store) fn put(
    db: &mut Db<'_>,
    webhook: WebhookId,
    stats: &WebhookStats,
) -> Result<(), StoreError> {
    let (after, certificate) = (&stats.counters, stats.certificate.as_ref());
    let row = PutStats {
        webhook: webhook.0,
        total: after.total,
        successes: after.successes,
        failures: after.failures,
        failures_since_success: after.failures_since_success,
        failing_since: after.failing_since.map(Timestamp::micros),
        last_success_at: after.last_success_at.map(Timestamp::micros),
        last_failure_at: after.last_failure_at.map(Timestamp::micros),
        last_call_at: after.last_call_at.map(Timestamp::micros),
        last_success: stats.last_success.map(|id| id.0),
        last_failure: stats.last_failure.map(|id| id.0),
        last_call: stats.last_call.map(|id| id.0),
        cert_host: certificate.map(|seen| seen.host.as_str()),
        cert_until: certificate.map(|seen| seen.until.micros()),
        cert_seen_at: certificate.map(|seen| seen.at.micros()),
        of: PhantomData,
    };
    on_each!(db, |conn| row.execute(conn)?);
    Ok(())
}

/// Adds to the roll-ups: the webhook's hour and day, and its company's hour.
pub(in crate::store) fn add_to_hour(
    db: &mut Db<'_>,
    webhook: WebhookId,
    hour: i64,
    add: &Hour,
) -> Result<(), StoreError> {
    macro_rules! add_to {
        ($row:ident, $hour:expr) => {{
            let [ms_50, ms_100, ms_250, ms_500, ms_1000, ms_2500, ms_5000, ms_more] = add.buckets;
            let row = $row {
                webhook: webhook.0,
                hour: $hour,
                successes: add.successes,
                failures: add.failures,
                not_sent: add.not_sent,
                ms_50,
                ms_100,
                ms_250,
                ms_500,
                ms_1000,
                ms_2500,
                ms_5000,
                ms_more,
                of: PhantomData,
            };
            on_each!(db, |conn| row.execute(conn)?);
        }};
    }
    add_to!(AddToHour, hour);
    add_to!(AddToDay, Span::Day.begin(hour));
    add_to!(AddToCompanyHour, hour);
    Ok(())
}

/// Counts a delivery that was decided not to be sent, in the hour of that decision. What a paused webhook holds is not
/// decided: it is counted when it is dropped, and never when it is sent after all.
pub fn count_not_sent(db: &mut Db<'_>, webhook: WebhookId, now: Timestamp) -> Result<(), StoreError> {
    add_to_hour(db, webhook, now.hour(), &Hour { not_sent: 1, ..Hour::default() })
}

type HourRow = (i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64);

/// The roll-ups of several webhooks from `from_hour` on, oldest first.
pub fn hours(
    db: &mut Db<'_>,
    ids: &[WebhookId],
    from_hour: i64,
) -> Result<HashMap<WebhookId, Vec<(i64, Hour)>>, StoreError> {
    let numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<HourRow> = hourly::table
        .filter(hourly::webhook_id.eq_any(numbers).and(hourly::hour.ge(from_hour)))
        .order((hourly::webhook_id, hourly::hour))
        .select(hourly::all_columns)
        .load(db.conn)?;
    let mut found: HashMap<WebhookId, Vec<(i64, Hour)>> = HashMap::new();
    for row in rows {
        found.entry(WebhookId(row.0)).or_default().push((row.1, hour(&row)));
    }
    Ok(found)
}

fn hour(row: &HourRow) -> Hour {
    Hour {
        successes: row.2,
        failures: row.3,
        not_sent: row.4,
        buckets: [row.5, row.6, row.7, row.8, row.9, row.10, row.11, row.12],
    }
}

impl WebhookStats {
    /// The stats after one more attempt, if that counts.
    fn counting(
        mut self,
        attempt: i64,
        outcome: Option<i16>,
        finished_at: Option<i64>,
        trigger: i16,
    ) -> Self {
        let (Some(result), Some(at)) = (outcome.and_then(Outcome::from_code), finished_at) else {
            return self;
        };
        if !attempt::counts(&result) || !Trigger::from_code(trigger).is_some_and(Trigger::counts) {
            return self;
        }
        self.counters = self.counters.after(&result, Timestamp::from_micros(at));
        let attempt = Some(AttemptId(attempt));
        self.last_call = attempt;
        if result == Outcome::Success {
            self.last_success = attempt;
        } else {
            self.last_failure = attempt;
        }
        self
    }
}

/// What retention removed, added up. It removes by the age of events, and attempts are counted as they end: what was
/// counted after one that is still there is kept apart until its turn comes.
#[derive(Default, serde::Serialize, serde::Deserialize)]
struct Tally {
    /// The first attempts that were counted, up to the place `counters.total`.
    first: WebhookStats,
    /// By place: attempts that were removed before one that was counted earlier.
    ahead: BTreeMap<i64, Ended>,
}

/// An attempt that counts, as far as counters need it.
#[derive(Clone, Copy, Queryable, serde::Serialize, serde::Deserialize)]
struct Ended {
    id: i64,
    outcome: Option<i16>,
    finished_at: Option<i64>,
    trigger: i16,
}

impl WebhookStats {
    fn and(self, one: Ended) -> Self {
        self.counting(one.id, one.outcome, one.finished_at, one.trigger)
    }
}

impl Tally {
    fn of(db: &mut Db<'_>, id: WebhookId) -> Result<Self, StoreError> {
        let text: Option<String> =
            pruned::table.find(id.0).select(pruned::stats).first(db.conn).optional()?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// Adds up as far as there is no gap.
    fn close_up(&mut self) {
        while let Some(next) = self.ahead.remove(&(self.first.counters.total + 1)) {
            self.first = std::mem::take(&mut self.first).and(next);
        }
    }
}

/// The same counters, counted again from the attempts and from the tally of those that retention removed.
/// Reads all of a webhook's history: for tests and checks, never for a page.
pub fn recount(db: &mut Db<'_>, id: WebhookId) -> Result<WebhookStats, StoreError> {
    let rows: Vec<(Option<i64>, Ended)> = attempts::table
        .inner_join(deliveries::table)
        .filter(attempts::webhook_id.eq(id.0))
        .select((
            attempts::counted,
            (attempts::id, attempts::outcome, attempts::finished_at, deliveries::trigger_kind),
        ))
        .load(db.conn)?;
    let mut tally = Tally::of(db, id)?;
    let mut uncounted = Vec::new();
    for (place, one) in rows {
        match place {
            Some(place) => {
                tally.ahead.insert(place, one);
            }
            None => uncounted.push(one),
        }
    }
    // Those without a place change nothing, or the places are wrong: a recount has to find that.
    let recounted = tally.ahead.into_values().chain(uncounted).fold(tally.first, WebhookStats::and);
    Ok(WebhookStats { certificate: last_certificate(db, id)?, ..recounted })
}

/// The certificate that was seen last, by the attempts that are kept. One that only a removed attempt saw is believed.
fn last_certificate(db: &mut Db<'_>, id: WebhookId) -> Result<Option<Seen>, StoreError> {
    let row: Option<(Option<i64>, Option<i64>, Option<String>)> = attempts::table
        .filter(attempts::webhook_id.eq(id.0).and(attempts::cert_until.is_not_null()))
        .order(attempts::id.desc())
        .select((attempts::cert_until, attempts::finished_at, attempts::request_url))
        .first(db.conn)
        .optional()?;
    let kept = row.and_then(|(until, at, url)| {
        let endpoint = EndpointUrl::from_parts(&url?, None)?;
        seen(Some(endpoint.authority().to_owned()), until, at)
    });
    let recorded = of_webhook(db, id)?.certificate;
    Ok(match (kept, recorded) {
        (Some(kept), Some(recorded)) if recorded.at > kept.at => Some(recorded),
        (kept, recorded) => kept.or(recorded),
    })
}

/// Adds the attempts of deliveries that are about to be removed to the tallies of their webhooks.
pub(in crate::store) fn keep_tally(db: &mut Db<'_>, removed: &[i64]) -> Result<(), StoreError> {
    let rows: Vec<(i64, Option<i64>, Ended)> = attempts::table
        .inner_join(deliveries::table)
        .filter(attempts::delivery_id.eq_any(removed).and(attempts::counted.is_not_null()))
        .select((
            attempts::webhook_id,
            attempts::counted,
            (attempts::id, attempts::outcome, attempts::finished_at, deliveries::trigger_kind),
        ))
        .load(db.conn)?;
    let mut tallies: HashMap<i64, Tally> = HashMap::new();
    for (webhook, place, one) in rows {
        let tally = match tallies.entry(webhook) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(empty) => empty.insert(Tally::of(db, WebhookId(webhook))?),
        };
        tally.ahead.extend(place.map(|place| (place, one)));
    }
    for (webhook, mut tally) in tallies {
        tally.close_up();
        let text = serde_json::to_string(&tally).expect("numbers are always JSON");
        diesel::delete(pruned::table.find(webhook)).execute(db.conn)?;
        diesel::insert_into(pruned::table)
            .values((pruned::webhook_id.eq(webhook), pruned::stats.eq(text)))
            .execute(db.conn)?;
    }
    Ok(())
}
