//! A page of deliveries. What an index knows is read from it in the order of the page; whatever else a filter asks for is
//! asked of the rows, of [`LOOK_MAX`] rows at most for one page: a page that has looked at so many says how far it came,
//! and the next one goes on from there. There is no index for every question, because whoever takes an event in would pay
//! for each.

use diesel::prelude::*;

use super::conditions::{judged, looked_up, residual};
use super::streams::{Range, Streams, Way};
use super::{EventRow, Joined, Row, delivery};
use crate::domain::access::Scope;
use crate::domain::delivery_filter::Filter;
use crate::domain::history::Delivery;
use crate::domain::page::{Cursor, KeysetPage};
use crate::domain::time::Timestamp;
use crate::store::between::near;
use crate::store::schema::{deliveries, events, replays, webhooks};
use crate::store::scoped::within;
use crate::store::{Db, StoreError};

/// Rows that are looked at for one page, however few of them match.
pub const LOOK_MAX: usize = 10_000;
/// Rows that one statement looks at: at most.
const CHUNK_MAX: usize = 1_000;

/// A page, and how far it came when it is not full for having looked at too much.
#[derive(Debug, Clone, PartialEq)]
pub struct Browsed {
    /// The rows. There may be older (or, backwards, newer) ones also when this is not full: see `reach`.
    pub page: KeysetPage<Delivery>,
    /// Set when the end of looking came before the page was full.
    pub reach: Option<Reach>,
    /// A vehicle has so many events that only the newest were looked at.
    pub is_cut: bool,
}

/// How far looking came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// The number of the last delivery that was looked at: where a cursor goes on.
    pub id: i64,
    /// When that was made.
    pub at: Timestamp,
    /// How many were looked at.
    pub looked_at: usize,
}

/// A page of the scope's deliveries, newest first.
pub fn page(
    db: &mut Db<'_>,
    scope: &Scope,
    filter: &Filter,
    cursor: Cursor,
    size: i64,
) -> Result<KeysetPage<Delivery>, StoreError> {
    Ok(browse(db, scope, filter, cursor, size)?.page)
}

/// A page of the scope's deliveries, newest first, and how far it came.
pub fn browse(
    db: &mut Db<'_>,
    scope: &Scope,
    filter: &Filter,
    cursor: Cursor,
    size: i64,
) -> Result<Browsed, StoreError> {
    let want = usize::try_from(size).unwrap_or_default() + 1;
    let most = LOOK_MAX.max(want);
    let (mut rows, mut looked_at, mut reach, mut is_cut) = (Vec::with_capacity(want), 0, None, false);
    if let Some(mut streams) = open(db, scope, filter, cursor)? {
        is_cut = streams.is_cut;
        let mut chunk = want;
        while rows.len() < want {
            let ids = streams.next(db, chunk.min(CHUNK_MAX).min(most - looked_at))?;
            let Some(last) = ids.last().copied() else { break };
            looked_at += ids.len();
            let found = judged!(&ids, scope, filter);
            let mut found: Vec<Joined> =
                found.select((Row::as_select(), EventRow::as_select(), webhooks::name)).load(db.conn)?;
            found.sort_unstable_by_key(|(row, ..)| if is_up(cursor) { row.id } else { -row.id });
            rows.extend(found);
            if looked_at >= most && rows.len() < want {
                let made: Option<i64> =
                    deliveries::table.find(last).select(deliveries::created_at).first(db.conn).optional()?;
                let at = made.map(Timestamp::from_micros).unwrap_or_default();
                reach = Some(Reach { id: last, at, looked_at });
                break;
            }
            chunk *= 4;
        }
    }
    let rows = rows.into_iter().map(|row| delivery(db, row)).collect::<Result<Vec<_>, _>>()?;
    let mut page = KeysetPage::of(rows, cursor, size);
    if reach.is_some() {
        if is_up(cursor) {
            page.has_newer = true;
        } else {
            page.has_older = true;
        }
    }
    Ok(Browsed { page, reach, is_cut })
}

const fn is_up(cursor: Cursor) -> bool {
    matches!(cursor, Cursor::After(_))
}

/// Where a filter's deliveries may be found from `cursor` on; `None` when there cannot be any.
pub(super) fn open(
    db: &mut Db<'_>,
    scope: &Scope,
    filter: &Filter,
    cursor: Cursor,
) -> Result<Option<Streams>, StoreError> {
    if filter.possible().is_empty() || !is_own(db, scope, filter)? {
        return Ok(None);
    }
    let (after, upto) = match (filter.from, filter.to) {
        (None, None) => (0, i64::MAX - 1),
        (from, to) => near(db, from, to)?,
    };
    let (range, way) = match cursor {
        Cursor::Newest => (Range { after, upto }, Way::Down),
        Cursor::Before(id) => (Range { after, upto: upto.min(id - 1) }, Way::Down),
        Cursor::After(id) => (Range { after: after.max(id), upto }, Way::Up),
    };
    Streams::open(db, scope, filter, range, way).map(Some)
}

/// Whether the webhook and the replay of a filter lie in the scope: others' deliveries are not even looked at.
pub(super) fn is_own(db: &mut Db<'_>, scope: &Scope, filter: &Filter) -> Result<bool, StoreError> {
    let mut is_own = true;
    if let Some(id) = filter.webhook {
        let query = within!(webhooks::table.into_boxed(), webhooks::company_id, scope);
        let found: Option<i64> =
            query.filter(webhooks::id.eq(id.0)).select(webhooks::id).first(db.conn).optional()?;
        is_own &= found.is_some();
    }
    if let Some(id) = filter.replay {
        let query = within!(replays::table.into_boxed(), replays::company_id, scope);
        let found: Option<i64> =
            query.filter(replays::id.eq(id.0)).select(replays::id).first(db.conn).optional()?;
        is_own &= found.is_some();
    }
    Ok(is_own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::delivery::{State, Trigger};
    use crate::domain::delivery_result::ResultKind;
    use crate::domain::ids::{AlertId, DeliveryId, ReplayId, WebhookId};
    use crate::store::search::plans::plan;

    #[test]
    fn whatever_is_asked_the_rows_are_looked_up_by_their_numbers() {
        let ids = [3_i64, 4, 5];
        let asked = Filter {
            only: [3, 4].map(DeliveryId).to_vec(),
            states: vec![State::Failed, State::Retrying],
            webhook: Some(WebhookId(1)),
            replay: Some(ReplayId(1)),
            alert: Some(AlertId(1)),
            vehicle: Some("TRK-118".to_owned()),
            result: Some(ResultKind::Http5xx),
            attempts_min: Some(2),
            trigger: Some(Trigger::Manual),
            from: Some(Timestamp::from_seconds(1)),
            ..Filter::default()
        };
        for filter in [asked, Filter::default()] {
            let scope = Scope::service();
            let steps = plan(&judged!(&ids, &scope, &filter).select(deliveries::id));
            assert!(steps.starts_with("SEARCH deliveries USING INTEGER PRIMARY KEY (rowid=?)"), "{steps}");
            assert!(!steps.contains("SCAN"), "{steps}");
        }
    }
}
