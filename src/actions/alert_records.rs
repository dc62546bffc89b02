//! Alert records: read, unread, all read.

use super::webhooks::not_found;
use super::{ActionError, Context, Outcome};
use crate::domain::access::{Action, Permission, Refused};
use crate::domain::alert_record::second_of;
use crate::domain::audit::Changes;
use crate::domain::ids::{AlertId, CompanyId, EventId};
use crate::domain::time::Timestamp;
use crate::store::{StoreError, alert_records, alerts, audit, companies};

/// Marks the records of `alert` in the second of `at` as read or unread: those of the caller's vehicles, if the caller
/// is limited to some. What is so already stays without a word in the audit trail.
///
/// # Errors
/// Refused; an alert outside the caller's scope, or no such record among the newest of its company.
pub async fn mark(ctx: &Context, alert: AlertId, at: Timestamp, is_read: bool) -> Outcome<()> {
    may_write(ctx)?;
    let (caller, second) = (ctx.caller.clone(), second_of(at));
    // Looking for them may take a while, and whoever writes keeps others waiting.
    let found = ctx.services.store.read(move |db| {
        let alert = alerts::get(db, &caller.scope(), alert).map_err(not_found("alert"))?;
        let found = alert_records::of_alert_at(db, &alert, second)?;
        let may_see = |vehicle: &i64| caller.vehicles().is_none_or(|allowed| allowed.contains(vehicle));
        let records: Vec<EventId> =
            found.into_iter().filter(|(_, vehicle)| may_see(vehicle)).map(|(id, _)| id).collect();
        Ok::<_, ActionError>((alert, records))
    });
    let (alert, records) = found.await?;
    if records.is_empty() {
        return Err(ActionError::NotFound("alert record"));
    }
    ctx.write(move |db, ctx, _| {
        if alert_records::mark(db, &records, is_read)? == 0 {
            return Ok(());
        }
        let action = if is_read { "alert.mark_read" } else { "alert.mark_unread" };
        let changes =
            Changes::default().field("isRead", !is_read, is_read).field("record", (), second.naive_seconds());
        let object = ("alert", alert.id.0, alert.name.as_str());
        Ok(audit::insert(db, &ctx.entry(Some(alert.company_id), action, object, changes))?)
    })
    .await
}

/// Marks every record of `company` and of those below it as read.
///
/// # Errors
/// Refused, also to a key that is limited to vehicles; a company that is unknown or outside the caller's scope.
pub async fn mark_all(ctx: &Context, company: CompanyId) -> Outcome<()> {
    may_write(ctx)?;
    if ctx.caller.vehicles().is_some() {
        return Err(ActionError::LimitedToVehicles);
    }
    ctx.write(move |db, ctx, _| {
        let company = match companies::get(db, &ctx.caller.scope(), company) {
            Err(StoreError::NotFound) if companies::exists(db, company)? => {
                return Err(ActionError::Foreign("company"));
            }
            found => found.map_err(not_found("company"))?,
        };
        let (before, after) = alert_records::mark_all(db, company.id)?;
        let changes = Changes::default().field("readUpTo", before, after);
        let object = ("company", company.id.0, company.name.as_str());
        Ok(audit::insert(db, &ctx.entry(Some(company.id), "company.mark_all_read", object, changes))?)
    })
    .await
}

fn may_write(ctx: &Context) -> Result<(), Refused> {
    if ctx.caller.holds_action(Action::AlertsWrite) { Ok(()) } else { Err(Refused(Permission::ManageAlerts)) }
}
