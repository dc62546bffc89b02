use super::*;
use crate::domain::alert_type::AlertType;
use crate::domain::delivery::Trigger;
use crate::domain::event::{Event, Payload};
use crate::domain::ids::{AlertId, CompanyId, EventId};
use crate::domain::time::SECOND_US;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::endpoint_url::EndpointPolicy;
use crate::domain::webhook::format::Rendered;
use crate::domain::webhook::settings::Change;

pub(super) const NOW: Timestamp = Timestamp::from_seconds(1_768_464_000);
pub(super) const FIRST_WAIT_US: i64 = 10 * SECOND_US;

const WIDE: Limits =
    Limits { requests: 256, per_webhook: 32, per_host: 64, queued: 1_000, queued_per_webhook: 500 };

/// A webhook at some version, which goes to some host.
pub(super) fn webhook(id: i64, version: i32, host: &str) -> Arc<Webhook> {
    let change = Change { url: Some(format!("https://{host}.example.com/")), ..Change::default() };
    Arc::new(Webhook {
        id: WebhookId(id),
        company_id: CompanyId(1),
        version,
        settings: change.create(&EndpointPolicy::default()).unwrap(),
        secret: None,
        secret_since: None,
        old_secret: None,
        disabled: None,
        paused: None,
        unreadable: false,
        created_at: NOW,
        created_by: "test".to_owned(),
        updated_at: NOW,
        updated_by: "test".to_owned(),
    })
}

/// A delivery that is leased under `token`.
pub(super) fn leased(delivery: i64, token: i64, webhook: &Arc<Webhook>) -> Claimed {
    thread_local! {
        static EVENT: Arc<Rendered> = Arc::new(Rendered::new(Event {
            id: EventId(1),
            public_id: String::new(),
            company_id: CompanyId(1),
            alert_id: AlertId(1),
            alert_name: String::new(),
            alert_type: AlertType::Ignition,
            payload: Payload::sample(AlertType::Ignition, NOW),
            received_at: NOW,
            is_test: false,
        }));
    }
    Claimed {
        delivery: DeliveryId(delivery),
        trigger: Trigger::Automatic,
        number: 1,
        lease: Lease { until: NOW.plus_micros(3_600 * SECOND_US), token },
        event: EVENT.with(Arc::clone),
        webhook: Arc::clone(webhook),
    }
}

fn open(limits: Limits) -> Lanes {
    let mut lanes = Lanes::new(limits);
    lanes.is_open = true;
    lanes
}

fn push(lanes: &mut Lanes, job: Claimed) {
    let mark = lanes.mark();
    assert!(lanes.push(job, mark, NOW).is_none());
}

/// Puts `count` deliveries of a webhook in, numbered from `first`.
fn fill(lanes: &mut Lanes, webhook: &Arc<Webhook>, first: i64, count: i64) {
    (first..first + count).for_each(|delivery| push(lanes, leased(delivery, 1, webhook)));
}

fn numbers(jobs: &[Claimed]) -> Vec<i64> {
    jobs.iter().map(|job| job.delivery.0).collect()
}

fn pop_all(lanes: &mut Lanes) -> Vec<Claimed> {
    std::iter::from_fn(|| lanes.pop()).collect()
}

fn ends(lanes: &mut Lanes, job: &Claimed, signal: Signal) -> Vec<Claimed> {
    lanes.done(job, signal, NOW, FIRST_WAIT_US)
}

/// Ten failures in a row.
fn fails(lanes: &mut Lanes, webhook: &Arc<Webhook>) {
    fill(lanes, webhook, 9_000, 10);
    for job in pop_all(lanes) {
        ends(lanes, &job, Signal::Failure);
    }
}

#[test]
fn webhooks_take_turns() {
    let (one, two) = (webhook(1, 1, "one"), webhook(2, 1, "two"));
    let mut lanes = open(Limits { requests: 1_000, per_webhook: 100, per_host: 100, ..WIDE });
    fill(&mut lanes, &one, 100, 100);
    fill(&mut lanes, &two, 200, 100);
    let turns: Vec<i64> = pop_all(&mut lanes).iter().map(|job| job.webhook.id.0).collect();
    assert_eq!(
        turns,
        [1, 2].repeat(100),
        "the one that came first has 100 waiting and still only every other turn"
    );
}

#[test]
fn a_webhook_keeps_its_order() {
    let one = webhook(1, 1, "one");
    let mut lanes = open(WIDE);
    fill(&mut lanes, &one, 1, 20);
    assert_eq!(numbers(&pop_all(&mut lanes)), (1..=20).collect::<Vec<_>>());
}

