//! Access tokens: JSON Web Tokens of one kind, ours (contract 1.1).
//!
//! A token says whose it is and when it ends, and nothing else is believed of it: what its holder may do is
//! read from the database with every request, so that a key that is taken back stops at once. `Vehicles` and
//! `Actions` are in it for clients that look.
//!
//! There is no algorithm to choose, so none can be chosen wrongly: the header is compared byte for byte, and
//! `alg: none`, other keys named in headers, and critical extensions have nowhere to stand.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::domain::api_key::ApiKey;
use crate::domain::ids::{ApiKeyId, CompanyId, UserId};
use crate::domain::time::Timestamp;
use crate::domain::user::User;

/// Seconds that a token lives.
pub const LIFETIME_S: i64 = 86_399;
/// `{"alg":"HS256","typ":"JWT"}`
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
const ISSUER: &str = "belfry";
/// How far ahead of ours the clock of the machine that issued a token may be.
const SKEW_S: i64 = 60;

/// Whose a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An API key's.
    ApiKey(ApiKeyId),
    /// A person's.
    User(UserId),
}

/// A token that was found to be ours and still valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Whose it is.
    pub subject: Subject,
    /// The company that its subject belonged to; staff have none.
    pub company: Option<CompanyId>,
}

/// What is in a token. Unknown claims are refused: we never wrote them.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    sub: String,
    #[serde(rename = "UserId")]
    user_id: String,
    #[serde(rename = "CompanyId")]
    company_id: String,
    #[serde(rename = "TimeZone")]
    time_zone: String,
    #[serde(rename = "Vehicles", default, skip_serializing_if = "Option::is_none")]
    vehicles: Option<Vec<i64>>,
    #[serde(rename = "Actions", default, skip_serializing_if = "Option::is_none")]
    actions: Option<Vec<String>>,
    iat: i64,
    exp: i64,
    iss: String,
    aud: String,
}

/// Issues and verifies tokens for one service.
#[derive(Clone)]
pub struct Tokens {
    key: [u8; 32],
    audience: String,
}

impl Tokens {
    /// `key` signs; `audience` is our public address, so that a token of another installation is no good
    /// here even if somebody gave both the same master key.
    pub fn new(key: [u8; 32], audience: impl Into<String>) -> Self {
        Self { key, audience: audience.into() }
    }

    /// A token for the holder of `api_key`, whose company lives in `time_zone`.
    pub fn for_api_key(&self, api_key: &ApiKey, time_zone: &str, now: Timestamp) -> String {
        let actions = api_key.actions.as_ref();
        self.issue(
            now,
            Claims {
                sub: format!("key:{}", api_key.id),
                user_id: api_key.id.to_string(),
                company_id: api_key.company_id.to_string(),
                time_zone: time_zone.to_owned(),
                vehicles: api_key.vehicles.clone(),
                actions: actions.map(|list| list.iter().map(|action| action.name().to_owned()).collect()),
                ..self.blank()
            },
        )
    }

    /// A token for a person.
    pub fn for_user(&self, user: &User, time_zone: &str, now: Timestamp) -> String {
        self.issue(
            now,
            Claims {
                sub: format!("user:{}", user.id),
                user_id: user.id.to_string(),
                company_id: user.company_id.map(|id| id.to_string()).unwrap_or_default(),
                time_zone: time_zone.to_owned(),
                ..self.blank()
            },
        )
    }

