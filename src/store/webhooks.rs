//! Webhooks, their settings' history, and the border where secrets are sealed and opened.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::schema::{alert_links, webhook_stats, webhooks};
use super::scoped::within;
use super::vault::Place;
use super::{Db, StoreError, holds, webhook_versions};
use crate::domain::access::{Scope, UnknownName};
use crate::domain::ids::{AlertId, CompanyId, WebhookId};
use crate::domain::page::{PageRequest, Paged};
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::domain::webhook::auth::Auth;
use crate::domain::webhook::criteria::Criteria;
use crate::domain::webhook::endpoint_url::EndpointUrl;
use crate::domain::webhook::label::Label;
use crate::domain::webhook::pause::{Paused, Release};
use crate::domain::webhook::rotation::{Keys, OldSecret};
use crate::domain::webhook::settings::Settings;
use crate::domain::webhook::{DisabledReason, Receives, Webhook};

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub(in crate::store) struct Row {
    id: i64,
    company_id: i64,
    version: i32,
    name: String,
    description: Option<String>,
    url: String,
    receives: String,
    criteria: String,
    format: String,
    signing: bool,
    call_type: String,
    is_active: bool,
    sealed: Option<Vec<u8>>,
    disabled_reason: Option<String>,
    disabled_at: Option<i64>,
    created_at: i64,
    created_by: String,
    updated_at: i64,
    updated_by: String,
    paused_mode: Option<String>,
    paused_at: Option<i64>,
    paused_by: Option<String>,
    paused_reason: Option<String>,
}

/// What lies in the `sealed` column.
#[derive(Serialize, Deserialize, zeroize::ZeroizeOnDrop)]
struct Sealed {
    /// The endpoint's query: its values often are credentials.
    query: Option<String>,
    secret: Option<String>,
    /// When the secret was made, microseconds.
    #[serde(default)]
    secret_at: Option<i64>,
    /// The secret before it.
    #[serde(default)]
    old: Option<SealedOld>,
    auth: String,
}

/// A secret that was replaced.
#[derive(Serialize, Deserialize, zeroize::ZeroizeOnDrop)]
struct SealedOld {
    secret: String,
    at: Option<i64>,
    until: i64,
}

fn place(id: i64, company_id: i64) -> Place {
    Place { column: "webhooks.sealed", row: id, company: company_id }
}

fn seal(db: &Db<'_>, id: i64, company: i64, settings: &Settings, keys: &Keys) -> Vec<u8> {
    let plain = Sealed {
        query: settings.endpoint.query().map(str::to_owned),
        secret: keys.secret.as_ref().map(|secret| secret.reveal().to_owned()),
        secret_at: keys.since.map(Timestamp::micros),
        old: keys.old.as_ref().map(|old| SealedOld {
            secret: old.secret.reveal().to_owned(),
            at: old.since.map(Timestamp::micros),
            until: old.until.micros(),
        }),
        auth: settings.auth.to_json().reveal().to_owned(),
    };
    let bytes = zeroize::Zeroizing::new(serde_json::to_vec(&plain).expect("texts and numbers are JSON"));
    db.vault.seal(place(id, company), &bytes)
}