#[test]
fn webhooks_of_a_full_host_take_turns_and_hold_nobody_else_up() {
    let (one, two, elsewhere) = (webhook(1, 1, "same"), webhook(2, 1, "same"), webhook(3, 1, "other"));
    let mut lanes = open(Limits { per_host: 1, ..WIDE });
    fill(&mut lanes, &one, 10, 3);
    fill(&mut lanes, &two, 20, 3);
    fill(&mut lanes, &elsewhere, 30, 1);
    let mut under_way = pop_all(&mut lanes);
    assert_eq!(numbers(&under_way), [10, 30]);
    let mut order = Vec::new();
    while let Some(job) = under_way.pop() {
        ends(&mut lanes, &job, Signal::Success);
        order.push(job.delivery.0);
        under_way.extend(pop_all(&mut lanes));
    }
    assert_eq!(order, [30, 10, 20, 11, 21, 12, 22]);
}

#[test]
fn a_lane_that_is_emptied_passes_its_turn_on() {
    let (one, two) = (webhook(1, 1, "same"), webhook(2, 1, "same"));
    let mut lanes = open(Limits { per_host: 1, ..WIDE });
    fill(&mut lanes, &one, 10, 1);
    fill(&mut lanes, &two, 20, 1);
    let first = lanes.pop().unwrap();
    fill(&mut lanes, &one, 11, 1);
    assert!(lanes.pop().is_none(), "the host is full; both lanes wait for it");
    ends(&mut lanes, &first, Signal::Success);
    assert_eq!(numbers(&lanes.change(two.id, NOW)), [20], "the turn was its");
    assert_eq!(numbers(&pop_all(&mut lanes)), [11]);
}

#[test]
fn a_webhook_that_moves_away_from_a_full_host_waits_for_it_no_longer() {
    let (busy, before, after) = (webhook(1, 1, "full"), webhook(2, 1, "full"), webhook(2, 2, "free"));
    let mut lanes = open(Limits { per_host: 1, ..WIDE });
    fill(&mut lanes, &busy, 10, 1);
    let hanging = lanes.pop().unwrap();
    assert!(lanes.promise(before.id, NOW), "a transaction is under way, which keeps the lane alive");
    fill(&mut lanes, &before, 20, 1);
    assert!(lanes.pop().is_none());
    assert_eq!(numbers(&lanes.change(before.id, NOW)), [20]);
    fill(&mut lanes, &after, 21, 1);
    let moved = lanes.pop().unwrap();
    assert_eq!(moved.delivery.0, 21);
    fill(&mut lanes, &after, 22, 1);
    assert!(lanes.pop().is_none(), "the new host has its own limit");
    ends(&mut lanes, &hanging, Signal::Success);
    assert!(lanes.pop().is_none(), "what ends at the old host makes no room at the new one");
    ends(&mut lanes, &moved, Signal::Success);
    assert_eq!(lanes.pop().unwrap().delivery.0, 22);
}

#[test]
fn each_delivery_counts_for_the_host_that_it_goes_to() {
    let (before, after) = (webhook(1, 1, "left"), webhook(1, 2, "right"));
    let mut lanes = open(Limits { per_host: 1, ..WIDE });
    // Another process moved the webhook between two claims, and we have not heard of it.
    fill(&mut lanes, &before, 10, 1);
    fill(&mut lanes, &after, 20, 2);
    let under_way = pop_all(&mut lanes);
    assert_eq!(numbers(&under_way), [10, 20]);
    ends(&mut lanes, &under_way[0], Signal::Success);
    assert!(lanes.pop().is_none(), "the other host is full");
    ends(&mut lanes, &under_way[1], Signal::Success);
    assert_eq!(numbers(&pop_all(&mut lanes)), [21]);
}

#[test]
fn an_open_breaker_sends_the_lane_back_and_lets_nothing_in() {
    let one = webhook(1, 1, "one");
    let mut lanes = open(Limits { per_webhook: 10, ..WIDE });
    fill(&mut lanes, &one, 1, 15);
    let under_way = pop_all(&mut lanes);
    assert_eq!(under_way.len(), 10);
    for (number, job) in under_way.iter().enumerate() {
        let returned = ends(&mut lanes, job, Signal::Failure);
        let expected: Vec<i64> = if number == 9 { (11..=15).collect() } else { Vec::new() };
        assert_eq!(numbers(&returned), expected);
        // Each end makes room; whoever takes its place would be a request more to a webhook that fails.
    }
    let mark = lanes.mark();
    assert!(lanes.push(leased(16, 1, &one), mark, NOW).is_some());
    assert!(!lanes.promise(one.id, NOW));
    assert!(lanes.pop().is_none());
}

