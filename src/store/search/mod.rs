//! Finding things: what a text in the search box is the id or the name of ([`hits`]), the newest events of a vehicle, an
//! alert or a time ([`events`]), and what is known when there are none ([`alerts`]).
//!
//! History is never scanned. A time becomes a range of numbers ([`span`]), since numbers follow time. The events of a
//! vehicle are those of its name, for which there is an index ([`blocks`]). The events of a tree of companies are as many
//! streams as it has companies, merged newest first ([`merge`]). So a page costs one look into an index for each block or
//! each company, and rows that are shown or, with a filter that no index knows, [`READ_MAX`] rows at most.

pub mod alerts;
mod blocks;
pub mod events;
pub mod hits;
mod merge;
mod span;
pub mod vehicles;

pub use merge::READ_MAX;

#[diesel::declare_sql_function]
extern "SQL" {
    /// Folds ASCII letters, on both databases: see the migration.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// Companies in a tree that are looked at; a tree of more is searched in parts of it.
const COMPANIES_MAX: i64 = 10_000;

/// Events are numbered as they come, but for clocks that differ between processes or are set: by less than this,
/// microseconds.
const DISORDER_US: i64 = 10 * crate::domain::time::MINUTE_US;

#[cfg(test)]
pub(in crate::store) mod plans {
    //! What SQLite does for each question, on empty tables and without statistics: the plan that every company gets.

    use diesel::prelude::*;
    use diesel::query_builder::QueryFragment;
    use diesel::sql_types::Text;
    use diesel::sqlite::Sqlite;

    use crate::store::connection::{Conn, Purpose, open_sqlite};
    use crate::store::migrate;

    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text)]
        detail: String,
    }

    /// The steps of the plan, one a line.
    pub(in crate::store) fn plan<Q>(query: &Q) -> String
    where
        Q: QueryFragment<Sqlite>,
    {
        let sql = diesel::debug_query::<Sqlite, _>(query).to_string();
        let folder = tempfile::tempdir().unwrap();
        let mut conn = open_sqlite(&folder.path().join("belfry.db"), Purpose::Write, true).unwrap();
        migrate::run(&mut conn).unwrap();
        #[allow(irrefutable_let_patterns, reason = "with PostgreSQL there is another")]
        let Conn::Sqlite(conn) = &mut conn else { panic!("SQLite was opened") };
        let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(conn).unwrap();
        steps.into_iter().map(|step| step.detail).collect::<Vec<_>>().join("\n")
    }
}