fn webhook(db: &Db<'_>, row: Row) -> Result<Webhook, StoreError> {
    let damaged = || {
        tracing::error!(webhook.id = row.id, "a webhook's row holds a value that this version does not know");
        StoreError::NotFound
    };
    let opened: Option<Sealed> = row
        .sealed
        .as_deref()
        .and_then(|sealed| db.vault.open(place(row.id, row.company_id), sealed).ok())
        .map(zeroize::Zeroizing::new)
        .and_then(|plain| serde_json::from_slice(&plain).ok());
    let unreadable = opened.is_none();
    if unreadable {
        tracing::error!(webhook.id = row.id, "a webhook's stored secrets cannot be decrypted");
    }
    let (query, secret, auth) = match &opened {
        Some(sealed) => (
            sealed.query.as_deref(),
            sealed.secret.clone().map(Secret::new),
            Auth::from_json(&sealed.auth).ok_or_else(damaged)?,
        ),
        None => (None, None, Auth::None),
    };
    let time = |micros: &Option<i64>| micros.map(Timestamp::from_micros);
    let old_secret = opened.as_ref().and_then(|sealed| sealed.old.as_ref()).map(|old| OldSecret {
        secret: Secret::new(old.secret.as_str()),
        since: time(&old.at),
        until: Timestamp::from_micros(old.until),
    });
    let paused = paused(&row).map_err(|UnknownName| damaged())?;
    let settings = Settings {
        name: row.name.clone(),
        description: row.description.clone(),
        endpoint: EndpointUrl::from_parts(&row.url, query).ok_or_else(damaged)?,
        receives: row.receives.parse::<Receives>().map_err(|_| damaged())?,
        criteria: Criteria::from_json(&row.criteria).ok_or_else(damaged)?,
        format: row.format.parse().map_err(|_| damaged())?,
        auth,
        signing: row.signing,
        call_type: row.call_type.parse().map_err(|_| damaged())?,
        is_active: row.is_active,
    };
    Ok(Webhook {
        id: WebhookId(row.id),
        company_id: CompanyId(row.company_id),
        version: row.version,
        settings,
        secret,
        secret_since: opened.as_ref().and_then(|sealed| time(&sealed.secret_at)),
        old_secret,
        disabled: row
            .disabled_reason
            .as_deref()
            .and_then(|reason| reason.parse::<DisabledReason>().ok())
            .zip(row.disabled_at.map(Timestamp::from_micros)),
        paused,
        unreadable,
        created_at: Timestamp::from_micros(row.created_at),
        created_by: row.created_by,
        updated_at: Timestamp::from_micros(row.updated_at),
        updated_by: row.updated_by,
    })
}

fn paused(row: &Row) -> Result<Option<Paused>, UnknownName> {
    let Some((mode, since)) = row.paused_mode.as_deref().zip(row.paused_at) else {
        return Ok(None);
    };
    Ok(Some(Paused {
        mode: mode.parse()?,
        since: Timestamp::from_micros(since),
        by: row.paused_by.clone().unwrap_or_default(),
        reason: row.paused_reason.clone(),
    }))
}

pub(in crate::store) fn webhooks_of(db: &Db<'_>, rows: Vec<Row>) -> Result<Vec<Webhook>, StoreError> {
    rows.into_iter().map(|row| webhook(db, row)).collect()
}

/// The webhook `id`, when it lies in `scope` and is not deleted.
pub fn get(db: &mut Db<'_>, scope: &Scope, id: WebhookId) -> Result<Webhook, StoreError> {
    let query = within!(webhooks::table.into_boxed(), webhooks::company_id, scope);
    let row: Row = query
        .filter(webhooks::id.eq(id.0).and(webhooks::deleted_at.is_null()))
        .select(Row::as_select())
        .first(db.conn)?;
    webhook(db, row)
}

/// Whether any company has a webhook with this id (Telemax tells 403 from 404).
pub fn exists(db: &mut Db<'_>, id: WebhookId) -> Result<bool, StoreError> {
    let query = webhooks::table.filter(webhooks::id.eq(id.0).and(webhooks::deleted_at.is_null()));
    Ok(diesel::select(diesel::dsl::exists(query)).get_result(db.conn)?)
}

/// Whether deliveries are made for a webhook: not deleted, switched on by people, not switched off by Belfry.
pub fn is_live(db: &mut Db<'_>, id: WebhookId) -> Result<bool, StoreError> {
    let query = webhooks::table.filter(
        webhooks::id
            .eq(id.0)
            .and(webhooks::deleted_at.is_null())
            .and(webhooks::is_active.eq(true))
            .and(webhooks::disabled_reason.is_null()),
    );
    Ok(diesel::select(diesel::dsl::exists(query)).get_result(db.conn)?)
}

