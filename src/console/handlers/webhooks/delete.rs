//! Deletes a webhook, after its name was typed.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::{head, named};
use crate::actions::webhooks;
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::Link;
use crate::console::parts::field::{Field, FormError};
use crate::console::parts::flash::Flash;
use crate::console::shell::Nav;
use crate::console::webhooks::delete::DeletePage;
use crate::console::webhooks::head::Tab;
use crate::domain::access::Permission;
use crate::domain::delivery::State;
use crate::domain::page::Cursor;
use crate::domain::webhook::Webhook;
use crate::store::deliveries::Filter;
use crate::store::{StoreError, deliveries, links};
use crate::web::{page as answer, text};

/// Waiting deliveries are counted up to here.
const COUNT_MAX: i64 = 1_000;

/// `GET …/webhooks/{id}/delete`
pub async fn show(page: CompanyPage, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageWebhooks)?;
    let webhook = named(&page, &path.1).await?;
    Ok(answer::ok(&asked(&page, &webhook, None).await?))
}

/// `POST …/webhooks/{id}/delete`
pub async fn send(
    page: CompanyPage,
    path: Path<(String, String)>,
    form: CsrfForm,
) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageWebhooks)?;
    let (webhook, form) = (named(&page, &path.1).await?, form.0);
    let name = &webhook.settings.name;
    let typed = form.text("confirm");
    if typed.trim() != name.trim() {
        return Ok(answer::unprocessable(&asked(&page, &webhook, Some(typed)).await?));
    }
    let urls = page.urls().webhook(webhook.id.0);
    if form.get("version") != Some(webhook.version.to_string().as_str()) {
        let words = "The webhook was changed since you opened the page that asks. Look at it again first.";
        return Err(PageError::Conflict(words.to_owned(), Link::new(format!("Show {name}"), urls.show())));
    }
    webhooks::delete(&page.context(), webhook.id)
        .await
        .map_err(|error| PageError::of_action(error, &format!("Webhook {}", webhook.id), urls.show()))?;
    page.say(&Flash::ok(format!("Webhook {name} was deleted.")).detail("Its deliveries stay visible."));
    Ok(answer::see_other(&page.urls().webhooks()))
}

async fn asked(
    page: &CompanyPage,
    webhook: &Webhook,
    typed: Option<String>,
) -> Result<DeletePage, PageError> {
    let (id, scope) = (webhook.id, page.scope());
    let found: Result<(usize, usize), StoreError> = page
        .store()
        .read(move |db| {
            let linked = links::of_webhook(db, id)?.len();
            let states = vec![State::Queued, State::Retrying];
            let filter = Filter { states, webhook: Some(id), ..Filter::default() };
            let waiting = deliveries::page(db, &scope, &filter, Cursor::Newest, COUNT_MAX)?;
            Ok((linked, waiting.items.len()))
        })
        .await;
    let (linked, waiting) = found?;
    let name = &webhook.settings.name;
    let confirm = Field::new("confirm", "Type the name of the webhook").hint(format!("It is called {name}"));
    let (confirm, errors) = match typed {
        Some(typed) => (
            confirm.value(typed).error("That is not its name."),
            vec![FormError::new("confirm", "The name does not match")],
        ),
        None => (confirm, Vec::new()),
    };
    Ok(DeletePage {
        head: head::read(page, webhook, Tab::Other).await?,
        consequences: consequences(page, linked, waiting),
        advice: "To stop deliveries for a while, pause the webhook instead.".to_owned(),
        confirm,
        errors,
        version: webhook.version,
        shell: page.shell(format!("Delete {name}"), Nav::Webhooks),
    })
}

fn consequences(page: &CompanyPage, linked: usize, waiting: usize) -> Vec<String> {
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let mut list = vec!["Nothing more is sent to it.".to_owned()];
    if linked > 0 {
        let links = text::counted(count(linked), "alert link is", "alert links are");
        list.push(format!("{links} removed; the alerts stay."));
    }
    if waiting > 0 {
        let more = if count(waiting) >= COUNT_MAX.unsigned_abs() { "At least " } else { "" };
        let deliveries = text::counted(count(waiting), "waiting delivery is", "waiting deliveries are");
        list.push(format!("{more}{deliveries} cancelled."));
    }
    list.push(format!("Its deliveries stay visible for {}.", page.retention()));
    list.push("Its secret and its credential are erased for good.".to_owned());
    list
}
