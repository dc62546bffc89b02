//! People, their password hashes and invitations.

use diesel::prelude::*;

use super::schema::users;
use super::{Db, StoreError};
use crate::domain::access::Role;
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
