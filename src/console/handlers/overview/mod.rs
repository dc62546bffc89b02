//! The first page: whether anything is wrong, and whose turn it is.

mod figures;
mod problems;
pub mod show;
