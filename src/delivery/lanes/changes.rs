//! Which webhooks have changed since a transaction began.
//!
//! A transaction that leases deliveries reads their webhook, and hands them over after its commit. Where others write
//! at the same time (PostgreSQL), a change of the webhook can be committed, told and answered in between; what is then
//! handed over is of the webhook as it was. Whoever leases takes a mark first, and what has changed since goes back to
//! the table.

use std::collections::VecDeque;

use crate::domain::ids::WebhookId;

/// Changes that are remembered one by one.
const CHANGES_MAX: usize = 1_000;

/// A moment between two changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::delivery) struct Mark(u64);

/// The latest changes.
#[derive(Default)]
pub(super) struct Changes {
    /// All that there ever were.
    count: u64,
    /// The newest last.
    latest: VecDeque<WebhookId>,
}

impl Changes {
    /// Now.
    pub(super) fn mark(&self) -> Mark {
        Mark(self.count)
    }

    /// A webhook has changed.
    pub(super) fn note(&mut self, webhook: WebhookId) {
        if self.latest.len() >= CHANGES_MAX {
            self.latest.pop_front();
        }
        self.latest.push_back(webhook);
        self.count += 1;
    }

    /// Any webhook may have changed.
    pub(super) fn note_all(&mut self) {
        self.latest.clear();
        self.count += 1;
    }

    /// Whether a webhook has changed, or may have, since `mark`.
    pub(super) fn has_changed_since(&self, mark: Mark, webhook: WebhookId) -> bool {
        let since = usize::try_from(self.count.saturating_sub(mark.0)).unwrap_or(usize::MAX);
        since > self.latest.len() || self.latest.iter().rev().take(since).any(|changed| *changed == webhook)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_came_after_a_mark_and_when_in_doubt_everything() {
        let (one, two) = (WebhookId(1), WebhookId(2));
        let mut changes = Changes::default();
        changes.note(one);
        let mark = changes.mark();
        assert!(!changes.has_changed_since(mark, one) && !changes.has_changed_since(mark, two));
        changes.note(two);
        assert!(!changes.has_changed_since(mark, one) && changes.has_changed_since(mark, two));
        assert!(!changes.has_changed_since(changes.mark(), two));
        for _ in 0..CHANGES_MAX {
            changes.note(two);
        }
        assert!(changes.has_changed_since(mark, one), "too long ago to tell");
        let mark = changes.mark();
        changes.note_all();
        assert!(changes.has_changed_since(mark, one));
        assert!(!changes.has_changed_since(changes.mark(), one));
    }
}
