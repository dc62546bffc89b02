//! A webhook's choices in a few words.

use super::super::deliveries::rows::destination;
use crate::domain::ids::WebhookId;
use crate::domain::webhook::Receives;
use crate::domain::webhook::auth::AuthType;
use crate::domain::webhook::settings::Settings;
use crate::web::text;

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
