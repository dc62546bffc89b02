//! Numbers in paths and queries: one spelling each, no sign, no space, no other digits than ASCII's.

use url::form_urlencoded;

/// A number in a path: digits without a leading zero. Everything else names nothing.
pub fn in_path(text: &str) -> Option<i64> {
    let is_canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| is_canonical)
}

/// The query parameter `name`, a whole number of 1 or more; `default` when it is not given.
///
/// # Errors
/// A sentence that names the parameter, when it is anything else or is given twice.
pub fn in_query(query: &str, name: &str, default: i64) -> Result<i64, String> {
    let mut given = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    let number = match (given.next(), given.next()) {
        (None, _) => Some(default),
        (Some((_, text)), None) => whole(&text),
        (Some(_), Some(_)) => None,
    };
    number.ok_or_else(|| format!("{name}: It must be a whole number of 1 or more, given once."))
}

/// 1 or more, in ASCII digits.
pub fn whole(text: &str) -> Option<i64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_plain && *number >= 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_in_a_path() {
        assert_eq!(in_path("7"), Some(7));
        assert_eq!(in_path("9223372036854775807"), Some(i64::MAX));
        for bad in
            ["", "0", "07", "-7", "+7", "7 ", "1.0", "1e2", "0x1", "1\0", "１", "null", "9223372036854775808"]
        {
            assert_eq!(in_path(bad), None, "{bad}");
        }
    }

    #[test]
    fn whole_numbers_from_one_on_in_a_query() {
        let page = |query| in_query(query, "page", 5).ok();
        assert_eq!(page(""), Some(5));
        assert_eq!(page("x=y&page=3"), Some(3));
        assert_eq!(page("page=9223372036854775807"), Some(i64::MAX));
        for bad in [
            "page=0",
            "page=-1",
            "page=",
            "page",
            "page=%20",
            "page=abc",
            "page=1e3",
            "page=1.5",
            "page=%EF%BC%91",
            "page=%2B1",
            "page=99999999999999999999",
            "page=1&page=2",
        ] {
            assert_eq!(page(bad), None, "{bad}");
        }
        assert!(in_query("page=x", "page", 1).unwrap_err().starts_with("page: "));
    }
}
