//! One step of a replay: as many new deliveries as its rate allows, in one transaction of a bounded size.

use diesel::prelude::*;

use super::super::deliveries::conditions::{looked_up, residual};
use super::super::deliveries::{Repeat, is_trouble, redeliver};
use super::super::schema::{deliveries, replays, webhooks};
use super::super::scoped::companies_below;
use super::super::{Db, StoreError};
use super::matching::{Found, Target, in_range, judged, matching};
use crate::domain::delivery::State;
use crate::domain::replay::{Filter, Replay, Status};
use crate::domain::time::Timestamp;

/// Numbers of deliveries that one look covers, whoever's they are.
const WINDOW: i64 = 10_000;
/// Looks in one step at most, while nothing matches.
const WINDOWS_MAX: usize = 20;
/// Deliveries that one transaction decides at most …
const LOOK_MAX: i64 = 1_000;
/// … and makes at most.
const MAKE_MAX: i64 = 500;

/// From where a replay goes on: just before the next delivery that matches, or as far as nothing does. Reads only.
pub fn ahead(db: &mut Db<'_>, replay: &Replay) -> Result<i64, StoreError> {
    if !replay.filter.only.is_empty() {
        let next = replay.filter.chosen(replay.cursor, replay.upto).first().copied();
        return Ok(next.map_or(replay.upto, |next| next - 1));
    }
    let mut at = replay.cursor;
    for _ in 0..WINDOWS_MAX {
        let end = (at + WINDOW).min(replay.upto);
        let query = residual!(matching!(replay.company, &replay.filter, at, end), &replay.filter);
        let first: Option<i64> =
            query.order(deliveries::id).select(deliveries::id).first(db.conn).optional()?;
        if let Some(first) = first {
            return Ok(first - 1);
        }
        at = end;
        if at >= replay.upto {
            break;
        }
    }
    Ok(at)
}

/// Takes one step of a replay as it was read, from `at` on, and returns how many deliveries it made. Does nothing when
/// somebody else has taken this step, or has paused or cancelled the replay.
pub fn step(db: &mut Db<'_>, replay: &Replay, at: i64, now: Timestamp) -> Result<usize, StoreError> {
    let allowed = replay.rate.allowance(replay.stepped_at, now);
    let end = (at + WINDOW).min(replay.upto);
    let query = residual!(matching!(replay.company, &replay.filter, at, end), &replay.filter);
    let found: Vec<(Found, Target)> = query
        .order(deliveries::id)
        .limit(LOOK_MAX)
        .select((Found::as_select(), Target::as_select()))
        .load(db.conn)?;
    let verdicts = judged(db, &replay.filter, (replay.after, replay.upto), &found)?;
    let is_all = i64::try_from(found.len()).unwrap_or(i64::MAX) < LOOK_MAX;
    let (mut cursor, mut skips) = (at, replay.skips.clone());
    let (mut made, mut plan): (i64, Vec<Repeat>) = (0, Vec::new());
    let mut is_used_up = false;
    for ((row, _), verdict) in found.iter().zip(verdicts) {
        match verdict {
            Err(why) => skips.add(why, 1),
            Ok(()) if made < allowed.count.min(MAKE_MAX) => {
                made += 1;
                plan.push(row.repeat()?);
            }
            Ok(()) => {
                is_used_up = true;
                break;
            }
        }
        cursor = row.id;
    }
    if is_all && !is_used_up {
        cursor = end;
    }
    let is_done = cursor >= replay.upto;
    let mine = replays::id
        .eq(replay.id.0)
        .and(replays::cursor_id.eq(replay.cursor))
        .and(replays::stepped_at.eq(replay.stepped_at.micros()))
        .and(replays::status.eq(Status::Running.code()));
    let taken = diesel::update(replays::table.filter(mine))
        .set((
            replays::cursor_id.eq(cursor),
            replays::made.eq(replay.made + made),
            replays::skipped.eq(skips.to_json()),
            replays::stepped_at.eq(allowed.used(made).micros()),
            replays::status.eq(if is_done { Status::Finished } else { Status::Running }.code()),
            replays::finished_at.eq(is_done.then(|| now.micros())),
        ))
        .execute(db.conn)?;
    if taken == 0 {
        return Ok(0);
    }
    for repeat in &plan {
        redeliver(db, repeat, Some(replay.id), now)?;
    }
    Ok(plan.len())
}
