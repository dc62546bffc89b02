//! The audit trail.

pub mod list;
mod query;