/// Name and company of webhooks whether deleted or not, for pages of history.
pub fn names(db: &mut Db<'_>, ids: &[WebhookId]) -> Result<Vec<(WebhookId, String)>, StoreError> {
    let numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(i64, String)> = webhooks::table
        .filter(webhooks::id.eq_any(numbers))
        .select((webhooks::id, webhooks::name))
        .load(db.conn)?;
    Ok(rows.into_iter().map(|(id, name)| (WebhookId(id), name)).collect())
}

/// The scope's webhooks by id, `limit` at most.
pub fn list(db: &mut Db<'_>, scope: &Scope, limit: i64) -> Result<Vec<Webhook>, StoreError> {
    let query = within!(webhooks::table.into_boxed(), webhooks::company_id, scope);
    let rows: Vec<Row> = query
        .filter(webhooks::deleted_at.is_null())
        .order(webhooks::id)
        .limit(limit)
        .select(Row::as_select())
        .load(db.conn)?;
    webhooks_of(db, rows)
}

/// The labels of the scope's webhooks by id, `limit` at most.
pub fn labels(db: &mut Db<'_>, scope: &Scope, limit: i64) -> Result<Vec<Label>, StoreError> {
    let query = within!(webhooks::table.into_boxed(), webhooks::company_id, scope);
    let rows: Vec<(i64, String, String)> = query
        .filter(webhooks::deleted_at.is_null())
        .order(webhooks::id)
        .limit(limit)
        .select((webhooks::id, webhooks::name, webhooks::url))
        .load(db.conn)?;
    Ok(rows.into_iter().map(|(id, name, address)| Label { id: WebhookId(id), name, address }).collect())
}

/// Those of `ids` that lie in the scope and are not deleted. `ids` is bounded by the caller.
pub fn among(db: &mut Db<'_>, scope: &Scope, ids: &[WebhookId]) -> Result<Vec<WebhookId>, StoreError> {
    let numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let query = within!(webhooks::table.into_boxed(), webhooks::company_id, scope);
    let found: Vec<i64> = query
        .filter(webhooks::id.eq_any(numbers).and(webhooks::deleted_at.is_null()))
        .select(webhooks::id)
        .load(db.conn)?;
    Ok(found.into_iter().map(WebhookId).collect())
}

/// A page of the scope's webhooks, by descending id.
pub fn page(db: &mut Db<'_>, scope: &Scope, request: PageRequest) -> Result<Paged<Webhook>, StoreError> {
    let total = within!(webhooks::table.into_boxed(), webhooks::company_id, scope)
        .filter(webhooks::deleted_at.is_null())
        .count()
        .get_result(db.conn)?;
    let rows: Vec<Row> = within!(webhooks::table.into_boxed(), webhooks::company_id, scope)
        .filter(webhooks::deleted_at.is_null())
        .order(webhooks::id.desc())
        .limit(request.size)
        .offset(request.offset())
        .select(Row::as_select())
        .load(db.conn)?;
    Ok(Paged { items: webhooks_of(db, rows)?, total })
}

/// The scope's webhooks that get events (`true`) or nothing but tests (`false`), by id, `limit` at most.
pub fn receiving(
    db: &mut Db<'_>,
    scope: &Scope,
    events: bool,
    limit: i64,
) -> Result<Vec<Webhook>, StoreError> {
    let query = within!(webhooks::table.into_boxed(), webhooks::company_id, scope);
    let query = query.filter(webhooks::deleted_at.is_null());
    let tests = Receives::TestsOnly.name();
    let query = if events {
        query.filter(webhooks::receives.ne(tests))
    } else {
        query.filter(webhooks::receives.eq(tests))
    };
    let rows: Vec<Row> = query.order(webhooks::id).limit(limit).select(Row::as_select()).load(db.conn)?;
    webhooks_of(db, rows)
}

