//! How many requests somebody may make in a minute: a sliding window, in memory.
//!
//! The times of the requests of the last window are kept for each (who, route), so the limit is exact and no
//! burst at a window's edge gets twice of it. Refused requests are not counted. Who the client says it is
//! (`X-Forwarded-For`) plays no part. A restart forgets everything; several processes count for themselves.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::login_guard::network;
use crate::domain::time::{MINUTE_US, SECOND_US, Timestamp};

/// The window.
pub const WINDOW_US: i64 = MINUTE_US;
/// Pairs of who and route that are remembered at most; beyond, who was quiet longest is forgotten.
const WINDOWS_MAX: usize = 20_000;

/// Who is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// Whoever holds this credential; only half of its SHA-256 is kept.
    Credential([u8; 16]),
    /// Whoever connects from this network.
    Peer(IpAddr),
}

impl Who {
    /// The holder of `credential`.
    pub fn holds(credential: &str) -> Self {
        let hash = Sha256::digest(credential.as_bytes());
        let mut half = [0; 16];
        half.copy_from_slice(&hash[..16]);
        Self::Credential(half)
    }

    /// Whoever connects from `peer`.
    pub fn connects_from(peer: Option<IpAddr>) -> Self {
        Self::Peer(network(peer))
    }
}

/// What is limited, and to how many requests a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Tells routes apart.
    pub route: &'static str,
    /// Requests in one window at most; 1 or more.
    pub requests: usize,
}

/// What to tell the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Requests in one window at most.
    pub limit: usize,
    /// How many more would be let through now.
    pub remaining: usize,
    /// When the oldest counted request leaves the window; Unix seconds, rounded up.
    pub reset_s: i64,
    /// `Some` when this request is refused: how many seconds to wait, 1 or more.
    pub retry_after_s: Option<i64>,
}

/// The counters. One for the whole process.
#[derive(Debug, Default)]
pub struct RateLimiter {
    windows: Mutex<HashMap<(Who, &'static str), VecDeque<Timestamp>>>,
}

impl RateLimiter {
    /// Counts a request, or refuses it.
    pub fn take(&self, who: Who, limit: Limit, now: Timestamp) -> Standing {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if !windows.contains_key(&(who, limit.route)) {
            make_room(&mut windows, now);
        }
        let window = windows.entry((who, limit.route)).or_default();
        while window.front().is_some_and(|at| now.since(*at) >= WINDOW_US) {
            window.pop_front();
        }
        let is_free = window.len() < limit.requests;
        if is_free {
            window.push_back(now);
        }
        let end = window.front().copied().unwrap_or(now).plus_micros(WINDOW_US);
        Standing {
            limit: limit.requests,
            remaining: limit.requests.saturating_sub(window.len()),
            reset_s: end.plus_micros(SECOND_US - 1).seconds(),
            retry_after_s: (!is_free).then(|| (end.since(now) + SECOND_US - 1).div_euclid(SECOND_US).max(1)),
        }
    }
}

fn make_room(windows: &mut HashMap<(Who, &'static str), VecDeque<Timestamp>>, now: Timestamp) {
    if windows.len() < WINDOWS_MAX {
        return;
    }
    windows.retain(|_, window| window.back().is_some_and(|at| now.since(*at) < WINDOW_US));
    if windows.len() >= WINDOWS_MAX {
        // A flood from everywhere. Making room one by one would search all of it for every request.
        let mut quiet: Vec<_> = windows.iter().map(|(key, window)| (window.back().copied(), *key)).collect();
        quiet.sort_unstable_by_key(|(last, _)| *last);
        for (_, key) in quiet.into_iter().take(WINDOWS_MAX / 10) {
            windows.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREE: Limit = Limit { route: "GET /x", requests: 3 };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_000_000 + seconds)
    }

    fn alice() -> Who {
        Who::holds("bfy_alice")
    }

    #[test]
    fn the_window_slides() {
        let limiter = RateLimiter::default();
        let take = |seconds| limiter.take(alice(), THREE, at(seconds));
        let standing = |remaining, reset: i64| Standing {
            limit: 3,
            remaining,
            reset_s: 1_000_000 + reset,
            retry_after_s: None,
        };
        assert_eq!(take(0), standing(2, 60));
        assert_eq!(take(20), standing(1, 60));
        assert_eq!(take(40), standing(0, 60));
        assert_eq!(take(45), Standing { retry_after_s: Some(15), ..standing(0, 60) });
        assert_eq!(take(59).retry_after_s, Some(1));
        assert_eq!(take(60), standing(0, 80), "the first has left; refusals were not counted");
        assert_eq!(take(61).retry_after_s, Some(19));
    }

    #[test]
    fn everybody_and_every_route_is_counted_alone() {
        let limiter = RateLimiter::default();
        for _ in 0..3 {
            assert_eq!(limiter.take(alice(), THREE, at(0)).retry_after_s, None);
        }
        assert!(limiter.take(alice(), THREE, at(0)).retry_after_s.is_some());
        assert_eq!(limiter.take(Who::holds("bfy_bob"), THREE, at(0)).retry_after_s, None);
        let other = Limit { route: "POST /x", ..THREE };
        assert_eq!(limiter.take(alice(), other, at(0)).retry_after_s, None);
    }

    #[test]
    fn fractions_of_a_second_are_rounded_against_the_client() {
        let limiter = RateLimiter::default();
        let one = Limit { route: "x", requests: 1 };
        let first = limiter.take(alice(), one, at(0).plus_micros(1));
        assert_eq!(first.reset_s, 1_000_061);
        assert_eq!(limiter.take(alice(), one, at(60)).retry_after_s, Some(1));
        assert_eq!(limiter.take(alice(), one, at(61)).retry_after_s, None);
    }

    #[test]
    fn memory_is_bounded_and_the_quiet_go_first() {
        let limiter = RateLimiter::default();
        let peer = |number: u32| Who::connects_from(Some(IpAddr::from(number.to_be_bytes())));
        for number in 0..30_000_u32 {
            limiter.take(peer(number), THREE, at(i64::from(number / 1_000)));
        }
        assert!(limiter.windows.lock().unwrap().len() <= WINDOWS_MAX);
        assert_eq!(limiter.take(peer(29_999), THREE, at(30)).remaining, 1, "still remembered");
        assert_eq!(limiter.take(peer(0), THREE, at(30)).remaining, 2, "forgotten");
    }
}
