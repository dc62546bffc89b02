//! The UUIDs that the outside sees for deliveries and events.
//!
//! They are not stored: each is made from its integer and a key, and taken back to it, so they need no column
//! and no second index. Nobody without the key can make one, guess a neighbour's, or tell how many there are.
//!
//! The construction is a synthetic-IV cipher: a tag of 58 bits is the MAC of the kind and the number, and the
//! number is masked with 64 bits that follow from the tag. Reading unmasks the number and accepts it only if its
//! MAC is the tag again. The remaining 6 bits say UUID version 8 (RFC 9562).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::ids::{DeliveryId, EventId};

const TAG_BITS: u32 = 58;
const TAG_MASK: u64 = (1 << TAG_BITS) - 1;

/// Makes and reads public ids. Cheap to clone; two HMACs for each id.
#[derive(Clone)]
pub struct PublicIds {
    delivery: Keys,
    event: Keys,
}

#[derive(Clone)]
struct Keys {
    tag: Hmac<Sha256>,
    mask: Hmac<Sha256>,
}

impl std::fmt::Debug for PublicIds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PublicIds(***)")
    }
}

impl PublicIds {
    /// The ids that belong to `key`, which must stay the same for as long as ids are to be readable.
    pub fn new(key: [u8; 32]) -> Self {
        let derive = |label: &[u8]| keyed(&digest(keyed(&key), label));
        Self {
            delivery: Keys { tag: derive(b"delivery tag"), mask: derive(b"delivery mask") },
            event: Keys { tag: derive(b"event tag"), mask: derive(b"event mask") },
        }
    }

    /// The UUID of a delivery, lower-case with dashes.
    pub fn encode_delivery(&self, id: DeliveryId) -> String {
        self.delivery.encode(id.0)
    }

    /// The delivery with that UUID; `None` for anything that we did not make. Letter case does not matter.
    pub fn decode_delivery(&self, text: &str) -> Option<DeliveryId> {
        self.delivery.decode(text).map(DeliveryId)
    }

    /// The UUID of an event, lower-case with dashes.
    pub fn encode_event(&self, id: EventId) -> String {
        self.event.encode(id.0)
    }

    /// The event with that UUID; `None` for anything that we did not make. Letter case does not matter.
    pub fn decode_event(&self, text: &str) -> Option<EventId> {
        self.event.decode(text).map(EventId)
    }
}

impl Keys {
    fn tag_of(&self, number: u64) -> u64 {
        first_u64(digest(self.tag.clone(), &number.to_be_bytes())) & TAG_MASK
    }

    fn mask_of(&self, tag: u64) -> u64 {
        first_u64(digest(self.mask.clone(), &tag.to_be_bytes()))
    }

    fn encode(&self, id: i64) -> String {
        let number = id.cast_unsigned();
        let tag = self.tag_of(number);
        uuid_text(u128::from(number ^ self.mask_of(tag)) << TAG_BITS | u128::from(tag))
    }

    fn decode(&self, text: &str) -> Option<i64> {
        let bits = uuid_bits(text)?;
        let tag = u64::try_from(bits & u128::from(TAG_MASK)).ok()?;
        let number = u64::try_from(bits >> TAG_BITS).ok()? ^ self.mask_of(tag);
        let is_ours: bool = self.tag_of(number).ct_eq(&tag).into();
        is_ours.then_some(number.cast_signed())
    }
}

fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    // A key of the block's length is used as it is (RFC 2104), and a shorter one is padded with zeros: the same.
    Hmac::new(&block.into())
}

fn digest(mut mac: Hmac<Sha256>, message: &[u8]) -> [u8; 32] {
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn first_u64(bytes: [u8; 32]) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = bytes;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// 122 bits as a UUID of version 8: 48 bits, the version, 12 bits, the variant, 62 bits.
fn uuid_text(bits: u128) -> String {
    let (high, middle, low) = (bits >> 74, (bits >> 62) & 0xfff, bits & ((1 << 62) - 1));
    let bits = high << 80 | 8 << 76 | middle << 64 | 0b10 << 62 | low;
    let mut text = String::with_capacity(36);
    for (index, byte) in bits.to_be_bytes().into_iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 0xf] {
            text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    text
}

/// The 122 bits of a UUID of version 8.
fn uuid_bits(text: &str) -> Option<u128> {
    if text.len() != 36 {
        return None;
    }
    let mut value: u128 = 0;
    for (index, byte) in text.bytes().enumerate() {
        if matches!(index, 8 | 13 | 18 | 23) {
            if byte != b'-' {
                return None;
            }
        } else {
            value = value << 4 | u128::from(char::from(byte).to_digit(16)?);
        }
    }
    if (value >> 76) & 0xf != 8 || (value >> 62) & 0b11 != 0b10 {
        return None;
    }
    Some((value >> 80) << 74 | ((value >> 64) & 0xfff) << 62 | value & ((1 << 62) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back() {
        let ids = PublicIds::new([7; 32]);
        for number in [0, 1, 2, 3, 1_000_000, i64::MAX, -1, i64::MIN] {
            let text = ids.encode_delivery(DeliveryId(number));
            assert_eq!(text.len(), 36);
            assert_eq!(text.get(14..15), Some("8"), "{text}");
            assert!(matches!(text.get(19..20), Some("8" | "9" | "a" | "b")), "{text}");
            assert_eq!(ids.decode_delivery(&text), Some(DeliveryId(number)));
            assert_eq!(ids.decode_delivery(&text.to_uppercase()), Some(DeliveryId(number)));
            assert_eq!(ids.decode_event(&ids.encode_event(EventId(number))), Some(EventId(number)));
        }
    }

    #[test]
    fn is_stable_and_keyed() {
        let ids = PublicIds::new([7; 32]);
        assert_eq!(
            ids.encode_delivery(DeliveryId(1)),
            PublicIds::new([7; 32]).encode_delivery(DeliveryId(1))
        );
        assert_ne!(
            ids.encode_delivery(DeliveryId(1)),
            PublicIds::new([8; 32]).encode_delivery(DeliveryId(1))
        );
        assert_ne!(ids.encode_delivery(DeliveryId(1)), ids.encode_event(EventId(1)));
        assert_eq!(ids.decode_event(&ids.encode_delivery(DeliveryId(1))), None);
    }

    #[test]
    fn one_changed_digit_is_nobody() {
        let ids = PublicIds::new([7; 32]);
        let text = ids.encode_delivery(DeliveryId(42));
        for index in 0..text.len() {
            for digit in "0123456789abcdef-".chars() {
                let changed: String =
                    text.chars().enumerate().map(|(i, old)| if i == index { digit } else { old }).collect();
                if changed != text {
                    assert_eq!(ids.decode_delivery(&changed), None, "{changed}");
                }
            }
        }
        for bad in ["", "42", "00000000-0000-0000-0000-000000000000", "é".repeat(18).as_str()] {
            assert_eq!(ids.decode_delivery(bad), None);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_number_comes_back_and_any_text_is_harmless(number: i64, text: String) {
            let ids = PublicIds::new([9; 32]);
            proptest::prop_assert_eq!(ids.decode_delivery(&ids.encode_delivery(DeliveryId(number))), Some(DeliveryId(number)));
            proptest::prop_assert_eq!(ids.decode_delivery(&text), None);
        }
    }
}
