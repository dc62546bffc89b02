//! Every delivery has ended, and as it should: delivered because a receiver said so, failed because its schedule was
//! used up, cancelled because somebody wanted it.

use belfry::domain::attempt::{FailureClass, Outcome};
use belfry::domain::delivery::{State, Trigger};

use super::History;
use crate::file::DeliveryRow;
use crate::world::World;

pub fn judge(world: &World, history: &History) {
    for row in &history.deliveries {
        if row.due_at.is_some() || row.lease_until.is_some() || row.lease_token.is_some() {
            world.violated("TERMINAL", format!("it has ended and still waits or is leased: {row:?}"));
        }
        if let Err(why) = ended_well(world, history, row) {
            world.violated("NOLOSS", format!("{why}: {row:?}"));
        }
    }
    for row in history.deliveries.iter().filter(|row| row.trigger_kind == Trigger::Manual.code()) {
        let old = row.redelivery_of.and_then(|old| history.deliveries.iter().find(|row| row.id == old));
        if old.is_none_or(|old| (old.event_id, old.webhook_id) != (row.event_id, row.webhook_id)) {
            world.violated("NOPHANTOM", format!("it repeats nothing: {row:?}"));
        }
    }
}

fn ended_well(world: &World, history: &History, row: &DeliveryRow) -> Result<(), String> {
    let outcomes: Vec<Outcome> = history
        .attempts_of(row.id)
        .filter_map(|attempt| attempt.outcome.and_then(Outcome::from_code))
        .collect();
    let (last, ledger) = (outcomes.last().copied(), world.ledger());
    let successes = outcomes.iter().filter(|outcome| **outcome == Outcome::Success).count();
    let failures = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Failure(_))).count();
    let state = State::from_code(row.state).ok_or("an unknown state")?;
    if row.last_outcome.and_then(Outcome::from_code)
        != outcomes.iter().rfind(|o| **o != Outcome::Interrupted).copied()
    {
        return Err(format!("its last outcome is not that of {outcomes:?}"));
    }
    match state {
        State::Delivered => {
            let arrived = ledger.entries.iter().any(|entry| {
                entry.delivery == row.id
                    && entry.number == row.attempts
                    && entry.arrives
                    && entry.answer.is_success()
            });
            if !arrived || successes != 1 || last != Some(Outcome::Success) {
                return Err(format!("delivered after {outcomes:?}"));
            }
        }
        State::Failed => {
            let all = usize::try_from(world.plan.schedule.attempts_max()).unwrap();
            let gone = last == Some(Outcome::Failure(FailureClass::Http410));
            let wanted = if row.trigger_kind == Trigger::Test.code() { 1 } else { all };
            if successes > 0 || !(failures == wanted || gone && failures <= wanted) {
                return Err(format!("given up after {outcomes:?}"));
            }
        }
        State::Cancelled => {
            let is_off = world.known().ever_off.contains(&row.webhook_id);
            if successes > 0 || !(is_off || world.people().stopped.contains(&row.id)) {
                return Err("cancelled, and nobody wanted that".to_owned());
            }
        }
        State::NotSent => {
            if row.not_sent.is_none() || !outcomes.is_empty() {
                return Err(format!("not sent, with {outcomes:?}"));
            }
        }
        State::Queued | State::Sending | State::Retrying => return Err("not ended".to_owned()),
    }
    Ok(())
}
