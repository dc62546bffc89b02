//! Which alerts are linked to a webhook: all of them in one form.

use std::collections::BTreeSet;

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use url::form_urlencoded;

use super::{alerts, head, named};
use crate::actions::ActionError;
use crate::actions::webhooks::{self, WebhookUpdate};
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::handlers::numbered::{self, Numbered};
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
pub async fn show(
    page: CompanyPage,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, PageError> {
    let webhook = named(&page, &path.1).await?;
    let asked = Asked::parse(request.query_string());
    Ok(answer::ok(&listed(&page, &webhook, &asked, None, &Problems::default()).await?))
}

/// Which part of the list.
#[derive(Default)]
struct Asked {
    pages_before: usize,
    /// Part of a name, or a number.
    text: String,
}

impl Asked {
    fn parse(query: &str) -> Self {
        let text = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "q");
        Self {
            pages_before: numbered::asked(query),
            text: text.map(|(_, text)| text.trim().chars().take(200).collect()).unwrap_or_default(),
        }
    }

    fn takes(&self, alert: &Alert) -> bool {
        alert.name.to_lowercase().contains(&self.text.to_lowercase()) || alert.id.to_string() == self.text
    }

    fn url(&self, base: &str, pages_before: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if pages_before > 0 {
            query.append_pair("page", &(pages_before + 1).to_string());
        }
        if !self.text.is_empty() {
            query.append_pair("q", &self.text);
        }
        let query = query.finish();
        if query.is_empty() { base.to_owned() } else { format!("{base}?{query}") }
    }
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
        Err(ActionError::Invalid(problems)) => Ok(answer::unprocessable(
            &listed(&page, &webhook, &Asked::default(), Some(wanted), &problems).await?,
        )),
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
    asked: &Asked,
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
    let (may_manage, base) =
        (page.may(Permission::ManageWebhooks), page.urls().webhook(webhook.id.0).links());
    // Who may only look sees what is linked, which is never more than fits.
    let is_found = |alert: &&Alert| if may_manage { asked.takes(alert) } else { chosen.contains(&alert.id) };
    let mut found: Vec<Alert> = alerts.iter().filter(is_found).cloned().collect();
    found.sort_by_key(|alert| !chosen.contains(&alert.id) && !linked.contains(&alert.id));
    let at = Numbered::new(asked.pages_before, alerts::PAGE_SIZE, found.len());
    let shown = at.of(&found);
    Ok(LinksPage {
        head: head::read(page, webhook, Tab::Links).await?,
        errors: problems.0.iter().map(|problem| FormError::new("alerts", problem.message.clone())).collect(),
        alerts: alerts::choices(shown, &chosen),
        text: asked.text.clone(),
        is_long: alerts.len() > alerts::PAGE_SIZE,
        pager: at.pager(|pages_before| asked.url(&base, pages_before)),
        linked: chosen.len(),
        before: alerts::ids(&alerts::listed(shown, &linked)),
        most: LINKS_MAX,
        version: webhook.version,
        warning: warning(webhook, &alerts, &chosen),
        may_manage,
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
