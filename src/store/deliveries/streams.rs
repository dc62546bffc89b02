//! Numbers of deliveries in the order of a page, from the indexes that know them, and no more of them than are asked for.
//!
//! A company, a webhook, a replay is a range of an index that ends in the number; so is each of them together with a state
//! of the few among the many. The deliveries of a tree of companies are as many streams as it has companies, merged: an
//! `IN` over the tree with an order would read all of them first, or all of everybody's. The deliveries of a vehicle are
//! those of its events, and few enough to be held; those that somebody chose are known.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use diesel::prelude::*;

use super::trouble;
use crate::domain::access::Scope;
use crate::domain::delivery::State;
use crate::domain::delivery_filter::Filter;
use crate::store::schema::{companies, deliveries};
use crate::store::scoped::within;
use crate::store::search::vehicles;
use crate::store::{Db, StoreError};

/// Companies in a tree that are looked at.
const COMPANIES_MAX: i64 = 10_000;
/// Numbers read at once from one stream: so many at first, twice as many each time.
const PIECE: i64 = 64;
const PIECE_MAX: i64 = 2_048;
/// Events of a vehicle that are looked at: the newest.
pub(super) const EVENTS_MAX: usize = 20_000;
/// Events whose deliveries are asked for in one statement.
const CHUNK: usize = 1_000;

/// Numbers after `after`, up to `upto`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) after: i64,
    pub(super) upto: i64,
}

/// Which way a page goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// From the newest down.
    Down,
    /// From the oldest up.
    Up,
}

/// A range of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    All,
    Company(i64),
    CompanyIn(i64, i16),
    Webhook(i64),
    WebhookIn(i64, i16),
    Replay(i64),
    /// Everything that there is stands in memory.
    Held,
}

struct Stream {
    lane: Lane,
    /// Read and not taken, in order.
    ids: VecDeque<i64>,
    /// What is left lies here.
    left: Range,
    piece: i64,
}

/// The numbers of a lane in a range, in any order.
macro_rules! ids {
    ($lane:expr, $range:expr) => {{
        let query = deliveries::table
            .select(deliveries::id)
            .filter(deliveries::id.gt($range.after).and(deliveries::id.le($range.upto)))
            .into_boxed();
        match $lane {
            Lane::All | Lane::Held => query,
            Lane::Company(id) => query.filter(deliveries::company_id.eq(id)),
            Lane::CompanyIn(id, state) => {
                query.filter(deliveries::company_id.eq(id)).filter(deliveries::trouble.eq(state))
            }
            Lane::Webhook(id) => query.filter(deliveries::webhook_id.eq(id)),
            Lane::WebhookIn(id, state) => {
                query.filter(deliveries::webhook_id.eq(id)).filter(deliveries::trouble.eq(state))
            }
            Lane::Replay(id) => query.filter(deliveries::replay_id.eq(id)),
        }
    }};
}

/// Each company of the scope with the first number in the range that it has, in order `$order`.
macro_rules! heads {
    ($scope:expr, $range:expr, $order:ident $(, $state:expr)?) => {{
        let one = deliveries::table
            .filter(deliveries::company_id.eq(companies::id))
            .filter(deliveries::id.gt($range.after).and(deliveries::id.le($range.upto)))
            $(.filter(deliveries::trouble.eq($state)))?
            .select(deliveries::id)
            .order(deliveries::id.$order())
            .limit(1)
            .single_value();
        within!(companies::table.select((companies::id, one)).limit(COMPANIES_MAX).into_boxed(), companies::id, $scope)
    }};
}

/// The merged streams that may have what a filter means.
pub(super) struct Streams {
    way: Way,
    heap: BinaryHeap<(i64, Reverse<usize>)>,
    lanes: Vec<Stream>,
    last: Option<i64>,
    /// Whether more of a vehicle's events were left out than looked at.
    pub(super) is_cut: bool,
}

impl Streams {
    /// Those of the scope that may have deliveries in `range` which `filter` means. The webhook and the replay of a filter
    /// have to lie in the scope.
    pub(super) fn open(
        db: &mut Db<'_>,
        scope: &Scope,
        filter: &Filter,
        range: Range,
        way: Way,
    ) -> Result<Self, StoreError> {
        let mut streams = Self { way, heap: BinaryHeap::new(), lanes: Vec::new(), last: None, is_cut: false };
        if range.after >= range.upto {
            return Ok(streams);
        }
        if !filter.only.is_empty() {
            let mut ids = filter.chosen(range.after, range.upto);
            if way == Way::Down {
                ids.reverse();
            }
            streams.add(Lane::Held, range, ids.into());
            return Ok(streams);
        }
        if let Some(name) = &filter.vehicle {
            let (ids, is_cut) = of_vehicle(db, scope, name, filter, range, way)?;
            streams.is_cut = is_cut;
            streams.add(Lane::Held, range, ids.into());
            return Ok(streams);
        }
        let states = few(filter);
        match (filter.replay, filter.webhook, scope.root()) {
            (Some(replay), _, _) => streams.begin(Lane::Replay(replay.0), range),
            (None, Some(webhook), _) => match states {
                Some(states) => {
                    for state in states {
                        streams.begin(Lane::WebhookIn(webhook.0, state), range);
                    }
                }
                None => streams.begin(Lane::Webhook(webhook.0), range),
            },
            (None, None, None) if states.is_none() => streams.begin(Lane::All, range),
            (None, None, _) => streams.begin_companies(db, scope, states, range)?,
        }
        Ok(streams)
    }

