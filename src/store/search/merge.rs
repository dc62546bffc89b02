//! The newest events of several streams, newest first, reading no more than is needed.
//!
//! A stream is the events of one company, or of one name of a vehicle in one company: both are ranges of an index that
//! end in the number. The newest number of each stream is found with one look; then the stream with the highest is read
//! in small pieces until another one has a higher. What is read and not taken counts against a limit.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, VecDeque};

use diesel::prelude::*;

use super::span::Span;
use super::{COMPANIES_MAX, lower};
use crate::domain::access::Scope;
use crate::store::schema::{company_tree, events};
use crate::store::{Db, StoreError};

/// Events that are looked at for one page.
pub const READ_MAX: usize = 2_000;
/// Events read at once from one stream.
const PIECE: i64 = 32;

/// What a filter may look at: none of it is the payload.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) alert_id: i64,
    pub(super) alert_type: i64,
    pub(super) vehicle_id: i64,
    pub(super) occurred_at: i64,
    pub(super) received_at: i64,
    pub(super) is_test: bool,
}

type Columns = (
    events::id,
    events::alert_id,
    events::alert_type,
    events::vehicle_id,
    events::occurred_at,
    events::received_at,
    events::is_test,
);
const COLUMNS: Columns = (
    events::id,
    events::alert_id,
    events::alert_type,
    events::vehicle_id,
    events::occurred_at,
    events::received_at,
    events::is_test,
);

/// What was taken.
#[derive(Debug, Clone, Default)]
pub(super) struct Taken {
    /// Newest first.
    pub(super) rows: Vec<Row>,
    /// Whether there is nothing that was not looked at.
    pub(super) complete: bool,
    /// The lowest number that was looked at.
    pub(super) reached: Option<i64>,
}

/// Which streams.
#[derive(Debug, Clone, Copy)]
pub(super) enum Streams<'a> {
    /// Everything in the scope.
    All,
    /// One company's, which lies in the scope.
    Company(i64),
    /// The vehicles with these keys, wherever in the scope.
    Vehicles(&'a [String]),
}

struct Stream {
    /// No event that is left has a higher number.
    head: i64,
    /// Read and not taken.
    rows: VecDeque<Row>,
    company: Option<i64>,
    key: Option<String>,
}

impl PartialEq for Stream {
    fn eq(&self, other: &Self) -> bool {
        self.head == other.head
    }
}
impl Eq for Stream {}
impl PartialOrd for Stream {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Stream {
    fn cmp(&self, other: &Self) -> Ordering {
        self.head.cmp(&other.head)
    }
}

/// Each company of the scope with the newest number of its events in the span; `$narrowed` says which events. One look
/// into an index for each company.
macro_rules! heads {
    ($scope:expr, $span:expr, |$query:ident| $narrowed:expr) => {{
        let $query = events::table
            .filter(events::company_id.eq(company_tree::company_id))
            .filter(events::id.ge($span.low).and(events::id.lt($span.high)));
        let newest = $narrowed.select(events::id).order(events::id.desc()).limit(1).single_value();
        let companies = company_tree::table.into_boxed();
        let companies = match $scope.root() {
            Some(root) => companies.filter(company_tree::ancestor_id.eq(root.0)),
            // Every company is in its own tree.
            None => companies.filter(company_tree::depth.eq(0)),
        };
        companies.select((company_tree::company_id, newest)).limit(COMPANIES_MAX)
    }};
}

/// The next piece of a stream.
macro_rules! piece {
    ($stream:expr, $low:expr) => {{
        let mut query = events::table.into_boxed();
        if let Some(company) = $stream.company {
            query = query.filter(events::company_id.eq(company));
        }
        if let Some(key) = &$stream.key {
            query = query.filter(lower(events::vehicle_name).eq(key));
        }
        query
            .filter(events::id.ge($low).and(events::id.le($stream.head)))
            .order(events::id.desc())
            .limit(PIECE)
            .select(COLUMNS)
    }};
}

/// Up to `count` of the newest events of the streams in `span` that `wanted` takes.
pub(super) fn newest(
    db: &mut Db<'_>,
    scope: &Scope,
    streams: Streams<'_>,
    span: Span,
    count: usize,
    wanted: impl Fn(&Row) -> bool,
) -> Result<Taken, StoreError> {
    let mut heap: BinaryHeap<Stream> = open(db, scope, streams, span)?.into();
    let mut taken = Taken { complete: true, ..Taken::default() };
    let mut looked_at = 0;
    while let Some(mut stream) = heap.pop() {
        let Some(row) = stream.rows.pop_front() else {
            let rows = read(db, &stream, span.low)?;
            stream.rows = rows.into();
            if let Some(first) = stream.rows.front() {
                stream.head = first.id;
                heap.push(stream);
            }
            continue;
        };
        if taken.rows.len() >= count || looked_at >= READ_MAX {
            taken.complete = false;
            break;
        }
        looked_at += 1;
        taken.reached = Some(row.id);
        stream.head = stream.rows.front().map_or(row.id - 1, |next| next.id);
        heap.push(stream);
        if wanted(&row) {
            taken.rows.push(row);
        }
    }
    Ok(taken)
}

/// The streams that have anything in `span`.
fn open(db: &mut Db<'_>, scope: &Scope, streams: Streams<'_>, span: Span) -> Result<Vec<Stream>, StoreError> {
    let stream = |company: Option<i64>, key: Option<&String>, head: i64| Stream {
        head,
        rows: VecDeque::new(),
        company,
        key: key.cloned(),
    };
    Ok(match streams {
        Streams::All if scope.root().is_none() => vec![stream(None, None, span.high - 1)],
        Streams::Company(company) => vec![stream(Some(company), None, span.high - 1)],
        Streams::All => {
            let heads = heads!(scope, span, |query| query).load::<(i64, Option<i64>)>(db.conn)?;
            let heads = heads.into_iter().filter_map(|(company, head)| Some((company, head?)));
            heads.map(|(company, head)| stream(Some(company), None, head)).collect()
        }
        Streams::Vehicles(keys) => {
            let mut open = Vec::new();
            for key in keys {
                let heads = heads!(scope, span, |query| query.filter(lower(events::vehicle_name).eq(key)))
                    .load::<(i64, Option<i64>)>(db.conn)?;
                let heads = heads.into_iter().filter_map(|(company, head)| Some((company, head?)));
                open.extend(heads.map(|(company, head)| stream(Some(company), Some(key), head)));
            }
            open
        }
    })
}

fn read(db: &mut Db<'_>, stream: &Stream, low: i64) -> Result<Vec<Row>, StoreError> {
    Ok(piece!(stream, low).load(db.conn)?)
}

#[cfg(test)]
mod tests {
    use super::super::plans::plan;
    use super::*;
    use crate::domain::access::Caller;
    use crate::domain::ids::CompanyId;

