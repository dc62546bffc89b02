//! What the matrix is made of: the scope's alerts and webhooks, their links, how often the alerts fired.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::query::MatrixQuery;
use crate::console::extract::company::number;
use crate::domain::access::Scope;
use crate::domain::ids::{AlertId, CompanyId};
use crate::domain::link_changes::Pair;
use crate::domain::link_matrix::{Cell, Fired, Show};
use crate::domain::tally::Kind;
use crate::domain::time::Timestamp;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::label::Label;
use crate::store::link_matrix::{self, AlertRow};
use crate::store::{Db, StoreError, links, tallies, webhooks};

/// Alerts that are looked at.
const ALERTS_MAX: i64 = 2_000;
/// Webhooks that are looked at.
const WEBHOOKS_MAX: i64 = 500;
/// Hours that count as lately …
const LATELY_HOURS: i64 = 7 * 24;
/// … and as ever.
pub const EVER_DAYS: i64 = 30;

/// Everything.
pub struct Matrix {
    pub alerts: Vec<AlertRow>,
    pub webhooks: Vec<Webhook>,
    /// Links that stand now.
    pub links: BTreeSet<Pair>,
    trees: HashSet<(CompanyId, CompanyId)>,
    /// How often each alert fired in the last 7 days.
    pub fired: HashMap<AlertId, i64>,
    fired_ever: HashSet<AlertId>,
    /// Up to when that is counted.
    pub counted_to: Option<Timestamp>,
}

impl Matrix {
    /// Its webhooks by name.
    pub fn labels(&self) -> Vec<Label> {
        self.webhooks.iter().map(Label::of).collect()
    }

    /// Reads it.
    pub fn read(db: &mut Db<'_>, scope: &Scope, now: Timestamp) -> Result<Self, StoreError> {
        let alerts = link_matrix::alerts(db, scope, ALERTS_MAX)?;
        let webhooks = webhooks::list(db, scope, WEBHOOKS_MAX)?;
        let ids: Vec<_> = webhooks.iter().map(|webhook| webhook.id).collect();
        let mut pairs = BTreeSet::new();
        for (webhook, linked) in links::of_webhooks(db, &ids)? {
            pairs.extend(linked.into_iter().map(|alert| (webhook, alert)));
        }
        let roots: Vec<CompanyId> = webhooks.iter().map(|webhook| webhook.company_id).collect();
        let end = now.hour() + 1;
        let mut fired = |hours: i64| {
            let counts = tallies::by_subject(db, scope, Kind::Fired, &(end - hours..end))?;
            let mut sums: HashMap<AlertId, i64> = HashMap::new();
            for (alert, _, count) in counts {
                *sums.entry(AlertId(alert)).or_default() += count;
            }
            Ok::<_, StoreError>(sums)
        };
        let (lately, ever) = (fired(LATELY_HOURS)?, fired(EVER_DAYS * 24)?);
        Ok(Self {
            trees: link_matrix::trees(db, &roots)?,
            counted_to: tallies::complete_to(db)?,
            links: pairs,
            fired: lately,
            fired_ever: ever.into_keys().collect(),
            alerts,
            webhooks,
        })
    }

    /// What is between an alert and a webhook.
    pub fn cell(&self, alert: &AlertRow, webhook: &Webhook) -> Cell {
        let settings = &webhook.settings;
        Cell::of(
            alert.alert_type,
            settings.receives,
            !settings.criteria.is_empty(),
            self.trees.contains(&(webhook.company_id, alert.company)),
            self.links.contains(&(webhook.id, alert.id)),
        )
    }

    /// Whether any webhook gets all events of the alert.
    fn is_heard(&self, alert: &AlertRow) -> bool {
        self.webhooks.iter().any(|webhook| self.cell(alert, webhook).is_heard())
    }

    /// Whether the alert fired lately, is not linked, and no webhook takes everything.
    pub fn is_unheard(&self, alert: &AlertRow) -> bool {
        self.fired.contains_key(&alert.id) && !self.is_heard(alert)
    }

    /// The alerts that the filter takes, whatever it shows of them.
    pub fn wanted<'a>(&'a self, query: &'a MatrixQuery) -> impl Iterator<Item = &'a AlertRow> {
        let text = query.text.to_lowercase();
        let id = number(&query.text).map(AlertId);
        self.alerts.iter().filter(move |alert| {
            let is_named = alert.name.to_lowercase().contains(&text) || id == Some(alert.id);
            is_named && query.alert_type.is_none_or(|kind| kind == alert.alert_type)
        })
    }

    /// Whether `show` takes an alert.
    pub fn shows(&self, show: Show, alert: &AlertRow) -> bool {
        let fired = match (self.fired.contains_key(&alert.id), self.fired_ever.contains(&alert.id)) {
            (true, _) => Fired::Lately,
            (false, true) => Fired::Before,
            (false, false) => Fired::Never,
        };
        let is_linked = self.webhooks.iter().any(|webhook| self.links.contains(&(webhook.id, alert.id)));
        show.takes(alert.alert_type, fired, self.is_heard(alert), is_linked)
    }
}
