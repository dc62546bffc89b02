//! A body on a page: indented, as it is, or byte for byte; never interpreted.

use std::fmt::Write as _;

use super::place::View;
use crate::console::parts::code::{Code, char_weight};

/// Bytes of HTML that a body may take; a file has all of it. A page has two of them and much else.
const HTML_MAX: usize = 4_000;
/// Bytes that a dump shows, since each takes the room of four.
const HEX_SHOWN_MAX: usize = 512;
const ROW: usize = 16;

/// What is to be said of bytes that are not shown …
pub const DOWNLOAD: &str = "download them";
/// … and of those of a masked body.
pub const MASKED: &str = "masked as well";

/// The body in a view. What is left out is said at its end, with `rest`.
pub fn shown(label: &str, body: &[u8], view: View, rest: &str) -> Code {
    if view == View::Hex {
        let part = body.get(..HEX_SHOWN_MAX).unwrap_or(body);
        return with_rest(Code::plain(label, &dump(part)), body.len() - part.len(), rest);
    }
    within(label, body, view == View::Pretty, HTML_MAX, rest)
}

/// As much of a body as takes at most so many bytes of HTML. JSON of many small values takes much more room coloured
/// than plain, and more indented than as it came: it is shown as well as it fits.
/// `rest` says where the rest is.
pub fn within(label: &str, body: &[u8], is_pretty: bool, html_max: usize, rest: &str) -> Code {
    let text = String::from_utf8_lossy(body);
    let part = fitting(&text, html_max);
    let raw = Code::plain(label, part);
    if part.len() < text.len() {
        // A part of JSON is none. Characters that stand for unreadable bytes are longer than those.
        return with_rest(raw, body.len().saturating_sub(part.len()).max(1), rest);
    }
    if !is_pretty {
        return raw;
    }
    let coloured = Code::body(label, &text);
    if coloured.weight() <= html_max {
        return coloured;
    }
    let indented = coloured.uncoloured();
    if indented.weight() <= html_max { indented } else { raw }
}

/// The beginning of `text` that takes at most so many bytes of HTML.
fn fitting(text: &str, html_max: usize) -> &str {
    let mut weight = 0;
    let end = text.char_indices().find(|(_, c)| {
        weight += char_weight(*c);
        weight > html_max
    });
    end.map_or(text, |(at, _)| &text[..at])
}

fn with_rest(mut code: Code, left: usize, rest: &str) -> Code {
    if left > 0 {
        code.spans.extend(Code::plain("", &format!("\n[{left} more bytes: {rest}]")).spans);
    }
    code
}

/// `00000010  7b 22 61 …  {"a…`
fn dump(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (at, row) in bytes.chunks(ROW).enumerate() {
        let hex = row.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x} ");
            hex
        });
        let text: String = row
            .iter()
            .map(|byte| if matches!(byte, 0x20..=0x7e) { char::from(*byte) } else { '.' })
            .collect();
        let _ = writeln!(out, "{:08x}  {hex:<48} {text}", at * ROW);
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(code: &Code) -> String {
        code.spans.iter().map(|span| span.text.as_str()).collect()
    }

    #[test]
    fn three_views_of_the_same_bytes() {
        let body = b"{\"a\":\"<b>\xe2\x80\xae\"}\n";
        assert_eq!(text(&shown("Body", body, View::Pretty, DOWNLOAD)), "{\n  \"a\": \"<b>[U+202E]\"\n}");
        assert_eq!(text(&shown("Body", body, View::Raw, DOWNLOAD)), "{\"a\":\"<b>[U+202E]\"}\n");
        assert_eq!(
            text(&shown("Body", body, View::Hex, DOWNLOAD)),
            "00000000  7b 22 61 22 3a 22 3c 62 3e e2 80 ae 22 7d 0a     {\"a\":\"<b>...\"}."
        );
    }

    #[test]
    fn what_is_left_out_is_said() {
        let long = vec![b'x'; HTML_MAX + 5];
        for (view, left) in [(View::Pretty, 5), (View::Raw, 5), (View::Hex, HTML_MAX + 5 - HEX_SHOWN_MAX)] {
            let shown = text(&shown("Body", &long, view, DOWNLOAD));
            assert!(shown.ends_with(&format!("[{left} more bytes: download them]")), "{view:?}");
        }
        assert_eq!(text(&shown("Body", b"\xff", View::Raw, DOWNLOAD)), "\u{fffd}");
        assert_eq!(text(&shown("Body", b"", View::Hex, DOWNLOAD)), "");
        let quotes = shown("Body", &[b'"'; 5_000], View::Raw, DOWNLOAD);
        assert!(text(&quotes).ends_with("[4200 more bytes: download them]"), "each takes the room of five");
    }

    #[test]
    fn json_is_shown_as_well_as_it_fits() {
        let numbers = |count: usize| format!("[{}]", vec!["1"; count].join(","));
        let of = |json: &str| shown("Body", json.as_bytes(), View::Pretty, DOWNLOAD);
        let coloured = of(&numbers(80));
        assert!(coloured.spans.len() > 80);
        let indented = of(&numbers(500));
        assert_eq!((indented.spans.len(), text(&indented).starts_with("[\n  1,\n")), (1, true));
        let raw = of(&numbers(1_500));
        assert_eq!(text(&raw), numbers(1_500));
        let cut = of(&numbers(9_000));
        assert!(text(&cut).ends_with("more bytes: download them]"));
        for code in [coloured, indented, raw] {
            assert!(code.weight() <= HTML_MAX);
        }
    }
}
