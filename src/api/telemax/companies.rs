//! The companies that a caller sees (contract 1.4).

use actix_web::{HttpRequest, HttpResponse};

use super::errors::Error;
use super::wire::{CompaniesDto, CompanyDto, Envelope};
use super::{Call, paging, user_time};
use crate::store::{StoreError, companies};

/// `GET /api/v2/companies`: the caller's company and everything below it.
pub async fn list(call: Call, req: HttpRequest) -> Result<HttpResponse, Error> {
    call.needs_to_read()?;
    let request = paging::request(req.query_string())?;
    let (caller, now) = (call.ctx.caller.clone(), call.ctx.now());
    let answer = call.ctx.services.store.read(move |db| {
        let timezone = user_time::zone(db, &caller)?;
        let paged = companies::page(db, &caller.scope(), request)?;
        Ok::<_, StoreError>(CompaniesDto {
            page: Envelope::new(request, paged, |(company, level)| {
                CompanyDto::new(company, level, caller.company())
            }),
            date_time_format: user_time::DATE_TIME_FORMAT,
            utc_offset: user_time::utc_offset(&timezone, now),
            timezone,
        })
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}
