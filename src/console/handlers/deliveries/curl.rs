//! A recorded request as a command line. Masked secrets become `$TOKEN`, which whoever runs it sets.

/// What stands for a secret in history.
const MASK: &str = "••••";

/// Headers that curl makes itself.
const OWN: [&str; 4] = ["host", "content-length", "connection", "accept-encoding"];

/// Bytes of a body that stands in the command itself; a longer one would be most of the page, and more than some shells
/// take.
const BODY_MAX: usize = 2_000;

/// The command for a POST of `body` to `url`. A long body is read from `file`, which is how its download is called.
pub fn command(url: &str, headers: &[(String, String)], body: &str, file: &str) -> String {
    let mut command = format!("curl -X POST {}", quoted(url));
    for (name, value) in headers {
        if !OWN.contains(&name.to_ascii_lowercase().as_str()) {
            command.push_str(&format!(" -H {}", quoted(&format!("{name}: {value}"))));
        }
    }
    let data = if body.len() > BODY_MAX { format!("@{file}") } else { quoted(body) };
    command.push_str(&format!(" --data-binary {data}"));
    command
}

/// One argument of a shell. With a masked secret in it, the quotes are ones in which variables count.
fn quoted(text: &str) -> String {
    if !text.contains(MASK) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut parts = text.split(MASK);
    let mut out = format!("\"{}", escaped(parts.next().unwrap_or_default()));
    for part in parts {
        // Up to four characters of the secret follow the mask.
        let rest = part
            .char_indices()
            .find(|(at, c)| *at >= 4 || !c.is_alphanumeric())
            .map_or("", |(at, _)| &part[at..]);
        out.push_str("$TOKEN");
        out.push_str(&escaped(rest));
    }
    out.push('"');
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '"' | '\\' | '$' | '`') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_become_a_variable_and_nothing_else_is_expanded() {
        let headers =
            [("Host", "a.example"), ("Authorization", "Bearer ••••3f9a"), ("X-Note", "it's $HOME `id`")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(
            command("https://a.example/in?token=••••3f9a&x=$(id)", &headers, "{\"a\":\"'\"}", "body.bin"),
            "curl -X POST \"https://a.example/in?token=$TOKEN&x=\\$(id)\" -H \"Authorization: Bearer $TOKEN\" \
             -H 'X-Note: it'\\''s $HOME `id`' --data-binary '{\"a\":\"'\\''\"}'"
        );
    }

    #[test]
    fn a_long_body_is_read_from_its_download() {
        let long = command("https://a.example/in", &[], &"1".repeat(BODY_MAX + 1), "delivery-7.bin");
        assert_eq!(long, "curl -X POST 'https://a.example/in' --data-binary @delivery-7.bin");
        assert!(command("https://a.example/in", &[], &"1".repeat(BODY_MAX), "x").ends_with("1'"));
    }
}
