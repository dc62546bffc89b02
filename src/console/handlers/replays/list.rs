//! All redeliveries of many.

use actix_web::HttpResponse;

use super::{WEBHOOKS_MAX, words};
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::replays::list::{ListPage, Row};
use crate::console::shell::Nav;
use crate::domain::replay::Replay;
use crate::domain::webhook::label::Label;
use crate::store::{StoreError, replays, webhooks};
use crate::web::page as answer;

/// Rows at most.
const ROWS_MAX: i64 = 50;

/// `GET …/replays`
pub async fn show(page: CompanyPage) -> Result<HttpResponse, PageError> {
    let scope = page.scope();
    let (found, webhooks): (Vec<Replay>, Vec<Label>) = page
        .store()
        .read(move |db| {
            let found = replays::newest(db, &scope, ROWS_MAX)?;
            Ok::<_, StoreError>((found, webhooks::labels(db, &scope, WEBHOOKS_MAX)?))
        })
        .await?;
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
    let empty = found.is_empty().then(|| ListPage::nothing_yet(&shell));
    Ok(answer::ok(&ListPage { rows: found.iter().map(row).collect(), empty, shell }))
}
