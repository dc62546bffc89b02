//! Every version of a webhook's settings, without secrets. Versions are written with the webhook and never changed.

use diesel::prelude::*;
use serde_json::Value;

use super::schema::webhook_versions;
use super::{Db, StoreError};
use crate::domain::ids::WebhookId;
use crate::domain::time::Timestamp;
use crate::domain::webhook::settings::Settings;
use crate::domain::webhook::snapshot;

/// One version.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// Its number; the first is 1.
    pub version: i32,
    /// When it was made.
    pub at: Timestamp,
    /// Who made it, as shown.
    pub by: String,
    /// The settings, as [`snapshot::without_secrets`] writes them.
    pub settings: Value,
}

/// A version of a webhook that the caller may see; `None` when there is no such version.
pub fn get(db: &mut Db<'_>, id: WebhookId, version: i32) -> Result<Option<Version>, StoreError> {
    let row: Option<(i64, String, String)> = webhook_versions::table
        .find((id.0, version))
        .select((webhook_versions::at, webhook_versions::changed_by, webhook_versions::settings))
        .first(db.conn)
        .optional()?;
    Ok(row.and_then(|(at, by, settings)| {
        let settings = serde_json::from_str(&settings).ok()?;
        Some(Version { version, at: Timestamp::from_micros(at), by, settings })
    }))
}

/// Adds a version.
pub(in crate::store) fn insert(
    db: &mut Db<'_>,
    id: i64,
    version: i32,
    settings: &Settings,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::insert_into(webhook_versions::table)
        .values((
            webhook_versions::webhook_id.eq(id),
            webhook_versions::version.eq(version),
            webhook_versions::at.eq(now.micros()),
            webhook_versions::changed_by.eq(by),
            webhook_versions::settings.eq(snapshot::without_secrets(settings).to_string()),
        ))
        .execute(db.conn)?;
    Ok(())
}
