//! Connections that wait for the next request of the same webhook.
//!
//! An idle connection belongs to one webhook, at one version of its settings, and to one scheme and authority:
//! what is left over on it can only ever reach the customer that left it there. It goes to an address that was
//! judged when it was dialled, which is why it needs no second look-up, and why it does not live long: a name
//! that has moved is honoured within a minute.
//!
//! The pool decides by the instants that it is given and knows nothing of sockets. Whoever takes a connection
//! out owns it; what is not put back is closed by being dropped.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use super::target::Target;

/// A connection is used no longer than this after it was dialled.
pub const LIFE_MAX: Duration = Duration::from_secs(60);
/// Idle connections of one webhook; the one that has waited longest goes.
pub const IDLE_PER_WEBHOOK_MAX: usize = 32;
/// Idle connections of one [`Client`](super::Client), all webhooks together; the one that has waited longest goes.
/// Two clients full of them and everything else still have room in the usual 1,024 files of a process.
pub const IDLE_MAX: usize = 256;
/// Between two looks for what has waited too long, when connections are put back all the time.
const SWEEP_INTERVAL: Duration = Duration::from_secs(1);

/// Whose connections: nobody else's are used for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolKey {
    /// The webhook's id.
    pub webhook: i64,
    /// The version of its settings. It only ever grows: the first request of a newer one closes what the
    /// older ones left.
    pub version: i32,
}

/// Idle connections.
#[derive(Debug)]
pub(super) struct Pool<C> {
    shelves: HashMap<i64, Shelf<C>>,
    /// On all shelves together.
    idle: usize,
    /// When to look at all shelves again.
    next_sweep: Option<Instant>,
}

/// What one webhook has.
#[derive(Debug)]
struct Shelf<C> {
    version: i32,
    is_https: bool,
    authority: String,
    /// In the order in which they were put back.
    idle: VecDeque<Idle<C>>,
}

#[derive(Debug)]
struct Idle<C> {
    connection: C,
    since: Instant,
    until: Instant,
}

impl<C> Pool<C> {
    pub(super) fn new() -> Self {
        Self { shelves: HashMap::new(), idle: 0, next_sweep: None }
    }

    /// Idle connections.
    pub(super) fn idle(&self) -> usize {
        self.idle
    }

    /// A connection for a request of `key` to `target`: the one that was put back last.
    pub(super) fn take(&mut self, key: PoolKey, target: &Target, now: Instant) -> Option<C> {
        let shelf = self.shelves.get_mut(&key.webhook)?;
        if !shelf.is_for(key.version, target) {
            if shelf.version <= key.version {
                self.idle -= shelf.idle.len();
                self.shelves.remove(&key.webhook);
            }
            return None;
        }
        while let Some(idle) = shelf.idle.pop_back() {
            self.idle -= 1;
            if now < idle.until {
                return Some(idle.connection);
            }
        }
        None
    }

    /// Keeps a connection that was dialled at `born` and may wait for `wait`. It is dropped at once when its
    /// time is up, or when newer settings are in use.
    pub(super) fn put(
        &mut self,
        key: PoolKey,
        target: &Target,
        connection: C,
        born: Instant,
        wait: Duration,
        now: Instant,
    ) {
        if self.next_sweep.is_none_or(|at| at <= now) {
            self.sweep(now);
        }
        let until = (now + wait).min(born + LIFE_MAX);
        if until <= now {
            return;
        }
        let shelf = self.shelves.entry(key.webhook).or_insert_with(|| Shelf::new(key.version, target));
        if !shelf.is_for(key.version, target) {
            if shelf.version > key.version {
                return;
            }
            self.idle -= shelf.idle.len();
            *shelf = Shelf::new(key.version, target);
        }
        shelf.idle.push_back(Idle { connection, since: now, until });
        self.idle += 1;
        if shelf.idle.len() > IDLE_PER_WEBHOOK_MAX {
            shelf.idle.pop_front();
            self.idle -= 1;
        } else if self.idle > IDLE_MAX {
            self.drop_oldest();
        }
    }

    /// Drops what has waited for too long.
    pub(super) fn sweep(&mut self, now: Instant) {
        self.next_sweep = Some(now + SWEEP_INTERVAL);
        self.shelves.retain(|_, shelf| {
            shelf.idle.retain(|idle| now < idle.until);
            !shelf.idle.is_empty()
        });
        self.idle = self.shelves.values().map(|shelf| shelf.idle.len()).sum();
    }

    /// Drops everything: whoever has run out of files needs them elsewhere.
    pub(super) fn clear(&mut self) {
        self.shelves.clear();
        self.idle = 0;
    }

    /// Looks at the oldest of each shelf. That is seldom: a pool that overflows is one that dials all the
    /// time, and dialling costs more.
    fn drop_oldest(&mut self) {
        let oldest = self.shelves.values_mut().filter(|shelf| !shelf.idle.is_empty());
        if let Some(shelf) = oldest.min_by_key(|shelf| shelf.idle.front().map(|idle| idle.since)) {
            shelf.idle.pop_front();
            self.idle -= 1;
        }
    }
}

impl<C> Shelf<C> {
    fn new(version: i32, target: &Target) -> Self {
        Self {
            version,
            is_https: target.is_https,
            authority: target.authority.clone(),
            idle: VecDeque::new(),
        }
    }

    fn is_for(&self, version: i32, target: &Target) -> bool {
        self.version == version && self.is_https == target.is_https && self.authority == target.authority
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);
    const SECOND: Duration = Duration::from_secs(1);
    const WAIT: Duration = Duration::from_secs(4);

