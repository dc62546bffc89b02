//! What a text in the search box may mean. Only its spelling is judged: whether the thing exists, and for whom, is the
//! store's business.

use icu_normalizer::ComposingNormalizerBorrowed;
use url::{Host, Url};

use crate::domain::ids::{AlertId, DeliveryId, EventId, ReplayId, WebhookId};
use crate::domain::text::{is_control_or_break, is_invisible};

/// Characters that are looked at; a longer text is nothing that we have.
pub const CHARS_MAX: usize = 200;

/// One thing that a text may be the spelling of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guess {
    /// A webhook's number: `7`, `wh-007`, `WBH-0000-0007`.
    Webhook(WebhookId),
    /// A delivery's number.
    Delivery(DeliveryId),
    /// An event's number.
    Event(EventId),
    /// An alert's number.
    Alert(AlertId),
    /// The number of a redelivery of many.
    Replay(ReplayId),
    /// A vehicle's number in its fleet.
    VehicleNumber(i64),
    /// A public id of a delivery or an event, lower-case with dashes.
    PublicId(String),
    /// An IMEI (15 digits, without what stands between them) or a VIN (17 characters, upper-case).
    Device(String),
    /// The host of a webhook, lower-case, without its port.
    Host(String),
    /// A name: of a vehicle, of a webhook. Always the last guess, and a name may look like anything.
    Name(String),
}

/// What the text may mean, the likeliest first; empty for a blank or an endless one.
///
/// What cannot be seen is dropped first, since it comes along with copied text. A word in front ("event 7", "webhook
/// wh-007") chooses the kind.
pub fn recognise(text: &str) -> Vec<Guess> {
    let Some(text) = cleaned(text) else { return Vec::new() };
    let mut guesses = match worded(&text) {
        Some((kind, rest)) => of_kind(kind, rest),
        None => of_any_kind(&text),
    };
    guesses.push(Guess::Name(text));
    guesses
}

/// `text` in one spelling: composed, without what cannot be seen and without the space and quotes around it. `None`
/// when nothing is left, or too much.
pub fn cleaned(text: &str) -> Option<String> {
    // Nobody's name is as long, and composing an endless text would be work for nothing.
    if text.len() > 16 * CHARS_MAX {
        return None;
    }
    let seen: String = text.chars().filter(|c| !is_control_or_break(*c) && !is_invisible(*c)).collect();
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(&seen);
    let around = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '“' | '”' | '„' | '`' | '<' | '>');
    let trimmed = composed.trim_matches(around);
    (!trimmed.is_empty() && trimmed.chars().count() <= CHARS_MAX).then(|| trimmed.to_owned())
}

#[derive(Clone, Copy)]
enum Kind {
    Webhook,
    Delivery,
    Event,
    Alert,
    Replay,
    Vehicle,
}

/// The word that chooses a kind, and what follows it.
fn worded(text: &str) -> Option<(Kind, &str)> {
    let (word, rest) = text.split_once([' ', '#', ':'])?;
    let kind = match word.to_ascii_lowercase().as_str() {
        "webhook" => Kind::Webhook,
        "delivery" => Kind::Delivery,
        "event" => Kind::Event,
        "alert" => Kind::Alert,
        "redelivery" | "replay" => Kind::Replay,
        "vehicle" => Kind::Vehicle,
        _ => return None,
    };
    Some((kind, rest.trim_matches([' ', '#', ':'])))
}

fn of_kind(kind: Kind, text: &str) -> Vec<Guess> {
    let number = number(text);
    let public_id = || uuid(text).map(Guess::PublicId);
    let guess = match kind {
        Kind::Webhook => number.map(WebhookId).or_else(|| webhook(text)).map(Guess::Webhook),
        Kind::Delivery => number.map(|id| Guess::Delivery(DeliveryId(id))).or_else(public_id),
        Kind::Event => number.map(|id| Guess::Event(EventId(id))).or_else(public_id),
        Kind::Alert => number.map(|id| Guess::Alert(AlertId(id))),
        Kind::Replay => number.map(|id| Guess::Replay(ReplayId(id))),
        Kind::Vehicle => {
            let device = device(text).map(Guess::Device);
            let name = Some(Guess::Name(text.to_owned())).filter(|_| !text.is_empty());
            return number.map(Guess::VehicleNumber).into_iter().chain(device).chain(name).collect();
        }
    };
    guess.into_iter().collect()
}

