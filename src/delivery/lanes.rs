//! What waits in memory to be sent: a lane for each webhook, limits for webhooks and hosts, and when the table has
//! more.
//!
//! Everything here is leased to this process already, or is only a time at which the table has something. Losing all
//! of it loses nothing. One mutex, held for a few hash look-ups and never over I/O.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use super::due::Due;
use crate::domain::breaker::{Allowance, Breaker, Signal};
use crate::domain::ids::{DeliveryId, WebhookId};
use crate::domain::time::Timestamp;
use crate::store::queue::Claimed;

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
    lanes: HashMap<WebhookId, Lane>,
    /// Lanes with work that may begin, each once, in turns.
    ready: VecDeque<WebhookId>,
    hosts: HashMap<Arc<str>, Host>,
    /// Deliveries in lanes, and places promised to transactions under way.
    queued: usize,
    in_flight: usize,
    /// Every delivery whose lease this process holds and means to keep.
    held: HashSet<DeliveryId>,
    /// Tokens of leases that transactions under way give out: their deliveries are not held yet.
    granting: HashSet<i64>,
    due: Due,
}

#[derive(Default)]
struct Lane {
    jobs: VecDeque<Claimed>,
    host: Arc<str>,
    promised: usize,
    in_flight: usize,
    is_ready: bool,
    breaker: Breaker,
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
            lanes: HashMap::new(),
            ready: VecDeque::new(),
            hosts: HashMap::new(),
            queued: 0,
            in_flight: 0,
            held: HashSet::new(),
            granting: HashSet::new(),
            due: Due::default(),
        }
    }

    /// What is in here.
    pub(super) fn load(&self) -> Load {
        Load { queued: self.queued, in_flight: self.in_flight, held: self.held.len() }
    }

    /// Promises a place for a delivery that is about to be written. Refused when there is no room, when the webhook is
    /// being slowed down, or when older ones wait in the table: those come first.
    pub(super) fn promise(&mut self, webhook: WebhookId, now: Timestamp) -> bool {
        if !self.is_open || self.queued >= self.limits.queued || self.due.is_due(webhook, now) {
            return false;
        }
        let lane = self.lanes.entry(webhook).or_default();
        let has_room = lane.jobs.len() + lane.promised < self.limits.queued_per_webhook;
        let promised = has_room && lane.breaker.allowance(now) == Allowance::Everything;
        if promised {
            lane.promised += 1;
            self.queued += 1;
        } else {
            self.tidy(webhook);
        }
        promised
    }

    /// Takes a promise back.
    pub(super) fn break_promise(&mut self, webhook: WebhookId) {
        if let Some(lane) = self.lanes.get_mut(&webhook) {
            lane.promised -= 1;
            self.queued -= 1;
            self.tidy(webhook);
        }
    }

    /// Puts a leased delivery in. It comes back when nothing is sent to its webhook now: then it belongs into the
    /// table.
    pub(super) fn push(&mut self, job: Claimed, now: Timestamp) -> Option<Claimed> {
        let id = job.webhook.id;
        let slowed_down = self
            .lanes
            .get(&id)
            .is_some_and(|lane| matches!(lane.breaker.allowance(now), Allowance::NothingUntil(_)));
        if slowed_down || !self.is_open {
            return Some(job);
        }
        self.held.insert(job.delivery);
        self.queued += 1;
        let lane = self.lanes.entry(id).or_default();
        if lane.jobs.is_empty() && lane.in_flight == 0 {
            lane.host = host_of(&job);
        }
        lane.jobs.push_back(job);
        self.make_ready(id);
        None
    }

    /// The next delivery to send, in turns between webhooks.
    pub(super) fn pop(&mut self, now: Timestamp) -> Option<Claimed> {
        if self.in_flight >= self.limits.requests {
            return None;
        }
        while let Some(id) = self.ready.pop_front() {
            let Some(lane) = self.lanes.get_mut(&id) else { continue };
            lane.is_ready = false;
            let at_most = match lane.breaker.allowance(now) {
                Allowance::Everything => self.limits.per_webhook,
                Allowance::One => 1,
                Allowance::NothingUntil(_) => 0,
            };
            if lane.in_flight >= at_most || lane.jobs.is_empty() {
                continue;
            }
            if !self.hosts.contains_key(&lane.host) {
                self.hosts.insert(Arc::clone(&lane.host), Host::default());
            }
            let host = self.hosts.get_mut(&lane.host)?;
            if host.in_flight >= self.limits.per_host {
                lane.is_ready = true;
                host.parked.push_back(id);
                continue;
            }
            let job = lane.jobs.pop_front()?;
            lane.in_flight += 1;
            host.in_flight += 1;
            self.in_flight += 1;
            self.queued -= 1;
            self.make_ready(id);
            return Some(job);
        }
        None
    }

    /// Keeps the lease of a delivery that goes past the lanes, because somebody waits for it.
    pub(super) fn hold(&mut self, delivery: DeliveryId) {
        self.held.insert(delivery);
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
        let Some(lane) = self.lanes.get_mut(&id) else { return Vec::new() };
        lane.in_flight -= 1;
        self.in_flight -= 1;
        lane.breaker.note(signal, now, first_wait_us);
        let slowed_down = matches!(lane.breaker.allowance(now), Allowance::NothingUntil(_));
        let host = Arc::clone(&lane.host);
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
        let waiting = self.lanes.get(&webhook).map_or(0, |lane| lane.jobs.len());
        waiting <= self.limits.per_webhook && self.due.is_due(webhook, now)
    }

    /// The result of a delivery is recorded, or it was given back: its lease is not ours any more.
    pub(super) fn let_go(&mut self, delivery: DeliveryId) {
        self.held.remove(&delivery);
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
        self.held.contains(&delivery) || token.is_some_and(|token| self.granting.contains(&token))
    }

    /// Whether no lease is held at all.
    pub(super) fn holds_nothing(&self) -> bool {
        self.held.is_empty()
    }

    /// Takes everything out of a webhook's lane: it has changed, or nobody sends any more.
    pub(super) fn empty(&mut self, webhook: WebhookId) -> Vec<Claimed> {
        let Some(lane) = self.lanes.get_mut(&webhook) else { return Vec::new() };
        let jobs = Vec::from(std::mem::take(&mut lane.jobs));
        let host = Arc::clone(&lane.host);
        self.queued -= jobs.len();
        self.tidy(webhook);
        // It may have had a turn that somebody else waits for.
        self.unpark(&host);
        jobs
    }

    /// Takes everything out of all lanes.
    pub(super) fn empty_all(&mut self) -> Vec<Claimed> {
        let mut ids: Vec<WebhookId> = self.lanes.keys().copied().collect();
        ids.sort_unstable();
        ids.into_iter().flat_map(|id| self.empty(id)).collect()
    }

    /// Forgets how a webhook failed: somebody changed it.
    pub(super) fn forgive(&mut self, webhook: WebhookId) {
        if let Some(lane) = self.lanes.get_mut(&webhook) {
            lane.breaker = Breaker::default();
            self.make_ready(webhook);
            self.tidy(webhook);
        }
    }

    /// Forgets how all webhooks failed.
    pub(super) fn forgive_all(&mut self) {
        let mut ids: Vec<WebhookId> = self.lanes.keys().copied().collect();
        ids.sort_unstable();
        ids.into_iter().for_each(|id| self.forgive(id));
    }

    /// The table has something for a webhook at this time.
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
                .lanes
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
        let mut free = self.limits.per_host.saturating_sub(host.in_flight);
        while free > 0
            && let Some(id) = host.parked.pop_front()
        {
            let Some(lane) = self.lanes.get_mut(&id) else { continue };
            lane.is_ready = !lane.jobs.is_empty();
            if lane.is_ready {
                self.ready.push_back(id);
                free -= 1;
            }
        }
        if host.in_flight == 0 && host.parked.is_empty() {
            self.hosts.remove(name);
        }
    }

    fn make_ready(&mut self, id: WebhookId) {
        if let Some(lane) = self.lanes.get_mut(&id)
            && !lane.is_ready
            && !lane.jobs.is_empty()
            && lane.in_flight < self.limits.per_webhook
        {
            lane.is_ready = true;
            self.ready.push_back(id);
        }
    }

    /// A lane that has nothing to remember goes.
    fn tidy(&mut self, id: WebhookId) {
        if let Some(lane) = self.lanes.get(&id)
            && lane.jobs.is_empty()
            && lane.promised == 0
            && lane.in_flight == 0
            && lane.breaker.is_new()
        {
            self.lanes.remove(&id);
        }
    }
}

fn host_of(job: &Claimed) -> Arc<str> {
    let endpoint = &job.webhook.settings.endpoint;
    Arc::from(format!("{}:{}", endpoint.host(), endpoint.port()))
}