    const SPAN: Span = Span { low: 7, high: 9_000 };

    fn stream(company: Option<i64>, key: Option<&str>) -> Stream {
        Stream { head: 8_000, rows: VecDeque::new(), company, key: key.map(str::to_owned) }
    }

    #[test]
    fn a_vehicle_in_one_company_is_one_range_of_the_index() {
        let by_vehicle =
            "SEARCH events USING INDEX events_by_vehicle (company_id=? AND <expr>=? AND rowid>? AND rowid<?)";
        let stream = stream(Some(12), Some("trk-118"));
        assert_eq!(plan(&piece!(stream, SPAN.low)), by_vehicle);
    }

    #[test]
    fn a_company_and_a_time_are_ranges_too() {
        let (company, everything) = (stream(Some(12), None), stream(None, None));
        assert_eq!(
            plan(&piece!(company, SPAN.low)),
            "SEARCH events USING INDEX events_by_company (company_id=? AND id>? AND id<?)"
        );
        assert_eq!(
            plan(&piece!(everything, SPAN.low)),
            "SEARCH events USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"
        );
    }

    #[test]
    fn each_company_of_a_tree_or_of_all_costs_one_look() {
        let tree = Caller::system("test").scope_of(CompanyId(12));
        let everything = Scope::service();
        let key = "trk-118";
        for scope in [tree, everything] {
            let companies = match scope.root() {
                Some(_) => "SEARCH company_tree USING PRIMARY KEY (ancestor_id=?)",
                None => "SCAN company_tree",
            };
            let of_vehicle =
                plan(&heads!(scope, SPAN, |query| query.filter(lower(events::vehicle_name).eq(key))));
            let look = "SEARCH events USING COVERING INDEX events_by_vehicle (company_id=? AND <expr>=? AND rowid>? AND rowid<?)";
            assert_eq!(of_vehicle, format!("{companies}\nCORRELATED SCALAR SUBQUERY 1\n{look}"));
            let of_company = plan(&heads!(scope, SPAN, |query| query));
            let look =
                "SEARCH events USING COVERING INDEX events_by_company (company_id=? AND id>? AND id<?)";
            assert_eq!(of_company, format!("{companies}\nCORRELATED SCALAR SUBQUERY 1\n{look}"));
        }
    }
}
