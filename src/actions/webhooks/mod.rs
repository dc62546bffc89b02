//! Webhooks: create, change, restore, switch, pause, delete, rotate the secret, link and unlink alerts. One verb, one file; here
//! is what they share.

mod change_links;
mod create;
mod delete;
mod link_alert;
mod pause;
mod restore;
mod rotate_secret;
mod set_active;
mod update;

pub use change_links::{Judged, Review, change_links, review_links};
pub use create::{NewWebhook, create, create_once};
pub use delete::delete;
pub use link_alert::{link_alert, unlink_alert};
pub use pause::{pause, resume};
pub use restore::{Restored, restore};
pub use rotate_secret::{end_overlap, rotate_secret, rotate_secret_once};
pub use set_active::set_active;
pub use update::{WebhookUpdate, update};

use super::{ActionError, Context, Outcome};
use crate::domain::access::Actor;
use crate::domain::audit::{Changes, Entry};
use crate::domain::form_token::FormToken;
use crate::domain::ids::{AlertId, CompanyId, WebhookId};
use crate::domain::problem::{Problems, Rule};
use crate::domain::random::Random;
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::domain::webhook::format::Format;
use crate::domain::webhook::pause::Release;
use crate::domain::webhook::settings::Settings;
use crate::domain::webhook::{LINKS_MAX, Webhook, signing};
use crate::store::form_tokens::{self, Sent};
use crate::store::{Db, StoreError, alerts, holds, queue, webhooks};

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

/// What a form did that may come twice.
#[derive(Debug, Clone)]
pub enum Once<T> {
    /// It came for the first time, and did this.
    First(T),
    /// It came before, for this webhook, and did nothing now.
    Before(WebhookId),
}

/// The webhook that the form made or changed before, if the same person sent it before. Otherwise it is taken, for as
/// long as the transaction is.
fn sent_before(
    db: &mut Db<'_>,
    ctx: &Context,
    form: Option<&FormToken>,
    now: Timestamp,
) -> Result<Option<WebhookId>, StoreError> {
    let (Some(form), Actor::User { id, .. }) = (form, &ctx.caller.actor) else { return Ok(None) };
    Ok(match form_tokens::take(db, id.0, form, now)? {
        Sent::First => None,
        Sent::Before(webhook) => Some(WebhookId(webhook)),
    })
}

/// Notes what the form made or changed.
fn made_by(
    db: &mut Db<'_>,
    ctx: &Context,
    form: Option<&FormToken>,
    webhook: WebhookId,
) -> Result<(), StoreError> {
    match (form, &ctx.caller.actor) {
        (Some(form), Actor::User { id, .. }) => form_tokens::made(db, id.0, form, webhook.0),
        _ => Ok(()),
    }
}

/// The caller's webhook `id`, or why not.
pub(super) fn get(db: &mut Db<'_>, ctx: &Context, id: WebhookId) -> Outcome<Webhook> {
    match webhooks::get(db, &ctx.caller.scope(), id) {
        Err(StoreError::NotFound) if webhooks::exists(db, id)? => Err(ActionError::Foreign("webhook")),
        found => found.map_err(not_found("webhook")),
    }
}

/// An audit entry about a webhook.
fn entry(ctx: &Context, webhook: &Webhook, action: &'static str, changes: Changes) -> Entry {
    let object = ("webhook", webhook.id.0, webhook.settings.name.as_str());
    ctx.entry(Some(webhook.company_id), action, object, changes)
}

/// What a webhook that is switched off leaves behind: what waits is cancelled at once, what is held is dropped in steps.
fn stop(db: &mut Db<'_>, id: WebhookId, now: Timestamp) -> Result<(), StoreError> {
    queue::cancel_waiting(db, id, now)?;
    holds::begin(db, id, Release::SwitchedOff)
}

pub(super) fn not_found(what: &'static str) -> impl Fn(StoreError) -> ActionError {
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

/// `settings`, or what is wrong with them and with the secret that came with them, together.
fn with_secret(settings: Result<Settings, Problems>, secret: &SecretChoice) -> Result<Settings, Problems> {
    let mut problems = Problems::default();
    let settings = problems.absorb(settings);
    if let SecretChoice::Given(text) = secret {
        // What a secret may be is the same in every format.
        problems.absorb(signing::parse_secret(Format::default(), text));
    }
    match settings {
        Some(settings) => problems.or(settings),
        None => Err(problems),
    }
}

/// The secret that a write leaves behind.
fn choose_secret(
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
