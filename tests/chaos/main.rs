//! Real faults on the real binary, and what must be true afterwards.
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected ends")]

mod release;
