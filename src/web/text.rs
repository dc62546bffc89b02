//! Text that strangers wrote, made safe to look at, and numbers as people read them.
//!
//! Markup is the template's business (everything is escaped there). What is left are characters that are
//! invisible, or that reorder what stands beside them: a body could otherwise show a different text from the
//! one that was sent.

use std::borrow::Cow;

/// `text` with control, zero-width and direction characters spelled out: `[U+202E]`.
///
/// New lines and tabs stay. A carriage return before a new line is dropped, any other is spelled out.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            c if is_hidden(c) => out.push_str(&format!("[U+{:04X}]", u32::from(c))),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// `bytes` with everything that nobody sees made visible: line ends as `␍` and `␊`, tabs as `␉`, spaces at both ends as
/// `␠`, bytes that are no UTF-8 as `[0xFF]`. [`visible`] does the rest.
pub fn revealed(bytes: &[u8]) -> String {
    let inner = bytes.trim_ascii();
    let mut out = String::with_capacity(bytes.len() + 16);
    let edges = |out: &mut String, edge: &[u8]| {
        out.extend(edge.iter().map(|byte| match byte {
            b'\n' => "␊\n",
            b'\r' => "␍",
            b'\t' => "␉",
            _ => "␠",
        }));
    };
    let before = bytes.len() - bytes.trim_ascii_start().len();
    edges(&mut out, &bytes[..before]);
    for chunk in inner.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => out.push_str("␊\n"),
                '\r' => out.push('␍'),
                '\t' => out.push('␉'),
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("[0x{byte:02X}]"));
        }
    }
    edges(&mut out, &bytes[before + inner.len()..]);
    out
}

/// Whether a reader cannot see `c`, or sees it change its neighbours.
#[allow(clippy::match_same_arms, reason = "one line for each family of characters")]
/// Whether [`visible`] spells it out.
pub const fn is_hidden(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' => true,
        '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' => true,
        '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' => true,
        _ => false,
    }
}

/// A whole number with commas between thousands: `212,480`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A duration as people say it, rounded down to two units, with spaces that do not break: `4 ms`, `1.22 s`,
/// `2 min 5 s`, `8 h 42 min`, `3 d 4 h`.
pub fn duration(millis: u64) -> String {
    const SECOND: u64 = 1_000;
    const MINUTE: u64 = 60 * SECOND;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let pair = |large, large_unit, small, small_unit| {
        let (whole, rest) = (millis / large, millis % large / small);
        if rest == 0 {
            format!("{whole}\u{a0}{large_unit}")
        } else {
            format!("{whole}\u{a0}{large_unit} {rest}\u{a0}{small_unit}")
        }
    };
    match millis {
        0..SECOND => format!("{millis}\u{a0}ms"),
        SECOND..MINUTE => {
            let text = format!("{}.{:02}", millis / SECOND, millis % SECOND / 10);
            let text = text.trim_end_matches('0').trim_end_matches('.');
            format!("{text}\u{a0}s")
        }
        MINUTE..HOUR => pair(MINUTE, "min", SECOND, "s"),
        HOUR..DAY => pair(HOUR, "h", MINUTE, "min"),
        _ => pair(DAY, "d", HOUR, "h"),
    }
}

/// A number of bytes: `43 bytes`, `16.0 KiB`, `1.5 MiB`.
pub fn bytes(count: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", count / unit, count % unit * 10 / unit);
    match count {
        1 => "1\u{a0}byte".to_owned(),
        0..1_024 => format!("{count}\u{a0}bytes"),
        1_024..1_048_576 => format!("{}\u{a0}KiB", tenths(1_024)),
        _ => format!("{}\u{a0}MiB", tenths(1_048_576)),
    }
}

/// `part` of `whole` in percent with one digit, never rounded up to 100: `97.1 %`; `None` of nothing.
pub fn percent(part: u64, whole: u64) -> Option<String> {
    if whole == 0 {
        return None;
    }
    if part >= whole {
        return Some("100\u{a0}%".to_owned());
    }
    let tenths = u128::from(part) * 1_000 / u128::from(whole);
    Some(format!("{}.{}\u{a0}%", tenths / 10, tenths % 10))
}

/// `1 alert`, `18 alerts`: a count with its noun.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{}\u{a0}{}", count(number), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_spelled_out() {
        for (given, shown) in [
            ("plain – “text”, Ω, 車", "plain – “text”, Ω, 車"),
            ("two\r\nlines\tand a tab", "two\nlines\tand a tab"),
            ("over\rwritten", "over[U+000D]written"),
            ("abc\u{202e}fdp.exe", "abc[U+202E]fdp.exe"),
            ("zero\u{200b}width", "zero[U+200B]width"),
            ("\u{feff}mark", "[U+FEFF]mark"),
            ("\u{1b}[31mred", "[U+001B][31mred"),
            ("nul\0", "nul[U+0000]"),
            ("tag\u{e0041}", "tag[U+E0041]"),
        ] {
            assert_eq!(visible(given), shown);
        }
        assert!(matches!(visible("nothing to do"), Cow::Borrowed(_)));
    }

    #[test]
    fn what_nobody_sees_is_revealed() {
        for (given, shown) in [
            (&b"{\"a\": 1}"[..], "{\"a\": 1}"),
            (b" a b\r\nc\td \n", "␠a b␍␊\nc␉d␠␊\n"),
            (b"\xff\xc3\xbc\xc3", "[0xFF]ü[0xC3]"),
            (b"\n", "␊\n"),
            (b"", ""),
        ] {
            assert_eq!(revealed(given), shown);
        }
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!([count(0), count(999), count(1_000), count(212_480)], ["0", "999", "1,000", "212,480"]);
        let spaced = |text: String| text.replace('\u{a0}', " ");
        for (millis, words) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (1_000, "1 s"),
            (1_220, "1.22 s"),
            (9_800, "9.8 s"),
            (59_999, "59.99 s"),
            (125_000, "2 min 5 s"),
            (31_320_000, "8 h 42 min"),
            (86_400_000, "1 d"),
        ] {
            assert_eq!(spaced(duration(millis)), words);
        }
        assert_eq!(spaced(bytes(43)), "43 bytes");
        assert_eq!(spaced(bytes(16_384)), "16.0 KiB");
        assert_eq!(spaced(percent(99_999, 100_000).unwrap()), "99.9 %");
        assert_eq!(spaced(percent(5, 5).unwrap()), "100 %");
        assert_eq!(percent(0, 0), None);
        assert_eq!(spaced(counted(1, "alert", "alerts")), "1 alert");
    }
}
