//! The receiver's half of signing: what `belfry listen` does, and what a customer's code should do.
//!
//! Every comparison of signatures takes the same time whatever differs. Telemax's scheme has no time in it, so it
//! cannot notice a repeated request; the delivery id is what tells.

use serde_json::Value;
use subtle::ConstantTimeEq;

use super::format::Format;
use super::signing::{
    JWT_HEADER, JWT_ISSUER, hmac_sha256, standard_webhooks_signature, telemax_signature, zstack_signature,
};
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;

/// How far a signature's time may be from the receiver's clock, seconds, either way (contract 3.4; Standard
/// Webhooks libraries use the same).
pub const WINDOW_SECONDS: i64 = 300;

/// Why a request is not (or no longer) ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// A header is missing.
    #[error("the header {0} is missing")]
    MissingHeader(&'static str),
    /// A header cannot be read.
    #[error("the header {0} cannot be read")]
    BadHeader(&'static str),
    /// The signature is of something else, or made with another secret.
    #[error("the signature does not match")]
    WrongSignature,
    /// It was signed too long ago, or in the future.
    #[error("the signature's time is too far from the clock")]
    WrongTime,
}

/// Checks a request as a receiver would. Header names may be in any letter case.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify(
    format: Format,
    secret: &Secret,
    headers: &[(String, String)],
    body: &[u8],
    now: Timestamp,
) -> Result<(), VerifyError> {
    match format {
        Format::Telemax => {
            let signature = header(headers, "X-Telemax-Signature")?;
            require(is_same(signature, &telemax_signature(secret, body)))
        }
        Format::Zstack => {
            let at = time(headers, "X-Webhook-Timestamp")?;
            let signature = header(headers, "X-Webhook-Signature")?;
            require(is_same(signature, &zstack_signature(secret, at, body)))?;
            require_near(at, now)
        }
        Format::Aggregate => {
            let id = header(headers, "webhook-id")?;
            let at = time(headers, "webhook-timestamp")?;
            let expected = standard_webhooks_signature(secret, id, at, body);
            // Several signatures while a secret is being replaced: one is enough.
            let signatures = header(headers, "webhook-signature")?;
            require(signatures.split(' ').any(|signature| is_same(signature, &expected)))?;
            require_near(at, now)
        }
        Format::Softwareone => {
            let bearer = header(headers, "Authorization")?;
            let jwt = bearer.strip_prefix("Bearer ").ok_or(VerifyError::BadHeader("Authorization"))?;
            verify_jwt(secret, jwt, now)
        }
    }
}

/// The signature first, the claims after. The header is compared as a whole: there is one algorithm.
fn verify_jwt(secret: &Secret, jwt: &str, now: Timestamp) -> Result<(), VerifyError> {
    let bad = VerifyError::BadHeader("Authorization");
    let decode = |part: &str| data_encoding::BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| bad);
    let (signed, signature) = jwt.rsplit_once('.').ok_or(bad)?;
    let (head, claims) = signed.split_once('.').ok_or(bad)?;
    if decode(head)? != JWT_HEADER.as_bytes() {
        return Err(bad);
    }
    let expected = hmac_sha256(secret.reveal().as_bytes(), &[signed.as_bytes()]);
    require(decode(signature)?.ct_eq(&expected).into())?;
    let claims: Value = serde_json::from_slice(&decode(claims)?).map_err(|_| bad)?;
    let claim = |name: &str| claims.get(name).and_then(Value::as_i64).ok_or(bad);
    if claims.get("iss").and_then(Value::as_str) != Some(JWT_ISSUER) {
        return Err(bad);
    }
    let now = now.seconds();
    let is_current = now >= claim("nbf")?.saturating_sub(WINDOW_SECONDS) && now < claim("exp")?;
    if is_current { Ok(()) } else { Err(VerifyError::WrongTime) }
}