    fn begin(&mut self, lane: Lane, range: Range) {
        self.add(lane, range, VecDeque::new());
    }

    fn add(&mut self, lane: Lane, left: Range, ids: VecDeque<i64>) {
        let head = match (ids.front(), self.way) {
            (Some(first), _) => *first,
            (None, Way::Down) => left.upto,
            (None, Way::Up) => left.after + 1,
        };
        let at = self.lanes.len();
        self.lanes.push(Stream { lane, ids, left, piece: PIECE });
        self.heap.push((self.key(head), Reverse(at)));
    }

    fn begin_companies(
        &mut self,
        db: &mut Db<'_>,
        scope: &Scope,
        states: Option<Vec<i16>>,
        range: Range,
    ) -> Result<(), StoreError> {
        // Most have one company: no need to ask where it begins.
        let two = within!(companies::table.select(companies::id).limit(2).into_boxed(), companies::id, scope);
        let two: Vec<i64> = two.load(db.conn)?;
        if let [only] = two.as_slice() {
            let Some(states) = states else {
                self.begin(Lane::Company(*only), range);
                return Ok(());
            };
            for state in states {
                self.begin(Lane::CompanyIn(*only, state), range);
            }
            return Ok(());
        }
        let Some(states) = states else {
            let heads: Vec<(i64, Option<i64>)> = match self.way {
                Way::Down => heads!(scope, range, desc).load(db.conn)?,
                Way::Up => heads!(scope, range, asc).load(db.conn)?,
            };
            self.begin_at(&heads, range, Lane::Company);
            return Ok(());
        };
        for state in states {
            let heads: Vec<(i64, Option<i64>)> = match self.way {
                Way::Down => heads!(scope, range, desc, state).load(db.conn)?,
                Way::Up => heads!(scope, range, asc, state).load(db.conn)?,
            };
            self.begin_at(&heads, range, |company| Lane::CompanyIn(company, state));
        }
        Ok(())
    }

    fn begin_at(&mut self, heads: &[(i64, Option<i64>)], range: Range, lane: impl Fn(i64) -> Lane) {
        for (company, head) in heads {
            let Some(head) = *head else { continue };
            let range = match self.way {
                Way::Down => Range { upto: head, ..range },
                Way::Up => Range { after: head - 1, ..range },
            };
            self.begin(lane(*company), range);
        }
    }

    /// The next numbers, `count` at most, in order. None when there are no more.
    pub(super) fn next(&mut self, db: &mut Db<'_>, count: usize) -> Result<Vec<i64>, StoreError> {
        let mut taken = Vec::with_capacity(count);
        while taken.len() < count {
            let Some((_, Reverse(at))) = self.heap.pop() else { break };
            // What comes before the head of every other stream can be taken at once.
            let next = self.heap.peek().map(|(key, _)| *key);
            let way = self.way;
            let Some(stream) = self.lanes.get_mut(at) else { break };
            if stream.ids.is_empty() && !stream.read(db, way)? {
                continue;
            }
            while let Some(id) = stream.ids.front().copied() {
                let key = key(way, id);
                if taken.len() >= count || next.is_some_and(|next| key < next) {
                    break;
                }
                // Two states of a delivery, read one after the other, could both have it.
                if self.last.replace(id) != Some(id) {
                    taken.push(id);
                }
                stream.ids.pop_front();
            }
            if let Some(head) = stream.head(way) {
                let head = self.key(head);
                self.heap.push((head, Reverse(at)));
            }
        }
        Ok(taken)
    }

    fn key(&self, id: i64) -> i64 {
        key(self.way, id)
    }
}

/// The greatest is taken first.
const fn key(way: Way, id: i64) -> i64 {
    match way {
        Way::Down => id,
        Way::Up => -id,
    }
}

