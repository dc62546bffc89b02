//! What the database knows: a webhook's secret, and a request as it was sent.

use crate::console::extract::{CompanyPage, company};
use crate::console::failure::PageError;
use crate::console::handlers::deliveries::named;
use crate::console::payloads::Payloads;
use crate::domain::event::Event;
use crate::domain::history::{Attempt, Delivery};
use crate::domain::ids::WebhookId;
use crate::domain::page::Cursor;
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::domain::webhook::format::{Format, render};
use crate::store::{StoreError, attempts, audit, events, webhooks};

/// Changes of a webhook that are looked at for one of its secret.
const CHANGES_MAX: i64 = 50;

/// A secret, and where it is from.
pub(super) struct Stored {
    pub(super) secret: Option<Secret>,
    pub(super) format: Format,
    /// When it was last replaced, and by whom; `None` for one that was typed or never replaced.
    pub(super) replaced: Option<(Timestamp, String)>,
}

impl Stored {
    pub(super) fn typed(secret: Secret) -> Self {
        Self { secret: Some(secret), format: Format::default(), replaced: None }
    }
}

/// A request as it was sent.
pub(super) struct Sent {
    pub(super) delivery: Delivery,
    pub(super) attempt: Attempt,
    pub(super) event: Event,
    pub(super) format: Format,
    pub(super) body: Vec<u8>,
    /// Whether the person may not see the values in the body: then nothing is told of it, also not by comparing.
    pub(super) is_masked: bool,
    /// The receiver's host then.
    pub(super) host: String,
}

/// A webhook's number.
pub(super) fn number(text: &str) -> Option<WebhookId> {
    company::number(text).map(WebhookId)
}

/// The secret of a webhook that the page shows. Asked only for who may change webhooks.
pub(super) async fn stored(page: &CompanyPage, id: WebhookId) -> Result<Option<Stored>, PageError> {
    let (scope, now) = (page.scope(), page.now());
    let found = page.store().read(move |db| {
        let webhook = match webhooks::get(db, &scope, id) {
            Ok(webhook) => webhook,
            Err(StoreError::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let filter = audit::Filter { kind: Some("webhook".to_owned()), object: Some(id.0), by: None };
        let changes = audit::page(db, &scope, &filter, Cursor::Newest, CHANGES_MAX)?;
        let replaced = changes.items.into_iter().find(|line| {
            line.action != "webhook.create" && line.changes.iter().any(|change| change.field == "secret")
        });
        Ok(Some(Stored {
            // While two secrets overlap, it is what signs now.
            secret: webhook.signs_with(now).map(|used| used.secret.clone()).or(webhook.secret.clone()),
            format: webhook.settings.format,
            replaced: replaced.map(|line| (line.at, line.author.name)),
        }))
    });
    Ok(found.await?)
}

/// The request of an attempt, if the page shows its delivery and the event is still kept.
pub(super) async fn sent(page: &CompanyPage, delivery: &str, attempt: &str) -> Result<Sent, PageError> {
    let delivery = named(page, delivery).await?;
    let number = attempt.parse::<i32>().unwrap_or_default();
    let missing = || PageError::NotFound(format!("Attempt {}", attempt.chars().take(10).collect::<String>()));
    let (scope, id, webhook, event) = (page.scope(), delivery.id, delivery.webhook_id, delivery.event_id);
    let found: Result<_, StoreError> = page
        .store()
        .read(move |db| {
            let all = attempts::of_delivery(db, id)?;
            let attempt = all.into_iter().find(|attempt| attempt.number == number);
            let attempt = attempt.ok_or(StoreError::NotFound)?;
            let settings = webhooks::version_settings(db, webhook, attempt.version)?;
            Ok((attempt, settings, events::get(db, &scope, event)?))
        })
        .await;
    let (attempt, settings, event) = found.map_err(|error| match error {
        StoreError::NotFound => missing(),
        other => other.into(),
    })?;
    let format = settings.and_then(|settings| settings.get("format")?.as_str()?.parse().ok());
    let format = format.unwrap_or_default();
    let host = url::Url::parse(&attempt.request_url).ok();
    let host = host.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let is_masked = Payloads::of(page).await?.hides(event.id);
    Ok(Sent { body: render(format, &event), is_masked, delivery, attempt, event, format, host })
}
