//! The audit trail. Append-only: there is no function that changes or removes an entry.

use std::collections::HashMap;

use diesel::prelude::*;

use super::schema::audit;
use super::scoped::within;
use super::{Db, StoreError};
use crate::domain::access::Scope;
use crate::domain::audit::Entry;
use crate::domain::audit::line::{self, Author, Line};
use crate::domain::ids::CompanyId;
use crate::domain::page::{Cursor, KeysetPage};
use crate::domain::time::Timestamp;

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

/// Who wrote the newest entry with one of `actions` about each of the objects, which the caller may see.
pub fn last_authors(
    db: &mut Db<'_>,
    kind: &str,
    objects: &[i64],
    actions: &[&str],
) -> Result<HashMap<i64, Author>, StoreError> {
    let newest: Vec<Option<i64>> = audit::table
        .filter(
            audit::object_kind
                .eq(kind)
                .and(audit::object_id.eq_any(objects))
                .and(audit::action.eq_any(actions)),
        )
        .group_by(audit::object_id)
        .select(diesel::dsl::max(audit::id))
        .load(db.conn)?;
    let rows: Vec<(Option<i64>, String, Option<i64>, String)> = audit::table
        .filter(audit::id.eq_any(newest.into_iter().flatten().collect::<Vec<_>>()))
        .select((audit::object_id, audit::actor_kind, audit::actor_id, audit::actor_name))
        .load(db.conn)?;
    let author = |(object, kind, id, name)| Some((object?, Author { kind, id, name }));
    Ok(rows.into_iter().filter_map(author).collect())
}

/// The newest `most` entries that one person or key has written, newest first: when, what, and the changes as stored.
pub fn newest_by(
    db: &mut Db<'_>,
    (kind, id): (&str, i64),
    most: i64,
) -> Result<Vec<(Timestamp, String, String)>, StoreError> {
    let rows: Vec<(i64, String, String)> = audit::table
        .filter(audit::actor_kind.eq(kind).and(audit::actor_id.eq(id)))
        .order(audit::id.desc())
        .limit(most)
        .select((audit::at, audit::action, audit::changes))
        .load(db.conn)?;
    Ok(rows.into_iter().map(|(at, action, changes)| (Timestamp::from_micros(at), action, changes)).collect())
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

/// A page of the entries about one object that the caller may see, newest first, without those whose action is `but`.
pub fn page_of_object(
    db: &mut Db<'_>,
    (kind, id): (&str, i64),
    but: &str,
    cursor: Cursor,
    size: i64,
) -> Result<KeysetPage<Line>, StoreError> {
    let of = audit::object_kind.eq(kind).and(audit::object_id.eq(id)).and(audit::action.ne(but));
    let query = audit::table.filter(of).into_boxed();
    let query = match cursor {
        Cursor::Newest => query.order(audit::id.desc()),
        Cursor::Before(id) => query.filter(audit::id.lt(id)).order(audit::id.desc()),
        Cursor::After(id) => query.filter(audit::id.gt(id)).order(audit::id.asc()),
    };
    let rows: Vec<Row> = query.limit(size + 1).select(COLUMNS).load(db.conn)?;
    Ok(KeysetPage::of(rows.into_iter().map(line).collect(), cursor, size))
}

/// What the trail is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Objects of one kind …
    pub kind: Option<String>,
    /// … or one of them.
    pub object: Option<i64>,
    /// What one person or key did: their kind and number.
    pub by: Option<(String, i64)>,
}

type Row = (i64, Option<i64>, i64, String, Option<i64>, String, String, String, Option<i64>, String, String);

const COLUMNS: (
    audit::id,
    audit::company_id,
    audit::at,
    audit::actor_kind,
    audit::actor_id,
    audit::actor_name,
    audit::action,
    audit::object_kind,
    audit::object_id,
    audit::object_name,
    audit::changes,
) = (
    audit::id,
    audit::company_id,
    audit::at,
    audit::actor_kind,
    audit::actor_id,
    audit::actor_name,
    audit::action,
    audit::object_kind,
    audit::object_id,
    audit::object_name,
    audit::changes,
);

fn line(row: Row) -> Line {
    let (id, company, at, kind, actor, name, action, object_kind, object, object_name, changes) = row;
    Line {
        id,
        company: company.map(CompanyId),
        at: Timestamp::from_micros(at),
        author: Author { kind, id: actor, name },
        action,
        object: line::Object { kind: object_kind, id: object, name: object_name },
        changes: line::changes(&changes),
    }
}

/// A page of the scope's entries, newest first.
pub fn page(
    db: &mut Db<'_>,
    scope: &Scope,
    filter: &Filter,
    cursor: Cursor,
    size: i64,
) -> Result<KeysetPage<Line>, StoreError> {
    let mut query = within!(audit::table.into_boxed(), audit::company_id.assume_not_null(), scope);
    if let Some(kind) = &filter.kind {
        query = query.filter(audit::object_kind.eq(kind));
    }
    if let Some(id) = filter.object {
        query = query.filter(audit::object_id.eq(id));
    }
    if let Some((kind, id)) = &filter.by {
        query = query.filter(audit::actor_kind.eq(kind).and(audit::actor_id.eq(id)));
    }
    query = match cursor {
        Cursor::Newest => query.order(audit::id.desc()),
        Cursor::Before(id) => query.filter(audit::id.lt(id)).order(audit::id.desc()),
        Cursor::After(id) => query.filter(audit::id.gt(id)).order(audit::id.asc()),
    };
    let rows: Vec<Row> = query.limit(size + 1).select(COLUMNS).load(db.conn)?;
    Ok(KeysetPage::of(rows.into_iter().map(line).collect(), cursor, size))
}
