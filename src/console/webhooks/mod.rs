//! Webhooks: the list, and the pages of one.

pub mod auth;
pub mod delete;
pub mod form;
pub mod head;
pub mod history;
pub mod links;
pub mod list;
pub mod pause;
pub mod resume;
pub mod settings;
pub mod show;
pub mod snippets;
pub mod test_send;
pub mod version;
