//! The page, and the same table as a file.

use std::collections::HashMap;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use super::charts;
use super::groups::{Links, page_size, table};
use super::query::{By, StatisticsQuery, WINDOWS};
use super::read::Numbers;
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::handlers::choices;
use crate::console::handlers::numbered::Numbered;
use crate::console::parts::Link;
use crate::console::parts::field::FormError;
use crate::console::parts::list::{Chip, Empty};
use crate::console::shell::Nav;
use crate::console::statistics::StatisticsPage;
use crate::domain::company::Company;
use crate::domain::ids::CompanyId;
use crate::domain::search::window::Window;
use crate::domain::time::{HOUR_US, Timestamp};
use crate::domain::webhook::label::Label;
use crate::store::{StoreError, companies, webhooks};
use crate::web::{csv, page as answer};

/// Webhooks to choose from.
const WEBHOOKS_MAX: i64 = 500;

struct Found {
    numbers: Numbers,
    webhooks: Vec<Label>,
    companies: HashMap<CompanyId, Company>,
}

async fn found(page: &CompanyPage, query: &StatisticsQuery) -> Result<Found, PageError> {
    let (scope, hours, query) = (page.scope(), query.hours(page.now()), query.clone());
    let read = page.store().read(move |db| {
        let numbers = Numbers::read(db, &scope, &query, &hours)?;
        let owners: Vec<CompanyId> = numbers.names.values().map(|known| known.company).collect();
        Ok::<_, StoreError>(Found {
            companies: companies::of_ids(db, &scope, &owners)?,
            webhooks: webhooks::labels(db, &scope, WEBHOOKS_MAX)?,
            numbers,
        })
    });
    Ok(read.await?)
}

/// `GET …/statistics`
pub async fn show(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let query = StatisticsQuery::parse(request.query_string(), page.times());
    let found = found(&page, &query).await?;
    let shown = shown(&page, &query, &found);
    Ok(if query.problems.is_empty() { answer::ok(&shown) } else { answer::unprocessable(&shown) })
}

/// `GET …/statistics.csv`: the table that the page shows, whole.
pub async fn file(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let query = StatisticsQuery::parse(request.query_string(), page.times());
    if !query.problems.is_empty() {
        return Err(PageError::BadForm("The time in the address cannot be read."));
    }
    let found = found(&page, &query).await?;
    let links = Links { page: &page, hours: query.hours(page.now()), webhook: query.webhook };
    let table = table(&query, &found.numbers, &links, &found.companies);
    let heads: Vec<&str> = table.heads.iter().copied().filter(|head| !head.is_empty()).collect();
    let mut text = csv::BEGIN.to_owned() + &csv::line(heads);
    for row in &table.rows {
        let cells = std::iter::once(row.name.as_str()).chain(row.cells.iter().map(|(text, _)| text.as_str()));
        text.push_str(&csv::line(cells));
    }
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"statistics-by-{}.csv\"", query.by.slug()),
        ))
        .body(text))
}

fn shown(page: &CompanyPage, query: &StatisticsQuery, found: &Found) -> StatisticsPage {
    let (numbers, hours) = (&found.numbers, query.hours(page.now()));
    let links = Links { page, hours: hours.clone(), webhook: query.webhook };
    let mut groups = table(query, numbers, &links, &found.companies);
    let shown = Numbered::new(query.pages_before, page_size(query.by), groups.rows.len());
    groups.rows = shown.of(&groups.rows).to_vec();
    let address = |query: StatisticsQuery| query.url(&page.urls().statistics());
    let (parts, unit) = charts::parts(numbers, &links);
    let all = numbers.all();
    let is_quiet = all.successes + all.failures + all.not_sent + numbers.events() == 0;
    let at = |hour: i64| Timestamp::from_micros(hour * HOUR_US);
    let (begin, end) = page.times().ends(Window { from: at(hours.start), to: at(hours.end).min(page.now()) });
    StatisticsPage {
        summary: format!("{} · {begin} to {end}", page.company_phrase()),
        windows: windows(page, query),
        kept: kept(query),
        from: query.typed.0.clone(),
        to: query.typed.1.clone(),
        errors: query
            .problems
            .0
            .iter()
            .map(|problem| FormError::new(problem.field.as_ref(), problem.message.clone()))
            .collect(),
        webhooks: choices::webhooks("All webhooks", query.webhook, &found.webhooks),
        figures: charts::figures(numbers),
        groups: group_chips(page, query, found),
        csv: StatisticsQuery { pages_before: 0, ..query.clone() }.url(&page.urls().statistics_csv()),
        table: groups,
        volume: charts::volume(&links, &parts, unit),
        volume_table: address(StatisticsQuery { by: By::Time, pages_before: 0, ..query.clone() }),
        details: charts::details(numbers, &links, query.by),
        heat: if query.by == By::Weekday { charts::heat(numbers, &links) } else { Vec::new() },
        pager: shown.pager(|pages_before| address(StatisticsQuery { pages_before, ..query.clone() })),
        note: note(page, numbers),
        empty: (is_quiet || !query.problems.is_empty()).then(|| Empty {
            title: "Nothing happened in this time".to_owned(),
            paragraphs: vec!["Choose a longer one, or another webhook.".to_owned()],
            actions: vec![Link::new("The last 7 days", page.urls().statistics())],
        }),
        shell: page.shell("Statistics", Nav::Statistics),
    }
}

fn windows(page: &CompanyPage, query: &StatisticsQuery) -> Vec<Chip> {
    let chip = |(at, (_, word, _)): (usize, &(&str, &'static str, i64))| Chip {
        word: (*word).to_owned(),
        count: String::new(),
        icon: None,
        current: !query.is_typed() && query.window == at,
        url: StatisticsQuery { window: at, from: None, to: None, pages_before: 0, ..query.clone() }
            .url(&page.urls().statistics()),
    };
    WINDOWS.iter().enumerate().map(chip).collect()
}

fn group_chips(page: &CompanyPage, query: &StatisticsQuery, found: &Found) -> Vec<Chip> {
    // One company needs no table of companies.
    let is_offered = |by: &By| *by != By::Company || found.companies.len() > 1 || query.by == By::Company;
    let chip = |by: By| Chip {
        word: by.label().to_owned(),
        count: String::new(),
        icon: None,
        current: query.by == by,
        url: StatisticsQuery { by, pages_before: 0, ..query.clone() }.url(&page.urls().statistics()),
    };
    By::ALL.into_iter().filter(is_offered).map(chip).collect()
}

/// What the form keeps: the grouping, and the window until somebody types a time.
fn kept(query: &StatisticsQuery) -> Vec<(&'static str, String)> {
    let mut kept = Vec::new();
    if query.by != By::default() {
        kept.push(("by", query.by.slug().to_owned()));
    }
    if let Some((slug, ..)) = WINDOWS.get(query.window).filter(|_| query.window != 1) {
        kept.push(("window", (*slug).to_owned()));
    }
    kept
}

fn note(page: &CompanyPage, numbers: &Numbers) -> String {
    let upto = match numbers.counted_to {
        Some(at) => format!("complete up to {}", page.times().sentence(at)),
        None => "not counted yet".to_owned(),
    };
    format!(
        "Attempts, failures and their durations are live, the running hour included. Events, results, attempts needed and \
         time to deliver are {upto}. A number counts attempts in the hour in which they ended; it leads to deliveries \
         that were made in that time. Tests do not count."
    )
}
