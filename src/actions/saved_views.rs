//! Named filters of the list of deliveries: saved and deleted.

use serde_json::Value;

use super::{ActionError, Context, Outcome};
use crate::domain::access::Permission;
use crate::domain::audit::Changes;
use crate::domain::company::parse_name;
use crate::domain::ids::{CompanyId, SavedViewId, UserId};
use crate::domain::problem::{Problems, Rule};
use crate::domain::saved_view::{QUERY_BYTES_MAX, SavedView, VIEWS_MAX};
use crate::store::saved_views::{self, NewSavedView};
use crate::store::{StoreError, audit, companies};

/// A view to be saved.
#[derive(Debug, Clone)]
pub struct NewView {
    /// Whose list it opens.
    pub company: CompanyId,
    /// Its name, as typed.
    pub name: String,
    /// The query of the list's address.
    pub query: String,
    /// Whether others get it, too.
    pub is_shared: bool,
}

/// Saves a view for the person who asks, or for everybody who sees the company.
///
/// # Errors
/// Refused, a bad name, a company that is not found, or too many views.
pub async fn save(ctx: &Context, new: NewView) -> Outcome<SavedViewId> {
    ctx.caller.may(if new.is_shared { Permission::ManageWebhooks } else { Permission::Read })?;
    let owner = person(ctx)?;
    let name = parse_name("name", &new.name)?;
    if new.query.len() > QUERY_BYTES_MAX {
        return Err(Problems::one("name", Rule::TooLong, "This filter is too long to be saved.").into());
    }
    ctx.write(move |db, ctx, now| {
        companies::get(db, &ctx.caller.scope(), new.company).map_err(missing("company"))?;
        if saved_views::count(db, new.company, owner)? >= VIEWS_MAX {
            let words =
                format!("You have {VIEWS_MAX} views of this company already. Delete one of them first.");
            return Err(ActionError::Conflict(words));
        }
        let (name, query, is_shared) = (name.as_str(), new.query.as_str(), new.is_shared);
        let row = NewSavedView { company: new.company, owner, name, query, is_shared };
        let id = saved_views::insert(db, &row, now)?;
        let changes =
            Changes::default().field("query", Value::Null, query).field("isShared", Value::Null, is_shared);
        audit::insert(db, &ctx.entry(Some(new.company), "view.save", ("view", id.0, name), changes))?;
        Ok(id)
    })
    .await
}

/// Takes a view away.
///
/// # Errors
/// Refused (another one's shared view, without the permission to change webhooks), or no such view.
pub async fn delete(ctx: &Context, id: SavedViewId) -> Outcome<SavedView> {
    let owner = person(ctx)?;
    ctx.write(move |db, ctx, _| {
        let view = saved_views::get(db, &ctx.caller.scope(), owner, id).map_err(missing("view"))?;
        if !view.may_be_deleted_by(owner, ctx.caller.holds(Permission::ManageWebhooks)) {
            ctx.caller.may(Permission::ManageWebhooks)?;
        }
        if !saved_views::delete(db, id)? {
            return Err(ActionError::NotFound("view"));
        }
        let object = ("view", id.0, view.name.as_str());
        let changes = Changes::default().field("query", view.query.as_str(), Value::Null);
        audit::insert(db, &ctx.entry(Some(view.company), "view.delete", object, changes))?;
        Ok(view)
    })
    .await
}

/// Views are of people: a key or a command has none.
fn person(ctx: &Context) -> Outcome<UserId> {
    let actor = &ctx.caller.actor;
    let id = actor.id().filter(|_| actor.kind() == "user");
    id.map(UserId).ok_or(ActionError::NotFound("user"))
}

fn missing(what: &'static str) -> impl Fn(StoreError) -> ActionError {
    move |error| match error {
        StoreError::NotFound => ActionError::NotFound(what),
        other => other.into(),
    }
}
