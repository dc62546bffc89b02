//! The settings tab of a webhook: pause, switch, delete, how this installation sends, and its number's spellings.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::super::deliveries::rows::duration;
use super::{head, named, verdict};
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::parts::facts::Fact;
use crate::console::shell::Nav;
use crate::console::webhooks::head::Tab;
use crate::console::webhooks::settings::{Number, SettingsPage};
use crate::domain::webhook::Webhook;
use crate::web::{page as answer, text};

/// `GET …/webhooks/{id}/settings`
pub async fn show(page: CompanyPage, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    let webhook = named(&page, &path.1).await?;
    let schedule = page.state().services.engine.schedule();
    let waits = schedule.waits_us().iter().map(|wait| match wait {
        0 => "at once".to_owned(),
        wait => format!("{} after the one before", duration(*wait)),
    });
    let shown = SettingsPage {
        head: head::read(&page, &webhook, Tab::Settings).await?,
        state: state(&page, &webhook),
        waits: waits.collect(),
        sending: sending(&page, &webhook),
        numbers: numbers(&webhook),
        shell: page.shell(format!("Settings of {}", webhook.settings.name), Nav::Webhooks),
    };
    Ok(answer::ok(&shown))
}

fn state(page: &CompanyPage, webhook: &Webhook) -> String {
    match (webhook.disabled, &webhook.paused) {
        _ if !webhook.settings.is_active => "Somebody switched it off: nothing is sent but tests.".to_owned(),
        (Some((reason, at)), _) => {
            format!("Belfry switched it off at {}. {}", page.times().sentence(at), reason.sentence())
        }
        (None, Some(paused)) => verdict::paused_words(page, paused),
        (None, None) => "It is active: deliveries are made.".to_owned(),
    }
}

/// What the service decides for every webhook, as it is set here.
fn sending(page: &CompanyPage, webhook: &Webhook) -> Vec<Fact> {
    let engine = &page.state().services.engine;
    let attempts = text::counted(u64::from(engine.schedule().attempts_max()), "attempt", "attempts");
    let off = match engine.auto_disable().after_us() {
        Some(after_us) => format!("when every attempt has failed for {}", duration(after_us)),
        None => "never by Belfry, but for an answer 410 Gone".to_owned(),
    };
    vec![
        Fact::new("Format", webhook.settings.format.label()),
        Fact::new("Body", "POST, application/json"),
        Fact::new("Timeout", format!("{} for each attempt", duration(engine.timeout_us()))),
        Fact::new("Retries", format!("{attempts} over {}", duration(engine.schedule().span_us()))),
        Fact::new("Switched off", off),
    ]
}

fn numbers(webhook: &Webhook) -> Vec<Number> {
    let id = webhook.id;
    vec![
        Number { id: "number", label: "Telemax and Aggregate", text: id.telemax() },
        Number { id: "number-zstack", label: "ZStack", text: id.zstack() },
        Number { id: "number-softwareone", label: "SoftwareOne", text: id.softwareone() },
    ]
}
