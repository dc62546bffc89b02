//! The API keys of a company.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse};

use super::masked;
use crate::console::api_keys::list::{ListPage, Row};
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::handlers::numbered::{self, Numbered};
use crate::console::parts::Tone;
use crate::console::parts::badge::Badge;
use crate::console::shell::Nav;
use crate::domain::access::Permission;
use crate::domain::api_key::ApiKey;
use crate::domain::company::Company;
use crate::domain::ids::CompanyId;
use crate::store::api_keys::Listed;
use crate::store::{StoreError, api_keys, companies};
use crate::web::icon::Icon;
use crate::web::{page as answer, text};

/// Keys on a page.
const PAGE_SIZE: usize = 25;

/// `GET …/api-keys`
pub async fn show(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageUsers)?;
    let (scope, asked) = (page.scope(), numbered::asked(request.query_string()));
    let (at, keys, names): (Numbered, Vec<Listed>, HashMap<CompanyId, Company>) = page
        .store()
        .read(move |db| {
            let count = usize::try_from(api_keys::count(db, &scope)?).unwrap_or(0);
            let at = Numbered::new(asked, PAGE_SIZE, count);
            let keys = api_keys::list(db, &scope, at.span())?;
            let ids: Vec<CompanyId> = keys.iter().map(|listed| listed.key.company_id).collect();
            let names = companies::of_ids(db, &scope, &ids)?;
            Ok::<_, StoreError>((at, keys, names))
        })
        .await?;
    let new = page.company().map(|_| page.urls().new_api_key());
    Ok(answer::ok(&ListPage {
        rows: keys.iter().map(|listed| row(&page, listed, &names)).collect(),
        pager: at.plain_pager(&page.urls().api_keys()),
        empty: keys.is_empty().then(|| ListPage::nothing_yet(new.as_deref())),
        new,
        shell: page.shell("API keys", Nav::ApiKeys),
    }))
}

fn row(page: &CompanyPage, listed: &Listed, names: &HashMap<CompanyId, Company>) -> Row {
    let key = &listed.key;
    Row {
        id: key.id.0,
        badge: badge(page, key),
        name: key.name.clone(),
        masked: masked(key),
        company: names.get(&key.company_id).map(|company| company.name.clone()).unwrap_or_default(),
        may: match &key.actions {
            None => "everything".to_owned(),
            Some(actions) => actions.iter().map(|action| action.name()).collect::<Vec<_>>().join(", "),
        },
        vehicles: match &key.vehicles {
            None => "any vehicle".to_owned(),
            Some(list) => text::counted(u64::try_from(list.len()).unwrap_or(u64::MAX), "vehicle", "vehicles"),
        },
        by: listed.created_by.clone(),
        made: page.short(listed.created_at),
        ends: key.expires_at.map(|at| page.short(at)),
        revoke: key.revoked_at.is_none().then(|| page.urls().api_key(key.id.0).revoke()),
    }
}

fn badge(page: &CompanyPage, key: &ApiKey) -> Badge {
    if key.revoked_at.is_some() {
        Badge::new(Tone::Mute, Icon::Ban, "Revoked")
    } else if key.is_valid(page.now()) {
        Badge::new(Tone::Ok, Icon::Check, "Active")
    } else {
        Badge::new(Tone::Mute, Icon::Clock, "Ended")
    }
}
