//! Who did what.

use std::collections::HashSet;

use actix_web::{HttpRequest, HttpResponse};

use super::query::ListQuery;
use crate::console::audit::list::{Change, ListPage, Row};
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::parts::Link;
use crate::console::parts::list::{ActiveFilter, Chip, Pager};
use crate::console::shell::Nav;
use crate::domain::audit::line::{Author, Line, Object};
use crate::domain::audit::words::{self, KINDS};
use crate::domain::ids::WebhookId;
use crate::domain::page::{Cursor, KeysetPage};
use crate::store::{StoreError, audit, webhooks};
use crate::web::page as answer;

/// Rows of a page.
const PAGE_SIZE: i64 = 22;

/// `GET …/audit`
pub async fn show(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let query = ListQuery::parse(request.query_string());
    let (scope, asked) = (page.scope(), query.clone());
    let (found, there): (KeysetPage<Line>, HashSet<i64>) = page
        .store()
        .read(move |db| {
            let found = audit::page(db, &scope, &asked.filter, asked.cursor, PAGE_SIZE)?;
            let mut there = HashSet::new();
            for id in webhook_ids(&found.items) {
                if webhooks::is_live(db, WebhookId(id))? {
                    there.insert(id);
                }
            }
            Ok::<_, StoreError>((found, there))
        })
        .await?;
    let shell = page.shell("Audit", Nav::Audit);
    let active = active(&page, &query, &found.items);
    let empty = found.items.is_empty().then(|| {
        let is_whole = active.is_empty() && query.filter.kind.is_none();
        if is_whole { ListPage::nothing_yet() } else { ListPage::nothing_matches(&shell) }
    });
    Ok(answer::ok(&ListPage {
        chips: chips(&page, &query),
        rows: found.items.iter().map(|line| row(&page, &query, line, &there)).collect(),
        pager: pager(&page, &query, &found),
        active,
        empty,
        shell,
    }))
}

fn webhook_ids(lines: &[Line]) -> HashSet<i64> {
    let of = |line: &Line| line.object.id.filter(|_| line.object.kind == "webhook");
    lines.iter().filter_map(of).collect()
}

fn row(page: &CompanyPage, query: &ListQuery, line: &Line, there: &HashSet<i64>) -> Row {
    let all = query.with(|filter| *filter = audit::Filter::default());
    Row {
        id: line.id,
        at: page.short(line.at),
        who: Link::new(
            line.author.name.clone(),
            all.with(|filter| filter.by = line.author.id.map(|id| (line.author.kind.clone(), id)))
                .url(page.urls()),
        ),
        who_kind: author_kind(&line.author),
        verb: words::verb(&line.action).to_owned(),
        object: Link::new(
            line.object.name.clone(),
            all.with(|filter| {
                filter.kind = Some(line.object.kind.clone());
                filter.object = line.object.id;
            })
            .url(page.urls()),
        ),
        show: own_page(page, &line.object, there),
        changes: line
            .changes
            .iter()
            .map(|change| Change {
                field: change.field.clone(),
                values: change.values.as_ref().map(|values| (values.before.clone(), values.after.clone())),
            })
            .collect(),
    }
}

fn own_page(page: &CompanyPage, object: &Object, there: &HashSet<i64>) -> Option<String> {
    let id = object.id?;
    match object.kind.as_str() {
        "webhook" => there.contains(&id).then(|| page.urls().webhook(id).show().to_owned()),
        "delivery" => Some(page.urls().delivery(id).show().to_owned()),
        "replay" => Some(page.urls().replay(id).show().to_owned()),
        _ => None,
    }
}

fn author_kind(author: &Author) -> &'static str {
    match author.kind.as_str() {
        "user" => "",
        "api_key" => "API key",
        _ => "Belfry",
    }
}

fn chips(page: &CompanyPage, query: &ListQuery) -> Vec<Chip> {
    let chip = |kind: Option<&str>, word: &str| Chip {
        word: word.to_owned(),
        count: String::new(),
        icon: None,
        current: query.filter.kind.as_deref() == kind,
        url: query
            .with(|filter| {
                filter.kind = kind.map(str::to_owned);
                filter.object = None;
            })
            .url(page.urls()),
    };
    std::iter::once(chip(None, "All"))
        .chain(KINDS.iter().map(|(kind, word)| chip(Some(*kind), word)))
        .collect()
}

fn active(page: &CompanyPage, query: &ListQuery, lines: &[Line]) -> Vec<ActiveFilter> {
    let mut active = Vec::new();
    if let Some((kind, id)) = &query.filter.by {
        let known = lines.first().map(|line| line.author.name.clone());
        active.push(ActiveFilter {
            name: "By".to_owned(),
            value: known
                .unwrap_or_else(|| format!("{} {id}", if kind == "user" { "user" } else { "API key" })),
            drop_url: query.with(|filter| filter.by = None).url(page.urls()),
        });
    }
    if let Some(id) = query.filter.object {
        let known = lines.first().map(|line| line.object.name.clone());
        active.push(ActiveFilter {
            name: "Of".to_owned(),
            value: known.unwrap_or_else(|| id.to_string()),
            drop_url: query.with(|filter| filter.object = None).url(page.urls()),
        });
    }
    active
}

fn pager(page: &CompanyPage, query: &ListQuery, found: &KeysetPage<Line>) -> Pager {
    let url = |cursor| query.at(cursor).url(page.urls());
    let is_newest = query.cursor == Cursor::Newest;
    Pager {
        words: Pager::BY_TIME,
        range: match (is_newest, found.has_older) {
            (true, false) => format!("{} in all", found.items.len()),
            _ => format!("{} entries", found.items.len()),
        },
        newest: (!is_newest).then(|| url(Cursor::Newest)),
        newer: found.items.first().filter(|_| found.has_newer).map(|line| url(Cursor::After(line.id))),
        older: found.items.last().filter(|_| found.has_older).map(|line| url(Cursor::Before(line.id))),
    }
}
