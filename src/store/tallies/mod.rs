//! Tallies: what the background counts of events and finished attempts, and what statistics read.
//!
//! Events and attempts are append-only, and an attempt is written when it has ended; so each table is walked once, in
//! the order of its numbers, a bounded piece at a time ([`gather`], which only reads). Adding a piece moves the cursor
//! in the same transaction ([`add`]): a crash counts nothing twice, and of two processes that gathered the same piece
//! the second changes nothing.
//!
//! Nothing may be passed over that is committed later with a lower number. SQLite's writer gives the numbers out in the
//! order of its commits. On PostgreSQL a transaction may hold a number that is lower than those that are visible
//! already; which ones do is known exactly ([`horizon`]).

mod horizon;
mod read;

use diesel::prelude::*;

pub use horizon::{Horizon, holders, horizon};
pub use read::{Named, by_subject, complete_to, named};

use super::dialect::on_each;
use super::schema::{attempts, companies, deliveries, events, tallies, tally_cursors};
use super::statements::AddToTally;
use super::{Db, StoreError};
use crate::domain::attempt::Outcome;
use crate::domain::delivery::Trigger;
use crate::domain::tally::{Ended, Fired, Key, Kind, Span, Tallies};
use crate::domain::time::Timestamp;

/// Rows that one piece counts at most.
pub const ROWS_MAX: i64 = 2_000;
/// Tallies are kept for so many hours: 400 days, so that a month can be compared with the same one a year before.
pub const KEEP_HOURS: i64 = 400 * 24;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Alerts that fired.
    Events,
    /// Requests that ended.
    Attempts,
}

impl Source {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Events, Self::Attempts];

    const fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Attempts => "attempts",
        }
    }
}

/// What was counted in rows with numbers after `from` and up to `upto`.
#[derive(Debug)]
pub struct Piece {
    source: Source,
    from: i64,
    upto: i64,
    counts: Tallies,
}

/// How far a table has been counted.
pub fn cursor(db: &mut Db<'_>, source: Source) -> Result<i64, StoreError> {
    Ok(tally_cursors::table.find(source.name()).select(tally_cursors::upto_id).first(db.conn)?)
}

/// The next `rows` rows at most that have not been counted, of those with numbers up to `upto`; `None` when all of them
/// have. Reads only.
pub fn gather(db: &mut Db<'_>, source: Source, upto: i64, rows: i64) -> Result<Option<Piece>, StoreError> {
    let from = cursor(db, source)?;
    if from >= upto {
        return Ok(None);
    }
    Ok(Some(counted(db, source, from, upto, rows)?))
}

/// Everything that is there, counted again. Reads all of history: for tests and checks, never for a page.
pub fn recount(db: &mut Db<'_>) -> Result<Tallies, StoreError> {
    let mut sum = Tallies::default();
    for source in Source::ALL {
        sum.0.extend(counted(db, source, 0, i64::MAX, i64::MAX)?.counts.0);
    }
    Ok(sum)
}

/// All tallies as they are kept: for tests and checks, never for a page.
pub fn kept(db: &mut Db<'_>) -> Result<Tallies, StoreError> {
    let rows: Vec<(i64, i16, i64, i64, i64, i64)> = tallies::table.load(db.conn)?;
    let tally = |(company, kind, hour, subject, value, count)| {
        let (span, kind) = Span::from_code(kind)?;
        Some((Key { company, kind, span, hour, subject, value }, count))
    };
    Ok(Tallies(rows.into_iter().filter_map(tally).collect()))
}

fn counted(db: &mut Db<'_>, source: Source, from: i64, upto: i64, rows: i64) -> Result<Piece, StoreError> {
    let mut counts = Tallies::default();
    let (read, last) = match source {
        Source::Events => events_of(db, &mut counts, from, upto, rows)?,
        Source::Attempts => attempts_of(db, &mut counts, from, upto, rows)?,
    };
    // A piece that is not full goes as far as was asked: there is nothing else.
    let is_full = i64::try_from(read).is_ok_and(|read| read >= rows);
    Ok(Piece { source, from, upto: last.filter(|_| is_full).unwrap_or(upto), counts })
}

