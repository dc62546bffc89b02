//! Numbers of new rows, given out by SQLite's writer.
//!
//! It is the only one that writes, so it may count by itself and need not ask each INSERT for the number that the row
//! got. The counter begins where the table's own stands, so no number is used twice, not even one whose row is gone.
//! PostgreSQL's sequences are asked.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::connection::Conn;
use super::{Db, StoreError};

/// The tables whose rows come by the thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Table {
    Events,
    Deliveries,
    Attempts,
}

impl Table {
    const fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Deliveries => "deliveries",
            Self::Attempts => "attempts",
        }
    }
}

/// The last number given out for each table; `None` until it is asked for.
pub(in crate::store) type LastIds = [Option<i64>; 3];

#[derive(QueryableByName)]
struct Sequence {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    seq: i64,
}

#[cfg(feature = "postgres")]
#[derive(QueryableByName)]
struct Next {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    nextval: i64,
}

/// The number for a new row of `table`.
pub(in crate::store) fn next_id(db: &mut Db<'_>, table: Table) -> Result<i64, StoreError> {
    let conn = match &mut *db.conn {
        Conn::Sqlite(conn) => conn,
        #[cfg(feature = "postgres")]
        Conn::Pg(conn) => {
            let next = diesel::sql_query("SELECT nextval(pg_get_serial_sequence($1, 'id')) AS nextval");
            return Ok(next.bind::<Text, _>(table.name()).get_result::<Next>(conn)?.nextval);
        }
    };
    let known = db.recent.as_ref().and_then(|recent| recent.last_ids[table as usize]);
    let last = match known {
        Some(last) => last,
        None => diesel::sql_query("SELECT seq FROM sqlite_sequence WHERE name = ?")
            .bind::<Text, _>(table.name())
            .get_result::<Sequence>(conn)
            .optional()?
            .map_or(0, |row| row.seq),
    };
    if let Some(recent) = &mut db.recent {
        recent.last_ids[table as usize] = Some(last + 1);
    }
    Ok(last + 1)
}
