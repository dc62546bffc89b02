//! What surrounds every handler, from the outside in as `server::start` lists it.

pub mod body_deadline;
pub mod headers;
pub mod host;
pub mod refuse;
pub mod request_id;
pub mod shape;
pub mod trace;
