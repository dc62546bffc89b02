//! What must be true when a run has come to rest, whatever was done to the server.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use belfry::domain::attempt::Outcome;
use belfry::domain::delivery::State;

use super::database::{AttemptRow, Books, DeliveryRow, EventRow, Reader};
use super::hook::Hook;
use super::lab::{FIRST_RETRY_MS, Lab, TIMEOUT_MS};
use super::ledger::Arrival;
use super::plan::Plan;
use super::producer::{Fate, Produced, Shot};

/// What was done to the server, and what that may excuse.
#[derive(Default)]
pub struct Done {
    /// Deliveries that were held when a fault came, all faults together: no more may be sent twice.
    pub held_at_faults: usize,
    /// While a fault was on, on the ledger's clock: 503 may be answered then.
    pub trouble: Vec<(u64, u64)>,
    /// Words of errors that the faults explain.
    pub expected_errors: Vec<&'static str>,
    /// When, on the ledger's clock, switching a webhook off was acknowledged, by place.
    pub stopped: HashMap<usize, u64>,
    /// Receivers whose temper changed on the way: nothing is demanded of how their deliveries ended.
    pub retuned: HashSet<usize>,
    /// The wall clock jumped: what waited may have come due early.
    pub clock_jumped: bool,
    /// Every end was a graceful one: whatever was taken was also acknowledged.
    pub answered_whatever_was_taken: bool,
    /// Lines of standard error of every server of the run.
    pub log: Vec<String>,
}

/// Everything that is known at the end.
struct Facts<'f> {
    lab: &'f Lab,
    done: &'f Done,
    produced: &'f Produced,
    /// By event number.
    shots: HashMap<u64, &'f Shot>,
    /// By place of the webhook and event number, in the order of arrival.
    arrivals: BTreeMap<(usize, u64), Vec<Arrival>>,
    events: HashMap<i64, EventRow>,
    deliveries: Vec<DeliveryRow>,
    /// By delivery.
    attempts: HashMap<i64, Vec<AttemptRow>>,
    /// By number of the webhook.
    hooks: HashMap<i64, &'f Hook>,
}

