use super::*;
use crate::domain::alert_type::AlertType;
use crate::domain::event::{Event, Payload};
use crate::domain::ids::{AlertId, CompanyId, EventId};
use crate::domain::webhook::format::render;
use crate::domain::webhook::signing::softwareone_jwt;

const NOW: Timestamp = Timestamp::from_seconds(1_768_464_000);
const ID: &str = "8c1f6a3e-0000-8000-8000-000000000001";
const EVENT_ID: &str = "0198c3c2-7b1e-8f00-9a3c-5d6e7f809142";
const HOST: &str = "hooks.example.com";
const WEBHOOK: WebhookId = WebhookId(7);
/// Base64 of 16 bytes behind the prefix.
const SECRET: &str = "whsec_AQIDBAUGBwgJCgsMDQ4PEA==";

/// One of our own bodies, with a decimal, an umlaut and a line break in it.
fn body(format: Format) -> Vec<u8> {
    let mut payload = Payload::sample(AlertType::ExceedMaximumSpeed, NOW);
    payload.vehicle_name = "Kühlwagen \"7\"".to_owned();
    let event = Event {
        id: EventId(5),
        public_id: EVENT_ID.to_owned(),
        company_id: CompanyId(12),
        alert_id: AlertId(103),
        alert_name: "Too fast".to_owned(),
        alert_type: AlertType::ExceedMaximumSpeed,
        payload,
        received_at: NOW,
        is_test: false,
    };
    render(format, &event)
}

/// A request, and the way in which a receiver checks it.
struct Case {
    format: Format,
    secret: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    received_at: Timestamp,
    known: bool,
}

impl Case {
    /// As it was sent.
    fn of(format: Format) -> Self {
        let body = body(format);
        let context = SigningContext {
            secret: Some(&Secret::new(SECRET)),
            also: None,
            delivery_public_id: ID,
            webhook_id: WEBHOOK,
            host: HOST,
            at: NOW,
            body: &body,
        };
        let headers = signature_headers(format, &context);
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { format, secret: SECRET.to_owned(), headers, body, received_at: NOW, known: false }
    }

    fn secret(mut self, secret: &str) -> Self {
        secret.clone_into(&mut self.secret);
        self
    }

    fn body(mut self, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Self {
        self.body = change(self.body);
        self
    }

    fn text(self, change: impl FnOnce(String) -> String) -> Self {
        self.body(|body| change(String::from_utf8(body).unwrap()).into_bytes())
    }

    /// Changes the signature's header.
    fn value(self, change: impl FnOnce(String) -> String) -> Self {
        let name = self.format.signature_header();
        self.header(name, change)
    }

    fn header(mut self, name: &str, change: impl FnOnce(String) -> String) -> Self {
        let at = self.headers.iter().position(|(given, _)| given == name).unwrap();
        let value = change(std::mem::take(&mut self.headers[at].1));
        self.headers[at].1 = value;
        self
    }

    fn renamed(mut self, name: &str, other: &str) -> Self {
        let at = self.headers.iter().position(|(given, _)| given == name).unwrap();
        other.clone_into(&mut self.headers[at].0);
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(given, _)| given != name);
        self
    }

    /// The signature over something else, with a key of one's own.
    fn signs(self, key: &[u8], signed: &[&str]) -> Self {
        let body = String::from_utf8(self.body.clone()).unwrap();
        let signed: String =
            signed.iter().map(|part| if *part == "BODY" { body.as_str() } else { part }).collect();
        let mac = hmac_sha256(key, &[signed.as_bytes()]);
        let value = match self.format {
            Format::Aggregate => format!("v1,{}", data_encoding::BASE64.encode(&mac)),
            Format::Telemax => format!("sha256={}", data_encoding::HEXLOWER.encode(&mac)),
            _ => format!("v1={}", data_encoding::HEXLOWER.encode(&mac)),
        };
        self.value(|_| value)
    }

    fn late(mut self, seconds: i64) -> Self {
        self.received_at = NOW.plus_micros(seconds * 1_000_000);
        self
    }

    /// One of ours, opened from its delivery.
    fn known(mut self) -> Self {
        self.known = true;
        self
    }

    fn diagnosed(&self) -> Diagnosis {
        let (secret, sent) = (Secret::new(self.secret.as_str()), body(self.format));
        let known = Known {
            delivery_public_id: ID,
            event_public_id: EVENT_ID,
            webhook_id: WEBHOOK,
            host: HOST,
            body: &sent,
            signed_at: NOW,
        };
        let request = Request {
            format: self.format,
            secret: &secret,
            headers: &self.headers,
            body: &self.body,
            received_at: self.received_at,
            known: self.known.then_some(known),
        };
        let found = diagnose(&request);
        let is_right = judged(&request).is_ok();
        assert!(is_right || found.cause.is_some(), "what is wrong has a cause");
        found
    }