    /// Whose `token` is; `None` unless every part of it is as we write it and it has not run out.
    pub fn verify(&self, token: &str, now: Timestamp) -> Option<Verified> {
        let (signed, signature) = token.rsplit_once('.')?;
        let payload = signed.strip_prefix(HEADER)?.strip_prefix('.')?;
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).ok()?;
        self.mac(signed).verify_slice(&signature).ok()?;
        let claims: Claims =
            serde_json::from_slice(&BASE64URL_NOPAD.decode(payload.as_bytes()).ok()?).ok()?;
        let now_s = now.seconds();
        let is_ours = claims.iss == ISSUER && claims.aud == self.audience;
        let is_fresh = claims.iat <= now_s.saturating_add(SKEW_S)
            && now_s < claims.exp
            && claims.exp <= claims.iat.saturating_add(LIFETIME_S);
        let subject = match claims.sub.split_once(':')? {
            ("key", id) => Subject::ApiKey(ApiKeyId(id.parse().ok()?)),
            ("user", id) => Subject::User(UserId(id.parse().ok()?)),
            _ => return None,
        };
        let company = match claims.company_id.as_str() {
            "" => None,
            id => Some(CompanyId(id.parse().ok()?)),
        };
        (is_ours && is_fresh).then_some(Verified { subject, company })
    }

    fn blank(&self) -> Claims {
        Claims {
            sub: String::new(),
            user_id: String::new(),
            company_id: String::new(),
            time_zone: String::new(),
            vehicles: None,
            actions: None,
            iat: 0,
            exp: 0,
            iss: ISSUER.to_owned(),
            aud: self.audience.clone(),
        }
    }

    fn issue(&self, now: Timestamp, claims: Claims) -> String {
        let iat = now.seconds();
        let claims = Claims { iat, exp: iat.saturating_add(LIFETIME_S), ..claims };
        let payload = serde_json::to_vec(&claims).expect("texts and numbers are always JSON");
        let signed = format!("{HEADER}.{}", BASE64URL_NOPAD.encode(&payload));
        let signature = BASE64URL_NOPAD.encode(&self.mac(&signed).finalize().into_bytes());
        format!("{signed}.{signature}")
    }

    fn mac(&self, signed: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(signed.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::access::Action;

    const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);
    const AUDIENCE: &str = "https://belfry.example/";

    fn tokens() -> Tokens {
        Tokens::new([7; 32], AUDIENCE)
    }

    fn api_key() -> ApiKey {
        ApiKey {
            id: ApiKeyId(12),
            company_id: CompanyId(3),
            name: "Fleet".to_owned(),
            last_four: "abcd".to_owned(),
            actions: Some(vec![Action::WebhooksRead, Action::AlertsWrite]),
            vehicles: Some(vec![88_421]),
            expires_at: None,
            revoked_at: None,
        }
    }

    fn claims() -> Value {
        let token = tokens().for_api_key(&api_key(), "Australia/Sydney", NOW);
        let payload = token.split('.').nth(1).unwrap();
        serde_json::from_slice(&BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap()).unwrap()
    }

    /// A token with these claims and header, signed with our key.
    fn signed(header: &str, claims: &Value) -> String {
        let encode = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
        let signed = format!("{}.{}", encode(header), encode(&claims.to_string()));
        let signature = BASE64URL_NOPAD.encode(&tokens().mac(&signed).finalize().into_bytes());
        format!("{signed}.{signature}")
    }

    const PLAIN: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

    #[test]
    fn comes_back_as_what_it_was_issued_for() {
        let token = tokens().for_api_key(&api_key(), "Australia/Sydney", NOW);
        let verified = Verified { subject: Subject::ApiKey(ApiKeyId(12)), company: Some(CompanyId(3)) };
        assert_eq!(tokens().verify(&token, NOW), Some(verified));
        let last = NOW.plus_micros((LIFETIME_S - 1) * 1_000_000);
        assert_eq!(tokens().verify(&token, last), Some(verified));
        assert_eq!(tokens().verify(&token, last.plus_micros(1_000_000)), None, "it has run out");
        assert_eq!(tokens().verify(&token, NOW.plus_micros(-61_000_000)), None, "it is from the future");
        assert_eq!(
            claims(),
            json!({
                "sub": "key:12", "UserId": "12", "CompanyId": "3", "TimeZone": "Australia/Sydney",
                "Vehicles": [88421], "Actions": ["webhooks:read", "alerts:write"],
                "iat": 1_790_000_000, "exp": 1_790_086_399, "iss": "belfry", "aud": AUDIENCE,
            })
        );
    }

    /// Another implementation reads it, too.
    #[test]
    fn is_a_json_web_token() {
        use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
        let token = tokens().for_api_key(&api_key(), "Australia/Sydney", NOW);
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[AUDIENCE]);
        validation.validate_exp = false;
        let read = decode::<Value>(&token, &DecodingKey::from_secret(&[7; 32]), &validation).unwrap();
        assert_eq!(read.claims, claims());
    }

    #[test]
    fn only_our_header_counts() {
        assert!(tokens().verify(&signed(PLAIN, &claims()), NOW).is_some());
        for header in [
            r#"{"alg":"none","typ":"JWT"}"#,
            r#"{"alg":"HS512","typ":"JWT"}"#,
            r#"{"typ":"JWT","alg":"HS256"}"#,
            r#"{"alg":"HS256","typ":"JWT","kid":"x"}"#,
            r#"{"alg":"HS256","typ":"JWT","crit":["x"],"x":1}"#,
            r#"{"alg":"HS256","typ":"JWT","b64":false,"crit":["b64"]}"#,
            r#"{"alg":"HS256"}"#,
            "",
        ] {
            assert_eq!(tokens().verify(&signed(header, &claims()), NOW), None, "{header}");
        }
    }

    #[test]
    fn every_claim_has_its_type_and_value() {
        for (name, value) in [
            ("sub", json!("12")),
            ("sub", json!("admin:1")),
            ("sub", json!("key:x")),
            ("iss", json!("webhooks")),
            ("iss", json!(["belfry"])),
            ("aud", json!("tmx")),
            ("aud", json!([AUDIENCE])),
            ("exp", json!("1790086399")),
            ("exp", json!(1e300)),
            ("exp", json!(1_790_086_399.5)),
            ("exp", json!(4_102_444_800_i64)),
            ("exp", json!(1_790_000_000)),
            ("iat", json!(null)),
            ("nbf", json!(0)),
            ("nbf", json!("4102444800")),
            ("CompanyId", json!(3)),
            ("CompanyId", json!("3 OR 1=1")),
            ("Vehicles", json!(["1"])),
            ("admin", json!(true)),
        ] {
            let mut claims = claims();
            claims[name] = value.clone();
            assert_eq!(tokens().verify(&signed(PLAIN, &claims), NOW), None, "{name}: {value}");
        }
        for name in ["sub", "iss", "aud", "exp", "iat", "CompanyId", "UserId"] {
            let mut claims = claims();
            claims.as_object_mut().unwrap().remove(name);
            assert_eq!(tokens().verify(&signed(PLAIN, &claims), NOW), None, "without {name}");
        }
    }

    #[test]
    fn a_single_changed_character_is_not_ours() {
        let token = tokens().for_api_key(&api_key(), "UTC", NOW);
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(tokens().verify(std::str::from_utf8(&changed).unwrap(), NOW), None, "at {at}");
        }
        for odd in [
            String::new(),
            ".".into(),
            "..".into(),
            format!("{token}."),
            format!("{token}="),
            format!(" {token}"),
        ] {
            assert_eq!(tokens().verify(&odd, NOW), None, "{odd}");
        }
        let (unsigned, _) = token.rsplit_once('.').unwrap();
        assert_eq!(tokens().verify(unsigned, NOW), None);
        assert_eq!(tokens().verify(&format!("{unsigned}."), NOW), None);
        assert_eq!(Tokens::new([8; 32], AUDIENCE).verify(&token, NOW), None, "another key");
        assert_eq!(
            Tokens::new([7; 32], "https://other.example/").verify(&token, NOW),
            None,
            "another service"
        );
    }
}
