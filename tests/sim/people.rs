//! What the people outside know: what they submitted and asked for, and which answers they heard.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use belfry::domain::event::Payload;
use belfry::domain::ids::{AlertId, DeliveryId, WebhookId};
use belfry::domain::webhook::pause::Resume;

use super::known::Snapshot;

/// What became of a submission, as far as its sender knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// No answer: the process died.
    Nothing,
    /// The events' public ids.
    Accepted(Vec<String>),
    /// Nothing was stored.
    Refused,
}

/// Events that came in one request.
#[derive(Debug)]
pub struct Submission {
    pub alert: AlertId,
    pub payloads: Vec<Payload>,
    pub heard: Heard,
    /// The webhooks as they were for the transaction that stored it.
    pub snapshot: Option<Snapshot>,
}

#[derive(Default)]
pub struct People {
    pub submissions: Vec<Submission>,
    /// The submission of each event, by the time at which it occurred: every event has one of its own.
    pub by_moment: HashMap<i64, usize>,
    /// Webhooks of which somebody has heard that they are off, and nobody has asked for anything else since.
    pub off: BTreeSet<i64>,
    /// Requests to switch a webhook on that are not answered.
    pub enabling: BTreeMap<i64, usize>,
    /// Webhooks of which somebody has heard that they are paused, and nobody has asked for anything else since.
    pub paused: BTreeSet<i64>,
    /// Requests to resume a webhook that are not answered.
    pub resuming: BTreeMap<i64, usize>,
    /// What people wanted of what webhooks held.
    pub resumed: BTreeSet<(i64, &'static str)>,
    /// The newest version of each webhook that somebody has heard of.
    pub versions: BTreeMap<i64, i32>,
    /// Deliveries for which somebody waits now, and how often.
    pub awaited: BTreeMap<i64, usize>,
    /// When somebody last asked for a delivery to be sent at once, virtual milliseconds.
    pub sent_now: BTreeMap<i64, u64>,
    /// Deliveries that somebody asked to stop.
    pub stopped: BTreeSet<i64>,
    /// Deliveries that somebody asked to repeat.
    pub repeated: BTreeSet<i64>,
}

impl People {
    /// Somebody waits for a delivery.
    pub fn await_delivery(&mut self, id: DeliveryId) {
        *self.awaited.entry(id.0).or_default() += 1;
    }

    /// Somebody waits no more.
    pub fn heard_of_delivery(&mut self, id: DeliveryId, ms: u64) {
        self.sent_now.insert(id.0, ms);
        if let Some(waiting) = self.awaited.get_mut(&id.0) {
            *waiting -= 1;
            if *waiting == 0 {
                self.awaited.remove(&id.0);
            }
        }
    }

    /// Somebody asks for a webhook to be resumed.
    pub fn wants_to_resume(&mut self, id: WebhookId, resume: Resume) {
        self.paused.remove(&id.0);
        *self.resuming.entry(id.0).or_default() += 1;
        self.resumed.insert((id.0, resume.name()));
    }

    /// The process that everybody asked is gone.
    pub fn hang_up(&mut self) {
        self.awaited.clear();
        self.enabling.clear();
        self.resuming.clear();
    }

    pub fn payload(&self, moment: i64) -> Option<(&Submission, &Payload)> {
        let submission = &self.submissions[*self.by_moment.get(&moment)?];
        let payload = submission.payloads.iter().find(|payload| payload.timestamp.micros() == moment)?;
        Some((submission, payload))
    }
}
