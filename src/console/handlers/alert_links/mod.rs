//! Which alerts are linked to which webhooks: the matrix, and the page between it and a change.

mod load;
pub mod matrix;
mod narrow;
mod query;
pub mod review;
