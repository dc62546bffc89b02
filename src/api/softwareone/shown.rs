//! Webhooks as this door shows them, with what is known of them elsewhere: counters, calls, company, audit.

use std::collections::HashMap;

use super::wire;
use crate::domain::access::{Caller, Permission};
use crate::domain::audit::line::Author;
use crate::domain::company::Company;
use crate::domain::history::Attempt;
use crate::domain::ids::{AttemptId, CompanyId, WebhookId};
use crate::domain::payload_mask;
use crate::domain::rql::Selection;
use crate::domain::stats::Counters;
use crate::domain::time::Timestamp;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::criteria::Criteria;
use crate::domain::webhook::number;
use crate::store::audit;
use crate::store::stats::{self, WebhookStats};
use crate::store::{Db, StoreError, attempts, companies};

/// What stands for a stored secret.
const MASK: &str = "*******************";
/// Keys of criteria that name one thing, in the order in which they are looked for.
const OBJECT_KEYS: [&str; 9] = [
    "product.id",
    "agreement.id",
    "order.id",
    "subscription.id",
    "listing.id",
    "program.id",
    "licensee.id",
    "buyer.id",
    "seller.id",
];
/// Audit entries that changed a webhook's settings.
const CHANGES: [&str; 5] =
    ["webhook.create", "webhook.update", "webhook.enable", "webhook.disable", "webhook.rotate_secret"];

/// `webhooks` with what the selection asks for; what it leaves out is not looked up. The caller's scope includes
/// them.
pub fn load(
    db: &mut Db<'_>,
    caller: &Caller,
    webhooks: &[Webhook],
    selection: &Selection,
) -> Result<Vec<wire::Webhook>, StoreError> {
    let ids: Vec<WebhookId> = webhooks.iter().map(|webhook| webhook.id).collect();
    let numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let known = stats::of_webhooks(db, &ids)?;
    let calls: Vec<AttemptId> = known.values().flat_map(|stats| asked_for(stats, selection)).collect();
    let mut company_ids: Vec<CompanyId> = webhooks.iter().map(|webhook| webhook.company_id).collect();
    company_ids.dedup();
    let authors = |db: &mut Db<'_>, actions: &[&str]| {
        if !selection.has("audit") {
            return Ok(HashMap::new());
        }
        audit::last_authors(db, "webhook", &numbers, actions)
    };
    let around = Around {
        created_by: authors(db, &CHANGES[..1])?,
        updated_by: authors(db, &CHANGES)?,
        companies: companies::of_ids(db, &caller.scope(), &company_ids)?,
        calls: seen(caller, attempts::of_ids(db, &calls)?),
        stats: known,
        omitted: selection.omitted(),
    };
    Ok(webhooks.iter().map(|webhook| around.shown(webhook)).collect())
}

/// Calls as the caller sees them: a receiver may answer with the values that it was sent.
fn seen(caller: &Caller, mut calls: HashMap<AttemptId, Attempt>) -> HashMap<AttemptId, Attempt> {
    if !caller.holds(Permission::SeePayloads) {
        for call in calls.values_mut() {
            *call = payload_mask::attempt(call, None);
        }
    }
    calls
}

/// The attempts that are shown in full.
fn asked_for(stats: &WebhookStats, selection: &Selection) -> Vec<AttemptId> {
    let calls = [
        ("lastSuccess", stats.last_success),
        ("lastFailure", stats.last_failure),
        ("lastCall", stats.last_call),
    ];
    let mut ids: Vec<AttemptId> =
        calls.into_iter().filter(|(name, _)| selection.has(name)).filter_map(|(_, id)| id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

struct Around {
    created_by: HashMap<i64, Author>,
    updated_by: HashMap<i64, Author>,
    companies: HashMap<CompanyId, Company>,
    calls: HashMap<AttemptId, Attempt>,
    stats: HashMap<WebhookId, WebhookStats>,
    omitted: Vec<&'static str>,
}

impl Around {
    fn shown(&self, webhook: &Webhook) -> wire::Webhook {
        let settings = &webhook.settings;
        let stats = self.stats.get(&webhook.id).cloned().unwrap_or_default();
        let Counters { total, successes, failures, failures_since_success, .. } = stats.counters;
        let times = &stats.counters;
        wire::Webhook {
            id: webhook.id.softwareone(),
            meta: (!self.omitted.is_empty()).then(|| wire::Meta { omitted: self.omitted.clone() }),
            audit: Some(self.audit(webhook)),
            url: settings.endpoint.as_str().to_owned(),
            description: settings.description.clone(),
            status: if webhook.is_live() { "Enabled" } else { "Disabled" },
            kind: settings.call_type.name(),
            secret: webhook.secret.is_some().then(|| MASK.to_owned()),
            statistics: wire::Statistics {
                total,
                successes,
                failures,
                failures_since_last_success: failures_since_success,
            },
            object_type: settings.call_type.object_type(),
            account: self.companies.get(&webhook.company_id).map(account),
            object: object(&settings.criteria),
            criteria: settings.criteria.iter().map(criterion).collect(),
            last_success: self.call(stats.last_success, times.last_success_at, true),
            last_failure: self.call(stats.last_failure, times.last_failure_at, false),
            last_call: self.call(
                stats.last_call,
                times.last_call_at,
                stats.last_call.is_some() && stats.last_call == stats.last_success,
            ),
        }
    }

    fn call(&self, id: Option<AttemptId>, at: Option<Timestamp>, success: bool) -> Option<wire::WebhookCall> {
        match self.calls.get(&id?) {
            Some(attempt) => Some(wire::WebhookCall::of(attempt)),
            None => at.map(|at| wire::WebhookCall::forgotten(success, at)),
        }
    }

    fn audit(&self, webhook: &Webhook) -> wire::Audit {
        let event = |at: Timestamp, name: &str, authors: &HashMap<i64, Author>| wire::AuditEvent {
            at: at.rfc3339_millis(),
            by: by(name, authors.get(&webhook.id.0)),
        };
        wire::Audit {
            created: event(webhook.created_at, &webhook.created_by, &self.created_by),
            updated: event(webhook.updated_at, &webhook.updated_by, &self.updated_by),
        }
    }
}

/// The webhook remembers a name, the audit trail whose it is.
fn by(name: &str, author: Option<&Author>) -> wire::Reference {
    let author = author.filter(|author| author.name == name);
    let id = author.and_then(|author| {
        let prefix = match author.kind.as_str() {
            "user" => "USR",
            "api_key" => "TKN",
            _ => return None,
        };
        Some(number::dashed(prefix, author.id?))
    });
    wire::Reference { id, name: name.to_owned(), icon: None }
}

fn account(company: &Company) -> wire::Account {
    wire::Account {
        id: number::dashed("ACC", company.id.0),
        icon: None,
        kind: "Client",
        status: "Active",
        name: company.name.clone(),
    }
}

fn criterion((key, value): (&str, &str)) -> wire::Criterion {
    wire::Criterion { key: key.to_owned(), value: value.to_owned() }
}

fn object(criteria: &Criteria) -> Option<wire::Reference> {
    let id = OBJECT_KEYS.into_iter().find_map(|key| criteria.get(key))?;
    Some(wire::Reference { id: Some(id.to_owned()), name: id.to_owned(), icon: None })
}
