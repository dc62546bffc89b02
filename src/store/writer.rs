//! SQLite's single writer: the only connection that writes, and the thread that owns it.
//!
//! Requests wait in an inbox that is swapped out whole. Everything that came in while a commit was under way becomes
//! the next transaction, a savepoint for each request, so one refused request does not fail its neighbours and one
//! fsync serves them all. Nobody is answered before the commit that carries them has reached the disk.
//!
//! Requests that nobody waits for (results of attempts) ride: they wait a little for one that somebody waits for,
//! and share its commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, TransactionManager};

use super::candidates::Recent;
use super::connection::Conn;
use super::notes::{Notes, Observer};
use super::{Db, Keys, StoreError};

/// Requests in one transaction at most: bounds the size of a commit and the time to the next one.
const BATCH_MAX: usize = 1_000;
/// How long a request that rides waits for another one. Short: a disk that has just confirmed confirms the next commit
/// sooner than one that has dozed off, so at 100 events a second 2 ms made deliveries quicker than 10 (BENCHMARKS.md);
/// under load there is always somebody to ride with.
const RIDE_MAX: Duration = Duration::from_millis(2);

/// Runs with the connection inside the transaction, or with the reason why there is none, and returns what to do
/// once the commit's fate is known.
pub(super) type Request = Box<dyn FnOnce(Result<&mut Db<'_>, StoreError>) -> Answer + Send>;
/// Tells the one who asked.
pub(super) type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

#[derive(Default)]
struct Inbox {
    requests: Vec<Request>,
    /// When the longest waiting rider came.
    riding_since: Option<Instant>,
    riders: Vec<Request>,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    inbox: Mutex<Inbox>,
    poke: Condvar,
}

impl Shared {
    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next batch; `None` when there will be none.
    fn next(&self) -> Option<Vec<Request>> {
        let mut inbox = self.inbox();
        loop {
            let waited = inbox.riding_since.map(|since| since.elapsed());
            if !inbox.requests.is_empty() || waited.is_some_and(|waited| waited >= RIDE_MAX) || inbox.closed {
                break;
            }
            inbox = match waited {
                None => self.poke.wait(inbox).unwrap_or_else(PoisonError::into_inner),
                Some(waited) => {
                    let rest = RIDE_MAX.saturating_sub(waited);
                    self.poke.wait_timeout(inbox, rest).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        let batch = inbox.take();
        (!batch.is_empty()).then_some(batch)
    }
}

impl Inbox {
    /// Riders go last: whoever is waited for is not held up by their failing.
    fn take(&mut self) -> Vec<Request> {
        let mut batch = std::mem::take(&mut self.requests);
        batch.append(&mut self.riders);
        self.riding_since = None;
        batch
    }
}

/// The handle that requests go through. Dropping the last one ends the thread after its last request.
pub(super) struct Writer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    /// Without a thread: the work is done when [`Writer::step`] is called.
    by_hand: Option<Mutex<Core>>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(core: Core) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("belfry-writer".to_owned()).spawn(move || {
            let mut core = core;
            while let Some(batch) = theirs.next() {
                if let Err(reason) = core.commit_all(batch) {
                    // Whoever came while these waited in vain would wait as long again: nobody is kept longer than
                    // the database's own patience.
                    let late = theirs.inbox().take();
                    refuse_all(late, &reason);
                }
            }
        })?;
        Ok(Self { shared, thread: Some(thread), by_hand: None })
    }

    /// A writer that does nothing until it is stepped.
    pub(super) fn by_hand(core: Core) -> Self {
        Self { shared: Arc::default(), thread: None, by_hand: Some(Mutex::new(core)) }
    }

    /// Puts a request into the inbox. Its answer comes on the writer's thread: it must be short.
    pub(super) fn submit(&self, request: Request) {
        self.shared.inbox().requests.push(request);
        self.shared.poke.notify_one();
    }

    /// Puts a request into the inbox that nobody waits for.
    pub(super) fn submit_riding(&self, request: Request) {
        let mut inbox = self.shared.inbox();
        inbox.riders.push(request);
        let is_first = inbox.riding_since.is_none();
        if is_first {
            inbox.riding_since = Some(Instant::now());
        }
        drop(inbox);
        // The thread has to learn that it may not sleep for ever any more.
        if is_first {
            self.shared.poke.notify_one();
        }
    }

    /// Ends the riders' waiting.
    pub(super) fn ride_now(&self) {
        let mut inbox = self.shared.inbox();
        let mut riders = std::mem::take(&mut inbox.riders);
        inbox.riding_since = None;
        inbox.requests.append(&mut riders);
        drop(inbox);
        self.shared.poke.notify_one();
    }

    /// Commits what is in the inbox of a writer by hand; with `refuse` the commit fails and everything is rolled
    /// back. Says how many requests there were.
    pub(super) fn step(&self, refuse: bool) -> usize {
        let Some(core) = &self.by_hand else { return 0 };
        let batch = self.shared.inbox().take();
        let count = batch.len();
        let mut core = core.lock().unwrap_or_else(PoisonError::into_inner);
        core.refuses = refuse;
        // Whoever was refused has been told.
        drop(core.commit_all(batch));
        count
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.inbox().closed = true;
        self.shared.poke.notify_one();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            // A panic of the writer has been printed by its own thread.
            drop(thread.join());
        }
    }
}

/// The connection, and what is known about it.
pub(super) struct Core {
    pub(super) conn: Conn,
    pub(super) keys: Keys,
    pub(super) observer: Arc<Observer>,
    pub(super) recent: Recent,
    /// Commits fail: for the simulator.
    pub(super) refuses: bool,
}

impl Core {
    pub(super) fn new(conn: Conn, keys: Keys, observer: Arc<Observer>) -> Self {
        Self { conn, keys, observer, recent: Recent::default(), refuses: false }
    }

    /// The reason when no transaction could be begun: then everybody from there on has been refused.
    fn commit_all(&mut self, mut waiting: Vec<Request>) -> Result<(), String> {
        while !waiting.is_empty() {
            let rest = waiting.split_off(waiting.len().min(BATCH_MAX));
            let batch = std::mem::replace(&mut waiting, rest);
            if let Err(reason) = self.commit_together(batch) {
                refuse_all(waiting, &reason);
                return Err(reason);
            }
        }
        Ok(())
    }

    fn commit_together(&mut self, batch: Vec<Request>) -> Result<(), String> {
        if batch.is_empty() {
            return Ok(());
        }
        if let Err(error) = begin(&mut self.conn) {
            let reason = StoreError::from(error).to_string();
            refuse_all(batch, &reason);
            return Err(reason);
        }
        self.recent.forget_what_others_changed(&mut self.conn);
        let mut answers: Vec<(Notes, Answer)> = Vec::with_capacity(batch.len());
        let mut rest = batch.into_iter();
        for request in rest.by_ref() {
            let mut notes = Notes::default();
            let mut db = Db::new(&mut self.conn, &self.keys, &mut notes, Some(&mut self.recent));
            // A panic is a bug in one request. It must not end the writer, and its half-done work must not be
            // committed: nobody knows how many savepoints it left open, so everything is rolled back. So it is when a
            // request without a savepoint was refused halfway.
            if let Ok(answer) = catch_unwind(AssertUnwindSafe(|| request(Ok(&mut db)))) {
                let spoiled = notes.spoiled;
                answers.push((notes, answer));
                if !spoiled {
                    continue;
                }
            }
            roll_back_all(&mut self.conn);
            self.recent.forget();
            for (_, answer) in answers {
                answer(Err(StoreError::Unavailable("a neighbour in the same commit failed".to_owned())));
            }
            return self.commit_together(rest.collect());
        }
        match self.commit() {
            // In their order: whatever a request handed over is there before the next one's answer.
            Ok(()) => {
                for (notes, answer) in answers {
                    self.observer.committed(&notes);
                    answer(Ok(()));
                }
                self.observer.answered();
            }
            Err(error) => {
                self.recent.forget();
                let reason = StoreError::from(error).to_string();
                tracing::error!(
                    reason,
                    requests = answers.len(),
                    "a commit failed; its requests are refused"
                );
                for (_, answer) in answers {
                    answer(Err(StoreError::Unavailable(reason.clone())));
                }
            }
        }
        Ok(())
    }

    fn commit(&mut self) -> diesel::QueryResult<()> {
        if self.refuses {
            roll_back_all(&mut self.conn);
            return Err(diesel::result::Error::RollbackTransaction);
        }
        commit(&mut self.conn)
    }
}

/// There is no transaction for these.
fn refuse_all(requests: Vec<Request>, reason: &str) {
    for request in requests {
        request(Err(StoreError::Unavailable(reason.to_owned())))(Ok(()));
    }
}

/// IMMEDIATE takes the write lock at once; a deferred transaction that turns writer later fails with
/// "locked" whatever the timeout says.
fn begin(conn: &mut Conn) -> diesel::QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
        #[cfg(feature = "postgres")]
        Conn::Pg(conn) => AnsiTransactionManager::begin_transaction(conn),
    }
}

fn roll_back_all(conn: &mut Conn) {
    match conn {
        Conn::Sqlite(conn) => while AnsiTransactionManager::rollback_transaction(conn).is_ok() {},
        #[cfg(feature = "postgres")]
        Conn::Pg(conn) => while AnsiTransactionManager::rollback_transaction(conn).is_ok() {},
    }
}

fn commit(conn: &mut Conn) -> diesel::QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::commit_transaction(conn).inspect_err(|_| {
            // A failed commit leaves the transaction open, and the next BEGIN would fail.
            drop(AnsiTransactionManager::rollback_transaction(conn));
        }),
        #[cfg(feature = "postgres")]
        Conn::Pg(conn) => AnsiTransactionManager::commit_transaction(conn),
    }
}
