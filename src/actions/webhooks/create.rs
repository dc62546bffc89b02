//! A new webhook.

use serde_json::Value;

use super::{
    Once, Saved, SecretChoice, check_linkable, choose_secret, entry, made_by, not_found, numbers,
    sent_before, with_secret, without_duplicates,
};
use crate::actions::{Context, Outcome};
use crate::domain::access::Permission;
use crate::domain::audit::Changes;
use crate::domain::form_token::FormToken;
use crate::domain::ids::{AlertId, CompanyId};
use crate::domain::webhook::settings::Change;
use crate::domain::webhook::snapshot;
use crate::store::{audit, companies, links, webhooks};

/// A webhook to be made.
#[derive(Debug, Clone, Default)]
pub struct NewWebhook {
    /// The choices; what is not mentioned gets its default.
    pub change: Change,
    /// Alerts to link; duplicates are dropped, the first one's place stays.
    pub alert_ids: Vec<AlertId>,
    /// The signing secret.
    pub secret: SecretChoice,
}

/// Makes a webhook of `company`.
///
/// # Errors
/// Refused, invalid, or a company that the caller does not see.
pub async fn create(ctx: &Context, company: CompanyId, new: NewWebhook) -> Outcome<Saved> {
    match create_once(ctx, company, new, None).await? {
        Once::First(saved) => Ok(saved),
        Once::Before(_) => unreachable!("what has no token came never before"),
    }
}

/// Makes a webhook of `company`, unless the form with this token made one already.
///
/// # Errors
/// As [`create`].
pub async fn create_once(
    ctx: &Context,
    company: CompanyId,
    new: NewWebhook,
    form: Option<FormToken>,
) -> Outcome<Once<Saved>> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    let settings = with_secret(new.change.create(&ctx.services.endpoint_policy), &new.secret)?;
    let alert_ids = without_duplicates(new.alert_ids);
    let secret = choose_secret(&new.secret, None, settings.signing, settings.format, &*ctx.services.random)?;
    ctx.write(move |db, ctx, now| {
        if let Some(before) = sent_before(db, ctx, form.as_ref(), now)? {
            return Ok(Once::Before(before));
        }
        companies::get(db, &ctx.caller.scope(), company).map_err(not_found("company"))?;
        check_linkable(db, ctx, company, &alert_ids)?;
        let by = ctx.caller.actor.name();
        let webhook = webhooks::insert(db, company, &settings, secret.as_ref(), by, now)?;
        for alert in &alert_ids {
            links::insert(db, webhook.id, *alert, by, now)?;
        }
        let changes = Changes::default()
            .field("settings", Value::Null, snapshot::without_secrets(&settings))
            .field("alertIds", Vec::<i64>::new(), numbers(&alert_ids))
            .secret("secret", secret.is_some())
            .version(Value::Null, webhook.version);
        audit::insert(db, &entry(ctx, &webhook, "webhook.create", changes))?;
        made_by(db, ctx, form.as_ref(), webhook.id)?;
        Ok(Once::First(Saved { webhook, alert_ids, new_secret: secret }))
    })
    .await
}
