//! Answers that were given under an `Idempotency-Key`, kept for 24 hours (contract 00.5).

use diesel::prelude::*;

use super::schema::idempotency;
use super::{Db, StoreError};
use crate::domain::ids::ApiKeyId;
use crate::domain::time::{DAY_US, Timestamp};

/// What an earlier request with the same key was and what it was told.
pub struct Earlier {
    /// SHA-256 of the earlier request's path and body.
    pub request_hash: Vec<u8>,
    /// Its answer.
    pub response: String,
}

/// The earlier request with this key, if it is younger than 24 hours.
pub fn get(
    db: &mut Db<'_>,
    api_key: ApiKeyId,
    key: &str,
    now: Timestamp,
) -> Result<Option<Earlier>, StoreError> {
    let oldest = now.plus_micros(-DAY_US).micros();
    let found: Option<(Vec<u8>, String)> = idempotency::table
        .filter(
            idempotency::api_key_id
                .eq(api_key.0)
                .and(idempotency::key.eq(key))
                .and(idempotency::created_at.gt(oldest)),
        )
        .select((idempotency::request_hash, idempotency::response))
        .first(db.conn)
        .optional()?;
    Ok(found.map(|(request_hash, response)| Earlier { request_hash, response }))
}

/// Remembers an answer; one that has run out makes room.
pub fn put(
    db: &mut Db<'_>,
    api_key: ApiKeyId,
    key: &str,
    request_hash: &[u8],
    response: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::delete(idempotency::table.find((api_key.0, key))).execute(db.conn)?;
    diesel::insert_into(idempotency::table)
        .values((
            idempotency::api_key_id.eq(api_key.0),
            idempotency::key.eq(key),
            idempotency::request_hash.eq(request_hash),
            idempotency::response.eq(response),
            idempotency::created_at.eq(now.micros()),
        ))
        .execute(db.conn)?;
    Ok(())
}

/// Forgets what is older than 24 hours.
pub fn prune(db: &mut Db<'_>, now: Timestamp) -> Result<usize, StoreError> {
    let oldest = now.plus_micros(-DAY_US).micros();
    Ok(diesel::delete(idempotency::table.filter(idempotency::created_at.le(oldest))).execute(db.conn)?)
}
