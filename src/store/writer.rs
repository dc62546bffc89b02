//! SQLite's single writer: one thread that owns the only connection that writes.
//!
//! Requests wait in an inbox that the thread swaps out whole. Everything that came in while a commit was
//! under way becomes the next transaction, a savepoint for each request, so one refused request does not
//! fail its neighbours and one fsync serves them all. Nobody is answered before the commit that carries
//! them has reached the disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

use diesel::connection::{AnsiTransactionManager, TransactionManager};

use super::connection::Conn;
use super::{Db, Keys, StoreError};

/// Requests in one transaction at most: bounds the size of a commit and the time to the next one.
const BATCH_MAX: usize = 1_000;

/// Runs with the connection inside a savepoint, or with the reason why there is none, and returns what
/// to do once the commit's fate is known.
pub(super) type Request = Box<dyn FnOnce(Result<&mut Db<'_>, StoreError>) -> Answer + Send>;
/// Tells the one who asked.
pub(super) type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

#[derive(Default)]
struct Inbox {
    requests: Vec<Request>,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    inbox: Mutex<Inbox>,
    poke: Condvar,
}

/// The handle that requests go through. Dropping the last one ends the thread after its last request.
pub(super) struct Writer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(conn: Conn, keys: Keys) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("belfry-writer".to_owned())
            .spawn(move || run(&theirs, conn, &keys))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Puts a request into the inbox. Its answer comes on the writer's thread: it must be short.
    pub(super) fn submit(&self, request: Request) {
        let mut inbox = self.shared.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        inbox.requests.push(request);
        drop(inbox);
        self.shared.poke.notify_one();
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.inbox.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.shared.poke.notify_one();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            // A panic of the writer has been printed by its own thread.
            drop(thread.join());
        }
    }
}

fn run(shared: &Shared, mut conn: Conn, keys: &Keys) {
    let mut waiting: Vec<Request> = Vec::new();
    loop {
        {
            let mut inbox = shared.inbox.lock().unwrap_or_else(PoisonError::into_inner);
            while inbox.requests.is_empty() && !inbox.closed {
                inbox = shared.poke.wait(inbox).unwrap_or_else(PoisonError::into_inner);
            }
            if inbox.requests.is_empty() {
                return;
            }
            std::mem::swap(&mut waiting, &mut inbox.requests);
        }
        while !waiting.is_empty() {
            let rest = waiting.split_off(waiting.len().min(BATCH_MAX));
            commit_together(&mut conn, keys, std::mem::replace(&mut waiting, rest));
        }
    }
}

fn commit_together(conn: &mut Conn, keys: &Keys, batch: Vec<Request>) {
    if batch.is_empty() {
        return;
    }
    if let Err(error) = begin(conn) {
        let reason = StoreError::from(error).to_string();
        for request in batch {
            request(Err(StoreError::Unavailable(reason.clone())))(Ok(()));
        }
        return;
    }
    let mut answers: Vec<Answer> = Vec::with_capacity(batch.len());
    let mut rest = batch.into_iter();
    for request in rest.by_ref() {
        // A panic is a bug in one request. It must not end the writer, and its half-done work must not be
        // committed: nobody knows how many savepoints it left open, so everything is rolled back.
        if let Ok(answer) = catch_unwind(AssertUnwindSafe(|| request(Ok(&mut Db::new(conn, keys))))) {
            answers.push(answer);
            continue;
        }
        roll_back_all(conn);
        for answer in answers {
            answer(Err(StoreError::Unavailable("a neighbour in the same commit failed".to_owned())));
        }
        return commit_together(conn, keys, rest.collect());
    }
    match commit(conn) {
        Ok(()) => answers.into_iter().for_each(|answer| answer(Ok(()))),
        Err(error) => {
            let reason = StoreError::from(error).to_string();
            tracing::error!(reason, requests = answers.len(), "a commit failed; its requests are refused");
            for answer in answers {
                answer(Err(StoreError::Unavailable(reason.clone())));
            }
        }
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
