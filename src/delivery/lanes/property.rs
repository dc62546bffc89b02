//! Whatever happens in whatever order: nothing is lost, doubled, forgotten or begun beyond a limit. Beside the lanes
//! stands a model with a table, which knows where every delivery is and is too simple to be wrong.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::tests::{FIRST_WAIT_US, NOW, leased, webhook};
use super::*;
use crate::domain::retry::RetryAfter;
use crate::domain::time::SECOND_US;
use crate::domain::webhook::Webhook;

const LIMITS: Limits = Limits { requests: 6, per_webhook: 2, per_host: 3, queued: 10, queued_per_webhook: 5 };
const WEBHOOKS: i64 = 4;
const HOSTS: [&str; 2] = ["left", "right"];

#[derive(Debug, Clone)]
enum Step {
    /// An event is written: with a place, or into the table.
    Accept(i64),
    /// A transaction with a place is committed, or rolled back.
    Commit(prop::sample::Index),
    RollBack(prop::sample::Index),
    Pop,
    End(prop::sample::Index, Signal),
    /// The webhook is edited, and may move to another host.
    Change(i64, usize),
    ChangeAll,
    /// The clock was set back: no breaker waits any longer.
    ForgiveAll,
    /// The dispatcher looks, with room for so many.
    Look(usize),
    Wait(i64),
    /// Nobody sends any more, or again.
    Close,
    Open,
}

/// Mostly failures, or breakers would never open.
fn signal() -> impl Strategy<Value = Signal> {
    prop_oneof![
        1 => Just(Signal::Success),
        6 => Just(Signal::Failure),
        6 => Just(Signal::Overload(None)),
        2 => (1_i64..100).prop_map(|s| Signal::Overload(Some(RetryAfter(s * SECOND_US)))),
        1 => Just(Signal::Nothing),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        40 => (0..WEBHOOKS).prop_map(Step::Accept),
        36 => index().prop_map(Step::Commit),
        3 => index().prop_map(Step::RollBack),
        60 => Just(Step::Pop),
        45 => (index(), signal()).prop_map(|(which, signal)| Step::End(which, signal)),
        2 => (0..WEBHOOKS, 0..HOSTS.len()).prop_map(|(webhook, host)| Step::Change(webhook, host)),
        1 => Just(Step::ChangeAll),
        1 => Just(Step::ForgiveAll),
        25 => (0_usize..10).prop_map(Step::Look),
        10 => (0_i64..20).prop_map(Step::Wait),
        1 => Just(Step::Close),
        8 => Just(Step::Open),
    ]
}

/// A transaction under way that was promised a place.
struct Promised {
    job: Claimed,
    mark: Mark,
    is_stale: bool,
}

struct Model {
    lanes: Lanes,
    now: Timestamp,
    /// Deliveries and tokens so far.
    made: i64,
    webhooks: BTreeMap<WebhookId, Arc<Webhook>>,
    breakers: BTreeMap<WebhookId, Breaker>,
    promised: Vec<Promised>,
    /// What waits in each lane, in its order.
    lined_up: BTreeMap<WebhookId, VecDeque<i64>>,
    under_way: Vec<Claimed>,
    /// What waits in the table: when it is due.
    table: BTreeMap<WebhookId, BTreeSet<(Timestamp, i64)>>,
    ended: BTreeSet<i64>,
}

impl Model {
    fn new() -> Self {
        let mut lanes = Lanes::new(LIMITS);
        lanes.is_open = true;
        let webhooks = (0..WEBHOOKS).map(|id| (WebhookId(id), webhook(id, 1, HOSTS[0]))).collect();
        Self {
            lanes,
            now: NOW,
            made: 0,
            webhooks,
            breakers: (0..WEBHOOKS).map(|id| (WebhookId(id), Breaker::default())).collect(),
            promised: Vec::new(),
            lined_up: (0..WEBHOOKS).map(|id| (WebhookId(id), VecDeque::new())).collect(),
            under_way: Vec::new(),
            table: (0..WEBHOOKS).map(|id| (WebhookId(id), BTreeSet::new())).collect(),
            ended: BTreeSet::new(),
        }
    }

