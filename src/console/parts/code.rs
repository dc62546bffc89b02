//! Requests and responses on a page: coloured, never interpreted.
//!
//! Everything here is foreign text. It becomes spans of plain text (escaped by the template, hidden characters
//! spelled out), whatever it claims to be.

use crate::web::text::{is_hidden, visible};

/// A box of fixed-width text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// What a screen reader calls it: "Request headers".
    pub label: String,
    /// Unique in the page, for *Copy*; empty for none.
    pub id: &'static str,
    /// The text in order.
    pub spans: Vec<Span>,
    /// Whether long lines break.
    pub wrap: bool,
}

/// A stretch of text in one colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// `code-key`, `code-str`, `code-num`, `code-word`, or empty.
    pub class: &'static str,
    /// The text.
    pub text: String,
}

impl Span {
    fn new(class: &'static str, text: &str) -> Self {
        Self { class, text: visible(text).into_owned() }
    }
}

impl Code {
    /// A start line and headers: "POST /in HTTP/1.1", `[("Host", "example.com")]`. Mask secrets before.
    pub fn head<'a>(
        label: impl Into<String>,
        start_line: &str,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let start_line = one_line(start_line);
        let (word, rest) = start_line.split_once(' ').unwrap_or((&start_line, ""));
        let mut spans = vec![Span::new("code-word", word), Span::new("", &format!(" {rest}"))];
        for (name, value) in headers {
            spans.push(Span::new("", "\n"));
            spans.push(Span::new("code-key", &format!("{}:", one_line(name))));
            spans.push(Span::new("", &format!(" {}", one_line(value))));
        }
        Self { label: label.into(), id: "", spans, wrap: true }
    }

    /// A body: JSON is indented and coloured, everything else is shown as it is.
    pub fn body(label: impl Into<String>, body: &str) -> Self {
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(body).is_ok();
        let spans = if is_json { pretty(body) } else { vec![Span::new("", body)] };
        Self { label: label.into(), id: "", spans, wrap: true }
    }

    /// Plain text without colours.
    pub fn plain(label: impl Into<String>, text: &str) -> Self {
        Self { label: label.into(), id: "", spans: vec![Span::new("", text)], wrap: true }
    }

    /// Without colours.
    #[must_use]
    pub fn uncoloured(mut self) -> Self {
        let text: String = self.spans.iter().map(|span| span.text.as_str()).collect();
        self.spans = vec![Span { class: "", text }];
        self
    }

    /// Bytes of HTML that the text takes.
    pub fn weight(&self) -> usize {
        let tags = |span: &Span| if span.class.is_empty() { 0 } else { 22 + span.class.len() };
        self.spans.iter().map(|span| tags(span) + span.text.chars().map(char_weight).sum::<usize>()).sum()
    }

    /// With an id, so that a button can copy it.
    #[must_use]
    pub const fn id(mut self, id: &'static str) -> Self {
        self.id = id;
        self
    }
}

/// Bytes of HTML that a character takes.
pub const fn char_weight(c: char) -> usize {
    match c {
        '&' | '<' | '>' | '"' | '\'' => 5,
        // `[U+202E]`
        c if is_hidden(c) => 10,
        _ => c.len_utf8(),
    }
}

/// `text` with its line breaks spelled out, so that a value cannot look like the next header.
fn one_line(text: &str) -> String {
    text.replace('\r', "[U+000D]").replace('\n', "[U+000A]")
}

/// Objects and arrays up to this many characters stay on one line.
const INLINE_MAX: usize = 64;

