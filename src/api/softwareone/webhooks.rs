//! The seven operations (contract 4.1).

use actix_web::http::header;
use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::errors::Error;
use super::wire::{ListMeta, Pagination, WebhookList};
use super::{Call, read, select, shown};
use crate::actions::Context;
use crate::actions::webhooks::{self, Saved};
use crate::domain::access::Action;
use crate::domain::ids::WebhookId;
use crate::domain::rql::{self, ListQuery, Selection};
use crate::store::{StoreError, webhook_search, webhooks as store};

/// `GET …/webhooks`: RQL says which, in which order, how many, and what of each.
pub async fn list(call: Call, req: HttpRequest) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksRead)?;
    let query = ListQuery::read(req.query_string())?;
    let caller = call.ctx.caller.clone();
    let found = call.ctx.services.store.read(move |db| {
        let paged = webhook_search::find(db, &caller.scope(), &query)?;
        let data = shown::load(db, &caller, &paged.items, &query.select)?;
        let meta = ListMeta {
            pagination: Pagination { offset: query.offset, limit: query.limit, total: paged.total },
            omitted: query.select.omitted(),
        };
        let data = data.iter().map(|webhook| select::shown(webhook, &query.select)).collect();
        Ok::<_, StoreError>(WebhookList { meta, data })
    });
    Ok(HttpResponse::Ok().json(found.await?))
}

/// `POST …/webhooks`. The only answer that shows the secret.
pub async fn create(call: Call, req: HttpRequest, payload: Payload) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksWrite)?;
    let company = call.company()?;
    let body = read::object(&req, payload).await?;
    let selection = rql::select_only(req.query_string())?;
    let new = read::create(&call.ctx, body)?;
    let Saved { webhook, new_secret, .. } = webhooks::create(&call.ctx, company, new).await?;
    let location = format!("/public/v1/notifications/webhooks/{}", webhook.id.softwareone());
    let shown = show(&call.ctx, webhook, selection.clone()).await?.with_secret(new_secret.as_ref());
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, location))
        .json(select::shown(&shown, &selection)))
}

/// `GET …/webhooks/{id}`.
pub async fn get(call: Call, id: Path<String>, req: HttpRequest) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksRead)?;
    let id = webhook_id(&id)?;
    let selection = rql::select_only(req.query_string())?;
    let scope = call.ctx.caller.scope();
    let webhook = call.ctx.services.store.read(move |db| store::get(db, &scope, id)).await;
    let webhook = webhook.map_err(|error| match error {
        StoreError::NotFound => Error::no_webhook(),
        error => error.into(),
    })?;
    let shown = show(&call.ctx, webhook, selection.clone()).await?;
    Ok(HttpResponse::Ok().json(select::shown(&shown, &selection)))
}

/// `PUT …/webhooks/{id}`: changes the fields that are there. What other doors know of the webhook stays.
pub async fn update(
    call: Call,
    id: Path<String>,
    req: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksWrite)?;
    let id = webhook_id(&id)?;
    let body = read::object(&req, payload).await?;
    let selection = rql::select_only(req.query_string())?;
    let update = read::update(&call.ctx, id, body)?;
    let Saved { webhook, .. } = webhooks::update(&call.ctx, id, update).await?;
    let shown = show(&call.ctx, webhook, selection.clone()).await?;
    Ok(HttpResponse::Ok().json(select::shown(&shown, &selection)))
}

/// `DELETE …/webhooks/{id}`.
pub async fn delete(call: Call, id: Path<String>) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksWrite)?;
    webhooks::delete(&call.ctx, webhook_id(&id)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST …/webhooks/{id}/enable`; one that is enabled stays so.
pub async fn enable(call: Call, id: Path<String>) -> Result<HttpResponse, Error> {
    switch(&call, &id, true).await
}

/// `POST …/webhooks/{id}/disable`.
pub async fn disable(call: Call, id: Path<String>) -> Result<HttpResponse, Error> {
    switch(&call, &id, false).await
}

async fn switch(call: &Call, id: &str, active: bool) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksWrite)?;
    webhooks::set_active(&call.ctx, webhook_id(id)?, active).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A webhook's number out of a path; what is no id names nothing.
fn webhook_id(text: &str) -> Result<WebhookId, Error> {
    WebhookId::from_softwareone(text).ok_or_else(Error::no_webhook)
}

async fn show(
    ctx: &Context,
    webhook: crate::domain::webhook::Webhook,
    selection: Selection,
) -> Result<super::wire::Webhook, Error> {
    let caller = ctx.caller.clone();
    let shown = ctx
        .services
        .store
        .read(move |db| shown::load(db, &caller, std::slice::from_ref(&webhook), &selection));
    shown.await?.pop().ok_or_else(Error::no_webhook)
}
