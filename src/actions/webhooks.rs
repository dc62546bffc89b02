//! Webhooks: create, change, switch, delete, rotate the secret, link and unlink alerts.

use super::{ActionError, Context, Outcome};
use crate::domain::access::Permission;
use crate::domain::audit::Changes;
use crate::domain::ids::{AlertId, CompanyId, WebhookId};
use crate::domain::problem::{Problems, Rule};
use crate::domain::random::Random;
use crate::domain::secret::Secret;
use crate::domain::webhook::format::Format;
use crate::domain::webhook::settings::Change;
use crate::domain::webhook::{LINKS_MAX, Webhook, signing, snapshot};
use crate::store::{Db, StoreError, alerts, audit, companies, links, queue, webhooks};

/// What shall become of the signing secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SecretChoice {
    /// Keep the present one; make one if signing needs one and there is none.
    #[default]
    Keep,
    /// Take this one.
    Given(String),
    /// Make a new one.
    Generate,
}

/// A webhook to be made.
#[derive(Debug, Clone, Default)]
pub struct NewWebhook {
    /// The choices; what is not mentioned gets its default.
    pub change: Change,
    /// Alerts to link; duplicates are dropped, the first one's place stays.
    pub alert_ids: Vec<AlertId>,
    /// The signing secret.
    pub secret: SecretChoice,
}

/// A change of a webhook.
#[derive(Debug, Clone, Default)]
pub struct WebhookUpdate {
    /// The choices that change.
    pub change: Change,
    /// Replaces all links, when given.
    pub alert_ids: Option<Vec<AlertId>>,
    /// The signing secret.
    pub secret: SecretChoice,
    /// The version that the change was made for; another one is a conflict.
    pub expected_version: Option<i32>,
}

/// A webhook after a write.
#[derive(Debug, Clone)]
pub struct Saved {
    /// As it is now.
    pub webhook: Webhook,
    /// The alerts linked to it now.
    pub alert_ids: Vec<AlertId>,
    /// The secret, when this write made or replaced it: the only time that it is shown.
    pub new_secret: Option<Secret>,
}

/// Makes a webhook of `company`.
///
/// # Errors
/// Refused, invalid, or a company that the caller does not see.
pub async fn create(ctx: &Context, company: CompanyId, new: NewWebhook) -> Outcome<Saved> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    let settings = new.change.create(&ctx.services.endpoint_policy)?;
    let alert_ids = without_duplicates(new.alert_ids);
    let secret = choose(
        &new.secret,
        None,
        settings.signing,
        settings.format,
        &*ctx.services.random,
    )?;
    let (ctx, now) = (ctx.clone(), ctx.now());
    let store = ctx.services.store.clone();
    store
        .write(move |db| {
            companies::get(db, &ctx.caller.scope(), company).map_err(not_found("company"))?;
            check_linkable(db, &ctx, company, &alert_ids)?;
            let by = ctx.caller.actor.name();
            let webhook = webhooks::insert(db, company, &settings, secret.as_ref(), by, now)?;
            for alert in &alert_ids {
                links::insert(db, webhook.id, *alert, by, now)?;
            }
            let object = ("webhook", webhook.id.0, webhook.settings.name.as_str());
            let changes = Changes::default()
                .field(
                    "settings",
                    serde_json::Value::Null,
                    snapshot::without_secrets(&settings),
                )
                .field("alertIds", Vec::<i64>::new(), numbers(&alert_ids))
                .secret("secret", secret.is_some());
            audit::insert(db, &ctx.entry(Some(company), "webhook.create", object, changes))?;
            Ok(Saved {
                webhook,
                alert_ids,
                new_secret: secret,
            })
        })
        .await
}

