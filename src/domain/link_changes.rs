//! Links that are made and ended together: what a matrix of check boxes asks for, carried from page to page as text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::ids::{AlertId, WebhookId};

/// Links that one change makes or ends at most.
pub const CHANGES_MAX: usize = 1_000;

/// A webhook and an alert.
pub type Pair = (WebhookId, AlertId);

/// Changes, not a picture: what is not named stays as it is, whoever changed it in the meantime.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkChanges {
    /// Links to make.
    pub add: BTreeSet<Pair>,
    /// Links to end.
    pub remove: BTreeSet<Pair>,
}

impl LinkChanges {
    /// What was checked and unchecked: `before` is what a form showed as linked, `checked` what came back.
    pub fn between(before: &BTreeSet<Pair>, checked: &BTreeSet<Pair>) -> Self {
        let without = |from: &BTreeSet<Pair>, taken: &BTreeSet<Pair>| {
            from.difference(taken).copied().take(CHANGES_MAX).collect()
        };
        Self { add: without(checked, before), remove: without(before, checked) }
    }

    /// What takes these changes back.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { add: self.remove, remove: self.add }
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty()
    }

    /// By webhook: the alerts to link, and those to unlink.
    pub fn by_webhook(&self) -> BTreeMap<WebhookId, (Vec<AlertId>, Vec<AlertId>)> {
        let mut all: BTreeMap<WebhookId, (Vec<AlertId>, Vec<AlertId>)> = BTreeMap::new();
        for (webhook, alert) in &self.add {
            all.entry(*webhook).or_default().0.push(*alert);
        }
        for (webhook, alert) in &self.remove {
            all.entry(*webhook).or_default().1.push(*alert);
        }
        all
    }
}

/// A pair as text: `41.104`.
pub fn pair_text((webhook, alert): Pair) -> String {
    format!("{}.{}", webhook.0, alert.0)
}

/// The pair of a text.
pub fn parse_pair(text: &str) -> Option<Pair> {
    let number = |text: &str| text.parse().ok().filter(|number: &i64| *number > 0);
    let (webhook, alert) = text.split_once('.')?;
    Some((WebhookId(number(webhook)?), AlertId(number(alert)?)))
}

/// Pairs as text: `41.98,41.104`.
pub fn pairs_text(pairs: &BTreeSet<Pair>) -> String {
    let mut text = String::new();
    for (webhook, alert) in pairs {
        let comma = if text.is_empty() { "" } else { "," };
        write!(text, "{comma}{}.{}", webhook.0, alert.0).expect("a string takes everything");
    }
    text
}

/// The pairs of a text. What is no pair is left out, and so is what is too much.
pub fn parse_pairs(text: &str) -> BTreeSet<Pair> {
    text.split(',').filter_map(parse_pair).take(CHANGES_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_touched_changes() {
        let changes = LinkChanges::between(&parse_pairs("1.7,1.8,2.7"), &parse_pairs("1.8,2.7,2.9"));
        assert_eq!((pairs_text(&changes.add), pairs_text(&changes.remove)), ("2.9".into(), "1.7".into()));
        assert!(!changes.is_empty());
        let by_webhook = changes.by_webhook();
        assert_eq!(by_webhook[&WebhookId(1)], (vec![], vec![AlertId(7)]));
        assert_eq!(by_webhook[&WebhookId(2)], (vec![AlertId(9)], vec![]));
        let back = changes.clone().reversed();
        assert_eq!((back.add, back.remove), (changes.remove, changes.add));
        assert!(LinkChanges::between(&parse_pairs("1.7"), &parse_pairs("1.7")).is_empty());
    }

    #[test]
    fn texts_come_back_and_nonsense_does_not() {
        let pairs = parse_pairs("41.104,x,41.,.7,41.98,0.7,7.-1,1.2.3,41.98");
        assert_eq!(pairs_text(&pairs), "41.98,41.104");
        assert_eq!(parse_pairs(&pairs_text(&pairs)), pairs);
        assert_eq!(pair_text((WebhookId(41), AlertId(104))), "41.104");
        let many: Vec<String> = (1..=2_000).map(|id| format!("1.{id}")).collect();
        assert_eq!(parse_pairs(&many.join(",")).len(), CHANGES_MAX);
    }
}
