//! The list of deliveries.

use actix_web::{HttpRequest, HttpResponse};

use super::query::ListQuery;
use super::rows;
use crate::console::deliveries::list::ListPage;
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::parts::badge::Badge;
use crate::console::parts::field::Choice;
use crate::console::parts::list::{ActiveFilter, Chip, Empty, Pager};
use crate::console::shell::{Nav, Shell};
use crate::domain::access::Permission;
use crate::domain::delivery::State;
use crate::domain::history::Delivery;
use crate::domain::page::{Cursor, KeysetPage};
use crate::domain::time::{DAY_US, HOUR_US, MINUTE_US, Timestamp};
use crate::domain::webhook::Webhook;
use crate::store::{StoreError, deliveries, webhooks};
use crate::web::page as answer;

/// Rows of a page.
const PAGE_SIZE: i64 = 50;
/// Webhooks to choose from at most.
const WEBHOOKS_MAX: i64 = 500;

/// `GET …/deliveries`
pub async fn show(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let query = ListQuery::parse(request.query_string());
    let (scope, asked) = (page.scope(), query.clone());
    let (found, webhooks): (KeysetPage<Delivery>, Vec<Webhook>) = page
        .store()
        .read(move |db| {
            let found = deliveries::page(db, &scope, &asked.filter, asked.cursor, PAGE_SIZE)?;
            Ok::<_, StoreError>((found, webhooks::list(db, &scope, WEBHOOKS_MAX)?))
        })
        .await?;
    let shell = page.shell("Deliveries", Nav::Deliveries);
    let active = active(&page, &query, &webhooks);
    let list = ListPage {
        summary: format!("Newest first · kept for {}", page.retention()),
        chips: chips(&page, &query),
        status: query.status(),
        replay: query.filter.replay.map(|id| id.to_string()).unwrap_or_default(),
        from: query.filter.from.map(Timestamp::rfc3339).unwrap_or_default(),
        to: query.filter.to.map(Timestamp::rfc3339).unwrap_or_default(),
        windows: windows(&page, &query),
        redeliver: may_redeliver(&page, &query, &found),
        webhooks: choices(&query, &webhooks),
        empty: found.items.is_empty().then(|| empty(&page, &shell, &query, &active)),
        active,
        chart: None,
        rows: rows::rows(&page, &found.items, &rows::destinations(&webhooks)),
        pager: pager(&page, &query, &found),
        shell,
    };
    Ok(answer::ok(&list))
}

/// Where the shown deliveries are sent again; not for all companies together, and not what was sent again just now.
fn may_redeliver(page: &CompanyPage, query: &ListQuery, found: &KeysetPage<Delivery>) -> Option<String> {
    let may = page.may(Permission::Redeliver) && page.company().is_some();
    let is_offered = may && query.filter.replay.is_none() && !found.items.is_empty();
    is_offered.then(|| {
        let list = query.at(Cursor::Newest).url(page.urls());
        list.replacen(&page.urls().deliveries(), &page.urls().new_replay(), 1)
    })
}

fn empty(page: &CompanyPage, shell: &Shell, query: &ListQuery, active: &[ActiveFilter]) -> Empty {
    if query.cursor != Cursor::Newest {
        ListPage::not_kept(shell, &page.retention())
    } else if active.is_empty() {
        ListPage::nothing_yet(shell)
    } else {
        ListPage::nothing_matches(shell, active)
    }
}

fn chips(page: &CompanyPage, query: &ListQuery) -> Vec<Chip> {
    const OFFERED: [State; 6] =
        [State::Failed, State::Retrying, State::Queued, State::NotSent, State::Delivered, State::Cancelled];
    let chip = |states: Vec<State>, badge: Option<Badge>| Chip {
        word: badge.as_ref().map_or_else(|| "All".to_owned(), |badge| badge.word.clone()),
        count: String::new(),
        icon: badge.map(|badge| badge.icon),
        current: query.filter.states == states,
        url: query.with(|filter| filter.states = states).url(page.urls()),
    };
    let all = std::iter::once(chip(Vec::new(), None));
    all.chain(OFFERED.map(|state| chip(vec![state], Some(Badge::state(state))))).collect()
}