/// Changes a webhook. Changing nothing writes nothing.
///
/// # Errors
/// Refused, invalid, not found, foreign, or a conflict with somebody else's change.
pub async fn update(ctx: &Context, id: WebhookId, update: WebhookUpdate) -> Outcome<Saved> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    let (ctx, now) = (ctx.clone(), ctx.now());
    let store = ctx.services.store.clone();
    store
        .write(move |db| {
            let before = get(db, &ctx, id)?;
            if update
                .expected_version
                .is_some_and(|version| version != before.version)
            {
                return Err(StoreError::Conflict.into());
            }
            let settings = update
                .change
                .apply(&before.settings, &ctx.services.endpoint_policy)?;
            let random = &*ctx.services.random;
            let secret = choose(
                &update.secret,
                before.secret.as_ref(),
                settings.signing,
                settings.format,
                random,
            )?;
            let linked = links::of_webhook(db, id)?;
            let wanted = update.alert_ids.map(without_duplicates);
            if let Some(wanted) = &wanted {
                check_linkable(db, &ctx, before.company_id, wanted)?;
            }
            let by = ctx.caller.actor.name();
            let changes = snapshot::changes(&before.settings, &settings)
                .field(
                    "alertIds",
                    numbers(&linked),
                    numbers(wanted.as_ref().unwrap_or(&linked)),
                )
                .secret("secret", secret != before.secret);
            if changes.is_empty() {
                return Ok(Saved {
                    webhook: before,
                    alert_ids: linked,
                    new_secret: None,
                });
            }
            let webhook = webhooks::update(db, &before, &settings, secret.as_ref(), by, now)?;
            if let Some(wanted) = &wanted {
                replace_links(db, id, &linked, wanted, by, now)?;
            }
            if before.is_live() && !webhook.is_live() {
                queue::cancel_waiting(db, id, now)?;
            }
            let object = ("webhook", id.0, webhook.settings.name.as_str());
            audit::insert(
                db,
                &ctx.entry(Some(before.company_id), "webhook.update", object, changes),
            )?;
            let new_secret = secret.filter(|secret| Some(secret) != before.secret.as_ref());
            Ok(Saved {
                webhook,
                alert_ids: wanted.unwrap_or(linked),
                new_secret,
            })
        })
        .await
}

/// Switches a webhook on or off. Off cancels what waits; on also ends what Belfry switched off by itself.
/// Doing what is so already changes nothing.
///
/// # Errors
/// Refused, not found or foreign.
pub async fn set_active(ctx: &Context, id: WebhookId, active: bool) -> Outcome<Webhook> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    let (ctx, now) = (ctx.clone(), ctx.now());
    let store = ctx.services.store.clone();
    store
        .write(move |db| {
            let before = get(db, &ctx, id)?;
            let revives = active && before.disabled.is_some();
            if before.settings.is_active == active && !revives {
                return Ok(before);
            }
            if revives {
                webhooks::clear_disabled(db, id)?;
            }
            let mut settings = before.settings.clone();
            settings.is_active = active;
            let by = ctx.caller.actor.name();
            let webhook = webhooks::update(db, &before, &settings, before.secret.as_ref(), by, now)?;
            if !active {
                queue::cancel_waiting(db, id, now)?;
            }
            let action = if active {
                "webhook.enable"
            } else {
                "webhook.disable"
            };
            let object = ("webhook", id.0, webhook.settings.name.as_str());
            let changes = snapshot::changes(&before.settings, &webhook.settings).field(
                "disabledBecause",
                before.disabled.map(|(reason, _)| reason.name()),
                webhook.disabled.map(|(reason, _)| reason.name()),
            );
            audit::insert(db, &ctx.entry(Some(before.company_id), action, object, changes))?;
            webhooks::get(db, &ctx.caller.scope(), id).map_err(Into::into)
        })
        .await
}

