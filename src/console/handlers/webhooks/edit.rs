//! Changes a webhook.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::form::{self, Filling};
use super::input::{self, Typed};
use super::{alerts, named, secret};
use crate::actions::webhooks::{self, Saved, SecretChoice, WebhookUpdate};
use crate::actions::{ActionError, Outcome};
use crate::console::errors::Change;
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::flash::Flash;
use crate::console::webhooks::form::FormPage;
use crate::domain::access::Permission;
use crate::domain::alert::Alert;
use crate::domain::company::Company;
use crate::domain::ids::AlertId;
use crate::domain::problem::Problems;
use crate::domain::webhook::Webhook;
use crate::store::{StoreError, companies, links};
use crate::web::form::Form;
use crate::web::page as answer;

/// `GET …/webhooks/{id}/edit`
pub async fn show(page: CompanyPage, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageWebhooks)?;
    let webhook = named(&page, &path.1).await?;
    Ok(answer::ok(&filled(&page, &webhook, None, &Problems::default()).await?))
}

/// `POST …/webhooks/{id}/edit`
pub async fn send(
    page: CompanyPage,
    path: Path<(String, String)>,
    form: CsrfForm,
) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageWebhooks)?;
    let (webhook, form) = (named(&page, &path.1).await?, form.0);
    match update(&page, &webhook, &form).await {
        Ok(saved) => {
            let text = if saved.webhook.version == webhook.version { "is as it was." } else { "was saved." };
            page.say(&Flash::ok(format!("Webhook {} {text}", saved.webhook.settings.name)));
            let made = saved.new_secret.as_ref().filter(|_| input::secret(&form) == SecretChoice::Keep);
            Ok(secret::hand_over(&page, saved.webhook.id, made))
        }
        Err(ActionError::Invalid(problems)) => {
            let typed = Typed::sent(&form);
            Ok(answer::unprocessable(&filled(&page, &webhook, Some(typed), &problems).await?))
        }
        Err(ActionError::Conflict(_)) => {
            let stored = named(&page, &path.1).await?;
            Ok(answer::html(StatusCode::CONFLICT, &clash(&page, &stored, &form).await?))
        }
        Err(error) => {
            let urls = page.urls().webhook(webhook.id.0);
            Err(PageError::of_action(error, &format!("Webhook {}", webhook.id), urls.show()))
        }
    }
}

/// The form with the settings of an earlier version, for what is missing before they can come back.
pub async fn restoring(
    page: &CompanyPage,
    webhook: &Webhook,
    settings: &serde_json::Value,
    problems: &Problems,
) -> Result<FormPage, PageError> {
    let id = webhook.id;
    let linked: Result<Vec<AlertId>, StoreError> =
        page.store().read(move |db| links::of_webhook(db, id)).await;
    filled(page, webhook, Some(Typed::kept(settings, webhook, &linked?)), problems).await
}

async fn update(page: &CompanyPage, webhook: &Webhook, form: &Form) -> Outcome<Saved> {
    let id = webhook.id;
    let linked = page.store().read(move |db| links::of_webhook(db, id)).await?;
    let update = WebhookUpdate {
        change: input::change(form, Some(webhook))?,
        alert_ids: input::alert_ids(form, &linked),
        secret: input::secret(form),
        // A form without a version is refused like one with an old version: it may be as old.
        expected_version: Some(
            form.get("version").and_then(|version| version.parse().ok()).unwrap_or_default(),
        ),
    };
    webhooks::update(&page.context(), webhook.id, update).await
}

async fn filled(
    page: &CompanyPage,
    webhook: &Webhook,
    typed: Option<Typed>,
    problems: &Problems,
) -> Result<FormPage, PageError> {
    let (id, owner) = (webhook.id, webhook.company_id);
    let (wide, scope) = (page.scope(), page.user().caller.scope_of(owner));
    let found: Result<(Vec<AlertId>, Vec<Alert>, Company), StoreError> = page
        .store()
        .read(move |db| {
            let linked = links::of_webhook(db, id)?;
            let alerts = alerts::linkable(db, &scope, &linked)?;
            Ok((linked, alerts, companies::get(db, &wide, owner)?))
        })
        .await;
    let (linked, alerts, owner) = found?;
    let typed = typed.unwrap_or_else(|| Typed::stored(webhook, &super::alerts::listed(&alerts, &linked)));
    let is_shown = page.company().is_some_and(|company| company.id == owner.id);
    let company = if is_shown { page.company_phrase() } else { owner.name };
    Ok(form::page(
        page,
        &Filling { typed: &typed, problems, stored: Some(webhook), alerts: &alerts, company },
    ))
}

/// The form with what was typed, below what both want. It has the version that is stored now: who sends it again knows
/// what they save over.
async fn clash(page: &CompanyPage, stored: &Webhook, form: &Form) -> Result<FormPage, PageError> {
    let id = stored.id;
    let linked: Result<Vec<AlertId>, StoreError> =
        page.store().read(move |db| links::of_webhook(db, id)).await;
    let (yours, theirs) = (Typed::sent(form), Typed::stored(stored, &linked?));
    let changes = form::differences(&yours, &theirs)
        .into_iter()
        .map(|(field, yours, theirs)| Change { field: field.to_owned(), yours, theirs })
        .collect();
    let mut shown = filled(page, stored, Some(yours), &Problems::default()).await?;
    shown.clash = Some(changes);
    shown.shell.title = format!("Conflict: {}", shown.shell.title);
    Ok(shown)
}
