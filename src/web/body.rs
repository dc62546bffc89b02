//! A request's body, read whole and never longer than its limit.

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{BytesMut, Payload};
use futures_util::StreamExt;

/// Bytes that a body may have (contract 00.7).
pub const BODY_BYTES_MAX: usize = 256 * 1_024;
/// Bytes that a body of reported events may have.
pub const EVENTS_BYTES_MAX: usize = 1_024 * 1_024;

/// Why a body could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// It is longer than this many bytes.
    TooLarge(usize),
    /// It ended early or came too slowly; the server answers 408 to the latter by itself.
    Broken,
}

/// The body, when it has `bytes_max` at most. What announces itself as longer is refused unread.
///
/// # Errors
/// [`Unread`].
pub async fn read(req: &HttpRequest, mut payload: Payload, bytes_max: usize) -> Result<BytesMut, Unread> {
    let announced = req.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let announced: Option<usize> = announced.and_then(|text| text.parse().ok());
    if announced.is_some_and(|bytes| bytes > bytes_max) {
        return Err(Unread::TooLarge(bytes_max));
    }
    let mut body = BytesMut::with_capacity(announced.unwrap_or_default());
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Unread::Broken)?;
        if body.len() + chunk.len() > bytes_max {
            return Err(Unread::TooLarge(bytes_max));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Whether the request declares its body as `media_type`, in UTF-8 if it says which. Anything else was sent
/// by a form, by mistake, or by somebody who hopes that it is read as something else.
pub fn declares(req: &HttpRequest, media_type: &str) -> bool {
    declares_one(req, |found| found.eq_ignore_ascii_case(media_type))
}

/// [`declares`], for a door that reads several media types.
pub fn declares_one(req: &HttpRequest, is_wanted: impl Fn(&str) -> bool) -> bool {
    let mut declared = req.headers().get_all(header::CONTENT_TYPE);
    let (Some(declared), None) = (declared.next(), declared.next()) else {
        return false;
    };
    let Ok(declared) = declared.to_str() else {
        return false;
    };
    let mut parts = declared.split(';').map(str::trim);
    parts.next().is_some_and(is_wanted)
        && parts.all(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let value = value.trim_matches('"');
            !name.eq_ignore_ascii_case("charset") || value.eq_ignore_ascii_case("utf-8")
        })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn is_json(types: &[&str]) -> bool {
        let request = types.iter().fold(TestRequest::default(), |request, value| {
            request.append_header((header::CONTENT_TYPE, *value))
        });
        declares(&request.to_http_request(), "application/json")
    }

    #[test]
    fn json_in_utf8_and_nothing_else() {
        for good in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
            "application/json; profile=x",
        ] {
            assert!(is_json(&[good]), "{good}");
        }
        for bad in [
            "",
            "text/plain",
            "application/jsonx",
            "application/problem+json",
            "text/json",
            "application/json, text/plain",
            "application/json; charset=utf-16",
            "application/json; charset=utf-8; charset=utf-7",
            "multipart/form-data; boundary=x",
        ] {
            assert!(!is_json(&[bad]), "{bad}");
        }
        assert!(!is_json(&[]));
        assert!(!is_json(&["application/json", "application/json"]));
    }
}
