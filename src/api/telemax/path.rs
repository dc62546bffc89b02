//! Numbers in paths.

/// A number as this door writes it: digits, no sign, no leading zero. Everything else names nothing.
pub fn number(text: &str) -> Option<i64> {
    let is_canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| is_canonical)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_each() {
        assert_eq!(number("7"), Some(7));
        assert_eq!(number("9223372036854775807"), Some(i64::MAX));
        for bad in
            ["", "0", "07", "-7", "+7", "7 ", "1.0", "1e2", "0x1", "1\0", "１", "null", "9223372036854775808"]
        {
            assert_eq!(number(bad), None, "{bad}");
        }
    }
}
