//! Seeing the values of one event's payload for a while, with a reason, by who does not see them otherwise.
//!
//! A reveal is an entry of the audit trail and nothing else: it is in force because it was written down. It holds for
//! one person and one event, in all of its deliveries, since they carry the same values.

use serde_json::Value;

use super::audit::Changes;
use super::ids::EventId;
use super::problem::{Problems, Rule};
use super::text::{has_ink, is_control_or_break, is_deceptive};
use super::time::{HOUR_US, Timestamp};

/// The action in the audit trail.
pub const ACTION: &str = "delivery.reveal";
/// How long it holds, microseconds.
pub const HOLDS_US: i64 = HOUR_US;
/// Characters of a reason at least …
pub const REASON_CHARS_MIN: usize = 3;
/// … and at most.
pub const REASON_CHARS_MAX: usize = 500;

/// A reveal in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reveal {
    /// Whose values.
    pub event: EventId,
    /// Since when.
    pub at: Timestamp,
    /// Why, in their words.
    pub reason: String,
}

impl Reveal {
    /// When the values are masked again.
    pub const fn ends_at(&self) -> Timestamp {
        self.at.plus_micros(HOLDS_US)
    }

    /// Whether it holds at `now`.
    pub const fn holds(&self, now: Timestamp) -> bool {
        let age = now.since(self.at);
        age >= 0 && age < HOLDS_US
    }
}

/// Reads a reason as typed.
///
/// # Errors
/// Too short, too long, or with characters that cannot be seen, at `reason`.
pub fn parse_reason(typed: &str) -> Result<String, Problems> {
    let reason = typed.trim();
    let chars = reason.chars().count();
    let problem = |rule, words: String| Err(Problems::one("reason", rule, words));
    if chars < REASON_CHARS_MIN || !has_ink(reason) {
        return problem(Rule::Required, format!("Say why, in at least {REASON_CHARS_MIN} characters."));
    }
    if chars > REASON_CHARS_MAX {
        return problem(
            Rule::TooLong,
            format!("It may have at most {REASON_CHARS_MAX} characters, and has {chars}."),
        );
    }
    if reason.chars().any(|c| is_control_or_break(c) || is_deceptive(c)) {
        let words = "It must be one line, without characters that cannot be seen.";
        return problem(Rule::Invalid, words.to_owned());
    }
    Ok(reason.to_owned())
}

/// What the audit trail says of a reveal.
pub fn changes(event: EventId, reason: &str) -> Changes {
    Changes::default().field("event", Value::Null, event.0).field("reason", Value::Null, reason)
}

/// Reads what [`changes`] wrote; `None` when it is something else.
pub fn read(at: Timestamp, changes: &str) -> Option<Reveal> {
    let changes: Value = serde_json::from_str(changes).ok()?;
    let event = EventId(changes["event"]["after"].as_i64()?);
    Some(Reveal { event, at, reason: changes["reason"]["after"].as_str()?.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_line_of_some_length() {
        assert_eq!(parse_reason("  ticket 4711 "), Ok("ticket 4711".to_owned()));
        assert_eq!(parse_reason("abc"), Ok("abc".to_owned()));
        assert!(parse_reason(&"é".repeat(REASON_CHARS_MAX)).is_ok());
        for (typed, rule) in [
            (String::new(), Rule::Required),
            ("  ab  ".to_owned(), Rule::Required),
            ("\u{200b}\u{200c}\u{200d}".to_owned(), Rule::Required),
            ("x".repeat(REASON_CHARS_MAX + 1), Rule::TooLong),
            ("one\nother".to_owned(), Rule::Invalid),
            ("abc\u{202e}def".to_owned(), Rule::Invalid),
        ] {
            assert_eq!(parse_reason(&typed).unwrap_err().0[0].rule, rule, "{typed:?}");
        }
    }

    #[test]
    fn it_holds_for_an_hour_from_when_it_was_written() {
        let at = Timestamp::from_seconds(1_777_356_862);
        let reveal = read(at, &changes(EventId(48_812), "ticket 4711").to_json()).unwrap();
        assert_eq!((reveal.event, reveal.reason.as_str()), (EventId(48_812), "ticket 4711"));
        let holds = |after| reveal.holds(at.plus_micros(after));
        assert!(holds(0) && holds(HOLDS_US - 1));
        assert!(!holds(HOLDS_US) && !holds(-1), "a clock that was set back opens nothing");
        assert_eq!(reveal.ends_at().since(at), HOLDS_US);
        for other in ["{}", "[]", "no", r#"{"event":{"after":"7"}}"#, r#"{"event":{"after":7}}"#] {
            assert_eq!(read(at, other), None, "{other}");
        }
    }
}
