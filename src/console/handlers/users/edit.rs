//! One person: shown, and changed.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::{named, words};
use crate::actions::{ActionError, users};
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::Link;
use crate::console::parts::facts::Fact;
use crate::console::parts::field::{Field, FormError};
use crate::console::parts::flash::Flash;
use crate::console::shell::Nav;
use crate::console::users::edit::EditPage;
use crate::domain::access::{Permission, Role};
use crate::domain::problem::{Problems, Rule};
use crate::store::companies;
use crate::store::users::Listed;
use crate::web::page as answer;

/// `GET …/users/{id}`
pub async fn show(page: CompanyPage, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageUsers)?;
    let listed = named(&page, &path.1).await?;
    let (name, role) = (listed.user.name.clone(), listed.user.role.name().to_owned());
    Ok(answer::ok(&shown(&page, &listed, &name, &role, &Problems::default()).await?))
}

/// `POST …/users/{id}`
pub async fn send(
    page: CompanyPage,
    path: Path<(String, String)>,
    sent: CsrfForm,
) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageUsers)?;
    let listed = named(&page, &path.1).await?;
    let (name, word) = (sent.0.text("name"), sent.0.text("role"));
    let Ok(role) = word.parse::<Role>() else {
        let problems = Problems::one("role", Rule::Required, "Choose a role.");
        return Ok(answer::unprocessable(&shown(&page, &listed, &name, &word, &problems).await?));
    };
    match users::update(&page.context(), listed.user.id, &name, role).await {
        Ok(user) => {
            page.say(&Flash::ok(format!("{} was saved.", user.name)));
            Ok(answer::see_other(&page.urls().users()))
        }
        Err(ActionError::Invalid(problems)) => {
            Ok(answer::unprocessable(&shown(&page, &listed, &name, &word, &problems).await?))
        }
        Err(error) => {
            let show = page.urls().user(listed.user.id.0);
            Err(PageError::of_action(error, &format!("User {}", listed.user.id), show.show()))
        }
    }
}

async fn shown(
    page: &CompanyPage,
    listed: &Listed,
    name: &str,
    role: &str,
    problems: &Problems,
) -> Result<EditPage, PageError> {
    let (user, scope) = (&listed.user, page.scope());
    let company = match user.company_id {
        Some(id) => page.store().read(move |db| companies::get(db, &scope, id)).await?.name,
        None => String::new(),
    };
    let line = |field: &str, message: &str| match field {
        "name" => FormError::new("name", format!("Name: {message}")),
        _ => FormError::new("role", format!("Role: {message}")),
    };
    let mut facts = vec![
        Fact::new("E-mail", user.email.clone()),
        Fact::new("Company", company),
        Fact::new("Added", "").moment(page.long(listed.created_at)),
    ];
    if let Some(end) = listed.invited_until {
        facts.push(Fact::new("Invitation", "works until").moment(page.long(end)));
    }
    let trail = format!("{}?by=user-{}", page.urls().audit(), user.id);
    facts.push(Fact::new("Changes", "").link(Link::new("What they did", trail)));
    Ok(EditPage {
        urls: page.urls().user(user.id.0),
        heading: user.name.clone(),
        badge: words::badge(page, listed),
        facts,
        errors: problems.0.iter().map(|problem| line(&problem.field, &problem.message)).collect(),
        name: Field::new("name", "Name").value(name).judged(problems, "name"),
        roles: words::radios(role),
        role_error: problems.at("role").map(|problem| problem.message.clone()),
        is_you: page.user().user.id == user.id,
        is_locked_out: user.disabled_at.is_some(),
        shell: page.shell(user.name.clone(), Nav::Users),
    })
}
