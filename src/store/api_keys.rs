//! API keys, by the SHA-256 of the key. A key holds 256 random bits, so a plain hash is enough.

use diesel::prelude::*;

use super::schema::api_keys;
use super::scoped::within;
use super::{Db, StoreError};
use crate::domain::access::{Action, Scope};
use crate::domain::api_key::ApiKey;
use crate::domain::ids::{ApiKeyId, CompanyId};
use crate::domain::time::Timestamp;

type Row = (i64, i64, String, String, Option<String>, Option<String>, Option<i64>, Option<i64>);

const COLUMNS: (
    api_keys::id,
    api_keys::company_id,
    api_keys::name,
    api_keys::last_four,
    api_keys::actions,
    api_keys::vehicles,
    api_keys::expires_at,
    api_keys::revoked_at,
) = (
    api_keys::id,
    api_keys::company_id,
    api_keys::name,
    api_keys::last_four,
    api_keys::actions,
    api_keys::vehicles,
    api_keys::expires_at,
    api_keys::revoked_at,
);

fn api_key((id, company_id, name, last_four, actions, vehicles, expires_at, revoked_at): Row) -> ApiKey {
    ApiKey {
        id: ApiKeyId(id),
        company_id: CompanyId(company_id),
        name,
        last_four,
        // A word that this version does not know grants nothing.
        actions: actions.map(|list| list.split(',').filter_map(|word| word.parse::<Action>().ok()).collect()),
        vehicles: vehicles.map(|list| list.split(',').filter_map(|number| number.parse().ok()).collect()),
        expires_at: expires_at.map(Timestamp::from_micros),
        revoked_at: revoked_at.map(Timestamp::from_micros),
    }
}

/// The key with this hash, valid or not.
pub fn by_hash(db: &mut Db<'_>, hash: &[u8]) -> Result<Option<ApiKey>, StoreError> {
    let found: Option<Row> =
        api_keys::table.filter(api_keys::key_hash.eq(hash)).select(COLUMNS).first(db.conn).optional()?;
    Ok(found.map(api_key))
}

/// The key `id`, valid or not.
pub fn get(db: &mut Db<'_>, id: ApiKeyId) -> Result<ApiKey, StoreError> {
    Ok(api_key(api_keys::table.find(id.0).select(COLUMNS).first(db.conn)?))
}

/// What a new key is made of.
pub struct NewApiKey<'a> {
    /// The company whose tree it opens.
    pub company_id: CompanyId,
    /// Shown name.
    pub name: &'a str,
    /// SHA-256 of the key.
    pub key_hash: &'a [u8],
    /// Its last four characters.
    pub last_four: &'a str,
    /// `None`: all.
    pub actions: Option<&'a [Action]>,
    /// `None`: any.
    pub vehicles: Option<&'a [i64]>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// Who made it.
    pub created_by: &'a str,
}

/// Adds a key.
pub fn insert(db: &mut Db<'_>, new: &NewApiKey<'_>, now: Timestamp) -> Result<ApiKeyId, StoreError> {
    let actions =
        new.actions.map(|list| list.iter().map(|action| action.name()).collect::<Vec<_>>().join(","));
    let vehicles =
        new.vehicles.map(|list| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
    let id = diesel::insert_into(api_keys::table)
        .values((
            api_keys::company_id.eq(new.company_id.0),
            api_keys::name.eq(new.name),
            api_keys::key_hash.eq(new.key_hash),
            api_keys::last_four.eq(new.last_four),
            api_keys::actions.eq(actions),
            api_keys::vehicles.eq(vehicles),
            api_keys::expires_at.eq(new.expires_at.map(Timestamp::micros)),
            api_keys::created_at.eq(now.micros()),
            api_keys::created_by.eq(new.created_by),
        ))
        .returning(api_keys::id)
        .get_result(db.conn)?;
    Ok(ApiKeyId(id))
}

/// The key `id`, valid or not, when its company lies in the scope.
pub fn find(db: &mut Db<'_>, scope: &Scope, id: ApiKeyId) -> Result<ApiKey, StoreError> {
    let query = within!(api_keys::table.into_boxed(), api_keys::company_id, scope);
    Ok(api_key(query.filter(api_keys::id.eq(id.0)).select(COLUMNS).first(db.conn)?))
}

/// A key and where it came from.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The key.
    pub key: ApiKey,
    /// Who made it …
    pub created_by: String,
    /// … and when.
    pub created_at: Timestamp,
}

/// How many keys the scope has, those included that were taken back.
pub fn count(db: &mut Db<'_>, scope: &Scope) -> Result<i64, StoreError> {
    let query = within!(api_keys::table.into_boxed(), api_keys::company_id, scope);
    Ok(query.count().get_result(db.conn)?)
}

/// The scope's keys, the newest first, those that were taken back last: `limit` after the first `skip`.
pub fn list(db: &mut Db<'_>, scope: &Scope, (skip, limit): (i64, i64)) -> Result<Vec<Listed>, StoreError> {
    let query = within!(api_keys::table.into_boxed(), api_keys::company_id, scope);
    let rows: Vec<(Row, String, i64)> = query
        .order((api_keys::revoked_at.is_not_null(), api_keys::id.desc()))
        .offset(skip)
        .limit(limit)
        .select((COLUMNS, api_keys::created_by, api_keys::created_at))
        .load(db.conn)?;
    let listed = |(row, created_by, at)| Listed {
        key: api_key(row),
        created_by,
        created_at: Timestamp::from_micros(at),
    };
    Ok(rows.into_iter().map(listed).collect())
}

/// Takes a key back.
pub fn revoke(db: &mut Db<'_>, id: ApiKeyId, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(api_keys::table.find(id.0)).set(api_keys::revoked_at.eq(now.micros())).execute(db.conn)?;
    Ok(())
}
