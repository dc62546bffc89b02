//! The matrix.

use std::collections::{BTreeSet, HashMap};

use actix_web::{HttpRequest, HttpResponse};

use super::load::{EVER_DAYS, Matrix};
use super::narrow;
use super::query::MatrixQuery;
use crate::console::alert_links::matrix::{CellView, Column, MatrixPage, Row};
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::handlers::choices;
use crate::console::handlers::webhooks::pulse::natural;
use crate::console::parts::Link;
use crate::console::parts::field::FormError;
use crate::console::parts::flash::Flash;
use crate::console::parts::list::Empty;
use crate::console::shell::{Nav, Shell};
use crate::domain::access::Permission;
use crate::domain::ids::AlertId;
use crate::domain::link_changes::{LinkChanges, Pair, pair_text, pairs_text, parse_pair, parse_pairs};
use crate::domain::link_matrix::Cell;
use crate::domain::problem::Problems;
use crate::domain::webhook::{LINKS_MAX, Receives, Webhook};
use crate::store::StoreError;
use crate::store::link_matrix::{self, AlertRow};
use crate::web::{page as answer, text};

/// Webhooks on a page.
pub const COLUMNS: usize = 8;
/// Alerts on a page.
pub const ROWS: usize = 20;

/// `GET …/alert-links`
pub async fn show(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let query = MatrixQuery::parse(request.query_string());
    Ok(answer::ok(&matrix(&page, &query, None, &Problems::default()).await?))
}

/// `POST …/alert-links`: the check boxes of one page, on the way to the review.
pub async fn send(
    page: CompanyPage,
    request: HttpRequest,
    form: CsrfForm,
) -> Result<HttpResponse, PageError> {
    may_change(&page)?;
    let query = MatrixQuery::parse(request.query_string());
    let before = parse_pairs(&form.0.text("before"));
    let checked: BTreeSet<Pair> = form.0.all("links").filter_map(parse_pair).collect();
    let changes = LinkChanges::between(&before, &checked);
    if changes.is_empty() {
        page.say(&Flash::info("No link was changed."));
        return Ok(answer::see_other(&query.url(page.urls())));
    }
    let review = super::review::judged(&page, changes.clone()).await?;
    if review.problems.is_empty() {
        return Ok(answer::see_other(&query.review_url(page.urls(), &changes)));
    }
    Ok(answer::unprocessable(&matrix(&page, &query, Some(&checked), &review.problems).await?))
}

/// Only those who manage webhooks, and only in one company's address: a page of all companies is for looking.
pub fn may_change(page: &CompanyPage) -> Result<(), PageError> {
    page.require(Permission::ManageWebhooks)?;
    page.company().map(drop).ok_or(PageError::NoSuchPage)
}

async fn matrix(
    page: &CompanyPage,
    query: &MatrixQuery,
    checked: Option<&BTreeSet<Pair>>,
    problems: &Problems,
) -> Result<MatrixPage, PageError> {
    let (scope, now, asked) = (page.scope(), page.now(), query.clone());
    let (matrix, rows, vehicles) = page
        .store()
        .read(move |db| {
            let matrix = Matrix::read(db, &scope, now)?;
            let shown = matrix.wanted(&asked).filter(|alert| matrix.shows(asked.show, alert));
            let all: Vec<AlertRow> = shown.cloned().collect();
            let (at, _) = place(asked.page, all.len(), ROWS);
            let ids: Vec<AlertId> = all.iter().skip(at).take(ROWS).map(|alert| alert.id).collect();
            let vehicles = link_matrix::vehicles(db, &ids)?;
            Ok::<_, StoreError>((matrix, all, vehicles))
        })
        .await?;
    let taken = |webhook: &&Webhook| query.webhook.is_none_or(|id| id == webhook.id);
    let hooks: Vec<&Webhook> = matrix.webhooks.iter().filter(taken).collect();
    let (row_at, _) = place(query.page, rows.len(), ROWS);
    let (column_at, _) = place(query.columns, hooks.len(), COLUMNS);
    let columns: Vec<&Webhook> = hooks.iter().skip(column_at).take(COLUMNS).copied().collect();
    let shown: Vec<&AlertRow> = rows.iter().skip(row_at).take(ROWS).collect();
    let on_page = |pair: &&Pair| {
        columns.iter().any(|webhook| webhook.id == pair.0) && shown.iter().any(|alert| alert.id == pair.1)
    };
    let is_box = |pair: &&Pair| {
        let crossing = columns.iter().find(|webhook| webhook.id == pair.0);
        crossing.is_some_and(|webhook| webhook.settings.receives == Receives::Linked)
    };
    let before: BTreeSet<Pair> = matrix.links.iter().filter(on_page).filter(is_box).copied().collect();
    let may = page.may(Permission::ManageWebhooks) && page.company().is_some();
    let shell = page.shell("Alert links", Nav::AlertLinks);
    let labels = matrix.labels();
    let (alert_count, hook_count) = (matrix.alerts.len(), matrix.webhooks.len());
    Ok(MatrixPage {
        summary: format!(
            "{}, {} · a webhook takes at most {LINKS_MAX} alerts, or every alert",
            counted(alert_count, "alert", "alerts"),
            counted(hook_count, "webhook", "webhooks"),
        ),
        other_view: Link::new(
            if query.is_list { "As a matrix" } else { "As a list" },
            MatrixQuery { is_list: !query.is_list, ..query.clone() }.url(page.urls()),
        ),
        is_list: query.is_list,
        chips: narrow::chips(page, query, &matrix),
        kept: narrow::kept(query),
        text: query.text.clone(),
        types: narrow::types(query),
        webhooks: choices::webhooks("All webhooks", query.webhook, &labels),
        active: narrow::active(page, query, &labels),
        errors: problems.0.iter().map(|problem| anchored(&problem.field, &problem.message)).collect(),
        action: may.then(|| query.url(page.urls())),
        before: pairs_text(&before),
        rows: shown
            .iter()
            .map(|alert| row(page, &matrix, alert, &columns, &vehicles, checked, problems))
            .collect(),
        columns: columns.iter().map(|webhook| column(page, &matrix, webhook, problems)).collect(),
        range: format!(
            "{} of {} · {} of {}",
            text::count(shown.len() as u64),
            counted(rows.len(), "alert", "alerts"),
            text::count(columns.len() as u64),
            counted(hooks.len(), "webhook", "webhooks"),
        ),
        pages: narrow::pages(page, query, rows.len(), hooks.len()),
        note: note(page, &matrix),
        empty: empty(&shell, page, query, &matrix, rows.is_empty()),
        shell,
    })
}

