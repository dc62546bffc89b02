//! Pauses a webhook, or changes its pause. It can be undone from the message that follows.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::{head, named};
use crate::actions::{ActionError, webhooks};
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::field::{Field, FormError, Radio};
use crate::console::parts::flash::Flash;
use crate::console::shell::Nav;
use crate::console::webhooks::head::Tab;
use crate::console::webhooks::pause::PausePage;
use crate::domain::access::Permission;
use crate::domain::problem::{Problems, Rule};
use crate::domain::time::HOUR_US;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::pause::{Bounds, PauseMode};
use crate::web::{page as answer, text};

/// What was typed.
#[derive(Default)]
struct Typed {
    mode: String,
    reason: String,
}

/// `GET …/webhooks/{id}/pause`
pub async fn show(page: CompanyPage, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageWebhooks)?;
    let webhook = named(&page, &path.1).await?;
    let typed = Typed {
        mode: webhook.paused.as_ref().map_or(PauseMode::Hold, |paused| paused.mode).name().to_owned(),
        reason: webhook.paused.as_ref().and_then(|paused| paused.reason.clone()).unwrap_or_default(),
    };
    Ok(answer::ok(&asked(&page, &webhook, &typed, &Problems::default()).await?))
}

/// `POST …/webhooks/{id}/pause`
pub async fn send(
    page: CompanyPage,
    path: Path<(String, String)>,
    form: CsrfForm,
) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageWebhooks)?;
    let before = named(&page, &path.1).await?;
    let typed = Typed { mode: form.0.text("mode"), reason: form.0.text("reason") };
    let Ok(mode) = typed.mode.parse::<PauseMode>() else {
        let problems = Problems::one("mode", Rule::Required, "Choose what becomes of new events.");
        return Ok(answer::unprocessable(&asked(&page, &before, &typed, &problems).await?));
    };
    let urls = page.urls().webhook(before.id.0);
    let webhook = match webhooks::pause(&page.context(), before.id, mode, &typed.reason).await {
        Ok(webhook) => webhook,
        Err(ActionError::Invalid(problems)) => {
            return Ok(answer::unprocessable(&asked(&page, &before, &typed, &problems).await?));
        }
        Err(error) => {
            return Err(PageError::of_action(error, &format!("Webhook {}", before.id), urls.show()));
        }
    };
    let name = &webhook.settings.name;
    let detail = match mode {
        PauseMode::Hold => "New events are held until you resume it.",
        PauseMode::Drop => "New events are dropped until you resume it.",
    };
    page.say(&if before.paused.is_some() {
        Flash::ok(format!("The pause of {name} was changed.")).detail(detail)
    } else {
        Flash::ok(format!("{name} is paused.")).detail(detail).undo(urls.resume())
    });
    Ok(answer::see_other(urls.show()))
}

async fn asked(
    page: &CompanyPage,
    webhook: &Webhook,
    typed: &Typed,
    problems: &Problems,
) -> Result<PausePage, PageError> {
    let name = &webhook.settings.name;
    let (title, verb) = match webhook.paused {
        None => (format!("Pause {name}"), "Pause webhook"),
        Some(_) => (format!("Change the pause of {name}"), "Change pause"),
    };
    let radio =
        |mode: PauseMode, label, note| Radio::new(mode.name(), label, note, mode.name() == typed.mode);
    let line = |field: &str, message: &str| match field {
        "reason" => FormError::new("reason", format!("Reason: {message}")),
        _ => FormError::new("mode", format!("New events: {message}")),
    };
    Ok(PausePage {
        head: head::read(page, webhook, Tab::Other).await?,
        heading: title.clone(),
        consequences: consequences(),
        modes: vec![
            radio(PauseMode::Hold, "Hold new events", "sent or dropped when you resume"),
            radio(PauseMode::Drop, "Drop new events", "listed as not sent"),
        ],
        mode_error: problems.at("mode").map(|problem| problem.message.clone()),
        reason: Field::new("reason", "Reason")
            .value(&typed.reason)
            .judged(problems, "reason")
            .hint("Optional. Everybody who sees the webhook sees it."),
        errors: problems.0.iter().map(|problem| line(&problem.field, &problem.message)).collect(),
        verb,
        shell: page.shell(title, Nav::Webhooks),
    })
}

fn consequences() -> Vec<String> {
    let bounds = Bounds::DEFAULT;
    let events = text::counted(bounds.count_max.unsigned_abs(), "event", "events");
    let hours = text::counted((bounds.age_max_us / HOUR_US).unsigned_abs(), "hour", "hours");
    vec![
        "Nothing is sent to it but tests, until somebody resumes it.".to_owned(),
        "What waits now waits on; nothing is cancelled.".to_owned(),
        format!(
            "It holds {events} at most, each for {hours} at most. What goes beyond is dropped, the oldest first."
        ),
    ]
}
