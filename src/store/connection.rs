//! One connection type for two databases, and how one of each is opened.

#![allow(missing_docs, reason = "the derived connection carries items without docs; ours have them")]

use std::path::{Path, PathBuf};

use diesel::Connection;
use diesel::connection::SimpleConnection;

/// Either database. Queries are written once against this; what differs lives in `dialect.rs`.
#[cfg(not(feature = "postgres"))]
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// The embedded database.
    Sqlite(diesel::SqliteConnection),
}

/// Either database. Queries are written once against this; what differs lives in `dialect.rs`.
#[cfg(feature = "postgres")]
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// The embedded database.
    Sqlite(diesel::SqliteConnection),
    /// A PostgreSQL server.
    Pg(diesel::PgConnection),
}

/// Where the data is: the parsed form of `BELFRY_DATABASE_URL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// `sqlite://PATH`
    Sqlite(PathBuf),
    /// `postgres://…`, whole.
    Postgres(String),
}

impl Location {
    /// Parses a database URL.
    ///
    /// # Errors
    /// A sentence that names the schemes that exist. The URL is not repeated: it may hold a password.
    pub fn parse(url: &str) -> Result<Self, String> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            if path.is_empty() || path.contains(['?', '\0']) {
                return Err("a sqlite:// database URL is sqlite://PATH, without parameters".to_owned());
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            if cfg!(feature = "postgres") {
                return Ok(Self::Postgres(url.to_owned()));
            }
            return Err("this build has no PostgreSQL: build it with `--features postgres`".to_owned());
        }
        let scheme = url.split("://").next().filter(|scheme| url.len() > scheme.len()).unwrap_or("(none)");
        Err(format!("unknown database scheme `{scheme}`: use sqlite://PATH or postgres://…"))
    }

    /// The file, for SQLite.
    pub fn sqlite_path(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }
}

/// What a SQLite connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The one connection that writes.
    Write,
    /// One of several that only read.
    Read,
}

/// Opens SQLite at `path`, which must exist unless `create` is set: a typo in a path must not become
/// an empty database.
pub fn open_sqlite(path: &Path, purpose: Purpose, create: bool) -> Result<Conn, String> {
    if !create && !path.exists() {
        return Err(format!("there is no database at {}", path.display()));
    }
    let text = path.to_str().ok_or_else(|| format!("{} is not valid UTF-8", path.display()))?;
    let mut conn = diesel::SqliteConnection::establish(text)
        .map_err(|error| format!("cannot open the database {}: {error}", path.display()))?;
    // busy_timeout first: the next ones may have to wait for another process. auto_vacuum works only before the
    // first table and journal_mode=WAL is kept in the file; the rest belongs to the connection.
    let pragmas = match purpose {
        Purpose::Write => {
            "PRAGMA busy_timeout=5000; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; \
             PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; \
             PRAGMA wal_autocheckpoint=1000; PRAGMA cache_size=-32768; PRAGMA cell_size_check=ON;"
        }
        Purpose::Read => {
            "PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; \
             PRAGMA cache_size=-16384; PRAGMA query_only=ON;"
        }
    };
    conn.batch_execute(pragmas)
        .map_err(|error| format!("cannot use the database {}: {error}", path.display()))?;
    Ok(Conn::Sqlite(conn))
}

/// Opens a connection to the PostgreSQL server at `url`.
#[cfg(feature = "postgres")]
pub fn open_postgres(url: &str) -> Result<Conn, String> {
    let mut conn = diesel::PgConnection::establish(url)
        .map_err(|error| format!("cannot connect to PostgreSQL: {error}"))?;
    conn.batch_execute(
        "SET statement_timeout='30s'; SET idle_in_transaction_session_timeout='60s'; SET timezone='UTC'; \
         SET client_min_messages=warning;",
    )
    .map_err(|error| format!("cannot use PostgreSQL: {error}"))?;
    Ok(Conn::Pg(conn))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_schemes_are_named_and_urls_are_not_repeated() {
        let error = Location::parse("mysql://root:hunter2@db/x").unwrap_err();
        assert!(error.contains("`mysql`") && !error.contains("hunter2"), "{error}");
        assert!(Location::parse("belfry.db").is_err());
        assert!(Location::parse("sqlite://").is_err());
        assert_eq!(Location::parse("sqlite:///a/b.db").unwrap().sqlite_path(), Some(Path::new("/a/b.db")));
    }
}
