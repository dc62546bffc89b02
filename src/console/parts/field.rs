//! Form fields: as typed, with what is wrong beside them.

use crate::domain::problem::Problems;

/// One input with its label, hint and problem. Secrets always have an empty value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Field {
    /// The name in the form, and the id of the element.
    pub name: &'static str,
    /// The label.
    pub label: &'static str,
    /// What was typed or is stored.
    pub value: String,
    /// One line below; empty for none.
    pub hint: String,
    /// What is wrong with it.
    pub error: Option<String>,
}

impl Field {
    /// An empty field.
    pub fn new(name: &'static str, label: &'static str) -> Self {
        Self { name, label, ..Self::default() }
    }

    /// With a value.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// With a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// With a problem.
    #[must_use]
    pub fn error(mut self, error: impl Into<String>) -> Self {
        self.error = Some(error.into());
        self
    }

    /// With the first problem that `problems` has at `field`, if any.
    #[must_use]
    pub fn judged(mut self, problems: &Problems, field: &str) -> Self {
        self.error = problems.at(field).map(|problem| problem.message.clone());
        self
    }

    /// The ids for `aria-describedby`, empty when nothing describes the field.
    pub fn described_by(&self) -> String {
        let error = self.error.as_ref().map(|_| format!("{}-error", self.name));
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.name));
        [error, hint].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// One of several: an option of a select, a radio button, a check box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The value that is sent.
    pub value: String,
    /// The words.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>, chosen: bool) -> Self {
        Self { value: value.into(), label: label.into(), chosen }
    }

    /// `all` as choices of which the one with the value `chosen` is chosen.
    pub fn list<'a>(all: impl IntoIterator<Item = (&'a str, &'a str)>, chosen: &str) -> Vec<Self> {
        all.into_iter().map(|(value, label)| Self::new(value, label, value == chosen)).collect()
    }
}

/// One of a few radio buttons, with a remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Radio {
    /// The value that is sent.
    pub value: &'static str,
    /// The words.
    pub label: &'static str,
    /// The remark: "318 events".
    pub note: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Radio {
    /// A radio button.
    pub fn new(value: &'static str, label: &'static str, note: impl Into<String>, chosen: bool) -> Self {
        Self { value, label, note: note.into(), chosen }
    }
}

/// One line of the summary above a failed form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormError {
    /// The id of the element to go to.
    pub anchor: String,
    /// What is wrong, with the field's name in front: "URL: 10.4.0.12 is a private address".
    pub message: String,
}

impl FormError {
    /// A line that leads to `anchor`.
    pub fn new(anchor: impl Into<String>, message: impl Into<String>) -> Self {
        Self { anchor: anchor.into(), message: message.into() }
    }
}
