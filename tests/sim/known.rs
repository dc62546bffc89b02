//! Which webhooks there were after each commit, and with which settings: what the engine has to obey.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use belfry::domain::access::Scope;
use belfry::domain::ids::{AlertId, WebhookId};
use belfry::domain::webhook::Webhook;
use belfry::store::{Db, Store, StoreError, links, webhooks};
use futures_util::FutureExt as _;

use super::world::World;

/// More webhooks than any run makes.
const MANY: i64 = 1_000;

/// All webhooks and their links at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub webhooks: Vec<Webhook>,
    pub links: HashMap<WebhookId, Vec<AlertId>>,
}

impl Snapshot {
    pub fn take(db: &mut Db<'_>) -> Result<Self, StoreError> {
        let webhooks = webhooks::list(db, &Scope::service(), MANY)?;
        let ids: Vec<WebhookId> = webhooks.iter().map(|webhook| webhook.id).collect();
        Ok(Self { links: links::of_webhooks(db, &ids)?, webhooks })
    }
}

/// One webhook as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub version: i32,
    pub is_live: bool,
    /// Virtual time of the commit that made it so.
    pub since_ms: u64,
}

#[derive(Default)]
pub struct Known {
    /// Every version that was in force after some commit.
    pub versions: BTreeMap<(i64, i32), Arc<Webhook>>,
    /// Those that are not deleted.
    pub now: BTreeMap<i64, Standing>,
    /// Webhooks that were switched off or deleted at some time.
    pub ever_off: BTreeSet<i64>,
    /// The newest audit entry that was read.
    audited: i64,
}

impl Known {
    pub fn live_ids(&self) -> Vec<WebhookId> {
        self.now.keys().copied().map(WebhookId).collect()
    }
}

/// Reads what the last commits changed, and says which webhooks are not what they were.
pub fn look(world: &World, store: &Store) -> Vec<i64> {
    let mut known = world.known();
    let entries = world.file.audit_after(known.audited);
    let Some(newest) = entries.last().map(|entry| entry.0) else { return Vec::new() };
    known.audited = newest;
    let mut changed: Vec<i64> = Vec::new();
    for (_, action, kind, object) in &entries {
        if kind == "webhook"
            && let Some(webhook) = object
        {
            world.note(format_args!("  {action} {webhook}"));
            changed.push(*webhook);
        }
    }
    if changed.is_empty() {
        return changed;
    }
    // By hand a read runs where it is asked for.
    let read = store.read(Snapshot::take).now_or_never().expect("a read by hand never waits");
    let (snapshot, ms) = (read.expect("a file that can be read"), world.ms());
    let mut now = BTreeMap::new();
    for webhook in snapshot.webhooks {
        let (id, is_live, version) = (webhook.id.0, webhook.is_live(), webhook.version);
        let before = known.now.get(&id).filter(|was| was.version == version && was.is_live == is_live);
        let since_ms = before.map_or(ms, |was| was.since_ms);
        now.insert(id, Standing { version, is_live, since_ms });
        if !is_live {
            known.ever_off.insert(id);
        }
        known.versions.insert((id, version), Arc::new(webhook));
    }
    let gone: Vec<i64> = known.now.keys().filter(|id| !now.contains_key(id)).copied().collect();
    known.ever_off.extend(gone);
    known.now = now;
    // A webhook can be off only between two requests of one commit.
    for (_, action, _, object) in &entries {
        if let ("webhook.disable" | "webhook.auto_disable" | "webhook.delete", Some(id)) =
            (action.as_str(), object)
        {
            known.ever_off.insert(*id);
        }
    }
    changed
}
