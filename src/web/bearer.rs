//! The credential of an API request.

use actix_web::http::header::{self, HeaderMap};

/// Bytes that a credential may have. More than any that we issue.
const CREDENTIAL_BYTES_MAX: usize = 64 * 1_024;

/// What follows `Bearer` in the one `Authorization` header; `None` when there is none, or more than one, or
/// another scheme, or anything but one run of visible characters. Cookies are never looked at: a browser
/// sends them without being asked, and then the doors would need what protects forms.
pub fn credential(headers: &HeaderMap) -> Option<&str> {
    let mut given = headers.get_all(header::AUTHORIZATION);
    let (Some(value), None) = (given.next(), given.next()) else {
        return None;
    };
    let (scheme, credential) = value.to_str().ok()?.split_once(' ')?;
    let is_visible = !credential.is_empty() && credential.bytes().all(|byte| byte.is_ascii_graphic());
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    (is_bearer && is_visible && credential.len() <= CREDENTIAL_BYTES_MAX).then_some(credential)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn of(values: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
        }
        credential(&headers).map(str::to_owned)
    }

    #[test]
    fn one_header_one_scheme_one_credential() {
        assert_eq!(of(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(of(&["bearer a.b-c_d="]).as_deref(), Some("a.b-c_d="));
        for bad in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer  abc",
            "Bearer a b",
            "Bearer a\tb",
            "Basic abc",
            "abc",
            "Bearer: abc",
        ] {
            assert_eq!(of(&[bad]), None, "{bad}");
        }
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["Bearer abc", "Bearer abc"]), None);
    }
}
