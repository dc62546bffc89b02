//! Which alerts are linked to a webhook: all of them in one form.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::{alerts, head, named};
use crate::actions::ActionError;
use crate::actions::webhooks::{self, WebhookUpdate};
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::field::FormError;
use crate::console::parts::flash::Flash;
use crate::console::parts::list::Notice;
use crate::console::parts::{Link, Tone};
use crate::console::shell::Nav;
use crate::console::webhooks::head::Tab;
use crate::console::webhooks::links::LinksPage;
use crate::domain::access::Permission;
use crate::domain::alert::Alert;
use crate::domain::ids::AlertId;
use crate::domain::problem::Problems;
use crate::domain::webhook::{LINKS_MAX, Receives, Webhook};
use crate::store::{StoreError, links};
use crate::web::icon::Icon;
use crate::web::{page as answer, text};

/// `GET …/webhooks/{id}/alert-links`
pub async fn show(page: CompanyPage, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    let webhook = named(&page, &path.1).await?;
    Ok(answer::ok(&listed(&page, &webhook, None, &Problems::default()).await?))
}

/// `POST …/webhooks/{id}/alert-links`
pub async fn send(
    page: CompanyPage,
    path: Path<(String, String)>,
    form: CsrfForm,
) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageWebhooks)?;
    let (webhook, form) = (named(&page, &path.1).await?, form.0);
    let (id, urls) = (webhook.id, page.urls().webhook(webhook.id.0));
    let linked: Result<Vec<AlertId>, StoreError> =
        page.store().read(move |db| links::of_webhook(db, id)).await;
    let wanted = alerts::wanted(&linked?, &form);
    let update = WebhookUpdate {
        alert_ids: Some(wanted.clone()),
        expected_version: Some(
            form.get("version").and_then(|version| version.parse().ok()).unwrap_or_default(),
        ),
        ..WebhookUpdate::default()
    };
    match webhooks::update(&page.context(), webhook.id, update).await {
        Ok(saved) => {
            let count = u64::try_from(saved.alert_ids.len()).unwrap_or(u64::MAX);
            let linked = text::counted(count, "alert is", "alerts are");
            page.say(&Flash::ok(format!("{linked} linked to {} now.", webhook.settings.name)));
            Ok(answer::see_other(&urls.links()))
        }
        Err(ActionError::Invalid(problems)) => {
            Ok(answer::unprocessable(&listed(&page, &webhook, Some(wanted), &problems).await?))
        }
        Err(ActionError::Conflict(_)) => {
            let words = "Somebody else changed the webhook in the meantime. Your choice was not saved.";
            Err(PageError::Conflict(
                words.to_owned(),
                Link::new("Start again from what is stored", urls.links()),
            ))
        }
        Err(error) => Err(PageError::of_action(error, &format!("Webhook {}", webhook.id), urls.show())),
    }
}

async fn listed(
    page: &CompanyPage,
    webhook: &Webhook,
    chosen: Option<Vec<AlertId>>,
    problems: &Problems,
) -> Result<LinksPage, PageError> {
    let (id, scope) = (webhook.id, page.user().caller.scope_of(webhook.company_id));
    let found: Result<(Vec<AlertId>, Vec<Alert>), StoreError> = page
        .store()
        .read(move |db| {
            let linked = links::of_webhook(db, id)?;
            let alerts = alerts::linkable(db, &scope, &linked)?;
            Ok((linked, alerts))
        })
        .await;
    let (linked, alerts) = found?;
    let chosen = chosen.unwrap_or_else(|| linked.clone());
    let name = &webhook.settings.name;
    Ok(LinksPage {
        head: head::read(page, webhook, Tab::Links).await?,
        errors: problems.0.iter().map(|problem| FormError::new("alerts", problem.message.clone())).collect(),
        alerts: alerts::choices(&alerts, &chosen),
        linked: chosen.len(),
        before: alerts::ids(&alerts::listed(&alerts, &linked)),
        most: LINKS_MAX,
        version: webhook.version,
        warning: warning(webhook, &alerts, &chosen),
        may_manage: page.may(Permission::ManageWebhooks),
        shell: page.shell(format!("Alert links of {name}"), Nav::Webhooks),
    })
}

fn warning(webhook: &Webhook, alerts: &[Alert], chosen: &[AlertId]) -> Option<Notice> {
    let notice = |tone, icon, text: String| Some(Notice { tone, icon, text });
    match webhook.settings.receives {
        Receives::All => {
            return notice(
                Tone::Info,
                Icon::Info,
                "The webhook receives every alert: the links decide nothing.".to_owned(),
            );
        }
        Receives::TestsOnly => {
            return notice(
                Tone::Info,
                Icon::Info,
                "The webhook receives tests only: the links decide nothing.".to_owned(),
            );
        }
        Receives::Linked => {}
    }
    let linked = alerts.iter().filter(|alert| chosen.contains(&alert.id));
    let types: BTreeSet<i64> = linked.map(|alert| alert.alert_type.id()).collect();
    if types.len() < 2 {
        return None;
    }
    let text = format!(
        "The linked alerts have {} types, and each type has its own data. The receiver has to tell them apart by alertType.",
        types.len()
    );
    notice(Tone::Warn, Icon::Warning, text)
}
