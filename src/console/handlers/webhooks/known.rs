//! All webhooks that a page shows, each with what is known of it: counters, the last day, the last failure.

use std::collections::HashMap;

use super::pulse::{HOURS, Pulse, Rules};
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::domain::certificate::Seen;
use crate::domain::health::Health;
use crate::domain::history::Attempt;
use crate::domain::ids::WebhookId;
use crate::domain::stats::Hour;
use crate::domain::webhook::Webhook;
use crate::store::stats::WebhookStats;
use crate::store::{StoreError, attempts, links, stats, webhooks};

/// Webhooks on a page at most.
const WEBHOOKS_MAX: i64 = 500;

/// One of them.
pub struct Known {
    /// The webhook.
    pub webhook: Webhook,
    /// Its counters and last calls.
    pub stats: WebhookStats,
    /// How it is.
    pub pulse: Pulse,
    /// How many alerts are linked to it.
    pub linked: usize,
    /// The last attempt that failed, as long as it is kept.
    pub last_failure: Option<Attempt>,
}

impl Known {
    /// The webhooks of the page's companies, in no order.
    pub async fn all(page: &CompanyPage) -> Result<Vec<Self>, PageError> {
        let (scope, now) = (page.scope(), page.now());
        let rules = Rules::of(&page.state().services.engine);
        let known = page.store().read(move |db| {
            let all = webhooks::list(db, &scope, WEBHOOKS_MAX)?;
            let ids: Vec<WebhookId> = all.iter().map(|webhook| webhook.id).collect();
            let mut counted = stats::of_webhooks(db, &ids)?;
            let mut hours = stats::hours(db, &ids, now.hour() - HOURS + 1)?;
            let mut linked: HashMap<WebhookId, usize> =
                links::of_webhooks(db, &ids)?.into_iter().map(|(id, alerts)| (id, alerts.len())).collect();
            let mut known = Vec::with_capacity(all.len());
            for webhook in all {
                let stats = counted.remove(&webhook.id).unwrap_or_default();
                let recorded: Vec<(i64, Hour)> = hours.remove(&webhook.id).unwrap_or_default();
                let last_failure = match stats.last_failure {
                    Some(id) => attempts::get(db, id)?,
                    None => None,
                };
                known.push(Self {
                    pulse: Pulse::of(&webhook, &stats.counters, &recorded, now, rules),
                    linked: linked.remove(&webhook.id).unwrap_or_default(),
                    last_failure,
                    stats,
                    webhook,
                });
            }
            Ok::<_, StoreError>(known)
        });
        Ok(known.await?)
    }

    /// The receiver's certificate as it was seen last, if the webhook still sends there.
    pub fn certificate(&self) -> Option<&Seen> {
        self.stats.certificate.as_ref().filter(|seen| seen.is_of(&self.webhook.settings.endpoint))
    }

    /// The smaller, the sooner somebody should look.
    pub const fn urgency(&self) -> u8 {
        match self.pulse.health {
            Health::AutoDisabled => 0,
            Health::Failing => 1,
            Health::Degraded => 2,
            Health::Healthy => 3,
            Health::Paused => 4,
            Health::NeverUsed => 5,
            Health::Inactive => 6,
        }
    }
}