/// JSON that was found valid, indented, in its own order and with its own numbers.
fn pretty(json: &str) -> Vec<Span> {
    let tokens = tokens(json);
    let mut spans = Vec::with_capacity(tokens.len() * 2);
    let mut line = String::new();
    let mut depth = 0;
    // Ends of the containers that are open, and whether each is written on one line.
    let mut open: Vec<bool> = Vec::new();
    let break_line = |line: &mut String, inline: bool, depth: usize| {
        if inline {
            line.push(' ');
        } else {
            line.push('\n');
            line.push_str(&"  ".repeat(depth));
        }
    };
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).copied().unwrap_or_default();
        match *token {
            "{" | "[" => {
                let inline = open.last() == Some(&true) || (at > 0 && is_short(&tokens[at..]));
                line.push_str(token);
                open.push(inline);
                depth += 1;
                let is_array = inline && *token == "[";
                if !matches!(next, "}" | "]") && !is_array {
                    break_line(&mut line, inline, depth);
                }
            }
            "}" | "]" => {
                depth -= 1;
                let inline = open.pop() == Some(true);
                let is_empty = at > 0 && matches!(tokens[at - 1], "{" | "[");
                let is_array = inline && *token == "]";
                if !is_empty && !is_array {
                    break_line(&mut line, inline, depth);
                }
                line.push_str(token);
            }
            "," => {
                line.push(',');
                break_line(&mut line, open.last() == Some(&true), depth);
            }
            ":" => line.push_str(": "),
            value => {
                let class = match value.as_bytes().first() {
                    Some(b'"') if next == ":" => "code-key",
                    Some(b'"') => "code-str",
                    Some(b't' | b'f' | b'n') => "code-word",
                    _ => "code-num",
                };
                if !line.is_empty() {
                    spans.push(Span::new("", &line));
                    line.clear();
                }
                spans.push(Span::new(class, value));
            }
        }
    }
    if !line.is_empty() {
        spans.push(Span::new("", &line));
    }
    spans
}

/// Whether the container that `tokens` begins with fits on one line.
fn is_short(tokens: &[&str]) -> bool {
    let (mut depth, mut length) = (0, 0);
    for token in tokens {
        depth += i32::from(matches!(*token, "{" | "[")) - i32::from(matches!(*token, "}" | "]"));
        length += token.len() + 1;
        if depth == 0 || length > INLINE_MAX {
            break;
        }
    }
    length <= INLINE_MAX
}

/// The tokens of valid JSON, without white space.
fn tokens(json: &str) -> Vec<&str> {
    let bytes = json.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b' ' | b'\t' | b'\n' | b'\r' => {
                at += 1;
                continue;
            }
            b'"' => {
                at += 1;
                while bytes.get(at).is_some_and(|byte| *byte != b'"') {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'{' | b'}' | b'[' | b']' | b',' | b':' => at += 1,
            _ => {
                while bytes.get(at).is_some_and(|byte| !b" \t\n\r{}[],:\"".contains(byte)) {
                    at += 1;
                }
            }
        }
        tokens.push(json.get(start..at).unwrap_or_default());
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(code: &Code) -> String {
        code.spans.iter().map(|span| span.text.as_str()).collect()
    }

    #[test]
    fn json_keeps_its_order_and_its_numbers() {
        let body = r#"{"z":1.0e5,"a":"x,\"y\"","position":{"lat":53.5461,"lng":9.9663},"list":[1,2],"e":{},"n":null,"data":{"geofenceName":"Depot Nord and a rather long name indeed","isExit":true}}"#;
        let code = Code::body("Body", body);
        assert_eq!(
            text(&code),
            r#"{
  "z": 1.0e5,
  "a": "x,\"y\"",
  "position": { "lat": 53.5461, "lng": 9.9663 },
  "list": [1, 2],
  "e": {},
  "n": null,
  "data": {
    "geofenceName": "Depot Nord and a rather long name indeed",
    "isExit": true
  }
}"#
        );
        let of = |class| code.spans.iter().filter(|span| span.class == class).count();
        assert_eq!((of("code-key"), of("code-str"), of("code-num"), of("code-word")), (11, 2, 5, 2));
    }

    #[test]
    fn other_bodies_stay_as_they_are() {
        for body in ["", "no healthy upstream", "{\"a\":", "<script>alert(1)</script>", "{\"a\":1} {\"b\":2}"]
        {
            assert_eq!(text(&Code::body("Body", body)), body);
        }
        assert_eq!(text(&Code::body("Body", "a\u{202e}b")), "a[U+202E]b");
        assert_eq!(text(&Code::body("Body", "{\"a\":\"\u{202e}\"}")), "{\n  \"a\": \"[U+202E]\"\n}");
        assert_eq!(text(&Code::body("Body", "\"\\u0041\"")), "\"\\u0041\"");
    }

    #[test]
    fn heads() {
        let code =
            Code::head("Request", "POST /in HTTP/1.1", [("Host", "a.example"), ("X", "1\r\nInjected: 2")]);
        assert_eq!(text(&code), "POST /in HTTP/1.1\nHost: a.example\nX: 1[U+000D][U+000A]Injected: 2");
    }
}