fn of_any_kind(text: &str) -> Vec<Guess> {
    let mut guesses = Vec::new();
    if let Some(number) = number(text.strip_prefix('#').unwrap_or(text)) {
        guesses.extend([
            Guess::Webhook(WebhookId(number)),
            Guess::Delivery(DeliveryId(number)),
            Guess::Event(EventId(number)),
            Guess::Alert(AlertId(number)),
            Guess::Replay(ReplayId(number)),
            Guess::VehicleNumber(number),
        ]);
    }
    guesses.extend(webhook(text).map(Guess::Webhook));
    guesses.extend(uuid(text).map(Guess::PublicId));
    guesses.extend(device(text).map(Guess::Device));
    guesses.extend(host(text).map(Guess::Host));
    guesses
}

/// A positive number of ASCII digits; zeros in front do not matter to somebody who searches.
fn number(text: &str) -> Option<i64> {
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_digits && *number > 0)
}

/// `wh-007` and `WBH-0000-0007`, with as many zeros and dashes as somebody remembers.
fn webhook(text: &str) -> Option<WebhookId> {
    let lower = text.to_ascii_lowercase();
    let digits = lower.strip_prefix("wbh-").or_else(|| lower.strip_prefix("wh-"))?;
    number(&digits.replace('-', "")).map(WebhookId)
}

/// A UUID with or without dashes, braces or `urn:uuid:`, in any letter case.
fn uuid(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let bare = lower.trim_start_matches("urn:uuid:");
    let bare = bare.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(bare);
    let digits: String = match bare.len() {
        32 => bare.to_owned(),
        36 if bare.bytes().enumerate().all(|(at, byte)| (byte == b'-') == matches!(at, 8 | 13 | 18 | 23)) => {
            bare.replace('-', "")
        }
        _ => return None,
    };
    if digits.len() != 32 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let parts =
        [digits.get(..8)?, digits.get(8..12)?, digits.get(12..16)?, digits.get(16..20)?, digits.get(20..)?];
    Some(parts.join("-"))
}

/// An IMEI, as it is printed on devices too (`35-693803-789456-1`), or a VIN (no I, O or Q: ISO 3779).
fn device(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '/')).collect();
    if digits.len() == 15 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(digits);
    }
    let upper = text.to_ascii_uppercase();
    let is_vin = upper.len() == 17
        && upper.bytes().all(|byte| byte.is_ascii_alphanumeric() && !matches!(byte, b'I' | b'O' | b'Q'));
    is_vin.then_some(upper)
}

