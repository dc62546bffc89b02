//! Every rule of the product, pure: no I/O, no runtime, no database, no HTTP. Unit-tested beside the rule.

pub mod access;
pub mod clock;
pub mod ids;
pub mod problem;
pub mod random;
pub mod secret;
pub mod time;
pub mod webhook;
