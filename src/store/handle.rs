//! The handle that everybody holds: reads, writes, and what is known of commits.

use std::sync::Arc;
use std::time::Duration;

use diesel::r2d2::Pool;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::notes::{Notes, Observer, OnCommit};
use super::pool::Manager;
#[cfg(feature = "postgres")]
use super::transaction::in_transaction;
use super::transaction::{request, settled};
use super::writer::Writer;
use super::{Db, Keys, StoreError, audit, settings};
use crate::domain::public_id::PublicIds;

/// Longest wait for a permit.
pub(super) const PERMIT_WAIT: Duration = Duration::from_secs(5);

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) backend: Backend,
    pub(super) readers: Pool<Manager>,
    pub(super) keys: Keys,
    pub(super) observer: Arc<Observer>,
    /// Reads run where they are asked for, so that one thread does everything in one order.
    pub(super) by_hand: bool,
    pub(super) reads: Semaphore,
    pub(super) writes: Arc<Semaphore>,
}

pub(super) enum Backend {
    /// One thread writes.
    Sqlite(Box<Writer>),
    /// The pool writes, too; this many of [`Store::write_soon`] are under way.
    #[cfg(feature = "postgres")]
    Postgres(tokio::sync::watch::Sender<usize>),
}

/// One of [`Store::write_soon`], counted until it is dropped: also when it panics.
#[cfg(feature = "postgres")]
struct UnderWay(tokio::sync::watch::Sender<usize>);

#[cfg(feature = "postgres")]
impl UnderWay {
    fn begin(counted: tokio::sync::watch::Sender<usize>) -> Self {
        counted.send_modify(|count| *count += 1);
        Self(counted)
    }
}

#[cfg(feature = "postgres")]
impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

impl Store {
    /// Runs `query` on a connection that only reads.
    ///
    /// # Errors
    /// What `query` returns, or [`StoreError::Unavailable`] when no connection comes free in time.
    pub async fn read<T, E, F>(&self, query: F) -> Result<T, E>
    where
        F: FnOnce(&mut Db<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let Ok(_permit) = self.inner.reads.try_acquire() else {
            return Err(StoreError::Unavailable("too many reads are waiting".to_owned()).into());
        };
        let inner = Arc::clone(&self.inner);
        let by_hand = inner.by_hand;
        let run = move || {
            let mut conn = inner.readers.get().map_err(|error| StoreError::Unavailable(error.to_string()))?;
            query(&mut Db::new(&mut conn, &inner.keys, &mut Notes::default(), None))
        };
        if by_hand {
            return run();
        }
        tokio::task::spawn_blocking(run).await.unwrap_or_else(|error| Err(lost(&error.to_string()).into()))
    }

    /// Runs `change` as one transaction and returns when it is durable. An `Err` rolls it back.
    ///
    /// # Errors
    /// What `change` returns, or [`StoreError::Unavailable`] when the database cannot commit now. In the
    /// latter case nothing was changed.
    pub async fn write<T, E, F>(&self, change: F) -> Result<T, E>
    where
        F: FnOnce(&mut Db<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.write_then(change, |done| done).await
    }

    /// [`Store::write`], and hands what was made to `then` as soon as it is durable: before anybody is answered whose
    /// change was committed later, and also when nobody waits for the answer any more. `then` must be short.
    ///
    /// # Errors
    /// As [`Store::write`]; `then` is not called.
    pub async fn write_then<T, R, E, F, G>(&self, change: F, then: G) -> Result<R, E>
    where
        F: FnOnce(&mut Db<'_>) -> Result<T, E> + Send + 'static,
        G: FnOnce(T) -> R + Send + 'static,
        T: Send + 'static,
        R: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let _permit = self.permit().await?;
        match &self.inner.backend {
            Backend::Sqlite(writer) => {
                let (tell, told) = oneshot::channel();
                // Whoever asked may have gone away; the change stands all the same.
                writer.submit(request(change, |done| drop(tell.send(done.map(then)))));
                told.await.unwrap_or_else(|_| Err(lost("the writer ended").into()))
            }
            #[cfg(feature = "postgres")]
            Backend::Postgres(_) => {
                let inner = Arc::clone(&self.inner);
                let done =
                    tokio::task::spawn_blocking(move || inner.write_pooled(change, |done| done.map(then)));
                done.await.unwrap_or_else(|error| Err(lost(&error.to_string()).into()))
            }
        }
    }

