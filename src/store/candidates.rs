//! Who may get the events of an alert. The writer remembers it, so that an event is decided without a query.
//!
//! What is remembered is exact. It is used and filled on the one connection that writes; every change that people
//! make writes an audit entry, which forgets it ([`super::audit::insert`]); a change that did not happen forgets it as
//! well; and what another process changed shows in SQLite's `data_version`. On PostgreSQL, where others write at the
//! same time, nothing is remembered and each event asks.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::prelude::*;

use super::connection::Conn;
use super::sequence::LastIds;
use super::{Db, StoreError, alerts, companies, webhooks};
use crate::domain::access::Scope;
use crate::domain::alert::Alert;
use crate::domain::ids::{AlertId, CompanyId, WebhookId};
use crate::domain::webhook::Webhook;

/// Alerts that are remembered at most.
const ALERTS_MAX: usize = 20_000;

/// An alert and who may get its events.
#[derive(Debug)]
pub struct Candidates {
    /// The alert.
    pub alert: Alert,
    /// Its company and those above it, nearest first.
    pub companies: Vec<CompanyId>,
    /// The webhooks, by id, with whether each is linked.
    pub webhooks: Vec<(Arc<Webhook>, bool)>,
}

impl Candidates {
    /// Whether a caller with this scope may speak of the alert.
    pub fn within(&self, scope: &Scope) -> bool {
        scope.root().is_none_or(|root| self.companies.contains(&root))
    }
}

/// What the writer remembers.
#[derive(Default)]
pub(in crate::store) struct Recent {
    alerts: HashMap<AlertId, Arc<Candidates>>,
    /// One copy of each webhook, however many alerts it is linked to.
    webhooks: HashMap<WebhookId, Arc<Webhook>>,
    /// SQLite's count of other connections' commits.
    data_version: i32,
    pub(in crate::store) last_ids: LastIds,
}

#[derive(QueryableByName)]
struct DataVersion {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    data_version: i32,
}

impl Recent {
    /// Forgets who the candidates are.
    pub(in crate::store) fn forget(&mut self) {
        self.alerts.clear();
        self.webhooks.clear();
    }

    /// Forgets everything if another connection has committed since the last time. Inside a transaction, so nobody
    /// commits between this and what follows.
    pub(in crate::store) fn forget_what_others_changed(&mut self, conn: &mut Conn) {
        let version = match conn {
            Conn::Sqlite(conn) => diesel::sql_query("PRAGMA data_version").get_result::<DataVersion>(conn),
            #[cfg(feature = "postgres")]
            Conn::Pg(_) => return *self = Self::default(),
        };
        match version {
            Ok(found) if found.data_version == self.data_version => {}
            Ok(found) => {
                *self = Self { data_version: found.data_version, ..Self::default() };
            }
            Err(_) => *self = Self::default(),
        }
    }
}

/// The alert `id` with the candidates for its events.
///
/// # Errors
/// [`StoreError::NotFound`] for an alert that does not exist or was deleted.
pub fn of_alert(db: &mut Db<'_>, id: AlertId) -> Result<Arc<Candidates>, StoreError> {
    if let Some(known) = db.recent.as_ref().and_then(|recent| recent.alerts.get(&id)) {
        return Ok(Arc::clone(known));
    }
    let alert = alerts::get(db, &Scope::service(), id)?;
    let companies = companies::with_ancestors(db, alert.company_id)?;
    let found = webhooks::candidates(db, id, &companies)?;
    let mut shared = Vec::with_capacity(found.len());
    for (webhook, is_linked) in found {
        let webhook = match &mut db.recent {
            Some(recent) => {
                Arc::clone(recent.webhooks.entry(webhook.id).or_insert_with(|| Arc::new(webhook)))
            }
            None => Arc::new(webhook),
        };
        shared.push((webhook, is_linked));
    }
    let candidates = Arc::new(Candidates { alert, companies, webhooks: shared });
    if let Some(recent) = &mut db.recent {
        if recent.alerts.len() >= ALERTS_MAX {
            recent.forget();
        }
        recent.alerts.insert(id, Arc::clone(&candidates));
    }
    Ok(candidates)
}
