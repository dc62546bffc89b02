//! Secrets at rest: XChaCha20-Poly1305 under a key that is derived from the master key.
//!
//! A sealed value is `key id (1 byte) ‖ nonce (24 bytes) ‖ ciphertext and tag`. The row that it belongs to
//! is bound in as associated data, so a ciphertext moved to another row, column or company does not open.
//! The vault sits in the store, at the border of row and domain, so that no row can be written unsealed.

use std::sync::Arc;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::domain::random::SharedRandom;

const KEY_ID: u8 = 1;
const NONCE_BYTES: usize = 24;

/// 32 random bytes that every other key of the service is derived from. Never in the database.
#[derive(Clone, zeroize::ZeroizeOnDrop)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// Takes the bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Parses 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// The hexadecimal form that is written to the key file.
    pub fn to_hex(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.0)
    }

    /// A key for one purpose; keys of different purposes say nothing about each other.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(b"belfry/1/");
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(***)")
    }
}

/// Where a sealed value stands. Part of what is authenticated.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Table and column, `webhooks.sealed`.
    pub column: &'static str,
    /// The row.
    pub row: i64,
    /// The company that owns the row.
    pub company: i64,
}

impl Place {
    fn associated_data(self) -> Vec<u8> {
        format!("{}/{}/{}", self.column, self.row, self.company).into_bytes()
    }
}

/// The value was made with another key, for another place, or has been altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored secret cannot be decrypted")]
pub struct Unreadable;

/// Seals and opens. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    cipher: Arc<XChaCha20Poly1305>,
    random: SharedRandom,
}

impl Vault {
    /// The vault of `master`.
    pub fn new(master: &MasterKey, random: SharedRandom) -> Self {
        let cipher = XChaCha20Poly1305::new(&master.derive("vault").into());
        Self { cipher: Arc::new(cipher), random }
    }

    /// Encrypts `plain` for `place`.
    pub fn seal(&self, place: Place, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        self.random.fill(&mut nonce);
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &place.associated_data() })
            .expect("a secret is far below the cipher's 256 GiB");
        let mut out = Vec::with_capacity(1 + NONCE_BYTES + sealed.len());
        out.push(KEY_ID);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        out
    }

    /// Decrypts what was sealed for `place`.
    ///
    /// # Errors
    /// [`Unreadable`], whatever the reason: which one it was would help an attacker only.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Vec<u8>, Unreadable> {
        let (&key_id, rest) = sealed.split_first().ok_or(Unreadable)?;
        if key_id != KEY_ID || rest.len() < NONCE_BYTES {
            return Err(Unreadable);
        }
        let (nonce, ciphertext) = rest.split_at(NONCE_BYTES);
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| Unreadable)?;
        self.cipher
            .decrypt(&XNonce::from(nonce), Payload { msg: ciphertext, aad: &place.associated_data() })
            .map_err(|_| Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::random::SeededRandom;

    fn vault(key: u8) -> Vault {
        Vault::new(&MasterKey::new([key; 32]), Arc::new(SeededRandom::new(1)))
    }

    const PLACE: Place = Place { column: "webhooks.sealed", row: 7, company: 1 };

    #[test]
    fn opens_what_it_sealed_and_nothing_else() {
        let sealed = vault(1).seal(PLACE, b"hunter2");
        assert_eq!(vault(1).open(PLACE, &sealed).unwrap(), b"hunter2");
        assert_eq!(vault(2).open(PLACE, &sealed), Err(Unreadable), "another master key");
        for other in [
            Place { row: 8, ..PLACE },
            Place { company: 2, ..PLACE },
            Place { column: "users.totp", ..PLACE },
        ] {
            assert_eq!(vault(1).open(other, &sealed), Err(Unreadable), "{other:?}");
        }
        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert_eq!(vault(1).open(PLACE, &bent), Err(Unreadable), "byte {at}");
        }
    }

    #[test]
    fn two_seals_of_one_secret_differ() {
        let vault = vault(1);
        assert_ne!(vault.seal(PLACE, b"a"), vault.seal(PLACE, b"a"));
    }

    #[test]
    fn master_keys_do_not_print() {
        assert_eq!(format!("{:?}", MasterKey::new([9; 32])), "MasterKey(***)");
    }
}
