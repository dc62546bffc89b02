//! Alerts: set up from the command line; in a fleet product they come from its own configuration.

use super::{ActionError, Context, Outcome};
use crate::domain::access::Permission;
use crate::domain::alert::Unit;
use crate::domain::alert_type::AlertType;
use crate::domain::audit::Changes;
use crate::domain::company::parse_name;
use crate::domain::ids::{AlertId, CompanyId};
use crate::domain::problem::{Problems, Rule};
use crate::store::{StoreError, alerts, audit, companies};

/// An alert to be made.
#[derive(Debug, Clone)]
pub struct NewAlert {
    /// An explicit number, for who moves alerts over from elsewhere.
    pub id: Option<AlertId>,
    /// The owner.
    pub company_id: CompanyId,
    /// A type id, 1 to 18.
    pub type_id: i64,
    /// Shown name.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// The vehicles it watches; none means the whole fleet.
    pub units: Vec<Unit>,
}

/// Adds an alert.
///
/// # Errors
/// Refused, an unknown type, a bad name, an unknown company, or a number that is taken.
pub async fn add(ctx: &Context, new: NewAlert) -> Outcome<AlertId> {
    ctx.caller.may(Permission::ManageAlerts)?;
    let mut problems = Problems::default();
    let name = problems.absorb(parse_name("name", &new.name));
    let alert_type = AlertType::from_id(new.type_id);
    if alert_type.is_none() {
        problems.add("type", Rule::Invalid, "An alert type is a number from 1 to 18.");
    }
    if new.id.is_some_and(|id| id.0 < 1) {
        problems.add("id", Rule::Invalid, "An alert's number is 1 or more.");
    }
    let (Some(name), Some(alert_type), true) = (name, alert_type, problems.is_empty()) else {
        return Err(problems.into());
    };
    ctx.write(move |db, ctx, now| {
        companies::get(db, &ctx.caller.scope(), new.company_id).map_err(|error| match error {
            StoreError::NotFound => ActionError::NotFound("company"),
            other => other.into(),
        })?;
        let row = alerts::NewAlert {
            id: new.id,
            company_id: new.company_id,
            alert_type,
            name: &name,
            description: &new.description,
            units: &new.units,
        };
        let id = alerts::insert(db, &row, now).map_err(|error| match error {
            StoreError::Conflict => ActionError::Conflict("This alert number is taken.".to_owned()),
            other => other.into(),
        })?;
        let changes = Changes::default().field("type", serde_json::Value::Null, alert_type.id());
        let object = ("alert", id.0, name.as_str());
        audit::insert(db, &ctx.entry(Some(new.company_id), "alert.add", object, changes))?;
        Ok(id)
    })
    .await
}
