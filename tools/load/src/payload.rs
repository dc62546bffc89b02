//! What is reported and what is delivered of it. An event carries its number and the time at which it was sent in
//! `data`, which goes to receivers as it came; the receiver finds both by a byte search, so that it costs little of
//! the machine that is being measured.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use memchr::memmem;
use sha2::Sha256;

/// What the Telemax format puts before the fields of an event.
const ALERT_TYPE: &str = r#""alertType":"Ignition","#;
const SEQ: &str = r#""seq":"#;
const SENT: &str = r#""sentNs":"#;
/// Larger sequence numbers are not ours.
const SEQ_MAX: u64 = 1 << 28;

/// What a delivery says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// The event's number, from 0.
    pub seq: u64,
    /// When its sender meant to send it, nanoseconds since the epoch.
    pub sent_ns: u64,
}

/// The body of an intake request whose delivery has `delivery_bytes`, or as few as go.
pub fn event(marks: Marks, delivery_bytes: usize) -> String {
    let Marks { seq, sent_ns } = marks;
    let at = Timestamp::from_second(i64::try_from(sent_ns / 1_000_000_000).unwrap_or(0)).unwrap_or_default();
    let head = format!(
        r#"{{"vehicleId":{vehicle},"vehicleName":"Van {vehicle}","position":{{"lat":-33.8688,"lng":151.2093}},"direction":{direction},"timestamp":"{at}","address":{{"street":"42 George St","suburb":"Sydney","state":"NSW","postcode":"2000","country":"Australia"}},"data":{{{SEQ}{seq},{SENT}{sent_ns},"note":""#,
        vehicle = seq % 9_973 + 1,
        direction = seq % 360,
    );
    let tail = r#""}}"#;
    let padding = delivery_bytes.saturating_sub(ALERT_TYPE.len() + head.len() + tail.len());
    format!("{head}{}{tail}", "x".repeat(padding))
}

/// The body that the Telemax format makes of [`event`].
pub fn delivery(marks: Marks, bytes: usize) -> String {
    format!("{{{ALERT_TYPE}{}", &event(marks, bytes)[1..])
}

/// The signature of the Telemax format: `sha256=<hex>` over the body.
pub fn signature(secret: &[u8], body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes any key");
    mac.update(body);
    format!("sha256={}", data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes()))
}

/// Reads the marks out of a delivery; `None` when it is not one of ours.
pub fn marks(body: &[u8]) -> Option<Marks> {
    let (seq, rest) = number_after(body, SEQ)?;
    let (sent_ns, _) = number_after(rest, SENT)?;
    (seq < SEQ_MAX).then_some(Marks { seq, sent_ns })
}

fn number_after<'b>(bytes: &'b [u8], key: &str) -> Option<(u64, &'b [u8])> {
    let rest = &bytes[memmem::find(bytes, key.as_bytes())? + key.len()..];
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
    Some((number, &rest[digits..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKS: Marks = Marks { seq: 42, sent_ns: 1_790_078_530_123_456_789 };

    #[test]
    fn a_delivery_has_the_asked_size_and_says_what_it_is() {
        let body = delivery(MARKS, 600);
        assert_eq!(body.len(), 600);
        assert_eq!(marks(body.as_bytes()), Some(MARKS));
        let parsed: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(parsed["alertType"], "Ignition");
        assert_eq!(parsed["timestamp"], "2026-09-22T12:02:10Z");
        assert_eq!(delivery(MARKS, 0), delivery(MARKS, 10), "never cut");
    }

    #[test]
    fn other_bodies_have_no_marks() {
        for body in ["", "{}", r#"{"seq":}"#, r#"{"seq":1}"#, r#"{"seq":999999999999,"sentNs":1}"#] {
            assert_eq!(marks(body.as_bytes()), None, "{body}");
        }
    }

    /// The check vector of the format: `openssl dgst -sha256 -hmac key` says the same.
    #[test]
    fn signatures() {
        assert_eq!(
            signature(b"key", b"The quick brown fox jumps over the lazy dog"),
            "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
        );
    }
}