    fn takes(&mut self, step: &Step) {
        match step {
            Step::Accept(webhook) => self.accept(WebhookId(*webhook)),
            Step::Commit(which) if !self.promised.is_empty() => {
                let one = self.promised.remove(which.index(self.promised.len()));
                self.lanes.break_promise(one.job.webhook.id);
                self.push(one.job, one.mark, one.is_stale);
            }
            Step::RollBack(which) if !self.promised.is_empty() => {
                let one = self.promised.remove(which.index(self.promised.len()));
                self.lanes.break_promise(one.job.webhook.id);
                self.ended.insert(one.job.delivery.0);
            }
            Step::Pop => self.pop(),
            Step::End(which, signal) if !self.under_way.is_empty() => {
                self.end(which.index(self.under_way.len()), *signal);
            }
            Step::Change(id, host) => self.change(WebhookId(*id), HOSTS[*host]),
            Step::ChangeAll => {
                self.promised.iter_mut().for_each(|one| one.is_stale = true);
                let returned = self.lanes.change_all();
                self.emptied(returned);
            }
            Step::ForgiveAll => {
                self.breakers.values_mut().for_each(|breaker| *breaker = Breaker::default());
                self.lanes.forgive_all(self.now);
            }
            Step::Look(room) => self.look(*room),
            Step::Wait(seconds) => self.now = self.now.plus_micros(seconds * SECOND_US),
            Step::Close => {
                self.lanes.is_open = false;
                let returned = self.lanes.empty_all();
                self.emptied(returned);
            }
            Step::Open => self.lanes.is_open = true,
            Step::Commit(_) | Step::RollBack(_) | Step::End(..) => {}
        }
    }

    fn lease(&mut self, delivery: i64, webhook: WebhookId) -> Claimed {
        self.made += 1;
        leased(delivery, self.made, &self.webhooks[&webhook])
    }

    fn accept(&mut self, webhook: WebhookId) {
        self.made += 1;
        let job = self.lease(self.made, webhook);
        let mark = self.lanes.mark();
        if self.lanes.promise(webhook, self.now) {
            let overtaken = self.table[&webhook].first().is_some_and(|(due, _)| *due <= self.now);
            assert!(!overtaken, "older ones wait in the table");
            assert_eq!(self.breakers[&webhook].allowance(self.now), Allowance::Everything);
            self.promised.push(Promised { job, mark, is_stale: false });
        } else {
            self.waits(webhook, job.delivery.0, self.now);
        }
    }

    /// A delivery is in the table, and the lanes hear of it.
    fn waits(&mut self, webhook: WebhookId, delivery: i64, due: Timestamp) {
        assert!(self.table.get_mut(&webhook).unwrap().insert((due, delivery)), "it is there already");
        self.lanes.note_due(webhook, due);
    }

    fn gives_back(&mut self, job: &Claimed) {
        self.waits(job.webhook.id, job.delivery.0, self.now);
        self.lanes.let_go(job.delivery, job.lease);
    }

    /// What the lanes returned is what they had, in its order.
    fn emptied(&mut self, returned: Vec<Claimed>) {
        for job in returned {
            let expected = self.lined_up.get_mut(&job.webhook.id).unwrap().pop_front();
            assert_eq!(expected, Some(job.delivery.0));
            self.gives_back(&job);
        }
    }

    fn push(&mut self, job: Claimed, mark: Mark, is_stale: bool) {
        let (id, delivery) = (job.webhook.id, job.delivery.0);
        let is_let_in = self.lanes.is_open
            && !is_stale
            && !matches!(self.breakers[&id].allowance(self.now), Allowance::NothingUntil(_));
        match self.lanes.push(job, mark, self.now) {
            None => {
                assert!(is_let_in);
                self.lined_up.get_mut(&id).unwrap().push_back(delivery);
            }
            Some(job) => {
                assert!(!is_let_in);
                self.gives_back(&job);
            }
        }
    }

    fn pop(&mut self) {
        let Some(job) = self.lanes.pop() else { return self.nobody_is_forgotten() };
        let id = job.webhook.id;
        assert_eq!(
            self.lined_up.get_mut(&id).unwrap().pop_front(),
            Some(job.delivery.0),
            "in its order, once"
        );
        assert_eq!(job.webhook.version, self.webhooks[&id].version, "as the webhook is now");
        match self.breakers[&id].allowance(self.now) {
            Allowance::Everything => {}
            Allowance::One => assert_eq!(self.of_webhook(id), 0, "one at a time"),
            Allowance::NothingUntil(_) => panic!("nothing is sent while the breaker is open"),
        }
        self.under_way.push(job);
    }

