//! The scheme that signs a token instead of the body.

use serde_json::Value;

use super::{Cause, Diagnosis, JwtFault, MASK, Request, ends_alike, headers, judged, keys, unexplained};
use crate::domain::webhook::signing::{
    JWT_HEADER, JWT_ISSUER, VerifyError, WINDOW_SECONDS, hmac_sha256, softwareone_jwt,
};

const BEARER: &str = "Bearer ";

pub(super) fn check(request: &Request<'_>, found: &mut Diagnosis) -> Option<Cause> {
    let Some(value) = headers::find(request.headers, "Authorization") else {
        return Some(headers::absent(request.format, request.headers, "Authorization"));
    };
    if value.contains(MASK) {
        let Some(known) = request.known else { return Some(Cause::Masked(None)) };
        let id = known.webhook_id.softwareone();
        let jwt = softwareone_jwt(request.secret, known.host, &id, known.signed_at);
        let expected = format!("{BEARER}{jwt}");
        let is_alike = ends_alike(value, &expected);
        found.signed = jwt.rsplit_once('.').map(|(signed, _)| signed.as_bytes().to_vec());
        found.expected = Some(expected);
        return Some(Cause::Masked(Some(is_alike)));
    }
    let Some(jwt) = value.strip_prefix(BEARER) else {
        return Some(Cause::Jwt(JwtFault::NotBearer));
    };
    let parts: Vec<&str> = jwt.split('.').collect();
    let [head, claims, signature] = parts.as_slice() else {
        return Some(Cause::Jwt(JwtFault::NotAToken));
    };
    let decode = |part: &str| data_encoding::BASE64URL_NOPAD.decode(part.as_bytes()).ok();
    let (Some(head_bytes), Some(claims_bytes)) = (decode(head), decode(claims)) else {
        return Some(Cause::Jwt(JwtFault::NotAToken));
    };
    let Ok(claims_json) = serde_json::from_slice::<Value>(&claims_bytes) else {
        return Some(Cause::Jwt(JwtFault::NotAToken));
    };
    if head_bytes != JWT_HEADER.as_bytes() {
        let head: Option<Value> = serde_json::from_slice(&head_bytes).ok();
        let algorithm = head.and_then(|head| head.get("alg")?.as_str().map(str::to_owned));
        return Some(Cause::Jwt(JwtFault::Algorithm(algorithm.unwrap_or_default())));
    }
    let signed = format!("{head}.{claims}");
    let key = keys::right(request.format, request.secret);
    let mac = |key: &[u8]| hmac_sha256(key, &[signed.as_bytes()]);
    let spelled = data_encoding::BASE64URL_NOPAD.encode(&mac(&key));
    found.expected = Some(format!("{BEARER}{signed}.{spelled}"));
    found.signed = Some(signed.clone().into_bytes());
    if *signature != spelled {
        let is_it = |key: &[u8]| decode(signature).is_some_and(|given| given == mac(key));
        let fault = keys::others(request.format, request.secret).into_iter().find(|(_, key)| is_it(key));
        if let Some((fault, _)) = fault {
            return Some(Cause::Key(fault));
        }
        return Some(wrong(request, claims));
    }
    claimed(request, &claims_json)
}

/// The signature is not of these claims: with the request as it was sent at hand, one knows whether they were changed.
fn wrong(request: &Request<'_>, claims: &str) -> Cause {
    let Some(known) = request.known else { return Cause::Unexplained };
    let id = known.webhook_id.softwareone();
    let sent = softwareone_jwt(request.secret, known.host, &id, known.signed_at);
    if sent.split('.').nth(1) == Some(claims) {
        unexplained(&Request { body: known.body, ..*request })
    } else {
        Cause::Jwt(JwtFault::ClaimsChanged)
    }
}

/// The claims of a token whose signature is right.
fn claimed(request: &Request<'_>, claims: &Value) -> Option<Cause> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("iss") != JWT_ISSUER {
        return Some(Cause::Jwt(JwtFault::Issuer(text("iss").to_owned())));
    }
    if judged(request) == Err(VerifyError::WrongTime) {
        let now = request.received_at.seconds();
        let claim = |name: &str| claims.get(name).and_then(Value::as_i64).unwrap_or_default();
        let (begin, end) = (claim("nbf"), claim("exp"));
        return Some(if now >= end {
            Cause::TooOld(now.saturating_sub(begin))
        } else if begin.saturating_sub(now) > WINDOW_SECONDS {
            Cause::TooNew(begin.saturating_sub(now))
        } else {
            Cause::Jwt(JwtFault::NotNow)
        });
    }
    let known = request.known?;
    if text("aud") != known.host {
        return Some(Cause::Jwt(JwtFault::Audience(text("aud").to_owned())));
    }
    let id = known.webhook_id.softwareone();
    (text("webhook_id") != id).then(|| Cause::Jwt(JwtFault::Webhook(text("webhook_id").to_owned())))
}
