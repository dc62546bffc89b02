//! Makes an API key, and shows it once.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::named;
use crate::actions::ActionError;
use crate::actions::api_keys::{self, NewApiKey};
use crate::console::api_keys::new::NewPage;
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::handlers::once;
use crate::console::once::OncePage;
use crate::console::parts::Link;
use crate::console::parts::code::Code;
use crate::console::parts::facts::Fact;
use crate::console::parts::field::{Choice, Field, FormError};
use crate::console::parts::flash::Flash;
use crate::console::shell::Nav;
use crate::domain::access::{Action, Permission};
use crate::domain::company::Company;
use crate::domain::problem::{Problems, Rule};
use crate::domain::time::Timestamp;
use crate::web::form::Form;
use crate::web::page as answer;

/// Vehicles that a key may be limited to at most.
const VEHICLES_MAX: usize = 1_000;

/// `GET …/api-keys/new`
pub async fn show(page: CompanyPage) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageUsers)?;
    company(&page)?;
    Ok(answer::ok(&form(&page, None, &Problems::default())))
}

/// `POST …/api-keys/new`
pub async fn send(page: CompanyPage, sent: CsrfForm) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageUsers)?;
    let company_id = company(&page)?.id;
    let sent = sent.0;
    let mut problems = Problems::default();
    let actions = problems.absorb(actions(&sent));
    let vehicles = problems.absorb(vehicles(&sent.text("vehicles")));
    let expires_at = problems.absorb(expires(&page, &sent.text("expires")));
    let (Some(actions), Some(vehicles), Some(expires_at)) = (actions, vehicles, expires_at) else {
        return Ok(answer::unprocessable(&form(&page, Some(&sent), &problems)));
    };
    let new = NewApiKey { company_id, name: sent.text("name"), actions, vehicles, expires_at };
    match api_keys::add(&page.context(), new).await {
        Ok((id, key)) => {
            once::put(&page, "api_key", id.0, &key);
            Ok(answer::see_other(&page.urls().api_key(id.0).made()))
        }
        Err(ActionError::Invalid(problems)) => {
            Ok(answer::unprocessable(&form(&page, Some(&sent), &problems)))
        }
        Err(error) => Err(PageError::of_action(error, "This company", &page.urls().api_keys())),
    }
}

/// `GET …/api-keys/{id}/made`
pub async fn made(page: CompanyPage, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageUsers)?;
    let key = named(&page, &path.1).await?;
    let list = page.urls().api_keys();
    let Some(secret) = once::take(&page, "api_key", key.id.0) else {
        let words = "The key was shown once and is not shown again.";
        page.say(&Flash::info(words).detail("If it got lost, revoke it and make another one."));
        return Ok(answer::see_other(&list));
    };
    let heading = format!("API key {}", key.name);
    let example = "curl -X POST \"$BELFRY/api/v2/authentication/token/api-key\" \\\n  -H 'Content-Type: application/json' \\\n  -d \"{\\\"apiKey\\\": \\\"$KEY\\\"}\"";
    Ok(answer::ok(&OncePage {
        crumbs: vec![Link::new("API keys", list.clone())],
        crumb: "made",
        label: "API key",
        advice: "Store this key now. Belfry keeps only its fingerprint and shows it to nobody again. \
                 If it gets lost, revoke it and make another one.",
        secret,
        created: format!("made {}", page.times().long(page.now())),
        facts: vec![
            Fact::new("Use", "as a bearer token").code("Authorization: Bearer <key>"),
            Fact::new("or", "exchanged for a token that ends by itself")
                .code("POST /api/v2/authentication/token/api-key"),
        ],
        example: Some(("Exchange it for a token", Code::plain("Example", example))),
        snippets: Vec::new(),
        next: Link::new("I stored it, continue to the keys", list),
        shell: page.shell(heading.clone(), Nav::ApiKeys),
        heading,
    }))
}

