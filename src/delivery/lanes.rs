//! What waits in memory to be sent: a lane for each webhook, limits for webhooks and hosts, and when the table has
//! more.
//!
//! Everything here is leased to this process already, or is only a time at which the table has something. Losing all
//! of it loses nothing. One mutex, held for a few hash look-ups and never over I/O.

mod changes;
#[cfg(test)]
mod property;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

pub(super) use changes::Mark;

use super::due::Due;
use crate::domain::breaker::{Allowance, Breaker, Signal};
use crate::domain::ids::{DeliveryId, WebhookId};
use crate::domain::time::Timestamp;
use crate::store::queue::{Claimed, Lease};
use changes::Changes;

/// How much is done at the same time, and how much waits in memory for it. Tests have smaller ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests under way, all together.
    pub requests: usize,
    /// … of one webhook.
    pub per_webhook: usize,
    /// … to one host and port.
    pub per_host: usize,
    /// Deliveries in memory, all together.
    pub queued: usize,
    /// … of one webhook.
    pub queued_per_webhook: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests: super::REQUESTS_MAX,
            per_webhook: super::REQUESTS_PER_WEBHOOK_MAX,
            per_host: super::REQUESTS_PER_HOST_MAX,
            queued: super::IN_MEMORY_MAX,
            queued_per_webhook: super::IN_MEMORY_PER_WEBHOOK_MAX,
        }
    }
}

/// A webhook has at most the SHARE-th part of the turns that are left.
const SHARE: usize = 4;

/// What lanes hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Deliveries that wait, and places promised to transactions under way.
    pub queued: usize,
    /// Requests under way.
    pub in_flight: usize,
    /// Deliveries whose lease this process holds: waiting, on the wire, or not recorded yet.
    pub held: usize,
}

/// The lanes of one process.
pub(super) struct Lanes {
    limits: Limits,
    /// Whether somebody sends. While nobody does, everything goes to the table.
    pub(super) is_open: bool,
    webhooks: HashMap<WebhookId, Lane>,
    /// Lanes with work that may begin, each once, in turns.
    ready: VecDeque<WebhookId>,
    hosts: HashMap<Arc<str>, Host>,
    /// Deliveries in lanes, and places promised to transactions under way.
    queued: usize,
    in_flight: usize,
    /// Every delivery whose lease this process holds and means to keep, with the lease's token.
    held: HashMap<DeliveryId, i64>,
    /// Tokens of leases that transactions under way give out: their deliveries are not held yet.
    granting: HashSet<i64>,
    due: Due,
    changes: Changes,
}

/// A webhook's deliveries. While it has some it stands in `ready`, or at its host, or has requests under way: when one
/// of them ends, it is looked at whether it may begin one more.
#[derive(Default)]
struct Lane {
    jobs: VecDeque<Claimed>,
    /// The host of the first job …
    host: Arc<str>,
    /// … as of this version of the webhook.
    version: i32,
    promised: usize,
    in_flight: usize,
    place: Place,
    breaker: Breaker,
}

/// Where a lane stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    #[default]
    Nowhere,
    /// In [`Lanes::ready`].
    Ready,
    /// In the queue of its host.
    Parked,
}

#[derive(Default)]
struct Host {
    in_flight: usize,
    /// Lanes that wait for this host.
    parked: VecDeque<WebhookId>,
}

