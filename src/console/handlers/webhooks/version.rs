//! One version of a webhook's settings, and the way back to it.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use url::form_urlencoded;

use super::{edit, head, named, secret};
use crate::actions::ActionError;
use crate::actions::webhooks::{self, Restored};
use crate::console::errors::{Change, ErrorPage};
use crate::console::extract::company::number;
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::flash::Flash;
use crate::console::parts::list::Notice;
use crate::console::parts::{Link, Tone};
use crate::console::shell::Nav;
use crate::console::webhooks::head::Tab;
use crate::console::webhooks::version::{Field, VersionPage};
use crate::domain::access::Permission;
use crate::domain::audit::words;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::restore;
use crate::store::StoreError;
use crate::store::webhook_versions::{self, Version};
use crate::web::icon::Icon;
use crate::web::page as answer;

/// `GET …/webhooks/{id}/history/{version}`
pub async fn show(
    page: CompanyPage,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, PageError> {
    let webhook = named(&page, &path.1).await?;
    let found = version(&page, &webhook, &path.2).await?;
    let differs =
        changes(&webhook, &found).iter().any(|field| field.name != "credential" && field.name != "isActive");
    let urls = page.urls().webhook(webhook.id.0);
    let beside = [found.version - 1, found.version + 1]
        .into_iter()
        .filter(|version| (1..=webhook.version).contains(version));
    let field = |field: restore::Field| Field {
        label: words::label(field.name).to_owned(),
        then: field.then,
        now: field.now,
    };
    let shown = VersionPage {
        head: head::read(&page, &webhook, Tab::History).await?,
        version: found.version,
        present: webhook.version,
        at: page.long(found.at),
        by: found.by.clone(),
        fields: restore::fields(&found.settings, &webhook.settings).into_iter().map(field).collect(),
        notices: notices(&webhook, &found),
        can_restore: differs && page.may(Permission::ManageWebhooks),
        neighbours: beside
            .map(|version| Link::new(format!("Version {version}"), urls.version(version)))
            .collect(),
        shell: page.shell(format!("Version {} of {}", found.version, webhook.settings.name), Nav::Webhooks),
    };
    Ok(answer::ok(&shown))
}

/// `POST …/webhooks/{id}/history/{version}/restore`: the form says at which version the webhook was when it was made;
/// the message that takes it back says so in its address.
pub async fn send(
    page: CompanyPage,
    path: Path<(String, String, String)>,
    request: HttpRequest,
    form: CsrfForm,
) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageWebhooks)?;
    let webhook = named(&page, &path.1).await?;
    let found = version(&page, &webhook, &path.2).await?;
    let in_address =
        form_urlencoded::parse(request.query_string().as_bytes()).find(|(name, _)| name == "version");
    let expected =
        form.0.get("version").map(str::to_owned).or(in_address.map(|(_, value)| value.into_owned()));
    let expected = expected.and_then(|version| version.parse().ok()).unwrap_or_default();
    match webhooks::restore(&page.context(), webhook.id, found.version, expected).await {
        Ok(restored) => {
            page.say(&message(&page, &found, &restored));
            Ok(secret::hand_over(&page, webhook.id, restored.saved.new_secret.as_ref()))
        }
        // What is missing is asked for where it is entered, with everything else as it was in that version.
        Err(ActionError::Invalid(problems)) => {
            Ok(answer::unprocessable(&edit::restoring(&page, &webhook, &found.settings, &problems).await?))
        }
        Err(ActionError::Conflict(_)) => Err(clash(&page, &webhook, &found)),
        Err(error) => {
            let urls = page.urls().webhook(webhook.id.0);
            Err(PageError::of_action(error, &format!("Webhook {}", webhook.id), urls.show()))
        }
    }
}

async fn version(page: &CompanyPage, webhook: &Webhook, text: &str) -> Result<Version, PageError> {
    let missing = || PageError::NotFound(format!("Version {}", text.chars().take(40).collect::<String>()));
    let version = number(text).and_then(|version| i32::try_from(version).ok()).ok_or_else(missing)?;
    let id = webhook.id;
    let found: Result<Option<Version>, StoreError> =
        page.store().read(move |db| webhook_versions::get(db, id, version)).await;
    found?.ok_or_else(missing)
}

fn changes(webhook: &Webhook, found: &Version) -> Vec<restore::Field> {
    let mut fields = restore::fields(&found.settings, &webhook.settings);
    fields.retain(|field| !field.is_same());
    fields
}

/// What has to be known before.
fn notices(webhook: &Webhook, found: &Version) -> Vec<Notice> {
    let warning = |text| Notice { tone: Tone::Warn, icon: Icon::Warning, text };
    let now = &webhook.settings;
    let asks = found.settings["authType"] != "none";
    let credential = match (
        restore::other_host(&found.settings, now),
        restore::drops_credential(&found.settings, now),
    ) {
        (Some(host), _) if asks => Some(format!(
            "This version sent to another host, {host}. No credential is taken along: you will be asked for it."
        )),
        (Some(host), true) => Some(format!(
            "This version sent to another host, {host}, without a credential. The present credential is dropped."
        )),
        (Some(host), false) => Some(format!("This version sent to another host, {host}.")),
        (None, true) if asks => Some(
            "This version had another auth type, and its secret is not kept: you will be asked for it."
                .to_owned(),
        ),
        (None, true) => {
            Some("This version sent no credential. The present credential is dropped.".to_owned())
        }
        (None, false) if asks && now.auth.secret().is_none() => {
            Some("The secret of this version is not kept: you will be asked for it.".to_owned())
        }
        (None, false) => None,
    };
    credential.into_iter().map(warning).collect()
}

fn message(page: &CompanyPage, found: &Version, restored: &Restored) -> Flash {
    let webhook = &restored.saved.webhook;
    let name = &webhook.settings.name;
    if webhook.version == restored.before {
        return Flash::info(format!("{name} is as it was in version {}.", found.version));
    }
    let flash = Flash::ok(format!("Version {} of {name} was restored.", found.version));
    let flash = if restored.dropped_credential {
        flash.detail("Its credential was dropped: nothing proves who we are until you enter one.")
    } else {
        flash.detail(format!("It is version {} now.", webhook.version))
    };
    if restored.can_undo {
        let back = page.urls().webhook(webhook.id.0).restore(restored.before);
        flash.undo(format!("{back}?version={}", webhook.version))
    } else {
        flash
    }
}

/// What somebody wanted back beside what somebody else made of the webhook in the meantime.
fn clash(page: &CompanyPage, webhook: &Webhook, found: &Version) -> PageError {
    let change = |field: restore::Field| Change {
        field: words::label(field.name).to_owned(),
        yours: field.then,
        theirs: field.now,
    };
    let changes = changes(webhook, found).into_iter().map(change).collect();
    let url = page.urls().webhook(webhook.id.0).version(found.version);
    let look = Link::new(format!("Look at version {} again", found.version), url);
    PageError::Clash(Box::new(ErrorPage::conflict(&webhook.settings.name, changes, look)))
}
