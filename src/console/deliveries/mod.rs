//! Deliveries: the list, and one with everything that happened to it.

pub mod compare;
pub mod list;
pub mod row;
pub mod save_view;
pub mod show;
pub mod sight;
pub mod view;
pub mod views;
