//! The kinds of alert, from the code that knows them.

pub mod list;
pub mod show;

use crate::console::extract::CompanyPage;
use crate::console::handlers::deliveries::query::ListQuery;
use crate::console::handlers::webhooks::pulse::natural;
use crate::console::parts::Link;
use crate::domain::alert_type::AlertType;
use crate::domain::delivery_filter::Filter;
use crate::domain::time::{HOUR_US, Timestamp};
use crate::web::text;

/// Hours in which events count as seen.
const HOURS: i64 = 24;

/// A count with the deliveries behind it; `None` for none.
fn seen(page: &CompanyPage, kind: AlertType, count: i64) -> Option<Link> {
    let from = Timestamp::from_micros((page.now().hour() - HOURS + 1) * HOUR_US);
    let filter = Filter { alert_type: Some(kind), from: Some(from), ..Filter::default() };
    (count > 0).then(|| Link::new(text::count(natural(count)), ListQuery::of(filter).url(page.urls())))
}

/// "counted up to 14:12:00"
fn counted(page: &CompanyPage, at: Option<Timestamp>) -> String {
    match at {
        Some(at) => format!("counted up to {}", page.times().sentence(at)),
        None => "not counted yet".to_owned(),
    }
}