    fn is(&self, cause: &Cause) {
        assert_eq!(self.diagnosed().cause.as_ref(), Some(cause));
    }
}

fn pretty(text: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    serde_json::to_string_pretty(&value).unwrap()
}

fn sorted(text: &str) -> String {
    fn sort(value: &serde_json::Value) -> serde_json::Value {
        match value {
            serde_json::Value::Object(map) => {
                let sorted: std::collections::BTreeMap<_, _> =
                    map.iter().map(|(key, value)| (key.clone(), sort(value))).collect();
                sorted.into_iter().collect()
            }
            serde_json::Value::Array(list) => list.iter().map(sort).collect(),
            other => other.clone(),
        }
    }
    sort(&serde_json::from_str(text).unwrap()).to_string()
}

/// The one table of what can happen; each line is a request that was changed in one way, and what has to be said.
#[test]
fn every_cause_is_found() {
    use Format::{Aggregate, Softwareone, Telemax, Zstack};
    let prefix = |found: &str, wanted| Cause::Spelled(Spelling::Prefix { found: found.to_owned(), wanted });
    let hex = |case: Case| {
        case.value(|value| {
            let bytes = data_encoding::BASE64.decode(&value.as_bytes()[3..]).unwrap();
            format!("v1,{}", data_encoding::HEXLOWER.encode(&bytes))
        })
    };
    let base64 = |encoding: data_encoding::Encoding| {
        move |value: String| {
            let (prefix, digits) = value.split_once('=').unwrap();
            format!(
                "{prefix}={}",
                encoding.encode(&data_encoding::HEXLOWER.decode(digits.as_bytes()).unwrap())
            )
        }
    };
    let latin1 = |body: Vec<u8>| {
        String::from_utf8(body).unwrap().chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
    };
    let escaped = |text: String| text.replace('ü', "\\u00fc");
    let bare = &SECRET.as_bytes()[6..];
    let time = NOW.seconds().to_string();
    let time = time.as_str();
    let decoded: Vec<u8> = (1..=16).collect();
    let of = Case::of;
    let table: Vec<(Case, Cause)> = vec![
        // headers
        (of(Telemax).without("X-Telemax-Signature"), Cause::Missing("X-Telemax-Signature")),
        (of(Zstack).without("X-Webhook-Timestamp"), Cause::Missing("X-Webhook-Timestamp")),
        (of(Aggregate).without("webhook-id"), Cause::Missing("webhook-id")),
        (of(Softwareone).without("Authorization"), Cause::Missing("Authorization")),
        (
            of(Telemax).renamed("X-Telemax-Signature", "HTTP_X_TELEMAX_SIGNATURE"),
            Cause::Renamed { found: "HTTP_X_TELEMAX_SIGNATURE".into(), wanted: "X-Telemax-Signature" },
        ),
        (
            of(Aggregate).renamed("webhook-id", "X-Original-Webhook-Id"),
            Cause::Renamed { found: "X-Original-Webhook-Id".into(), wanted: "webhook-id" },
        ),
        (Case { format: Zstack, ..of(Telemax) }, Cause::OtherFormat(Telemax)),
        (Case { format: Telemax, ..of(Softwareone) }, Cause::OtherFormat(Softwareone)),
        // spelling
        (of(Telemax).value(|_| "sha256=••••0000".into()), Cause::Masked(Some(false))),
        (
            of(Telemax).value(|value| format!("sha256=••••{}", &value[value.len() - 4..])),
            Cause::Masked(Some(true)),
        ),
        (of(Softwareone).value(|_| "Bearer ••••0000".into()), Cause::Masked(None)),
        (of(Softwareone).value(|_| "Bearer ••••0000".into()).known(), Cause::Masked(Some(false))),
        (
            of(Softwareone).value(|value| format!("Bearer ••••{}", &value[value.len() - 4..])).known(),
            Cause::Masked(Some(true)),
        ),
        (of(Zstack).header("X-Webhook-Timestamp", |t| format!("{t}000")), Cause::Milliseconds),
        (of(Aggregate).header("webhook-timestamp", |_| "2026-01-15T08:00:00Z".into()), Cause::NotUnixTime),
        (of(Zstack).header("X-Webhook-Timestamp", |t| format!("0{t}")), Cause::NotUnixTime),
        (of(Telemax).value(|_| "sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709".into()), Cause::NotASignature),
        (of(Telemax).value(|value| value[7..].to_owned()), prefix("", "sha256=")),
        (of(Zstack).value(|value| value.replace("v1=", "sha256=")), prefix("sha256=", "v1=")),
        (of(Aggregate).value(|value| value.replace("v1,", "v1=")), prefix("v1=", "v1,")),
        (
            of(Telemax).value(|value| format!("X-Telemax-Signature:{value}")),
            prefix("X-Telemax-Signature:sha256=", "sha256="),
        ),
        (of(Telemax).value(|value| format!("\"{value}\"")), Cause::Spelled(Spelling::Quoted)),
        (
            of(Telemax).value(|value| value.to_uppercase().replace("SHA", "sha")),
            Cause::Spelled(Spelling::UpperCase),
        ),
        (of(Telemax).value(base64(data_encoding::BASE64)), Cause::Spelled(Spelling::Base64NotHex)),
        (of(Zstack).value(base64(data_encoding::BASE64URL_NOPAD)), Cause::Spelled(Spelling::Base64NotHex)),
        (hex(of(Aggregate)), Cause::Spelled(Spelling::HexNotBase64)),
        (
            of(Aggregate).value(|value| value.trim_end_matches('=').to_owned()),
            Cause::Spelled(Spelling::Unpadded),
        ),
        // secret
        (of(Telemax).secret(&format!("{SECRET} ")), Cause::Key(KeyFault::Space)),
        (of(Telemax).secret(&format!("{SECRET}\n")), Cause::Key(KeyFault::Space)),
        (
            of(Zstack).signs(format!("{SECRET}\n").as_bytes(), &[time, ".", "BODY"]),
            Cause::Key(KeyFault::LineBreak),
        ),
        (
            of(Aggregate).signs(SECRET.as_bytes(), &[ID, ".", time, ".", "BODY"]),
            Cause::Key(KeyFault::NotDecoded),
        ),
        (of(Aggregate).signs(bare, &[ID, ".", time, ".", "BODY"]), Cause::Key(KeyFault::NotDecoded)),
        (of(Zstack).signs(bare, &[time, ".", "BODY"]), Cause::Key(KeyFault::PrefixCut)),
        (of(Zstack).secret(&SECRET[6..]), Cause::Key(KeyFault::PrefixMissing)),
        (of(Telemax).signs(&decoded, &["BODY"]), Cause::Key(KeyFault::Base64Decoded)),
        (of(Telemax).secret("0A0B").signs(&[10, 11], &["BODY"]), Cause::Key(KeyFault::HexDecoded)),
        (of(Telemax).secret("0ABF").signs(b"0abf", &["BODY"]), Cause::Key(KeyFault::LetterCase)),
        (of(Softwareone).secret("whsec_AQIDBAUGBwgJCgsMDQ4PEA== "), Cause::Key(KeyFault::Space)),
        // body
        (of(Telemax).body(|_| Vec::new()), Cause::Body(BodyFault::Empty)),
        (of(Telemax).text(|body| body + "\n"), Cause::Body(BodyFault::LineBreakAdded)),
        (of(Zstack).text(|body| body + "\r\n"), Cause::Body(BodyFault::LineBreakAdded)),
        (of(Telemax).text(|body| format!(" {body}")), Cause::Body(BodyFault::SpaceAdded)),
        (of(Telemax).signs(SECRET.as_bytes(), &["BODY", "\n"]), Cause::Body(BodyFault::LineBreakLost)),
        (
            of(Telemax)
                .text(|body| pretty(&body))
                .signs(SECRET.as_bytes(), &["BODY"])
                .text(|body| body.replace('\n', "\r\n")),
            Cause::Body(BodyFault::CrLf),
        ),
        (
            of(Telemax)
                .text(|body| pretty(&body).replace('\n', "\r\n"))
                .signs(SECRET.as_bytes(), &["BODY"])
                .text(|body| body.replace('\r', "")),
            Cause::Body(BodyFault::Lf),
        ),
        (of(Telemax).text(|body| format!("\u{feff}{body}")), Cause::Body(BodyFault::ByteOrderMark)),
        (of(Telemax).body(latin1), Cause::Body(BodyFault::Latin1)),
        (
            of(Aggregate).body(|body| body.into_iter().map(char::from).collect::<String>().into_bytes()),
            Cause::Body(BodyFault::EncodedTwice),
        ),
        (
            of(Telemax).body(|body| data_encoding::BASE64.encode(&body).into_bytes()),
            Cause::Body(BodyFault::Base64),
        ),
        (
            of(Telemax).text(|body| serde_json::Value::String(body).to_string()),
            Cause::Body(BodyFault::JsonInString),
        ),
        (of(Telemax).text(|body| pretty(&body)), Cause::Body(BodyFault::Whitespace)),
        (of(Zstack).text(|body| body.replace("\":", "\": ")), Cause::Body(BodyFault::Whitespace)),
        (of(Telemax).text(escaped), Cause::Body(BodyFault::Escapes)),
        (of(Telemax).text(|body| body.replace("110.0", "110")), Cause::Body(BodyFault::Numbers)),
        (of(Telemax).text(|body| sorted(&body)), Cause::Body(BodyFault::KeyOrder)),
        (of(Zstack).text(|body| sorted(&body)), Cause::Body(BodyFault::KeyOrder)),
        (
            of(Aggregate).text(|body| sorted(&pretty(&body)).replace("110.0", "110")),
            Cause::Body(BodyFault::KeyOrder),
        ),
        (
            of(Telemax).text(|body| body.replace("Sydney", "Perth")).known(),
            Cause::BodyDiffers {
                sent: body(Telemax).len(),
                received: body(Telemax).len() - 1,
                at: String::from_utf8(body(Telemax)).unwrap().find("Sydney").unwrap(),
            },
        ),
        // signed string
        (of(Zstack).signs(SECRET.as_bytes(), &["BODY"]), Cause::Signed(SignedFault::BodyAlone)),
        (of(Zstack).signs(SECRET.as_bytes(), &[time, "BODY"]), Cause::Signed(SignedFault::NoDot)),
        (of(Aggregate).signs(&decoded, &["BODY"]), Cause::Signed(SignedFault::BodyAlone)),
        (of(Aggregate).signs(&decoded, &[time, ".", "BODY"]), Cause::Signed(SignedFault::NoId)),
        (of(Aggregate).signs(&decoded, &[ID, ".", "BODY"]), Cause::Signed(SignedFault::NoTime)),
        (of(Aggregate).signs(&decoded, &[time, ".", ID, ".", "BODY"]), Cause::Signed(SignedFault::Order)),
        (
            of(Aggregate).header("webhook-id", |_| "msg_1".into()).known(),
            Cause::Signed(SignedFault::IdChanged),
        ),
        (
            of(Aggregate).signs(&decoded, &[EVENT_ID, ".", time, ".", "BODY"]).known(),
            Cause::Signed(SignedFault::EventId),
        ),
        (
            of(Zstack).header("X-Webhook-Timestamp", |_| "1768464001".into()).known(),
            Cause::Signed(SignedFault::TimeChanged),
        ),
        // clock
        (of(Zstack).late(301), Cause::TooOld(301)),
        (of(Aggregate).late(-301), Cause::TooNew(301)),
        (of(Softwareone).late(300), Cause::TooOld(300)),
        (of(Softwareone).late(-301), Cause::TooNew(301)),
        // secret or body
        (of(Telemax).secret("another-secret").known(), Cause::WrongSecret),
        (of(Softwareone).secret("another-secret").known(), Cause::WrongSecret),
        (of(Telemax).secret("another-secret"), Cause::Unexplained),
        (of(Zstack).text(|body| body.replace("Sydney", "Perth")), Cause::Unexplained),
        (of(Softwareone).secret("another-secret"), Cause::Unexplained),
    ];
    for (case, cause) in &table {
        case.is(cause);
    }
    // A hint or two on every one.
    for (_, cause) in &table {
        assert!(cause.headline().ends_with('.') && cause.advice().ends_with('.'), "{cause:?}");
    }
}

