//! Times as people of the caller's company read them.

use crate::domain::access::Caller;
use crate::domain::time::Timestamp;
use crate::store::{Db, StoreError, companies};

/// How the vendor's products write times; everything else at this door is ISO 8601.
pub const DATE_TIME_FORMAT: &str = "yyyy-MM-dd HH:mm:ss";
/// The same for `strftime`.
const FORMATTED: &str = "%Y-%m-%d %H:%M:%S";
const ISO_8601: &str = "%Y-%m-%dT%H:%M:%S";

/// The IANA name of the caller's time zone; staff have none and read UTC.
pub fn zone(db: &mut Db<'_>, caller: &Caller) -> Result<String, StoreError> {
    match caller.company() {
        Some(company) => Ok(companies::get(db, &caller.scope(), company)?.timezone),
        None => Ok("UTC".to_owned()),
    }
}

/// `2026-05-26T13:40:40` and `2026-05-26 13:40:40`: `at` in `zone`, for programs and for people.
pub fn local(at: Timestamp, zone: &str) -> (String, String) {
    let local = at.to_jiff().in_tz(zone);
    let local = local.unwrap_or_else(|_| at.to_jiff().to_zoned(jiff::tz::TimeZone::UTC));
    (local.strftime(ISO_8601).to_string(), local.strftime(FORMATTED).to_string())
}

/// `10:00:00`, `-05:00:00`: how far `zone` is ahead of UTC at `now`.
pub fn utc_offset(zone: &str, now: Timestamp) -> String {
    let seconds = now.to_jiff().in_tz(zone).map_or(0, |zoned| zoned.offset().seconds());
    let (sign, s) = (if seconds < 0 { "-" } else { "" }, seconds.unsigned_abs());
    format!("{sign}{:02}:{:02}:{:02}", s / 3_600, s / 60 % 60, s % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn offsets_follow_the_season() {
        assert_eq!(utc_offset("Australia/Brisbane", at("2026-07-01T00:00:00Z")), "10:00:00");
        assert_eq!(utc_offset("America/New_York", at("2026-01-01T00:00:00Z")), "-05:00:00");
        assert_eq!(utc_offset("America/St_Johns", at("2026-07-01T00:00:00Z")), "-02:30:00");
        assert_eq!(utc_offset("Europe/Berlin", at("2026-07-01T00:00:00Z")), "02:00:00");
        assert_eq!(utc_offset("UTC", at("2026-07-01T00:00:00Z")), "00:00:00");
    }

    #[test]
    fn local_times_in_both_spellings() {
        let (iso, formatted) = local(at("2026-05-26T03:40:40.9Z"), "Australia/Sydney");
        assert_eq!((&*iso, &*formatted), ("2026-05-26T13:40:40", "2026-05-26 13:40:40"));
        assert_eq!(local(at("2026-05-26T03:40:40Z"), "Nowhere/At_All").0, "2026-05-26T03:40:40");
    }
}
