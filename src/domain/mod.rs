//! Every rule of the product, pure: no I/O, no runtime, no database, no HTTP. Unit-tested beside the rule.

pub mod access;
pub mod address;
pub mod alert_type;
pub mod attempt;
pub mod clock;
pub mod delivery;
pub mod event;
pub mod health;
pub mod ids;
pub mod matching;
pub mod problem;
pub mod public_id;
pub mod random;
pub mod retry;
pub mod secret;
pub mod stats;
pub mod text;
pub mod time;
pub mod verdict;
pub mod webhook;
