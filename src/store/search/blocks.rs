//! The newest events of a vehicle, by the index of names.
//!
//! That index lies in blocks: of so many events with following numbers, ordered by name within each. So an event is
//! written where its neighbours in time are, and a name is looked up once in each block, the newest first. Most vehicles
//! fill a page from the last few blocks; one that was never heard of costs a look into each, a millisecond for ten
//! million events.

use std::collections::HashSet;

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::lower;
use super::merge::{READ_MAX, Row, Taken, rows_of};
use super::span::{self, Span};
use crate::domain::access::Scope;
use crate::store::schema::{company_tree, events};
use crate::store::{Db, StoreError};

/// The index's first part is the number without so many bits: the migration says the same.
const BLOCK_BITS: u32 = 14;
/// Blocks that are looked into at once, at most.
const BLOCKS_MAX: i64 = 64;
/// Companies that are looked up one by one; a larger tree is told from others' events of the name by reading them.
const FEW: usize = 50;
/// Companies of a tree that are known at most.
const COMPANIES_MAX: i64 = 10_000;
/// Entries of the index that are read for one page.
const ENTRIES_MAX: i64 = 20_000;
/// Rows that are read at once.
const PIECE: usize = 64;
/// The newest blocks, in which names are looked for by their beginning.
const NEWEST: i64 = 16;

/// The block of an event, as the index has it.
fn block() -> SqlLiteral<BigInt> {
    sql("(events.id >> 14)")
}

/// Whose events are meant.
enum Companies {
    Everybody,
    Few(Vec<i64>),
    Many(HashSet<i64>),
}

impl Companies {
    fn of(db: &mut Db<'_>, scope: &Scope) -> Result<Self, StoreError> {
        let Some(root) = scope.root() else { return Ok(Self::Everybody) };
        let all: Vec<i64> = company_tree::table
            .filter(company_tree::ancestor_id.eq(root.0))
            .limit(COMPANIES_MAX)
            .select(company_tree::company_id)
            .load(db.conn)?;
        Ok(if all.len() <= FEW { Self::Few(all) } else { Self::Many(all.into_iter().collect()) })
    }

    fn few(&self) -> Option<&[i64]> {
        match self {
            Self::Few(few) => Some(few),
            Self::Everybody | Self::Many(_) => None,
        }
    }

    fn has(&self, company: i64) -> bool {
        match self {
            Self::Everybody | Self::Few(_) => true,
            Self::Many(many) => many.contains(&company),
        }
    }
}

/// The entries of names in some blocks, newest first. The index has all of it.
macro_rules! entries {
    ($blocks:expr, $keys:expr, $few:expr) => {{
        let mut query = events::table
            .filter(block().eq_any($blocks))
            .filter(lower(events::vehicle_name).eq_any($keys))
            .order(events::id.desc())
            .select((events::id, events::company_id))
            .limit(ENTRIES_MAX)
            .into_boxed();
        if let Some(few) = $few {
            // As a sum, which no index of companies is of: the only company of a scope would win SQLite over to reading
            // all that it ever had, for they are in order.
            query = query.filter((events::company_id + 0_i64).eq_any(few));
        }
        query
    }};
}

/// The first name of a block that lies after `$after` and before `$end`.
macro_rules! next_name {
    ($block:expr, $after:expr, $end:expr, $few:expr) => {{
        let mut query = events::table
            .filter(block().eq($block))
            .filter(lower(events::vehicle_name).gt($after).and(lower(events::vehicle_name).lt($end)))
            .order(lower(events::vehicle_name))
            .select((lower(events::vehicle_name), events::company_id, events::id))
            .limit(1)
            .into_boxed();
        if let Some(few) = $few {
            query = query.filter(events::company_id.eq_any(few));
        }
        query
    }};
}

/// Up to `count` of the newest events in `span` whose vehicle has one of `keys` and that `wanted` takes.
pub(super) fn newest(
    db: &mut Db<'_>,
    scope: &Scope,
    keys: &[String],
    span: Span,
    count: usize,
    wanted: impl Fn(&Row) -> bool,
) -> Result<Taken, StoreError> {
    let mut taken = Taken { complete: true, ..Taken::default() };
    let Some(kept) = span::kept(db)? else { return Ok(taken) };
    let span = Span { low: span.low.max(kept.low), high: span.high.min(kept.high) };
    let companies = Companies::of(db, scope)?;
    let (lowest, mut highest) = (span.low >> BLOCK_BITS, (span.high - 1) >> BLOCK_BITS);
    let (mut width, mut looked_at) = (1, 0);
    while highest >= lowest && span.low < span.high {
        let from = lowest.max(highest - width + 1);
        let blocks: Vec<i64> = (from..=highest).collect();
        let found: Vec<(i64, i64)> = entries!(&blocks, keys, companies.few()).load(db.conn)?;
        let is_cut = found.len() >= usize::try_from(ENTRIES_MAX).unwrap_or(usize::MAX);
        let last = found.last().map(|(id, _)| *id);
        let is_meant =
            |(id, company): &(i64, i64)| *id >= span.low && *id < span.high && companies.has(*company);
        let ids: Vec<i64> = found.into_iter().filter(is_meant).map(|(id, _)| id).collect();
        for piece in ids.chunks(PIECE) {
            for row in rows_of(db, piece)? {
                if taken.rows.len() >= count || looked_at >= READ_MAX {
                    taken.complete = false;
                    return Ok(taken);
                }
                looked_at += 1;
                taken.reached = Some(row.id);
                if wanted(&row) {
                    taken.rows.push(row);
                }
            }
        }
        if is_cut {
            taken.complete = false;
            taken.reached = last;
            return Ok(taken);
        }
        highest = from - 1;
        width = (width * 4).min(BLOCKS_MAX);
    }
    Ok(taken)
}