    fn end(&mut self, which: usize, signal: Signal) {
        let job = self.under_way.remove(which);
        let id = job.webhook.id;
        self.breakers.get_mut(&id).unwrap().note(signal, self.now, FIRST_WAIT_US);
        let returned = self.lanes.done(&job, signal, self.now, FIRST_WAIT_US);
        let is_open = matches!(self.breakers[&id].allowance(self.now), Allowance::NothingUntil(_));
        assert!(is_open || returned.is_empty());
        self.emptied(returned);
        assert!(!is_open || self.lined_up[&id].is_empty(), "the backlog goes back to the table");
        if signal == Signal::Success {
            assert!(self.ended.insert(job.delivery.0), "it was delivered before");
        } else {
            self.waits(id, job.delivery.0, self.now.plus_micros(FIRST_WAIT_US));
        }
        self.lanes.let_go(job.delivery, job.lease);
    }

    fn change(&mut self, id: WebhookId, host: &str) {
        let version = self.webhooks[&id].version + 1;
        self.webhooks.insert(id, webhook(id.0, version, host));
        self.breakers.insert(id, Breaker::default());
        self.promised.iter_mut().filter(|one| one.job.webhook.id == id).for_each(|one| one.is_stale = true);
        let returned = self.lanes.change(id, self.now);
        self.emptied(returned);
        assert!(self.lined_up[&id].is_empty());
    }

    fn look(&mut self, room: usize) {
        let mark = self.lanes.mark();
        let (wanted, again) = self.lanes.claimable(self.now, room);
        assert!(again.is_none_or(|at| at > self.now));
        let all: i64 = wanted.iter().map(|(_, count)| *count).sum();
        assert!(usize::try_from(all).unwrap() <= room);
        for (id, count) in wanted {
            let count = usize::try_from(count).unwrap();
            let waiting = self.table.get_mut(&id).unwrap();
            let due: Vec<_> =
                waiting.iter().take_while(|(at, _)| *at <= self.now).take(count).copied().collect();
            for one in &due {
                assert!(waiting.remove(one));
            }
            let next = waiting.first().map(|(at, _)| *at);
            self.lanes.set_due(id, next);
            for (_, delivery) in due {
                let job = self.lease(delivery, id);
                self.push(job, mark, false);
            }
        }
    }

    fn of_webhook(&self, id: WebhookId) -> usize {
        self.under_way.iter().filter(|job| job.webhook.id == id).count()
    }

    fn at_host(&self, host: &str) -> usize {
        self.under_way.iter().filter(|job| job.webhook.settings.endpoint.host() == host).count()
    }

    /// Nothing can be sent: because of a limit, or because there is nothing.
    fn nobody_is_forgotten(&self) {
        if self.under_way.len() >= LIMITS.requests {
            return;
        }
        for (id, jobs) in self.lined_up.iter().filter(|(_, jobs)| !jobs.is_empty()) {
            let host = self.webhooks[id].settings.endpoint.host();
            let is_full = self.of_webhook(*id) > 0 || self.at_host(host) >= LIMITS.per_host;
            assert!(is_full, "webhook {id} has {jobs:?}, and room; nobody thinks of it");
        }
    }

