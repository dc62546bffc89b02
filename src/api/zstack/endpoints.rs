//! Webhook endpoints: create, list, get, update, delete (contract 3.2).

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::errors::Error;
use super::wire::{Deleted, EndpointFields, EndpointList, EndpointRequest, EndpointView, EndpointWithSecret};
use super::{Call, options};
use crate::actions::webhooks::{self, NewWebhook, SecretChoice, WebhookUpdate};
use crate::actions::{ActionError, Context};
use crate::api::{given, number};
use crate::domain::access::Action;
use crate::domain::ids::WebhookId;
use crate::domain::page::PageRequest;
use crate::domain::webhook::format::Format;
use crate::domain::webhook::settings::Change;
use crate::domain::webhook::{Receives, Webhook, signing};
use crate::store::{StoreError, webhooks as store};
use crate::web::json;

/// Endpoints of a page when the client does not say.
const SIZE_DEFAULT: i64 = 20;
/// Endpoints of a page at most; who asks for more gets this many.
const SIZE_MAX: i64 = 100;

/// `POST /webhook-endpoints`. Shows the secret, given or made.
pub async fn create(call: Call, req: HttpRequest, payload: Payload) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksWrite)?;
    let company = call.company()?;
    let fields = read_body(&call.ctx, &req, payload).await?;
    let new = NewWebhook {
        secret: fields.secret.clone(),
        change: Change {
            receives: Some(Receives::All.name().to_owned()),
            format: Some(Format::Zstack.name().to_owned()),
            ..change(fields)
        },
        ..NewWebhook::default()
    };
    let saved = webhooks::create(&call.ctx, company, new).await?;
    Ok(HttpResponse::Ok().json(EndpointWithSecret::new(&saved)))
}

/// `GET /webhook-endpoints`: newest first.
pub async fn list(call: Call, req: HttpRequest) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksRead)?;
    let query = req.query_string();
    let page = number::in_query(query, "page", 1);
    let size = number::in_query(query, "pageSize", SIZE_DEFAULT);
    let request = match (page, size) {
        (Ok(page), Ok(size)) => PageRequest { page, size: size.min(SIZE_MAX) },
        (page, size) => {
            let wrong: Vec<String> = [page.err(), size.err()].into_iter().flatten().collect();
            return Err(Error::bad_request(wrong.join(" ")));
        }
    };
    let scope = call.ctx.caller.scope();
    let paged = call.ctx.services.store.read(move |db| store::page(db, &scope, request)).await?;
    let items = paged.items.iter().map(EndpointView::new).collect();
    Ok(HttpResponse::Ok().json(EndpointList { items, total: paged.total }))
}

/// `GET /webhook-endpoints/{endpointId}`: not wrapped, unlike the answer to create.
pub async fn get(call: Call, id: Path<String>) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksRead)?;
    let webhook = find(&call.ctx, endpoint_id(&id)?).await?;
    Ok(HttpResponse::Ok().json(EndpointView::new(&webhook)))
}

/// `PUT /webhook-endpoints/{endpointId}`: name, destination and signing. A secret that is not given stays.
pub async fn update(
    call: Call,
    id: Path<String>,
    req: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksWrite)?;
    let id = endpoint_id(&id)?;
    let fields = read_body(&call.ctx, &req, payload).await?;
    let secret = fields.secret.clone();
    let update = WebhookUpdate { change: change(fields), secret, ..WebhookUpdate::default() };
    let saved = webhooks::update(&call.ctx, id, update).await?;
    Ok(HttpResponse::Ok().json(EndpointView::new(&saved.webhook)))
}

/// `DELETE /webhook-endpoints/{endpointId}`. Its options are judged and then mean nothing: deleting is always
/// permanent and at once.
pub async fn delete(call: Call, id: Path<String>, req: HttpRequest) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksWrite)?;
    options::check(req.query_string()).map_err(Error::invalid)?;
    webhooks::delete(&call.ctx, endpoint_id(&id)?).await?;
    Ok(HttpResponse::Ok().json(Deleted {}))
}

/// A webhook's number out of a path.
pub(super) fn endpoint_id(text: &str) -> Result<WebhookId, ActionError> {
    WebhookId::from_zstack(text).ok_or(ActionError::NotFound("webhook"))
}

pub(super) async fn find(ctx: &Context, id: WebhookId) -> Result<Webhook, ActionError> {
    let scope = ctx.caller.scope();
    let found = ctx.services.store.read(move |db| store::get(db, &scope, id)).await;
    found.map_err(|error| match error {
        StoreError::NotFound => ActionError::NotFound("webhook"),
        error => error.into(),
    })
}

/// Reads and judges: when a field is missing or of a wrong type or the secret is no good, what the rules say of
/// the others is said at once.
async fn read_body(ctx: &Context, req: &HttpRequest, payload: Payload) -> Result<EndpointFields, Error> {
    let request: EndpointRequest = given::read(json::object(req, payload).await?);
    let (fields, mut problems) = request.read();
    if let (SecretChoice::Given(secret), None) = (&fields.secret, problems.at("secret")) {
        problems.absorb(signing::parse_secret(Format::Zstack, secret));
    }
    if problems.is_empty() {
        return Ok(fields);
    }
    let judged = change(fields).create(&ctx.services.endpoint_policy);
    Err(Error::invalid(given::with_judged(problems, judged)))
}

fn change(fields: EndpointFields) -> Change {
    Change {
        name: Some(fields.name),
        url: Some(fields.url),
        signing: Some(fields.signing_enabled),
        ..Change::default()
    }
}
