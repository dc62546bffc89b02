//! Alert records: the events of a company's tree, newest first, and which of them have been read.
//!
//! A list is bounded by how many events are looked at, newest first; `events_by_company` holds each company's in that
//! order, so no index is there for the lists alone.

use std::collections::HashMap;

use diesel::prelude::*;

use super::schema::{alerts, companies, company_tree, events, read_marks, read_upto};
use super::scoped::within;
use super::{Db, StoreError, dialect, events as event_rows};
use crate::domain::access::Scope;
use crate::domain::alert::Alert;
use crate::domain::alert_record::{AlertRecord, AllRead, CONSIDERED_MAX, Mark, is_after};
use crate::domain::event::Event;
use crate::domain::ids::{CompanyId, EventId};
use crate::domain::page::{PageRequest, Paged};
use crate::domain::time::{SECOND_US, Timestamp};

/// Records of one alert in one second that are marked at most: as many as can be reported at once.
const SAME_SECOND_MAX: i64 = 1_000;

/// Which records a list has.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Those that are shown with a later time.
    pub from: Timestamp,
    /// How many of the newest are looked at, [`CONSIDERED_MAX`] at most.
    pub considered: i64,
    /// The vehicles that the caller is limited to.
    pub vehicles: Option<Vec<i64>>,
}

/// As much of an event as it takes to choose it.
struct Candidate {
    id: i64,
    occurred_at: Timestamp,
    vehicle_id: i64,
}

/// A page of the scope's records, the latest first.
pub fn page(
    db: &mut Db<'_>,
    scope: &Scope,
    filter: &Filter,
    request: PageRequest,
) -> Result<Paged<AlertRecord>, StoreError> {
    let mut found = newest(db, scope, filter.considered.min(CONSIDERED_MAX))?;
    found.retain(|event| {
        let may_see = filter.vehicles.as_ref().is_none_or(|allowed| allowed.contains(&event.vehicle_id));
        may_see && is_after(event.occurred_at, filter.from)
    });
    found.sort_unstable_by_key(|event| std::cmp::Reverse((event.occurred_at, event.id)));
    let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let (skipped, size) = (usize::try_from(request.offset()), usize::try_from(request.size));
    let (skipped, size) = (skipped.unwrap_or(usize::MAX), size.unwrap_or(usize::MAX));
    let ids: Vec<i64> = found.iter().skip(skipped).take(size).map(|event| event.id).collect();
    Ok(Paged { items: records(db, &ids)?, total })
}

/// The newest events of the scope, tests aside, `limit` at most. Each company is asked by itself and only for what is
/// newer than what is known already: an order over many companies would read the history of all of them.
fn newest(db: &mut Db<'_>, scope: &Scope, limit: i64) -> Result<Vec<Candidate>, StoreError> {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let tree: Vec<i64> =
        within!(companies::table.into_boxed(), companies::id, scope).select(companies::id).load(db.conn)?;
    let (mut found, mut older_than_all): (Vec<Candidate>, i64) = (Vec::new(), 0);
    for company in tree {
        let rows: Vec<(i64, i64, i64)> = events::table
            .filter(events::company_id.eq(company).and(events::id.gt(older_than_all)))
            .filter(events::is_test.eq(false))
            .order(events::id.desc())
            .limit(limit)
            .select((events::id, events::occurred_at, events::vehicle_id))
            .load(db.conn)?;
        found.extend(rows.into_iter().map(|(id, occurred_at, vehicle_id)| Candidate {
            id,
            occurred_at: Timestamp::from_micros(occurred_at),
            vehicle_id,
        }));
        if found.len() >= wanted {
            found.sort_unstable_by_key(|event| std::cmp::Reverse(event.id));
            found.truncate(wanted);
            older_than_all = found.last().map_or(0, |event| event.id);
        }
    }
    Ok(found)
}

/// The records with these ids, in this order.
fn records(db: &mut Db<'_>, ids: &[i64]) -> Result<Vec<AlertRecord>, StoreError> {
    let loaded = event_rows::load(db, ids)?;
    let mut of_alerts: Vec<i64> = loaded.iter().map(|event| event.alert_id.0).collect();
    of_alerts.sort_unstable();
    of_alerts.dedup();
    let descriptions: Vec<(i64, String)> = alerts::table
        .filter(alerts::id.eq_any(of_alerts))
        .select((alerts::id, alerts::description))
        .load(db.conn)?;
    let descriptions: HashMap<i64, String> = descriptions.into_iter().collect();
    let owners: Vec<(EventId, CompanyId)> = loaded.iter().map(|event| (event.id, event.company_id)).collect();
    let read = which_are_read(db, &owners)?;
    let mut loaded: HashMap<i64, Event> = loaded.into_iter().map(|event| (event.id.0, event)).collect();
    let record = |id: &i64| {
        let event = loaded.remove(id)?;
        let description = descriptions.get(&event.alert_id.0).cloned().unwrap_or_default();
        let is_read = read.get(&event.id).is_some_and(|(is_read, _)| *is_read);
        Some(AlertRecord { event, description, is_read })
    };
    Ok(ids.iter().filter_map(record).collect())
}