impl Stream {
    /// Reads the next piece; `false` when there is none.
    fn read(&mut self, db: &mut Db<'_>, way: Way) -> Result<bool, StoreError> {
        if self.lane == Lane::Held || self.left.after >= self.left.upto {
            return Ok(false);
        }
        let query = ids!(self.lane, self.left).limit(self.piece);
        let ids: Vec<i64> = match way {
            Way::Down => query.order(deliveries::id.desc()).load(db.conn)?,
            Way::Up => query.order(deliveries::id.asc()).load(db.conn)?,
        };
        let is_last = i64::try_from(ids.len()).unwrap_or(i64::MAX) < self.piece;
        match ids.last() {
            Some(last) if !is_last && way == Way::Down => self.left.upto = last - 1,
            Some(last) if !is_last => self.left.after = *last,
            _ => self.left.after = self.left.upto,
        }
        self.piece = (self.piece * 2).min(PIECE_MAX);
        self.ids = ids.into();
        Ok(!self.ids.is_empty())
    }

    /// Nothing that is left comes before this number.
    fn head(&self, way: Way) -> Option<i64> {
        let unread = (self.lane != Lane::Held && self.left.after < self.left.upto).then_some(match way {
            Way::Down => self.left.upto,
            Way::Up => self.left.after + 1,
        });
        self.ids.front().copied().or(unread)
    }
}

/// The states of a filter, when an index has the deliveries in all of them.
pub(super) fn few(filter: &Filter) -> Option<Vec<i16>> {
    let possible = filter.possible();
    if possible.len() == State::ALL.len() { None } else { possible.into_iter().map(trouble).collect() }
}

/// The deliveries of a vehicle's newest events in `range`, in order, and whether there are older events.
fn of_vehicle(
    db: &mut Db<'_>,
    scope: &Scope,
    name: &str,
    filter: &Filter,
    range: Range,
    way: Way,
) -> Result<(Vec<i64>, bool), StoreError> {
    let (events, is_cut) = vehicles::events_of(db, scope, name, filter.to, EVENTS_MAX)?;
    let mut ids: Vec<i64> = Vec::with_capacity(events.len());
    for chunk in events.chunks(CHUNK) {
        let of_events = deliveries::table.filter(deliveries::event_id.eq_any(chunk)).select(deliveries::id);
        let found: Vec<i64> = of_events.load(db.conn)?;
        ids.extend(found.into_iter().filter(|id| *id > range.after && *id <= range.upto));
    }
    ids.sort_unstable_by_key(|id| -key(way, *id));
    Ok((ids, is_cut))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::{Caller, Role};
    use crate::domain::ids::{CompanyId, UserId};
    use crate::store::search::plans::plan;

    const RANGE: Range = Range { after: 7, upto: 9_000 };

    #[test]
    fn every_stream_is_a_range_of_an_index() {
        let look = |lane| plan(&ids!(lane, RANGE).order(deliveries::id.desc()).limit(51));
        let range = "AND id>? AND id<?)";
        for (lane, expected) in [
            (Lane::All, "SEARCH deliveries USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)".to_owned()),
            (
                Lane::Company(1),
                format!("SEARCH deliveries USING COVERING INDEX deliveries_by_company (company_id=? {range}"),
            ),
            (
                Lane::CompanyIn(1, 5),
                format!(
                    "SEARCH deliveries USING COVERING INDEX deliveries_in_trouble_by_company (company_id=? AND trouble=? {range}"
                ),
            ),
            (
                Lane::Webhook(1),
                format!("SEARCH deliveries USING COVERING INDEX deliveries_by_webhook (webhook_id=? {range}"),
            ),
            (
                Lane::WebhookIn(1, 5),
                format!(
                    "SEARCH deliveries USING COVERING INDEX deliveries_in_trouble_by_webhook (webhook_id=? AND trouble=? {range}"
                ),
            ),
            (
                Lane::Replay(1),
                format!("SEARCH deliveries USING COVERING INDEX deliveries_by_replay (replay_id=? {range}"),
            ),
        ] {
            assert_eq!(look(lane), expected);
        }
    }

    #[test]
    fn each_company_of_a_tree_costs_one_look() {
        let alice = Caller::user(UserId(1), "Alice", Role::Admin, Some(CompanyId(12)));
        for scope in [Scope::service(), alice.scope()] {
            let steps = plan(&heads!(scope, RANGE, desc, 5_i16));
            assert!(
                steps.contains("COVERING INDEX deliveries_in_trouble_by_company (company_id=? AND trouble=? AND id>? AND id<?)"),
                "{steps}"
            );
            let steps = plan(&heads!(scope, RANGE, asc));
            assert!(
                steps.contains("COVERING INDEX deliveries_by_company (company_id=? AND id>? AND id<?)"),
                "{steps}"
            );
            assert!(!steps.contains("TEMP B-TREE"), "{steps}");
        }
    }
}
