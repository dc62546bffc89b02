//! Webhooks: the list, and the pages of one.

pub mod list;