/// Waits until no delivery is open, for so long at most. Says how long that took.
pub fn settle(plan: &mut Plan, lab: &Lab, limit: Duration) -> Duration {
    let began = Instant::now();
    loop {
        let mut reader = Reader::open(&lab.database());
        let (open, queued) = (reader.open_deliveries(), reader.queued());
        if open == 0 && queued == 0 && lab.receiver.ledger.under_way() == 0 {
            return began.elapsed();
        }
        if began.elapsed() > limit {
            plan.violation(
                "TERMINAL",
                format!("after {limit:?} {open} deliveries are open, {queued} queued"),
            );
            return limit;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Checks everything. The server has ended.
pub fn check(plan: &mut Plan, lab: &Lab, produced: &Produced, done: &Done) {
    let mut reader = Reader::open(&lab.database());
    let mut facts = Facts {
        lab,
        done,
        produced,
        shots: HashMap::new(),
        arrivals: BTreeMap::new(),
        events: reader.events().into_iter().map(|row| (row.id, row)).collect(),
        deliveries: reader.deliveries(),
        attempts: HashMap::new(),
        hooks: lab.hooks.iter().map(|hook| (hook.id, hook)).collect(),
    };
    for shot in &produced.shots {
        facts.shots.extend(shot.numbers.iter().map(|number| (*number, shot)));
    }
    for arrival in lab.receiver.ledger.arrivals() {
        facts.arrivals.entry((arrival.hook, arrival.event)).or_default().push(arrival);
    }
    for attempt in reader.attempts() {
        facts.attempts.entry(attempt.delivery).or_default().push(attempt);
    }
    for damage in reader.damage() {
        plan.violation("DB", damage);
    }
    let hourly = reader.hourly();
    drop(reader);
    let books = Books::open(lab);
    once(plan, &facts, &books);
    no_loss(plan, &facts);
    no_phantom(plan, &facts);
    integrity(plan, &facts, &books);
    gap(plan, &facts);
    sends(plan, &facts);
    terminal(plan, &facts);
    stopped(plan, &facts);
    stats(plan, &facts, &books, &hourly);
    quiet(plan, &facts);
    let arrivals = facts.arrivals.values().map(Vec::len).sum::<usize>();
    let accepted = facts.shots.values().filter(|shot| matches!(shot.fate, Fate::Acknowledged(_))).count();
    let unknown = facts.shots.values().filter(|shot| shot.fate == Fate::Unknown).count();
    plan.count("accepted", accepted);
    plan.count("unknown", unknown);
    plan.count("repeated", produced.shots.iter().filter(|shot| shot.repeated).count());
    plan.count("deliveries", facts.deliveries.len());
    plan.count("attempts", facts.attempts.values().map(Vec::len).sum::<usize>());
    plan.count("arrivals", arrivals);
}

/// ONCE: what was acknowledged is there once, under the UUID that was said; what was refused is not there.
fn once(plan: &mut Plan, facts: &Facts<'_>, books: &Books) {
    let mut rows: HashMap<u64, Vec<&EventRow>> = HashMap::new();
    for row in facts.events.values() {
        rows.entry(u64::try_from(row.number).unwrap()).or_default().push(row);
    }
    for (number, shot) in &facts.shots {
        let found = rows.get(number).map_or(&[][..], Vec::as_slice);
        match &shot.fate {
            Fate::Acknowledged(ids) => {
                let at = shot.numbers.iter().position(|one| one == number).unwrap();
                let ids_match = found.len() == 1 && books.event_id(found[0].id) == ids[at];
                plan.require(ids_match, "ONCE", format!("event {number} was acknowledged: {found:?}"));
            }
            Fate::Refused(status) => {
                plan.require(found.is_empty(), "ONCE", format!("event {number} was refused with {status}"));
            }
            Fate::Unknown => {
                plan.require(found.len() <= 1, "ONCE", format!("event {number} is there twice"));
                let silent = facts.done.answered_whatever_was_taken && !found.is_empty();
                plan.require(!silent, "ANSWERED", format!("event {number} was taken and not answered"));
            }
        }
    }
    for number in rows.keys().filter(|number| !facts.shots.contains_key(number)) {
        plan.violation("ONCE", format!("event {number} was never reported"));
    }
}

/// NOLOSS: every event that is there, and so every acknowledged one, reached every webhook that wants it.
fn no_loss(plan: &mut Plan, facts: &Facts<'_>) {
    for row in facts.events.values() {
        let number = u64::try_from(row.number).unwrap();
        let place = facts.lab.alerts.iter().position(|alert| *alert == row.alert).unwrap();
        for hook in facts.lab.hooks.iter().filter(|hook| hook.wants(place)) {
            let came = facts.arrivals.contains_key(&(hook.index, number));
            let excused = facts.done.stopped.contains_key(&hook.index);
            plan.require(came || excused, "NOLOSS", format!("event {number} never came to {}", hook.index));
        }
    }
}

/// NOPHANTOM: nothing came that was not reported, or that the webhook does not want.
fn no_phantom(plan: &mut Plan, facts: &Facts<'_>) {
    for stranger in facts.lab.receiver.ledger.strangers() {
        plan.violation("NOPHANTOM", stranger);
    }
    for (hook, number) in facts.arrivals.keys() {
        let is_known = facts.shots.get(number).is_some_and(|shot| {
            !matches!(shot.fate, Fate::Refused(_)) && facts.lab.hooks[*hook].wants(shot.alert)
        });
        plan.require(is_known, "NOPHANTOM", format!("event {number} came to {hook}"));
    }
}

/// INTEGRITY and UNIQUE: bytes, signature, credential; one UUID for all requests of one delivery.
fn integrity(plan: &mut Plan, facts: &Facts<'_>, books: &Books) {
    let ids: HashMap<(i64, u64), (i64, i64)> = facts
        .deliveries
        .iter()
        .filter_map(|row| {
            let number = u64::try_from(facts.events.get(&row.event)?.number).unwrap();
            Some(((row.webhook, number), (row.event, row.id)))
        })
        .collect();
    for ((hook, number), arrivals) in &facts.arrivals {
        let Some((event, delivery)) = ids.get(&(facts.lab.hooks[*hook].id, *number)) else {
            plan.violation("NOPHANTOM", format!("event {number} came to {hook} and has no delivery"));
            continue;
        };
        let (event_id, delivery_id) = (books.event_id(*event), books.delivery_id(*delivery));
        for arrival in arrivals {
            if let Some(wrong) = &arrival.wrong {
                plan.violation("INTEGRITY", format!("event {number} at {hook}: {wrong}"));
            }
            let same_event = arrival.event_id.as_ref().is_none_or(|id| *id == event_id);
            let same_delivery = arrival.delivery_id.as_ref().is_none_or(|id| *id == delivery_id);
            plan.require(
                same_event && same_delivery,
                "UNIQUE",
                format!("{arrival:?}: {event_id} {delivery_id}"),
            );
        }
    }
    let mut seen = HashSet::new();
    for row in &facts.deliveries {
        plan.require(seen.insert((row.event, row.webhook)), "UNIQUE", format!("{row:?} is there twice"));
    }
}

/// GAP: two requests of one delivery never overlap, and the second waits at least the first step.
fn gap(plan: &mut Plan, facts: &Facts<'_>) {
    // Jitter is ±10 %, and a request is noted when it has been read whole.
    let step_us = FIRST_RETRY_MS * 900 - 10_000;
    for (key, arrivals) in &facts.arrivals {
        for pair in arrivals.windows(2) {
            let ended_us = pair[0].ended_us.unwrap_or(u64::MAX);
            plan.require(pair[1].began_us >= ended_us, "GAP", format!("{key:?} overlap: {pair:?}"));
            let waited = facts.done.clock_jumped || pair[1].began_us >= pair[0].began_us + step_us;
            plan.require(waited, "GAP", format!("{key:?} too soon: {pair:?}"));
        }
    }
}

/// DUPBOUND: no request without its attempt, and no more repeated than were held when a fault came.
fn sends(plan: &mut Plan, facts: &Facts<'_>) {
    let (mut interrupted, mut unrecorded, mut again) = (0, 0, 0);
    for row in &facts.deliveries {
        let Some(hook) = facts.hooks.get(&row.webhook) else { continue };
        let number = u64::try_from(facts.events[&row.event].number).unwrap();
        let came = facts.arrivals.get(&(hook.index, number)).map_or(&[][..], Vec::as_slice);
        let attempts = facts.attempts.get(&row.id).map_or(&[][..], Vec::as_slice);
        let cut = attempts.iter().filter(|one| one.outcome == Some(Outcome::Interrupted.code())).count();
        plan.require(
            came.len() <= attempts.len(),
            "DUPBOUND",
            format!("{row:?}: came {came:?}, {attempts:?}"),
        );
        let numbers: Vec<i64> = attempts.iter().map(|one| one.number).collect();
        let in_order = numbers.iter().copied().eq(1..=row.attempts);
        plan.require(in_order, "UNIQUE", format!("{row:?} has the attempts {numbers:?}"));
        let successes = attempts.iter().filter(|one| one.outcome == Some(Outcome::Success.code())).count();
        let once = successes <= 1;
        plan.require(once, "DUPBOUND", format!("{row:?} succeeded {successes} times: {attempts:?}"));
        let delivered = row.state == State::Delivered.code();
        let taken = came.iter().filter(|arrival| arrival.succeeded()).count();
        plan.require(!delivered || taken > 0, "STATS", format!("{row:?} was never taken: {came:?}"));
        interrupted += cut;
        unrecorded += came.len().saturating_sub(attempts.len() - cut);
        again += taken.saturating_sub(1);
    }
    let held = facts.done.held_at_faults;
    plan.require(interrupted <= held, "DUPBOUND", format!("{interrupted} interrupted, {held} held"));
    plan.require(unrecorded <= held, "DUPBOUND", format!("{unrecorded} unrecorded, {held} held"));
    plan.count("held", held);
    plan.count("interrupted", interrupted);
    plan.count("unrecorded", unrecorded);
    plan.count("taken_twice", again);
}

/// TERMINAL: every delivery has ended, as its receiver's temper demands.
fn terminal(plan: &mut Plan, facts: &Facts<'_>) {
    for row in &facts.deliveries {
        let state = State::from_code(row.state);
        plan.require(state.is_some_and(State::is_final), "TERMINAL", format!("{row:?}"));
        let unfinished = facts.attempts.get(&row.id).into_iter().flatten().find(|one| one.outcome.is_none());
        plan.require(unfinished.is_none(), "TERMINAL", format!("{unfinished:?} goes on"));
        if state == Some(State::Failed) {
            let attempts = facts.attempts.get(&row.id).map_or(&[][..], Vec::as_slice);
            let is_failure = |one: &&AttemptRow| {
                !matches!(
                    one.outcome.and_then(Outcome::from_code),
                    None | Some(Outcome::Success | Outcome::Interrupted)
                )
            };
            let failures = attempts.iter().filter(is_failure).count();
            let all = usize::try_from(facts.lab.config().retry_schedule.attempts_max()).unwrap();
            plan.require(failures == all, "TERMINAL", format!("{row:?} given up after {attempts:?}"));
        }
        let Some(hook) = facts.hooks.get(&row.webhook) else { continue };
        let excused =
            facts.done.stopped.contains_key(&hook.index) || facts.done.retuned.contains(&hook.index);
        if hook.temper.always_succeeds() && !excused {
            let attempts = facts.attempts.get(&row.id);
            let is_delivered = state == Some(State::Delivered);
            plan.require(is_delivered, "TERMINAL", format!("{row:?} at a good receiver: {attempts:?}"));
        }
    }
}

/// STOPPED: nothing is sent after switching off was acknowledged, beyond what was on the wire.
fn stopped(plan: &mut Plan, facts: &Facts<'_>) {
    for (hook, at_us) in &facts.done.stopped {
        let last_us = at_us + TIMEOUT_MS * 1_000;
        let late = facts.arrivals.iter().filter(|((place, _), _)| place == hook);
        let late = late.flat_map(|(_, arrivals)| arrivals).find(|arrival| arrival.began_us > last_us);
        plan.require(late.is_none(), "STOPPED", format!("{hook} stopped at {at_us}: {late:?}"));
    }
}

/// STATS: counters equal a recount and the sum of the hours.
fn stats(plan: &mut Plan, facts: &Facts<'_>, books: &Books, hourly: &HashMap<i64, (i64, i64)>) {
    let mut equal = 0;
    for hook in &facts.lab.hooks {
        let (kept, recounted) = books.counters(hook.id);
        plan.require(
            kept == recounted,
            "STATS",
            format!("{}: {kept:?}, recounted {recounted:?}", hook.index),
        );
        let hours = hourly.get(&hook.id).copied().unwrap_or_default();
        let sums = (kept.counters.successes, kept.counters.failures);
        plan.require(hours == sums, "STATS", format!("{}: hours {hours:?}, counters {sums:?}", hook.index));
        equal += usize::from(kept == recounted && hours == sums);
    }
    plan.count("counters_equal_recount", format!("{equal}/{}", facts.lab.hooks.len()));
}

/// QUIET: no panic, no error but the expected, no answer of 500 and above but 503 while a fault is on.
fn quiet(plan: &mut Plan, facts: &Facts<'_>) {
    for line in &facts.done.log {
        let is_error = line.contains("panicked at") || line.contains("\"level\":\"ERROR\"");
        let refusal = line.contains("\"message\":\"answered\"") && line.contains("\"status\":503");
        let expected = facts.done.expected_errors.iter().any(|words| line.contains(words))
            || refusal && !facts.done.trouble.is_empty();
        plan.require(!is_error || expected, "QUIET", line);
    }
    for (at_us, status) in &facts.produced.refusals {
        let in_trouble = facts.done.trouble.iter().any(|(from, to)| from <= at_us && at_us <= to);
        let excused = *status == 0 || *status == 503 && in_trouble;
        plan.require(excused, "QUIET", format!("answered {status} at {at_us}"));
    }
}
