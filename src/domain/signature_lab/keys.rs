//! What a secret may be taken for.

use super::KeyFault;
use crate::domain::secret::Secret;
use crate::domain::webhook::format::Format;
use crate::domain::webhook::signing::standard_webhooks_key;

const WHSEC: &str = "whsec_";

/// The key that `secret` stands for.
pub(super) fn right(format: Format, secret: &Secret) -> Vec<u8> {
    match format {
        Format::Aggregate => standard_webhooks_key(secret),
        Format::Telemax | Format::Zstack | Format::Softwareone => secret.reveal().as_bytes().to_vec(),
    }
}

/// The keys that it is mistaken for, with the mistake.
pub(super) fn others(format: Format, secret: &Secret) -> Vec<(KeyFault, Vec<u8>)> {
    let text = secret.reveal();
    let trimmed = text.trim();
    let of = |text: &str| right(format, &Secret::new(text));
    let mut keys = Vec::new();
    if trimmed != text {
        keys.push((KeyFault::Space, of(trimmed)));
    }
    keys.push((KeyFault::LineBreak, of(&format!("{trimmed}\n"))));
    let bare = trimmed.strip_prefix(WHSEC);
    if format == Format::Aggregate {
        keys.push((KeyFault::NotDecoded, trimmed.as_bytes().to_vec()));
        keys.extend(bare.map(|bare| (KeyFault::NotDecoded, bare.as_bytes().to_vec())));
    } else {
        keys.extend(bare.map(|bare| (KeyFault::PrefixCut, bare.as_bytes().to_vec())));
        if bare.is_none() {
            keys.push((KeyFault::PrefixMissing, format!("{WHSEC}{trimmed}").into_bytes()));
        }
    }
    let encoded = bare.unwrap_or(trimmed).trim_end_matches('=');
    for encoding in [data_encoding::BASE64_NOPAD, data_encoding::BASE64URL_NOPAD] {
        keys.extend(encoding.decode(encoded.as_bytes()).ok().map(|key| (KeyFault::Base64Decoded, key)));
    }
    let hex = data_encoding::HEXLOWER_PERMISSIVE.decode(trimmed.as_bytes());
    keys.extend(hex.ok().map(|key| (KeyFault::HexDecoded, key)));
    for other in [trimmed.to_ascii_lowercase(), trimmed.to_ascii_uppercase()] {
        keys.push((KeyFault::LetterCase, of(&other)));
    }
    let right = right(format, secret);
    keys.retain(|(_, key)| *key != right);
    keys
}
