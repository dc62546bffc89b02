//! Console sessions, by the SHA-256 of their id: a copy of this table signs nobody in.

use diesel::prelude::*;

use super::schema::sessions;
use super::{Db, StoreError};
use crate::domain::ids::UserId;
use crate::domain::time::Timestamp;

/// The state and the end of a session that was begun after `oldest` and has not ended by `now`.
pub fn get(
    db: &mut Db<'_>,
    id_hash: &[u8],
    oldest: Timestamp,
    now: Timestamp,
) -> Result<Option<(String, Timestamp)>, StoreError> {
    let found: Option<(String, i64)> = sessions::table
        .filter(
            sessions::id_hash
                .eq(id_hash)
                .and(sessions::created_at.gt(oldest.micros()))
                .and(sessions::expires_at.gt(now.micros())),
        )
        .select((sessions::state, sessions::expires_at))
        .first(db.conn)
        .optional()?;
    Ok(found.map(|(state, end)| (state, Timestamp::from_micros(end))))
}

/// Adds a session.
pub fn insert(
    db: &mut Db<'_>,
    id_hash: &[u8],
    user: Option<UserId>,
    state: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::id_hash.eq(id_hash),
            sessions::user_id.eq(user.map(|id| id.0)),
            sessions::state.eq(state),
            sessions::created_at.eq(now.micros()),
            sessions::expires_at.eq(expires_at.micros()),
        ))
        .execute(db.conn)?;
    Ok(())
}

/// Replaces a session's state; says whether there was such a session.
pub fn update(
    db: &mut Db<'_>,
    id_hash: &[u8],
    user: Option<UserId>,
    state: &str,
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    let changed = diesel::update(sessions::table.find(id_hash))
        .set((
            sessions::user_id.eq(user.map(|id| id.0)),
            sessions::state.eq(state),
            sessions::expires_at.eq(expires_at.micros()),
        ))
        .execute(db.conn)?;
    Ok(changed > 0)
}

/// Moves a session's end.
pub fn extend(db: &mut Db<'_>, id_hash: &[u8], expires_at: Timestamp) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(id_hash))
        .set(sessions::expires_at.eq(expires_at.micros()))
        .execute(db.conn)?;
    Ok(())
}

/// Ends a session.
pub fn delete(db: &mut Db<'_>, id_hash: &[u8]) -> Result<(), StoreError> {
    diesel::delete(sessions::table.find(id_hash)).execute(db.conn)?;
    Ok(())
}

/// Ends every session of a person.
pub fn delete_of(db: &mut Db<'_>, user: UserId) -> Result<(), StoreError> {
    diesel::delete(sessions::table.filter(sessions::user_id.eq(user.0))).execute(db.conn)?;
    Ok(())
}

/// Removes what has ended.
pub fn prune(db: &mut Db<'_>, now: Timestamp) -> Result<usize, StoreError> {
    Ok(diesel::delete(sessions::table.filter(sessions::expires_at.le(now.micros()))).execute(db.conn)?)
}
