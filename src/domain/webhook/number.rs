//! One number, four spellings (contract 00.2).
//!
//! Every door reads only its own canonical spelling: `wh-7` is not a webhook although `wh-007` is, so one
//! webhook has exactly one address per door. The search box reads all of them with [`parse_any`].

use crate::domain::ids::WebhookId;

impl WebhookId {
    /// Telemax (and Aggregate, as a text): `7`.
    pub fn telemax(self) -> String {
        self.0.to_string()
    }

    /// Aggregate: `7`, sent as a text.
    pub fn aggregate(self) -> String {
        self.0.to_string()
    }

    /// ZStack: `wh-007`, at least three digits.
    pub fn zstack(self) -> String {
        format!("wh-{:03}", self.0)
    }

    /// SoftwareOne: `WBH-0000-0007`, at least eight digits, a dash before the last four.
    pub fn softwareone(self) -> String {
        dashed("WBH", self.0)
    }

    /// Reads the Telemax spelling: digits, no sign, no leading zero, at least 1.
    pub fn from_telemax(text: &str) -> Option<Self> {
        canonical(digits(text)?, text, Self::telemax)
    }

    /// Reads the Aggregate spelling, which is Telemax's.
    pub fn from_aggregate(text: &str) -> Option<Self> {
        Self::from_telemax(text)
    }

    /// Reads the ZStack spelling.
    pub fn from_zstack(text: &str) -> Option<Self> {
        canonical(digits(text.strip_prefix("wh-")?)?, text, Self::zstack)
    }

    /// Reads the SoftwareOne spelling.
    pub fn from_softwareone(text: &str) -> Option<Self> {
        let (head, tail) = text.strip_prefix("WBH-")?.split_once('-')?;
        canonical(digits(&format!("{head}{tail}"))?, text, Self::softwareone)
    }
}

/// A number as SoftwareOne writes all of its ids: `WBH-0000-0007`, `ACC-0000-0012`.
pub fn dashed(prefix: &str, number: i64) -> String {
    let digits = format!("{number:08}");
    match digits.split_at_checked(digits.len().saturating_sub(4)) {
        Some((head, tail)) => format!("{prefix}-{head}-{tail}"),
        None => format!("{prefix}-{digits}"),
    }
}

/// Reads any of the four spellings, letter case aside: for search boxes.
pub fn parse_any(text: &str) -> Option<WebhookId> {
    WebhookId::from_telemax(text)
        .or_else(|| WebhookId::from_zstack(&text.to_ascii_lowercase()))
        .or_else(|| WebhookId::from_softwareone(&text.to_ascii_uppercase()))
}

/// A positive number made of ASCII digits only; `None` on anything else and on overflow.
fn digits(text: &str) -> Option<i64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|number| *number > 0)
}

/// `number`, if `text` is exactly how `spell` writes it.
fn canonical(number: i64, text: &str, spell: impl Fn(WebhookId) -> String) -> Option<WebhookId> {
    let id = WebhookId(number);
    (spell(id) == text).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_spellings() {
        let id = WebhookId(7);
        assert_eq!(
            (id.telemax(), id.aggregate(), id.zstack(), id.softwareone()),
            ("7".into(), "7".into(), "wh-007".into(), "WBH-0000-0007".into())
        );
        assert_eq!(WebhookId(54_338_787).softwareone(), "WBH-5433-8787");
        assert_eq!(WebhookId(123_456_789).softwareone(), "WBH-12345-6789");
        assert_eq!(WebhookId(1234).zstack(), "wh-1234");
    }

    #[test]
    fn every_door_reads_its_own_spelling_back() {
        for number in [1, 7, 999, 1000, 99_999_999, 100_000_000, i64::MAX] {
            let id = WebhookId(number);
            assert_eq!(WebhookId::from_telemax(&id.telemax()), Some(id));
            assert_eq!(WebhookId::from_aggregate(&id.aggregate()), Some(id));
            assert_eq!(WebhookId::from_zstack(&id.zstack()), Some(id));
            assert_eq!(WebhookId::from_softwareone(&id.softwareone()), Some(id));
            for text in [id.telemax(), id.zstack(), id.softwareone(), id.softwareone().to_lowercase()] {
                assert_eq!(parse_any(&text), Some(id), "{text}");
            }
        }
    }

    #[test]
    fn nothing_else_is_a_number() {
        for text in ["", "0", "-1", "+1", "07", " 7", "7 ", "7.0", "1e1", "٧", "9223372036854775808", "0x7"]
        {
            assert_eq!(WebhookId::from_telemax(text), None, "{text:?}");
        }
        for text in ["wh-", "wh-7", "wh-0007", "WH-007", "wh-000", "wh-+07", "wh-007 ", "007"] {
            assert_eq!(WebhookId::from_zstack(text), None, "{text:?}");
        }
        for text in [
            "WBH-0000-0000",
            "WBH-0007",
            "WBH-00000007",
            "WBH-000-00007",
            "WBH-00000-0007",
            "wbh-0000-0007",
            "WBH-0000-0007-",
            "WBH--0000-0007",
            "WBH-0000-007",
            "WBH-0000-+007",
        ] {
            assert_eq!(WebhookId::from_softwareone(text), None, "{text:?}");
        }
    }
}