/// The candidates for an event of `alert`: webhooks linked to it, and those that take everything of one
/// of `companies` (the alert's own and those above it). With whether each is linked; by id.
pub fn candidates(
    db: &mut Db<'_>,
    alert: AlertId,
    companies: &[CompanyId],
) -> Result<Vec<(Webhook, bool)>, StoreError> {
    let linked: Vec<i64> = alert_links::table
        .filter(alert_links::alert_id.eq(alert.0).and(alert_links::unlinked_at.is_null()))
        .select(alert_links::webhook_id)
        .load(db.conn)?;
    let above: Vec<i64> = companies.iter().map(|id| id.0).collect();
    let takes_all = webhooks::company_id.eq_any(&above).and(webhooks::receives.eq(Receives::All.name()));
    let rows: Vec<Row> = webhooks::table
        .filter(webhooks::deleted_at.is_null().and(webhooks::id.eq_any(&linked).or(takes_all)))
        .order(webhooks::id)
        .select(Row::as_select())
        .load(db.conn)?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let is_linked = linked.contains(&row.id);
        // One damaged row, which has been reported, must not keep everybody else's event from being accepted.
        match webhook(db, row) {
            Ok(webhook) => found.push((webhook, is_linked)),
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Adds a webhook with version 1 and empty counters.
pub fn insert(
    db: &mut Db<'_>,
    company_id: CompanyId,
    settings: &Settings,
    secret: Option<&Secret>,
    by: &str,
    now: Timestamp,
) -> Result<Webhook, StoreError> {
    let id: i64 = diesel::insert_into(webhooks::table)
        .values((
            webhooks::company_id.eq(company_id.0),
            webhooks::version.eq(1),
            chosen(settings),
            webhooks::created_at.eq(now.micros()),
            webhooks::created_by.eq(by),
            webhooks::updated_at.eq(now.micros()),
            webhooks::updated_by.eq(by),
        ))
        .returning(webhooks::id)
        .get_result(db.conn)?;
    // The seal is bound to the row's number, which exists only now.
    let keys = Keys { secret: secret.cloned(), since: secret.map(|_| now), old: None };
    let sealed = seal(db, id, company_id.0, settings, &keys);
    diesel::update(webhooks::table.find(id)).set(webhooks::sealed.eq(sealed)).execute(db.conn)?;
    diesel::insert_into(webhook_stats::table).values(webhook_stats::webhook_id.eq(id)).execute(db.conn)?;
    webhook_versions::insert(db, id, 1, settings, by, now)?;
    get(db, &Scope::service(), WebhookId(id))
}

/// Stores changed settings and secret as the next version. A secret that stays keeps its overlap with the one before.
///
/// # Errors
/// [`StoreError::Conflict`] when the row is no longer at `before.version`.
pub fn update(
    db: &mut Db<'_>,
    before: &Webhook,
    settings: &Settings,
    secret: Option<&Secret>,
    by: &str,
    now: Timestamp,
) -> Result<Webhook, StoreError> {
    update_keys(db, before, settings, &before.keys_with(secret, now), by, now)
}

/// Stores changed settings and all secrets as the next version.
///
/// # Errors
/// [`StoreError::Conflict`] when the row is no longer at `before.version`.
pub fn update_keys(
    db: &mut Db<'_>,
    before: &Webhook,
    settings: &Settings,
    keys: &Keys,
    by: &str,
    now: Timestamp,
) -> Result<Webhook, StoreError> {
    let sealed = seal(db, before.id.0, before.company_id.0, settings, keys);
    // Whoever switches the webhook on also ends what Belfry switched off.
    let keeps_disabled = before.disabled.is_some() && before.settings.is_active == settings.is_active;
    let disabled = before.disabled.filter(|_| keeps_disabled);
    let changed = diesel::update(
        webhooks::table.filter(
            webhooks::id
                .eq(before.id.0)
                .and(webhooks::version.eq(before.version))
                .and(webhooks::deleted_at.is_null()),
        ),
    )
    .set((
        webhooks::version.eq(before.version + 1),
        chosen(settings),
        webhooks::sealed.eq(sealed),
        webhooks::disabled_reason.eq(disabled.map(|(reason, _)| reason.name())),
        webhooks::disabled_at.eq(disabled.map(|(_, at)| at.micros())),
        webhooks::updated_at.eq(now.micros()),
        webhooks::updated_by.eq(by),
    ))
    .execute(db.conn)?;
    if changed == 0 {
        return Err(StoreError::Conflict);
    }
    webhook_versions::insert(db, before.id.0, before.version + 1, settings, by, now)?;
    get(db, &Scope::service(), before.id)
}

/// Pauses a webhook, changes its pause, or ends it: then what waits for it may be claimed again.
pub fn set_paused(
    db: &mut Db<'_>,
    id: WebhookId,
    paused: Option<&Paused>,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::update(webhooks::table.find(id.0))
        .set((
            webhooks::paused_mode.eq(paused.map(|paused| paused.mode.name())),
            webhooks::paused_at.eq(paused.map(|paused| paused.since.micros())),
            webhooks::paused_by.eq(paused.map(|paused| paused.by.as_str())),
            webhooks::paused_reason.eq(paused.and_then(|paused| paused.reason.as_deref())),
        ))
        .execute(db.conn)?;
    if paused.is_none() {
        db.notes.waiting.push((id, now));
    }
    Ok(())
}

/// Switches a webhook off on Belfry's own account; says whether it was on. What it holds is dropped.
pub fn disable(
    db: &mut Db<'_>,
    id: WebhookId,
    reason: DisabledReason,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = diesel::update(
        webhooks::table.filter(webhooks::id.eq(id.0).and(webhooks::disabled_reason.is_null())),
    )
    .set((webhooks::disabled_reason.eq(reason.name()), webhooks::disabled_at.eq(now.micros())))
    .execute(db.conn)?;
    if changed > 0 {
        holds::begin(db, id, Release::SwitchedOff)?;
    }
    Ok(changed > 0)
}

/// Marks a webhook deleted. Its history stays; its secrets are gone, and what it holds is dropped.
pub fn delete(db: &mut Db<'_>, id: WebhookId, by: &str, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(webhooks::table.find(id.0))
        .set((
            webhooks::deleted_at.eq(now.micros()),
            webhooks::sealed.eq(None::<Vec<u8>>),
            webhooks::updated_at.eq(now.micros()),
            webhooks::updated_by.eq(by),
        ))
        .execute(db.conn)?;
    set_paused(db, id, None, now)?;
    holds::begin(db, id, Release::Deleted)
}

/// The settings that the webhook had at `version`: what an old attempt was made with.
pub fn version_settings(
    db: &mut Db<'_>,
    id: WebhookId,
    version: i32,
) -> Result<Option<serde_json::Value>, StoreError> {
    Ok(webhook_versions::get(db, id, version)?.map(|found| found.settings))
}

/// The columns that a person chooses, but for the sealed ones.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = webhooks, treat_none_as_null = true)]
struct Chosen {
    name: String,
    description: Option<String>,
    url: String,
    receives: &'static str,
    criteria: String,
    format: &'static str,
    auth_type: &'static str,
    signing: bool,
    call_type: &'static str,
    is_active: bool,
}

fn chosen(settings: &Settings) -> Chosen {
    Chosen {
        name: settings.name.clone(),
        description: settings.description.clone(),
        url: settings.endpoint.without_query(),
        receives: settings.receives.name(),
        criteria: settings.criteria.to_json(),
        format: settings.format.name(),
        auth_type: settings.auth.auth_type().name(),
        signing: settings.signing,
        call_type: settings.call_type.name(),
        is_active: settings.is_active,
    }
}
