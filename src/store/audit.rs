//! The audit trail. Append-only: there is no function that changes or removes an entry.

use diesel::prelude::*;

use super::schema::audit;
use super::{Db, StoreError};
use crate::domain::audit::Entry;

/// Adds an entry. Called inside the transaction of the change that it tells of.
pub fn insert(db: &mut Db<'_>, entry: &Entry) -> Result<(), StoreError> {
    diesel::insert_into(audit::table)
        .values((
            audit::company_id.eq(entry.company_id.map(|id| id.0)),
            audit::at.eq(entry.at.micros()),
            audit::actor_kind.eq(entry.actor.kind()),
            audit::actor_id.eq(entry.actor.id()),
            audit::actor_name.eq(entry.actor.name()),
            audit::action.eq(entry.action),
            audit::object_kind.eq(entry.object_kind),
            audit::object_id.eq(entry.object_id),
            audit::object_name.eq(&entry.object_name),
            audit::changes.eq(entry.changes.to_json()),
        ))
        .execute(db.conn)?;
    Ok(())
}

/// Entries about one object, in the order in which they were written: action and changes.
pub fn of_object(db: &mut Db<'_>, kind: &str, id: i64) -> Result<Vec<(String, String)>, StoreError> {
    Ok(audit::table
        .filter(audit::object_kind.eq(kind).and(audit::object_id.eq(id)))
        .order(audit::id)
        .select((audit::action, audit::changes))
        .limit(1_000)
        .load(db.conn)?)
}
