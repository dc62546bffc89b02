//! The audit trail. Append-only: there is no function that changes or removes an entry.

use diesel::prelude::*;

use super::schema::audit;
use super::{Db, StoreError};
use crate::domain::audit::Entry;

/// Adds an entry. Called inside the transaction of the change that it tells of; whoever keeps something of its object
/// in memory learns of it, too.
pub fn insert(db: &mut Db<'_>, entry: &Entry) -> Result<(), StoreError> {
    let id: i64 = diesel::insert_into(audit::table)
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
        .returning(audit::id)
        .get_result(db.conn)?;
    db.notes.changed.push((entry.object_kind, entry.object_id));
    db.notes.revision = db.notes.revision.max(id);
    if let Some(recent) = &mut db.recent {
        recent.forget();
    }
    Ok(())
}

/// The number of the newest entry; 0 before the first.
pub(in crate::store) fn newest(db: &mut Db<'_>) -> Result<i64, StoreError> {
    let id: Option<i64> = audit::table.select(diesel::dsl::max(audit::id)).first(db.conn)?;
    Ok(id.unwrap_or_default())
}

/// The kind of an object, and its number where it has one.
pub type Object = (String, Option<i64>);

/// What the entries after `known`, up to `newest`, are about; `None` when they are more than 1,000.
pub(in crate::store) fn objects_between(
    db: &mut Db<'_>,
    known: i64,
    newest: i64,
) -> Result<Option<Vec<Object>>, StoreError> {
    let objects: Vec<Object> = audit::table
        .filter(audit::id.gt(known).and(audit::id.le(newest)))
        .select((audit::object_kind, audit::object_id))
        .limit(1_001)
        .load(db.conn)?;
    Ok(Some(objects).filter(|objects| objects.len() <= 1_000))
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
