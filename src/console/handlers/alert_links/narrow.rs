//! What narrows the matrix: chips, choices, filters in force, pages.

use super::load::Matrix;
use super::matrix::{COLUMNS, ROWS, place};
use super::query::MatrixQuery;
use crate::console::extract::CompanyPage;
use crate::console::parts::Link;
use crate::console::parts::field::Choice;
use crate::console::parts::list::{ActiveFilter, Chip};
use crate::domain::alert_type::AlertType;
use crate::domain::link_matrix::Show;
use crate::domain::webhook::label::Label;
use crate::web::text;

/// Which alerts, with counts.
pub fn chips(page: &CompanyPage, query: &MatrixQuery, matrix: &Matrix) -> Vec<Chip> {
    let chip = |show: Show| Chip {
        word: show.label().to_owned(),
        count: text::count(matrix.wanted(query).filter(|alert| matrix.shows(show, alert)).count() as u64),
        icon: None,
        url: query.with(|other| other.show = show).url(page.urls()),
        current: query.show == show,
    };
    Show::ALL.map(chip).into()
}

/// What the filter form keeps.
pub fn kept(query: &MatrixQuery) -> Vec<(&'static str, String)> {
    let view = if query.is_list { "list" } else { "" };
    let kept = [("show", query.show.slug().to_owned()), ("view", view.to_owned())];
    kept.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// The choice of a type.
pub fn types(query: &MatrixQuery) -> Vec<Choice> {
    let any = Choice::new("", "Any type", query.alert_type.is_none());
    let one = |kind: AlertType| {
        Choice::new(kind.id().to_string(), kind.list_label(), query.alert_type == Some(kind))
    };
    std::iter::once(any).chain(AlertType::ALL.map(one)).collect()
}

/// The filters in force.
pub fn active(page: &CompanyPage, query: &MatrixQuery, webhooks: &[Label]) -> Vec<ActiveFilter> {
    let filter = |name: &str, value: String, other: MatrixQuery| ActiveFilter {
        name: name.to_owned(),
        value,
        drop_url: other.url(page.urls()),
    };
    let mut active = Vec::new();
    if !query.text.is_empty() {
        active.push(filter("Alert", query.text.clone(), query.with(|other| other.text.clear())));
    }
    if let Some(kind) = query.alert_type {
        let label = kind.list_label().to_owned();
        active.push(filter("Type", label, query.with(|other| other.alert_type = None)));
    }
    if let Some(id) = query.webhook {
        let known = webhooks.iter().find(|webhook| webhook.id == id);
        let name = known.map_or_else(|| id.to_string(), |webhook| webhook.name.clone());
        active.push(filter("Webhook", name, query.with(|other| other.webhook = None)));
    }
    active
}

/// Ways to the other alerts and webhooks.
pub fn pages(page: &CompanyPage, query: &MatrixQuery, rows: usize, columns: usize) -> Vec<Link> {
    let mut pages = Vec::new();
    let mut add = |what: &str, at: usize, last: usize, url: &dyn Fn(usize) -> MatrixQuery| {
        let at = at.min(last);
        if at > 1 {
            pages.push(Link::new(format!("Previous {what}"), url(at - 1).url(page.urls())));
        }
        if at < last {
            pages.push(Link::new(format!("Next {what}"), url(at + 1).url(page.urls())));
        }
    };
    let (columns_at, rows_at) = (query.columns, query.page);
    add("webhooks", columns_at, place(1, columns, COLUMNS).1, &|columns| MatrixQuery {
        columns,
        ..query.clone()
    });
    add("alerts", rows_at, place(1, rows, ROWS).1, &|page| MatrixQuery { page, ..query.clone() });
    pages
}
