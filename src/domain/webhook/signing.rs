//! How a receiver knows that a request is ours: four schemes, one for each format (contract 1.7, 2.4, 3.4, 4.8).
//!
//! What the key is, since the vendors' pages leave it open: always the characters of the whole secret as given,
//! hex not decoded and `whsec_` not cut off; except in Standard Webhooks, whose libraries decode what they are given:
//! there every secret that is standard base64 stands for the decoded bytes, with or without `whsec_` in front and
//! padding behind. So a receiver's library also takes the secret that a webhook had before it got this format. What is
//! no base64 (most of ZStack's, which are base64url) is its own characters again, and libraries take those as bytes.

use std::sync::LazyLock;

use data_encoding::Encoding;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use super::format::Format;
use crate::domain::problem::{Problems, Rule};
use crate::domain::random::Random;
use crate::domain::secret::Secret;
use crate::domain::text;
use crate::domain::time::Timestamp;

pub use super::verify::{VerifyError, WINDOW_SECONDS, verify};

/// Bytes of a secret that somebody brings, at least (contract 3.2).
pub const SECRET_BYTES_MIN: usize = 8;
/// Bytes of a secret that somebody brings, at most (contract 3.2).
pub const SECRET_BYTES_MAX: usize = 256;
/// How long a JWT is valid, seconds (contract 4.8).
pub const JWT_SECONDS: i64 = 300;
/// The header of every JWT, byte for byte.
pub(in crate::domain) const JWT_HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
/// The issuer of every JWT.
pub(in crate::domain) const JWT_ISSUER: &str = "mpt";
const WHSEC: &str = "whsec_";
/// Standard base64 without padding. Bits behind the last whole byte mean nothing, as to most decoders.
static LENIENT_BASE64: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = data_encoding::BASE64_NOPAD.specification();
    specification.check_trailing_bits = false;
    specification.encoding().unwrap_or_else(|_| unreachable!("it is laxer than a valid one"))
});

/// `sha256=<hex>` over the body (contract 1.7).
pub fn telemax_signature(secret: &Secret, body: &[u8]) -> String {
    let mac = hmac_sha256(secret.reveal().as_bytes(), &[body]);
    format!("sha256={}", data_encoding::HEXLOWER.encode(&mac))
}

/// `v1=<hex>` over `t.body`, `t` in Unix seconds (contract 3.4).
pub fn zstack_signature(secret: &Secret, at: Timestamp, body: &[u8]) -> String {
    let t = at.seconds().to_string();
    let mac = hmac_sha256(secret.reveal().as_bytes(), &[t.as_bytes(), b".", body]);
    format!("v1={}", data_encoding::HEXLOWER.encode(&mac))
}

/// `v1,<base64>` over `id.t.body`, `t` in Unix seconds (Standard Webhooks 1.0).
pub fn standard_webhooks_signature(secret: &Secret, id: &str, at: Timestamp, body: &[u8]) -> String {
    let t = at.seconds().to_string();
    let key = standard_webhooks_key(secret);
    let mac = hmac_sha256(&key, &[id.as_bytes(), b".", t.as_bytes(), b".", body]);
    format!("v1,{}", data_encoding::BASE64.encode(&mac))
}

/// The JWT that goes behind `Bearer` (contract 4.8): HS256, valid for 300 seconds from `at`. `webhook_id` is the
/// SoftwareOne spelling, `audience_host` has no port.
pub fn softwareone_jwt(secret: &Secret, audience_host: &str, webhook_id: &str, at: Timestamp) -> String {
    let t = at.seconds();
    let claims = json!({
        "iss": JWT_ISSUER,
        "aud": audience_host,
        "iat": t,
        "nbf": t,
        "exp": t.saturating_add(JWT_SECONDS),
        "webhook_id": webhook_id,
    });
    let base64 = |bytes: &[u8]| data_encoding::BASE64URL_NOPAD.encode(bytes);
    let signed = format!("{}.{}", base64(JWT_HEADER.as_bytes()), base64(claims.to_string().as_bytes()));
    let signature = hmac_sha256(secret.reveal().as_bytes(), &[signed.as_bytes()]);
    format!("{signed}.{}", base64(&signature))
}

/// HMAC-SHA256 over the parts, one after the other.
pub(in crate::domain) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes any key"));
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The key that a secret stands for in Standard Webhooks.
pub(in crate::domain) fn standard_webhooks_key(secret: &Secret) -> Vec<u8> {
    let text = secret.reveal();
    let encoded = text.strip_prefix(WHSEC).unwrap_or(text).trim_end_matches('=');
    let key = LENIENT_BASE64.decode(encoded.as_bytes()).ok().filter(|key| !key.is_empty());
    key.unwrap_or_else(|| text.as_bytes().to_vec())
}

/// A new secret in the spelling of the format's own door: Telemax 64 upper-case hex characters, ZStack `whsec_`
/// and base64url, Aggregate `whsec_` and base64 (all 32 random bytes), SoftwareOne 32 of `A-Za-z0-9`.
pub fn generate_secret(format: Format, random: &dyn Random) -> Secret {
    let mut bytes = [0; 32];
    if format != Format::Softwareone {
        random.fill(&mut bytes);
    }
    Secret::new(match format {
        Format::Telemax => data_encoding::HEXUPPER.encode(&bytes),
        Format::Aggregate => format!("{WHSEC}{}", data_encoding::BASE64.encode(&bytes)),
        Format::Zstack => format!("{WHSEC}{}", data_encoding::BASE64URL_NOPAD.encode(&bytes)),
        Format::Softwareone => alphanumeric(32, random),
    })
}

