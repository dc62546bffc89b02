//! Who changed what about a webhook: the audit trail about it, with the versions that the changes made.

use std::collections::HashMap;

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use url::form_urlencoded;

use super::{head, named};
use crate::console::extract::CompanyPage;
use crate::console::extract::company::number;
use crate::console::failure::PageError;
use crate::console::parts::list::Pager;
use crate::console::shell::Nav;
use crate::console::webhooks::head::Tab;
use crate::console::webhooks::history::{Change, HistoryPage, Row, Said, VersionLink};
use crate::domain::alert::Alert;
use crate::domain::audit::line::{self, Line};
use crate::domain::audit::{VERSION, words};
use crate::domain::ids::AlertId;
use crate::domain::page::{Cursor, KeysetPage};
use crate::domain::time::Timestamp;
use crate::domain::webhook::Webhook;
use crate::store::{StoreError, alerts, audit};
use crate::web::page as answer;
use crate::web::time_text::Times;

/// Rows of a page.
const PAGE_SIZE: i64 = 30;
/// Alerts whose names are looked up for one page at most.
const NAMES_MAX: usize = 500;

/// `GET …/webhooks/{id}/history`
pub async fn show(
    page: CompanyPage,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, PageError> {
    let webhook = named(&page, &path.1).await?;
    let cursor = cursor(request.query_string());
    let (id, scope) = (webhook.id, page.user().caller.scope_of(webhook.company_id));
    let found: Result<(KeysetPage<Line>, Vec<Alert>), StoreError> = page
        .store()
        .read(move |db| {
            // Tests change nothing, and there may be many of them.
            let found = audit::page_of_object(db, ("webhook", id.0), "webhook.test", cursor, PAGE_SIZE)?;
            let mut ids: Vec<AlertId> = found.items.iter().flat_map(alerts_of).collect();
            ids.sort_unstable();
            ids.dedup();
            ids.truncate(NAMES_MAX);
            Ok((found, alerts::find(db, &scope, &ids)?))
        })
        .await;
    let (found, alerts) = found?;
    let names: HashMap<AlertId, &str> = alerts.iter().map(|alert| (alert.id, alert.name.as_str())).collect();
    let shown = HistoryPage {
        head: head::read(&page, &webhook, Tab::History).await?,
        rows: found.items.iter().map(|line| row(&page, &webhook, line, &names)).collect(),
        pager: pager(&page, &webhook, cursor, &found),
        shell: page.shell(format!("History of {}", webhook.settings.name), Nav::Webhooks),
    };
    Ok(answer::ok(&shown))
}

/// `?after=…` or `?before=…`
fn cursor(query: &str) -> Cursor {
    let mut cursor = Cursor::Newest;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "before" => cursor = number(&value).map_or(cursor, Cursor::Before),
            "after" => cursor = number(&value).map_or(cursor, Cursor::After),
            _ => {}
        }
    }
    cursor
}

fn row(page: &CompanyPage, webhook: &Webhook, line: &Line, names: &HashMap<AlertId, &str>) -> Row {
    let made = line.changes.iter().find(|change| change.field == VERSION);
    let version = made.and_then(|change| change.values.as_ref()?.after.parse().ok());
    Row {
        id: line.id,
        at: page.short(line.at),
        who: line.author.name.clone(),
        who_kind: match line.author.kind.as_str() {
            "user" => "",
            "api_key" => "API key",
            _ => "Belfry",
        },
        verb: words::verb(&line.action).to_owned(),
        changes: line.changes.iter().flat_map(|change| said(change, names, page.times())).collect(),
        version: version.map(|version| VersionLink {
            version,
            url: page.urls().webhook(webhook.id.0).version(version),
            is_present: version == webhook.version,
        }),
    }
}