/// Deletes a webhook: nothing more is sent, waiting deliveries are cancelled, history stays.
///
/// # Errors
/// Refused, not found or foreign.
pub async fn delete(ctx: &Context, id: WebhookId) -> Outcome<()> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    let (ctx, now) = (ctx.clone(), ctx.now());
    let store = ctx.services.store.clone();
    store
        .write(move |db| {
            let before = get(db, &ctx, id)?;
            let by = ctx.caller.actor.name();
            for alert in links::of_webhook(db, id)? {
                links::end(db, id, alert, by, now)?;
            }
            queue::cancel_waiting(db, id, now)?;
            webhooks::delete(db, id, by, now)?;
            let object = ("webhook", id.0, before.settings.name.as_str());
            let changes = Changes::default().field(
                "settings",
                snapshot::without_secrets(&before.settings),
                serde_json::Value::Null,
            );
            audit::insert(
                db,
                &ctx.entry(Some(before.company_id), "webhook.delete", object, changes),
            )?;
            Ok(())
        })
        .await
}

/// Replaces the signing secret with a new one. The old one stops at once (ZStack: rotate-secret).
///
/// # Errors
/// Refused, not found or foreign.
pub async fn rotate_secret(ctx: &Context, id: WebhookId) -> Outcome<Saved> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    let (ctx, now) = (ctx.clone(), ctx.now());
    let store = ctx.services.store.clone();
    store
        .write(move |db| {
            let before = get(db, &ctx, id)?;
            let secret = signing::generate_secret(before.settings.format, &*ctx.services.random);
            let by = ctx.caller.actor.name();
            let webhook = webhooks::update(db, &before, &before.settings, Some(&secret), by, now)?;
            let object = ("webhook", id.0, webhook.settings.name.as_str());
            let changes = Changes::default().secret("secret", true);
            audit::insert(
                db,
                &ctx.entry(Some(before.company_id), "webhook.rotate_secret", object, changes),
            )?;
            let alert_ids = links::of_webhook(db, id)?;
            Ok(Saved {
                webhook,
                alert_ids,
                new_secret: Some(secret),
            })
        })
        .await
}

/// Links one alert. Linking it again changes nothing, even when 50 are linked (Telemax: link-alert).
///
/// # Errors
/// Refused, not found or foreign (webhook or alert), a type that cannot be linked, 50 links already.
pub async fn link_alert(ctx: &Context, id: WebhookId, alert: AlertId) -> Outcome<()> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    let (ctx, now) = (ctx.clone(), ctx.now());
    let store = ctx.services.store.clone();
    store
        .write(move |db| {
            let webhook = get(db, &ctx, id)?;
            let found = match alerts::get(db, &ctx.caller.scope_of(webhook.company_id), alert) {
                Ok(found) => found,
                Err(StoreError::NotFound) => {
                    let elsewhere = alerts::exists(db, alert)?;
                    return Err(if elsewhere {
                        ActionError::Foreign("alert")
                    } else {
                        ActionError::NotFound("alert")
                    });
                }
                Err(error) => return Err(error.into()),
            };
            let linked = links::of_webhook(db, id)?;
            if linked.contains(&alert) {
                return Ok(());
            }
            if !found.alert_type.is_linkable() {
                return Err(unsupported(found.id).into());
            }
            if linked.len() >= LINKS_MAX {
                return Err(too_many().into());
            }
            links::insert(db, id, alert, ctx.caller.actor.name(), now)?;
            let object = ("webhook", id.0, webhook.settings.name.as_str());
            let changes = Changes::default().field("linked", serde_json::Value::Null, alert.0);
            audit::insert(
                db,
                &ctx.entry(Some(webhook.company_id), "webhook.link_alert", object, changes),
            )?;
            Ok(())
        })
        .await
}

/// Ends a link. Ending one that is not there changes nothing.
///
/// # Errors
/// Refused, not found or foreign.
pub async fn unlink_alert(ctx: &Context, id: WebhookId, alert: AlertId) -> Outcome<()> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    let (ctx, now) = (ctx.clone(), ctx.now());
    let store = ctx.services.store.clone();
    store
        .write(move |db| {
            let webhook = get(db, &ctx, id)?;
            if links::end(db, id, alert, ctx.caller.actor.name(), now)? {
                let object = ("webhook", id.0, webhook.settings.name.as_str());
                let changes = Changes::default().field("linked", alert.0, serde_json::Value::Null);
                let entry = ctx.entry(Some(webhook.company_id), "webhook.unlink_alert", object, changes);
                audit::insert(db, &entry)?;
            }
            Ok(())
        })
        .await
}

