//! The form for a webhook, filled: empty, as stored, or as typed with what is wrong beside the fields.

use super::super::deliveries::rows::duration;
use super::alerts;
use super::input::Typed;
use super::words;
use crate::console::extract::CompanyPage;
use crate::console::parts::field::{Choice, Field, FormError};
use crate::console::shell::Nav;
use crate::console::webhooks::form::{AuthChoice, Existing, FormPage};
use crate::domain::alert::Alert;
use crate::domain::form_token::FormToken;
use crate::domain::ids::AlertId;
use crate::domain::problem::Problems;
use crate::domain::webhook::call_type::CallType;
use crate::domain::webhook::format::Format;
use crate::domain::webhook::{LINKS_MAX, Webhook};
use crate::web::text;

/// Alerts in the form, the linked ones first. The webhook's page of alert links has all of them, by page.
const ALERTS_MAX: usize = 75;

/// What the form is filled with.
pub struct Filling<'a> {
    /// The values.
    pub typed: &'a Typed,
    /// What is wrong with them.
    pub problems: &'a Problems,
    /// The webhook that is changed; `None` for a new one.
    pub stored: Option<&'a Webhook>,
    /// The alerts to choose from.
    pub alerts: &'a [Alert],
    /// Whose every alert is meant.
    pub company: String,
}

/// The form.
pub fn page(page: &CompanyPage, filling: &Filling<'_>) -> FormPage {
    let Filling { typed, problems, stored, .. } = filling;
    let title = match stored {
        Some(webhook) => format!("Edit {}", webhook.settings.name),
        None => "New webhook".to_owned(),
    };
    let title = if problems.is_empty() { title } else { format!("Problem: {title}") };
    let urls = stored.map(|webhook| page.urls().webhook(webhook.id.0));
    let field =
        |name: &'static str, label, value: &str| Field::new(name, label).value(value).judged(problems, name);
    FormPage {
        existing: stored.zip(urls.as_ref()).map(|(webhook, urls)| Existing {
            name: webhook.settings.name.clone(),
            url: urls.show().to_owned(),
            version: webhook.version,
            linked: typed.linked.clone(),
        }),
        action: urls.map_or_else(|| page.urls().new_webhook(), |urls| urls.edit()),
        once: match (stored, &typed.once) {
            (Some(_), _) => String::new(),
            // A form that comes back for a mistake is still the same one.
            (None, Some(once)) => once.as_str().to_owned(),
            (None, None) => FormToken::new(&*page.state().services.random).as_str().to_owned(),
        },
        clash: None,
        errors: errors(problems, typed),
        name: field("name", "Name", &typed.name),
        url: field("url", "URL", &typed.url).hint("https only. Redirects are not followed."),
        description: field("description", "Description", &typed.description),
        format: field("format", "Format", &typed.format),
        formats: Choice::list(Format::ALL.map(|format| (format.name(), format.label())), &typed.format),
        receives: typed.receives.clone(),
        receives_error: message(problems, &["receives", "alertIds"]),
        company_phrase: filling.company.clone(),
        all_alerts: text::count(u64::try_from(filling.alerts.len()).unwrap_or(u64::MAX)),
        alerts: alerts::choices(filling.alerts.get(..ALERTS_MAX).unwrap_or(filling.alerts), &typed.alert_ids),
        alerts_left: match filling.alerts.len().saturating_sub(ALERTS_MAX) {
            0 => String::new(),
            left => text::counted(left as u64, "more alert", "more alerts"),
        },
        alerts_most: LINKS_MAX,
        criteria: field("criteria", "Criteria", &typed.criteria)
            .hint("One a line, such as data.geofenceName = Port 3. All must match."),
        auth: auth(filling),
        auth_error: message(problems, &["authType"]),
        signing: typed.signing,
        secret: Field::new("secret", "Own secret").judged(problems, "secret").hint(match stored {
            Some(webhook) if webhook.secret.is_some() => "Leave it empty to keep the present one.",
            _ => "Leave it empty to have one made. It is shown once.",
        }),
        schemes: Format::ALL.map(|format| (format.label().to_owned(), format.scheme().to_owned())).into(),
        is_active: typed.is_active,
        call_type: Field::new("callType", "SoftwareOne type")
            .judged(problems, "type")
            .hint("A label for the SoftwareOne door; it decides nothing."),
        call_types: Choice::list(CallType::ALL.map(|kind| (kind.name(), kind.name())), &typed.call_type),
        sending_note: sending_note(page),
        shell: page.shell(title, Nav::Webhooks),
    }
}