fn events_of(
    db: &mut Db<'_>,
    counts: &mut Tallies,
    from: i64,
    upto: i64,
    rows: i64,
) -> Result<(usize, Option<i64>), StoreError> {
    let found: Vec<(i64, i64, i64, i64, i64, bool)> = events::table
        .filter(events::id.gt(from).and(events::id.le(upto)))
        .order(events::id)
        .limit(rows)
        .select((
            events::id,
            events::company_id,
            events::alert_id,
            events::alert_type,
            events::received_at,
            events::is_test,
        ))
        .load(db.conn)?;
    for (_, company, alert, alert_type, received_at, is_test) in &found {
        counts.event(&Fired {
            company: *company,
            alert: *alert,
            alert_type: *alert_type,
            received_at: Timestamp::from_micros(*received_at),
            is_test: *is_test,
        });
    }
    Ok((found.len(), found.last().map(|row| row.0)))
}

fn attempts_of(
    db: &mut Db<'_>,
    counts: &mut Tallies,
    from: i64,
    upto: i64,
    rows: i64,
) -> Result<(usize, Option<i64>), StoreError> {
    type Row = (i64, i64, i64, i16, i32, Option<i16>, Option<i64>, i64);
    let found: Vec<Row> = attempts::table
        .inner_join(deliveries::table.inner_join(events::table))
        .filter(attempts::id.gt(from).and(attempts::id.le(upto)))
        .order(attempts::id)
        .limit(rows)
        .select((
            attempts::id,
            deliveries::company_id,
            attempts::webhook_id,
            deliveries::trigger_kind,
            attempts::number,
            attempts::outcome,
            attempts::finished_at,
            events::received_at,
        ))
        .load(db.conn)?;
    for (_, company, webhook, trigger, number, outcome, finished_at, received_at) in &found {
        let known = (Trigger::from_code(*trigger), outcome.and_then(Outcome::from_code), *finished_at);
        let (Some(trigger), Some(outcome), Some(finished_at)) = known else { continue };
        counts.attempt(&Ended {
            company: *company,
            webhook: *webhook,
            trigger,
            number: i64::from(*number),
            outcome,
            received_at: Timestamp::from_micros(*received_at),
            finished_at: Timestamp::from_micros(finished_at),
        });
    }
    Ok((found.len(), found.last().map(|row| row.0)))
}

/// Adds a piece and moves the cursor behind it, and says whether it did: not when somebody else has been faster.
pub fn add(db: &mut Db<'_>, piece: &Piece) -> Result<bool, StoreError> {
    let mine = tally_cursors::source.eq(piece.source.name()).and(tally_cursors::upto_id.eq(piece.from));
    let taken = diesel::update(tally_cursors::table.filter(mine))
        .set(tally_cursors::upto_id.eq(piece.upto))
        .execute(db.conn)?;
    if taken == 0 {
        return Ok(false);
    }
    for (key, count) in &piece.counts.0 {
        let row = AddToTally {
            company: key.company,
            kind: key.span.code(key.kind),
            hour: key.hour,
            subject: key.subject,
            value: key.value,
            count: *count,
            of: std::marker::PhantomData,
        };
        on_each!(db, |conn| row.execute(conn)?);
    }
    Ok(true)
}

/// Notes that nothing that was committed before `at` is missing.
pub fn complete(db: &mut Db<'_>, at: Timestamp) -> Result<(), StoreError> {
    let behind = tally_cursors::table.filter(tally_cursors::complete_to.lt(at.micros()));
    diesel::update(behind).set(tally_cursors::complete_to.eq(at.micros())).execute(db.conn)?;
    Ok(())
}

/// Removes the tallies of hours before `oldest`.
pub fn prune(db: &mut Db<'_>, oldest: i64) -> Result<usize, StoreError> {
    // By company and kind, so that the key is used: there is no index by hour, which every count would pay for.
    let companies: Vec<i64> = companies::table.select(companies::id).load(db.conn)?;
    let mut gone = 0;
    for company in companies {
        for span in Span::ALL {
            let old = tallies::table.filter(
                tallies::company_id
                    .eq(company)
                    .and(tallies::kind.eq_any(Kind::ALL.map(|kind| span.code(kind))))
                    // A day goes when its last hour does.
                    .and(tallies::hour.le(oldest - span.hours())),
            );
            gone += diesel::delete(old).execute(db.conn)?;
        }
    }
    Ok(gone)
}
