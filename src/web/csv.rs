//! Lines of a CSV file (RFC 4180) that a spreadsheet can open: a text that it would take for a formula is marked as text.

/// What a file begins with, so that spreadsheets read it as UTF-8.
pub const BEGIN: &str = "\u{feff}";

/// One line, with its end.
pub fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    cells.join(",") + "\r\n"
}

/// One cell. A text that begins as a formula does (also after blanks, and with the wide forms that some programs fold)
/// gets an apostrophe in front, as spreadsheets themselves mark text.
fn cell(text: &str) -> String {
    let first = text.trim_start_matches([' ', '\u{a0}']).chars().next().or(text.chars().next());
    let is_formula = first.is_some_and(|first| {
        matches!(first, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
    });
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    let is_plain = !text.contains(['"', ',', '\r', '\n', ';', '\t']) && text.trim() == text;
    if is_plain { text } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_are_text() {
        for (text, expected) in [
            ("", ""),
            ("TRK-118", "TRK-118"),
            ("Depot, Nord", "\"Depot, Nord\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\r\nlines", "\"two\r\nlines\""),
            ("=1+1", "'=1+1"),
            ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
            ("+49 40", "'+49 40"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "\"'\tx\""),
            ("\r=1", "\"'\r=1\""),
            ("  =1+1", "'  =1+1"),
            ("＝1", "'＝1"),
            ("5-3", "5-3"),
            (" ", "\" \""),
        ] {
            assert_eq!(cell(text), expected, "{text:?}");
        }
        assert_eq!(line(["a", "b,c", ""]), "a,\"b,c\",\r\n");
    }
}
