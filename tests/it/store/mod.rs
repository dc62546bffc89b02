//! The store on whichever database the suite runs on: `script/test` runs it on both.

mod deliveries;
mod durability;
mod rql;
mod scope;
mod search;
mod secrets;
pub mod stats;
mod tallies;
mod transactions;
