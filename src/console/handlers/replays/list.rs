//! All redeliveries of many.

use actix_web::{HttpRequest, HttpResponse};
use url::form_urlencoded;

use super::{WEBHOOKS_MAX, words};
use crate::console::extract::CompanyPage;
use crate::console::extract::company::number;
use crate::console::failure::PageError;
use crate::console::parts::list::Pager;
use crate::console::replays::list::{ListPage, Row};
use crate::console::shell::Nav;
use crate::domain::ids::ReplayId;
use crate::domain::replay::Replay;
use crate::domain::webhook::label::Label;
use crate::store::{StoreError, replays, webhooks};
use crate::web::{page as answer, text};

/// Rows of a page.
const PAGE_SIZE: u8 = 25;

/// `GET …/replays`
pub async fn show(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let (scope, before) = (page.scope(), before(request.query_string()));
    let (mut found, webhooks): (Vec<Replay>, Vec<Label>) = page
        .store()
        .read(move |db| {
            // One more tells whether there are any.
            let found = replays::newest(db, &scope, before, i64::from(PAGE_SIZE) + 1)?;
            Ok::<_, StoreError>((found, webhooks::labels(db, &scope, WEBHOOKS_MAX)?))
        })
        .await?;
    let has_older = found.len() > usize::from(PAGE_SIZE);
    found.truncate(usize::from(PAGE_SIZE));
    let base = page.urls().replays();
    let pager = Pager {
        range: text::counted(found.len() as u64, "redelivery", "redeliveries"),
        newest: before.map(|_| base.clone()),
        older: found.last().filter(|_| has_older).map(|last| format!("{base}?before={}", last.id)),
        ..Pager::default()
    };
    let shell = page.shell("Redeliveries", Nav::Deliveries);
    let row = |replay: &Replay| Row {
        id: replay.id.0,
        url: page.urls().replay(replay.id.0).show().to_owned(),
        badge: words::badge(replay.status),
        what: words::filter(&replay.filter, &webhooks, page.times()),
        by: replay.created_by.clone(),
        words: words::progress(replay),
        begun: page.short(replay.created_at),
    };
    let empty = (found.is_empty() && before.is_none()).then(|| ListPage::nothing_yet(&shell));
    Ok(answer::ok(&ListPage { rows: found.iter().map(row).collect(), pager, empty, shell }))
}

/// The redelivery behind which the page begins.
fn before(query: &str) -> Option<ReplayId> {
    let value = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "before")?.1;
    number(&value).map(ReplayId)
}
