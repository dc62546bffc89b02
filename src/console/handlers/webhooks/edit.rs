//! Changes a webhook.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::form::{self, Filling};
use super::input::{self, Typed};
use super::{alerts, named, secret};
use crate::actions::webhooks::{self, Saved, SecretChoice, WebhookUpdate};
use crate::actions::{ActionError, Outcome};
use crate::console::errors::{Change, ErrorPage};
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::Link;
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
        Err(ActionError::Conflict(_)) => Err(clash(&page, webhook, &form).await?),
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

/// Both versions side by side. Nothing was saved.
async fn clash(page: &CompanyPage, webhook: Webhook, form: &Form) -> Result<PageError, PageError> {
    let id = webhook.id;
    let linked: Result<Vec<AlertId>, StoreError> =
        page.store().read(move |db| links::of_webhook(db, id)).await;
    let theirs = Typed::stored(&webhook, &linked?);
    let changes = form::differences(&Typed::sent(form), &theirs)
        .into_iter()
        .map(|(field, yours, theirs)| Change { field: field.to_owned(), yours, theirs })
        .collect();
    let edit = Link::new("Start again from what is stored", page.urls().webhook(id.0).edit());
    Ok(PageError::Clash(Box::new(ErrorPage::conflict(&webhook.settings.name, changes, edit))))
}
