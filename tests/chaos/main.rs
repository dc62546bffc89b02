//! Real faults on the real binary, and what must be true afterwards.
//!
//! Each scenario starts `belfry serve` on a SQLite file, reports events to it, does something bad, waits until
//! everything has come to rest and lets `oracles` compare three accounts: what was acknowledged (`producer`), what
//! receivers saw (`ledger`), what the database says (`database`). It prints one line with what it counted. The short
//! forms are part of the ordinary suite; `script/chaos` runs the long ones on the release build.
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected ends")]
#![cfg_attr(
    not(feature = "failpoints"),
    allow(dead_code, reason = "some scenarios need a build with fail points")
)]

#[cfg(feature = "failpoints")]
mod console;
mod database;
mod disk;
mod dns;
mod hook;
mod hostile;
mod lab;
mod ledger;
mod oracles;
mod plan;
mod producer;
mod receiver;
mod release;
mod run;
mod scenarios;
mod server;
mod strace;
mod temper;
mod wire;

#[allow(dead_code, reason = "others use what we do not")]
#[path = "../outbound/certificates.rs"]
mod certificates;
#[allow(dead_code, reason = "others use what we do not")]
#[path = "../outbound/receiver.rs"]
mod player;
