//! The console's front door: everybody goes to their first page.

use actix_web::HttpResponse;

use crate::console::extract::ConsoleUser;
use crate::domain::user::User;
use crate::web::{page, urls};

/// `GET /console`
pub async fn home(user: ConsoleUser) -> HttpResponse {
    page::see_other(&first_page(&user.user))
}

/// Where somebody starts: a company's people with their own overview, support with everybody's.
pub fn first_page(user: &User) -> String {
    match user.company_id {
        Some(company) => urls::Company::new(company).overview(),
        None => urls::Company::new("all").overview(),
    }
}
