//! Asked of every request when it begins: is it the right one, for somebody who wants it, at a time at which it may be
//! sent, made exactly as it was configured?

use std::sync::Arc;

use belfry::domain::breaker::Allowance;
use belfry::domain::clock::Clock as _;
use belfry::domain::delivery::Trigger;
use belfry::domain::ids::{DeliveryId, EventId, WebhookId};
use belfry::domain::webhook::Webhook;
use belfry::outbound::{OutboundRequest, PoolKey};

use super::content;
use crate::file::DeliveryRow;
use crate::ledger::{Entry, Ledger};
use crate::receivers::{Answer, Fate};
use crate::world::World;

/// How long the engine may take to notice that the clock was set, and to have followed it when it has noticed.
const FOLLOWS_CLOCK_MS: u64 = 5_000;

/// Judges a request that begins now, and gives the line that it gets in the ledger.
pub fn judge(world: &World, process: u32, key: PoolKey, request: &OutboundRequest, fate: Fate) -> Entry {
    let target = request.destination.target();
    let mut entry = Entry {
        process,
        began_ms: world.ms(),
        ended_ms: None,
        is_cut: false,
        delivery: 0,
        number: 0,
        event: 0,
        webhook: key.webhook,
        version: key.version,
        host: format!("{}:{}", target.host, target.port),
        arrives: fate.arrives,
        answer: fate.answer,
        goes_apart: false,
    };
    let settings = world.known().versions.get(&(key.webhook, key.version)).cloned();
    let Some(webhook) = settings else {
        let text = format!("webhook {} never had the version {} after a commit", key.webhook, key.version);
        world.violated("SETTINGS", text);
        return entry;
    };
    let Some(row) = identify(world, &webhook, request) else { return entry };
    entry.delivery = row.id;
    entry.number = row.attempts;
    entry.event = row.event_id;
    entry.goes_apart = world.people().awaited.contains_key(&row.id);
    if row.state != 2 || row.lease_token.is_none() {
        let text = format!("delivery {} is sent and stands in state {} of the file", row.id, row.state);
        world.violated("DURABLE", text);
    }
    is_wanted(world, &entry, row.trigger_kind);
    content::judge(world, &webhook, &row, request);
    let ledger = world.ledger();
    is_in_time(world, &ledger, &entry);
    if !entry.goes_apart {
        is_within_limits(world, &ledger, &entry);
    }
    entry
}

/// The row that the request was made for.
fn identify(world: &World, webhook: &Arc<Webhook>, request: &OutboundRequest) -> Option<DeliveryRow> {
    let shown = match content::shown_ids(request, webhook.settings.format) {
        Ok(shown) => shown,
        Err(why) => {
            world.violated("INTEGRITY", format!("a body that nobody can read: {why}"));
            return None;
        }
    };
    let delivery = shown.delivery.as_deref().map(|text| world.ids.decode_delivery(text));
    let event = shown.event.as_deref().map(|text| world.ids.decode_event(text));
    let row = match (delivery, event) {
        (Some(Some(DeliveryId(id))), _) => world.file.delivery(id),
        (None, Some(Some(EventId(event)))) => {
            let rows = world.file.sending(event, webhook.id.0);
            rows.into_iter().find(|row| !world.ledger().seen.contains(&(row.id, row.attempts)))
        }
        _ => {
            world.violated("NOPHANTOM", format!("a request with ids that nobody made: {shown:?}"));
            return None;
        }
    };
    let Some(row) = row else {
        let text = format!("{shown:?} for webhook {} is sent and the file has no such lease", webhook.id);
        world.violated("DURABLE", text);
        return None;
    };
    let is_same_event = event.flatten().is_none_or(|EventId(event)| event == row.event_id);
    if WebhookId(row.webhook_id) != webhook.id || !is_same_event {
        world.violated("INTEGRITY", format!("{shown:?} to webhook {} belongs to {row:?}", webhook.id));
    }
    Some(row)
}

