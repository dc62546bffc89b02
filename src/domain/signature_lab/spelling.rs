//! The bytes of a signature, however they are spelled.

use super::Spelling;
use crate::domain::webhook::format::Format;

/// 32 bytes that a text may spell, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) mac: [u8; 32],
    /// What stands before it.
    before: String,
    digits: Digits,
    is_quoted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Digits {
    Hex,
    UpperHex,
    Base64,
    Base64Unpadded,
    Base64Url,
}

impl Read {
    /// What is wrong with the spelling. Asked of a signature that is right in its bytes.
    pub(super) fn fault(&self, format: Format) -> Spelling {
        let wants_hex = format != Format::Aggregate;
        match self.digits {
            Digits::Hex | Digits::UpperHex if !wants_hex => Spelling::HexNotBase64,
            Digits::Base64 | Digits::Base64Unpadded | Digits::Base64Url if wants_hex => {
                Spelling::Base64NotHex
            }
            Digits::UpperHex => Spelling::UpperCase,
            Digits::Base64Url => Spelling::Base64Url,
            Digits::Base64Unpadded => Spelling::Unpadded,
            Digits::Hex | Digits::Base64 if self.is_quoted => Spelling::Quoted,
            Digits::Hex | Digits::Base64 => {
                Spelling::Prefix { found: self.before.clone(), wanted: prefix(format) }
            }
        }
    }
}

/// What stands before the digits of a signature.
const fn prefix(format: Format) -> &'static str {
    match format {
        Format::Telemax => "sha256=",
        Format::Zstack => "v1=",
        Format::Aggregate => "v1,",
        Format::Softwareone => "Bearer ",
    }
}

/// Every 32 bytes that `text`, or a word of it, may spell.
pub(super) fn macs(text: &str) -> Vec<Read> {
    let mut found: Vec<Read> = Vec::new();
    for word in text.split_whitespace() {
        let plain = word.trim_matches(['"', '\'', '`', '<', '>']);
        let starts = plain.char_indices().filter(|(_, c)| matches!(c, '=' | ',' | ':')).map(|(at, _)| at + 1);
        for start in std::iter::once(0).chain(starts) {
            let (before, digits) = plain.split_at(start);
            if let Some((mac, digits)) = read(digits) {
                found.push(Read { mac, before: before.to_owned(), digits, is_quoted: plain != word });
            }
        }
    }
    found
}

fn read(digits: &str) -> Option<([u8; 32], Digits)> {
    let exact = |bytes: Vec<u8>| <[u8; 32]>::try_from(bytes).ok();
    let bytes = digits.as_bytes();
    if bytes.len() == 64 {
        let mac = data_encoding::HEXLOWER_PERMISSIVE.decode(bytes).ok().and_then(exact)?;
        let is_lower = !digits.contains(|c: char| c.is_ascii_uppercase());
        return Some((mac, if is_lower { Digits::Hex } else { Digits::UpperHex }));
    }
    let (bare, is_padded) = match digits.strip_suffix('=') {
        Some(bare) => (bare.as_bytes(), true),
        None => (bytes, false),
    };
    if let Some(mac) = data_encoding::BASE64_NOPAD.decode(bare).ok().and_then(exact) {
        return Some((mac, if is_padded { Digits::Base64 } else { Digits::Base64Unpadded }));
    }
    let mac = data_encoding::BASE64URL_NOPAD.decode(bare).ok().and_then(exact)?;
    Some((mac, Digits::Base64Url))
}