/// `count` characters, each with the same chance: bytes beyond the last whole multiple of 62 are thrown away.
fn alphanumeric(count: usize, random: &dyn Random) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::with_capacity(count);
    while text.len() < count {
        let mut bytes = [0; 64];
        random.fill(&mut bytes);
        let fair = bytes.into_iter().filter(|byte| *byte < 248);
        let letters =
            fair.filter_map(|byte| ALPHABET.get(usize::from(byte % 62))).map(|byte| char::from(*byte));
        text.extend(letters.take(count - text.len()));
    }
    text
}

/// Judges a secret that somebody brought: 8 to 256 printable ASCII characters, the same for every format. Spaces
/// may stand inside only, and a mask that came back from a form is refused.
///
/// # Errors
/// One problem at `secret`.
pub fn parse_secret(_format: Format, text: &str) -> Result<Secret, Problems> {
    let problem = |rule, message: &str| Err(Problems::one("secret", rule, message));
    if text.len() > SECRET_BYTES_MAX {
        return problem(Rule::TooLong, "It may have at most 256 characters.");
    }
    if !text.bytes().all(|byte| matches!(byte, 0x20..=0x7e)) {
        return problem(Rule::Invalid, "It must be made of printable ASCII characters.");
    }
    if text.len() < SECRET_BYTES_MIN {
        return problem(Rule::Invalid, "It must have at least 8 characters.");
    }
    if text.trim() != text {
        return problem(Rule::Invalid, "It must not begin or end with a space.");
    }
    if text::is_mask(text) {
        return problem(Rule::Invalid, "This is the mask of a stored secret, not a secret.");
    }
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::random::SeededRandom;

    const AT: Timestamp = Timestamp::from_seconds(1_768_464_000);

    #[test]
    fn zstack_check_vector() {
        let signature =
            zstack_signature(&Secret::new("whsec_abc123def456"), AT, br#"{"source":"test","alerts":[]}"#);
        assert_eq!(signature, "v1=9b01bca695618d944e7074fca1455a769f08601dd11b82a358ce195c2ed66ad0");
    }

    #[test]
    fn softwareone_check_vector() {
        let jwt = softwareone_jwt(&Secret::new("3ct^6NoryQN22V"), "hooks.example.com", "WBH-5433-8787", AT);
        assert_eq!(
            jwt,
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJtcHQiLCJhdWQiOiJob29rcy5leGFtcGxlLmNvbSIsImlhdCI6\
             MTc2ODQ2NDAwMCwibmJmIjoxNzY4NDY0MDAwLCJleHAiOjE3Njg0NjQzMDAsIndlYmhvb2tfaWQiOiJXQkgtNTQzMy04Nzg3In0.\
             Ns8RcEcz3tZxoJYDGCKm7Qfzit4F_rq1PaFgIKvGiqI"
        );
    }

    /// The example of the Standard Webhooks libraries.
    #[test]
    fn standard_webhooks_check_vector() {
        let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let at = Timestamp::from_seconds(1_614_265_330);
        let signature = standard_webhooks_signature(
            &secret,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            at,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn the_key_is_decoded_when_it_is_base64() {
        for text in ["whsec_AQID", "AQID"] {
            assert_eq!(standard_webhooks_key(&Secret::new(text)), [1, 2, 3]);
        }
        for text in ["whsec_AQI", "whsec_AQI=", "AQI", "AQI=", "AQJ"] {
            assert_eq!(standard_webhooks_key(&Secret::new(text)), [1, 2], "{text}");
        }
        for text in ["whsec_A-_=", "whsec_", "====", "AQIDB", "A=QI", "my-secret-key"] {
            assert_eq!(standard_webhooks_key(&Secret::new(text)), text.as_bytes());
        }
    }

    #[test]
    fn secrets_have_the_spelling_of_their_door() {
        let random = SeededRandom::new(1);
        let secret = |format| generate_secret(format, &random).reveal().to_owned();
        let telemax = secret(Format::Telemax);
        assert_eq!(telemax.len(), 64);
        assert!(telemax.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'A'..=b'F')));
        let zstack = secret(Format::Zstack);
        assert_eq!((zstack.len(), zstack.contains('=')), (6 + 43, false));
        let aggregate = secret(Format::Aggregate);
        assert_eq!(standard_webhooks_key(&Secret::new(aggregate.as_str())).len(), 32);
        let softwareone = secret(Format::Softwareone);
        assert_eq!(softwareone.len(), 32);
        assert!(softwareone.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(telemax, secret(Format::Telemax));
        for format in Format::ALL {
            assert!(parse_secret(format, &secret(format)).is_ok());
        }
    }

    #[test]
    fn no_letter_is_likelier_than_another() {
        let text = alphanumeric(62_000, &SeededRandom::new(7));
        for letter in ['A', 'H', 'I', 'Z', 'a', 'z', '0', '9'] {
            let count = text.chars().filter(|c| *c == letter).count();
            assert!((850..1150).contains(&count), "{letter}: {count}");
        }
    }

    #[test]
    fn brought_secrets_are_8_to_256_printable_characters() {
        let long = "a".repeat(256);
        for good in ["12345678", "my-secret-key", "3ct^6NoryQN22V", "pass phrase", long.as_str()] {
            assert_eq!(parse_secret(Format::Zstack, good).unwrap().reveal(), good);
        }
        let longer = "a".repeat(257);
        for bad in [
            "",
            "1234567",
            longer.as_str(),
            "secret\0x",
            "secret\r\nx",
            "sécrétsécrét",
            " 12345678",
            "********",
        ] {
            let problems = parse_secret(Format::Softwareone, bad).unwrap_err();
            assert_eq!(problems.0[0].field, "secret", "{bad:?}");
        }
    }
}
