//! Which deliveries can be repeated, one by one or by the thousand, and why the others are not.

use std::collections::BTreeMap;

use crate::domain::delivery::{State, Trigger};

/// Why a delivery is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skip {
    /// It is held by a paused webhook.
    Held,
    /// It waits, or is on the wire.
    NotEnded,
    /// Its webhook was deleted.
    Deleted,
    /// Its webhook is switched off.
    SwitchedOff,
    /// A later delivery repeats it. For a single one somebody decides that by hand.
    Repeated,
}

impl Skip {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Held, Self::NotEnded, Self::Deleted, Self::SwitchedOff, Self::Repeated];

    /// The word in the database.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::NotEnded => "not_ended",
            Self::Deleted => "deleted",
            Self::SwitchedOff => "switched_off",
            Self::Repeated => "repeated",
        }
    }

    /// What somebody is told who asks for a single one.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Held => "The webhook is paused and holds this event. Resume the webhook to have it sent.",
            Self::NotEnded => "This delivery has not ended: it will still be sent by itself.",
            Self::Deleted => "The webhook has been deleted.",
            Self::SwitchedOff => "The webhook is switched off. Enable it first.",
            Self::Repeated => "The event was sent to the webhook again already.",
        }
    }

    /// What many of them have in common: "3 deliveries: …".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Held => "held by a paused webhook; resume it to have them sent",
            Self::NotEnded => "still waiting or on the wire; they are sent by themselves",
            Self::Deleted => "the webhook has been deleted",
            Self::SwitchedOff => "the webhook is switched off",
            Self::Repeated => "sent again already",
        }
    }
}

/// What decides about a delivery that shall be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Old {
    /// Where it stands.
    pub state: State,
    /// What started it.
    pub trigger: Trigger,
    /// Whether a paused webhook holds it.
    pub is_held: bool,
    /// Whether its webhook exists …
    pub is_deleted: bool,
    /// … and is switched on.
    pub is_live: bool,
}

/// Whether a delivery can be repeated. Tests go to webhooks that are switched off, too.
///
/// # Errors
/// Why not.
pub fn judge(old: &Old) -> Result<(), Skip> {
    if old.is_held {
        Err(Skip::Held)
    } else if !old.state.is_final() {
        Err(Skip::NotEnded)
    } else if old.is_deleted {
        Err(Skip::Deleted)
    } else if !old.is_live && old.trigger != Trigger::Test {
        Err(Skip::SwitchedOff)
    } else {
        Ok(())
    }
}

/// Whether a delivery is left out because a later one, in state `later`, repeats it. `is_covered`: the replay means the
/// later one as well, and one of the two is enough. What was delivered may be sent again as often as somebody likes.
pub const fn is_repeated(old: State, later: State, is_covered: bool) -> bool {
    let is_under_way = matches!(later, State::Queued | State::Sending | State::Retrying | State::Delivered);
    is_covered || (is_under_way && !matches!(old, State::Delivered))
}

/// How many deliveries were skipped, by reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skips(BTreeMap<Skip, i64>);

impl Skips {
    /// Counts some.
    pub fn add(&mut self, why: Skip, count: i64) {
        if count > 0 {
            *self.0.entry(why).or_default() += count;
        }
    }

    /// Counts all of `others`.
    pub fn add_all(&mut self, others: &Self) {
        others.iter().for_each(|(why, count)| self.add(why, count));
    }

    /// Those with any, in the order of [`Skip::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Skip, i64)> + '_ {
        self.0.iter().map(|(why, count)| (*why, *count))
    }

    /// All together.
    pub fn total(&self) -> i64 {
        self.0.values().sum()
    }

    /// The stored form.
    pub fn to_json(&self) -> String {
        let map: serde_json::Map<String, serde_json::Value> =
            self.iter().map(|(why, count)| (why.slug().to_owned(), count.into())).collect();
        serde_json::Value::Object(map).to_string()
    }

    /// Reads the stored form; what this version does not know is left out.
    pub fn from_json(text: &str) -> Self {
        let counts: BTreeMap<String, i64> = serde_json::from_str(text).unwrap_or_default();
        let mut skips = Self::default();
        for why in Skip::ALL {
            skips.add(why, counts.get(why.slug()).copied().unwrap_or_default());
        }
        skips
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_ended_and_has_somewhere_to_go_is_repeated() {
        let good = Old {
            state: State::Failed,
            trigger: Trigger::Automatic,
            is_held: false,
            is_deleted: false,
            is_live: true,
        };
        for state in State::ALL {
            assert_eq!(judge(&Old { state, ..good }).is_ok(), state.is_final(), "{state:?}");
        }
        assert_eq!(judge(&Old { state: State::NotSent, is_held: true, ..good }), Err(Skip::Held));
        assert_eq!(judge(&Old { is_deleted: true, is_live: false, ..good }), Err(Skip::Deleted));
        let off = Old { is_live: false, ..good };
        assert_eq!(judge(&off), Err(Skip::SwitchedOff));
        assert_eq!(judge(&Old { trigger: Trigger::Manual, ..off }), Err(Skip::SwitchedOff));
        assert_eq!(judge(&Old { trigger: Trigger::Test, ..off }), Ok(()));
        assert_eq!(judge(&Old { trigger: Trigger::Test, is_deleted: true, ..off }), Err(Skip::Deleted));
    }

    #[test]
    fn an_event_is_sent_once_however_often_it_was_repeated() {
        for later in [State::Queued, State::Sending, State::Retrying, State::Delivered] {
            assert!(is_repeated(State::Failed, later, false), "{later:?} stands for it");
            assert!(!is_repeated(State::Delivered, later, false), "{later:?}: delivered is delivered");
        }
        for later in [State::Failed, State::Cancelled, State::NotSent] {
            assert!(!is_repeated(State::Failed, later, false), "{later:?} did not help");
            assert!(is_repeated(State::Failed, later, true), "{later:?} is repeated instead");
        }
        assert!(is_repeated(State::Delivered, State::Delivered, true), "one of the two");
    }

    #[test]
    fn counts_come_back() {
        let mut skips = Skips::default();
        assert_eq!((Skips::from_json(&skips.to_json()), skips.total()), (skips.clone(), 0));
        for why in Skip::ALL {
            skips.add(why, 2);
            assert!(why.sentence().ends_with('.'));
        }
        skips.add_all(&skips.clone());
        skips.add(Skip::Held, 0);
        assert_eq!((Skips::from_json(&skips.to_json()), skips.total()), (skips, 20));
        assert_eq!(Skips::from_json("{\"lost\":1}"), Skips::default());
    }
}
