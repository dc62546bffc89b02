//! Keys that open the API doors.

pub mod list;
pub mod new;
pub mod revoke;