/// Nothing is sent for a webhook that is off, and nothing with old settings.
fn is_wanted(world: &World, entry: &Entry, trigger: i16) {
    let is_test = trigger == Trigger::Test.code();
    let (known, people) = (world.known(), world.people());
    let standing = known.now.get(&entry.webhook);
    // What was claimed at this very moment may have been on its way already.
    let since_ms = standing.map(|standing| standing.since_ms);
    let since_ms = since_ms.or_else(|| known.gone_ms.get(&entry.webhook).copied());
    let has_settled = since_ms.is_none_or(|since_ms| since_ms < entry.began_ms);
    if !is_test {
        if people.off.contains(&entry.webhook) {
            world.violated("STOPPED", format!("somebody was told that webhook {} is off", entry.webhook));
        }
        if people.paused.contains(&entry.webhook) {
            world.violated("STOPPED", format!("somebody was told that webhook {} is paused", entry.webhook));
        }
        if has_settled && standing.is_some_and(|standing| standing.is_paused) {
            world.violated("STOPPED", format!("webhook {} is paused since {standing:?}", entry.webhook));
        }
        if has_settled && !standing.is_some_and(|standing| standing.is_live) {
            world.violated("STOPPED", format!("webhook {} is off since {standing:?}", entry.webhook));
        }
    }
    let heard_of = people.versions.get(&entry.webhook).copied().unwrap_or(0);
    let newest = standing.filter(|_| has_settled).map_or(0, |standing| standing.version);
    if entry.version < heard_of.max(newest) {
        let text = format!("version {} of webhook {}, which has {newest}", entry.version, entry.webhook);
        world.violated("SETTINGS", text);
    }
}

/// No two requests of one delivery at the same time, and a pause between them.
fn is_in_time(world: &World, ledger: &Ledger, entry: &Entry) {
    let id = entry.delivery;
    if ledger.seen.contains(&(id, entry.number)) {
        world.violated("UNIQUE", format!("attempt {} of delivery {id} is sent twice", entry.number));
    }
    if ledger.is_open(id) {
        world.violated("GAP", format!("delivery {id} is on the wire already"));
    }
    let Some(last) = ledger.last.get(&id).map(|index| &ledger.entries[*index]) else { return };
    let first_wait_ms = u64::try_from(world.plan.first_wait().as_millis()).unwrap();
    let outcome = world.file.outcome(id, last.number);
    let (since_ms, pause_ms) = match (outcome, ledger.died.get(&last.process)) {
        (None, _) => {
            world.violated("HISTORY", format!("attempt {} of delivery {id} has left no row", last.number));
            return;
        }
        (Some(1), Some(died_ms)) => (*died_ms, first_wait_ms),
        (Some(1), None) => {
            let text = format!("attempt {} of delivery {id} was interrupted and nobody died", last.number);
            world.violated("DUPBOUND", text);
            return;
        }
        (Some(_), _) => {
            let asked_ms = match last.answer {
                Answer::Busy(seconds) => seconds * 1_000,
                Answer::Status(_) | Answer::Broken(_) => 0,
            };
            // Jitter takes off a tenth at most.
            (last.ended_ms.unwrap_or(last.began_ms), first_wait_ms.max(asked_ms) * 9 / 10)
        }
    };
    let asked_ms = world.people().sent_now.get(&id).copied().unwrap_or(0);
    // What ends before the engine has followed the clock may be made due earlier like everything that waits.
    let hurried_ms = asked_ms.max(ledger.stepped_ms.map_or(0, |ms| ms + FOLLOWS_CLOCK_MS));
    if entry.began_ms < since_ms + pause_ms && hurried_ms < since_ms && !entry.goes_apart {
        let text = format!("delivery {id} is sent again {} ms after {last:?}", entry.began_ms - since_ms);
        world.violated("GAP", text);
    }
}

/// The caps, and the breaker.
fn is_within_limits(world: &World, ledger: &Ledger, entry: &Entry) {
    let limits = ledger.limits;
    let of_webhook = ledger.in_lanes().filter(|open| open.webhook == entry.webhook).count();
    let of_host = ledger.in_lanes().filter(|open| open.host == entry.host).count();
    let all = ledger.in_lanes().count();
    for (count, at_most, what) in [
        (of_webhook, limits.per_webhook, "for the webhook"),
        (of_host, limits.per_host, "to the host"),
        (all, limits.requests, "in all"),
    ] {
        if count >= at_most {
            let text =
                format!("{count} requests {what} are on the wire, and delivery {} begins", entry.delivery);
            world.violated("CAPS", text);
        }
    }
    let at_most = match ledger.breakers.allowance(entry.webhook, world.clock.now()) {
        Allowance::Everything => usize::MAX,
        Allowance::One => 1,
        Allowance::NothingUntil(_) => 0,
    };
    if of_webhook >= at_most {
        let text = format!("webhook {} may have {at_most} requests and has {of_webhook}", entry.webhook);
        world.violated("BREAKER", text);
    }
}
