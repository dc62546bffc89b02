//! People, their password hashes and invitations.

use diesel::prelude::*;

use super::schema::users;
use super::scoped::within;
use super::{Db, StoreError};
use crate::domain::access::{Role, Scope};
use crate::domain::ids::{CompanyId, UserId};
use crate::domain::time::Timestamp;
use crate::domain::user::User;

type Row = (i64, Option<i64>, String, String, String, Option<i64>);

const COLUMNS: (users::id, users::company_id, users::email, users::name, users::role, users::disabled_at) =
    (users::id, users::company_id, users::email, users::name, users::role, users::disabled_at);

fn user((id, company_id, email, name, role, disabled_at): Row) -> User {
    User {
        id: UserId(id),
        company_id: company_id.map(CompanyId),
        email,
        name,
        // A role that this version does not know can do the least.
        role: role.parse().unwrap_or(Role::Operator),
        disabled_at: disabled_at.map(Timestamp::from_micros),
    }
}

/// The person `id`.
pub fn get(db: &mut Db<'_>, id: UserId) -> Result<User, StoreError> {
    Ok(user(users::table.find(id.0).select(COLUMNS).first(db.conn)?))
}

/// The person with this (lower-case) e-mail address and the stored password hash, if both exist.
pub fn by_email(db: &mut Db<'_>, email: &str) -> Result<Option<(User, Option<String>)>, StoreError> {
    let found: Option<(Row, Option<String>)> = users::table
        .filter(users::email.eq(email))
        .select((COLUMNS, users::password_hash))
        .first(db.conn)
        .optional()?;
    Ok(found.map(|(row, hash)| (user(row), hash)))
}

/// The person whom an unexpired invitation is for.
pub fn by_invite(db: &mut Db<'_>, hash: &[u8], now: Timestamp) -> Result<Option<User>, StoreError> {
    let found: Option<Row> = users::table
        .filter(users::invite_hash.eq(hash).and(users::invite_expires_at.gt(now.micros())))
        .select(COLUMNS)
        .first(db.conn)
        .optional()?;
    Ok(found.map(user))
}

/// What a new person is made of.
pub struct NewUser<'a> {
    /// `None` for staff.
    pub company_id: Option<CompanyId>,
    /// Lower case.
    pub email: &'a str,
    /// Shown name.
    pub name: &'a str,
    /// Role.
    pub role: Role,
    /// Argon2id, when a password was given.
    pub password_hash: Option<&'a str>,
    /// SHA-256 of the invitation's token and its end, when none was.
    pub invite: Option<(&'a [u8], Timestamp)>,
}

/// Adds a person. A known e-mail address is a [`StoreError::Conflict`].
pub fn insert(db: &mut Db<'_>, new: &NewUser<'_>, now: Timestamp) -> Result<User, StoreError> {
    let row: Row = diesel::insert_into(users::table)
        .values((
            users::company_id.eq(new.company_id.map(|id| id.0)),
            users::email.eq(new.email),
            users::name.eq(new.name),
            users::role.eq(new.role.name()),
            users::password_hash.eq(new.password_hash),
            users::invite_hash.eq(new.invite.map(|(hash, _)| hash)),
            users::invite_expires_at.eq(new.invite.map(|(_, end)| end.micros())),
            users::created_at.eq(now.micros()),
        ))
        .returning(COLUMNS)
        .get_result(db.conn)?;
    Ok(user(row))
}

/// Sets a password and uses the invitation up.
pub fn set_password(db: &mut Db<'_>, id: UserId, hash: &str) -> Result<(), StoreError> {
    diesel::update(users::table.find(id.0))
        .set((
            users::password_hash.eq(hash),
            users::invite_hash.eq(None::<Vec<u8>>),
            users::invite_expires_at.eq(None::<i64>),
        ))
        .execute(db.conn)?;
    Ok(())
}

/// A person as the admins of their company see them.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The person.
    pub user: User,
    /// Whether they have chosen a password.
    pub has_password: bool,
    /// When an invitation that was not accepted yet ends.
    pub invited_until: Option<Timestamp>,
    /// When they were added.
    pub created_at: Timestamp,
}

type ListedRow = (Row, Option<String>, Option<i64>, i64);

fn listed((row, hash, invited_until, created_at): ListedRow) -> Listed {
    Listed {
        user: user(row),
        has_password: hash.is_some(),
        invited_until: invited_until.map(Timestamp::from_micros),
        created_at: Timestamp::from_micros(created_at),
    }
}

/// How many people the scope's companies have.
pub fn count(db: &mut Db<'_>, scope: &Scope) -> Result<i64, StoreError> {
    let query = within!(users::table.into_boxed(), users::company_id.assume_not_null(), scope);
    Ok(query.count().get_result(db.conn)?)
}

/// The people of the scope's companies, by name, those who are locked out last: `limit` after the first `skip`.
pub fn list(db: &mut Db<'_>, scope: &Scope, (skip, limit): (i64, i64)) -> Result<Vec<Listed>, StoreError> {
    let query = within!(users::table.into_boxed(), users::company_id.assume_not_null(), scope);
    let rows: Vec<ListedRow> = query
        .order((users::disabled_at.is_not_null(), users::name, users::id))
        .offset(skip)
        .limit(limit)
        .select((COLUMNS, users::password_hash, users::invite_expires_at, users::created_at))
        .load(db.conn)?;
    Ok(rows.into_iter().map(listed).collect())
}

/// The person `id`, when their company lies in the scope.
pub fn find(db: &mut Db<'_>, scope: &Scope, id: UserId) -> Result<Listed, StoreError> {
    let query = within!(users::table.into_boxed(), users::company_id.assume_not_null(), scope);
    let row: ListedRow = query
        .filter(users::id.eq(id.0))
        .select((COLUMNS, users::password_hash, users::invite_expires_at, users::created_at))
        .first(db.conn)?;
    Ok(listed(row))
}

/// Changes name and role.
pub fn update(db: &mut Db<'_>, id: UserId, name: &str, role: Role) -> Result<(), StoreError> {
    let changes = (users::name.eq(name), users::role.eq(role.name()));
    diesel::update(users::table.find(id.0)).set(changes).execute(db.conn)?;
    Ok(())
}

/// Locks out since then, or not at all.
pub fn set_disabled(db: &mut Db<'_>, id: UserId, since: Option<Timestamp>) -> Result<(), StoreError> {
    let change = users::disabled_at.eq(since.map(Timestamp::micros));
    diesel::update(users::table.find(id.0)).set(change).execute(db.conn)?;
    Ok(())
}

/// Sets an invitation, by the SHA-256 of its token, and takes the password away.
pub fn set_invite(db: &mut Db<'_>, id: UserId, hash: &[u8], end: Timestamp) -> Result<(), StoreError> {
    diesel::update(users::table.find(id.0))
        .set((
            users::password_hash.eq(None::<String>),
            users::invite_hash.eq(hash),
            users::invite_expires_at.eq(end.micros()),
        ))
        .execute(db.conn)?;
    Ok(())
}
