//! The signature lab: reads a request, finds the secret, and has the domain say what is wrong. Nothing is written.

mod found;
mod input;
mod result;

use actix_web::web::Query;
use actix_web::{HttpResponse, http::StatusCode};

use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::Link;
use crate::console::parts::field::Choice;
use crate::console::shell::Nav;
use crate::console::signature_lab::{Checked, LabPage, Source};
use crate::domain::access::Permission;
use crate::domain::webhook::format::Format;
use crate::web::page as answer;
use found::Sent;
use input::{ENCODINGS, Input};

/// `?attempt=2&delivery=9061`, `?webhook=41`
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Chosen {
    delivery: Option<String>,
    attempt: Option<String>,
    webhook: Option<String>,
}

/// `GET …/signature-lab`: filled with an attempt, and answered at once for whom the stored secret is.
pub async fn show(page: CompanyPage, chosen: Option<Query<Chosen>>) -> Result<HttpResponse, PageError> {
    let chosen = chosen.map(Query::into_inner).unwrap_or_default();
    let may_use = page.may(Permission::ManageWebhooks);
    if let Some(delivery) = &chosen.delivery {
        let sent = found::sent(&page, delivery, chosen.attempt.as_deref().unwrap_or("1")).await?;
        let input = Input::of(&page, &sent, may_use);
        let stored = if may_use { found::stored(&page, sent.delivery.webhook_id).await? } else { None };
        let checked = match &stored {
            Some(stored) if stored.secret.is_some() && !sent.is_masked => {
                Some(result::checked(&page, &input, stored, Some(&sent)))
            }
            _ => None,
        };
        return Ok(answer::ok(&filled(&page, &input, Some(&sent), checked)));
    }
    let mut input = Input::default();
    let webhook = chosen.webhook.as_deref().and_then(found::number).filter(|_| may_use);
    if let Some(id) = webhook
        && let Some(stored) = found::stored(&page, id).await?
    {
        (input.webhook, input.format) = (id.to_string(), stored.format);
    }
    Ok(answer::ok(&filled(&page, &input, None, None)))
}

/// `POST …/signature-lab`. It changes nothing: a POST since neither a secret nor a body belongs into an address.
pub async fn send(page: CompanyPage, form: CsrfForm) -> Result<HttpResponse, PageError> {
    let mut input = Input::parse(&form.0, page.times());
    let sent = match (form.0.get("delivery"), form.0.get("attempt")) {
        (Some(delivery), Some(attempt)) => Some(found::sent(&page, delivery, attempt).await?),
        _ => None,
    };
    let secret = if input.webhook.is_empty() {
        input.typed_secret()
    } else {
        // Whoever may not change webhooks has no such field.
        page.require(Permission::ManageWebhooks)?;
        let stored = match found::number(&input.webhook) {
            Some(id) => found::stored(&page, id).await?,
            None => None,
        };
        input.stored_secret(stored)
    };
    let checked = secret
        .filter(|_| input.problems.is_empty())
        .map(|secret| result::checked(&page, &input, &secret, sent.as_ref()));
    let status = if input.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(answer::html(status, &filled(&page, &input, sent.as_ref(), checked)))
}

fn filled(page: &CompanyPage, input: &Input, sent: Option<&Sent>, checked: Option<Checked>) -> LabPage {
    let title = match &checked {
        Some(checked) => format!("{} · Signature lab", checked.verdict.badge.word),
        None => "Signature lab".to_owned(),
    };
    let formats = Format::ALL.map(|format| (format.name(), format.label()));
    LabPage {
        errors: input.errors(),
        format: input.format_field(),
        formats: Choice::list(formats, input.format.name()),
        webhook: page.may(Permission::ManageWebhooks).then(|| input.webhook_field()),
        secret: input.secret_field(),
        headers: input.headers_field(),
        body: input.body_field(sent.is_some_and(|sent| sent.is_masked)),
        encoding: input.encoding_field(),
        encodings: Choice::list(ENCODINGS, input.encoding),
        received_at: input.received_at_field(),
        source: sent.map(|sent| {
            let (delivery, attempt) = (sent.delivery.id.0, sent.attempt.number);
            let url = page.urls().delivery(delivery).attempt(attempt.unsigned_abs());
            Source {
                link: Link::new(format!("attempt {attempt} of delivery {delivery}"), url),
                delivery,
                attempt,
            }
        }),
        checked,
        shell: page.shell(title, Nav::SignatureLab),
    }
}
