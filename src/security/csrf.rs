//! Whether a form was sent by a page of ours: a token that is bound to the session, and where the browser says
//! that the request comes from.

use actix_session::Session;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use data_encoding::BASE64URL_NOPAD;
use subtle::ConstantTimeEq;
use url::Url;

use crate::domain::random::Random;

/// The field of every form.
pub const FIELD: &str = "csrf_token";
/// The header that may carry the token instead.
pub const HEADER: &str = "x-csrf-token";

const KEY: &str = "csrf";

/// The session's token; one is made when there is none yet.
pub fn token(session: &Session, random: &dyn Random) -> String {
    if let Ok(Some(token)) = session.get::<String>(KEY) {
        return token;
    }
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    let token = BASE64URL_NOPAD.encode(&bytes);
    if session.insert(KEY, &token).is_err() {
        tracing::error!("a text could not be put into a session");
    }
    token
}

/// Whether `given` is the session's token. A session without one has no forms.
pub fn is_valid(session: &Session, given: &str) -> bool {
    match session.get::<String>(KEY) {
        Ok(Some(token)) => token.as_bytes().ct_eq(given.as_bytes()).into(),
        Ok(None) | Err(_) => false,
    }
}

/// Whether the browser does not say that the request comes from elsewhere: another site, a sibling subdomain,
/// or an unknown place. `Sec-Fetch-Site` decides where it is sent, since no page can forge it; otherwise an
/// `Origin` has to be ours. `Origin: null` alone is a page that hides where it is.
pub fn is_from_here(headers: &HeaderMap, public_url: &Url) -> bool {
    let mut sites = headers.get_all("sec-fetch-site").map(HeaderValue::as_bytes).peekable();
    let mut origins = headers.get_all(header::ORIGIN).map(HeaderValue::as_bytes);
    if sites.peek().is_some() {
        return sites.all(|site| site == b"same-origin" || site == b"none")
            && origins.all(|origin| origin == b"null" || is_ours(origin, headers, public_url));
    }
    origins.all(|origin| is_ours(origin, headers, public_url))
}

/// The public address, or the name by which we were asked, which has been checked before.
fn is_ours(origin: &[u8], headers: &HeaderMap, public_url: &Url) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let asked = format!("{}://{host}", public_url.scheme());
    origin == public_url.origin().ascii_serialization().as_bytes() || origin == asked.as_bytes()
}

#[cfg(test)]
mod tests {
    use actix_session::SessionExt;
    use actix_web::http::header::HeaderName;
    use actix_web::test::TestRequest;

    use super::*;
    use crate::domain::random::SeededRandom;

    #[test]
    fn a_token_belongs_to_its_session() {
        let random = SeededRandom::new(1);
        let (mine, theirs) =
            (TestRequest::default().to_http_request(), TestRequest::default().to_http_request());
        let (mine, theirs) = (mine.get_session(), theirs.get_session());
        assert!(!is_valid(&mine, ""), "no token yet");
        let token = token(&mine, &random);
        assert_eq!(token, super::token(&mine, &random));
        assert!(is_valid(&mine, &token));
        let foreign = super::token(&theirs, &random);
        for wrong in ["", "A", foreign.as_str(), &token[1..], &format!("{token}A")] {
            assert!(!is_valid(&mine, wrong), "{wrong}");
        }
    }

    #[test]
    fn where_a_request_comes_from() {
        let public = Url::parse("https://alerts.example.com/").unwrap();
        for (sent, expected) in [
            (&[] as &[(&str, &str)], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-origin"), ("origin", "null")], true),
            (&[("origin", "https://alerts.example.com")], true),
            (&[("origin", "https://localhost:8080")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "Same-Origin")], false),
            (&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")], false),
            (&[("origin", "null")], false),
            (&[("origin", "http://alerts.example.com")], false),
            (&[("origin", "https://alerts.example.com.evil.example")], false),
            (&[("origin", "https://alerts.example.com:8443")], false),
            (&[("origin", "")], false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("localhost:8080"));
            for (name, value) in sent {
                headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            assert_eq!(is_from_here(&headers, &public), expected, "{sent:?}");
        }
    }
}
