//! What tells two clicks on one button from two wishes: every form that makes something carries a token of its own.

use super::random::Random;

/// Random bytes in a token.
const BYTES: usize = 16;
/// Characters of a token.
const CHARS: usize = 22;

/// The token of one form as it was drawn. No secret: it only has to differ from all others of the same person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormToken(String);

impl FormToken {
    /// The name of the field.
    pub const FIELD: &str = "once";

    /// A token for a form that is drawn now.
    pub fn new(random: &dyn Random) -> Self {
        let mut bytes = [0; BYTES];
        random.fill(&mut bytes);
        Self(data_encoding::BASE64URL_NOPAD.encode(&bytes))
    }

    /// Reads what came back; `None` for what never was a token.
    pub fn parse(text: &str) -> Option<Self> {
        let is_one = text.len() == CHARS
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        is_one.then(|| Self(text.to_owned()))
    }

    /// The token in a form and in the database.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::random::SeededRandom;

    #[test]
    fn tokens_differ_and_come_back() {
        let random = SeededRandom::new(1);
        let (one, other) = (FormToken::new(&random), FormToken::new(&random));
        assert_ne!(one, other);
        assert_eq!(FormToken::parse(one.as_str()), Some(one));
        for bad in ["", "short", "AAAAAAAAAAAAAAAAAAAAA ", "AAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(FormToken::parse(bad), None, "{bad}");
        }
    }
}
