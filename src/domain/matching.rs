//! Whether an event is sent to a candidate webhook, and if not, why (engine.md 8).

use std::cell::OnceCell;

use serde_json::Value;

use super::delivery::NotSent;
use super::event::Event;
use super::webhook::format::event_json;
use super::webhook::{Receives, Webhook};

/// What is decided for one event and one candidate webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// A delivery is made.
    Send,
    /// Nothing is sent, for this reason, with what there is to say about it.
    NotSent(NotSent, Option<String>),
}

/// Decides about one webhook; see [`Matcher`] for many.
pub fn decide(webhook: &Webhook, event: &Event, is_linked: bool) -> Decision {
    Matcher::new(event).decide(webhook, is_linked)
}

/// Decides about many webhooks for one event: the JSON that criteria look at is made once, and only when one
/// of them has criteria.
#[derive(Debug)]
pub struct Matcher<'e> {
    event: &'e Event,
    json: OnceCell<Value>,
}

impl<'e> Matcher<'e> {
    /// A matcher for `event`.
    pub const fn new(event: &'e Event) -> Self {
        Self {
            event,
            json: OnceCell::new(),
        }
    }

    /// What a webhook does not take at all is said first, then what it would have taken but for a switch: so a
    /// webhook that is switched off lists as missed only what it really missed. Test events are always sent.
    pub fn decide(&self, webhook: &Webhook, is_linked: bool) -> Decision {
        if self.event.is_test {
            return Decision::Send;
        }
        let settings = &webhook.settings;
        match settings.receives {
            Receives::TestsOnly => return Decision::NotSent(NotSent::NotAlertHook, None),
            Receives::Linked if !self.event.alert_type.is_linkable() => {
                return Decision::NotSent(
                    NotSent::TypeNotLinkable,
                    Some(self.event.alert_type.list_label().to_owned()),
                );
            }
            Receives::Linked if !is_linked => return Decision::NotSent(NotSent::NoLink, None),
            Receives::Linked | Receives::All => {}
        }
        if !settings.criteria.is_empty() {
            let json = self.json.get_or_init(|| event_json(self.event));
            if let Err(unmet) = settings.criteria.matches(json) {
                return Decision::NotSent(NotSent::Criteria, Some(unmet.to_string()));
            }
        }
        if !settings.is_active {
            return Decision::NotSent(NotSent::Inactive, None);
        }
        if let Some((reason, _)) = webhook.disabled {
            return Decision::NotSent(NotSent::AutoDisabled, Some(reason.sentence().to_owned()));
        }
        Decision::Send
    }
}
