//! States and healths as icon and word. The shapes differ, so that colour is never alone.

use super::Tone;
use crate::domain::delivery::State;
use crate::domain::health::Health;
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
    /// Any badge; the two below are what pages use.
    pub fn new(tone: Tone, icon: Icon, word: impl Into<String>) -> Self {
        Self { tone, icon, word: word.into() }
    }

    /// Where a delivery stands.
    pub fn state(state: State) -> Self {
        let (tone, icon) = match state {
            State::Queued => (Tone::Info, Icon::Clock),
            State::Sending => (Tone::Info, Icon::Send),
            State::Retrying => (Tone::Warn, Icon::Retry),
            State::Delivered => (Tone::Ok, Icon::Check),
            State::Failed => (Tone::Bad, Icon::Cross),
            State::Cancelled => (Tone::Mute, Icon::Stop),
            State::NotSent => (Tone::Held, Icon::Ban),
        };
        Self::new(tone, icon, state.word())
    }

    /// How a webhook is.
    pub fn health(health: Health) -> Self {
        let (tone, icon) = match health {
            Health::Healthy => (Tone::Ok, Icon::Check),
            Health::Degraded => (Tone::Warn, Icon::Warning),
            Health::Failing => (Tone::Bad, Icon::Cross),
            Health::AutoDisabled => (Tone::Bad, Icon::Power),
            Health::Paused => (Tone::Mute, Icon::Pause),
            Health::Inactive => (Tone::Mute, Icon::Minus),
            Health::NeverUsed => (Tone::Info, Icon::Circle),
        };
        Self::new(tone, icon, health.word())
    }

    /// With attempts: "Retrying 4/8".
    #[must_use]
    pub fn of(mut self, made: u32, most: u32) -> Self {
        self.word.push_str(&format!(" {made}/{most}"));
        self
    }
}
