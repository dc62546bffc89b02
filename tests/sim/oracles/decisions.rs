//! Every event that somebody was promised is there, none that was refused, and each was decided for each webhook by
//! what was in force when it was committed.

use std::collections::BTreeMap;

use belfry::domain::delivery::{NotSent, Trigger};
use belfry::domain::event::Payload;
use belfry::domain::ids::{EventId, WebhookId};
use belfry::domain::webhook::pause::PauseMode;
use belfry::domain::webhook::{Receives, Webhook};

use super::History;
use super::holds::Held;
use crate::file::EventRow;
use crate::fleet;
use crate::known::Snapshot;
use crate::people::{Heard, Submission};
use crate::world::World;

/// Returns the events that were held.
pub fn judge(world: &World, history: &History) -> Vec<Held> {
    let mut held = Vec::new();
    let people = world.people();
    for event in history.events.iter().filter(|event| !event.is_test) {
        if !people.by_moment.contains_key(&event.occurred_at) {
            world.violated("NOPHANTOM", format!("nobody submitted {event:?}"));
        }
    }
    let mut stored: BTreeMap<i64, Vec<&EventRow>> = BTreeMap::new();
    for event in history.events.iter().filter(|event| !event.is_test) {
        stored.entry(event.occurred_at).or_default().push(event);
    }
    for (index, submission) in people.submissions.iter().enumerate() {
        let rows: Vec<&EventRow> = submission
            .payloads
            .iter()
            .flat_map(|payload| stored.get(&payload.timestamp.micros()).into_iter().flatten().copied())
            .collect();
        let (found, sent) = (rows.len(), submission.payloads.len());
        let is_right = match &submission.heard {
            Heard::Accepted(ids) => {
                let found: Vec<String> =
                    rows.iter().map(|row| world.ids.encode_event(EventId(row.id))).collect();
                found == *ids
            }
            Heard::Refused => found == 0,
            Heard::Nothing => found == 0 || found == sent,
        };
        if !is_right {
            let text = format!("submission {index} of {sent} heard {:?}, and has {rows:?}", submission.heard);
            world.violated(if found < sent { "NOLOSS" } else { "NOPHANTOM" }, text);
        }
        for row in rows {
            decided(world, history, submission, row, &mut held);
        }
    }
    held
}

/// `None`: it is sent.
type Decision = Option<NotSent>;

fn decided(
    world: &World,
    history: &History,
    submission: &Submission,
    event: &EventRow,
    held: &mut Vec<Held>,
) {
    let Some(snapshot) = &submission.snapshot else {
        return world.violated("NOLOSS", format!("{event:?} was stored without what came before it"));
    };
    let payload = submission.payloads.iter().find(|known| known.timestamp.micros() == event.occurred_at);
    let expected = payload.map(|payload| expected(snapshot, submission, payload)).unwrap_or_default();
    let automatic = Trigger::Automatic.code();
    let mut found: BTreeMap<i64, Vec<Decision>> = BTreeMap::new();
    for row in
        history.deliveries.iter().filter(|row| row.event_id == event.id && row.trigger_kind == automatic)
    {
        let reason = row.not_sent.and_then(NotSent::from_code);
        found.entry(row.webhook_id).or_default().push(reason);
    }
    let mut expected: BTreeMap<i64, Vec<Decision>> =
        expected.into_iter().map(|(webhook, decision)| (webhook, vec![decision])).collect();
    // What was held is decided later, once.
    for (webhook, decisions) in &mut expected {
        if decisions[..] == [Some(NotSent::PausedHeld)]
            && let Some([found]) = found.get(webhook).map(Vec::as_slice)
        {
            let turns = snapshot.turns.get(&WebhookId(*webhook)).copied().unwrap_or_default();
            let (event, vehicle) = (event.id, event.vehicle_id);
            held.push(Held { webhook: *webhook, event, vehicle, turns, found: *found });
            *decisions = vec![*found];
        }
    }
    if found != expected {
        world.violated("DECISION", format!("{event:?}: expected {expected:?}, found {found:?}"));
    }
}

/// The rules once more, as plainly as possible.
fn expected(snapshot: &Snapshot, submission: &Submission, payload: &Payload) -> BTreeMap<i64, Decision> {
    let alert = fleet::alert(submission.alert);
    let mut decisions = BTreeMap::new();
    for webhook in &snapshot.webhooks {
        let links = snapshot.links.get(&webhook.id);
        let is_linked = links.is_some_and(|links| links.contains(&submission.alert));
        let takes_all = webhook.settings.receives == Receives::All
            && fleet::with_ancestors(alert.company).contains(&webhook.company_id);
        if is_linked || takes_all {
            decisions.insert(webhook.id.0, decision(webhook, payload));
        }
    }
    decisions
}

/// About a webhook that is linked to an alert, which can be linked, or takes everything.
fn decision(webhook: &Webhook, payload: &Payload) -> Decision {
    let settings = &webhook.settings;
    if settings.receives == Receives::TestsOnly {
        return Some(NotSent::NotAlertHook);
    }
    let asked: serde_json::Value = serde_json::from_str(&settings.criteria.to_json()).unwrap();
    let level = payload.data.as_ref().and_then(|data| data.get("level"));
    if asked.get("data.level").is_some_and(|asked| Some(asked) != level) {
        return Some(NotSent::Criteria);
    }
    if !settings.is_active {
        return Some(NotSent::Inactive);
    }
    if webhook.disabled.is_some() {
        return Some(NotSent::AutoDisabled);
    }
    webhook.paused.as_ref().map(|paused| match paused.mode {
        PauseMode::Hold => NotSent::PausedHeld,
        PauseMode::Drop => NotSent::PausedDropped,
    })
}
