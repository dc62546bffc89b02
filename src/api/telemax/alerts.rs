//! The alerts of a company: what `alertIds` may name (contract 1.4).

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::Call;
use super::errors::Error;
use super::paging::{self, Envelope};
use crate::actions::ActionError;
use crate::api::number;
use crate::domain::access::Action;
use crate::domain::alert::{Alert, Unit};
use crate::domain::ids::CompanyId;
use crate::store::{StoreError, alerts, companies};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AlertConfigDto {
    alert_id: i64,
    /// The type's number as a text: every sample of the vendor's page has it so.
    alert_type: String,
    company_id: i64,
    alert_name: String,
    alert_description: String,
    is_all_fleet: bool,
    is_all_tags: bool,
    units: Vec<UnitDto>,
    tags: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UnitDto {
    vehicle_id: i64,
    name: String,
    imei: String,
    vin: String,
}

impl AlertConfigDto {
    /// With the units that a caller who is limited to `vehicles` may know.
    fn new(alert: Alert, vehicles: Option<&[i64]>) -> Self {
        let may_know = |unit: &Unit| vehicles.is_none_or(|allowed| allowed.contains(&unit.vehicle_id));
        let units = alert.units.into_iter().filter(may_know).map(|unit| UnitDto {
            vehicle_id: unit.vehicle_id,
            name: unit.name,
            imei: unit.imei,
            vin: unit.vin,
        });
        Self {
            alert_id: alert.id.0,
            alert_type: alert.alert_type.id().to_string(),
            company_id: alert.company_id.0,
            alert_name: alert.name,
            alert_description: alert.description,
            is_all_fleet: alert.is_all_fleet,
            is_all_tags: alert.is_all_tags,
            units: units.collect(),
            tags: alert.tags,
        }
    }
}

/// `GET /api/v2/companies/{id}/alerts`: the company's and its sub-companies'. A company outside the caller's
/// tree is 403, one that does not exist 404.
pub async fn list(call: Call, id: Path<String>, req: HttpRequest) -> Result<HttpResponse, Error> {
    call.needs(Action::AlertsRead)?;
    let id = number::in_path(&id).map(CompanyId).ok_or(ActionError::NotFound("company"))?;
    let request = paging::request(req.query_string())?;
    let caller = call.ctx.caller.clone();
    let paged = call.ctx.services.store.read(move |db| {
        match companies::get(db, &caller.scope(), id) {
            Err(StoreError::NotFound) if companies::exists(db, id)? => {
                return Err(ActionError::Foreign("company"));
            }
            Err(StoreError::NotFound) => return Err(ActionError::NotFound("company")),
            found => found?,
        };
        Ok(alerts::page(db, &caller.scope_of(id), request)?)
    });
    let paged = paged.await.map_err(Error::telling_foreign)?;
    let vehicles = call.ctx.caller.vehicles();
    let envelope = Envelope::new(request, paged, |alert| AlertConfigDto::new(alert, vehicles));
    Ok(HttpResponse::Ok().json(envelope))
}
