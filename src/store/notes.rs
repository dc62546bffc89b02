//! What a transaction changed that somebody keeps in memory, told after its commit and before its answer.
//!
//! Nobody has to remember to tell: whoever writes an audit entry has changed something that people see, and whoever
//! makes a delivery wait has changed the queue. Both are noted where it happens.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::domain::ids::WebhookId;
use crate::domain::time::Timestamp;

/// The notes of one transaction.
#[derive(Debug, Default)]
pub struct Notes {
    /// Kind and number of every object with a new audit entry.
    pub changed: Vec<(&'static str, Option<i64>)>,
    /// Webhooks with a delivery that waits, and when it is due.
    pub waiting: Vec<(WebhookId, Timestamp)>,
    /// Something was written and then refused, without a savepoint to go back to.
    pub(in crate::store) spoiled: bool,
    /// The newest audit entry.
    pub(in crate::store) revision: i64,
}

impl Notes {
    pub(in crate::store) fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.waiting.is_empty()
    }
}

/// Hears of every commit of this process.
pub trait OnCommit: Send + Sync {
    /// One of the transactions that shared a commit, before it is answered.
    fn committed(&self, notes: &Notes);
    /// All of them have been answered.
    fn answered(&self);
}

/// Who hears, and how far history has come.
#[derive(Default)]
pub(in crate::store) struct Observer {
    on_commit: OnceLock<Box<dyn OnCommit>>,
    revision: AtomicI64,
}

impl Observer {
    /// The first one to ask hears; there is one engine.
    pub(in crate::store) fn register(&self, on_commit: Box<dyn OnCommit>) {
        drop(self.on_commit.set(on_commit));
    }

    /// Tells of a commit.
    pub(in crate::store) fn committed(&self, notes: &Notes) {
        self.note_revision(notes.revision);
        if !notes.is_empty()
            && let Some(on_commit) = self.on_commit.get()
        {
            on_commit.committed(notes);
        }
    }

    /// Tells that everybody has been answered who shared a commit.
    pub(in crate::store) fn answered(&self) {
        if let Some(on_commit) = self.on_commit.get() {
            on_commit.answered();
        }
    }

    /// The newest audit entry that this process knows of.
    pub(in crate::store) fn revision(&self) -> i64 {
        self.revision.load(Ordering::Acquire)
    }

    /// Learns of a newer entry; says what was known before.
    pub(in crate::store) fn note_revision(&self, revision: i64) -> i64 {
        self.revision.fetch_max(revision, Ordering::AcqRel)
    }
}
