//! How long a receiver keeps a connection open for the next request, as far as it says so.

use std::time::Duration;

use hyper::Version;
use hyper::http::response::Parts;

/// A connection waits no longer than this for its next request: servers that close idle connections do it
/// after five seconds or later.
pub const IDLE_TIME_MAX: Duration = Duration::from_secs(4);
/// How much earlier than announced a receiver may close: the request needs time to get there.
const ANNOUNCED_MARGIN: Duration = Duration::from_secs(1);

/// How long the connection that brought this response may wait for another request, if its receiver allows
/// one. Zero for HTTP/1.0: it needs other headers than those that we record.
pub(super) fn idle_time(head: &Parts) -> Duration {
    match head.version {
        Version::HTTP_11 => {
            head.headers.get("keep-alive").map_or(IDLE_TIME_MAX, |value| announced(value.as_bytes()))
        }
        _ => Duration::ZERO,
    }
}

/// As long as `Keep-Alive: timeout=N` says, less a margin, and never longer than [`IDLE_TIME_MAX`]. What cannot
/// be read counts as not said.
fn announced(value: &[u8]) -> Duration {
    let seconds = value.split(|byte| *byte == b',').filter_map(|parameter| {
        let (name, seconds) = std::str::from_utf8(parameter).ok()?.split_once('=')?;
        let is_timeout = name.trim().eq_ignore_ascii_case("timeout");
        is_timeout.then(|| seconds.trim().trim_matches('"').parse().ok()).flatten()
    });
    seconds.min().map_or(IDLE_TIME_MAX, |seconds| {
        Duration::from_secs(seconds).saturating_sub(ANNOUNCED_MARGIN).min(IDLE_TIME_MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_seconds_or_a_second_less_than_announced() {
        for (value, seconds) in [
            ("timeout=5, max=100", 4),
            ("timeout=120", 4),
            ("timeout=3", 2),
            ("max=7,Timeout = \"2\"", 1),
            ("timeout=9, timeout=2", 1),
            ("timeout=1", 0),
            ("timeout=0", 0),
            ("timeout=-1", 4),
            ("timeout", 4),
            ("xtimeout=1", 4),
            ("timeout=99999999999999999999", 4),
            ("\u{fffd}", 4),
            ("", 4),
        ] {
            assert_eq!(announced(value.as_bytes()), Duration::from_secs(seconds), "{value}");
        }
    }

    #[test]
    fn one_request_a_connection_for_http_1_0() {
        for (version, seconds) in [(Version::HTTP_11, 1), (Version::HTTP_10, 0), (Version::HTTP_09, 0)] {
            let response = hyper::Response::builder().version(version).header("Keep-Alive", "timeout=2");
            let (head, ()) = response.body(()).unwrap().into_parts();
            assert_eq!(idle_time(&head), Duration::from_secs(seconds), "{version:?}");
        }
    }
}