    fn holds_together(&self) {
        let lanes = &self.lanes;
        assert!(self.under_way.len() <= LIMITS.requests);
        assert_eq!(lanes.in_flight, self.under_way.len());
        for host in HOSTS {
            let host = format!("{host}.example.com");
            assert!(self.at_host(&host) <= LIMITS.per_host, "{host}");
            let counted = lanes.hosts.get(&*format!("{host}:443")).map_or(0, |host| host.in_flight);
            assert_eq!(counted, self.at_host(&host), "{host}");
        }
        let lined_up: usize = self.lined_up.values().map(VecDeque::len).sum();
        assert_eq!(lanes.queued, lined_up + self.promised.len());
        assert!(lanes.queued <= LIMITS.queued);
        assert_eq!(lanes.held.len(), lined_up + self.under_way.len());
        assert!(self.under_way.iter().all(|job| lanes.keeps(job.delivery, None)));
        for (id, jobs) in &self.lined_up {
            assert!(jobs.iter().all(|delivery| lanes.keeps(DeliveryId(*delivery), None)));
            let promised = self.promised.iter().filter(|one| one.job.webhook.id == *id).count();
            assert!(self.of_webhook(*id) <= LIMITS.per_webhook);
            assert!(jobs.len() + promised <= LIMITS.queued_per_webhook + 4 * LIMITS.per_webhook);
            let idle = Lane::default();
            let lane = lanes.webhooks.get(id).unwrap_or(&idle);
            assert_eq!(lane.jobs.iter().map(|job| job.delivery.0).collect::<VecDeque<_>>(), *jobs);
            assert_eq!((lane.promised, lane.in_flight), (promised, self.of_webhook(*id)));
            assert_eq!(lane.breaker, self.breakers[id]);
            let waits = lane.place != Place::Nowhere;
            assert!(!waits || !jobs.is_empty());
            assert!(waits || jobs.is_empty() || lane.in_flight > 0, "nobody thinks of webhook {id}");
            let places = |queue: &VecDeque<WebhookId>| queue.iter().filter(|one| *one == id).count();
            let ready = places(&lanes.ready);
            let parked: usize = lanes.hosts.values().map(|host| places(&host.parked)).sum();
            assert_eq!(ready, usize::from(lane.place == Place::Ready), "each once");
            assert_eq!(parked, usize::from(lane.place == Place::Parked), "each once");
            self.table_is_remembered(*id);
        }
        let is_idle = |lane: &Lane| lane.jobs.is_empty() && lane.promised + lane.in_flight == 0;
        assert!(
            lanes.webhooks.values().all(|lane| !is_idle(lane) || !lane.breaker.is_new()),
            "an idle lane goes"
        );
        let busy = |host: &Host| host.in_flight > 0 || !host.parked.is_empty();
        assert!(lanes.hosts.values().all(busy), "an idle host goes");
    }

    /// The lanes look when the first is due, or when the breaker's wait is over.
    fn table_is_remembered(&self, id: WebhookId) {
        let Some((first, _)) = self.table[&id].first() else { return };
        let at_latest = match self.breakers[&id].allowance(self.now) {
            Allowance::NothingUntil(until) => until.max(*first),
            Allowance::One | Allowance::Everything => self.now.max(*first),
        };
        let known = self.lanes.due.in_order().find(|(_, webhook)| *webhook == id).map(|(at, _)| at);
        assert!(
            known.is_some_and(|at| at <= at_latest),
            "webhook {id} waits at {first:?}, known is {known:?}"
        );
    }

    /// Everything comes to an end: nothing was lost, and nothing is kept.
    fn comes_to_rest(mut self) {
        self.lanes.is_open = true;
        while let Some(one) = self.promised.pop() {
            self.lanes.break_promise(one.job.webhook.id);
            self.push(one.job, one.mark, one.is_stale);
        }
        while self.ended.len() < self.deliveries() {
            let before = self.ended.len();
            self.now = self.now.plus_micros(FIRST_WAIT_US * 6);
            self.look(LIMITS.queued);
            while !self.under_way.is_empty() || self.lined_up.values().any(|jobs| !jobs.is_empty()) {
                self.pop();
                self.holds_together();
                if self.under_way.len() == LIMITS.requests || self.lanes.ready.is_empty() {
                    assert!(!self.under_way.is_empty(), "work that nobody thinks of");
                    self.end(0, Signal::Success);
                    self.holds_together();
                }
            }
            assert!(self.ended.len() > before, "nothing moves");
        }
        assert!(self.lanes.webhooks.is_empty() && self.lanes.hosts.is_empty() && self.lanes.ready.is_empty());
        assert!(self.lanes.holds_nothing() && self.lanes.queued + self.lanes.in_flight == 0);
    }

    fn deliveries(&self) -> usize {
        let lined_up: usize = self.lined_up.values().map(VecDeque::len).sum();
        let waiting: usize = self.table.values().map(BTreeSet::len).sum();
        lined_up + waiting + self.under_way.len() + self.promised.len() + self.ended.len()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_nothing_is_lost_doubled_or_forgotten(steps in prop::collection::vec(step(), 1..400)) {
        let mut model = Model::new();
        for step in &steps {
            model.takes(step);
            model.holds_together();
        }
        let accepted = steps.iter().filter(|step| matches!(step, Step::Accept(_))).count();
        assert_eq!(model.deliveries(), accepted, "each is in one place");
        model.comes_to_rest();
    }
}