fn header<'h>(headers: &'h [(String, String)], name: &'static str) -> Result<&'h str, VerifyError> {
    headers
        .iter()
        .find(|(given, _)| given.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
        .ok_or(VerifyError::MissingHeader(name))
}

fn time(headers: &[(String, String)], name: &'static str) -> Result<Timestamp, VerifyError> {
    let text = header(headers, name)?;
    let seconds: i64 = text.parse().map_err(|_| VerifyError::BadHeader(name))?;
    // Only the canonical spelling is what was signed.
    if seconds.to_string() == text {
        Ok(Timestamp::from_seconds(seconds))
    } else {
        Err(VerifyError::BadHeader(name))
    }
}

fn is_same(given: &str, expected: &str) -> bool {
    given.as_bytes().ct_eq(expected.as_bytes()).into()
}

fn require(is_right: bool) -> Result<(), VerifyError> {
    if is_right { Ok(()) } else { Err(VerifyError::WrongSignature) }
}

fn require_near(at: Timestamp, now: Timestamp) -> Result<(), VerifyError> {
    let seconds = now.seconds().saturating_sub(at.seconds()).saturating_abs();
    if seconds <= WINDOW_SECONDS { Ok(()) } else { Err(VerifyError::WrongTime) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::WebhookId;
    use crate::domain::webhook::format::{SigningContext, signature_headers};

    const NOW: Timestamp = Timestamp::from_seconds(1_768_464_000);
    const BODY: &[u8] = br#"{"a":1}"#;

    fn signed(format: Format, secret: &Secret) -> Vec<(String, String)> {
        let context = SigningContext {
            secret: Some(secret),
            also: None,
            delivery_public_id: "8c1f6a3e-0000-8000-8000-000000000001",
            webhook_id: WebhookId(7),
            host: "hooks.example.com",
            at: NOW,
            body: BODY,
        };
        signature_headers(format, &context)
            .into_iter()
            .map(|(name, value)| (name.to_uppercase(), value))
            .collect()
    }

    #[test]
    fn takes_what_we_send() {
        for format in Format::ALL {
            let secret = Secret::new("whsec_AQIDBAUGBwgJCgsMDQ4PEA==");
            let headers = signed(format, &secret);
            assert_eq!(verify(format, &secret, &headers, BODY, NOW), Ok(()), "{format:?}");
            let later = NOW.plus_micros(299_000_000);
            assert_eq!(verify(format, &secret, &headers, BODY, later), Ok(()), "{format:?}");
        }
    }

    #[test]
    fn refuses_other_secrets_bodies_and_times() {
        let secret = Secret::new("whsec_AQIDBAUGBwgJCgsMDQ4PEA==");
        let other = Secret::new("whsec_BQIDBAUGBwgJCgsMDQ4PEA==");
        for format in Format::ALL {
            let headers = signed(format, &secret);
            assert_eq!(
                verify(format, &other, &headers, BODY, NOW),
                Err(VerifyError::WrongSignature),
                "{format:?}"
            );
            assert!(matches!(verify(format, &secret, &[], BODY, NOW), Err(VerifyError::MissingHeader(_))));
            if format != Format::Softwareone {
                let result = verify(format, &secret, &headers, b"{}", NOW);
                assert_eq!(result, Err(VerifyError::WrongSignature), "{format:?}");
            }
            if format != Format::Telemax {
                for away in [-301_000_000, 301_000_000] {
                    let result = verify(format, &secret, &headers, BODY, NOW.plus_micros(away));
                    assert_eq!(result, Err(VerifyError::WrongTime), "{format:?}");
                }
            }
        }
    }

    #[test]
    fn one_of_several_signatures_is_enough() {
        let secret = Secret::new("whsec_AQIDBAUGBwgJCgsMDQ4PEA==");
        let mut headers = signed(Format::Aggregate, &secret);
        headers[2].1 = format!("v1,AAAA {} v2,x", headers[2].1);
        assert_eq!(verify(Format::Aggregate, &secret, &headers, BODY, NOW), Ok(()));
    }

    #[test]
    fn a_jwt_of_another_algorithm_is_unreadable() {
        let secret = Secret::new("3ct^6NoryQN22V");
        let base64 = |text: &str| data_encoding::BASE64URL_NOPAD.encode(text.as_bytes());
        for head in [r#"{"alg":"none","typ":"JWT"}"#, r#"{"typ":"JWT","alg":"HS256"}"#] {
            let jwt =
                format!("Bearer {}.{}.", base64(head), base64(r#"{"iss":"mpt","nbf":0,"exp":9999999999}"#));
            let headers = [("authorization".to_owned(), jwt)];
            let result = verify(Format::Softwareone, &secret, &headers, BODY, NOW);
            assert_eq!(result, Err(VerifyError::BadHeader("Authorization")));
        }
        for text in ["Bearer", "Bearer ", "Bearer a.b", "Bearer a.b.c", "Basic eA=="] {
            let headers = [("authorization".to_owned(), text.to_owned())];
            assert!(verify(Format::Softwareone, &secret, &headers, BODY, NOW).is_err());
        }
    }
}
