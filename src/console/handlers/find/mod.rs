//! Find an alert: the search box, the form, and the stories of events.

mod absent;
mod hits;
mod query;
mod seen;
mod stories;

use actix_web::{HttpRequest, HttpResponse};

use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::find::FindPage;
use crate::console::handlers::numbered;
use crate::console::parts::list::Pager;
use crate::console::payloads::Payloads;
use crate::console::shell::Nav;
use crate::domain::search::recognise::cleaned;
use crate::web::page as answer;
use query::Query;
use seen::Seen;

/// Events of a page.
const PAGE_SIZE: usize = 20;

/// `GET …/find?q=TRK-118`, `…/find?around=2026-09-21+14:00&type=5&vehicle=TRK-118`, `…/find?event=9001`
///
/// What the search box names alone is where it leads: 303. Everything else is this page.
pub async fn show(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let query = Query::parse(request.query_string(), page.times());
    let (scope, asked) = (page.scope(), query.clone());
    let seen = page.store().read(move |db| seen::read(db, &scope, &asked)).await?;
    if !query.event.is_empty() && seen.stories.is_empty() {
        return Err(PageError::NotFound(format!(
            "Event {}",
            query.event.chars().take(40).collect::<String>()
        )));
    }
    if let [only] = seen.hits.exact.as_slice()
        && let Some(url) = hits::elsewhere(&page, only)
    {
        return Ok(answer::see_other(&url));
    }
    let pages_before = numbered::asked(request.query_string());
    let find = filled(&page, &query, &seen, &Payloads::of(&page).await?, pages_before);
    Ok(if query.problems.is_empty() { answer::ok(&find) } else { answer::unprocessable(&find) })
}

fn filled(
    page: &CompanyPage,
    query: &Query,
    seen: &Seen,
    payloads: &Payloads,
    pages_before: usize,
) -> FindPage {
    // A vehicle that the search box named stands in the form, so that a time can be added.
    let named = seen.asked.vehicle.as_ref().filter(|_| query.vehicle.is_empty());
    let question = named.map_or_else(|| query.clone(), |vehicle| query.of_vehicle(&vehicle.name));
    let mut shell = page.shell(title(&question), Nav::Find);
    shell.search = shell.search.map(|_| cleaned(&query.q).unwrap_or_default());
    let (count, older) = (seen.stories.len(), seen.older);
    let range = match (query.before, older) {
        (None, _) => format!("The newest {count}"),
        (Some(_), Some(_)) => format!("{count} events"),
        (Some(_), None) => format!("The oldest {count}"),
    };
    // Of one event, pages are pages of its deliveries.
    let lines = seen.stories.first().filter(|_| !query.event.is_empty()).and_then(|(event, _)| {
        let base = page.urls().find_event(event.id.0);
        let url = |at: usize| if at == 0 { base.clone() } else { format!("{base}&page={}", at + 1) };
        Some(stories::lines_of(seen, pages_before)?.pager(url))
    });
    FindPage {
        form: question.form(&shell.zone),
        errors: query.errors(),
        is_fresh: query.is_empty(),
        hits: hits::several(page, &seen.hits.exact),
        summary: stories::summary(page, &question, seen),
        stories: stories::stories(page, seen, payloads, !query.event.is_empty(), pages_before),
        pager: lines.unwrap_or_else(|| Pager {
            words: Pager::BY_TIME,
            range,
            newest: query.before.map(|_| query.newest().url(page.urls())),
            newer: None,
            older: older.map(|before| query.older(before).url(page.urls())),
        }),
        absent: absent::absent(page, &question, seen),
        shell,
    }
}

/// The window's title: what was asked for.
fn title(query: &Query) -> String {
    if query.vehicle.is_empty() {
        "Find an alert".to_owned()
    } else {
        format!("{} · Find an alert", query.vehicle)
    }
}
