//! What became of events that a paused webhook held: what the people wanted who resumed it, switched it off or deleted
//! it next, in the order of the audit trail.

use std::collections::{BTreeMap, BTreeSet};

use belfry::domain::delivery::NotSent;
use belfry::domain::time::HOUR_US;

use crate::file::AuditRow;
use crate::world::World;

/// How long after a webhook was resumed the engine may still be at work, so that whoever pauses it again or switches it
/// off is in time, milliseconds.
const RELEASED_MS: u64 = 15_000;
/// Where the clock was set by more than this, what is held may have expired.
const EXPIRES_US: i64 = 71 * HOUR_US;

/// One event that was held when it arrived.
pub struct Held {
    pub webhook: i64,
    pub event: i64,
    pub vehicle: i64,
    /// How many audit entries there were about the webhook when it arrived.
    pub turns: usize,
    /// `None`: it was sent.
    pub found: Option<NotSent>,
}

/// What may become of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Sent,
    Dropped,
    /// Sent when no newer one of its vehicle is held, by the decision of this audit entry.
    Newest(i64),
}

pub fn judge(world: &World, held: &[Held]) {
    let entries = world.file.audit_after(0);
    let mut groups: BTreeMap<(i64, i64, i64), Vec<&Held>> = BTreeMap::new();
    for one in held {
        let of_webhook: Vec<&AuditRow> = entries.iter().filter(|entry| entry.is_of(one.webhook)).collect();
        let fates = fates(world, &of_webhook[one.turns..]);
        let is_right = match one.found {
            None => fates.iter().any(|fate| *fate != Fate::Dropped),
            Some(NotSent::PausedDropped) => fates.iter().any(|fate| *fate != Fate::Sent),
            Some(NotSent::Expired) => world.clock.spread_us() >= EXPIRES_US,
            Some(_) => false,
        };
        world.count(if one.found.is_none() { "held, then sent" } else { "held, then dropped" });
        if !is_right {
            let (event, webhook, found) = (one.event, one.webhook, one.found);
            let text =
                format!("event {event} was held by webhook {webhook}, and became {found:?}: {fates:?}");
            world.violated(if found.is_some() { "NOLOSS" } else { "NOPHANTOM" }, text);
        }
        // When nothing else can have decided, exactly one of a vehicle is sent.
        if let [Fate::Newest(entry)] = fates.into_iter().collect::<Vec<_>>()[..] {
            groups.entry((one.webhook, entry, one.vehicle)).or_default().push(one);
        }
    }
    for ((webhook, _, vehicle), mut group) in groups {
        group.retain(|one| one.found != Some(NotSent::Expired));
        group.sort_by_key(|one| one.event);
        let sent: Vec<i64> = group.iter().filter(|one| one.found.is_none()).map(|one| one.event).collect();
        let newest: Vec<i64> = group.last().map(|one| one.event).into_iter().collect();
        if sent != newest {
            let text = format!("of vehicle {vehicle}, webhook {webhook} got {sent:?}, and not {newest:?}");
            world.violated("NOLOSS", text);
        }
    }
}

/// What may become of an event that was held before these entries were written.
fn fates(world: &World, turns: &[&AuditRow]) -> BTreeSet<Fate> {
    let known = world.known();
    let seen_ms = |entry: &AuditRow| known.seen_ms.get(&entry.id).copied().unwrap_or_default();
    let (mut fates, mut resumed_ms) = (BTreeSet::new(), None);
    for entry in turns {
        if resumed_ms.is_some_and(|resumed_ms| seen_ms(entry) > resumed_ms + RELEASED_MS) {
            break;
        }
        match entry.action.as_str() {
            "webhook.resume" => {
                resumed_ms = Some(seen_ms(entry));
                match asked(world, entry) {
                    Some(fate) => drop(fates.insert(fate)),
                    None => world.violated("NOPHANTOM", format!("nobody asked for {entry:?}")),
                }
            }
            "webhook.disable" | "webhook.auto_disable" | "webhook.delete" => {
                fates.insert(Fate::Dropped);
                break;
            }
            // Perhaps in time: then it is still held, however long from now on.
            "webhook.pause" => resumed_ms = None,
            _ => {}
        }
    }
    fates
}

/// What somebody wanted who resumed a webhook.
fn asked(world: &World, entry: &AuditRow) -> Option<Fate> {
    let (people, webhook) = (world.people(), entry.object_id?);
    [("all", Fate::Sent), ("newest", Fate::Newest(entry.id)), ("none", Fate::Dropped)]
        .into_iter()
        .find(|(how, _)| {
            entry.changes.contains(&format!("\"{how}\"")) && people.resumed.contains(&(webhook, how))
        })
        .map(|(_, fate)| fate)
}
