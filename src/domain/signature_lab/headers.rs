//! The headers of a request as people paste them.

use super::Cause;
use crate::domain::time::Timestamp;
use crate::domain::webhook::format::Format;

/// Headers that are read.
pub const HEADERS_MAX: usize = 100;

/// Reads `Name: value` lines. A start line, as history shows one, is passed over; so is what is no header.
pub fn parse(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let header = |line: &str| {
        // `POST https://…` has a colon, too.
        let (name, value) = line.split_once(':')?;
        let is_name = !name.trim().is_empty() && !name.trim().contains(char::is_whitespace);
        is_name.then(|| (name.trim().to_owned(), value.trim().to_owned()))
    };
    lines.filter_map(header).take(HEADERS_MAX).collect()
}

/// The value of the header `name`, in any letter case.
pub(super) fn find<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    let found = headers.iter().find(|(given, _)| given.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim())
}

/// Why the header `name` is not there: it has another name, the request has another format, or it is missing.
pub(super) fn absent(format: Format, headers: &[(String, String)], name: &'static str) -> Cause {
    let plain = |name: &str| name.to_ascii_lowercase().replace('_', "-");
    let wanted = plain(name);
    if let Some((found, _)) = headers.iter().find(|(given, _)| plain(given).ends_with(&wanted)) {
        return Cause::Renamed { found: found.clone(), wanted: name };
    }
    let other = Format::ALL.into_iter().filter(|other| *other != format).find(|other| {
        find(headers, other.signature_header()).is_some_and(|value| match other {
            Format::Softwareone => value.split('.').count() == 3,
            _ => true,
        })
    });
    other.map_or(Cause::Missing(name), Cause::OtherFormat)
}

/// A time in Unix seconds, in the one spelling that is signed.
pub(super) fn time(text: &str) -> Result<Timestamp, Cause> {
    match text.parse::<i64>() {
        Ok(number) if number.unsigned_abs() >= 100_000_000_000 => Err(Cause::Milliseconds),
        Ok(number) if number.to_string() == text => Ok(Timestamp::from_seconds(number)),
        _ => Err(Cause::NotUnixTime),
    }
}