/// The time up to now, as links.
fn windows(page: &CompanyPage, query: &ListQuery) -> Vec<Chip> {
    const OFFERED: [(&str, i64); 4] =
        [("Last hour", HOUR_US), ("24 hours", DAY_US), ("7 days", 7 * DAY_US), ("30 days", 30 * DAY_US)];
    let chip = |word: &str, from: Option<Timestamp>, current| Chip {
        word: word.to_owned(),
        count: String::new(),
        icon: None,
        current,
        url: query.with(|filter| (filter.from, filter.to) = (from, None)).url(page.urls()),
    };
    // To the minute, so that the address is the same when it is asked for again at once.
    let now = page.now().micros() / MINUTE_US * MINUTE_US;
    let any = chip("Any time", None, query.filter.from.is_none() && query.filter.to.is_none());
    std::iter::once(any)
        .chain(OFFERED.map(|(word, us)| {
            let from = Timestamp::from_micros(now - us);
            chip(word, Some(from), query.filter.to.is_none() && query.filter.from == Some(from))
        }))
        .collect()
}

fn choices(query: &ListQuery, webhooks: &[Webhook]) -> Vec<Choice> {
    let chosen = query.filter.webhook;
    let any = Choice::new("", "Any webhook", chosen.is_none());
    let one = |webhook: &Webhook| {
        Choice::new(webhook.id.to_string(), webhook.settings.name.clone(), chosen == Some(webhook.id))
    };
    let mut choices: Vec<Choice> = std::iter::once(any).chain(webhooks.iter().map(one)).collect();
    // A deleted webhook has history too; without its choice, applying the form would drop the filter.
    if let Some(id) = chosen.filter(|id| webhooks.iter().all(|webhook| webhook.id != *id)) {
        choices.push(Choice::new(id.to_string(), format!("Webhook {id}"), true));
    }
    choices
}

fn active(page: &CompanyPage, query: &ListQuery, webhooks: &[Webhook]) -> Vec<ActiveFilter> {
    let mut active = Vec::new();
    if !query.filter.states.is_empty() {
        active.push(ActiveFilter {
            name: "Status".to_owned(),
            value: query.filter.states.iter().map(|state| state.word()).collect::<Vec<_>>().join(", "),
            drop_url: query.with(|filter| filter.states.clear()).url(page.urls()),
        });
    }
    if let Some(id) = query.filter.replay {
        active.push(ActiveFilter {
            name: "Redelivery".to_owned(),
            value: id.to_string(),
            drop_url: query.with(|filter| filter.replay = None).url(page.urls()),
        });
    }
    if let Some(from) = query.filter.from {
        active.push(ActiveFilter {
            name: "From".to_owned(),
            value: page.times().sentence(from),
            drop_url: query.with(|filter| filter.from = None).url(page.urls()),
        });
    }
    if let Some(to) = query.filter.to {
        active.push(ActiveFilter {
            name: "Before".to_owned(),
            value: page.times().sentence(to),
            drop_url: query.with(|filter| filter.to = None).url(page.urls()),
        });
    }
    if let Some(id) = query.filter.webhook {
        let known = webhooks.iter().find(|webhook| webhook.id == id);
        active.push(ActiveFilter {
            name: "Webhook".to_owned(),
            value: known.map_or_else(|| id.to_string(), |webhook| webhook.settings.name.clone()),
            drop_url: query.with(|filter| filter.webhook = None).url(page.urls()),
        });
    }
    active
}

fn pager(page: &CompanyPage, query: &ListQuery, found: &KeysetPage<Delivery>) -> Pager {
    let count = found.items.len();
    let url = |cursor| query.at(cursor).url(page.urls());
    let is_newest = query.cursor == Cursor::Newest;
    Pager {
        range: match (is_newest, found.has_older) {
            (true, true) => format!("The newest {count}"),
            (true, false) => format!("{count} in all"),
            (false, true) => format!("{count} deliveries"),
            (false, false) => format!("The oldest {count}"),
        },
        newest: (!is_newest).then(|| url(Cursor::Newest)),
        newer: found.items.first().filter(|_| found.has_newer).map(|row| url(Cursor::After(row.id.0))),
        older: found.items.last().filter(|_| found.has_older).map(|row| url(Cursor::Before(row.id.0))),
    }
}
