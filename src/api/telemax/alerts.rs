//! The alerts of a company: what `alertIds` may name (contract 1.4).

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::errors::Error;
use super::wire::{AlertConfigDto, Envelope};
use super::{Call, paging};
use crate::actions::ActionError;
use crate::api::number;
use crate::domain::access::{Action, Caller};
use crate::domain::ids::CompanyId;
use crate::store::{Db, StoreError, alerts, companies};

/// `GET /api/v2/companies/{id}/alerts`: the company's and its sub-companies'. A company outside the caller's
/// tree is 403, one that does not exist 404.
pub async fn list(call: Call, id: Path<String>, req: HttpRequest) -> Result<HttpResponse, Error> {
    call.needs(Action::AlertsRead)?;
    let id = number::in_path(&id).map(CompanyId).ok_or(ActionError::NotFound("company"))?;
    let request = paging::request(req.query_string())?;
    let caller = call.ctx.caller.clone();
    let paged = call.ctx.services.store.read(move |db| {
        visible(db, &caller, id)?;
        Ok(alerts::page(db, &caller.scope_of(id), request)?)
    });
    let paged = paged.await.map_err(Error::telling_foreign)?;
    let vehicles = call.ctx.caller.vehicles();
    let envelope = Envelope::new(request, paged, |alert| AlertConfigDto::new(alert, vehicles));
    Ok(HttpResponse::Ok().json(envelope))
}

/// Refuses a company outside the caller's tree, and one that does not exist.
pub(super) fn visible(db: &mut Db<'_>, caller: &Caller, id: CompanyId) -> Result<(), ActionError> {
    match companies::get(db, &caller.scope(), id) {
        Err(StoreError::NotFound) if companies::exists(db, id)? => Err(ActionError::Foreign("company")),
        Err(StoreError::NotFound) => Err(ActionError::NotFound("company")),
        found => Ok(found.map(drop)?),
    }
}
