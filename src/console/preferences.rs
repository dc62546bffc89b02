//! How somebody likes to use pages: light or dark, the company's zone or UTC, with single keys or without. Kept in
//! cookies of their own, since they are no secret and outlive a session.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};

use super::shell::Theme;
use crate::domain::time::{DAY_US, HOUR_US};
use crate::web::state::AppState;
use crate::web::text;

/// The query parameter and the cookie that choose a zone.
pub const ZONE: &str = "tz";
/// The cookie and the form's field that switch single keys off (WCAG 2.1.4).
pub const KEYS: &str = "keys";
/// What it says then; anything else leaves them on.
pub const KEYS_OFF: &str = "off";

/// In which zone times are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneChoice {
    /// The company's.
    Company,
    /// UTC.
    Utc,
}

impl ZoneChoice {
    /// The word in the address and in the cookie.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Utc => "UTC",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Company, Self::Utc].into_iter().find(|choice| choice.name().eq_ignore_ascii_case(name))
    }
}

/// The zone that `request` asks for, or asked for before.
pub fn zone(request: &HttpRequest) -> ZoneChoice {
    asked(request)
        .or_else(|| request.cookie(ZONE).and_then(|cookie| ZoneChoice::from_name(cookie.value())))
        .unwrap_or(ZoneChoice::Company)
}

/// The zone that the address of `request` names.
pub fn asked(request: &HttpRequest) -> Option<ZoneChoice> {
    let pairs = Query::<Vec<(String, String)>>::from_query(request.query_string()).ok()?;
    let (_, value) = pairs.iter().find(|(name, _)| name == ZONE)?;
    ZoneChoice::from_name(value)
}

/// Light or dark.
pub fn theme(request: &HttpRequest) -> Theme {
    Theme::from_cookie(request.cookie(Theme::COOKIE).as_ref().map(Cookie::value))
}

/// Whether single keys do something.
pub fn single_keys(request: &HttpRequest) -> bool {
    request.cookie(KEYS).is_none_or(|cookie| cookie.value() != KEYS_OFF)
}

/// Has `answer` set a cookie that lasts a year.
pub fn remember(
    answer: &mut HttpResponse<impl actix_web::body::MessageBody>,
    state: &AppState,
    name: &'static str,
    value: &'static str,
) {
    let cookie = Cookie::build(name, value)
        .path("/")
        .max_age(Duration::days(365))
        .same_site(SameSite::Lax)
        .http_only(true)
        .secure(state.is_https())
        .finish();
    if answer.add_cookie(&cookie).is_err() {
        tracing::error!(name, "a cookie could not be set");
    }
}

/// How long history is kept, in words: "90 days".
pub fn retention(state: &AppState) -> String {
    let us = state.retention_us;
    let counted = |unit: i64, one: &str, many: &str| {
        text::counted(u64::try_from(us / unit).unwrap_or_default(), one, many)
    };
    if us % DAY_US == 0 { counted(DAY_US, "day", "days") } else { counted(HOUR_US, "hour", "hours") }
}
