//! States and healths as icon and word. The shapes differ, so that colour is never alone.

use super::Tone;
use crate::web::icon::Icon;

/// Icon, word and tone of one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// The colours.
    pub tone: Tone,
    /// The picture before the word.
    pub icon: Icon,
    /// The word; it carries the number where there is one: "Retrying 4/8".
    pub word: String,
}

impl Badge {
    /// Any badge. The named ones below are what pages use.
    pub fn new(tone: Tone, icon: Icon, word: impl Into<String>) -> Self {
        Self { tone, icon, word: word.into() }
    }

    /// Delivery: waits for its first attempt.
    pub fn queued() -> Self {
        Self::new(Tone::Info, Icon::Clock, "Queued")
    }

    /// Delivery: an attempt is on its way.
    pub fn sending() -> Self {
        Self::new(Tone::Info, Icon::Send, "Sending")
    }

    /// Delivery: `made` of `most` attempts failed, another follows.
    pub fn retrying(made: u32, most: u32) -> Self {
        Self::new(Tone::Warn, Icon::Retry, format!("Retrying {made}/{most}"))
    }

    /// Delivery: the receiver took it.
    pub fn delivered() -> Self {
        Self::new(Tone::Ok, Icon::Check, "Delivered")
    }

    /// Delivery: given up.
    pub fn failed() -> Self {
        Self::new(Tone::Bad, Icon::Cross, "Failed")
    }

    /// Delivery: a person stopped it.
    pub fn cancelled() -> Self {
        Self::new(Tone::Mute, Icon::Stop, "Cancelled")
    }

    /// Delivery: decided against, with a reason.
    pub fn not_sent() -> Self {
        Self::new(Tone::Held, Icon::Ban, "Not sent")
    }

    /// Webhook: nothing wrong.
    pub fn healthy() -> Self {
        Self::new(Tone::Ok, Icon::Check, "Healthy")
    }

    /// Webhook: too many failures or too slow.
    pub fn degraded() -> Self {
        Self::new(Tone::Warn, Icon::Warning, "Degraded")
    }

    /// Webhook: the last attempts all failed.
    pub fn failing() -> Self {
        Self::new(Tone::Bad, Icon::Cross, "Failing")
    }

    /// Webhook: Belfry switched it off.
    pub fn auto_disabled() -> Self {
        Self::new(Tone::Bad, Icon::Power, "Auto-disabled")
    }

    /// Webhook: a person keeps its events back for a while.
    pub fn paused() -> Self {
        Self::new(Tone::Mute, Icon::Pause, "Paused")
    }

    /// Webhook: a person switched it off.
    pub fn inactive() -> Self {
        Self::new(Tone::Mute, Icon::Minus, "Inactive")
    }

    /// Webhook: nothing was ever sent to it.
    pub fn never_used() -> Self {
        Self::new(Tone::Info, Icon::Circle, "Never used")
    }
}
