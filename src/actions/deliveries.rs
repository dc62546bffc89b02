//! Single deliveries: send again, stop retrying, send a test.

use std::time::Duration;

use tokio::time::Instant;

use super::{ActionError, Context, Outcome, webhooks as webhook_actions};
use crate::domain::access::Permission;
use crate::domain::alert::Alert;
use crate::domain::alert_type::AlertType;
use crate::domain::audit::Changes;
use crate::domain::delivery::{State, Trigger};
use crate::domain::event::Payload;
use crate::domain::history::Attempt;
use crate::domain::ids::{AlertId, DeliveryId, WebhookId};
use crate::domain::replay::{Old, judge};
use crate::domain::webhook::Webhook;
use crate::store::deliveries::{Begin, NewDelivery, Repeat};
use crate::store::{StoreError, alerts, attempts, audit, deliveries, events, links, queue, webhooks};

/// How long who waits for a test that the dispatcher makes waits between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Sends a delivery that has ended once more: a new delivery with a new id for the same event.
///
/// # Errors
/// Refused, not found, one that has not ended yet or is held, or a webhook that is switched off or deleted. For a
/// paused webhook the new delivery waits until it is resumed.
pub async fn redeliver(ctx: &Context, id: DeliveryId) -> Outcome<DeliveryId> {
    ctx.caller.may(Permission::Redeliver)?;
    ctx.write(move |db, ctx, now| {
        let scope = ctx.caller.scope();
        let old = deliveries::get(db, &scope, id).map_err(missing)?;
        let webhook = match webhooks::get(db, &scope, old.webhook_id) {
            Err(StoreError::NotFound) => None,
            found => Some(found?),
        };
        judge(&Old {
            state: old.state,
            trigger: old.trigger,
            is_held: old.is_held(),
            is_deleted: webhook.is_none(),
            is_live: webhook.as_ref().is_some_and(Webhook::is_live),
        })
        .map_err(|why| ActionError::Conflict(why.sentence().to_owned()))?;
        let made = deliveries::redeliver(db, &Repeat::from(&old), None, now)?;
        let object = ("delivery", made.0, old.webhook_name.as_str());
        let changes = Changes::default().field("redeliveryOf", serde_json::Value::Null, old.id.0);
        audit::insert(db, &ctx.entry(Some(old.company_id), "delivery.redeliver", object, changes))?;
        Ok(made)
    })
    .await
}

/// Stops the retries of a delivery.
///
/// # Errors
/// Refused, not found, or one that is on the wire or has ended.
pub async fn stop_retrying(ctx: &Context, id: DeliveryId) -> Outcome<()> {
    ctx.caller.may(Permission::Redeliver)?;
    ctx.write(move |db, ctx, now| {
        let old = deliveries::get(db, &ctx.caller.scope(), id).map_err(missing)?;
        if !queue::cancel(db, id, now)? {
            let words = "This delivery is on the wire or has ended; there is nothing to stop.";
            return Err(ActionError::Conflict(words.to_owned()));
        }
        let object = ("delivery", id.0, old.webhook_name.as_str());
        let changes = Changes::default().field("state", old.state.slug(), State::Cancelled.slug());
        audit::insert(db, &ctx.entry(Some(old.company_id), "delivery.stop", object, changes))?;
        Ok(())
    })
    .await
}

/// Makes the next attempt of a delivery now, and returns when it has been recorded.
///
/// # Errors
/// Refused, not found, one that has ended, or a webhook that is paused.
pub async fn send_now(ctx: &Context, id: DeliveryId) -> Outcome<()> {
    ctx.caller.may(Permission::Redeliver)?;
    ctx.write(move |db, ctx, _| {
        let old = deliveries::get(db, &ctx.caller.scope(), id).map_err(missing)?;
        if old.state.is_final() {
            return Err(ActionError::Conflict("This delivery has ended.".to_owned()));
        }
        let webhook = webhook_actions::get(db, ctx, old.webhook_id)?;
        if webhook.paused.is_some() && old.trigger != Trigger::Test {
            let words = "The webhook is paused. Resume it to have the delivery made.";
            return Err(ActionError::Conflict(words.to_owned()));
        }
        let object = ("delivery", id.0, old.webhook_name.as_str());
        let entry = ctx.entry(Some(old.company_id), "delivery.send_now", object, Changes::default());
        audit::insert(db, &entry)?;
        Ok(())
    })
    .await?;
    ctx.services.engine.deliver_now(id).await?;
    Ok(())
}