/// The numbers of the `count` newest events in `span` whose vehicle has one of `keys`, and whether there are more: from the
/// index alone.
pub(super) fn numbers(
    db: &mut Db<'_>,
    scope: &Scope,
    keys: &[String],
    span: Span,
    count: usize,
) -> Result<(Vec<i64>, bool), StoreError> {
    let Some(kept) = span::kept(db)? else { return Ok((Vec::new(), false)) };
    let span = Span { low: span.low.max(kept.low), high: span.high.min(kept.high) };
    let companies = Companies::of(db, scope)?;
    let (lowest, mut highest) = (span.low >> BLOCK_BITS, (span.high - 1) >> BLOCK_BITS);
    let mut ids = Vec::new();
    while highest >= lowest && span.low < span.high {
        let from = lowest.max(highest - BLOCKS_MAX + 1);
        let blocks: Vec<i64> = (from..=highest).collect();
        let found: Vec<(i64, i64)> = entries!(&blocks, keys, companies.few()).load(db.conn)?;
        let is_cut = found.len() >= usize::try_from(ENTRIES_MAX).unwrap_or(usize::MAX);
        let is_meant =
            |(id, company): &(i64, i64)| *id >= span.low && *id < span.high && companies.has(*company);
        ids.extend(found.into_iter().filter(is_meant).map(|(id, _)| id));
        if is_cut || ids.len() > count {
            ids.truncate(count);
            return Ok((ids, true));
        }
        highest = from - 1;
    }
    Ok((ids, false))
}

/// Up to `count` names of vehicles in the newest blocks whose key begins so, as their fleets write them.
pub(super) fn beginning_with(
    db: &mut Db<'_>,
    scope: &Scope,
    beginning: &str,
    count: usize,
) -> Result<Vec<String>, StoreError> {
    let Some(kept) = span::kept(db)? else { return Ok(Vec::new()) };
    let companies = Companies::of(db, scope)?;
    let end = format!("{beginning}\u{10ffff}");
    let newest = (kept.high - 1) >> BLOCK_BITS;
    let mut keys = HashSet::new();
    let mut names = Vec::new();
    for number in ((newest - NEWEST + 1).max(0)..=newest).rev() {
        // The beginning itself is a name that was looked for already.
        let mut after = beginning.to_owned();
        // Other companies' names count as looks, too.
        for _ in 0..count * 4 {
            let next: Option<(String, i64, i64)> =
                next_name!(number, &after, &end, companies.few()).first(db.conn).optional()?;
            let Some((key, company, id)) = next else { break };
            if companies.has(company) && keys.insert(key.clone()) {
                names.push(events::table.find(id).select(events::vehicle_name).first(db.conn)?);
            }
            if names.len() >= count {
                return Ok(names);
            }
            after = key;
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::super::plans::plan;
    use super::*;

    #[test]
    fn blocks_are_those_of_the_migrations() {
        for tree in ["sqlite", "postgres"] {
            let path =
                format!("{}/migrations/{tree}/2026-11-21-000007_find/up.sql", env!("CARGO_MANIFEST_DIR"));
            assert!(std::fs::read_to_string(path).unwrap().contains(&format!("id >> {BLOCK_BITS}")));
        }
        assert!(plan(&events::table.select(block())).starts_with("SCAN"));
    }

    #[test]
    fn a_name_in_a_block_is_one_look_whoever_asks() {
        let (blocks, keys) = ([7_i64, 8], ["trk-118"]);
        let look = "SEARCH events USING COVERING INDEX events_by_vehicle (<expr>=? AND <expr>=?";
        for few in [Some(&[12_i64][..]), Some(&[12, 13]), None] {
            let steps = plan(&entries!(&blocks, &keys, few));
            assert!(steps.starts_with(&format!("{look})")), "{steps}");
        }
    }

    #[test]
    fn the_next_name_is_one_look_too() {
        for few in [Some(&[12_i64][..]), None] {
            let steps = plan(&next_name!(7_i64, "trk", "trk~", few));
            let look =
                "SEARCH events USING COVERING INDEX events_by_vehicle (<expr>=? AND <expr>>? AND <expr><?)";
            assert_eq!(steps.lines().next(), Some(look));
            assert!(!steps.contains("TEMP B-TREE"), "{steps}");
        }
    }
}
