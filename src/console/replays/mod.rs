//! Many deliveries sent again: the page that asks, how far one has come, and all of them.

pub mod list;
pub mod new;
pub mod show;
