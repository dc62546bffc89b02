//! The auth types, and who uses which.

pub mod list;
pub mod show;

/// Webhooks that are looked at.
const WEBHOOKS_MAX: i64 = 500;