/// A change in words. A webhook's first settings are its first version, which has a page; the version has a link.
fn said(change: &line::Change, names: &HashMap<AlertId, &str>, times: &Times) -> Vec<Change> {
    let label = words::label(&change.field).to_owned();
    let Some(values) = &change.values else {
        return vec![Change { label, said: Said::Changed }];
    };
    match change.field.as_str() {
        VERSION | "settings" => Vec::new(),
        "oldSecretUntil" => {
            let until = Timestamp::parse(&values.after).map(|until| times.sentence(until));
            vec![Change { label, said: Said::Is(until.unwrap_or_else(|| values.after.clone())) }]
        }
        "restored" => vec![Change { label, said: Said::Is(values.after.clone()) }],
        "linked" | "alertIds" => {
            let (added, removed) = linked(values);
            let name = |id: &AlertId| match names.get(id) {
                Some(name) => format!("{name} ({id})"),
                None => id.to_string(),
            };
            let list = |ids: &[AlertId], verb: &str| {
                let names: Vec<String> = ids.iter().map(name).collect();
                let text =
                    format!("{} {} {verb}", names.join(", "), if ids.len() == 1 { "was" } else { "were" });
                (!ids.is_empty()).then(|| Change { label: label.clone(), said: Said::Is(text) })
            };
            match (list(&added, "linked"), list(&removed, "unlinked")) {
                (None, None) => vec![Change { said: Said::Is("linked in another order".to_owned()), label }],
                (added, removed) => added.into_iter().chain(removed).collect(),
            }
        }
        _ => vec![Change { label, said: Said::Became(values.before.clone(), values.after.clone()) }],
    }
}

/// Alerts that were linked and unlinked. A list that is too long to be kept whole lacks its last ones.
fn linked(values: &line::Values) -> (Vec<AlertId>, Vec<AlertId>) {
    let ids = |text: &str| -> Vec<AlertId> {
        text.split(", ").filter_map(|id| id.parse().ok().map(AlertId)).collect()
    };
    let (before, after) = (ids(&values.before), ids(&values.after));
    let only = |these: &[AlertId], those: &[AlertId]| {
        these.iter().copied().filter(|id| !those.contains(id)).collect()
    };
    (only(&after, &before), only(&before, &after))
}

fn alerts_of(line: &Line) -> Vec<AlertId> {
    let is_list = |change: &&line::Change| matches!(change.field.as_str(), "linked" | "alertIds");
    let values = line.changes.iter().filter(is_list).filter_map(|change| change.values.as_ref());
    values
        .flat_map(|values| {
            let (added, removed) = linked(values);
            added.into_iter().chain(removed)
        })
        .collect()
}

fn pager(page: &CompanyPage, webhook: &Webhook, cursor: Cursor, found: &KeysetPage<Line>) -> Pager {
    let base = page.urls().webhook(webhook.id.0).history();
    let is_newest = cursor == Cursor::Newest;
    let count = found.items.len();
    Pager {
        words: Pager::BY_TIME,
        range: if is_newest && !found.has_older {
            format!("{count} in all")
        } else {
            format!("{count} changes")
        },
        newest: (!is_newest).then(|| base.clone()),
        newer: found
            .items
            .first()
            .filter(|_| found.has_newer)
            .map(|line| format!("{base}?after={}", line.id)),
        older: found
            .items
            .last()
            .filter(|_| found.has_older)
            .map(|line| format!("{base}?before={}", line.id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::Changes;

    fn words(changes: &Changes) -> Vec<String> {
        let names = HashMap::from([(AlertId(3), "Depot exit")]);
        let times = Times::new("Europe/Berlin", Timestamp::parse("2026-09-22T12:00:00Z").unwrap());
        let read = line::changes(&changes.to_json());
        let all = read.iter().flat_map(|change| said(change, &names, &times));
        all.map(|change| match change.said {
            Said::Became(before, after) => format!("{}: {before} → {after}", change.label),
            Said::Changed => format!("{}!", change.label),
            Said::Is(text) => format!("{}: {text}", change.label),
        })
        .collect()
    }

    #[test]
    fn links_are_named_and_versions_have_a_link_of_their_own() {
        let changes = Changes::default().field("alertIds", vec![3, 4, 5], vec![5, 9]).version(3, 4);
        assert_eq!(words(&changes), ["Alerts: 9 was linked", "Alerts: Depot exit (3), 4 were unlinked"]);
        assert_eq!(words(&Changes::default().field("linked", (), 3)), ["Alert: Depot exit (3) was linked"]);
        assert_eq!(
            words(&Changes::default().field("alertIds", vec![3, 4], vec![4, 3])),
            ["Alerts: linked in another order"]
        );
        assert_eq!(words(&Changes::default().secret("secret", true)), ["Signing secret!"]);
        let until = Changes::default().field("oldSecretUntil", (), "2026-09-23T12:12:36Z");
        assert_eq!(words(&until), ["Old secret used until: 23 Sep 2026, 14:12:36"]);
        assert_eq!(words(&Changes::default().field("isActive", true, false)), ["Active: yes → no"]);
    }
}
