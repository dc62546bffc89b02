//! The kinds of alert that there are.

pub mod list;
pub mod show;
