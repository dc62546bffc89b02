//! Which webhooks there were after each commit, and with which settings: what the engine has to obey.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use belfry::domain::access::Scope;
use belfry::domain::ids::{AlertId, WebhookId};
use belfry::domain::webhook::Webhook;
use belfry::domain::webhook::pause::PauseMode;
use belfry::store::{Db, Store, StoreError, audit, links, webhooks};
use futures_util::FutureExt as _;

use super::world::World;

/// More webhooks than any run makes.
const MANY: i64 = 1_000;

/// All webhooks and their links at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub webhooks: Vec<Webhook>,
    pub links: HashMap<WebhookId, Vec<AlertId>>,
    /// How many audit entries there are about each webhook that holds its events.
    pub turns: HashMap<WebhookId, usize>,
}

impl Snapshot {
    pub fn take(db: &mut Db<'_>) -> Result<Self, StoreError> {
        let webhooks = webhooks::list(db, &Scope::service(), MANY)?;
        let ids: Vec<WebhookId> = webhooks.iter().map(|webhook| webhook.id).collect();
        let mut turns = HashMap::new();
        for webhook in &webhooks {
            if webhook.paused.as_ref().is_some_and(|paused| paused.mode == PauseMode::Hold) {
                turns.insert(webhook.id, audit::of_object(db, "webhook", webhook.id.0)?.len());
            }
        }
        Ok(Self { links: links::of_webhooks(db, &ids)?, webhooks, turns })
    }
}

/// One webhook as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub version: i32,
    pub is_live: bool,
    pub is_paused: bool,
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
    /// When deleted webhooks were last seen gone, virtual milliseconds.
    pub gone_ms: BTreeMap<i64, u64>,
    /// When the commit of each audit entry was seen, virtual milliseconds.
    pub seen_ms: BTreeMap<i64, u64>,
    /// The newest audit entry that was read.
    audited: i64,
}

impl Known {
    pub fn live_ids(&self) -> Vec<WebhookId> {
        self.now.keys().copied().map(WebhookId).collect()
    }

    pub fn paused_ids(&self) -> Vec<WebhookId> {
        let paused = self.now.iter().filter(|(_, standing)| standing.is_paused);
        paused.map(|(id, _)| WebhookId(*id)).collect()
    }
}

/// Reads what the last commits changed, and says which webhooks are not what they were.
pub fn look(world: &World, store: &Store) -> Vec<i64> {
    let mut known = world.known();
    let entries = world.file.audit_after(known.audited);
    let Some(newest) = entries.last().map(|entry| entry.id) else { return Vec::new() };
    known.audited = newest;
    let ms = world.ms();
    known.seen_ms.extend(entries.iter().map(|entry| (entry.id, ms)));
    let mut changed: Vec<i64> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.object_kind == "webhook") {
        if let Some(webhook) = entry.object_id {
            world.note(format_args!("  {} {webhook}", entry.action));
            changed.push(webhook);
        }
    }
    if changed.is_empty() {
        return changed;
    }
    // By hand a read runs where it is asked for.
    let read = store.read(Snapshot::take).now_or_never().expect("a read by hand never waits");
    let snapshot = read.expect("a file that can be read");
    let mut now = BTreeMap::new();
    for webhook in snapshot.webhooks {
        let (id, is_live, version) = (webhook.id.0, webhook.is_live(), webhook.version);
        let mut standing = Standing { version, is_live, is_paused: webhook.paused.is_some(), since_ms: ms };
        if let Some(was) = known.now.get(&id) {
            let same = Standing { since_ms: was.since_ms, ..standing.clone() };
            standing = if *was == same { same } else { standing };
        }
        now.insert(id, standing);
        if !is_live {
            known.ever_off.insert(id);
        }
        known.versions.insert((id, version), Arc::new(webhook));
    }
    let gone: Vec<i64> = known.now.keys().filter(|id| !now.contains_key(id)).copied().collect();
    known.gone_ms.extend(gone.iter().map(|id| (*id, ms)));
    known.ever_off.extend(gone);
    known.now = now;
    // A webhook can be off only between two requests of one commit.
    for entry in &entries {
        if let ("webhook.disable" | "webhook.auto_disable" | "webhook.delete", Some(id)) =
            (entry.action.as_str(), entry.object_id)
        {
            known.ever_off.insert(id);
        }
    }
    changed
}
