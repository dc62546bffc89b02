//! Which alerts fired, and which of them have been read (contract 1.4).

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::code::Code;
use super::errors::Error;
use super::wire::{AlertRecordDto, Done, Envelope};
use super::{Call, alerts, paging, user_time};
use crate::actions::{ActionError, alert_records};
use crate::api::{number, query};
use crate::domain::access::Action;
use crate::domain::alert_record::CONSIDERED_MAX;
use crate::domain::ids::{AlertId, CompanyId};
use crate::domain::page::PageRequest;
use crate::domain::time::Timestamp;
use crate::store::alert_records as store;

/// `GET /api/v2/companies/{id}/alert-records`: of the newest `num` records of the company and its sub-companies those
/// that are later than `from`, the latest first.
pub async fn list(call: Call, id: Path<String>, req: HttpRequest) -> Result<HttpResponse, Error> {
    call.needs(Action::AlertsRead)?;
    // Records say where a vehicle was.
    call.needs_payloads()?;
    let id = number::in_path(&id).map(CompanyId).ok_or(ActionError::NotFound("company"))?;
    let (request, from, considered) = which(req.query_string())?;
    let caller = call.ctx.caller.clone();
    let envelope = call.ctx.services.store.read(move |db| {
        alerts::visible(db, &caller, id)?;
        let filter = store::Filter { from, considered, vehicles: caller.vehicles().map(<[i64]>::to_vec) };
        let paged = store::page(db, &caller.scope_of(id), &filter, request)?;
        let zone = user_time::zone(db, &caller)?;
        Ok(Envelope::new(request, paged, |record| AlertRecordDto::new(record, &zone)))
    });
    Ok(HttpResponse::Ok().json(envelope.await.map_err(Error::telling_foreign)?))
}

/// `PUT /api/v2/alerts/{id}/{date}/update-read-status`. `{date}` is a record's `utcTime`; records of the alert in the
/// same second are marked together. Another company's alert is 404, as its page lists no 403.
pub async fn update_read_status(
    call: Call,
    path: Path<(String, String)>,
    req: HttpRequest,
) -> Result<HttpResponse, Error> {
    call.needs(Action::AlertsWrite)?;
    let (id, date) = path.into_inner();
    let id = number::in_path(&id).map(AlertId).ok_or(ActionError::NotFound("alert"))?;
    let date = Timestamp::parse_utc(&date).ok_or(ActionError::NotFound("alert record"))?;
    let is_read = flag(req.query_string(), "isRead").map_err(wrong)?;
    alert_records::mark(&call.ctx, id, date, is_read).await?;
    Ok(HttpResponse::Ok().json(Done {}))
}

/// `PUT /api/v2/companies/{id}/set-all-alerts-read`: of the company and its sub-companies.
pub async fn set_all_read(call: Call, id: Path<String>) -> Result<HttpResponse, Error> {
    call.needs(Action::AlertsWrite)?;
    let id = number::in_path(&id).map(CompanyId).ok_or(ActionError::NotFound("company"))?;
    alert_records::mark_all(&call.ctx, id).await.map_err(Error::telling_foreign)?;
    Ok(HttpResponse::Ok().json(Done {}))
}

/// The page, `from` and `num`; every one that is wrong is named.
fn which(query: &str) -> Result<(PageRequest, Timestamp, i64), Error> {
    let from = query::only(query, "from").and_then(|text| Timestamp::parse_utc(&text));
    let from = from.ok_or("from: It must be a UTC time such as 2026-04-28T06:14:22, given once.".to_owned());
    let num = query::only(query, "num").and_then(|text| number::whole(&text));
    let num = num.filter(|num| *num <= CONSIDERED_MAX);
    let num = num.ok_or(format!("num: It must be a whole number from 1 to {CONSIDERED_MAX}, given once."));
    match (paging::request(query), from, num) {
        (Ok(request), Ok(from), Ok(num)) => Ok((request, from, num)),
        (request, from, num) => {
            let page = request.err().map(|error| error.description);
            let all: Vec<String> = [from.err(), num.err(), page].into_iter().flatten().collect();
            Err(wrong(all.join(" ")))
        }
    }
}

/// In any letter case: some clients write `True`.
fn flag(query: &str, name: &str) -> Result<bool, String> {
    let text = query::only(query, name).unwrap_or_default().to_ascii_lowercase();
    text.parse().map_err(|_| format!("{name}: It must be true or false, given once."))
}

fn wrong(description: String) -> Error {
    Error::new(Code::InvalidParameter, description)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_parameter_is_named() {
        let (request, from, num) = which("from=2026-04-28T06:14:22&num=10000&pageSize=5").unwrap();
        assert_eq!((request.size, num), (5, 10_000));
        assert_eq!(Some(from), Timestamp::parse("2026-04-28T06:14:22Z"));
        let all = which("pageSize=0").unwrap_err().description;
        for name in ["from: ", "num: ", "pageSize: "] {
            assert!(all.contains(name), "{all}");
        }
        let from = "from=2026-04-28";
        for bad in ["num=0", "num=10001", "num=-1", "num=1&num=1", "num=", "from=2026-04-28&num=1", "num=1e3"]
        {
            assert!(which(&format!("{from}&{bad}")).is_err(), "{bad}");
        }
        for bad in ["", "yesterday", "1777356862", "2026-02-30"] {
            assert!(which(&format!("from={bad}&num=1")).is_err(), "{bad}");
        }
    }

    #[test]
    fn flags_in_any_letter_case() {
        assert_eq!((flag("isRead=true", "isRead"), flag("isRead=False", "isRead")), (Ok(true), Ok(false)));
        for bad in ["", "isRead", "isRead=1", "isRead=yes", "isRead=true&isRead=true"] {
            assert!(flag(bad, "isRead").is_err(), "{bad}");
        }
    }
}
