//! Keeps a webhook's secrets out of its history: what we sent, and what the receiver echoed back.

use data_encoding::{BASE64, BASE64URL_NOPAD};

use crate::domain::webhook::Webhook;
use crate::domain::webhook::auth::Auth;

/// Shorter values are not looked for in answers: they would be found in everything.
const ECHO_BYTES_MIN: usize = 4;
const MASK: &str = "••••";

/// The spellings of a webhook's secrets, longest first.
pub(super) struct Mask {
    spellings: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Mask {
    /// The mask for what `webhook` knows.
    pub(super) fn of(webhook: &Webhook) -> Self {
        let auth = &webhook.settings.auth;
        let old = webhook.old_secret.as_ref().map(|old| &old.secret);
        let secrets = auth.secret().into_iter().chain(webhook.secret.as_ref()).chain(old);
        let mut spellings = Vec::new();
        for secret in secrets {
            let shown = format!("{MASK}{}", secret.last_four().unwrap_or_default()).into_bytes();
            add(&mut spellings, secret.reveal(), &shown);
        }
        if let Auth::Basic { user_name, password } = auth {
            let pair = format!("{user_name}:{}", password.reveal());
            spellings.push((BASE64.encode(pair.as_bytes()).into_bytes(), MASK.as_bytes().to_vec()));
        }
        for (_, value) in
            url::form_urlencoded::parse(webhook.settings.endpoint.query().unwrap_or("").as_bytes())
        {
            add(&mut spellings, &value, MASK.as_bytes());
        }
        spellings.retain(|(spelling, _)| spelling.len() >= ECHO_BYTES_MIN);
        spellings.sort_by_key(|(spelling, _)| std::cmp::Reverse(spelling.len()));
        Self { spellings }
    }

    /// `text` without secrets, and without NUL, which a PostgreSQL text cannot hold.
    pub(super) fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes().to_vec())).replace('\0', "\u{fffd}")
    }

    /// `bytes` without secrets.
    pub(super) fn bytes(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        for (spelling, shown) in &self.spellings {
            bytes = replace(bytes, spelling, shown);
        }
        bytes
    }

    /// A header as it was sent, the credential cut down to what tells two credentials apart.
    pub(super) fn request_header(&self, (name, value): &(String, String)) -> (String, String) {
        let shown = match name.to_ascii_lowercase().as_str() {
            "authorization" => match value.split_once(' ') {
                Some(("Basic", _)) => format!("Basic {MASK}"),
                Some(("Bearer", token)) => format!("Bearer {}", shortened(token)),
                _ => shortened(value),
            },
            "x-api-key" => shortened(value),
            _ => self.text(value),
        };
        (name.clone(), shown)
    }
}

fn shortened(token: &str) -> String {
    let secret = crate::domain::secret::Secret::new(token);
    format!("{MASK}{}", secret.last_four().unwrap_or_default())
}

fn add(spellings: &mut Vec<(Vec<u8>, Vec<u8>)>, plain: &str, shown: &[u8]) {
    let percent: String = url::form_urlencoded::byte_serialize(plain.as_bytes()).collect();
    let forms = [
        plain.to_owned(),
        BASE64.encode(plain.as_bytes()),
        BASE64URL_NOPAD.encode(plain.as_bytes()),
        percent,
    ];
    for form in forms {
        if !spellings.iter().any(|(known, _)| known == form.as_bytes()) {
            spellings.push((form.into_bytes(), shown.to_vec()));
        }
    }
}

fn replace(bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    if !bytes.windows(from.len()).any(|window| window == from) {
        return bytes;
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.as_slice();
    while let Some(at) = rest.windows(from.len()).position(|window| window == from) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    out.extend_from_slice(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(plain: &str) -> Mask {
        let mut spellings = Vec::new();
        add(&mut spellings, plain, "••••".as_bytes());
        spellings.sort_by_key(|(spelling, _)| std::cmp::Reverse(spelling.len()));
        Mask { spellings }
    }

    #[test]
    fn every_spelling_of_an_echoed_secret_is_masked() {
        let mask = mask("s3cr&t token");
        for echo in [
            "you sent s3cr&t token!",
            "czNjciZ0IHRva2Vu",
            "token=s3cr%26t+token",
            "twice s3cr&t tokens3cr&t token",
        ] {
            let shown = mask.text(echo);
            assert!(shown.contains("••••"), "{shown}");
            assert!(!shown.contains("s3cr") && !shown.contains("czNj"), "{shown}");
        }
        assert_eq!(mask.text("nothing here"), "nothing here");
    }

    #[test]
    fn credentials_in_headers_keep_their_scheme_and_four_characters() {
        let mask = mask("unused");
        let shown = |name: &str, value: &str| mask.request_header(&(name.to_owned(), value.to_owned())).1;
        assert_eq!(shown("Authorization", "Bearer abcdefgh3f9a"), "Bearer ••••3f9a");
        assert_eq!(shown("Authorization", "Basic dXNlcjpwYXNz"), "Basic ••••");
        assert_eq!(shown("authorization", "ApiKey abcdefgh"), "••••efgh");
        assert_eq!(shown("X-Api-Key", "short"), "••••");
        assert_eq!(shown("X-Telemax-Delivery", "0c9e"), "0c9e");
    }
}
