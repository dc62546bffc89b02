//! Webhooks: create, list, get, update, delete (contract 1.3).

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::code::Code;
use super::errors::Error;
use super::wire::{Done, Envelope, WebhookBody, WebhookDto, WebhookRequest};
use super::{Call, paging};
use crate::actions::webhooks::{self, NewWebhook, Saved, WebhookUpdate};
use crate::actions::{ActionError, Context};
use crate::api::{given, number};
use crate::domain::access::Action;
use crate::domain::ids::{AlertId, WebhookId};
use crate::domain::problem::{Problems, Rule};
use crate::domain::webhook::format::Format;
use crate::domain::webhook::settings::Change;
use crate::domain::webhook::{Receives, Webhook};
use crate::store::{StoreError, links, webhooks as store};
use crate::web::json;

/// `POST /api/v2/webhooks`. The only answer that shows the secret.
pub async fn create(call: Call, req: HttpRequest, payload: Payload) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksWrite)?;
    let company = call.company()?;
    let body = read_body(&req, payload).await?;
    let new = NewWebhook {
        change: Change {
            url: Some(body.url),
            receives: Some(scope(body.is_global).to_owned()),
            format: Some(Format::Telemax.name().to_owned()),
            signing: Some(true),
            is_active: Some(body.is_active),
            ..Change::default()
        },
        alert_ids: body.alert_ids,
        ..NewWebhook::default()
    };
    let saved = webhooks::create(&call.ctx, company, new).await?;
    let dto = shown(&call.ctx, &saved).await?.with_secret(&saved);
    Ok(HttpResponse::Ok().json(dto))
}

/// `GET /api/v2/webhooks`: all that are not deleted, active or not.
pub async fn list(call: Call, req: HttpRequest) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksRead)?;
    let request = paging::request(req.query_string())?;
    let scope = call.ctx.caller.scope();
    let envelope = call.ctx.services.store.read(move |db| {
        let paged = store::page(db, &scope, request)?;
        let ids: Vec<WebhookId> = paged.items.iter().map(|webhook| webhook.id).collect();
        let (linked, types) = (links::of_webhooks(db, &ids)?, links::types_of(db, &ids)?);
        let dto = |webhook: Webhook| {
            let linked = linked.get(&webhook.id).map_or(&[][..], Vec::as_slice);
            WebhookDto::new(&webhook, linked, types.get(&webhook.id).map_or(&[][..], Vec::as_slice))
        };
        Ok::<_, StoreError>(Envelope::new(request, paged, dto))
    });
    Ok(HttpResponse::Ok().json(envelope.await?))
}

/// `GET /api/v2/webhooks/{id}`.
pub async fn get(call: Call, id: Path<String>) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksRead)?;
    let id = webhook_id(&id)?;
    let (webhook, linked) = find(&call.ctx, id).await?;
    let saved = Saved { webhook, alert_ids: linked, new_secret: None };
    Ok(HttpResponse::Ok().json(shown(&call.ctx, &saved).await?))
}

/// `PUT /api/v2/webhooks/{id}`: replaces what this door knows. Name, format, credential and criteria are
/// other doors' and stay.
pub async fn update(
    call: Call,
    id: Path<String>,
    req: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksWrite)?;
    let id = webhook_id(&id)?;
    let body = read_body(&req, payload).await?;
    let (before, linked) = find(&call.ctx, id).await?;
    let same_links =
        linked.len() == body.alert_ids.len() && linked.iter().all(|id| body.alert_ids.contains(id));
    // A webhook that gets only tests looks like one with linked alerts from here. Who sends back what they
    // were shown does not ask for events; who changes the alerts, or asks for all events, does.
    let stays = before.settings.receives == Receives::TestsOnly && !body.is_global && same_links;
    let update = WebhookUpdate {
        change: Change {
            url: Some(body.url),
            receives: (!stays).then(|| scope(body.is_global).to_owned()),
            is_active: Some(body.is_active),
            ..Change::default()
        },
        alert_ids: Some(body.alert_ids),
        ..WebhookUpdate::default()
    };
    let saved = webhooks::update(&call.ctx, id, update).await.map_err(|error| {
        // An unknown alert is 404 here and 422 when creating: each operation's page says so.
        match Error::from(error) {
            error if error.code == Code::AlertNotFound => error.with_status(Code::AlertNotFound.status()),
            error => error,
        }
    })?;
    Ok(HttpResponse::Ok().json(shown(&call.ctx, &saved).await?))
}

/// `DELETE /api/v2/webhooks/{id}`. The vendor's page tells another company's webhook (403) from none (404).
pub async fn delete(call: Call, id: Path<String>) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksWrite)?;
    webhooks::delete(&call.ctx, webhook_id(&id)?).await.map_err(Error::telling_foreign)?;
    Ok(HttpResponse::Ok().json(Done {}))
}

/// A webhook's number out of a path.
pub(super) fn webhook_id(text: &str) -> Result<WebhookId, Error> {
    number::in_path(text).map(WebhookId).ok_or_else(|| ActionError::NotFound("webhook").into())
}

async fn read_body(req: &HttpRequest, payload: Payload) -> Result<WebhookBody, Error> {
    let body: WebhookRequest = given::read(json::object(req, payload).await?);
    let body = body.read().map_err(|problems| Error::malformed(&problems))?;
    // To the domain an empty text is a field that was not filled in, which an update would leave as it is.
    if body.url.is_empty() {
        return Err(Error::invalid(&Problems::one("url", Rule::Required, "A URL must be given.")));
    }
    Ok(body)
}

const fn scope(is_global: bool) -> &'static str {
    if is_global { Receives::All.name() } else { Receives::Linked.name() }
}

async fn find(ctx: &Context, id: WebhookId) -> Result<(Webhook, Vec<AlertId>), Error> {
    let scope = ctx.caller.scope();
    let found =
        ctx.services.store.read(move |db| Ok((store::get(db, &scope, id)?, links::of_webhook(db, id)?)));
    found.await.map_err(|error| match error {
        StoreError::NotFound => ActionError::NotFound("webhook").into(),
        error => Error::from(error),
    })
}

async fn shown(ctx: &Context, saved: &Saved) -> Result<WebhookDto, Error> {
    let id = saved.webhook.id;
    let types = ctx.services.store.read(move |db| links::types_of(db, &[id])).await?;
    Ok(WebhookDto::saved(saved, types.get(&id).map_or(&[][..], Vec::as_slice)))
}