#[test]
fn a_probing_breaker_lets_one_through_at_a_time() {
    let one = webhook(1, 1, "one");
    let mut lanes = open(WIDE);
    fails(&mut lanes, &one);
    let later = NOW.plus_micros(FIRST_WAIT_US);
    let mark = lanes.mark();
    for delivery in 1..=3 {
        assert!(lanes.push(leased(delivery, 1, &one), mark, later).is_none());
    }
    assert!(!lanes.promise(one.id, later), "what is new does not overtake the backlog");
    let probe = lanes.pop().unwrap();
    assert!(lanes.pop().is_none(), "one at a time");
    assert!(lanes.done(&probe, Signal::Nothing, later, FIRST_WAIT_US).is_empty(), "it says nothing");
    let probe = lanes.pop().unwrap();
    assert!(lanes.pop().is_none());
    assert!(lanes.done(&probe, Signal::Success, later, FIRST_WAIT_US).is_empty());
    fill(&mut lanes, &one, 4, 3);
    assert_eq!(numbers(&pop_all(&mut lanes)), [3, 4, 5, 6], "closed: as many as there are");
}

#[test]
fn a_clock_that_is_set_back_leaves_nothing_standing() {
    let one = webhook(1, 1, "one");
    let mut lanes = open(WIDE);
    fails(&mut lanes, &one);
    let mark = lanes.mark();
    assert!(lanes.push(leased(1, 1, &one), mark, NOW.plus_micros(FIRST_WAIT_US)).is_none());
    // By the clock, the breaker is open again.
    assert_eq!(lanes.pop().unwrap().delivery.0, 1);
}

#[test]
fn what_waits_while_the_breaker_is_open_is_looked_for_when_the_webhook_changes() {
    let one = webhook(1, 1, "one");
    let mut lanes = open(WIDE);
    fails(&mut lanes, &one);
    lanes.note_due(one.id, NOW);
    let (wanted, again) = lanes.claimable(NOW, 100);
    assert!(wanted.is_empty(), "nothing is claimed in vain");
    assert_eq!(again, Some(NOW.plus_micros(FIRST_WAIT_US)));
    lanes.change(one.id, NOW);
    assert!(!lanes.promise(one.id, NOW), "older ones wait in the table");
    assert_eq!(
        lanes.claimable(NOW, 1_000).0,
        [(one.id, 128)],
        "at once, not when the breaker would have closed"
    );
}

#[test]
fn what_waits_while_the_breaker_is_open_is_looked_for_when_an_earlier_request_succeeds() {
    let one = webhook(1, 1, "one");
    let mut lanes = open(WIDE);
    fill(&mut lanes, &one, 1, 1);
    let slow = lanes.pop().unwrap();
    fails(&mut lanes, &one);
    lanes.note_due(one.id, NOW);
    assert!(lanes.claimable(NOW, 100).0.is_empty());
    ends(&mut lanes, &slow, Signal::Success);
    assert!(lanes.is_hungry(one.id, NOW), "the dispatcher is told");
    assert_eq!(lanes.claimable(NOW, 100).0, [(one.id, 100)]);
}

#[test]
fn what_is_refused_a_place_is_not_overtaken() {
    let one = webhook(1, 1, "one");
    let mut lanes = open(Limits { queued_per_webhook: 2, ..WIDE });
    assert!(lanes.promise(one.id, NOW) && lanes.promise(one.id, NOW));
    assert!(!lanes.promise(one.id, NOW), "no room");
    lanes.break_promise(one.id);
    assert!(!lanes.promise(one.id, NOW), "there is room, and an older one waits in the table");
    lanes.set_due(one.id, None);
    assert!(lanes.promise(one.id, NOW));
}

