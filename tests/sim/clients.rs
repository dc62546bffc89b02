//! What people and their programs do through the product's actions, and what they remember of the answers.

use std::sync::Arc;

use belfry::actions::events::accept;
use belfry::actions::webhooks::{self, NewWebhook, SecretChoice, WebhookUpdate};
use belfry::actions::{ActionError, Context, deliveries};
use belfry::domain::alert_type::AlertType;
use belfry::domain::event::Payload;
use belfry::domain::ids::{AlertId, CompanyId, DeliveryId, WebhookId};
use belfry::domain::webhook::Webhook;
use belfry::domain::webhook::pause::{PauseMode, Resume};
use belfry::domain::webhook::rotation::Overlap;
use belfry::domain::webhook::settings::Change;
use belfry::store::StoreError;

use crate::known::Snapshot;
use crate::people::{Heard, Submission};
use crate::world::World;

/// Somebody who asks.
#[derive(Clone)]
pub struct Client {
    pub world: Arc<World>,
    pub ctx: Context,
    /// The process that is asked.
    pub process: u32,
}

impl Client {
    /// Sends events, as one request.
    pub async fn submit(self, alert: AlertId, payloads: Vec<Payload>) {
        let world = &self.world;
        let moments: Vec<i64> = payloads.iter().map(|payload| payload.timestamp.micros()).collect();
        let index = {
            let mut people = world.people();
            let index = people.submissions.len();
            people.by_moment.extend(moments.iter().map(|moment| (*moment, index)));
            let payloads = payloads.clone();
            people.submissions.push(Submission { alert, payloads, heard: Heard::Nothing, snapshot: None });
            index
        };
        world.note(format_args!("submit {index}: {} of alert {alert}", moments.len()));
        // Right before the events in the same commit: so nothing is between what it sees and what they met.
        let theirs = Arc::clone(world);
        let look = self.ctx.services.store.write(move |db| {
            let snapshot = Snapshot::take(db)?;
            theirs.people().submissions[index].snapshot = Some(snapshot);
            Ok::<_, StoreError>(())
        });
        world.inbox.notify_one();
        let (_, answer) = futures_util::future::join(look, accept(&self.ctx, alert, payloads, None)).await;
        let heard = match answer {
            Ok(accepted) => Heard::Accepted(accepted.into_iter().map(|one| one.event_id).collect()),
            Err(_) => Heard::Refused,
        };
        world.note(format_args!(
            "submit {index}: {}",
            if heard == Heard::Refused { "refused" } else { "202" }
        ));
        world.people().submissions[index].heard = heard;
        world.life.effect(self.process);
    }

    pub async fn create(self, company: CompanyId, new: NewWebhook) {
        self.world.inbox.notify_one();
        let saved = webhooks::create(&self.ctx, company, new).await;
        self.heard_of("create", saved.map(|saved| saved.webhook));
    }

    pub async fn edit(self, id: WebhookId, change: Change, secret: SecretChoice) {
        self.world.note(format_args!("edit {id}"));
        self.world.inbox.notify_one();
        let update = WebhookUpdate { change, secret, ..WebhookUpdate::default() };
        let saved = webhooks::update(&self.ctx, id, update).await;
        self.heard_of("edit", saved.map(|saved| saved.webhook));
    }

    pub async fn rotate(self, id: WebhookId) {
        self.world.inbox.notify_one();
        let saved = webhooks::rotate_secret(&self.ctx, id, Overlap::None, None).await;
        self.heard_of("rotate", saved.map(|saved| saved.webhook));
    }

    /// Switches a webhook on or off.
    pub async fn switch(self, id: WebhookId, active: bool) {
        self.world.note(format_args!("switch {id} {}", if active { "on" } else { "off" }));
        if active {
            let mut people = self.world.people();
            people.off.remove(&id.0);
            *people.enabling.entry(id.0).or_default() += 1;
        }
        self.world.inbox.notify_one();
        let webhook = webhooks::set_active(&self.ctx, id, active).await;
        if active {
            *self.world.people().enabling.entry(id.0).or_default() -= 1;
        }
        self.heard_of("switch", webhook);
    }

