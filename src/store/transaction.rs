//! What a write is made of: a transaction of its own, or a savepoint among others that share a commit.

use diesel::Connection as _;

use super::writer::Request;
use super::{Db, StoreError};

/// A transaction, or a savepoint when one is open already.
pub(super) fn in_transaction<T, E, F>(db: &mut Db<'_>, change: F) -> Result<T, E>
where
    F: FnOnce(&mut Db<'_>) -> Result<T, E>,
    E: From<StoreError>,
{
    /// diesel wants one error type that also holds its own.
    enum Either<E> {
        Theirs(E),
        Diesel(diesel::result::Error),
    }
    impl<E> From<diesel::result::Error> for Either<E> {
        fn from(error: diesel::result::Error) -> Self {
            Self::Diesel(error)
        }
    }

    let Db { conn, vault, public_ids, notes, recent } = db;
    let done = conn.transaction(|conn| {
        let recent = recent.as_deref_mut();
        change(&mut Db { conn, vault, public_ids, notes, recent }).map_err(Either::Theirs)
    });
    if done.is_err() {
        // It did not happen, and what was remembered meanwhile may come from it.
        if !std::mem::take(*notes).is_empty()
            && let Some(recent) = recent
        {
            recent.forget();
        }
    }
    done.map_err(|error| match error {
        Either::Theirs(error) => error,
        Either::Diesel(error) => StoreError::from(error).into(),
    })
}

/// A request to the writer: `change` in a savepoint of its own, `then` once the commit's fate is known.
pub(super) fn request<T, E, F, G>(change: F, then: G) -> Request
where
    F: FnOnce(&mut Db<'_>) -> Result<T, E> + Send + 'static,
    G: FnOnce(Result<T, E>) + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    Box::new(move |db| {
        let result = match db {
            Ok(db) => in_transaction(db, change),
            Err(error) => Err(error.into()),
        };
        Box::new(move |committed| then(settled(committed, result)))
    })
}

/// A request's result, now that the fate of its commit is known. What was refused anyway stays refused for its own
/// reason.
pub(super) fn settled<T, E: From<StoreError>>(
    committed: Result<(), StoreError>,
    result: Result<T, E>,
) -> Result<T, E> {
    match (committed, result) {
        (Err(error), Ok(_)) => Err(error.into()),
        (_, result) => result,
    }
}