/// Timeout and retries, which the service decides.
fn sending_note(page: &CompanyPage) -> String {
    let engine = &page.state().services.engine;
    let attempts = text::counted(u64::from(engine.schedule().attempts_max()), "attempt", "attempts");
    format!(
        "Each attempt may take {}. {attempts} over {}; Retry-After is honoured.",
        duration(engine.timeout_us()),
        duration(engine.schedule().span_us()),
    )
}

fn auth(filling: &Filling<'_>) -> Vec<AuthChoice> {
    let Filling { typed, problems, stored, .. } = filling;
    let known = stored
        .map(|webhook| &webhook.settings.auth)
        .filter(|auth| auth.auth_type().name() == typed.auth_type);
    let mask = known
        .filter(|auth| auth.secret().is_some())
        .map(|auth| format!("••••{}", auth.hint().unwrap_or_default()));
    let mut choices = AuthChoice::list(&typed.auth_type, &typed.user_name, mask.as_deref());
    for choice in choices.iter_mut().filter(|choice| choice.chosen) {
        let name = if choice.user_name.is_some() { "password" } else { "token" };
        choice.user_name = choice.user_name.take().map(|field| field.judged(problems, "userName"));
        choice.secret = choice.secret.take().map(|field| field.judged(problems, name));
    }
    choices
}

fn message(problems: &Problems, fields: &[&str]) -> Option<String> {
    fields.iter().find_map(|field| problems.at(field)).map(|problem| problem.message.clone())
}

/// One line for each problem, leading to its field.
fn errors(problems: &Problems, typed: &Typed) -> Vec<FormError> {
    let line = |field: &str, message: &str| {
        let (anchor, label) = match field {
            "name" => ("name", "Name"),
            "url" => ("url", "URL"),
            "description" => ("description", "Description"),
            "format" => ("format", "Format"),
            "receives" | "alertIds" => ("alerts", "Alerts"),
            "criteria" => ("criteria", "Criteria"),
            "userName" => ("userName", "User name"),
            "password" => ("password", "Password"),
            "secret" => ("secret", "Own secret"),
            "type" => ("callType", "SoftwareOne type"),
            "token" => (token_anchor(&typed.auth_type), "Token"),
            _ => ("auth", "Auth type"),
        };
        FormError::new(anchor, format!("{label}: {message}"))
    };
    problems.0.iter().map(|problem| line(&problem.field, &problem.message)).collect()
}

fn token_anchor(auth_type: &str) -> &'static str {
    match auth_type {
        "querystring" => "token-querystring",
        "authheader" => "token-authheader",
        "header" => "token-header",
        "bearer" => "token-bearer",
        _ => "auth",
    }
}

/// What differs between two forms, for the page of a clash: field, this one, that one.
pub fn differences(yours: &Typed, theirs: &Typed) -> Vec<(&'static str, String, String)> {
    let switch = |on| if on { "on" } else { "off" }.to_owned();
    let alerts = |ids: &[AlertId]| {
        let mut ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        ids.sort_unstable();
        ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let auth = |typed: &Typed| {
        typed.auth_type.parse().map_or_else(|_| typed.auth_type.clone(), |kind| words::auth(kind).to_owned())
    };
    let rows = [
        ("Name", yours.name.clone(), theirs.name.clone()),
        ("URL", yours.url.clone(), theirs.url.clone()),
        ("Description", yours.description.clone(), theirs.description.clone()),
        ("Format", yours.format.clone(), theirs.format.clone()),
        ("Receives", yours.receives.clone(), theirs.receives.clone()),
        ("Alerts", alerts(&yours.alert_ids), alerts(&theirs.alert_ids)),
        ("Criteria", yours.criteria.replace("\r\n", "\n"), theirs.criteria.clone()),
        ("Auth type", auth(yours), auth(theirs)),
        ("User name", yours.user_name.clone(), theirs.user_name.clone()),
        ("Signing", switch(yours.signing), switch(theirs.signing)),
        ("Active", switch(yours.is_active), switch(theirs.is_active)),
    ];
    rows.into_iter().filter(|(_, yours, theirs)| yours != theirs).collect()
}
