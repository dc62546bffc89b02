//! The newest events of several streams, newest first, reading no more than is needed.
//!
//! A stream is the events of one company, or simply all events: both are ranges of an index that end in the number. The
//! newest number of each stream is found with one look; then the stream with the highest is read in small pieces until
//! another one has a higher. What is read and not taken counts against a limit.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, VecDeque};

use diesel::prelude::*;

use super::COMPANIES_MAX;
use super::span::Span;
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
pub(super) enum Streams {
    /// Everything in the scope.
    All,
    /// One company's, which lies in the scope.
    Company(i64),
}

struct Stream {
    /// No event that is left has a higher number.
    head: i64,
    /// Read and not taken.
    rows: VecDeque<Row>,
    company: Option<i64>,
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

/// Each company of a tree with the newest number of its events in the span: one look into an index for each.
macro_rules! heads {
    ($root:expr, $span:expr) => {{
        let newest = events::table
            .filter(events::company_id.eq(company_tree::company_id))
            .filter(events::id.ge($span.low).and(events::id.lt($span.high)))
            .select(events::id)
            .order(events::id.desc())
            .limit(1)
            .single_value();
        company_tree::table
            .filter(company_tree::ancestor_id.eq($root))
            .select((company_tree::company_id, newest))
            .limit(COMPANIES_MAX)
    }};
}

/// The next piece of a stream.
macro_rules! piece {
    ($stream:expr, $low:expr) => {{
        let mut query = events::table.into_boxed();
        if let Some(company) = $stream.company {
            query = query.filter(events::company_id.eq(company));
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
    streams: Streams,
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
fn open(db: &mut Db<'_>, scope: &Scope, streams: Streams, span: Span) -> Result<Vec<Stream>, StoreError> {
    let stream = |company, head| Stream { head, rows: VecDeque::new(), company };
    Ok(match (streams, scope.root()) {
        (Streams::Company(company), _) => vec![stream(Some(company), span.high - 1)],
        (Streams::All, None) => vec![stream(None, span.high - 1)],
        (Streams::All, Some(root)) => {
            let heads: Vec<(i64, Option<i64>)> = heads!(root.0, span).load(db.conn)?;
            let heads = heads.into_iter().filter_map(|(company, head)| Some((company, head?)));
            heads.map(|(company, head)| stream(Some(company), head)).collect()
        }
    })
}

/// The events with these numbers, which the caller may see, newest first.
pub(super) fn rows_of(db: &mut Db<'_>, ids: &[i64]) -> Result<Vec<Row>, StoreError> {
    let rows = events::table.filter(events::id.eq_any(ids)).order(events::id.desc()).select(COLUMNS);
    Ok(rows.load(db.conn)?)
}

fn read(db: &mut Db<'_>, stream: &Stream, low: i64) -> Result<Vec<Row>, StoreError> {
    Ok(piece!(stream, low).load(db.conn)?)
}

#[cfg(test)]
mod tests {
    use super::super::plans::plan;
    use super::*;

    const SPAN: Span = Span { low: 7, high: 9_000 };

    #[test]
    fn a_company_and_a_time_are_ranges() {
        let stream = |company| Stream { head: 8_000, rows: VecDeque::new(), company };
        let (company, everything) = (stream(Some(12)), stream(None));
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
    fn each_company_of_a_tree_costs_one_look() {
        let companies = "SEARCH company_tree USING PRIMARY KEY (ancestor_id=?)";
        let look = "SEARCH events USING COVERING INDEX events_by_company (company_id=? AND id>? AND id<?)";
        assert_eq!(plan(&heads!(12, SPAN)), format!("{companies}\nCORRELATED SCALAR SUBQUERY 1\n{look}"));
    }
}
