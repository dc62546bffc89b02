//! The whole past in order: who came, what they set up, what fired in between, and what people did about it.

use std::sync::Arc;

use super::clock::DemoClock;
use super::dice::Dice;
use super::fleet::{self, ALERTS, AlertRow};
use super::history::Stage;
use super::people::{self, Cast, LUIS, MAYA, OLA, SAM};
use super::played::TIMEOUT_US;
use super::temper::FAILING_FOR_US;
use super::traffic;
use super::webhooks::{
    self, CUSTOMS_BRIDGE, DISPATCH_HUB, DRIVER_APP, FUEL_DESK, HOOKS, LEGACY_BRIDGE, SAFETY_DESK, YARD_GATE,
};
use crate::actions::webhooks::{self as webhook_actions, WebhookUpdate};
use crate::actions::{ActionError, Context, Outcome, deliveries as delivery_actions};
use crate::domain::alert_type::AlertType;
use crate::domain::delivery::State;
use crate::domain::ids::{AlertId, DeliveryId, WebhookId};
use crate::domain::page::Cursor;
use crate::domain::time::{DAY_US, HOUR_US, MINUTE_US, SECOND_US, Timestamp};
use crate::domain::webhook::settings::Change;
use crate::store::deliveries::{self, Filter};

/// When companies, people and alerts were set up.
const BEGINNING_US: i64 = 62 * DAY_US;

