//! The catalogue.

use std::collections::HashMap;

use actix_web::HttpResponse;

use super::{HOURS, counted, seen};
use crate::console::alert_types::list::{ListPage, Row};
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::parts::Link;
use crate::console::shell::Nav;
use crate::domain::alert_type::AlertType;
use crate::domain::event::Payload;
use crate::domain::tally::Kind;
use crate::store::{StoreError, link_matrix, tallies};
use crate::web::{page as answer, text};

/// Alerts that are counted.
const ALERTS_MAX: i64 = 2_000;

/// `GET …/alert-types`
pub async fn show(page: CompanyPage) -> Result<HttpResponse, PageError> {
    let (scope, hour) = (page.scope(), page.now().hour());
    let (alerts, fired, counted_to) = page
        .store()
        .read(move |db| {
            let alerts = link_matrix::alerts(db, &scope, ALERTS_MAX)?;
            let fired = tallies::by_subject(db, &scope, Kind::Fired, &(hour - HOURS + 1..hour + 1))?;
            Ok::<_, StoreError>((alerts, fired, tallies::complete_to(db)?))
        })
        .await?;
    let mut sums: HashMap<i64, i64> = HashMap::new();
    for (_, kind, count) in fired {
        *sums.entry(kind).or_default() += count;
    }
    let row = |kind: AlertType| {
        let count = alerts.iter().filter(|alert| alert.alert_type == kind).count();
        let matrix = format!("{}?type={}", page.urls().alert_links(), kind.id());
        let data = Payload::sample(kind, page.now()).data.unwrap_or_default();
        Row {
            id: kind.id(),
            label: Link::new(kind.list_label(), page.urls().alert_type(kind.id())),
            wire: (kind.wire_label() != kind.list_label()).then(|| kind.wire_label()),
            is_linkable: kind.is_linkable(),
            data: data.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
            alerts: (count > 0).then(|| Link::new(text::count(count as u64), matrix)),
            seen: seen(&page, kind, sums.get(&kind.id()).copied().unwrap_or_default()),
        }
    };
    let linkable = AlertType::ALL.into_iter().filter(|kind| kind.is_linkable()).count();
    Ok(answer::ok(&ListPage {
        summary: format!("{} types, {linkable} of them can be linked to a webhook", AlertType::ALL.len()),
        rows: AlertType::ALL.map(row).into(),
        note: format!("Seen: events of the last 24 hours, {}.", counted(&page, counted_to)),
        shell: page.shell("Alert types", Nav::AlertTypes),
    }))
}
