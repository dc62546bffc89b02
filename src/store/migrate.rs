//! Brings the tables up to date. Two trees with the same names in the same order, one for each database.

use diesel::backend::Backend;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::Conn;
use crate::failpoint::fail_point;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
#[cfg(feature = "postgres")]
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Runs what is pending, each migration in a transaction of its own, and names what was run.
///
/// # Errors
/// A sentence with the database's own words.
pub fn run(conn: &mut Conn) -> Result<Vec<String>, String> {
    let done = match conn {
        Conn::Sqlite(conn) => each(conn, SQLITE),
        #[cfg(feature = "postgres")]
        Conn::Pg(conn) => {
            // Two processes that start together must not migrate together.
            use diesel::connection::SimpleConnection;
            conn.batch_execute("SELECT pg_advisory_lock(7323201)")
                .map_err(|error| format!("cannot lock the database for migration: {error}"))?;
            let done = each(conn, POSTGRES);
            drop(conn.batch_execute("SELECT pg_advisory_unlock(7323201)"));
            return done.map_err(|error| format!("cannot migrate the database: {error}"));
        }
    };
    done.map_err(|error| format!("cannot migrate the database: {error}"))
}

fn each<DB: Backend>(
    conn: &mut impl MigrationHarness<DB>,
    all: EmbeddedMigrations,
) -> diesel::migration::Result<Vec<String>> {
    let mut done = Vec::new();
    for migration in conn.pending_migrations(all)? {
        done.push(conn.run_migration(&*migration)?.to_string());
        fail_point!("migrate.mid");
    }
    Ok(done)
}