/// Something that a person did.
enum Deed {
    Creates,
    Describes(&'static str),
    SwitchesOff,
    Links(&'static [i64]),
    Tests(AlertType),
    /// Sends the webhook's newest failed delivery again.
    Redelivers,
    /// Stops the retries of the webhook's newest delivery that has them.
    Stops,
}

/// How long ago, who, to which webhook, what.
type Entry = (i64, usize, usize, Deed);

/// What people did, beside making the webhooks.
fn deeds() -> Vec<Entry> {
    vec![
        (22 * DAY_US, MAYA, LEGACY_BRIDGE, Deed::SwitchesOff),
        (
            19 * DAY_US,
            OLA,
            DISPATCH_HUB,
            Deed::Describes("Acme's dispatch system. Contact: integration@acme-dispatch.example"),
        ),
        (6 * DAY_US + 3 * HOUR_US, LUIS, FUEL_DESK, Deed::Tests(AlertType::LowBattery)),
        (DAY_US + 19 * HOUR_US, OLA, CUSTOMS_BRIDGE, Deed::Tests(AlertType::Geofence)),
        (21 * HOUR_US + 32 * MINUTE_US, OLA, YARD_GATE, Deed::Links(&[101, 104])),
        (5 * HOUR_US, MAYA, SAFETY_DESK, Deed::Describes("Safety desk, staffed 06:00 to 22:00")),
        (3 * HOUR_US + 20 * MINUTE_US, SAM, YARD_GATE, Deed::Redelivers),
        (2 * HOUR_US, MAYA, DRIVER_APP, Deed::Tests(AlertType::Ignition)),
        (12 * MINUTE_US, OLA, DISPATCH_HUB, Deed::Tests(AlertType::Geofence)),
        (7 * MINUTE_US - 10 * SECOND_US, OLA, DISPATCH_HUB, Deed::Stops),
    ]
}

/// What fires at a told time, beside what chance brings: how long ago, which alert, which vehicle.
const TOLD: [(i64, i64, &str); 13] = [
    (26 * DAY_US, 109, "TRK-142"),
    (8 * DAY_US + 20 * HOUR_US, 303, "CCH-709"),
    (7 * DAY_US + 8 * HOUR_US, 302, "CCH-701"),
    (7 * DAY_US + 4 * HOUR_US, 303, "CCH-704"),
    (2 * DAY_US + 3 * HOUR_US, 304, "CCH-704"),
    (FAILING_FOR_US + 38 * SECOND_US, 104, "TRK-077"),
    (15 * MINUTE_US + 49 * SECOND_US, 107, "RFR-440"),
    (10 * MINUTE_US + 25 * SECOND_US, 103, "TRK-118"),
    (6 * MINUTE_US + 33 * SECOND_US, 109, "TRK-142"),
    (5 * MINUTE_US + 17 * SECOND_US, 106, "TRK-077"),
    (2 * MINUTE_US + 17 * SECOND_US, 105, "TRK-090"),
    (2 * SECOND_US, 101, "TRK-031"),
    (SECOND_US / 4, 104, "TRK-204"),
];

/// A convoy that reports all the time since the failing receiver began to fail: alerts in turn, and the pause
/// between two of them.
const CONVOY: ([i64; 5], i64) = ([101, 104, 106, 105, 103], 140 * SECOND_US);

/// What the last moment leaves in the queue.
const LAST: (i64, i64, &str) = (4_000, 102, "TRK-311");

/// What the story left behind.
pub(super) struct Told {
    pub(super) cast: Cast,
    /// The webhooks, in the order of [`HOOKS`].
    #[cfg_attr(not(test), allow(dead_code))]
    pub(super) hooks: Vec<WebhookId>,
}

/// Tells it all, up to `now`. With `until_the_end` the last requests are still on the wire; without, all have
/// ended, since an engine goes on from here.
///
/// # Errors
/// Those of the actions and the store.
pub(super) async fn tell(
    system: &Context,
    clock: &Arc<DemoClock>,
    now: Timestamp,
    seed: u64,
    until_the_end: bool,
) -> Outcome<Told> {
    clock.set(now.plus_micros(-BEGINNING_US));
    let cast = people::add_all(system, seed).await?;
    fleet::add_all(system, &cast).await?;
    let (store, engine) = (&system.services.store, system.services.engine.clone());
    let curtain = if until_the_end { now } else { now.plus_micros(-TIMEOUT_US - 2 * SECOND_US) };
    let mut stage = Stage::new(engine, now, curtain, seed);
    schedule(&mut stage);
    let (dice, mut hooks) = (Dice::new(seed, "credentials"), Vec::new());
    for (ago_us, person, hook, deed) in entries() {
        let at = now.plus_micros(-ago_us);
        stage = stage.play(store, at).await?;
        clock.set(at);
        let ctx = cast.context(system, person);
        let id = hooks.get(hook).copied();
        match (deed, id) {
            (Deed::Creates, _) => {
                if let Some(row) = HOOKS.get(hook)
                    && let Some(id) = webhooks::add(&ctx, &cast, row, &dice).await?
                {
                    stage.hooks.insert(id, hook);
                    hooks.push(id);
                }
            }
            (deed, Some(id)) => {
                if does(&ctx, id, deed).await? {
                    stage.looks(at.plus_micros(9_000));
                }
            }
            (_, None) => {}
        }
    }
    let stage = stage.play(store, now).await?;
    clock.set(now);
    stage.engine.count().await?;
    Ok(Told { cast, hooks })
}

/// Makings and deeds, oldest first. Makings keep their order, from which the webhooks' numbers follow.
fn entries() -> Vec<Entry> {
    let making = |(place, row): (usize, &webhooks::HookRow)| {
        let minutes = i64::try_from(place).unwrap_or_default() * 7;
        (row.days_ago * DAY_US - minutes * MINUTE_US, row.by, place, Deed::Creates)
    };
    let mut entries: Vec<Entry> = HOOKS.iter().enumerate().map(making).chain(deeds()).collect();
    entries.sort_by_key(|(ago_us, ..)| std::cmp::Reverse(*ago_us));
    entries
}

fn schedule(stage: &mut Stage) {
    let now = stage.now;
    for (at, row) in traffic::past(now, &stage.dice) {
        stage.fires(at, row, None);
    }
    let (ids, pause_us) = CONVOY;
    let mut ago_us = FAILING_FOR_US;
    for id in ids.into_iter().cycle() {
        ago_us -= stage.dice.duration_us(pause_us, 0.5);
        if ago_us < 0 {
            break;
        }
        if let Some(row) = alert(id) {
            stage.fires(now.plus_micros(-ago_us), row, None);
        }
    }
    for (ago_us, id, vehicle) in TOLD.into_iter().chain([LAST]) {
        if let Some(row) = alert(id) {
            stage.fires(now.plus_micros(-ago_us), row, Some(vehicle));
        }
    }
}

fn alert(id: i64) -> Option<&'static AlertRow> {
    ALERTS.iter().find(|row| row.id == id)
}

/// Does it, and says whether it put something into the queue.
async fn does(ctx: &Context, id: WebhookId, deed: Deed) -> Outcome<bool> {
    match deed {
        Deed::Creates => {}
        Deed::Describes(text) => {
            let change = Change { description: Some(Some(text.to_owned())), ..Change::default() };
            let update = WebhookUpdate { change, ..WebhookUpdate::default() };
            webhook_actions::update(ctx, id, update).await?;
        }
        Deed::SwitchesOff => {
            webhook_actions::set_active(ctx, id, false).await?;
        }
        Deed::Links(alerts) => {
            for alert in alerts {
                webhook_actions::link_alert(ctx, id, AlertId(*alert)).await?;
            }
        }
        Deed::Tests(alert_type) => {
            delivery_actions::queue_test(ctx, id, alert_type).await?;
            return Ok(true);
        }
        Deed::Redelivers => {
            if let Some(delivery) = newest(ctx, id, State::Failed).await? {
                delivery_actions::redeliver(ctx, delivery).await?;
                return Ok(true);
            }
        }
        Deed::Stops => {
            if let Some(delivery) = newest(ctx, id, State::Retrying).await? {
                delivery_actions::stop_retrying(ctx, delivery).await?;
            }
        }
    }
    Ok(false)
}

async fn newest(ctx: &Context, webhook: WebhookId, state: State) -> Outcome<Option<DeliveryId>> {
    let scope = ctx.caller.scope();
    let filter = Filter { states: vec![state], webhook: Some(webhook), ..Filter::default() };
    let page = ctx
        .services
        .store
        .read(move |db| Ok::<_, ActionError>(deliveries::page(db, &scope, &filter, Cursor::Newest, 1)?))
        .await?;
    Ok(page.items.first().map(|delivery| delivery.id))
}
