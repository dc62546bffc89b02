//! API keys that were looked up lately, so that a request does not have to ask the database whose it is.
//!
//! What is known is good for one [revision](crate::store::Store::revision) of the database: a key that is taken back
//! writes an audit entry, which ends the revision with its commit; another process's entry is noticed within half a
//! second.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use crate::domain::api_key::ApiKey;
use crate::domain::ids::ApiKeyId;
use crate::store::{Store, StoreError, api_keys};

/// Keys that are remembered at most.
const KEYS_MAX: usize = 10_000;

/// How a key is found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Handle {
    /// By its number, which a token names.
    Id(ApiKeyId),
    /// By its SHA-256.
    Hash([u8; 32]),
}

/// The keys that are known.
#[derive(Debug, Default)]
pub struct KnownKeys(RwLock<HashMap<Handle, (i64, ApiKey)>>);

impl KnownKeys {
    /// The key with this handle, valid or not.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], and those of a read.
    pub async fn get(&self, store: &Store, handle: Handle) -> Result<ApiKey, StoreError> {
        // Asked before the database, so that a change meanwhile makes the answer old and not wrong.
        let revision = store.revision();
        if let Some((at, key)) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&handle)
            && *at == revision
        {
            return Ok(key.clone());
        }
        let asked = handle.clone();
        let key = store
            .read(move |db| match asked {
                Handle::Id(id) => api_keys::get(db, id),
                Handle::Hash(hash) => api_keys::by_hash(db, &hash)?.ok_or(StoreError::NotFound),
            })
            .await?;
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEYS_MAX {
            known.clear();
        }
        known.insert(handle, (revision, key.clone()));
        Ok(key)
    }
}
