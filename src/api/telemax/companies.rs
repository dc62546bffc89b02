//! The companies that a caller sees (contract 1.4).

use actix_web::{HttpRequest, HttpResponse};

use super::errors::Error;
use super::wire::{CompaniesDto, CompanyDto, Envelope};
use super::{Call, paging};
use crate::domain::time::Timestamp;
use crate::store::{StoreError, companies};

/// How the vendor's own products write times; the doors themselves always use ISO 8601.
const DATE_TIME_FORMAT: &str = "yyyy-MM-dd HH:mm:ss";

/// `GET /api/v2/companies`: the caller's company and everything below it.
pub async fn list(call: Call, req: HttpRequest) -> Result<HttpResponse, Error> {
    call.needs_to_read()?;
    let request = paging::request(req.query_string())?;
    let (scope, root, now) = (call.ctx.caller.scope(), call.ctx.caller.company(), call.ctx.now());
    let answer = call.ctx.services.store.read(move |db| {
        let timezone = match root {
            Some(root) => companies::get(db, &scope, root)?.timezone,
            None => "UTC".to_owned(),
        };
        let paged = companies::page(db, &scope, request)?;
        Ok::<_, StoreError>(CompaniesDto {
            page: Envelope::new(request, paged, |(company, level)| CompanyDto::new(company, level, root)),
            date_time_format: DATE_TIME_FORMAT,
            utc_offset: utc_offset(&timezone, now),
            timezone,
        })
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}

/// `10:00:00`, `-05:00:00`: how far `timezone` is ahead of UTC at `now`.
fn utc_offset(timezone: &str, now: Timestamp) -> String {
    let seconds = now.to_jiff().in_tz(timezone).map_or(0, |zoned| zoned.offset().seconds());
    let (sign, s) = (if seconds < 0 { "-" } else { "" }, seconds.unsigned_abs());
    format!("{sign}{:02}:{:02}:{:02}", s / 3_600, s / 60 % 60, s % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_follow_the_season() {
        let at = |text| Timestamp::parse(text).unwrap();
        assert_eq!(utc_offset("Australia/Brisbane", at("2026-07-01T00:00:00Z")), "10:00:00");
        assert_eq!(utc_offset("America/New_York", at("2026-01-01T00:00:00Z")), "-05:00:00");
        assert_eq!(utc_offset("America/St_Johns", at("2026-07-01T00:00:00Z")), "-02:30:00");
        assert_eq!(utc_offset("Europe/Berlin", at("2026-07-01T00:00:00Z")), "02:00:00");
        assert_eq!(utc_offset("UTC", at("2026-07-01T00:00:00Z")), "00:00:00");
    }
}
