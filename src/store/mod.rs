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
mod handle;
pub mod holds;
pub mod idempotency;
pub mod link_matrix;
pub mod links;
mod migrate;
mod notes;
mod open;
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

use crate::domain::public_id::PublicIds;
pub use connection::{Conn, Location};
pub use error::StoreError;
pub use handle::Store;
pub use notes::{Notes, OnCommit};
pub use vault::{MasterKey, Unreadable, Vault};

use candidates::Recent;

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
