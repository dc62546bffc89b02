//! Asks before an API key is taken back.

use askama::Template;

use crate::console::shell::Shell;

/// The question.
#[derive(Debug, Template)]
#[template(path = "console/api_keys/revoke.html")]
pub struct RevokePage {
    /// The frame.
    pub shell: Shell,
    /// The key's name.
    pub name: String,
    /// "bfy_…3f9a".
    pub masked: String,
    /// Where the form goes.
    pub action: String,
}

#[cfg(any(test, debug_assertions))]
impl RevokePage {
    /// A key's.
    pub fn example() -> Self {
        use crate::console::shell::Nav;

        Self {
            shell: Shell::example(Nav::ApiKeys, "Revoke Telematics platform"),
            name: "Telematics platform".into(),
            masked: "bfy_…3f9a".into(),
            action: "/console/c/12/api-keys/3/revoke".into(),
        }
    }
}
