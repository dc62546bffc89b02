//! Companies and their tree.

use std::collections::HashMap;

use diesel::prelude::*;

use super::schema::{companies, company_tree};
use super::scoped::within;
use super::{Db, StoreError};
use crate::domain::access::Scope;
use crate::domain::company::Company;
use crate::domain::ids::CompanyId;
use crate::domain::page::{PageRequest, Paged};
use crate::domain::time::Timestamp;

type Row = (i64, String, Option<i64>, String, i64);

const COLUMNS: (
    companies::id,
    companies::name,
    companies::parent_id,
    companies::timezone,
    companies::created_at,
) = (companies::id, companies::name, companies::parent_id, companies::timezone, companies::created_at);

fn company((id, name, parent_id, timezone, created_at): Row) -> Company {
    Company {
        id: CompanyId(id),
        name,
        parent_id: parent_id.map(CompanyId),
        timezone,
        created_at: Timestamp::from_micros(created_at),
    }
}

/// The company `id`, when it lies in `scope`.
pub fn get(db: &mut Db<'_>, scope: &Scope, id: CompanyId) -> Result<Company, StoreError> {
    let query = within!(companies::table.into_boxed(), companies::id, scope);
    Ok(company(query.filter(companies::id.eq(id.0)).select(COLUMNS).first(db.conn)?))
}

/// Companies by their ids, as far as they lie in `scope`.
pub fn of_ids(
    db: &mut Db<'_>,
    scope: &Scope,
    ids: &[CompanyId],
) -> Result<HashMap<CompanyId, Company>, StoreError> {
    let numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let query = within!(companies::table.into_boxed(), companies::id, scope);
    let rows: Vec<Row> = query.filter(companies::id.eq_any(numbers)).select(COLUMNS).load(db.conn)?;
    Ok(rows.into_iter().map(|row| (CompanyId(row.0), company(row))).collect())
}

/// Whether any company has this id, in whoever's scope. For the few answers that are documented to tell
/// "not yours" from "does not exist" (Telemax: 403 against 404).
pub fn exists(db: &mut Db<'_>, id: CompanyId) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(companies::table.find(id.0))).get_result(db.conn)?)
}

/// Companies of the scope by id, `limit` at most: the switcher.
pub fn list(db: &mut Db<'_>, scope: &Scope, limit: i64) -> Result<Vec<Company>, StoreError> {
    let query = within!(companies::table.into_boxed(), companies::id, scope);
    let rows: Vec<Row> = query.order(companies::id).limit(limit).select(COLUMNS).load(db.conn)?;
    Ok(rows.into_iter().map(company).collect())
}

/// How many companies the scope has.
pub fn count(db: &mut Db<'_>, scope: &Scope) -> Result<i64, StoreError> {
    Ok(within!(companies::table.into_boxed(), companies::id, scope).count().get_result(db.conn)?)
}

/// Companies of the scope by name: `limit` after the first `skip`.
pub fn by_name(
    db: &mut Db<'_>,
    scope: &Scope,
    (skip, limit): (i64, i64),
) -> Result<Vec<Company>, StoreError> {
    let query = within!(companies::table.into_boxed(), companies::id, scope);
    let rows: Vec<Row> = query
        .order((companies::name, companies::id))
        .offset(skip)
        .limit(limit)
        .select(COLUMNS)
        .load(db.conn)?;
    Ok(rows.into_iter().map(company).collect())
}

/// A page of the companies of the scope, by descending id, with each one's depth below the scope's root.
pub fn page(
    db: &mut Db<'_>,
    scope: &Scope,
    request: PageRequest,
) -> Result<Paged<(Company, i32)>, StoreError> {
    let total = within!(companies::table.into_boxed(), companies::id, scope).count().get_result(db.conn)?;
    let query = within!(companies::table.into_boxed(), companies::id, scope);
    let rows: Vec<Row> = query
        .order(companies::id.desc())
        .limit(request.size)
        .offset(request.offset())
        .select(COLUMNS)
        .load(db.conn)?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let depth = depth_below(db, scope, CompanyId(row.0))?;
        items.push((company(row), depth));
    }
    Ok(Paged { items, total })
}

fn depth_below(db: &mut Db<'_>, scope: &Scope, id: CompanyId) -> Result<i32, StoreError> {
    let depths = company_tree::table.filter(company_tree::company_id.eq(id.0)).into_boxed();
    let depths = match scope.root() {
        Some(root) => depths.filter(company_tree::ancestor_id.eq(root.0)),
        None => depths,
    };
    Ok(depths
        .select(diesel::dsl::max(company_tree::depth))
        .first::<Option<i32>>(db.conn)?
        .unwrap_or_default())
}

/// How many companies lie below `id`, itself not counted.
pub fn count_below(db: &mut Db<'_>, id: CompanyId) -> Result<i64, StoreError> {
    Ok(company_tree::table
        .filter(company_tree::ancestor_id.eq(id.0).and(company_tree::depth.gt(0)))
        .count()
        .get_result(db.conn)?)
}

/// The company and everything above it: whose "every alert" webhooks are candidates.
pub fn with_ancestors(db: &mut Db<'_>, id: CompanyId) -> Result<Vec<CompanyId>, StoreError> {
    let ids: Vec<i64> = company_tree::table
        .filter(company_tree::company_id.eq(id.0))
        .order(company_tree::depth)
        .select(company_tree::ancestor_id)
        .load(db.conn)?;
    Ok(ids.into_iter().map(CompanyId).collect())
}

/// Adds a company below `parent`, which must exist.
pub fn insert(
    db: &mut Db<'_>,
    name: &str,
    parent: Option<CompanyId>,
    timezone: &str,
    now: Timestamp,
) -> Result<Company, StoreError> {
    if let Some(parent) = parent {
        get(db, &Scope::service(), parent)?;
    }
    let row: Row = diesel::insert_into(companies::table)
        .values((
            companies::name.eq(name),
            companies::parent_id.eq(parent.map(|id| id.0)),
            companies::timezone.eq(timezone),
            companies::created_at.eq(now.micros()),
        ))
        .returning(COLUMNS)
        .get_result(db.conn)?;
    let id = row.0;
    let mut above: Vec<(i64, i32)> = match parent {
        Some(parent) => company_tree::table
            .filter(company_tree::company_id.eq(parent.0))
            .select((company_tree::ancestor_id, company_tree::depth + 1))
            .load(db.conn)?,
        None => Vec::new(),
    };
    above.push((id, 0));
    for (ancestor, depth) in above {
        diesel::insert_into(company_tree::table)
            .values((
                company_tree::ancestor_id.eq(ancestor),
                company_tree::company_id.eq(id),
                company_tree::depth.eq(depth),
            ))
            .execute(db.conn)?;
    }
    Ok(company(row))
}
