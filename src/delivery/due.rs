//! When the table has something, by webhook: a timer heap that can be corrected.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::ids::WebhookId;
use crate::domain::time::Timestamp;

/// The first time at which each webhook has something, and all of them in order.
#[derive(Default)]
pub(super) struct Due {
    first: BTreeMap<WebhookId, Timestamp>,
    order: BTreeSet<(Timestamp, WebhookId)>,
}

impl Due {
    /// Something waits until `at`; what is known to be earlier stays first.
    pub(super) fn note(&mut self, webhook: WebhookId, at: Timestamp) {
        if self.first.get(&webhook).is_none_or(|known| at < *known) {
            self.set(webhook, Some(at));
        }
    }

    /// Something waits until `at` and nothing before; `None`: nothing waits.
    pub(super) fn set(&mut self, webhook: WebhookId, at: Option<Timestamp>) {
        let before = match at {
            Some(at) => self.first.insert(webhook, at),
            None => self.first.remove(&webhook),
        };
        if let Some(before) = before {
            self.order.remove(&(before, webhook));
        }
        if let Some(at) = at {
            self.order.insert((at, webhook));
        }
    }

    /// Whether something is due at `now`.
    pub(super) fn is_due(&self, webhook: WebhookId, now: Timestamp) -> bool {
        self.first.get(&webhook).is_some_and(|at| *at <= now)
    }

    /// The earliest first.
    pub(super) fn in_order(&self) -> impl Iterator<Item = (Timestamp, WebhookId)> + '_ {
        self.order.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn keeps_the_earliest_until_it_is_corrected() {
        let (one, two, mut due) = (WebhookId(1), WebhookId(2), Due::default());
        due.note(one, at(30));
        due.note(one, at(10));
        due.note(one, at(20));
        due.note(two, at(15));
        assert_eq!(due.in_order().collect::<Vec<_>>(), [(at(10), one), (at(15), two)]);
        assert!(due.is_due(one, at(10)) && !due.is_due(two, at(10)));
        due.set(one, Some(at(40)));
        assert_eq!(due.in_order().collect::<Vec<_>>(), [(at(15), two), (at(40), one)]);
        due.set(two, None);
        assert_eq!(due.in_order().count(), 1);
        assert!(!due.is_due(two, at(100)));
    }
}
