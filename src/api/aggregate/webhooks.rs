//! Webhooks: create, replace, list, get, delete (contract 2.2).

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::Call;
use super::errors::Error;
use super::wire::{Message, WebhookFields, WebhookRequest, WebhookSaved, WebhookView, is_alert_hook};
use crate::actions::webhooks::{self, NewWebhook, WebhookUpdate};
use crate::actions::{ActionError, Context};
use crate::api::{given, number};
use crate::domain::access::Action;
use crate::domain::ids::WebhookId;
use crate::domain::page::PageRequest;
use crate::domain::webhook::format::Format;
use crate::domain::webhook::settings::Change;
use crate::domain::webhook::{Receives, Webhook};
use crate::store::{StoreError, webhooks as store};
use crate::web::json;

/// Webhooks in one list at most; the header `X-Total-Count` says how many there are.
const LIST_MAX: i64 = 1_000;

/// `POST /webhooks`.
pub async fn create(call: Call, req: HttpRequest, payload: Payload) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksWrite)?;
    let company = call.company()?;
    let fields = read_body(&call.ctx, &req, payload).await?;
    let change = Change {
        receives: Some(receives(fields.is_alert_hook).name().to_owned()),
        format: Some(Format::Aggregate.name().to_owned()),
        signing: Some(false),
        ..change(fields)
    };
    let saved = webhooks::create(&call.ctx, company, NewWebhook { change, ..NewWebhook::default() }).await?;
    let webhook = WebhookView::new(&saved.webhook);
    Ok(HttpResponse::Created().json(WebhookSaved { message: "Webhook created successfully", webhook }))
}

/// `PUT /webhooks/{webhookId}`: replaces what this door knows. An id that names nothing is 400, as the vendor's
/// page says.
pub async fn update(
    call: Call,
    id: Path<String>,
    req: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksWrite)?;
    let id = webhook_id(&id).map_err(Error::not_found_is_400)?;
    let fields = read_body(&call.ctx, &req, payload).await?;
    let before = find(&call.ctx, id).await.map_err(Error::not_found_is_400)?;
    replace(&call.ctx, &before, fields).await
}

/// `PUT /webhooks`: the staging page's form, without an id. It means the caller's only webhook with the same
/// `isAlertHook`.
pub async fn update_only(call: Call, req: HttpRequest, payload: Payload) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksWrite)?;
    let fields = read_body(&call.ctx, &req, payload).await?;
    let (scope, wanted) = (call.ctx.caller.scope(), fields.is_alert_hook);
    let found = call.ctx.services.store.read(move |db| store::receiving(db, &scope, wanted, 2)).await?;
    let kind = if wanted { "receives alerts" } else { "receives no alerts" };
    let before = match found.as_slice() {
        [only] => only,
        [] => return Err(Error::bad_request(format!("isAlertHook: There is no webhook that {kind}."))),
        _ => {
            let words = format!(
                "isAlertHook: There is more than one webhook that {kind}. Name it: PUT /webhooks/{{webhookId}}."
            );
            return Err(Error::bad_request(words));
        }
    };
    replace(&call.ctx, before, fields).await
}

/// `GET /webhooks`: newest first. Ours.
pub async fn list(call: Call, req: HttpRequest) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksRead)?;
    let query = req.query_string();
    let page = number::in_query(query, "page", 1).map_err(Error::bad_request)?;
    let size = number::in_query(query, "pageSize", LIST_MAX).map_err(Error::bad_request)?;
    let request = PageRequest { page, size: size.min(LIST_MAX) };
    let scope = call.ctx.caller.scope();
    let paged = call.ctx.services.store.read(move |db| store::page(db, &scope, request)).await?;
    let views: Vec<WebhookView> = paged.items.iter().map(WebhookView::new).collect();
    Ok(HttpResponse::Ok().insert_header(("x-total-count", paged.total.to_string())).json(views))
}

/// `GET /webhooks/{webhookId}`. Ours.
pub async fn get(call: Call, id: Path<String>) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksRead)?;
    let webhook = find(&call.ctx, webhook_id(&id)?).await?;
    Ok(HttpResponse::Ok().json(WebhookView::new(&webhook)))
}

/// `DELETE /webhooks/{webhookId}`. Ours.
pub async fn delete(call: Call, id: Path<String>) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksWrite)?;
    webhooks::delete(&call.ctx, webhook_id(&id)?).await?;
    Ok(HttpResponse::Ok().json(Message { message: "Webhook deleted successfully".to_owned() }))
}

fn webhook_id(text: &str) -> Result<WebhookId, ActionError> {
    WebhookId::from_aggregate(text).ok_or(ActionError::NotFound("webhook"))
}

/// Reads and judges: when a field is of a wrong type, what the rules say of the others is said at once.
async fn read_body(ctx: &Context, req: &HttpRequest, payload: Payload) -> Result<WebhookFields, Error> {
    let request: WebhookRequest = given::read(json::object(req, payload).await?);
    let (fields, problems) = request.read();
    if problems.is_empty() {
        return Ok(fields);
    }
    let judged = change(fields).create(&ctx.services.endpoint_policy);
    Err(Error::invalid(given::with_judged(problems, judged)))
}

fn change(fields: WebhookFields) -> Change {
    Change { url: Some(fields.endpoint.unwrap_or_default()), auth: Some(fields.auth), ..Change::default() }
}

const fn receives(is_alert_hook: bool) -> Receives {
    if is_alert_hook { Receives::All } else { Receives::TestsOnly }
}

async fn replace(ctx: &Context, before: &Webhook, fields: WebhookFields) -> Result<HttpResponse, Error> {
    // From here a webhook with linked alerts and one that takes all look the same. Who sends back what they were
    // shown asks for neither to become the other.
    let changes = is_alert_hook(before) != fields.is_alert_hook;
    let change = Change {
        receives: changes.then(|| receives(fields.is_alert_hook).name().to_owned()),
        ..change(fields)
    };
    let update = WebhookUpdate { change, ..WebhookUpdate::default() };
    let saved = webhooks::update(ctx, before.id, update).await.map_err(Error::not_found_is_400)?;
    let webhook = WebhookView::new(&saved.webhook);
    Ok(HttpResponse::Ok().json(WebhookSaved { message: "Webhook updated successfully", webhook }))
}

async fn find(ctx: &Context, id: WebhookId) -> Result<Webhook, ActionError> {
    let scope = ctx.caller.scope();
    let found = ctx.services.store.read(move |db| store::get(db, &scope, id)).await;
    found.map_err(|error| match error {
        StoreError::NotFound => ActionError::NotFound("webhook"),
        error => error.into(),
    })
}
