//! How a receiver checks that a request is ours, in eight languages, with the header names of each format.
//!
//! Every format has its text in `snippets/`: a line `=== Title` begins a language.

use crate::console::parts::code::Code;
use crate::domain::webhook::format::Format;

/// One language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// "Python".
    pub title: &'static str,
    /// The code.
    pub code: Code,
}

impl Snippet {
    /// Those of `format`.
    pub fn of(format: Format) -> Vec<Self> {
        let text = match format {
            Format::Telemax => include_str!("snippets/telemax.txt"),
            Format::Aggregate => include_str!("snippets/aggregate.txt"),
            Format::Zstack => include_str!("snippets/zstack.txt"),
            Format::Softwareone => include_str!("snippets/softwareone.txt"),
        };
        let text = text.strip_prefix("=== ").unwrap_or(text);
        let parts = text.split("\n=== ").filter_map(|part| part.split_once('\n'));
        parts
            .map(|(title, code)| Self {
                title,
                code: Code::plain(format!("{title} example"), code.trim_end()),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_eight_languages_and_its_own_headers() {
        for (format, header) in [
            (Format::Telemax, "X-Telemax-Signature"),
            (Format::Aggregate, "webhook-signature"),
            (Format::Zstack, "X-Webhook-Signature"),
            (Format::Softwareone, "Authorization"),
        ] {
            let all = Snippet::of(format);
            let titles: Vec<_> = all.iter().map(|snippet| snippet.title).collect();
            assert_eq!(titles, ["Shell (openssl)", "Python", "Node.js", "Go", "Rust", "PHP", "Java", "C#"]);
            for snippet in all {
                let text: String = snippet.code.spans.iter().map(|span| span.text.as_str()).collect();
                let names = text.to_lowercase().contains(&header.to_lowercase());
                assert!(names, "{format:?} {}: {text}", snippet.title);
            }
        }
    }
}
