//! Short texts that people type and pages show: names, descriptions, user names.

use icu_normalizer::ComposingNormalizerBorrowed;

use super::problem::{Problems, Rule};

/// Whether `c` is white space or a control character that is not the plain space: it breaks log lines, header
/// lines and terminals.
pub fn is_control_or_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Whether `c` cannot be seen, or turns the order of what follows it: two texts that look the same would
/// differ, or one would look like another. The two joiners of Indic and Persian writing and of emoji, and
/// variation selectors, are not counted; see [`is_invisible`] for them too.
pub const fn is_deceptive(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Whether `c` leaves no ink at all: deceptive ones, joiners and variation selectors.
pub const fn is_invisible(c: char) -> bool {
    is_deceptive(c) || matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

/// Whether at least one character can be seen.
pub fn has_ink(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !c.is_control() && !is_invisible(c))
}

/// Whether `text` is nothing but what pages and doors show in place of a secret.
pub fn is_mask(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| matches!(c, '*' | '•'))
}

/// Judges a single-line text of at most `chars_max` characters and gives it back in Unicode's composed form
/// (NFC), so that equal names are equal. Blank texts are refused.
///
/// # Errors
/// One problem at `field`: empty, too long, or with characters that break lines or deceive.
pub fn single_line(field: &'static str, text: &str, chars_max: usize) -> Result<String, Problems> {
    if !has_ink(text) {
        return Err(Problems::one(field, Rule::Required, "It must not be blank."));
    }
    let text = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    if text.chars().count() > chars_max {
        return Err(Problems::one(
            field,
            Rule::TooLong,
            format!("It may have at most {chars_max} characters."),
        ));
    }
    if text.chars().any(is_control_or_break) {
        return Err(Problems::one(
            field,
            Rule::Invalid,
            "It must not contain line breaks or control characters.",
        ));
    }
    if text.chars().any(is_deceptive) {
        return Err(Problems::one(
            field,
            Rule::Invalid,
            "It must not contain invisible or direction-changing characters.",
        ));
    }
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_people_write() {
        for text in [
            "Ops 🚀 alerts",
            "התראות",
            "警告通知",
            "O'Brien & Söhne <Ops>",
            "0",
            "</title><svg/onload=alert(1)>",
        ] {
            assert_eq!(single_line("name", text, 128).as_deref(), Ok(text));
        }
        assert_eq!(single_line("name", "Zu\u{308}rich", 128).as_deref(), Ok("Zürich"));
        assert!(single_line("name", &"🚀".repeat(128), 128).is_ok());
        assert!(single_line("name", "👩\u{200d}🚒\u{fe0f} crew", 128).is_ok());
    }

    #[test]
    fn refuses_what_breaks_lines_or_deceives() {
        let long = "a".repeat(129);
        for (text, rule) in [
            ("", Rule::Required),
            ("   ", Rule::Required),
            ("\u{200b}\u{200d}\u{2060}", Rule::Required),
            (long.as_str(), Rule::TooLong),
            ("a\0b", Rule::Invalid),
            ("a\nb", Rule::Invalid),
            ("a\rb", Rule::Invalid),
            ("a\u{1b}[2Jb", Rule::Invalid),
            ("a\u{85}b", Rule::Invalid),
            ("a\u{2028}b", Rule::Invalid),
            ("invoice\u{202e}fdp.exe", Rule::Invalid),
            ("a\u{2066}b", Rule::Invalid),
            ("Ops\u{200b}alerts", Rule::Invalid),
        ] {
            let problems = single_line("name", text, 128).unwrap_err();
            assert_eq!((problems.0.len(), problems.0[0].rule), (1, rule), "{text:?}");
        }
    }
}
