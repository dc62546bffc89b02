//! Brings the tables up to date. Two trees with the same names in the same order, one for each database.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::Conn;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
#[cfg(feature = "postgres")]
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Runs what is pending, each migration in a transaction of its own, and names what was run.
///
/// # Errors
/// A sentence with the database's own words.
pub fn run(conn: &mut Conn) -> Result<Vec<String>, String> {
    let done = match conn {
        Conn::Sqlite(conn) => conn.run_pending_migrations(SQLITE),
        #[cfg(feature = "postgres")]
        Conn::Pg(conn) => {
            // Two processes that start together must not migrate together.
            use diesel::connection::SimpleConnection;
            conn.batch_execute("SELECT pg_advisory_lock(7323201)")
                .map_err(|error| format!("cannot lock the database for migration: {error}"))?;
            let done = conn.run_pending_migrations(POSTGRES);
            let done = done.map(|versions| versions.iter().map(ToString::to_string).collect::<Vec<_>>());
            drop(conn.batch_execute("SELECT pg_advisory_unlock(7323201)"));
            return done.map_err(|error| format!("cannot migrate the database: {error}"));
        }
    };
    done.map(|versions| versions.iter().map(ToString::to_string).collect())
        .map_err(|error| format!("cannot migrate the database: {error}"))
}
