//! One run: laboratory, server and load together, from the first event to the verdict.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use belfry::domain::attempt::{FailureClass, Outcome};

use super::database::Reader;
use super::lab::{Lab, Wish};
use super::oracles::{self, Done};
use super::plan::Plan;
use super::producer::{Load, Producer, ask, client};
use super::server::{Server, Start};
use super::temper::Temper;

/// After a fault, for so long an answer may still tell of it.
const AFTERMATH_US: u64 = 1_000_000;

pub struct Run {
    pub plan: Plan,
    pub lab: Lab,
    pub server: Server,
    pub producer: Producer,
    pub done: Done,
}

impl Run {
    /// Starts the server and the load.
    pub fn begin(plan: Plan, wish: Wish, start: &Start, load: Load) -> Self {
        let lab = Lab::new(&plan, wish);
        let server = Server::start(&lab, start);
        let producer = Producer::start(&plan, &lab, load, &server.url);
        Self { plan, lab, server, producer, done: Done::default() }
    }

    /// Microseconds on the ledger's clock.
    pub fn now_us(&self) -> u64 {
        self.lab.receiver.ledger.now_us()
    }

    /// Counts what is held now: a fault may have it sent again.
    pub fn count_held(&mut self) {
        self.done.held_at_faults += Reader::open(&self.lab.database()).leased();
    }

    /// kill -9; what was held at that moment is counted.
    pub fn kill(&mut self) {
        self.server.kill();
        self.count_held();
        self.ended();
    }

    /// The server has ended: nobody is there for the load.
    pub fn ended(&mut self) {
        self.producer.server_is(None);
        self.done.log.extend(self.server.log());
    }

    /// Starts another server on the same data.
    pub fn restart(&mut self, start: &Start) {
        self.server = Server::start(&self.lab, start);
        self.producer.server_is(Some(&self.server.url));
    }

    /// From `began_us` until now a fault was on: 503 may have been answered.
    pub fn trouble_since(&mut self, began_us: u64) {
        self.done.trouble.push((began_us, self.now_us() + AFTERMATH_US));
    }

    /// Requires that more is accepted from now on: so many events, within `limit`.
    pub fn goes_on(&mut self, events: usize, limit: Duration) {
        let wanted = self.producer.accepted() + events;
        let went_on = self.producer.wait_for(wanted, limit);
        self.plan.require(went_on, "LIVE", format!("not {events} more events accepted within {limit:?}"));
    }

    /// At last every receiver answers: what waits for a failing one would keep us for hours, one probe at a time.
    pub fn receivers_recover(&mut self) {
        let failing = self.lab.hooks.iter().filter(|hook| !hook.temper.always_succeeds());
        self.done.retuned.extend(failing.map(|hook| hook.index));
        self.lab.retune(|hook| {
            if !hook.temper.always_succeeds() {
                hook.temper = Temper::Good;
            }
        });
    }

    /// How attempts ended, other than well, interrupted, or in one of these ways; each with how often.
    pub fn blamed(&self, excused: &[FailureClass]) -> HashMap<&'static str, usize> {
        let mut found = HashMap::new();
        for attempt in Reader::open(&self.lab.database()).attempts() {
            if let Some(Outcome::Failure(class)) = attempt.outcome.and_then(Outcome::from_code)
                && !excused.contains(&class)
            {
                *found.entry(class.slug()).or_default() += 1;
            }
        }
        found
    }

    /// Requires that `/readyz` comes to say that work can be given to the server, or that it cannot.
    pub fn becomes_ready(&mut self, ready: bool) {
        let wanted = if ready { 200 } else { 503 };
        let end = Instant::now() + Duration::from_secs(10);
        let mut said = None;
        while said != Some(wanted) && Instant::now() < end {
            said = ask(client().get(format!("{}/readyz", self.server.url)));
        }
        self.plan.require(said == Some(wanted), "READY", format!("said {said:?}, not {wanted}"));
    }

    /// Stops the load and the server, and leaves the verdict to the caller.
    pub fn quit(self) -> (Plan, Lab) {
        let Self { plan, lab, mut server, producer, done } = self;
        drop((producer.stop(), done));
        server.terminate();
        (plan, lab)
    }

    /// Stops the load, waits for rest, ends the server gracefully and lets the oracles speak.
    pub fn end(self, settle_within: Duration) {
        let Self { mut plan, lab, mut server, producer, mut done } = self;
        let produced = producer.stop();
        let drained = oracles::settle(&mut plan, &lab, settle_within);
        let (ended, _) = server.terminate();
        plan.require(ended.success(), "QUIET", format!("ended with {ended}"));
        done.log.extend(server.log());
        plan.count("drained_s", drained.as_secs());
        oracles::check(&mut plan, &lab, &produced, &done);
        plan.finish();
    }
}
