//! Parameters of queries.

use std::borrow::Cow;

use url::form_urlencoded;

/// What stands for the parameter `name`; `None` when it is not given, or more than once.
pub fn only<'q>(query: &'q str, name: &str) -> Option<Cow<'q, str>> {
    let mut given = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    let first = given.next().map(|(_, value)| value);
    first.filter(|_| given.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_once() {
        assert_eq!(only("a=1&b=x%20y", "b").as_deref(), Some("x y"));
        assert_eq!(only("a=1&b", "b").as_deref(), Some(""));
        for query in ["", "a=1", "b=1&b=1", "B=1"] {
            assert_eq!(only(query, "b"), None, "{query}");
        }
    }
}
