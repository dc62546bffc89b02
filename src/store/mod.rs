//! The database: SQLite embedded, or PostgreSQL.
//!
//! Everything goes through [`Store::read`] and [`Store::write`]; nothing else touches a connection. A
//! write's closure is one transaction, and its future resolves after the commit has reached the disk. Both
//! run away from the async threads and wait for a permit first, so a slow disk turns into an honest
//! [`StoreError::Unavailable`] and not into an ever longer queue.
//!
//! A query function takes the connection first and, when it returns a company's data, a
//! [`Scope`](crate::domain::access::Scope) second. It returns domain values: rows, sealed columns and SQL stay in here.

pub mod alert_records;
pub mod alerts;
pub mod api_keys;
pub mod attempts;
pub mod audit;
mod between;
pub mod candidates;
pub mod companies;
pub mod connection;
pub mod deliveries;
mod dialect;
mod error;
pub mod events;
pub mod form_tokens;
pub mod holds;
pub mod idempotency;
pub mod link_matrix;
pub mod links;
mod migrate;
mod notes;
mod pool;
pub mod queue;
pub mod replays;
pub mod results;
pub mod retention;
pub mod roll_ups;
pub mod saved_views;
mod schema;
mod scoped;
pub mod search;
mod sequence;
pub mod sessions;
pub mod settings;
mod statements;
pub mod stats;
pub mod tallies;
mod transaction;
pub mod users;
mod vault;
mod webhook_filter;
pub mod webhook_search;
pub mod webhook_versions;
pub mod webhooks;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use diesel::r2d2::Pool;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::domain::public_id::PublicIds;
use crate::domain::random::SharedRandom;
pub use connection::{Conn, Location};
pub use error::StoreError;
pub use notes::{Notes, OnCommit};
pub use vault::{MasterKey, Unreadable, Vault};

use candidates::Recent;
use connection::Purpose;
use notes::Observer;
use pool::Manager;
#[cfg(feature = "postgres")]
use transaction::in_transaction;
use transaction::{request, settled};
use writer::{Core, Writer};

/// Connections that read at the same time.
const READERS: u32 = 4;
/// Reads that wait for a connection at most; one more is refused at once.
const READS_WAITING_MAX: usize = 512;
/// Writes under way at most; one more waits up to [`PERMIT_WAIT`].
const WRITES_WAITING_MAX: usize = 20_000;
/// Longest wait for a permit.
const PERMIT_WAIT: Duration = Duration::from_secs(5);

/// A connection in use, with the vault that opens its sealed columns.
pub struct Db<'a> {
    /// The connection.
    pub(in crate::store) conn: &'a mut Conn,
    /// Seals and opens.
    pub(in crate::store) vault: &'a Vault,
    /// Turns numbers into the UUIDs that the world sees.
    pub(in crate::store) public_ids: &'a PublicIds,
    /// What is told after the commit.
    pub(in crate::store) notes: &'a mut Notes,
    /// What the writer remembers; a connection that shares the database with other writers remembers nothing.
    pub(in crate::store) recent: Option<&'a mut Recent>,
}

/// What is derived from the master key and needed wherever rows become domain values.
#[derive(Clone)]
pub(in crate::store) struct Keys {
    vault: Vault,
    public_ids: PublicIds,
}

impl<'a> Db<'a> {
    pub(in crate::store) fn new(
        conn: &'a mut Conn,
        keys: &'a Keys,
        notes: &'a mut Notes,
        recent: Option<&'a mut Recent>,
    ) -> Self {
        Self { conn, vault: &keys.vault, public_ids: &keys.public_ids, notes, recent }
    }

    /// The UUIDs under which the world knows events and deliveries.
    pub const fn public_ids(&self) -> &PublicIds {
        self.public_ids
    }
}

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    backend: Backend,
    readers: Pool<Manager>,
    keys: Keys,
    observer: Arc<Observer>,
    /// Reads run where they are asked for, so that one thread does everything in one order.
    by_hand: bool,
    reads: Semaphore,
    writes: Arc<Semaphore>,
}

enum Backend {
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
    /// Opens the database at `location` and brings its tables up to date.
    ///
    /// # Errors
    /// A plain sentence for the operator.
    pub fn open(location: &Location, master: &MasterKey, random: SharedRandom) -> Result<Self, String> {
        Self::open_as(location, master, random, false)
    }

    /// Opens a SQLite database without any thread: reads run where they are asked for, and writes wait for
    /// [`Store::commit_by_hand`]. With this a simulator decides about the order of everything.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_by_hand(
        location: &Location,
        master: &MasterKey,
        random: SharedRandom,
    ) -> Result<Self, String> {
        Self::open_as(location, master, random, true)
    }

    fn open_as(
        location: &Location,
        master: &MasterKey,
        random: SharedRandom,
        by_hand: bool,
    ) -> Result<Self, String> {
        let keys = Keys {
            vault: Vault::new(master, random),
            public_ids: PublicIds::new(master.derive("public ids")),
        };
        let mut conn = match location {
            Location::Sqlite(path) => connection::open_sqlite(path, Purpose::Write, true)?,
            #[cfg(feature = "postgres")]
            Location::Postgres(url) => connection::open_postgres(url)?,
            #[cfg(not(feature = "postgres"))]
            Location::Postgres(_) => return Err("this build has no PostgreSQL".to_owned()),
        };
        for version in migrate::run(&mut conn)? {
            tracing::info!(version, "migrated the database");
        }
        let readers = Pool::builder()
            .max_size(if by_hand { 1 } else { READERS })
            .min_idle(Some(1))
            .connection_timeout(PERMIT_WAIT)
            .test_on_check_out(matches!(location, Location::Postgres(_)));
        // Whoever looks for connections that have idled outlives the pool by half a minute: ten thousand of them are
        // more than a simulator can have.
        let readers = if by_hand { readers.idle_timeout(None).max_lifetime(None) } else { readers };
        let readers = readers
            .build(Manager { location: location.clone() })
            .map_err(|error| format!("cannot open the database: {error}"))?;
        let observer = Arc::new(Observer::default());
        let core = Core::new(conn, keys.clone(), Arc::clone(&observer));
        let backend = match location {
            Location::Sqlite(_) if by_hand => Backend::Sqlite(Box::new(Writer::by_hand(core))),
            Location::Sqlite(_) => {
                let writer = Writer::start(core);
                Backend::Sqlite(Box::new(
                    writer.map_err(|error| format!("cannot start the writer thread: {error}"))?,
                ))
            }
            #[cfg(feature = "postgres")]
            Location::Postgres(_) => Backend::Postgres(tokio::sync::watch::Sender::default()),
            #[cfg(not(feature = "postgres"))]
            Location::Postgres(_) => return Err("this build has no PostgreSQL".to_owned()),
        };
        Ok(Self {
            inner: Arc::new(Inner {
                backend,
                readers,
                keys,
                observer,
                by_hand,
                reads: Semaphore::new(READS_WAITING_MAX),
                writes: Arc::new(Semaphore::new(WRITES_WAITING_MAX)),
            }),
        })
    }

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