#[test]
fn tokens_have_faults_of_their_own() {
    let of = || Case::of(Format::Softwareone);
    let encode = |text: &str| data_encoding::BASE64URL_NOPAD.encode(text.as_bytes());
    let own = |head: &str, claims: &str| {
        let signed = format!("{}.{}", encode(head), encode(claims));
        let mac = hmac_sha256(SECRET.as_bytes(), &[signed.as_bytes()]);
        of().value(|_| format!("Bearer {signed}.{}", data_encoding::BASE64URL_NOPAD.encode(&mac)))
    };
    let head = r#"{"alg":"HS256","typ":"JWT"}"#;
    let t = NOW.seconds();
    let other = |host: &str, id: &str| {
        let jwt = softwareone_jwt(&Secret::new(SECRET), host, id, NOW);
        of().value(|_| format!("Bearer {jwt}")).known()
    };
    let jwt = Cause::Jwt;
    for (case, cause) in [
        (of().value(|value| value[7..].to_owned()), jwt(JwtFault::NotBearer)),
        (of().value(|_| "Bearer a.b".into()), jwt(JwtFault::NotAToken)),
        (of().value(|_| "Bearer ä.b.c".into()), jwt(JwtFault::NotAToken)),
        (own(r#"{"alg":"none"}"#, "{}"), jwt(JwtFault::Algorithm("none".into()))),
        (own(head, r#"{"iss":"you"}"#), jwt(JwtFault::Issuer("you".into()))),
        (own(head, r#"{"iss":"mpt"}"#), Cause::Unexplained),
        (own(head, &format!(r#"{{"iss":"mpt","nbf":{t},"exp":{t}}}"#)), Cause::TooOld(0)),
        (other("evil.example", "WBH-0000-0007"), jwt(JwtFault::Audience("evil.example".into()))),
        (other(HOST, "WBH-0000-0008"), jwt(JwtFault::Webhook("WBH-0000-0008".into()))),
        (
            of().value(|value| {
                let mut parts: Vec<String> = value.split('.').map(str::to_owned).collect();
                parts[1] = encode(r#"{"iss":"mpt","aud":"evil.example"}"#);
                parts.join(".")
            })
            .known(),
            jwt(JwtFault::ClaimsChanged),
        ),
    ] {
        case.is(&cause);
        assert!(cause.headline().ends_with('.') && cause.advice().ends_with('.'), "{cause:?}");
    }
}

#[test]
fn what_we_send_is_right_and_every_step_is_taken() {
    for format in Format::ALL {
        for case in [Case::of(format), Case::of(format).known()] {
            let found = case.diagnosed();
            assert_eq!(found.cause, None, "{format:?}");
            assert_eq!(found.expected, found.received, "{format:?}");
            assert!(found.steps().iter().all(|(_, went)| *went == Some(true)));
        }
    }
    let mut rotated = Case::of(Format::Aggregate).value(|value| format!("v1,AAAA {value}"));
    assert_eq!(rotated.diagnosed().cause, None, "one of several is enough");
    rotated.secret = "other".to_owned();
    assert_eq!(rotated.diagnosed().cause, Some(Cause::Unexplained));
    let failed = Case::of(Format::Zstack).text(|body| body + "\n").diagnosed();
    let went: Vec<_> = failed.steps().into_iter().map(|(_, went)| went).collect();
    assert_eq!(went, [Some(true), Some(true), Some(true), Some(false), None, None]);
}

/// The string that is shown is the one that the engine signs.
#[test]
fn the_shown_string_makes_the_expected_value() {
    for format in [Format::Telemax, Format::Zstack, Format::Aggregate] {
        let found = Case::of(format).diagnosed();
        let key = keys::right(format, &Secret::new(SECRET));
        assert_eq!(key.len(), found.key_bytes);
        assert_eq!(found.key_is_decoded, format == Format::Aggregate);
        let mac = hmac_sha256(&key, &[&found.signed.unwrap()]);
        assert!(spelling::macs(&found.expected.unwrap()).iter().any(|read| read.mac == mac), "{format:?}");
    }
}

#[test]
fn headers_are_read_as_people_paste_them() {
    let read = parse_headers(
        "POST https://a.example/in HTTP/1.1\r\nHost: a.example\n  X-One:  1 \n\nnot a header\nX-Time: 12:00\n: 3",
    );
    let read: Vec<(&str, &str)> = read.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(read, [("Host", "a.example"), ("X-One", "1"), ("X-Time", "12:00")]);
    assert_eq!(parse_headers(&"a: b\n".repeat(HEADERS_MAX + 5)).len(), HEADERS_MAX);
}

proptest::proptest! {
    /// Whatever is pasted, it is answered, and nothing that a receiver refuses is called right.
    #[test]
    fn anything_is_answered(secret: String, value: String, time in "[0-9]{0,20}", body: Vec<u8>, format in 0usize..4) {
        let format = Format::ALL[format];
        let headers: Vec<(String, String)> = needed(format)
            .iter()
            .map(|name| ((*name).to_owned(), if name.ends_with("imestamp") { time.clone() } else { value.clone() }))
            .collect();
        let secret = Secret::new(secret);
        let request = Request { format, secret: &secret, headers: &headers, body: &body, received_at: NOW, known: None };
        let found = diagnose(&request);
        proptest::prop_assert!(found.cause.is_some() || judged(&request).is_ok());
    }
}
