//! Argon2id, away from the async threads and two at a time: a flood of sign-ins must not take the machine.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::domain::random::SharedRandom;
use crate::domain::secret::Secret;
use crate::store::StoreError;

/// Hashes computed at the same time.
static PERMITS: Semaphore = Semaphore::const_new(2);

/// Memory in KiB, passes and lanes: the second choice of OWASP's list, 19 MiB a hash.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1_024, 2, 1, None).expect("constants within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Verified against when there is no such person, so that the answer takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$YmVsZnJ5LW5vYm9keS0wMQ$pV1kjtBOyVoAEVKLTA8qkKdQCNFXdRhoTDzyZ2ESwps";

/// The hash to store for a new password.
///
/// # Errors
/// [`StoreError::Unavailable`] when the work could not be done.
pub async fn hash(password: Secret, random: &SharedRandom) -> Result<String, StoreError> {
    let mut salt = [0; 16];
    random.fill(&mut salt);
    run(move || {
        argon2()
            .hash_password_with_salt(password.reveal().as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(|error| StoreError::Unavailable(error.to_string()))
    })
    .await?
}

/// Whether `password` belongs to `hash`; without a hash it belongs to nobody, after the same work.
///
/// # Errors
/// [`StoreError::Unavailable`] when the work could not be done.
pub async fn verify(password: Secret, hash: Option<String>) -> Result<bool, StoreError> {
    run(move || {
        let stored = hash.as_deref().unwrap_or(NOBODY);
        let parsed = PasswordHash::new(stored).ok();
        let matches = parsed
            .is_some_and(|parsed| argon2().verify_password(password.reveal().as_bytes(), &parsed).is_ok());
        matches && hash.is_some()
    })
    .await
}

async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    let _permit = PERMITS.acquire().await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|error| StoreError::Unavailable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::random::SeededRandom;

    #[tokio::test]
    async fn a_password_fits_its_hash_and_no_other() {
        let random: SharedRandom = Arc::new(SeededRandom::new(1));
        let stored = hash(Secret::new("correct horse"), &random).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verify(Secret::new("correct horse"), Some(stored.clone())).await.unwrap());
        assert!(!verify(Secret::new("correct hors"), Some(stored)).await.unwrap());
        assert!(!verify(Secret::new("x"), Some("not a hash".to_owned())).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_no_password_but_costs_as_much() {
        assert!(!verify(Secret::new(""), None).await.unwrap());
        let parsed = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(Params::try_from(&parsed).unwrap().m_cost(), argon2().params().m_cost());
    }
}
