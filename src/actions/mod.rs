//! One verb, one function: may the caller, is it valid, write with its audit entry, wake the engine.
//!
//! The console and the four doors call the same actions, so no rule stands twice. An action knows nothing of
//! HTTP, pages or SQL. Reads need no action: they call the store's functions with the caller's scope.

pub mod alert_records;
pub mod alerts;
pub mod api_keys;
pub mod companies;
pub mod deliveries;
pub mod events;
pub mod replays;
pub mod reveals;
pub mod saved_views;
pub mod sessions;
pub mod users;
pub mod webhooks;

use std::sync::Arc;

use crate::delivery::Engine;
use crate::domain::access::{Caller, Refused};
use crate::domain::audit::{Changes, Entry};
use crate::domain::clock::SharedClock;
use crate::domain::ids::CompanyId;
use crate::domain::problem::Problems;
use crate::domain::random::SharedRandom;
use crate::domain::time::Timestamp;
use crate::domain::webhook::endpoint_url::EndpointPolicy;
use crate::store::{Db, Store, StoreError};

/// What the whole process shares.
#[derive(Clone)]
pub struct Services {
    /// The database.
    pub store: Store,
    /// Now.
    pub clock: SharedClock,
    /// Chance.
    pub random: SharedRandom,
    /// Which destinations may be saved.
    pub endpoint_policy: Arc<EndpointPolicy>,
    /// The delivery engine.
    pub engine: Engine,
}

/// An action's surroundings: what the process shares, and who asks.
#[derive(Clone)]
pub struct Context {
    /// What the process shares.
    pub services: Services,
    /// Who asks.
    pub caller: Caller,
}

impl Context {
    /// Now.
    pub fn now(&self) -> Timestamp {
        self.services.clock.now()
    }

    /// Runs `change` as one transaction, with this context and the time at which it was asked for.
    async fn write<T, F>(&self, change: F) -> Outcome<T>
    where
        F: FnOnce(&mut Db<'_>, &Self, Timestamp) -> Outcome<T> + Send + 'static,
        T: Send + 'static,
    {
        let (ctx, now) = (self.clone(), self.now());
        self.services.store.write(move |db| change(db, &ctx, now)).await
    }

    /// An audit entry by this caller.
    fn entry(
        &self,
        company_id: Option<CompanyId>,
        action: &'static str,
        object: (&'static str, i64, &str),
        changes: Changes,
    ) -> Entry {
        let (object_kind, object_id, object_name) = object;
        Entry {
            company_id,
            at: self.now(),
            actor: self.caller.actor.clone(),
            action,
            object_kind,
            object_id: Some(object_id),
            object_name: object_name.to_owned(),
            changes,
        }
    }
}

/// Why an action did nothing. Doors and pages turn it into a status and words.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// The caller lacks a permission.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// A vehicle outside the key's list.
    #[error("this key may not act for vehicle {0}")]
    VehicleRefused(i64),
    /// A key that is limited to vehicles, where all of them are meant.
    #[error("this key may not act for all vehicles")]
    LimitedToVehicles,
    /// The input breaks rules.
    #[error("the input is not valid")]
    Invalid(Problems),
    /// There is no such thing.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// There is one, but it is another company's. Only where a contract tells 403 from 404; everywhere else
    /// it is treated as [`ActionError::NotFound`].
    #[error("this {0} belongs to another company")]
    Foreign(&'static str),
    /// Somebody else was faster, or the state does not allow it.
    #[error("{0}")]
    Conflict(String),
    /// The same idempotency key came with another request before.
    #[error("this Idempotency-Key was used for another request")]
    KeyReused,
    /// The database cannot take it now; nothing was changed.
    #[error("the database is not available")]
    Unavailable(#[source] StoreError),
    /// A bug or a damaged file.
    #[error("internal error")]
    Internal(#[source] StoreError),
}

impl From<StoreError> for ActionError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound("object"),
            StoreError::Conflict => Self::Conflict("It was changed by somebody else meanwhile.".to_owned()),
            StoreError::Unavailable(_) => Self::Unavailable(error),
            StoreError::Broken(_) => Self::Internal(error),
        }
    }
}

impl From<Problems> for ActionError {
    fn from(problems: Problems) -> Self {
        Self::Invalid(problems)
    }
}

/// What an action returns.
pub type Outcome<T> = Result<T, ActionError>;
