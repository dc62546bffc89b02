//! What is wrong with somebody's input: which field, which rule, in words for a person.
//!
//! The domain finds problems and names fields by its own canonical names (`url`, `authType`, `alertIds`, …).
//! Each door and the console translate the names and the rules to their own vocabulary; they never judge
//! a second time.

use std::borrow::Cow;

/// The kind of rule that was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The field must be given.
    Required,
    /// The field must not be given, in this combination.
    NotAllowed,
    /// The value has the wrong type, syntax or range.
    Invalid,
    /// The value is longer than its limit.
    TooLong,
    /// The list has more items than its limit.
    TooMany,
    /// The destination address is refused by the outbound policy.
    ForbiddenAddress,
    /// The thing that the value names does not exist (for this caller).
    NotFound,
    /// The thing exists, but cannot be used this way.
    Unsupported,
    /// Two choices that each work exclude one another.
    Conflict,
}

/// One broken rule at one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Canonical field name, a dotted or indexed path where it is nested: `events[3].position.lat`.
    pub field: Cow<'static, str>,
    /// The kind of rule.
    pub rule: Rule,
    /// A sentence for a person. It never repeats secrets.
    pub message: String,
}

/// Every problem of one input, in the order of its fields. Never empty inside an `Err`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// A list with one problem.
    pub fn one(field: impl Into<Cow<'static, str>>, rule: Rule, message: impl Into<String>) -> Self {
        let mut problems = Self::default();
        problems.add(field, rule, message);
        problems
    }

    /// Adds a problem.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, rule: Rule, message: impl Into<String>) {
        self.0.push(Problem { field: field.into(), rule, message: message.into() });
    }

    /// Takes over the problems of a failed step and gives back the value of a good one.
    pub fn absorb<T>(&mut self, result: Result<T, Self>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(problems) => {
                self.0.extend(problems.0);
                None
            }
        }
    }

    /// `value` when nothing was found, otherwise the problems.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }

    /// The first problem at `field`, if any.
    pub fn at(&self, field: &str) -> Option<&Problem> {
        self.0.iter().find(|problem| problem.field == field)
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
