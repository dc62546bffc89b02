//! Replays: many deliveries sent again, slowly. What was begun stands here; [`step`] carries it out.

mod matching;
mod step;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

pub use matching::{Concerned, Survey, survey};
pub use step::{ahead, step};

use super::schema::replays;
use super::scoped::within;
use super::{Db, StoreError, dialect};
use crate::domain::access::Scope;
use crate::domain::ids::{CompanyId, ReplayId};
use crate::domain::replay::{Expected, Filter, Rate, Replay, Skips, Status};
use crate::domain::time::Timestamp;

#[derive(Queryable, Selectable)]
#[diesel(table_name = replays)]
struct Row {
    id: i64,
    company_id: i64,
    filter: String,
    per_second: i32,
    status: i16,
    after_id: i64,
    upto_id: i64,
    cursor_id: i64,
    expected: i64,
    or_more: bool,
    made: i64,
    skipped: String,
    created_at: i64,
    created_by: String,
    stepped_at: i64,
    finished_at: Option<i64>,
}

fn replay(row: Row) -> Result<Replay, StoreError> {
    // Written by a newer version of Belfry.
    let unreadable = || {
        let why = format!("replay {} cannot be read by this version", row.id);
        StoreError::Broken(diesel::result::Error::DeserializationError(why.into()))
    };
    Ok(Replay {
        id: ReplayId(row.id),
        company: CompanyId(row.company_id),
        filter: Filter::from_json(&row.filter).ok_or_else(unreadable)?,
        rate: Rate::new(row.per_second).ok_or_else(unreadable)?,
        status: Status::from_code(row.status).ok_or_else(unreadable)?,
        expected: Expected { count: row.expected, or_more: row.or_more },
        made: row.made,
        skips: Skips::from_json(&row.skipped),
        cursor: row.cursor_id,
        after: row.after_id,
        upto: row.upto_id,
        created_at: Timestamp::from_micros(row.created_at),
        created_by: row.created_by,
        stepped_at: Timestamp::from_micros(row.stepped_at),
        finished_at: row.finished_at.map(Timestamp::from_micros),
    })
}

/// What a new replay is made of.
pub struct NewReplay<'a> {
    /// Whose deliveries.
    pub company: CompanyId,
    /// Which of them.
    pub filter: &'a Filter,
    /// How fast.
    pub rate: Rate,
    /// Who begins it.
    pub by: &'a str,
    /// What was found.
    pub survey: &'a Survey,
}

/// Begins a replay of what a survey found.
pub fn insert(db: &mut Db<'_>, new: &NewReplay<'_>, now: Timestamp) -> Result<ReplayId, StoreError> {
    let survey = new.survey;
    let id: i64 = diesel::insert_into(replays::table)
        .values((
            replays::company_id.eq(new.company.0),
            replays::filter.eq(new.filter.to_json().to_string()),
            replays::per_second.eq(new.rate.per_second()),
            replays::status.eq(Status::Running.code()),
            replays::after_id.eq(survey.after),
            replays::cursor_id.eq(survey.after),
            replays::upto_id.eq(survey.upto),
            replays::expected.eq(survey.expected.count),
            replays::or_more.eq(survey.expected.or_more),
            replays::created_at.eq(now.micros()),
            replays::created_by.eq(new.by),
            replays::stepped_at.eq(now.micros()),
        ))
        .returning(replays::id)
        .get_result(db.conn)?;
    Ok(ReplayId(id))
}

/// How many replays of this very company have not ended. Until the transaction ends, nobody else begins one of it.
pub fn count_open(db: &mut Db<'_>, company: CompanyId) -> Result<i64, StoreError> {
    dialect::lock_company(db, company)?;
    // The condition of the partial index, spelled as there.
    let open = sql::<Bool>("replays.status <= 2");
    Ok(replays::table.filter(replays::company_id.eq(company.0).and(open)).count().get_result(db.conn)?)
}

/// The replay `id`, when its company lies in the scope.
pub fn get(db: &mut Db<'_>, scope: &Scope, id: ReplayId) -> Result<Replay, StoreError> {
    let query = within!(replays::table.into_boxed(), replays::company_id, scope);
    replay(query.filter(replays::id.eq(id.0)).select(Row::as_select()).first(db.conn)?)
}

/// The newest replays of the scope, `limit` at most; with `before`, those that are older.
pub fn newest(
    db: &mut Db<'_>,
    scope: &Scope,
    before: Option<ReplayId>,
    limit: i64,
) -> Result<Vec<Replay>, StoreError> {
    let mut query = within!(replays::table.into_boxed(), replays::company_id, scope);
    if let Some(id) = before {
        query = query.filter(replays::id.lt(id.0));
    }
    let rows: Vec<Row> =
        query.order(replays::id.desc()).limit(limit).select(Row::as_select()).load(db.conn)?;
    rows.into_iter().map(replay).collect()
}

/// The running replay that follows `after`: how they take turns.
pub fn next_running(db: &mut Db<'_>, after: ReplayId) -> Result<Option<Replay>, StoreError> {
    let running = sql::<Bool>("replays.status = 1");
    let row: Option<Row> = replays::table
        .filter(replays::id.gt(after.0).and(running))
        .order(replays::id)
        .select(Row::as_select())
        .first(db.conn)
        .optional()?;
    row.map(replay).transpose()
}

/// Moves a replay from one status to another, and says whether it stood there. What was not used of its rate while it
/// was paused is lost.
pub fn change_status(
    db: &mut Db<'_>,
    id: ReplayId,
    from: Status,
    to: Status,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let finished = if to.is_open() { None } else { Some(now.micros()) };
    let changed =
        diesel::update(replays::table.filter(replays::id.eq(id.0).and(replays::status.eq(from.code()))))
            .set((
                replays::status.eq(to.code()),
                replays::stepped_at.eq(now.micros()),
                replays::finished_at.eq(finished),
            ))
            .execute(db.conn)?;
    Ok(changed > 0)
}
