//! A new webhook.

use actix_web::HttpResponse;

use super::form::{self, Filling};
use super::input::{self, Typed};
use super::{alerts, named, secret};
use crate::actions::webhooks::{self, NewWebhook, Once, Saved, SecretChoice};
use crate::actions::{ActionError, Outcome};
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::flash::Flash;
use crate::domain::access::Permission;
use crate::domain::ids::CompanyId;
use crate::domain::problem::Problems;
use crate::store::StoreError;
use crate::web::form::Form;
use crate::web::page as answer;

/// `GET …/webhooks/new`
pub async fn show(page: CompanyPage) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageWebhooks)?;
    Ok(answer::ok(&filled(&page, &Typed::empty(), &Problems::default()).await?))
}

/// `POST …/webhooks/new`: the secret that was made is shown once, on the page that follows.
pub async fn send(page: CompanyPage, form: CsrfForm) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageWebhooks)?;
    let company = company(&page)?;
    let form = form.0;
    match create(&page, company, &form).await {
        Ok(Once::First(saved)) => {
            let settings = &saved.webhook.settings;
            let state = if settings.is_active { "active" } else { "not active yet" };
            page.say(&Flash::ok(format!("Webhook {} was created and is {state}.", settings.name)));
            let made = saved.new_secret.as_ref().filter(|_| input::secret(&form) == SecretChoice::Keep);
            Ok(secret::hand_over(&page, saved.webhook.id, made))
        }
        // The second of two clicks leads to what the first one made.
        Ok(Once::Before(id)) => {
            let webhook = named(&page, &id.to_string()).await?;
            Ok(secret::hand_over_again(&page, &webhook, input::secret(&form) == SecretChoice::Keep))
        }
        Err(ActionError::Invalid(problems)) => {
            Ok(answer::unprocessable(&filled(&page, &Typed::sent(&form), &problems).await?))
        }
        Err(error) => Err(PageError::of_action(error, "This company", &page.urls().webhooks())),
    }
}

async fn create(page: &CompanyPage, company: CompanyId, form: &Form) -> Outcome<Once<Saved>> {
    let new = NewWebhook {
        change: input::change(form, None)?,
        alert_ids: input::alert_ids(form, &[]).unwrap_or_default(),
        secret: input::secret(form),
    };
    webhooks::create_once(&page.context(), company, new, input::token(form)).await
}

/// A webhook belongs to one company; all of them together have none.
fn company(page: &CompanyPage) -> Result<CompanyId, PageError> {
    page.company().map(|company| company.id).ok_or(PageError::NoSuchPage)
}

async fn filled(
    page: &CompanyPage,
    typed: &Typed,
    problems: &Problems,
) -> Result<crate::console::webhooks::form::FormPage, PageError> {
    let scope = page.user().caller.scope_of(company(page)?);
    let alerts = page.store().read(move |db| alerts::linkable(db, &scope, &[])).await;
    let alerts = alerts.map_err(|error: StoreError| PageError::from(error))?;
    let company = page.company_phrase();
    Ok(form::page(page, &Filling { typed, problems, stored: None, alerts: &alerts, company }))
}