/// Sends a sample event of `alert_type` to a webhook, whether it is switched on or not, and returns when
/// the attempt has been recorded. One attempt, not counted in statistics.
///
/// # Errors
/// Refused, not found or foreign.
pub async fn test_send(ctx: &Context, id: WebhookId, alert_type: AlertType) -> Outcome<DeliveryId> {
    let delivery = queue_test(ctx, id, alert_type).await?;
    // Whoever is faster sends it, this request or the dispatcher; the lease decides.
    ctx.services.engine.deliver_now(delivery).await?;
    Ok(delivery)
}

/// As [`test_send`], for who has nowhere to look the result up: waits until the attempt has ended, also when the
/// dispatcher was faster and makes it. `None` when it has not ended within the time that one attempt may take.
///
/// # Errors
/// Those of [`test_send`].
pub async fn test_and_wait(ctx: &Context, id: WebhookId, alert_type: AlertType) -> Outcome<Option<Attempt>> {
    let delivery = test_send(ctx, id, alert_type).await?;
    let timeout = Duration::from_micros(ctx.services.engine.timeout_us().try_into().unwrap_or_default());
    let until = Instant::now() + timeout;
    loop {
        let made = ctx.services.store.read(move |db| attempts::of_delivery(db, delivery)).await?;
        let ended = made.into_iter().find(|attempt| attempt.outcome.is_some());
        if ended.is_some() || Instant::now() >= until {
            return Ok(ended);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// The first half of [`test_send`]: the test waits in the queue like any other delivery.
///
/// # Errors
/// Refused, not found or foreign.
pub async fn queue_test(ctx: &Context, id: WebhookId, alert_type: AlertType) -> Outcome<DeliveryId> {
    ctx.caller.may(Permission::TestSend)?;
    ctx.write(move |db, ctx, now| {
        let webhook = webhook_actions::get(db, ctx, id)?;
        let linked = links::of_webhook(db, id)?;
        let candidates = alerts::find(db, &ctx.caller.scope_of(webhook.company_id), &linked)?;
        let alert = candidates.into_iter().find(|alert| alert.alert_type == alert_type).unwrap_or(Alert {
            id: AlertId(0),
            company_id: webhook.company_id,
            alert_type,
            name: format!("Test: {}", alert_type.list_label()),
            description: String::new(),
            is_all_fleet: true,
            is_all_tags: true,
            tags: Vec::new(),
            units: Vec::new(),
            created_at: now,
        });
        let event = events::insert(db, &alert, Payload::sample(alert_type, now).into(), true, 1, now)?;
        let new = NewDelivery {
            event: event.id,
            webhook: id,
            company: webhook.company_id,
            trigger: Trigger::Test,
            redelivery_of: None,
            replay: None,
            begin: Begin::Waits(now),
        };
        let delivery = deliveries::insert(db, &new, now)?;
        let object = ("webhook", id.0, webhook.settings.name.as_str());
        let changes = Changes::default().field("delivery", serde_json::Value::Null, delivery.0);
        audit::insert(db, &ctx.entry(Some(webhook.company_id), "webhook.test", object, changes))?;
        Ok(delivery)
    })
    .await
}

fn missing(error: StoreError) -> ActionError {
    match error {
        StoreError::NotFound => ActionError::NotFound("delivery"),
        other => other.into(),
    }
}
