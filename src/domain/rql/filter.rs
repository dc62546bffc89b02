//! A checked filter: every property exists, every value has its property's type.

use super::pattern::Pattern;
use super::properties::{Field, NumberField, PairField, TextField, TimeField};
use crate::domain::webhook::call_type::CallType;

/// Conditions joined.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Logic<T> {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Is(T),
}

/// A condition on a webhook.
pub type Filter = Logic<Test>;

/// One test of a webhook. Without a value (null) all but [`Test::Null`] are false.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// A text.
    Text(TextField, TextTest),
    /// A number.
    Number(NumberField, NumberTest),
    /// A time, milliseconds since the epoch.
    Time(TimeField, NumberTest),
    /// Whether the last call succeeded or failed.
    LastCall {
        /// Succeeded.
        succeeded: bool,
    },
    /// Whether deliveries are made; both, either or none of the two.
    Status {
        /// True for webhooks that are enabled.
        enabled: bool,
        /// True for webhooks that are disabled.
        disabled: bool,
    },
    /// One of these types.
    Type(Vec<CallType>),
    /// There is no value.
    Null(Field),
    /// The criteria.
    Pairs(Quantifier, Logic<PairTest>),
}

/// How many pairs have to meet a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// At least one.
    Any,
    /// Each, if there are any.
    All,
}

/// One test of a pair of criteria.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PairTest {
    /// Every pair meets it: `any(criteria)`.
    Exists,
    /// Its key or its value.
    Text(PairField, TextTest),
}

/// A test of a text, by code points.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TextTest {
    Compare(Compare, String),
    In(Vec<String>),
    Like(Pattern),
}

/// A test of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum NumberTest {
    Compare(Compare, i64),
    In(Vec<i64>),
}

/// How two values stand; "differs" is a negation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Compare {
    Eq,
    Gt,
    Ge,
    Lt,
    Le,
}

impl Compare {
    /// Whether it holds between two values.
    pub fn holds<T: Ord + ?Sized>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Eq => left == right,
            Self::Gt => left > right,
            Self::Ge => left >= right,
            Self::Lt => left < right,
            Self::Le => left <= right,
        }
    }
}

impl<T> Logic<T> {
    /// The opposite, when asked for.
    pub(super) fn negated(self, negate: bool) -> Self {
        if negate { Self::Not(Box::new(self)) } else { self }
    }
}
