//! The product as its users meet it: a real server on a real database, over real HTTP. Only the customer's
//! endpoint, the clock and chance are ours.
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected ends")]

mod api;
mod audit_rows;
mod cli;
mod console;
mod delivery;
mod store;
mod support;
