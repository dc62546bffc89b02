//! The box that says in one sentence how things stand, whose turn it is, and what comes next.

use super::Link;
use super::badge::Badge;

/// How things stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The state; its tone colours the edge.
    pub badge: Badge,
    /// Who has to act: "Receiver’s turn". Empty when nobody has to.
    pub turn: String,
    /// The sentence.
    pub sentence: String,
    /// Cause, effect and what comes next, at most three lines.
    pub detail: String,
    /// At most three ways on.
    pub links: Vec<Link>,
    /// A text for somebody else ("Copy summary for the customer"): label and text.
    pub summary: Option<Link>,
}
