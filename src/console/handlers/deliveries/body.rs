//! A body on a page: indented, as it is, or byte for byte; never interpreted.

use std::fmt::Write as _;

use super::place::View;
use crate::console::parts::code::Code;

/// Bytes of a body that are shown; a file has all of them.
const SHOWN_MAX: usize = 8 * 1024;
/// … of which a dump shows so many, since each takes the room of four.
const HEX_SHOWN_MAX: usize = 1_024;
const ROW: usize = 16;

/// What is to be said of bytes that are not shown …
pub const DOWNLOAD: &str = "download them";
/// … and of those of a masked body.
pub const MASKED: &str = "masked as well";

/// The body in a view. What is left out is said at its end, with `rest`.
pub fn shown(label: &str, body: &[u8], view: View, rest: &str) -> Code {
    let most = if view == View::Hex { HEX_SHOWN_MAX } else { SHOWN_MAX };
    let part = body.get(..most).unwrap_or(body);
    let left = body.len() - part.len();
    let mut code = match view {
        View::Hex => Code::plain(label, &dump(part)),
        View::Raw => Code::plain(label, &String::from_utf8_lossy(part)),
        // A part of JSON is none.
        View::Pretty if left > 0 => Code::plain(label, &String::from_utf8_lossy(part)),
        View::Pretty => Code::body(label, &String::from_utf8_lossy(part)),
    };
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
        let long = vec![b'x'; SHOWN_MAX + 5];
        for (view, left) in [(View::Pretty, 5), (View::Raw, 5), (View::Hex, SHOWN_MAX + 5 - HEX_SHOWN_MAX)] {
            let shown = text(&shown("Body", &long, view, DOWNLOAD));
            assert!(shown.ends_with(&format!("[{left} more bytes: download them]")), "{view:?}");
        }
        assert_eq!(text(&shown("Body", b"\xff", View::Raw, DOWNLOAD)), "\u{fffd}");
        assert_eq!(text(&shown("Body", b"", View::Hex, DOWNLOAD)), "");
    }
}
