//! RQL, the language in which SoftwareOne's lists are filtered, ordered and cut (contract 4.7).
//!
//! A query string is split into the filter and the reserved keys ([`ListQuery`]), the filter is read into a tree of
//! words with their places ([`ast`], [`parse`]), and the tree is checked against the table of [`properties`], which
//! knows each path's type. What comes out ([`Filter`], [`Order`], [`Selection`]) holds only properties and values that
//! exist: the store turns it into SQL without looking at a word of the client's again, and every text of the client's
//! becomes a bound parameter.
//!
//! Every test is true or false, also where a property is null: null equals only `null()`, differs from every value,
//! and is neither greater, less nor like anything. Texts are compared by their code points, whatever the database's
//! collation; words of closed lists (`status`, `type`, `objectType`) in any letter case, ordered by name; times by
//! the millisecond, which is what is shown of them.

pub mod ast;
mod check;
mod fault;
mod filter;
mod lexer;
mod order;
mod parser;
mod pattern;
pub mod properties;
mod query;
mod select;
#[cfg(test)]
mod tests;

pub use check::check;
pub use fault::Fault;
pub use filter::{Compare, Filter, Logic, NumberTest, PairTest, Quantifier, Test, TextTest};
pub use order::Order;
pub use parser::parse;
pub use pattern::{Pattern, Shape, fold};
pub use query::{ListQuery, select_only};
pub use select::Selection;

/// Nested brackets of a filter at most (contract 00.7).
pub const DEPTH_MAX: usize = 16;
/// Operators of a filter at most.
pub const NODES_MAX: usize = 100;
/// Items of one list at most.
pub const ITEMS_MAX: usize = 100;
/// Bytes of a query string at most.
pub const QUERY_BYTES_MAX: usize = 16 * 1_024;