/// The records of `alert`, which the caller may see, in the second that begins at `second`, with their vehicles. Only
/// among the newest [`CONSIDERED_MAX`] events of its company.
pub fn of_alert_at(
    db: &mut Db<'_>,
    alert: &Alert,
    second: Timestamp,
) -> Result<Vec<(EventId, i64)>, StoreError> {
    let of_company = events::company_id.eq(alert.company_id.0);
    let oldest: Option<i64> = events::table
        .filter(of_company)
        .order(events::id.desc())
        .offset(CONSIDERED_MAX - 1)
        .select(events::id)
        .first(db.conn)
        .optional()?;
    let until = second.plus_micros(SECOND_US);
    let rows: Vec<(i64, i64)> = events::table
        .filter(of_company.and(events::id.ge(oldest.unwrap_or_default())))
        .filter(events::alert_id.eq(alert.id.0).and(events::is_test.eq(false)))
        .filter(events::occurred_at.ge(second.micros()).and(events::occurred_at.lt(until.micros())))
        .order(events::id.desc())
        .limit(SAME_SECOND_MAX)
        .select((events::id, events::vehicle_id))
        .load(db.conn)?;
    Ok(rows.into_iter().map(|(id, vehicle)| (EventId(id), vehicle)).collect())
}

/// Marks those of `records` that are not so already, and says how many. Those that retention has removed are left out.
pub fn mark(db: &mut Db<'_>, records: &[EventId], is_read: bool) -> Result<usize, StoreError> {
    let ids: Vec<i64> = records.iter().map(|id| id.0).collect();
    let owners: Vec<(i64, i64)> = events::table
        .filter(events::id.eq_any(&ids))
        .select((events::id, events::company_id))
        .load(db.conn)?;
    let owners: Vec<(EventId, CompanyId)> =
        owners.into_iter().map(|(id, company)| (EventId(id), CompanyId(company))).collect();
    let known = which_are_read(db, &owners)?;
    let changed: Vec<(i64, i64)> = known
        .into_iter()
        .filter(|(_, (is_already, _))| *is_already != is_read)
        .map(|(id, (_, times))| (id.0, times))
        .collect();
    let replaced: Vec<i64> = changed.iter().map(|(id, _)| *id).collect();
    diesel::delete(read_marks::table.filter(read_marks::event_id.eq_any(replaced))).execute(db.conn)?;
    for (event, times) in &changed {
        diesel::insert_into(read_marks::table)
            .values((
                read_marks::event_id.eq(event),
                read_marks::is_read.eq(is_read),
                read_marks::times.eq(times),
            ))
            .execute(db.conn)?;
    }
    Ok(changed.len())
}

/// All records of `company` and those below it are read, as many as there are now. Returns up to which number they were
/// said to be before, and are now.
pub fn mark_all(db: &mut Db<'_>, company: CompanyId) -> Result<(i64, i64), StoreError> {
    dialect::lock_company(db, company)?;
    let newest: Option<i64> = events::table.select(diesel::dsl::max(events::id)).first(db.conn)?;
    let newest = newest.unwrap_or_default();
    let before: Option<i64> =
        read_upto::table.find(company.0).select(read_upto::upto_id).first(db.conn).optional()?;
    match before {
        Some(_) => diesel::update(read_upto::table.find(company.0))
            .set((read_upto::upto_id.eq(newest), read_upto::times.eq(read_upto::times + 1)))
            .execute(db.conn)?,
        None => diesel::insert_into(read_upto::table)
            .values((
                read_upto::company_id.eq(company.0),
                read_upto::upto_id.eq(newest),
                read_upto::times.eq(1_i64),
            ))
            .execute(db.conn)?,
    };
    Ok((before.unwrap_or_default(), newest))
}

/// Of each event, whether it is read, and how often all of its company's were said to be.
fn which_are_read(
    db: &mut Db<'_>,
    owners: &[(EventId, CompanyId)],
) -> Result<HashMap<EventId, (bool, i64)>, StoreError> {
    let ids: Vec<i64> = owners.iter().map(|(id, _)| id.0).collect();
    let marks: Vec<(i64, bool, i64)> = read_marks::table
        .filter(read_marks::event_id.eq_any(ids))
        .select((read_marks::event_id, read_marks::is_read, read_marks::times))
        .load(db.conn)?;
    let marks: HashMap<i64, Mark> =
        marks.into_iter().map(|(event, is_read, times)| (event, Mark { is_read, times })).collect();
    let mut of_companies: Vec<i64> = owners.iter().map(|(_, company)| company.0).collect();
    of_companies.sort_unstable();
    of_companies.dedup();
    let said: Vec<(i64, i64, i64)> = company_tree::table
        .inner_join(read_upto::table.on(read_upto::company_id.eq(company_tree::ancestor_id)))
        .filter(company_tree::company_id.eq_any(of_companies))
        .select((company_tree::company_id, read_upto::upto_id, read_upto::times))
        .load(db.conn)?;
    let mut all_read: HashMap<i64, AllRead> = HashMap::new();
    for (company, upto, times) in said {
        let known = all_read.entry(company).or_default();
        *known = known.and(EventId(upto), times);
    }
    let state = |(id, company): &(EventId, CompanyId)| {
        let all = all_read.get(&company.0).copied().unwrap_or_default();
        (*id, (all.is_read(*id, marks.get(&id.0).copied()), all.times()))
    };
    Ok(owners.iter().map(state).collect())
}
