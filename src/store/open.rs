//! Opens a database: its tables, its connections, its writer.

use std::sync::Arc;

use diesel::r2d2::Pool;
use tokio::sync::Semaphore;

use super::connection::{self, Location, Purpose};
use super::handle::{Backend, Inner, PERMIT_WAIT, Store};
use super::notes::Observer;
use super::pool::Manager;
use super::vault::{MasterKey, Vault};
use super::writer::{Core, Writer};
use super::{Keys, migrate};
use crate::domain::public_id::PublicIds;
use crate::domain::random::SharedRandom;

/// Connections that read at the same time.
const READERS: u32 = 4;
/// Reads that wait for a connection at most; one more is refused at once.
const READS_WAITING_MAX: usize = 512;
/// Writes under way at most; one more waits up to [`PERMIT_WAIT`].
const WRITES_WAITING_MAX: usize = 20_000;

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
}