    pub async fn pause(self, id: WebhookId, mode: PauseMode) {
        self.world.note(format_args!("pause {id}: {}", mode.name()));
        self.world.inbox.notify_one();
        let webhook = webhooks::pause(&self.ctx, id, mode, "").await;
        self.heard_of("pause", webhook);
    }

    pub async fn resume(self, id: WebhookId, resume: Resume) {
        self.world.note(format_args!("resume {id}: {}", resume.name()));
        self.world.people().wants_to_resume(id, resume);
        self.world.inbox.notify_one();
        let webhook = webhooks::resume(&self.ctx, id, resume).await;
        *self.world.people().resuming.entry(id.0).or_default() -= 1;
        self.heard_of("resume", webhook);
    }

    pub async fn delete(self, id: WebhookId) {
        self.world.note(format_args!("delete {id}"));
        self.world.inbox.notify_one();
        if webhooks::delete(&self.ctx, id).await.is_ok() {
            self.world.note(format_args!("delete {id}: done"));
            self.world.people().off.insert(id.0);
        }
        self.world.life.effect(self.process);
    }

    pub async fn link(self, id: WebhookId, alert: AlertId, on: bool) {
        self.world.inbox.notify_one();
        let _ = if on {
            webhooks::link_alert(&self.ctx, id, alert).await
        } else {
            webhooks::unlink_alert(&self.ctx, id, alert).await
        };
        self.world.life.effect(self.process);
    }

    pub async fn redeliver(self, id: DeliveryId) {
        self.world.people().repeated.insert(id.0);
        self.world.inbox.notify_one();
        let made = deliveries::redeliver(&self.ctx, id).await;
        self.world.note(format_args!("redeliver {id}: {made:?}"));
        self.world.life.effect(self.process);
    }

    pub async fn stop(self, id: DeliveryId) {
        self.world.people().stopped.insert(id.0);
        self.world.inbox.notify_one();
        let stopped = deliveries::stop_retrying(&self.ctx, id).await;
        self.world.note(format_args!("stop {id}: {stopped:?}"));
        self.world.life.effect(self.process);
    }

    pub async fn send_now(self, id: DeliveryId) {
        self.world.note(format_args!("send {id} now"));
        self.world.people().await_delivery(id);
        self.world.inbox.notify_one();
        let sent = deliveries::send_now(&self.ctx, id).await;
        let ms = self.world.ms();
        self.world.people().heard_of_delivery(id, ms);
        self.world.note(format_args!("send {id} now: {sent:?}"));
        self.world.life.effect(self.process);
    }

    pub async fn test(self, id: WebhookId, alert_type: AlertType) {
        self.world.inbox.notify_one();
        let Ok(delivery) = deliveries::queue_test(&self.ctx, id, alert_type).await else { return };
        self.world.note(format_args!("test {delivery} of webhook {id}"));
        self.world.people().await_delivery(delivery);
        self.world.inbox.notify_one();
        let sent = self.ctx.services.engine.deliver_now(delivery).await;
        let ms = self.world.ms();
        self.world.people().heard_of_delivery(delivery, ms);
        self.world.note(format_args!("test {delivery}: {sent:?}"));
        self.world.life.effect(self.process);
    }

    fn heard_of(&self, what: &str, answer: Result<Webhook, ActionError>) {
        match answer {
            Ok(webhook) => {
                let id = webhook.id.0;
                self.world.note(format_args!("{what} {id}: version {}", webhook.version));
                let mut people = self.world.people();
                let newest = people.versions.entry(id).or_default();
                *newest = webhook.version.max(*newest);
                if !webhook.is_live() && people.enabling.get(&id).is_none_or(|asking| *asking == 0) {
                    people.off.insert(id);
                }
                if webhook.paused.is_some() && people.resuming.get(&id).is_none_or(|asking| *asking == 0) {
                    people.paused.insert(id);
                }
            }
            Err(error) => self.world.note(format_args!("{what}: {error}")),
        }
        self.world.life.effect(self.process);
    }
}
