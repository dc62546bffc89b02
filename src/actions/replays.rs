//! Replays: many deliveries sent again, slowly. Begun, paused, resumed and cancelled here; the engine carries them out.

use serde_json::Value;

use super::{ActionError, Context, Outcome};
use crate::domain::access::Permission;
use crate::domain::audit::{Changes, Entry};
use crate::domain::ids::{CompanyId, ReplayId};
use crate::domain::replay::{Filter, OPEN_MAX, Rate, Replay, Status};
use crate::domain::time::Timestamp;
use crate::store::replays::{self, NewReplay};
use crate::store::{Db, StoreError, audit, companies};

/// Begins to send again what matches `filter` among the deliveries of a company and those below it.
///
/// # Errors
/// Refused, a company that is not found, nothing that can be sent again, or too many replays that have not ended.
pub async fn begin(ctx: &Context, company: CompanyId, filter: Filter, rate: Rate) -> Outcome<ReplayId> {
    ctx.caller.may(Permission::Redeliver)?;
    // Outside the transaction: looking takes longer than writing, and the writer belongs to everybody.
    let (scope, asked) = (ctx.caller.scope(), filter.clone());
    let found = ctx.services.store.read(move |db| {
        companies::get(db, &scope, company)?;
        replays::survey(db, company, &asked)
    });
    let survey = found.await.map_err(missing("company"))?;
    if !survey.expected.or_more && survey.expected.count == survey.skips.total() {
        let words = "There is no delivery that matches and can be sent again.";
        return Err(ActionError::Conflict(words.to_owned()));
    }
    ctx.write(move |db, ctx, now| {
        if replays::count_open(db, company)? >= OPEN_MAX {
            let words = format!(
                "{OPEN_MAX} redeliveries of this company have not ended. Wait for one of them, or cancel one."
            );
            return Err(ActionError::Conflict(words));
        }
        let new = NewReplay { company, filter: &filter, rate, by: ctx.caller.actor.name(), survey: &survey };
        let id = replays::insert(db, &new, now)?;
        let changes = Changes::default().field("filter", Value::Null, filter.to_json()).field(
            "rate",
            Value::Null,
            rate.per_second(),
        );
        audit::insert(db, &entry(ctx, company, id, "replay.begin", changes))?;
        Ok(id)
    })
    .await
}

/// Stops a replay for a while. Nothing more is made from the answer on; what was made is delivered.
///
/// # Errors
/// Refused, not found, or one that is not running.
pub async fn pause(ctx: &Context, id: ReplayId) -> Outcome<()> {
    change(ctx, id, "replay.pause", &[Status::Running], Status::Paused).await
}

/// Goes on with a paused replay, from where it stopped.
///
/// # Errors
/// Refused, not found, or one that is not paused.
pub async fn resume(ctx: &Context, id: ReplayId) -> Outcome<()> {
    change(ctx, id, "replay.resume", &[Status::Paused], Status::Running).await
}

/// Ends a replay for good. What was made is delivered.
///
/// # Errors
/// Refused, not found, or one that has ended.
pub async fn cancel(ctx: &Context, id: ReplayId) -> Outcome<()> {
    change(ctx, id, "replay.cancel", &[Status::Running, Status::Paused], Status::Cancelled).await
}

async fn change(
    ctx: &Context,
    id: ReplayId,
    action: &'static str,
    from: &'static [Status],
    to: Status,
) -> Outcome<()> {
    ctx.caller.may(Permission::Redeliver)?;
    ctx.write(move |db, ctx, now| {
        let before = replays::get(db, &ctx.caller.scope(), id).map_err(missing("redelivery"))?;
        if !from.contains(&before.status) || !moved(db, &before, to, now)? {
            let word = before.status.word().to_lowercase();
            return Err(ActionError::Conflict(format!("This redelivery is {word}.")));
        }
        let changes = Changes::default().field("status", before.status.slug(), to.slug());
        audit::insert(db, &entry(ctx, before.company, id, action, changes))?;
        Ok(())
    })
    .await
}

fn moved(db: &mut Db<'_>, before: &Replay, to: Status, now: Timestamp) -> Outcome<bool> {
    Ok(replays::change_status(db, before.id, before.status, to, now)?)
}

fn entry(ctx: &Context, company: CompanyId, id: ReplayId, action: &'static str, changes: Changes) -> Entry {
    ctx.entry(Some(company), action, ("replay", id.0, ""), changes)
}

fn missing(what: &'static str) -> impl Fn(StoreError) -> ActionError {
    move |error| match error {
        StoreError::NotFound => ActionError::NotFound(what),
        other => other.into(),
    }
}
