//! Invites somebody.

use actix_web::HttpResponse;

use super::{invite, words};
use crate::actions::ActionError;
use crate::actions::users::{self, NewUser};
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::field::{Field, FormError};
use crate::console::shell::Nav;
use crate::console::users::new::NewPage;
use crate::domain::access::{Permission, Role};
use crate::domain::company::Company;
use crate::domain::problem::{Problems, Rule};
use crate::web::form::Form;
use crate::web::page as answer;

/// `GET …/users/new`
pub async fn show(page: CompanyPage) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageUsers)?;
    company(&page)?;
    Ok(answer::ok(&form(&page, None, &Problems::default())))
}

/// `POST …/users/new`
pub async fn send(page: CompanyPage, sent: CsrfForm) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageUsers)?;
    let company_id = Some(company(&page)?.id);
    let sent = sent.0;
    let Ok(role) = sent.text("role").parse::<Role>() else {
        let problems = Problems::one("role", Rule::Required, "Choose a role.");
        return Ok(answer::unprocessable(&form(&page, Some(&sent), &problems)));
    };
    let new =
        NewUser { company_id, email: sent.text("email"), name: sent.text("name"), role, password: None };
    match users::add(&page.context(), new).await {
        Ok(added) => Ok(invite::hand_over(&page, added.user.id, added.invite_token.as_ref())),
        Err(ActionError::Invalid(problems)) => {
            Ok(answer::unprocessable(&form(&page, Some(&sent), &problems)))
        }
        Err(ActionError::Conflict(words)) => {
            let problems = Problems::one("email", Rule::Conflict, words);
            Ok(answer::unprocessable(&form(&page, Some(&sent), &problems)))
        }
        Err(error) => Err(PageError::of_action(error, "This company", &page.urls().users())),
    }
}

/// Somebody belongs to one company: all of them together have no form.
fn company(page: &CompanyPage) -> Result<&Company, PageError> {
    page.company().ok_or(PageError::NoSuchPage)
}

fn form(page: &CompanyPage, sent: Option<&Form>, problems: &Problems) -> NewPage {
    let text = |name: &str| sent.map(|form| form.text(name)).unwrap_or_default();
    let line = |field: &str, message: &str| match field {
        "email" => FormError::new("email", format!("E-mail: {message}")),
        "name" => FormError::new("name", format!("Name: {message}")),
        _ => FormError::new("role", format!("Role: {message}")),
    };
    let chosen = sent.map_or_else(|| Role::Viewer.name().to_owned(), |form| form.text("role"));
    let at = |field: &str| problems.at(field).map(|problem| problem.message.clone());
    NewPage {
        company: page.company().map_or_else(String::new, |company| company.name.clone()),
        errors: problems.0.iter().map(|problem| line(&problem.field, &problem.message)).collect(),
        email: Field::new("email", "E-mail")
            .value(text("email"))
            .judged(problems, "email")
            .hint("They sign in with it."),
        name: Field::new("name", "Name")
            .value(text("name"))
            .judged(problems, "name")
            .hint("Empty: the first part of the address."),
        roles: words::radios(&chosen),
        role_error: at("role").or_else(|| at("company")),
        shell: page.shell("Invite somebody", Nav::Users),
    }
}
