//! Forms that made something, remembered for a day: a second click finds what the first one made.

use diesel::prelude::*;

use super::dialect::on_each;
use super::schema::form_tokens;
use super::{Db, StoreError};
use crate::domain::form_token::FormToken;
use crate::domain::time::{DAY_US, Timestamp};

/// What became of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It comes for the first time. Nobody else gets it in this transaction or later.
    First,
    /// It came before, and this is what it made or changed.
    Before(i64),
}

/// Takes the form `token` that `user` sent, for what it makes of the object `object`. Whoever asks in a transaction that
/// is undone has not asked. On PostgreSQL it waits for another transaction that took the same form.
pub fn take(db: &mut Db<'_>, user: i64, token: &FormToken, now: Timestamp) -> Result<Sent, StoreError> {
    let oldest = now.plus_micros(-DAY_US).micros();
    diesel::delete(form_tokens::table.filter(form_tokens::at.le(oldest))).execute(db.conn)?;
    let row = (
        form_tokens::user_id.eq(user),
        form_tokens::token.eq(token.as_str()),
        form_tokens::object_id.eq(0),
        form_tokens::at.eq(now.micros()),
    );
    let taken = on_each!(db, |conn| {
        diesel::insert_into(form_tokens::table).values(row).on_conflict_do_nothing().execute(conn)?
    });
    if taken > 0 {
        return Ok(Sent::First);
    }
    let object: i64 =
        form_tokens::table.find((user, token.as_str())).select(form_tokens::object_id).first(db.conn)?;
    Ok(Sent::Before(object))
}

/// Notes what the form made or changed, in the transaction that took it.
pub fn made(db: &mut Db<'_>, user: i64, token: &FormToken, object: i64) -> Result<(), StoreError> {
    diesel::update(form_tokens::table.find((user, token.as_str())))
        .set(form_tokens::object_id.eq(object))
        .execute(db.conn)?;
    Ok(())
}