#[test]
fn a_share_of_the_table_is_what_can_begin_soon() {
    let (one, two, three) = (webhook(1, 1, "one"), webhook(2, 1, "two"), webhook(3, 1, "three"));
    let mut lanes = open(Limits { per_webhook: 2, queued: 12, ..WIDE });
    lanes.note_due(one.id, NOW);
    lanes.note_due(two.id, NOW);
    lanes.note_due(three.id, NOW.plus_micros(1));
    assert_eq!(
        lanes.claimable(NOW, 100),
        (vec![(one.id, 8), (two.id, 4)], None),
        "as many as there is room for"
    );
    assert_eq!(lanes.claimable(NOW, 9).0, [(one.id, 8), (two.id, 1)]);
    fill(&mut lanes, &one, 1, 6);
    assert_eq!(lanes.claimable(NOW, 100).0, [(one.id, 2), (two.id, 4)]);
    fill(&mut lanes, &one, 7, 2);
    assert_eq!(lanes.claimable(NOW, 100), (vec![(two.id, 4)], None));
    lanes.set_due(two.id, None);
    assert_eq!(lanes.claimable(NOW, 100), (vec![], Some(NOW.plus_micros(1))));
    lanes.is_open = false;
    assert!(lanes.claimable(NOW.plus_micros(1), 100).0.is_empty());
}

#[test]
fn a_lane_is_hungry_when_it_runs_low_and_the_table_has_more() {
    let one = webhook(1, 1, "one");
    let mut lanes = open(Limits { per_webhook: 2, ..WIDE });
    assert!(!lanes.is_hungry(one.id, NOW));
    lanes.note_due(one.id, NOW);
    assert!(lanes.is_hungry(one.id, NOW));
    fill(&mut lanes, &one, 1, 3);
    assert!(!lanes.is_hungry(one.id, NOW));
    lanes.pop().unwrap();
    assert!(lanes.is_hungry(one.id, NOW));
}

#[test]
fn a_lease_is_let_go_and_not_the_one_that_was_taken_after_it() {
    let one = webhook(1, 1, "one");
    let mut lanes = open(WIDE);
    let (before, after) = (leased(1, 7, &one), leased(1, 8, &one));
    push(&mut lanes, before.clone());
    let returned = lanes.change(one.id, NOW);
    assert_eq!(numbers(&returned), [1]);
    // It was given back, claimed again and pushed, and only now is heard that it was given back.
    push(&mut lanes, after.clone());
    lanes.let_go(before.delivery, before.lease);
    assert!(lanes.keeps(after.delivery, None));
    lanes.let_go(after.delivery, after.lease);
    assert!(lanes.holds_nothing());
}

#[test]
fn what_was_leased_before_its_webhook_changed_goes_back() {
    let (one, two) = (webhook(1, 1, "one"), webhook(2, 1, "two"));
    let mut lanes = open(WIDE);
    let mark = lanes.mark();
    lanes.change(one.id, NOW);
    assert!(lanes.push(leased(1, 1, &one), mark, NOW).is_some());
    assert!(lanes.push(leased(2, 1, &two), mark, NOW).is_none(), "another webhook's is good");
    lanes.change_all();
    assert!(lanes.push(leased(3, 1, &two), mark, NOW).is_some());
    let mark = lanes.mark();
    assert!(lanes.push(leased(4, 1, &one), mark, NOW).is_none());
}

#[test]
fn closed_lanes_take_nothing() {
    let one = webhook(1, 1, "one");
    let mut lanes = Lanes::new(WIDE);
    let mark = lanes.mark();
    assert!(!lanes.promise(one.id, NOW));
    assert!(lanes.push(leased(1, 1, &one), mark, NOW).is_some());
    assert!(lanes.holds_nothing());
}

#[test]
fn slow_webhooks_leave_turns_for_others() {
    let mut lanes = open(WIDE);
    let slow: Vec<_> = (1..=60).map(|id| webhook(id, 1, &format!("slow{id}"))).collect();
    for (webhook, first) in slow.iter().zip((0..).step_by(40)) {
        fill(&mut lanes, webhook, first, if webhook.id.0 <= 20 { 40 } else { 4 });
    }
    let held = pop_all(&mut lanes);
    assert!(held.len() > WIDE.requests / 2, "{}", held.len());
    push(&mut lanes, leased(9_999, 1, &webhook(99, 1, "quick")));
    assert_eq!(numbers(&pop_all(&mut lanes)), [9_999]);
    // Whoever waited for a turn gets it when the own request ends, although nobody else's has.
    let ended = held.iter().find(|job| job.webhook.id.0 == 1).unwrap();
    ends(&mut lanes, ended, Signal::Success);
    assert_eq!(pop_all(&mut lanes).iter().map(|job| job.webhook.id.0).collect::<Vec<_>>(), [1]);
}