    fn target(url: &str) -> Target {
        Target::of(&url.parse().unwrap()).unwrap()
    }

    fn here() -> Target {
        target("https://hooks.example.com/a")
    }

    fn key(webhook: i64, version: i32) -> PoolKey {
        PoolKey { webhook, version }
    }

    /// A pool in which connection 1 of webhook 7, version 3, was dialled and put back at the instant.
    fn with_one() -> (Pool<u32>, Instant) {
        let (mut pool, now) = (Pool::new(), Instant::now());
        pool.put(key(7, 3), &here(), 1, now, WAIT, now);
        (pool, now)
    }

    #[test]
    fn is_shared_by_one_webhook_at_one_version_and_one_origin() {
        for (key, url, expected) in [
            (key(7, 3), "https://hooks.example.com/b?c=d", Some(1)),
            (key(8, 3), "https://hooks.example.com/a", None),
            (key(7, 2), "https://hooks.example.com/a", None),
            (key(7, 4), "https://hooks.example.com/a", None),
            (key(7, 3), "http://hooks.example.com/a", None),
            (key(7, 3), "https://hooks.example.com:8443/a", None),
            (key(7, 3), "https://www.example.com/a", None),
        ] {
            let (mut pool, now) = with_one();
            assert_eq!(pool.take(key, &target(url), now), expected, "{key:?} {url}");
        }
    }

    #[test]
    fn newer_settings_close_what_older_ones_left() {
        let (mut pool, now) = with_one();
        assert_eq!(pool.take(key(7, 4), &here(), now), None);
        assert_eq!(pool.idle(), 0);

        let (mut pool, now) = with_one();
        pool.put(key(7, 4), &here(), 2, now, WAIT, now);
        pool.put(key(7, 3), &here(), 3, now, WAIT, now);
        assert_eq!(pool.take(key(7, 3), &here(), now), None, "a late request of the old settings");
        assert_eq!(pool.take(key(7, 4), &here(), now), Some(2));
        assert_eq!(pool.take(key(7, 4), &here(), now), None);
        assert_eq!(pool.idle(), 0);
    }

    #[test]
    fn the_one_used_last_comes_first() {
        let (mut pool, now) = with_one();
        pool.put(key(7, 3), &here(), 2, now, WAIT, now);
        let take = |pool: &mut Pool<u32>| pool.take(key(7, 3), &here(), now);
        assert_eq!([take(&mut pool), take(&mut pool), take(&mut pool)], [Some(2), Some(1), None]);
        assert_eq!(pool.idle(), 0);
    }

    #[test]
    fn nobody_waits_longer_than_allowed() {
        let (mut pool, now) = with_one();
        assert_eq!(pool.take(key(7, 3), &here(), now + WAIT), None);
        let (mut pool, now) = with_one();
        assert_eq!(pool.take(key(7, 3), &here(), now + WAIT - SECOND), Some(1));
        pool.put(key(7, 3), &here(), 1, now, Duration::ZERO, now);
        assert_eq!(pool.idle(), 0);
    }

    #[test]
    fn a_busy_connection_ends_a_minute_after_it_was_dialled() {
        let (mut pool, born) = with_one();
        let mut now = born;
        while now < born + MINUTE - 3 * SECOND {
            now += 3 * SECOND;
            assert_eq!(pool.take(key(7, 3), &here(), now), Some(1), "after {:?}", now - born);
            pool.put(key(7, 3), &here(), 1, born, WAIT, now);
        }
        assert_eq!((now, pool.idle()), (born + MINUTE - 3 * SECOND, 1));
        assert_eq!(pool.take(key(7, 3), &here(), born + MINUTE), None, "although it waited 3 s only");
        pool.put(key(7, 3), &here(), 1, born, WAIT, born + MINUTE);
        assert_eq!(pool.idle(), 0);
    }

    #[test]
    fn one_webhook_keeps_32_and_all_keep_256() {
        let (mut pool, now) = (Pool::new(), Instant::now());
        for n in 0..40 {
            pool.put(key(7, 1), &here(), n, now, WAIT, now);
        }
        assert_eq!(pool.idle(), IDLE_PER_WEBHOOK_MAX);
        let left: Vec<u32> = std::iter::from_fn(|| pool.take(key(7, 1), &here(), now)).collect();
        assert_eq!(left, (8..40).rev().collect::<Vec<_>>(), "the oldest went");

        for n in 0..600 {
            pool.put(key(n, 1), &here(), 0, now, WAIT, now + Duration::from_millis(n.unsigned_abs()));
        }
        assert_eq!(pool.idle(), IDLE_MAX);
        let left: Vec<i64> = (0..600).filter(|n| pool.take(key(*n, 1), &here(), now).is_some()).collect();
        assert_eq!(left, (344..600).collect::<Vec<_>>(), "the oldest went");
        assert_eq!(pool.idle(), 0);
    }

    #[test]
    fn others_keep_the_pool_tidy() {
        let (mut pool, now) = with_one();
        pool.put(key(8, 1), &here(), 2, now, WAIT, now + SECOND);
        assert_eq!(pool.idle(), 2);
        pool.put(key(8, 1), &here(), 3, now, WAIT, now + WAIT);
        assert_eq!((pool.idle(), pool.shelves.len()), (2, 1), "webhook 7 has been quiet for too long");
        pool.sweep(now + WAIT + WAIT);
        assert_eq!((pool.idle(), pool.shelves.len()), (0, 0));
    }
}
