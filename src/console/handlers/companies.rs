//! Every company that somebody may switch to.

use actix_web::{HttpRequest, HttpResponse};

use super::numbered::{self, Numbered};
use crate::console::companies::CompaniesPage;
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::parts::Link;
use crate::console::shell::Nav;
use crate::domain::company::Company;
use crate::store::{StoreError, companies};
use crate::web::{page as answer, text, urls};

/// Companies on a page.
const PAGE_SIZE: usize = 50;

/// `GET …/companies`: all that the person sees, whichever company the address names.
pub async fn show(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let (scope, asked) = (page.user().caller.scope(), numbered::asked(request.query_string()));
    let (at, found): (Numbered, Vec<Company>) = page
        .store()
        .read(move |db| {
            let count = usize::try_from(companies::count(db, &scope)?).unwrap_or(0);
            let at = Numbered::new(asked, PAGE_SIZE, count);
            Ok::<_, StoreError>((at, companies::by_name(db, &scope, at.span())?))
        })
        .await?;
    let row = |company: &Company| {
        let overview = urls::Company::new(company.id).overview();
        (Link::new(&company.name, overview), company.timezone.clone())
    };
    Ok(answer::ok(&CompaniesPage {
        summary: text::counted(at.count() as u64, "company", "companies"),
        rows: found.iter().map(row).collect(),
        pager: at.plain_pager(&page.urls().companies()),
        shell: page.shell("Companies", Nav::None),
    }))
}