/// The host of a URL, or a text that can be a host: a full name or an address, with or without a port.
fn host(text: &str) -> Option<String> {
    let url = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let is_plain = !text.contains(char::is_whitespace) && !text.contains('@');
    let url = Url::parse(&url).ok().filter(|_| is_plain)?;
    match url.host()? {
        // A bare number is a number; the URL standard would make an address of it.
        Host::Ipv4(_) if text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'x') => None,
        Host::Domain(name) if !name.trim_end_matches('.').contains('.') => None,
        Host::Domain(name) => Some(name.trim_end_matches('.').to_owned()),
        Host::Ipv4(address) => Some(address.to_string()),
        Host::Ipv6(address) => Some(format!("[{address}]")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "3f2504e0-4f89-81d3-9a0c-0305e82c3301";

    /// The guesses but for the name, each in one word.
    fn kinds(text: &str) -> String {
        let word = |guess: &Guess| match guess {
            Guess::Webhook(id) => format!("webhook:{id}"),
            Guess::Delivery(id) => format!("delivery:{id}"),
            Guess::Event(id) => format!("event:{id}"),
            Guess::Alert(id) => format!("alert:{id}"),
            Guess::Replay(id) => format!("replay:{id}"),
            Guess::VehicleNumber(id) => format!("vehicle:{id}"),
            Guess::PublicId(id) => format!("public:{id}"),
            Guess::Device(id) => format!("device:{id}"),
            Guess::Host(host) => format!("host:{host}"),
            Guess::Name(name) => format!("name:{name}"),
        };
        let guesses = recognise(text);
        let last = guesses.last().expect("at least a name");
        assert!(matches!(last, Guess::Name(_)), "{guesses:?}");
        guesses[..guesses.len() - 1].iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_spelling() {
        const SEVEN: &str = "webhook:7 delivery:7 event:7 alert:7 replay:7 vehicle:7";
        let public = format!("public:{UUID}");
        for (text, meant) in [
            ("7", SEVEN),
            (" #7 ", SEVEN),
            ("007", SEVEN),
            ("wh-007", "webhook:7"),
            ("WH-7", "webhook:7"),
            ("WBH-0000-0007", "webhook:7"),
            ("wbh-12345-6789", "webhook:123456789"),
            ("webhook 7", "webhook:7"),
            ("Webhook WBH-0000-0007", "webhook:7"),
            ("delivery #9068", "delivery:9068"),
            ("event 7", "event:7"),
            ("Alert: 103", "alert:103"),
            ("redelivery 7", "replay:7"),
            ("replay 7", "replay:7"),
            ("vehicle 118", "vehicle:118 name:118"),
            ("vehicle TRK-118", "name:TRK-118"),
            (UUID, &public),
            ("{3F2504E0-4F89-81D3-9A0C-0305E82C3301}", &public),
            ("urn:uuid:3f2504e0-4f89-81d3-9a0c-0305e82c3301", &public),
            ("3f2504e04f8981d39a0c0305e82c3301", &public),
            ("event 3F2504E0-4F89-81D3-9A0C-0305E82C3301", &public),
            ("“3f2504e0-4f89-81d3-9a0c-0305e82c3301”", &public),
            ("35-693803-789456-1", "device:356938037894561"),
            ("wdb9634031l123456", "device:WDB9634031L123456"),
            ("hooks.example.com", "host:hooks.example.com"),
            ("HOOKS.Example.com:8443", "host:hooks.example.com"),
            ("https://hooks.example.com/a?b=c", "host:hooks.example.com"),
            ("127.0.0.1:8080", "host:127.0.0.1"),
            ("http://[::1]:8080/x", "host:[::1]"),
            ("bücher.example", "host:xn--bcher-kva.example"),
            ("TRK-118", ""),
            ("Delivery Van 07", ""),
            ("Dispatch hub", ""),
            ("localhost", ""),
            ("maya@example.com", ""),
            ("wh-", ""),
            ("wh-x", ""),
            ("0", ""),
            ("-7", ""),
            ("7.5.3 x", ""),
            ("99999999999999999999", ""),
            ("3f2504e0-4f89-81d3-9a0c-0305e82c330", ""),
            ("3f2504e04-f89-81d3-9a0c-0305e82c3301", ""),
            ("%", ""),
            ("_", ""),
        ] {
            assert_eq!(kinds(text), meant, "{text:?}");
        }
        assert!(kinds("356938037894561").starts_with("webhook:356938037894561"));
        assert!(kinds("356938037894561").ends_with("device:356938037894561"));
    }

    #[test]
    fn what_cannot_be_seen_is_dropped_and_what_has_no_end_is_nothing() {
        for (text, name) in [
            ("TRK-118\0", "TRK-118"),
            ("\u{202e}TRK\u{200b}-118\u{feff}", "TRK-118"),
            ("TRK-118\r\n", "TRK-118"),
            ("Zu\u{308}rich 1", "Zürich 1"),
            ("O'Brien", "O'Brien"),
        ] {
            assert_eq!(recognise(text), [Guess::Name(name.into())], "{text:?}");
        }
        for nothing in ["", "   ", "\0", "\u{200b}", "“”", &"x".repeat(201), &"é".repeat(2_000)] {
            assert_eq!(recognise(nothing), [], "{nothing:?}");
        }
        assert_eq!(recognise(&"x".repeat(200)).len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_harmless(text: String) {
            for guess in recognise(&text) {
                if let Guess::Name(name) = guess {
                    proptest::prop_assert!(!name.contains('\0') && name.chars().count() <= CHARS_MAX);
                }
            }
        }
    }
}
