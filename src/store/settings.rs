//! Facts about this database itself, by name.

use diesel::prelude::*;

use super::schema::settings;
use super::{Db, StoreError, dialect};

/// The value of `name`, when it was ever set.
pub fn get(db: &mut Db<'_>, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(settings::table.find(name).select(settings::value).first(db.conn).optional()?)
}

/// Sets `name`.
pub fn put(db: &mut Db<'_>, name: &str, value: &[u8]) -> Result<(), StoreError> {
    dialect::put_setting(db, name, value)
}