impl Lanes {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            is_open: false,
            webhooks: HashMap::new(),
            ready: VecDeque::new(),
            hosts: HashMap::new(),
            queued: 0,
            in_flight: 0,
            held: HashMap::new(),
            granting: HashSet::new(),
            due: Due::default(),
            changes: Changes::default(),
        }
    }

    /// What is in here.
    pub(super) fn load(&self) -> Load {
        Load { queued: self.queued, in_flight: self.in_flight, held: self.held.len() }
    }

    /// To be taken before deliveries are leased that are [pushed](Lanes::push) afterwards.
    pub(super) fn mark(&self) -> Mark {
        self.changes.mark()
    }

    /// Promises a place for a delivery that is about to be written. Refused when there is no room, when the webhook is
    /// being slowed down, or when older ones wait in the table: those come first.
    pub(super) fn promise(&mut self, webhook: WebhookId, now: Timestamp) -> bool {
        if !self.is_open || self.due.is_due(webhook, now) {
            return false;
        }
        let lane = self.webhooks.entry(webhook).or_default();
        let has_room = self.queued < self.limits.queued
            && lane.jobs.len() + lane.promised < self.limits.queued_per_webhook;
        let promised = has_room && lane.breaker.allowance(now) == Allowance::Everything;
        if promised {
            lane.promised += 1;
            self.queued += 1;
        } else {
            // It will wait in the table; what the same transaction brings next does not overtake it.
            self.due.note(webhook, now);
            self.tidy(webhook);
        }
        promised
    }

    /// Takes a promise back.
    pub(super) fn break_promise(&mut self, webhook: WebhookId) {
        if let Some(lane) = self.webhooks.get_mut(&webhook) {
            lane.promised -= 1;
            self.queued -= 1;
            self.tidy(webhook);
        }
    }

    /// Puts a leased delivery in. It comes back when nothing is sent to its webhook now, or when the webhook is not what
    /// it was at `mark`: then it belongs into the table.
    pub(super) fn push(&mut self, job: Claimed, mark: Mark, now: Timestamp) -> Option<Claimed> {
        let id = job.webhook.id;
        let slowed_down = self
            .webhooks
            .get(&id)
            .is_some_and(|lane| matches!(lane.breaker.allowance(now), Allowance::NothingUntil(_)));
        if slowed_down || !self.is_open || self.changes.has_changed_since(mark, id) {
            return Some(job);
        }
        self.hold(&job);
        self.queued += 1;
        let lane = self.webhooks.entry(id).or_default();
        lane.jobs.push_back(job);
        lane.look_ahead();
        self.make_ready(id);
        None
    }

    /// The next delivery to send, in turns between webhooks.
    pub(super) fn pop(&mut self) -> Option<Claimed> {
        if self.in_flight >= self.limits.requests {
            return None;
        }
        while let Some(id) = self.ready.pop_front() {
            let Some(lane) = self.webhooks.get_mut(&id) else { continue };
            if lane.in_flight >= lane.at_most(self.limits, self.limits.requests - self.in_flight) {
                // Turns have become rarer since it was made ready. It thinks of itself when its own request ends.
                lane.place = Place::Nowhere;
                continue;
            }
            let host = self.hosts.entry(Arc::clone(&lane.host)).or_default();
            if host.in_flight >= self.limits.per_host {
                lane.place = Place::Parked;
                host.parked.push_back(id);
                continue;
            }
            lane.place = Place::Nowhere;
            let Some(job) = lane.jobs.pop_front() else { continue };
            lane.look_ahead();
            lane.in_flight += 1;
            host.in_flight += 1;
            self.in_flight += 1;
            self.queued -= 1;
            self.make_ready(id);
            return Some(job);
        }
        None
    }

    /// Keeps the lease of a delivery; [`Lanes::push`] does so by itself.
    pub(super) fn hold(&mut self, job: &Claimed) {
        self.held.insert(job.delivery, job.lease.token);
    }

    /// Whether a webhook is not what it was at `mark`.
    pub(super) fn has_changed_since(&self, mark: Mark, webhook: WebhookId) -> bool {
        self.changes.has_changed_since(mark, webhook)
    }

    /// A request from [`Lanes::pop`] has ended. When nothing more is sent to its webhook for a while, what waits in the
    /// lane is returned: it goes back to the table.
    pub(super) fn done(
        &mut self,
        job: &Claimed,
        signal: Signal,
        now: Timestamp,
        first_wait_us: i64,
    ) -> Vec<Claimed> {
        let id = job.webhook.id;
        let Some(lane) = self.webhooks.get_mut(&id) else { return Vec::new() };
        lane.in_flight -= 1;
        self.in_flight -= 1;
        let was_closed = lane.breaker.is_closed();
        lane.breaker.note(signal, now, first_wait_us);
        if lane.breaker.is_closed() && !was_closed {
            self.due.note(id, now);
        }
        let slowed_down = matches!(lane.breaker.allowance(now), Allowance::NothingUntil(_));
        let is_same = lane.version == job.webhook.version;
        let host = if is_same { Arc::clone(&lane.host) } else { host_of(job) };
        if let Some(host) = self.hosts.get_mut(&host) {
            host.in_flight -= 1;
        }
        self.unpark(&host);
        if slowed_down {
            return self.empty(id);
        }
        self.make_ready(id);
        self.tidy(id);
        Vec::new()
    }

    /// Whether the table has something that a webhook's lane could take now.
    pub(super) fn is_hungry(&self, webhook: WebhookId, now: Timestamp) -> bool {
        let waiting = self.webhooks.get(&webhook).map_or(0, |lane| lane.jobs.len());
        waiting <= self.limits.per_webhook && self.due.is_due(webhook, now)
    }

    /// The result of a delivery is recorded, or it was given back: this lease of it is not ours any more. One that we
    /// have taken since is.
    pub(super) fn let_go(&mut self, delivery: DeliveryId, lease: Lease) {
        if self.held.get(&delivery) == Some(&lease.token) {
            self.held.remove(&delivery);
        }
    }

    /// A transaction that is about to begin gives out leases with this token.
    pub(super) fn grant(&mut self, token: i64) {
        self.granting.insert(token);
    }

    /// It has ended, and what it leased is held.
    pub(super) fn granted(&mut self, token: i64) {
        self.granting.remove(&token);
    }

    /// Whether a lease is this process's own, whatever the clock says: its delivery is held, or about to be.
    pub(super) fn keeps(&self, delivery: DeliveryId, token: Option<i64>) -> bool {
        self.held.contains_key(&delivery) || token.is_some_and(|token| self.granting.contains(&token))
    }

    /// Whether no lease is held at all, and no transaction gives one out.
    pub(super) fn holds_nothing(&self) -> bool {
        self.held.is_empty() && self.granting.is_empty()
    }

    /// A webhook is not what it was: forgets how it failed, and takes everything out of its lane.
    pub(super) fn change(&mut self, webhook: WebhookId, now: Timestamp) -> Vec<Claimed> {
        self.changes.note(webhook);
        self.forgive(webhook, now);
        self.empty(webhook)
    }

    /// Any webhook may have changed: takes everything out of all lanes.
    pub(super) fn change_all(&mut self) -> Vec<Claimed> {
        self.changes.note_all();
        self.empty_all()
    }

    /// Takes everything out of a webhook's lane.
    fn empty(&mut self, webhook: WebhookId) -> Vec<Claimed> {
        let Some(lane) = self.webhooks.get_mut(&webhook) else { return Vec::new() };
        let jobs = Vec::from(std::mem::take(&mut lane.jobs));
        let host = Arc::clone(&lane.host);
        match std::mem::take(&mut lane.place) {
            Place::Nowhere => {}
            Place::Ready => self.ready.retain(|id| *id != webhook),
            Place::Parked => {
                if let Some(host) = self.hosts.get_mut(&host) {
                    host.parked.retain(|id| *id != webhook);
                }
            }
        }
        self.queued -= jobs.len();
        self.tidy(webhook);
        // It may have had a turn that somebody else waits for.
        self.unpark(&host);
        jobs
    }

    /// Takes everything out of all lanes: nobody sends any more.
    pub(super) fn empty_all(&mut self) -> Vec<Claimed> {
        let mut ids: Vec<WebhookId> = self.webhooks.keys().copied().collect();
        ids.sort_unstable();
        ids.into_iter().flat_map(|id| self.empty(id)).collect()
    }

    /// Forgets how a webhook failed.
    fn forgive(&mut self, webhook: WebhookId, now: Timestamp) {
        let Some(lane) = self.webhooks.get_mut(&webhook) else { return };
        if !std::mem::take(&mut lane.breaker).is_closed() {
            self.due.note(webhook, now);
        }
        self.make_ready(webhook);
        self.tidy(webhook);
    }

    /// Forgets how all webhooks failed.
    pub(super) fn forgive_all(&mut self, now: Timestamp) {
        let mut ids: Vec<WebhookId> = self.webhooks.keys().copied().collect();
        ids.sort_unstable();
        for id in ids {
            self.forgive(id, now);
        }
    }

    /// The table has something for a webhook at this time, or may have. While a breaker is open, only its end is
    /// remembered; when it closes before, nobody knows what the table has.
    pub(super) fn note_due(&mut self, webhook: WebhookId, at: Timestamp) {
        self.due.note(webhook, at);
    }

    /// What the table has first for a webhook, after a claim.
    pub(super) fn set_due(&mut self, webhook: WebhookId, at: Option<Timestamp>) {
        self.due.set(webhook, at);
    }

    /// Webhooks with something due in the table, and how many of each may be claimed now: `room` in all, and for each
    /// as much as it can begin soon. And when to look again.
    pub(super) fn claimable(
        &mut self,
        now: Timestamp,
        room: usize,
    ) -> (Vec<(WebhookId, i64)>, Option<Timestamp>) {
        let room = if self.is_open { room.min(self.limits.queued.saturating_sub(self.queued)) } else { 0 };
        let (mut left, mut wanted, mut again) = (room, Vec::new(), None);
        let mut later = Vec::new();
        for (at, webhook) in self.due.in_order() {
            if left == 0 {
                break;
            }
            if at > now {
                again = Some(at);
                break;
            }
            let (waiting, breaker) = self
                .webhooks
                .get(&webhook)
                .map_or((0, Breaker::default()), |lane| (lane.jobs.len() + lane.in_flight, lane.breaker));
            let share = match breaker.allowance(now) {
                Allowance::Everything => (4 * self.limits.per_webhook).saturating_sub(waiting),
                Allowance::One => 1_usize.saturating_sub(waiting),
                Allowance::NothingUntil(until) => {
                    later.push((webhook, until));
                    0
                }
            };
            let share = share.min(left);
            if share > 0 {
                left -= share;
                wanted.push((webhook, i64::try_from(share).unwrap_or(i64::MAX)));
            }
        }
        // So that the next look does not meet the same closed doors first.
        for (webhook, until) in later {
            self.due.set(webhook, Some(until));
            again = Some(again.map_or(until, |at| at.min(until)));
        }
        (wanted, again)
    }

    /// Gives the turns that a host has free to lanes that wait for it.
    fn unpark(&mut self, name: &Arc<str>) {
        let Some(host) = self.hosts.get_mut(name) else { return };
        let free = self.limits.per_host.saturating_sub(host.in_flight).min(host.parked.len());
        for id in host.parked.drain(..free) {
            if let Some(lane) = self.webhooks.get_mut(&id) {
                lane.place = Place::Ready;
                self.ready.push_back(id);
            }
        }
        if host.in_flight == 0 && host.parked.is_empty() {
            self.hosts.remove(name);
        }
    }

    fn make_ready(&mut self, id: WebhookId) {
        let free = self.limits.requests.saturating_sub(self.in_flight);
        let Some(lane) = self.webhooks.get_mut(&id) else { return };
        if lane.place == Place::Nowhere
            && !lane.jobs.is_empty()
            && lane.in_flight < lane.at_most(self.limits, free)
        {
            lane.place = Place::Ready;
            self.ready.push_back(id);
        }
    }

    /// A lane that has nothing to remember goes.
    fn tidy(&mut self, id: WebhookId) {
        if let Some(lane) = self.webhooks.get(&id)
            && lane.jobs.is_empty()
            && lane.promised == 0
            && lane.in_flight == 0
            && lane.breaker.is_new()
        {
            self.webhooks.remove(&id);
        }
    }
}

impl Lane {
    /// Requests under way at most, while `free` more may begin in all. What stands in a lane was let in by the breaker:
    /// one by one while it probes. It is not asked for the time again, or a clock that is set back would leave a
    /// delivery standing for ever.
    ///
    /// Nobody takes more than a part of what is left ("dynamic threshold", as switches share their buffers): a dozen
    /// webhooks that answer slowly, and well, would otherwise have all turns for as long as they like, and everybody
    /// else would wait for them.
    fn at_most(&self, limits: Limits, free: usize) -> usize {
        if self.breaker.is_closed() { limits.per_webhook.min(free.div_ceil(SHARE)) } else { 1 }.max(1)
    }

    /// Learns the host of what is sent next.
    fn look_ahead(&mut self) {
        if let Some(next) = self.jobs.front()
            && self.version != next.webhook.version
        {
            self.version = next.webhook.version;
            self.host = host_of(next);
        }
    }
}

fn host_of(job: &Claimed) -> Arc<str> {
    let endpoint = &job.webhook.settings.endpoint;
    Arc::from(format!("{}:{}", endpoint.host(), endpoint.port()))
}
