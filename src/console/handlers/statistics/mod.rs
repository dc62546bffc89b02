//! Statistics: what is asked for, what is read, and how it is told.

mod charts;
mod groups;
pub mod query;
mod read;
pub mod show;