    /// [`Store::write_then`] for what comes by the thousand: `check` only reads, and may refuse; `write` writes, and is
    /// refused only by the database. A savepoint would cost more than the rows; without one, a refused `write` takes
    /// down those that share its commit. They are told to come again.
    ///
    /// # Errors
    /// What `check` returns; [`StoreError::Unavailable`] when the database cannot commit now. In both cases nothing was
    /// changed.
    pub async fn write_checked<C, T, R, E, K, F, G>(&self, check: K, write: F, then: G) -> Result<R, E>
    where
        K: FnOnce(&mut Db<'_>) -> Result<C, E> + Send + 'static,
        F: FnOnce(&mut Db<'_>, C) -> Result<T, StoreError> + Send + 'static,
        G: FnOnce(T) -> R + Send + 'static,
        T: Send + 'static,
        R: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let _permit = self.permit().await?;
        match &self.inner.backend {
            Backend::Sqlite(writer) => {
                let (tell, told) = oneshot::channel();
                writer.submit(Box::new(move |db| {
                    let result = db.map_err(E::from).and_then(|db| {
                        let checked = check(db)?;
                        write(db, checked).map_err(|error| {
                            db.notes.spoiled = true;
                            E::from(error)
                        })
                    });
                    // Whoever asked may have gone away; the change stands all the same.
                    Box::new(move |committed| drop(tell.send(settled(committed, result).map(then))))
                }));
                told.await.unwrap_or_else(|_| Err(lost("the writer ended").into()))
            }
            #[cfg(feature = "postgres")]
            Backend::Postgres(_) => {
                let inner = Arc::clone(&self.inner);
                let change = move |db: &mut Db<'_>| check(db).and_then(|checked| Ok(write(db, checked)?));
                let done =
                    tokio::task::spawn_blocking(move || inner.write_pooled(change, |done| done.map(then)));
                done.await.unwrap_or_else(|error| Err(lost(&error.to_string()).into()))
            }
        }
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        let permit = tokio::time::timeout(PERMIT_WAIT, Arc::clone(&self.inner.writes).acquire_owned()).await;
        match permit {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(StoreError::Unavailable("too many writes are waiting".to_owned())),
        }
    }

    /// Runs `change` as one transaction that nobody waits for: it shares the next commit, or makes its own a few
    /// milliseconds later. `then` hears how it ended.
    pub fn write_soon<T, F, G>(&self, change: F, then: G)
    where
        F: FnOnce(&mut Db<'_>) -> Result<T, StoreError> + Send + 'static,
        G: FnOnce(Result<T, StoreError>) + Send + 'static,
        T: Send + 'static,
    {
        match &self.inner.backend {
            Backend::Sqlite(writer) => writer.submit_riding(request(change, then)),
            #[cfg(feature = "postgres")]
            Backend::Postgres(under_way) => {
                let (inner, counted) = (Arc::clone(&self.inner), UnderWay::begin(under_way.clone()));
                tokio::task::spawn_blocking(move || {
                    inner.write_pooled(change, then);
                    drop(counted);
                });
            }
        }
    }

    /// Commits what [`Store::write_soon`] was given without waiting any longer.
    pub fn write_soon_is_now(&self) {
        match &self.inner.backend {
            Backend::Sqlite(writer) => writer.ride_now(),
            #[cfg(feature = "postgres")]
            Backend::Postgres(_) => {}
        }
    }

    /// Waits until everything that [`Store::write_soon`] was given before has been tried.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database cannot commit now.
    pub async fn flush(&self) -> Result<(), StoreError> {
        match &self.inner.backend {
            Backend::Sqlite(writer) => {
                writer.ride_now();
                // The writer keeps the order: this one comes after them.
                self.write(|_| Ok(())).await
            }
            #[cfg(feature = "postgres")]
            Backend::Postgres(under_way) => {
                let waited = under_way.subscribe().wait_for(|count| *count == 0).await.map(drop);
                waited.map_err(|error| lost(&error.to_string()))
            }
        }
    }

    /// Commits what waits in a store that was opened by hand; with `refuse` the commit fails. Says how many requests
    /// waited.
    pub fn commit_by_hand(&self, refuse: bool) -> usize {
        match &self.inner.backend {
            Backend::Sqlite(writer) => writer.step(refuse),
            #[cfg(feature = "postgres")]
            Backend::Postgres(_) => 0,
        }
    }

    /// Whether no other process serves this database: SQLite's file is locked by the one that does.
    pub fn serves_alone(&self) -> bool {
        matches!(self.inner.backend, Backend::Sqlite(_))
    }

    /// Calls `on_commit` after every commit of this process, on the thread that commits. One listener at most.
    pub fn on_commit(&self, on_commit: Box<dyn OnCommit>) {
        self.inner.observer.register(on_commit);
    }

    /// A number that grows with everything that an audit entry tells of, as far as this process knows. What is kept
    /// in memory of such things is good for one revision.
    pub fn revision(&self) -> i64 {
        self.inner.observer.revision()
    }

    /// Looks whether other processes (set-up commands, other servers) have changed something: the objects of their
    /// audit entries, `None` when there are too many to name. [`Store::revision`] knows of it from now on.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn look_abroad(&self) -> Result<Option<Vec<audit::Object>>, StoreError> {
        let known = self.revision();
        let newest = self.read(audit::newest).await?;
        if newest <= known || self.inner.observer.note_revision(newest) >= newest {
            return Ok(Some(Vec::new()));
        }
        self.read(move |db| audit::objects_between(db, known, newest)).await
    }

    /// The UUIDs under which the world knows events and deliveries.
    pub fn public_ids(&self) -> &PublicIds {
        &self.inner.keys.public_ids
    }

    /// Whether a transaction can be committed now. Asked by `/readyz`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] with the reason.
    pub async fn check_writable(&self, now: crate::domain::time::Timestamp) -> Result<(), StoreError> {
        self.write(move |db| settings::put(db, "checked_at", &now.micros().to_be_bytes())).await
    }
}

#[cfg(feature = "postgres")]
impl Inner {
    /// A transaction on a connection of the pool, and its answer.
    fn write_pooled<T, R, E, F, G>(&self, change: F, then: G) -> R
    where
        F: FnOnce(&mut Db<'_>) -> Result<T, E>,
        G: FnOnce(Result<T, E>) -> R,
        E: From<StoreError>,
    {
        let mut notes = Notes::default();
        let done = match self.readers.get() {
            Ok(mut conn) => in_transaction(&mut Db::new(&mut conn, &self.keys, &mut notes, None), change),
            Err(error) => Err(StoreError::Unavailable(error.to_string()).into()),
        };
        if done.is_ok() {
            self.observer.committed(&notes);
        }
        let answer = then(done);
        self.observer.answered();
        answer
    }
}

/// A closure panicked: a bug, which has been logged where it happened.
fn lost(why: &str) -> StoreError {
    StoreError::Unavailable(format!("the operation was lost: {why}"))
}