/// A key belongs to one company: all of them together have no form.
fn company(page: &CompanyPage) -> Result<&Company, PageError> {
    page.company().ok_or(PageError::NoSuchPage)
}

/// All of them is everything, also what a later version adds.
fn actions(form: &Form) -> Result<Option<Vec<Action>>, Problems> {
    let mut chosen = Vec::new();
    for word in form.all("actions") {
        match word.parse::<Action>() {
            Ok(action) if !chosen.contains(&action) => chosen.push(action),
            Ok(_) => {}
            Err(_) => return Err(Problems::one("actions", Rule::Invalid, "There is no such action.")),
        }
    }
    if chosen.is_empty() {
        return Err(Problems::one("actions", Rule::Required, "Choose what the key may do."));
    }
    Ok((chosen.len() < Action::ALL.len()).then_some(chosen))
}

fn vehicles(text: &str) -> Result<Option<Vec<i64>>, Problems> {
    let words = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
    let numbers: Option<Vec<i64>> =
        words.map(|word| word.parse().ok().filter(|number| *number > 0)).collect();
    match numbers {
        None => Err(Problems::one(
            "vehicles",
            Rule::Invalid,
            "Write the numbers of vehicles, separated by commas.",
        )),
        Some(list) if list.len() > VEHICLES_MAX => {
            Err(Problems::one("vehicles", Rule::TooMany, format!("At most {VEHICLES_MAX} vehicles.")))
        }
        Some(list) => Ok(Some(list).filter(|list| !list.is_empty())),
    }
}

/// The end of the day that was typed, or the very time.
fn expires(page: &CompanyPage, text: &str) -> Result<Option<Timestamp>, Problems> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let whole = if text.len() == 10 { format!("{text}T23:59:59") } else { text.replacen(' ', "T", 1) };
    match page.times().parse_local(&whole) {
        Some(at) => Ok(Some(at)),
        None => {
            Err(Problems::one("expires", Rule::Invalid, "Write a day such as 2027-01-31, or leave it empty."))
        }
    }
}

fn form(page: &CompanyPage, sent: Option<&Form>, problems: &Problems) -> NewPage {
    let text = |name: &str| sent.map(|form| form.text(name)).unwrap_or_default();
    let is_on =
        |action: Action| sent.is_none_or(|form| form.all("actions").any(|word| word == action.name()));
    let label = |field: &str| match field {
        "actions" => "May",
        "vehicles" => "Vehicles",
        "expires" => "Ends",
        _ => "Name",
    };
    let line = |field: &str, message: &str| FormError::new(field, format!("{}: {message}", label(field)));
    NewPage {
        company: page.company_phrase(),
        errors: problems.0.iter().map(|problem| line(&problem.field, &problem.message)).collect(),
        name: Field::new("name", "Name").value(text("name")).judged(problems, "name").hint("What uses it."),
        actions: Action::ALL
            .into_iter()
            .map(|action| Choice::new(action.name(), action_words(action), is_on(action)))
            .collect(),
        actions_error: problems.at("actions").map(|problem| problem.message.clone()),
        vehicles: Field::new("vehicles", "Vehicles")
            .value(text("vehicles"))
            .judged(problems, "vehicles")
            .hint("Numbers separated by commas: events of other vehicles are refused. Empty: any vehicle."),
        expires: Field::new("expires", "Ends").value(text("expires")).judged(problems, "expires").hint(
            format!(
                "The last day on which it works, in {}. Empty: until it is revoked.",
                page.times().zone_name()
            ),
        ),
        shell: page.shell("New API key", Nav::ApiKeys),
    }
}

const fn action_words(action: Action) -> &'static str {
    match action {
        Action::WebhooksRead => "Read webhooks",
        Action::WebhooksWrite => "Change webhooks",
        Action::AlertsRead => "Read companies and alerts",
        Action::AlertsWrite => "Report events",
    }
}