/// Where a page begins, and which is the last one.
pub fn place(page: usize, count: usize, size: usize) -> (usize, usize) {
    let last = count.div_ceil(size).max(1);
    ((page.min(last) - 1) * size, last)
}

fn counted(count: usize, one: &str, many: &str) -> String {
    text::counted(count as u64, one, many)
}

/// Where in the page a problem's place is.
pub fn anchored(field: &str, message: &str) -> FormError {
    let anchor = if field.contains('.') { format!("c{field}") } else { format!("w{field}") };
    FormError::new(anchor, message)
}

fn row(
    page: &CompanyPage,
    matrix: &Matrix,
    alert: &AlertRow,
    columns: &[&Webhook],
    vehicles: &HashMap<AlertId, i64>,
    checked: Option<&BTreeSet<Pair>>,
    problems: &Problems,
) -> Row {
    let watched = match vehicles.get(&alert.id) {
        Some(count) if !alert.is_all_fleet => text::counted(natural(*count), "vehicle", "vehicles"),
        _ => "all fleet".to_owned(),
    };
    let cell = |webhook: &&Webhook| {
        let pair = (webhook.id, alert.id);
        match matrix.cell(alert, webhook) {
            cell @ (Cell::Linked | Cell::Free) => CellView::Box {
                checked: checked.map_or(cell == Cell::Linked, |checked| checked.contains(&pair)),
                error: problems.at(&pair_text(pair)).map(|problem| problem.message.clone()),
                value: pair_text(pair),
            },
            Cell::All => CellView::Word("every alert"),
            Cell::ByCriteria => CellView::Word("by criteria"),
            Cell::TestsOnly => CellView::Word("tests only"),
            Cell::Never => CellView::Word("–"),
        }
    };
    Row {
        id: alert.id.0,
        name: alert.name.clone(),
        url: page.urls().find_alert(alert.id.0),
        detail: format!("{} · {watched}", alert.alert_type.list_label()),
        fired: text::count(natural(matrix.fired.get(&alert.id).copied().unwrap_or_default())),
        is_linkable: alert.alert_type.is_linkable(),
        is_unheard: matrix.is_unheard(alert),
        cells: columns.iter().map(cell).collect(),
    }
}

fn column(page: &CompanyPage, matrix: &Matrix, webhook: &Webhook, problems: &Problems) -> Column {
    let linked = matrix.links.iter().filter(|(id, _)| *id == webhook.id).count();
    let is_over = problems.at(&webhook.id.to_string()).is_some();
    Column {
        id: webhook.id.0,
        name: webhook.settings.name.clone(),
        url: page.urls().webhook(webhook.id.0).show().to_owned(),
        tally: match webhook.settings.receives {
            Receives::Linked => format!("{linked} of {LINKS_MAX}"),
            Receives::All if webhook.settings.criteria.is_empty() => "every alert".to_owned(),
            Receives::All => "by criteria".to_owned(),
            Receives::TestsOnly => "tests only".to_owned(),
        },
        error: is_over.then(|| format!("more than {LINKS_MAX}")),
    }
}

fn note(page: &CompanyPage, matrix: &Matrix) -> String {
    let upto = match matrix.counted_to {
        Some(at) => format!("counted up to {}", page.times().sentence(at)),
        None => "not counted yet".to_owned(),
    };
    format!("Fired: in the last 7 days, {upto}; never: not in {EVER_DAYS} days.")
}

fn empty(
    shell: &Shell,
    page: &CompanyPage,
    query: &MatrixQuery,
    matrix: &Matrix,
    is_empty: bool,
) -> Option<Empty> {
    let (title, advice, action) = if matrix.alerts.is_empty() {
        (
            "No alerts yet",
            "Alerts are set up by the system that detects them; they appear here by themselves.",
            None,
        )
    } else if matrix.webhooks.is_empty() {
        let new = Link::new("New webhook", shell.urls.new_webhook());
        let may = page.may(Permission::ManageWebhooks) && page.company().is_some();
        ("No webhooks yet", "An alert is linked to a webhook, so make one first.", may.then_some(new))
    } else if is_empty {
        let all = MatrixQuery { is_list: query.is_list, ..MatrixQuery::default() };
        let clear = Link::new("Show all alerts", all.url(page.urls()));
        ("No alert matches", "Choose another filter above.", Some(clear))
    } else {
        return None;
    };
    Some(Empty {
        title: title.to_owned(),
        paragraphs: vec![advice.to_owned()],
        actions: action.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_end_where_there_is_nothing_more() {
        assert_eq!(place(1, 0, 25), (0, 1));
        assert_eq!(place(2, 26, 25), (25, 2));
        assert_eq!(place(9, 26, 25), (25, 2), "beyond the end is the end");
        assert_eq!(place(1, 25, 25), (0, 1));
    }
}
