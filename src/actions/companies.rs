//! Companies: set up from the command line.

use super::{ActionError, Context, Outcome};
use crate::domain::access::Permission;
use crate::domain::audit::Changes;
use crate::domain::company::{Company, parse_name, parse_timezone};
use crate::domain::ids::CompanyId;
use crate::domain::problem::Problems;
use crate::store::{StoreError, audit, companies};

/// Adds a company, below `parent` if one is given.
///
/// # Errors
/// Refused, a bad name or time zone, or an unknown parent.
pub async fn add(ctx: &Context, name: &str, parent: Option<CompanyId>, timezone: &str) -> Outcome<Company> {
    ctx.caller.may(Permission::ManageUsers)?;
    let mut problems = Problems::default();
    let name = problems.absorb(parse_name("name", name));
    let timezone = problems.absorb(parse_timezone(timezone));
    let (Some(name), Some(timezone)) = (name, timezone) else {
        return Err(problems.into());
    };
    ctx.write(move |db, ctx, now| {
        let company = companies::insert(db, &name, parent, &timezone, now).map_err(|error| match error {
            StoreError::NotFound => ActionError::NotFound("parent company"),
            other => other.into(),
        })?;
        let object = ("company", company.id.0, company.name.as_str());
        let changes = Changes::default().field("timezone", serde_json::Value::Null, timezone);
        audit::insert(db, &ctx.entry(Some(company.id), "company.add", object, changes))?;
        Ok(company)
    })
    .await
}
