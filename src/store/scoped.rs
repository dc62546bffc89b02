//! How a [`Scope`](crate::domain::access::Scope) becomes a condition. Every scoped query uses this and nothing else.

use diesel::prelude::*;

use super::schema::company_tree;

/// The companies of a tree, as a sub-select for `company_id.eq_any(…)`.
#[diesel::dsl::auto_type(no_type_alias)]
pub(in crate::store) fn companies_below(root: i64) -> _ {
    company_tree::table.filter(company_tree::ancestor_id.eq(root)).select(company_tree::company_id)
}

/// Adds "and belongs to the scope" to a boxed query on a table with a `company_id`.
macro_rules! within {
    ($query:expr, $column:expr, $scope:expr) => {
        match $scope.root() {
            Some(root) => $query.filter($column.eq_any($crate::store::scoped::companies_below(root.0))),
            None => $query,
        }
    };
}
pub(in crate::store) use within;
