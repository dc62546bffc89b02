//! Whose a credential is: an API key itself, or a token that was issued for one or for a person. Every door
//! takes all of them (contract 00.6).

use sha2::{Digest, Sha256};

use super::access_token::{Subject, Tokens, Verified};
use super::known_keys::{Handle, KnownKeys};
use crate::domain::access::Caller;
use crate::domain::api_key::{self, ApiKey};
use crate::domain::time::Timestamp;
use crate::domain::user::User;
use crate::store::{Store, StoreError, companies, users};

/// The caller whose credential this is, as the database knows them now. `None`: unknown, revoked, disabled or
/// run out; which of them is not told.
///
/// # Errors
/// Those of the store.
pub async fn authenticate(
    store: &Store,
    known: &KnownKeys,
    tokens: &Tokens,
    credential: &str,
    now: Timestamp,
) -> Result<Option<Caller>, StoreError> {
    if credential.starts_with(api_key::PREFIX) {
        return Ok(valid_key(store, known, credential, now).await?.map(|key| key.caller()));
    }
    match tokens.verify(credential, now) {
        Some(verified) => holder(store, known, verified, now).await,
        None => Ok(None),
    }
}

/// A new token for the holder of an API key; `None` as for [`authenticate`].
///
/// # Errors
/// Those of the store.
pub async fn exchange(
    store: &Store,
    known: &KnownKeys,
    tokens: &Tokens,
    key: &str,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    let Some(key) = valid_key(store, known, key, now).await? else {
        return Ok(None);
    };
    let (scope, company) = (key.caller().scope(), key.company_id);
    let company = store.read(move |db| companies::get(db, &scope, company)).await?;
    Ok(Some(tokens.for_api_key(&key, &company.timezone, now)))
}

/// A new token for a person who has just shown who they are.
///
/// # Errors
/// Those of the store.
pub async fn token_for(
    store: &Store,
    tokens: &Tokens,
    user: &User,
    now: Timestamp,
) -> Result<String, StoreError> {
    let time_zone = match user.company_id {
        Some(company) => {
            let scope = user.caller().scope();
            store.read(move |db| companies::get(db, &scope, company)).await?.timezone
        }
        None => "UTC".to_owned(),
    };
    Ok(tokens.for_user(user, &time_zone, now))
}

/// Keys are found by their hash, so nothing about a wrong one can be learnt from how long it takes.
async fn valid_key(
    store: &Store,
    known: &KnownKeys,
    key: &str,
    now: Timestamp,
) -> Result<Option<ApiKey>, StoreError> {
    if !api_key::looks_like_one(key) {
        return Ok(None);
    }
    let hash = Sha256::digest(key.as_bytes()).into();
    let found = if_found(known.get(store, Handle::Hash(hash)).await)?;
    Ok(found.filter(|key| key.is_valid(now)))
}

/// The token's subject, if it still is who it was.
async fn holder(
    store: &Store,
    known: &KnownKeys,
    token: Verified,
    now: Timestamp,
) -> Result<Option<Caller>, StoreError> {
    match token.subject {
        Subject::ApiKey(id) => {
            let key = if_found(known.get(store, Handle::Id(id)).await)?;
            let valid = key.filter(|key| key.is_valid(now) && token.company == Some(key.company_id));
            Ok(valid.map(|key| key.caller()))
        }
        Subject::User(id) => {
            let user = if_found(store.read(move |db| users::get(db, id)).await)?;
            let valid = user.filter(|user| user.disabled_at.is_none() && token.company == user.company_id);
            Ok(valid.map(|user| user.caller()))
        }
    }
}

fn if_found<T>(found: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}
