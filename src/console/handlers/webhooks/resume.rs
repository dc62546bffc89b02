//! Resumes a paused webhook and says what becomes of the events that it holds.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::{HELD_COUNT_MAX, head, named, words};
use crate::actions::webhooks;
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::facts::Fact;
use crate::console::parts::field::{FormError, Radio};
use crate::console::parts::flash::Flash;
use crate::console::shell::Nav;
use crate::console::webhooks::head::Tab;
use crate::console::webhooks::resume::ResumePage;
use crate::domain::access::Permission;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::pause::{Paused, Resume};
use crate::store::StoreError;
use crate::store::holds::{self, Held};
use crate::web::page as answer;

/// `GET …/webhooks/{id}/resume`; of a webhook that is not paused, its own page.
pub async fn show(page: CompanyPage, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageWebhooks)?;
    let webhook = named(&page, &path.1).await?;
    let Some(paused) = &webhook.paused else {
        return Ok(answer::see_other(page.urls().webhook(webhook.id.0).show()));
    };
    Ok(answer::ok(&asked(&page, &webhook, paused, Some(Resume::All), None).await?))
}

/// `POST …/webhooks/{id}/resume`: without a choice, as *Undo* sends it, everything that is held is sent.
pub async fn send(
    page: CompanyPage,
    path: Path<(String, String)>,
    form: CsrfForm,
) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageWebhooks)?;
    let before = named(&page, &path.1).await?;
    let urls = page.urls().webhook(before.id.0);
    let chosen = form.0.get("held").map_or(Ok(Resume::All), str::parse);
    let Some(paused) = &before.paused else {
        page.say(&Flash::info(format!("{} is not paused.", before.settings.name)));
        return Ok(answer::see_other(urls.show()));
    };
    let Ok(chosen) = chosen else {
        let problem = Some("Choose what becomes of the held events.");
        return Ok(answer::unprocessable(&asked(&page, &before, paused, None, problem).await?));
    };
    let held = held(&page, &before).await?;
    webhooks::resume(&page.context(), before.id, chosen)
        .await
        .map_err(|error| PageError::of_action(error, &format!("Webhook {}", before.id), urls.show()))?;
    let since = page.times().sentence(paused.since);
    let flash = Flash::ok(format!("{} is resumed; it was paused since {since}.", before.settings.name));
    page.say(&match words::released(chosen, &held) {
        Some(detail) => flash.detail(detail),
        None => flash,
    });
    Ok(answer::see_other(urls.show()))
}

async fn held(page: &CompanyPage, webhook: &Webhook) -> Result<Held, PageError> {
    let id = webhook.id;
    let held: Result<Held, StoreError> =
        page.store().read(move |db| holds::count(db, id, HELD_COUNT_MAX)).await;
    Ok(held?)
}

async fn asked(
    page: &CompanyPage,
    webhook: &Webhook,
    paused: &Paused,
    chosen: Option<Resume>,
    problem: Option<&str>,
) -> Result<ResumePage, PageError> {
    let held = held(page, webhook).await?;
    let mut facts =
        vec![Fact::new("Paused since", format!("by {}", paused.by)).moment(page.long(paused.since))];
    if let Some(reason) = &paused.reason {
        facts.push(Fact::new("Reason", reason));
    }
    facts.push(match held.oldest_at {
        Some(at) => Fact::new(
            "Held",
            format!("{}, the first since {}", words::held(&held), page.times().sentence(at)),
        ),
        None => Fact::new("Held", "nothing"),
    });
    let radio = |resume: Resume, label, note| Radio::new(resume.name(), label, note, chosen == Some(resume));
    let choices = vec![
        radio(Resume::All, "Send all of them", words::events(held.deliveries)),
        radio(Resume::NewestPerVehicle, "Send the newest of each vehicle", words::events(held.vehicles)),
        radio(Resume::Nothing, "Send none of them", "they stay listed as not sent".to_owned()),
    ];
    Ok(ResumePage {
        head: head::read(page, webhook, Tab::Other).await?,
        facts,
        choices: if held.deliveries == 0 { Vec::new() } else { choices },
        error: problem.map(str::to_owned),
        errors: problem
            .map(|problem| FormError::new("held", format!("Held events: {problem}")))
            .into_iter()
            .collect(),
        shell: page.shell(format!("Resume {}", webhook.settings.name), Nav::Webhooks),
    })
}
