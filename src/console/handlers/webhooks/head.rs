//! What stands at the top of a webhook's pages, filled.

use super::pulse::{HOURS, Pulse, Rules};
use super::words;
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::parts::badge::Badge;
use crate::console::webhooks::head::{Head, Tab};
use crate::domain::access::Permission;
use crate::domain::health::Health;
use crate::domain::webhook::{Receives, Webhook};
use crate::store::{StoreError, links, stats};

/// The head of a page that reads nothing of this by itself.
pub async fn read(page: &CompanyPage, webhook: &Webhook, tab: Tab) -> Result<Head, PageError> {
    let (now, known) = (page.now(), webhook.clone());
    let rules = Rules::of(&page.state().services.engine);
    let found: Result<(usize, Health), StoreError> = page
        .store()
        .read(move |db| {
            let id = known.id;
            let counters = stats::of_webhook(db, id)?.counters;
            let recorded = stats::hours(db, &[id], now.hour() - HOURS + 1)?.remove(&id).unwrap_or_default();
            let pulse = Pulse::of(&known, &counters, &recorded, now, rules);
            Ok((links::of_webhook(db, id)?.len(), pulse.health))
        })
        .await;
    let (linked, health) = found?;
    Ok(of(page, webhook, linked, health, tab))
}

/// The head; `linked` is how many alerts are linked.
pub fn of(page: &CompanyPage, webhook: &Webhook, linked: usize, health: Health, tab: Tab) -> Head {
    Head {
        name: webhook.settings.name.clone(),
        numbers: words::numbers(webhook.id),
        summary: words::summary(&webhook.settings, linked),
        health: Badge::health(health),
        urls: page.urls().webhook(webhook.id.0),
        tab,
        // The page can be asked for whatever the webhook receives, and says so.
        has_links: webhook.settings.receives == Receives::Linked || tab == Tab::Links,
        may_test: page.may(Permission::TestSend),
        may_manage: page.may(Permission::ManageWebhooks),
        is_live: webhook.is_live(),
        is_paused: webhook.paused.is_some(),
    }
}
