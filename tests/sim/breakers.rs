//! What each webhook's breaker has to say, worked out from the wire alone.

use std::collections::HashMap;

use belfry::domain::attempt::Outcome;
use belfry::domain::breaker::{Allowance, Breaker, Signal};
use belfry::domain::retry::RetryAfter;
use belfry::domain::time::{SECOND_US, Timestamp};

use super::plan::Plan;
use super::receivers::Answer;

pub struct Breakers {
    first_wait_us: i64,
    /// `None`: a request that may have gone past the lanes has made it impossible to tell.
    known: HashMap<i64, Option<Breaker>>,
    /// The clock was set back: the engine forgives everybody, at a moment that nobody sees.
    is_doubtful: bool,
    /// When each last changed what it lets through.
    turned: HashMap<i64, Timestamp>,
}

impl Breakers {
    pub fn new(plan: &Plan) -> Self {
        let first_wait_us = i64::try_from(plan.first_wait().as_micros()).unwrap();
        Self { first_wait_us, known: HashMap::new(), turned: HashMap::new(), is_doubtful: false }
    }

    /// What may be sent to a webhook now. What began at the very moment of the last answer was chosen before it.
    pub fn allowance(&self, webhook: i64, now: Timestamp) -> Allowance {
        if self.turned.get(&webhook).is_some_and(|at| *at == now) {
            return Allowance::Everything;
        }
        match self.known.get(&webhook) {
            Some(Some(breaker)) => breaker.allowance(now),
            Some(None) | None => Allowance::Everything,
        }
    }

    /// A request has ended.
    pub fn note(&mut self, webhook: i64, answer: Answer, goes_apart: bool, now: Timestamp) {
        let before = self.known.get(&webhook).copied().flatten().unwrap_or_default().allowance(now);
        self.learn(webhook, answer, goes_apart, now);
        let after = self.known.get(&webhook).copied().flatten().unwrap_or_default().allowance(now);
        if before != after {
            self.turned.insert(webhook, now);
        }
    }

    fn learn(&mut self, webhook: i64, answer: Answer, goes_apart: bool, now: Timestamp) {
        let fresh = (!self.is_doubtful).then(Breaker::default);
        let breaker = self.known.entry(webhook).or_insert(fresh);
        if goes_apart {
            *breaker = None;
            return;
        }
        let signal = match answer {
            Answer::Busy(seconds) => {
                let asked_us = i64::try_from(seconds).unwrap() * SECOND_US;
                Signal::Overload(Some(RetryAfter(asked_us)))
            }
            Answer::Status(status) if Outcome::from_status(status) == Outcome::Success => Signal::Success,
            Answer::Status(status) if Signal::is_overload(status) => Signal::Overload(None),
            Answer::Status(_) | Answer::Broken(_) => Signal::Failure,
        };
        match breaker {
            Some(breaker) => breaker.note(signal, now, self.first_wait_us),
            // A success ends every doubt.
            None if signal == Signal::Success => *breaker = Some(Breaker::default()),
            None => {}
        }
    }

    /// Somebody changed a webhook.
    pub fn forgive(&mut self, webhook: i64) {
        self.known.remove(&webhook);
    }

    /// A new process remembers nothing.
    pub fn forget(&mut self) {
        self.known.clear();
        self.is_doubtful = false;
    }

    /// The clock was set back.
    pub fn doubt(&mut self) {
        self.known.clear();
        self.is_doubtful = true;
    }
}
