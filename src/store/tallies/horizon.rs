//! Up to which number everything is there that will ever be.

use diesel::prelude::*;

use super::Source;
#[cfg(feature = "postgres")]
use crate::store::connection::Conn;
use crate::store::schema::{attempts, events};
use crate::store::{Db, StoreError};

/// The highest number that is visible, and who may still commit a lower one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Horizon {
    /// The number; 0 for none.
    pub upto: i64,
    /// Transactions that hold numbers of this table. When all of these have ended, everything up to `upto` has been
    /// decided. Always empty on SQLite.
    pub holders: Vec<String>,
}

/// Where a table stands now.
pub fn horizon(db: &mut Db<'_>, source: Source) -> Result<Horizon, StoreError> {
    // First the number: whoever has a lower one and has not ended yet is seen to hold it afterwards.
    let upto: Option<i64> = match source {
        Source::Events => events::table.select(diesel::dsl::max(events::id)).first(db.conn)?,
        Source::Attempts => attempts::table.select(diesel::dsl::max(attempts::id)).first(db.conn)?,
    };
    Ok(Horizon { upto: upto.unwrap_or_default(), holders: holders(db, source)? })
}

/// The transactions that have taken a number of the table and have not ended. Taking a number locks the sequence, in a
/// mode that nobody else minds, until the transaction ends: so the server itself knows them.
#[cfg_attr(not(feature = "postgres"), allow(unused_variables, clippy::unnecessary_wraps))]
pub fn holders(db: &mut Db<'_>, source: Source) -> Result<Vec<String>, StoreError> {
    #[cfg(feature = "postgres")]
    if let Conn::Pg(conn) = db.conn {
        use diesel::sql_types::Text;

        #[derive(QueryableByName)]
        struct Holder {
            #[diesel(sql_type = Text)]
            holder: String,
        }
        let rows: Vec<Holder> = diesel::sql_query(
            "SELECT DISTINCT virtualtransaction AS holder FROM pg_locks WHERE locktype = 'relation' \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
             AND relation = pg_get_serial_sequence($1, 'id')::regclass AND mode = 'RowExclusiveLock'",
        )
        .bind::<Text, _>(source.name())
        .load(conn)?;
        return Ok(rows.into_iter().map(|row| row.holder).collect());
    }
    Ok(Vec::new())
}
