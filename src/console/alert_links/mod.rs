//! Which alerts are linked to which webhooks.

pub mod matrix;
pub mod review;
