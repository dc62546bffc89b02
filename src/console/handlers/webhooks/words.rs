//! A webhook's choices in a few words.

use super::super::deliveries::rows::destination;
use super::HELD_COUNT_MAX;
use crate::domain::auto_disable::Warning;
use crate::domain::ids::WebhookId;
use crate::domain::webhook::Receives;
use crate::domain::webhook::auth::AuthType;
use crate::domain::webhook::pause::{PauseMode, Paused, Release, Resume};
use crate::domain::webhook::settings::Settings;
use crate::store::holds::Held;
use crate::web::text;
use crate::web::time_text::Times;

/// All spellings of a number.
pub fn numbers(id: WebhookId) -> String {
    format!("{} · {} · {}", id.telemax(), id.zstack(), id.softwareone())
}

/// Destination, format, auth type, signing, what it receives.
pub fn summary(settings: &Settings, linked: usize) -> String {
    [
        destination(&settings.endpoint),
        settings.format.label().to_owned(),
        auth(settings.auth.auth_type()).to_owned(),
        if settings.signing { "signed" } else { "not signed" }.to_owned(),
        receives(settings.receives, linked),
    ]
    .join(" · ")
}

/// "18 alerts", "every alert", "tests only".
pub fn receives(receives: Receives, linked: usize) -> String {
    match receives {
        Receives::Linked => text::counted(u64::try_from(linked).unwrap_or(u64::MAX), "alert", "alerts"),
        Receives::All => "every alert".to_owned(),
        Receives::TestsOnly => "tests only".to_owned(),
    }
}

/// "2 criteria"; empty for none.
pub fn criteria(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => "1\u{a0}criterion".to_owned(),
        count => format!("{count}\u{a0}criteria"),
    }
}

/// The auth type in a word or two.
pub const fn auth(kind: AuthType) -> &'static str {
    match kind {
        AuthType::None => "None",
        AuthType::Basic => "Basic",
        AuthType::QueryString => "Query string",
        AuthType::AuthHeader => "Authorization header",
        AuthType::Header => "X-Api-Key header",
        AuthType::Bearer => "Bearer",
    }
}

/// "318 events", "10,000 events or more".
pub fn events(count: i64) -> String {
    let words = text::counted(count.unsigned_abs(), "event", "events");
    if count >= HELD_COUNT_MAX { format!("{words} or more") } else { words }
}

/// "318 events of 41 vehicles".
pub fn held(held: &Held) -> String {
    format!(
        "{} of {}",
        events(held.deliveries),
        text::counted(held.vehicles.unsigned_abs(), "vehicle", "vehicles")
    )
}

/// What becomes of what was held, for the message after resuming; `None` when nothing was.
pub fn released(resume: Resume, held: &Held) -> Option<String> {
    (held.deliveries > 0).then(|| match resume {
        Resume::All => format!("{} that were held are sent now.", events(held.deliveries)),
        Resume::NewestPerVehicle => {
            format!("Of {} that were held, the newest of each vehicle is sent now.", events(held.deliveries))
        }
        Resume::Nothing => format!("{} that were held are dropped.", events(held.deliveries)),
    })
}

/// What a webhook holds and what becomes of it, for its page; `None` when there is nothing to say.
pub fn holding(paused: Option<&Paused>, held: &Held) -> Option<String> {
    let kept = held.deliveries > 0;
    match (paused.map(|paused| paused.mode), held.release) {
        (Some(PauseMode::Hold), _) if kept => {
            Some(format!("New events are held; {} so far.", self::held(held)))
        }
        (Some(PauseMode::Hold), _) => Some("New events are held; none so far.".to_owned()),
        (Some(PauseMode::Drop), _) if kept => {
            let are = if held.deliveries == 1 { "is" } else { "are" };
            Some(format!("New events are dropped; {} {are} held from before.", self::held(held)))
        }
        (Some(PauseMode::Drop), _) => Some("New events are dropped.".to_owned()),
        (None, Some(release)) if kept => {
            let what = match release {
                Release::Resumed(Resume::All) => "are being sent",
                Release::Resumed(Resume::NewestPerVehicle) => "are being sent, the newest of each vehicle",
                Release::Resumed(Resume::Nothing) | Release::SwitchedOff | Release::Deleted => {
                    "are being dropped"
                }
            };
            Some(format!("{} that were held {what}.", events(held.deliveries)))
        }
        (None, _) => None,
    }
}

/// What is said before Belfry switches a webhook off.
pub fn warning(times: &Times, warning: &Warning) -> String {
    let since = times.sentence(warning.since);
    if warning.is_due {
        return format!("Every attempt has failed since {since}. The next failure switches the webhook off.");
    }
    let off_at = times.sentence(warning.off_at);
    format!(
        "Every attempt has failed since {since}. If that goes on, Belfry switches the webhook off at {off_at}."
    )
}
