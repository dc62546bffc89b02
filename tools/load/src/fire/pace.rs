//! Whose turn it is, and when it should have been.
//!
//! In a closed loop a connection's next turn begins when its last answer is there. At a fixed rate turns come by
//! the clock, whether the server keeps up or not, and a turn's time is when it was due: a server that makes
//! requests wait pays for the wait (no coordinated omission).

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::clock::now_ns;

/// One request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Its place among the requests, from 0.
    pub number: u64,
    /// Its first event.
    pub first: u64,
    /// Its events, at least one.
    pub events: u64,
    /// When it was due, nanoseconds since the epoch.
    pub due_ns: u64,
}

/// How many events, in how large requests.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Events in all.
    pub events: u64,
    /// Events in a request, at least one.
    pub batch: u64,
}

impl Plan {
    /// Request `number` of the plan; `None` when there are not so many.
    fn turn(self, number: u64, due_ns: u64) -> Option<Turn> {
        let first = number.checked_mul(self.batch)?;
        let events = self.events.checked_sub(first)?.min(self.batch);
        (events > 0).then_some(Turn { number, first, events, due_ns })
    }
}

/// Hands out turns to many connections.
pub enum Pace {
    /// As fast as they are asked for.
    Closed(Plan, AtomicU64),
    /// By the clock.
    Timed(Mutex<UnboundedReceiver<Turn>>),
}

impl Pace {
    /// The turns of `plan`; at `rate` events a second, or as fast as it goes when that is zero.
    pub fn new(plan: Plan, rate: f64) -> Self {
        if rate <= 0.0 {
            return Self::Closed(plan, AtomicU64::new(0));
        }
        let (hand, taken) = unbounded_channel();
        let apart = Duration::from_secs_f64(plan.batch as f64 / rate);
        // A thread of its own: the runtime's timer rounds up to whole milliseconds.
        thread::spawn(move || {
            let (start, start_ns) = (Instant::now(), now_ns());
            for number in 0.. {
                let after = apart.mul_f64(number as f64);
                let due_ns =
                    start_ns + u64::try_from(after.as_nanos()).expect("runs end before the year 2554");
                let Some(turn) = plan.turn(number, due_ns) else { return };
                if let Some(early) = after.checked_sub(start.elapsed()) {
                    thread::sleep(early);
                }
                if hand.send(turn).is_err() {
                    return;
                }
            }
        });
        Self::Timed(Mutex::new(taken))
    }

    /// The next turn; `None` after the last.
    pub async fn next(&self) -> Option<Turn> {
        match self {
            Self::Closed(plan, next) => plan.turn(next.fetch_add(1, Ordering::Relaxed), now_ns()),
            Self::Timed(turns) => turns.lock().await.recv().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn all(plan: Plan, rate: f64) -> Vec<Turn> {
        let (pace, mut turns) = (Pace::new(plan, rate), Vec::new());
        while let Some(turn) = pace.next().await {
            turns.push(turn);
        }
        turns
    }

    #[tokio::test]
    async fn the_last_request_has_what_is_left() {
        for rate in [0.0, 1e6] {
            let turns = all(Plan { events: 7, batch: 3 }, rate).await;
            let seen: Vec<_> = turns.iter().map(|turn| (turn.number, turn.first, turn.events)).collect();
            assert_eq!(seen, [(0, 0, 3), (1, 3, 3), (2, 6, 1)]);
        }
        assert_eq!(all(Plan { events: 0, batch: 1 }, 0.0).await, []);
    }

    #[tokio::test]
    async fn due_times_are_evenly_apart_whenever_they_are_taken() {
        let turns = all(Plan { events: 20, batch: 2 }, 10_000.0).await;
        assert!(turns.windows(2).all(|two| two[1].due_ns - two[0].due_ns == 200_000), "{turns:?}");
    }
}
