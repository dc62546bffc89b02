//! The six auth types.

use actix_web::HttpResponse;

use super::WEBHOOKS_MAX;
use crate::console::auth_types::list::{ListPage, Row};
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::handlers::webhooks::query::ListQuery as WebhooksQuery;
use crate::console::handlers::webhooks::words;
use crate::console::shell::Nav;
use crate::domain::webhook::auth::AuthType;
use crate::domain::webhook::auth_facts;
use crate::store::webhooks;
use crate::web::{page as answer, text};

/// `GET …/auth-types`
pub async fn show(page: CompanyPage) -> Result<HttpResponse, PageError> {
    let scope = page.scope();
    let webhooks = page.store().read(move |db| webhooks::list(db, &scope, WEBHOOKS_MAX)).await?;
    let row = |kind: AuthType| {
        let users = webhooks.iter().filter(|webhook| webhook.settings.auth.auth_type() == kind).count();
        Row {
            name: kind.name(),
            label: words::auth(kind),
            url: page.urls().auth_type(kind.name()),
            wire: auth_facts::example(kind).credential(),
            formats: auth_facts::formats(kind),
            advice: auth_facts::advice(kind),
            is_weak: auth_facts::is_weak(kind),
            users: WebhooksQuery { auth: Some(kind), ..WebhooksQuery::default() }.url(page.urls()),
            webhooks: text::count(users as u64),
        }
    };
    let rows = AuthType::ALL.map(row).into();
    Ok(answer::ok(&ListPage { rows, shell: page.shell("Auth types", Nav::AuthTypes) }))
}