/// The caller's webhook `id`, or why not.
pub(super) fn get(db: &mut Db<'_>, ctx: &Context, id: WebhookId) -> Outcome<Webhook> {
    match webhooks::get(db, &ctx.caller.scope(), id) {
        Err(StoreError::NotFound) if webhooks::exists(db, id)? => Err(ActionError::Foreign("webhook")),
        found => found.map_err(not_found("webhook")),
    }
}

fn not_found(what: &'static str) -> impl Fn(StoreError) -> ActionError {
    move |error| match error {
        StoreError::NotFound => ActionError::NotFound(what),
        other => other.into(),
    }
}

/// The rule for `alertIds`: 50 at most, each exists in the webhook's company tree and can be linked.
fn check_linkable(db: &mut Db<'_>, ctx: &Context, company: CompanyId, ids: &[AlertId]) -> Outcome<()> {
    if ids.len() > LINKS_MAX {
        return Err(too_many().into());
    }
    let found = alerts::find(db, &ctx.caller.scope_of(company), ids)?;
    let mut problems = Problems::default();
    for id in ids {
        match found.iter().find(|alert| alert.id == *id) {
            None => problems.add("alertIds", Rule::NotFound, format!("There is no alert {id}.")),
            Some(alert) if !alert.alert_type.is_linkable() => problems.0.extend(unsupported(*id).0),
            Some(_) => {}
        }
    }
    problems.or(()).map_err(Into::into)
}

fn unsupported(id: AlertId) -> Problems {
    let message = format!("Alert {id} is of a type that cannot be linked to a webhook.");
    Problems::one("alertIds", Rule::Unsupported, message)
}

fn too_many() -> Problems {
    let message = format!("At most {LINKS_MAX} alerts can be linked to one webhook.");
    Problems::one("alertIds", Rule::TooMany, message)
}

fn replace_links(
    db: &mut Db<'_>,
    id: WebhookId,
    linked: &[AlertId],
    wanted: &[AlertId],
    by: &str,
    now: crate::domain::time::Timestamp,
) -> Result<(), StoreError> {
    for alert in linked.iter().filter(|alert| !wanted.contains(alert)) {
        links::end(db, id, *alert, by, now)?;
    }
    for alert in wanted.iter().filter(|alert| !linked.contains(alert)) {
        links::insert(db, id, *alert, by, now)?;
    }
    Ok(())
}

/// The secret that a write leaves behind.
fn choose(
    choice: &SecretChoice,
    present: Option<&Secret>,
    signing: bool,
    format: Format,
    random: &dyn Random,
) -> Result<Option<Secret>, Problems> {
    match choice {
        SecretChoice::Given(text) => signing::parse_secret(format, text).map(Some),
        SecretChoice::Generate => Ok(Some(signing::generate_secret(format, random))),
        SecretChoice::Keep if present.is_none() && signing => {
            Ok(Some(signing::generate_secret(format, random)))
        }
        SecretChoice::Keep => Ok(present.cloned()),
    }
}

fn without_duplicates(ids: Vec<AlertId>) -> Vec<AlertId> {
    let mut kept: Vec<AlertId> = Vec::with_capacity(ids.len().min(LINKS_MAX + 1));
    for id in ids {
        if !kept.contains(&id) {
            kept.push(id);
        }
        // One more than allowed is enough to refuse: a body of 256 KiB must not cost a quadratic search.
        if kept.len() > LINKS_MAX {
            break;
        }
    }
    kept
}

fn numbers(ids: &[AlertId]) -> Vec<i64> {
    ids.iter().map(|id| id.0).collect()
}
