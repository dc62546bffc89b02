//! What single keys do. They only repeat what links and fields of the page do, can be switched off, and do nothing while
//! somebody types (WCAG 2.1.4).

use askama::Template;

use super::nav;
use super::shell::Shell;

/// The list of keys.
#[derive(Debug, Template)]
#[template(path = "console/keyboard.html")]
pub struct KeyboardPage {
    /// The frame; it knows whether the keys are on.
    pub shell: Shell,
    /// What is pressed, one key after the other, and what it does.
    pub keys: Vec<(Vec<String>, String)>,
}

/// The keys of `static/js/keys.js` that are not the navigation's.
const KEYS: [(&str, &str); 11] = [
    ("/", "Find a vehicle, an alert, a delivery or a webhook"),
    ("j", "Next row of a list; Enter opens it"),
    ("k", "Row before"),
    ("x", "Choose the row, or do not, where rows can be chosen"),
    ("f", "Filters of a list"),
    ("[", "Newer page of a list, or the delivery before"),
    ("]", "Older page of a list, or the next delivery"),
    ("r", "Redeliver the delivery that is shown"),
    ("e", "Open the first delivery in trouble on “Find an alert”"),
    ("c", "Copy the summary of the delivery that is shown"),
    ("y", "Copy the address of the page"),
];

impl KeyboardPage {
    /// The page in its frame.
    pub fn new(shell: Shell) -> Self {
        let own = KEYS.iter().map(|&(key, what)| (vec![key.to_owned()], what.to_owned()));
        let go = nav::keys().map(|(key, label)| (vec!["g".to_owned(), key.to_string()], label.to_owned()));
        let help = std::iter::once((vec!["?".to_owned()], "This page".to_owned()));
        Self { shell, keys: own.chain(go).chain(help).collect() }
    }
}

#[cfg(any(test, debug_assertions))]
impl KeyboardPage {
    /// For the style guide.
    pub fn example() -> Self {
        Self::new(Shell::example(super::shell::Nav::None, "Keyboard"))
    }

    /// Switched off.
    pub fn off_example() -> Self {
        let mut page = Self::example();
        page.shell.single_keys = false;
        page
    }
}
