//! A filter as it was written. Its printed form reads back as itself.

use std::fmt;
use std::ops::Range;

use super::lexer;

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Expr {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    /// `eq(path,value)`, `path=value` and their like.
    Binary {
        operator: Operator,
        path: Path,
        value: Value,
    },
    /// `in(path,(a,b))`, `out(path,(a,b))`
    Member {
        out: bool,
        path: Path,
        values: Vec<Value>,
    },
    /// `any(path)`, `any(path,condition)`, `all(path,condition)`
    Collection {
        all: bool,
        path: Path,
        condition: Option<Box<Self>>,
    },
}

/// An operator with a property and a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Operator {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
    Like,
    Ilike,
}

impl Operator {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Eq, Self::Ne, Self::Gt, Self::Ge, Self::Lt, Self::Le, Self::Like, Self::Ilike];

    /// How it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Like => "like",
            Self::Ilike => "ilike",
        }
    }
}

/// A dotted path; without segments it is `self()`.
#[derive(Debug, Clone)]
pub struct Path {
    /// What stands between the dots; none is empty or holds anything but ASCII letters, digits, `_` and `$`.
    pub segments: Vec<String>,
    /// Where it stands.
    pub span: Range<usize>,
}

impl PartialEq for Path {
    /// Wherever it stands.
    fn eq(&self, other: &Self) -> bool {
        self.segments == other.segments
    }
}

impl Eq for Path {}

impl Path {
    /// `a.b.c`
    pub fn dotted(&self) -> String {
        self.segments.join(".")
    }
}

/// The right side of a comparison.
#[derive(Debug, Clone)]
pub struct Value {
    /// What it is.
    pub constant: Constant,
    /// Where it stands.
    pub span: Range<usize>,
}

impl PartialEq for Value {
    /// Wherever it stands.
    fn eq(&self, other: &Self) -> bool {
        self.constant == other.constant
    }
}

impl Eq for Value {}

/// A constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constant {
    /// Quoted or not.
    Text(String),
    /// `null()`
    Null,
    /// `empty()`
    Empty,
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(items) => write!(f, "and({})", Listed(items)),
            Self::Or(items) => write!(f, "or({})", Listed(items)),
            Self::Not(inner) => write!(f, "not({inner})"),
            Self::Binary { operator, path, value } => write!(f, "{}({path},{value})", operator.name()),
            Self::Member { out, path, values } => {
                write!(f, "{}({path},({}))", if *out { "out" } else { "in" }, Listed(values))
            }
            Self::Collection { all, path, condition } => {
                let name = if *all { "all" } else { "any" };
                match condition {
                    Some(condition) => write!(f, "{name}({path},{condition})"),
                    None => write!(f, "{name}({path})"),
                }
            }
        }
    }
}

struct Listed<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for Listed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, item) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            item.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.segments.is_empty() { "self()" } else { "" })?;
        f.write_str(&self.dotted())
    }
}

impl fmt::Display for Value {
    /// A text with quotes of both kinds can only have been written without any around it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.constant {
            Constant::Null => f.write_str("null()"),
            Constant::Empty => f.write_str("empty()"),
            Constant::Text(text) if !text.contains('"') => write!(f, "\"{text}\""),
            Constant::Text(text) if !text.contains('\'') => write!(f, "'{text}'"),
            Constant::Text(text) => {
                debug_assert!(!text.chars().any(|c| lexer::single(c).is_some()));
                f.write_str(text)
            }
        }
    }
}
