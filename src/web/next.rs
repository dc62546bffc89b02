//! Where to go after signing in or choosing something: a path of ours, never another site.

use std::borrow::Cow;

use actix_web::http::header::{self, HeaderMap};
use url::Url;

/// `next` if it is a path on this site: exactly one slash in front, no backslash and no control character, as it
/// is and after one decoding, and no step that climbs up and leaves two slashes in front.
pub fn checked(next: &str) -> Option<&str> {
    let decoded = percent_decoded(next)?;
    (is_path(next) && is_path(&decoded) && next.len() <= 2_048).then_some(next)
}

/// The page that a form was on, as far as the browser tells; only its path and query, checked.
pub fn referrer(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::REFERER)?.to_str().ok()?;
    let url = Url::parse(text).ok()?;
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    checked(&path).map(str::to_owned)
}

fn is_path(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    text.starts_with('/')
        && !text.starts_with("//")
        && !text.contains('\\')
        && !text.chars().any(char::is_control)
        && !path.contains("//")
        && !path.split('/').any(|step| step == ".." || step == ".")
}

fn percent_decoded(text: &str) -> Option<Cow<'_, str>> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = bytes.get(at + 1..at + 3).filter(|_| byte == b'%');
        if let Some(decoded) =
            escaped.and_then(|digits| data_encoding::HEXLOWER_PERMISSIVE.decode(digits).ok())
        {
            out.extend(decoded);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours() {
        for good in [
            "/",
            "/console",
            "/console/c/12/deliveries?status=failed&webhook=41",
            "/console/c/12/deliveries?q=a%20b%2Fc",
            "/console/c/12/webhooks?q=https://example.com//x",
        ] {
            assert_eq!(checked(good), Some(good));
        }
        for bad in [
            "",
            "console",
            "//evil.example",
            "///evil.example",
            "\\\\evil.example",
            "/\\evil.example",
            "/%5cevil.example",
            "/%5Cevil.example",
            "/%2fevil.example",
            "/%2Fevil.example",
            "javascript:alert(1)",
            "https://evil.example/",
            "https:evil.example",
            "/\t/evil.example",
            "/%09/evil.example",
            "/..//evil.example",
            "/.//evil.example",
            "/a/..//evil.example",
            "//evil.example@host",
            "/webhooks\r\nLocation: https://evil.example",
            "/webhooks%0d%0aLocation:%20https://evil.example",
            "/%ff",
            " /console",
            "/\u{0}",
        ] {
            assert_eq!(checked(bad), None, "{bad:?}");
        }
    }
}
