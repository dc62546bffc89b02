//! What can go wrong between us and the database.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A failed read or write. `?` turns diesel's errors into one of these.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No such row, or not one that this scope may see: callers cannot tell the two apart.
    #[error("no such row")]
    NotFound,
    /// A unique key or the expected version says that somebody else was first.
    #[error("the row changed meanwhile or exists already")]
    Conflict,
    /// The database cannot take the request now (locked, full, away, too many waiting): try again later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The query is wrong or the file damaged. A bug or an accident, never the caller's fault.
    #[error("the database refused a statement")]
    Broken(#[source] DieselError),
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Self::NotFound,
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::Conflict,
            DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, info) => {
                Self::Unavailable(info.message().to_owned())
            }
            DieselError::DatabaseError(_, ref info) if is_passing(info.message()) => {
                Self::Unavailable(info.message().to_owned())
            }
            other => Self::Broken(other),
        }
    }
}

/// SQLite reports these through the message only; diesel has no kind for them.
fn is_passing(message: &str) -> bool {
    const PASSING: [&str; 7] = [
        "database is locked",
        "database or disk is full",
        "disk I/O error",
        "unable to open database file",
        "server closed the connection",
        "terminating connection",
        "deadlock detected",
    ];
    PASSING.iter().any(|text| message.contains(text))
}
