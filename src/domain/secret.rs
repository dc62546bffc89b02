//! Values that must not be seen: signing secrets, passwords, tokens, keys.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A secret text. It has no `Display` and no `Serialize`; `Debug` prints `Secret(***)`.
/// Whoever needs the plain text says so with [`Secret::reveal`], which is easy to search for.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Takes `text` into custody.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The plain text.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The last four characters, or nothing when the secret is shorter than eight: a mask
    /// must not give away half of a short secret.
    pub fn last_four(&self) -> Option<&str> {
        if self.0.chars().count() < 8 {
            return None;
        }
        let (at, _) = self.0.char_indices().rev().nth(3)?;
        self.0.get(at..)
    }
}

impl PartialEq for Secret {
    /// Compares in constant time (for equal lengths).
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_prints_itself() {
        assert_eq!(format!("{:?}", Secret::new("whsec_abc123def456")), "Secret(***)");
    }

    #[test]
    fn last_four_needs_eight() {
        assert_eq!(Secret::new("whsec_abc1").last_four(), Some("abc1"));
        assert_eq!(Secret::new("1234567").last_four(), None);
        assert_eq!(Secret::new("äöüß12éè").last_four(), Some("12éè"));
    }
}
