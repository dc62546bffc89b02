//! The outbound side against real sockets: scripted receivers on 127.0.0.1, real TLS, no network.
#![allow(
    clippy::format_collect,
    clippy::large_stack_arrays,
    clippy::unused_async,
    reason = "odd answers are written as they read"
)]
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected ends")]

mod bad_receivers;
mod certificates;
mod dns;
mod limits;
mod plain;
mod pool;
mod rate;
mod receiver;
mod reuse;
mod sender;
mod strangers;
mod tls;
