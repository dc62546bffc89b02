//! The people of a company.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse};

use super::words::{self, ROLES};
use crate::console::extract::CompanyPage;
use crate::console::extract::company::role_word;
use crate::console::failure::PageError;
use crate::console::handlers::numbered::{self, Numbered};
use crate::console::shell::Nav;
use crate::console::users::list::{ListPage, Row};
use crate::domain::access::Permission;
use crate::domain::company::Company;
use crate::domain::ids::CompanyId;
use crate::store::users::Listed;
use crate::store::{StoreError, companies, users};
use crate::web::{page as answer, text};

/// People on a page.
const PAGE_SIZE: usize = 25;

/// `GET …/users`
pub async fn show(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageUsers)?;
    let (scope, asked) = (page.scope(), numbered::asked(request.query_string()));
    let (at, people, names): (Numbered, Vec<Listed>, HashMap<CompanyId, Company>) = page
        .store()
        .read(move |db| {
            let at = Numbered::new(asked, PAGE_SIZE, usize::try_from(users::count(db, &scope)?).unwrap_or(0));
            let people = users::list(db, &scope, at.span())?;
            let ids: Vec<CompanyId> = people.iter().filter_map(|listed| listed.user.company_id).collect();
            let names = companies::of_ids(db, &scope, &ids)?;
            Ok::<_, StoreError>((at, people, names))
        })
        .await?;
    let count = text::counted(at.count() as u64, "person", "people");
    Ok(answer::ok(&ListPage {
        summary: format!("{count} of {}", page.company_phrase()),
        new: page.company().map(|_| page.urls().new_user()),
        rows: people.iter().map(|listed| row(&page, listed, &names)).collect(),
        pager: at.plain_pager(&page.urls().users()),
        roles: ROLES.map(|role| (role_word(role), words::may(role))).to_vec(),
        shell: page.shell("Users", Nav::Users),
    }))
}

fn row(page: &CompanyPage, listed: &Listed, names: &HashMap<CompanyId, Company>) -> Row {
    let user = &listed.user;
    Row {
        id: user.id.0,
        badge: words::badge(page, listed),
        name: user.name.clone(),
        is_you: page.user().user.id == user.id,
        email: user.email.clone(),
        role: role_word(user.role),
        company: user
            .company_id
            .and_then(|id| names.get(&id))
            .map(|company| company.name.clone())
            .unwrap_or_default(),
        added: page.short(listed.created_at),
        url: page.urls().user(user.id.0).show().to_owned(),
    }
}
