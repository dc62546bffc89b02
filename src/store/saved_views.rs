//! Named filters of the list of deliveries.

use diesel::prelude::*;

use super::schema::saved_views;
use super::scoped::within;
use super::{Db, StoreError};
use crate::domain::access::Scope;
use crate::domain::ids::{CompanyId, SavedViewId, UserId};
use crate::domain::saved_view::SavedView;
use crate::domain::time::Timestamp;

/// Views that are listed.
const LIST_MAX: i64 = 300;

#[derive(Queryable, Selectable)]
#[diesel(table_name = saved_views)]
struct Row {
    id: i64,
    company_id: i64,
    user_id: i64,
    name: String,
    query: String,
    is_shared: bool,
}

fn view(row: Row) -> SavedView {
    SavedView {
        id: SavedViewId(row.id),
        company: CompanyId(row.company_id),
        owner: UserId(row.user_id),
        name: row.name,
        query: row.query,
        is_shared: row.is_shared,
    }
}

/// The views of this very company that `user` has: their own and the shared ones, the oldest first.
pub fn list(
    db: &mut Db<'_>,
    scope: &Scope,
    company: CompanyId,
    user: UserId,
) -> Result<Vec<SavedView>, StoreError> {
    let query = within!(saved_views::table.into_boxed(), saved_views::company_id, scope);
    let rows: Vec<Row> = query
        .filter(saved_views::company_id.eq(company.0))
        .filter(saved_views::is_shared.eq(true).or(saved_views::user_id.eq(user.0)))
        .order(saved_views::id)
        .limit(LIST_MAX)
        .select(Row::as_select())
        .load(db.conn)?;
    Ok(rows.into_iter().map(view).collect())
}

/// The view `id`, when its company lies in the scope and `user` has it.
pub fn get(db: &mut Db<'_>, scope: &Scope, user: UserId, id: SavedViewId) -> Result<SavedView, StoreError> {
    let query = within!(saved_views::table.into_boxed(), saved_views::company_id, scope);
    let row: Row = query
        .filter(saved_views::id.eq(id.0))
        .filter(saved_views::is_shared.eq(true).or(saved_views::user_id.eq(user.0)))
        .select(Row::as_select())
        .first(db.conn)?;
    Ok(view(row))
}

/// How many views `user` made of this very company.
pub fn count(db: &mut Db<'_>, company: CompanyId, user: UserId) -> Result<i64, StoreError> {
    let own = saved_views::table.filter(saved_views::company_id.eq(company.0));
    Ok(own.filter(saved_views::user_id.eq(user.0)).count().get_result(db.conn)?)
}

/// What a new view is made of.
pub struct NewSavedView<'a> {
    /// Whose list it opens.
    pub company: CompanyId,
    /// Who makes it.
    pub owner: UserId,
    /// Its name.
    pub name: &'a str,
    /// The query.
    pub query: &'a str,
    /// Whether others have it, too.
    pub is_shared: bool,
}

/// Adds a view.
pub fn insert(db: &mut Db<'_>, new: &NewSavedView<'_>, now: Timestamp) -> Result<SavedViewId, StoreError> {
    let id: i64 = diesel::insert_into(saved_views::table)
        .values((
            saved_views::company_id.eq(new.company.0),
            saved_views::user_id.eq(new.owner.0),
            saved_views::name.eq(new.name),
            saved_views::query.eq(new.query),
            saved_views::is_shared.eq(new.is_shared),
            saved_views::created_at.eq(now.micros()),
        ))
        .returning(saved_views::id)
        .get_result(db.conn)?;
    Ok(SavedViewId(id))
}

/// Takes a view away, and says whether it was there.
pub fn delete(db: &mut Db<'_>, id: SavedViewId) -> Result<bool, StoreError> {
    Ok(diesel::delete(saved_views::table.find(id.0)).execute(db.conn)? > 0)
}
