//! How Belfry proves to a receiver who is calling.

pub mod list;
pub mod show;
