//! The binary as an operator runs it.

mod commands;
mod errors;
mod kill;
mod process;
