//! The list as a file: the filter of the page and all that matches, however much that is. Rows are read in small pages, one
//! after the other as the client takes them, so that neither memory nor a reading transaction is held for a slow one; a
//! client that goes away drops the stream, and with it the work. Deliveries that are made meanwhile are not in it.

use std::io;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Map, Value};

use super::query::ListQuery;
use super::{list, rows};
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::payloads::Payloads;
use crate::domain::access::Scope;
use crate::domain::delivery_filter::Filter;
use crate::domain::history::Delivery;
use crate::domain::page::Cursor;
use crate::domain::time::Timestamp;
use crate::store::deliveries::browse;
use crate::store::{Store, StoreError};
use crate::web::csv;

/// Rows that are read at once.
const PIECE: i64 = 500;

/// `GET …/deliveries.csv`
pub async fn csv(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    send(&page, &request, Format::Csv).await
}

/// `GET …/deliveries.ndjson`
pub async fn ndjson(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    send(&page, &request, Format::Ndjson).await
}

#[derive(Debug, Clone, Copy)]
enum Format {
    Csv,
    Ndjson,
}

/// What is left to be read.
struct Left {
    store: Store,
    scope: Scope,
    filter: Filter,
    format: Format,
    payloads: Payloads,
    cursor: Option<Cursor>,
    is_begun: bool,
}

async fn send(page: &CompanyPage, request: &HttpRequest, format: Format) -> Result<HttpResponse, PageError> {
    let query = ListQuery::parse(request.query_string(), page.times());
    if !query.problems.is_empty() {
        return list::problems(page, &query).await;
    }
    let (content_type, ending) = match format {
        Format::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
        Format::Ndjson => ("application/x-ndjson", "ndjson"),
    };
    let company = page.company().map_or("all".to_owned(), |company| company.id.to_string());
    let at = page.times().utc().local(page.now()).replace([':', '-'], "");
    let file = format!("attachment; filename=\"deliveries-{company}-{at}Z.{ending}\"");
    let left = Left {
        store: page.store().clone(),
        scope: page.scope(),
        filter: query.filter,
        format,
        payloads: Payloads::of(page).await?,
        cursor: Some(Cursor::Newest),
        is_begun: false,
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::CONTENT_DISPOSITION, file))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .streaming(stream::unfold(left, Left::next)))
}

impl Left {
    /// The next piece of the file. One that cannot be read breaks the transfer off: half a file shall not look whole.
    async fn next(mut self) -> Option<(Result<Bytes, io::Error>, Self)> {
        let mut text = String::new();
        if !self.is_begun {
            self.is_begun = true;
            if matches!(self.format, Format::Csv) {
                text = csv::BEGIN.to_owned() + &csv::line(NAMES);
            }
        }
        // A piece of nothing would end the file.
        while text.is_empty() {
            let cursor = self.cursor?;
            match self.read(cursor).await {
                Ok(found) => found.iter().for_each(|row| text.push_str(&self.line(row))),
                Err(error) => {
                    tracing::warn!(%error, "an export of deliveries broke off");
                    self.cursor = None;
                    return Some((Err(io::Error::other("the database is not available")), self));
                }
            }
        }
        Some((Ok(text.into()), self))
    }

    async fn read(&mut self, cursor: Cursor) -> Result<Vec<Delivery>, StoreError> {
        let (scope, filter) = (self.scope, self.filter.clone());
        let read = self.store.read(move |db| browse(db, &scope, &filter, cursor, PIECE));
        let found = read.await?;
        let last = found.reach.map(|reach| reach.id).or(found.page.items.last().map(|row| row.id.0));
        self.cursor = last.filter(|_| found.page.has_older).map(Cursor::Before);
        Ok(self.payloads.deliveries(found.page.items))
    }

    fn line(&self, row: &Delivery) -> String {
        let values = values(row);
        match self.format {
            Format::Csv => {
                let cells: Vec<String> = values.iter().map(cell).collect();
                csv::line(cells.iter().map(String::as_str))
            }
            Format::Ndjson => {
                let fields: Map<String, Value> =
                    NAMES.iter().map(|name| (*name).to_owned()).zip(values).collect();
                Value::Object(fields).to_string() + "\n"
            }
        }
    }
}

/// The columns. Times are RFC 3339 in UTC; what is not known is empty, or null.
const NAMES: [&str; 24] = [
    "id",
    "delivery",
    "event",
    "status",
    "result",
    "http_status",
    "alert_type",
    "alert",
    "alert_name",
    "vehicle",
    "vehicle_name",
    "webhook",
    "webhook_name",
    "company",
    "trigger",
    "attempts",
    "duration_ms",
    "occurred_at",
    "received_at",
    "created_at",
    "finished_at",
    "next_try_at",
    "not_sent_detail",
    "redelivery_of",
];

fn values(row: &Delivery) -> [Value; NAMES.len()] {
    let time = |at: Timestamp| Value::from(at.rfc3339_millis());
    let event = &row.event;
    [
        row.id.0.into(),
        row.public_id.clone().into(),
        row.event_id.0.into(),
        row.state.slug().into(),
        rows::result(row).into(),
        row.last_status.into(),
        event.alert_type.list_label().into(),
        event.alert_id.0.into(),
        event.alert_name.clone().into(),
        event.vehicle_id.into(),
        event.vehicle_name.clone().into(),
        row.webhook_id.0.into(),
        row.webhook_name.clone().into(),
        row.company_id.0.into(),
        row.trigger.slug().into(),
        row.attempts.into(),
        row.duration_us.map(|us| us / 1_000).into(),
        time(event.occurred_at),
        time(event.received_at),
        time(row.created_at),
        row.finished_at.map_or(Value::Null, time),
        row.next_at.map_or(Value::Null, time),
        row.not_sent.as_ref().and_then(|(_, detail)| detail.clone()).into(),
        row.redelivery_of.map(|id| id.0).into(),
    ]
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
