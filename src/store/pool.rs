//! The connections that read; on PostgreSQL they write, too.

use diesel::r2d2::{ManageConnection, R2D2Connection as _};

use super::connection::{self, Conn, Location, Purpose};

/// Opens connections for the pool. Diesel's own manager would try every database in turn and hide why
/// the right one failed.
pub(super) struct Manager {
    /// Of the database.
    pub(super) location: Location,
}

/// r2d2 wants an error type; ours is a sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Refused(String);

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = Refused;

    fn connect(&self) -> Result<Conn, Refused> {
        match &self.location {
            Location::Sqlite(path) => connection::open_sqlite(path, Purpose::Read, false).map_err(Refused),
            #[cfg(feature = "postgres")]
            Location::Postgres(url) => connection::open_postgres(url).map_err(Refused),
            #[cfg(not(feature = "postgres"))]
            Location::Postgres(_) => Err(Refused("this build has no PostgreSQL".to_owned())),
        }
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), Refused> {
        conn.ping().map_err(|error| Refused(error.to_string()))
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        conn.is_broken()
    }
}
