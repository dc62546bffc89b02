//! The product as its users meet it: a real server on a real database, over real HTTP. Only the customer's
//! endpoint, the clock and chance are ours.

mod cli;
mod delivery;
mod store;
mod support;
