//! What somebody typed into a webhook's form, and the change that it asks for. Nothing is judged here but the
//! shape of the criteria lines: the rules are the domain's.

use serde_json::Value;

use super::alerts;
use crate::actions::webhooks::SecretChoice;
use crate::domain::form_token::FormToken;
use crate::domain::ids::AlertId;
use crate::domain::problem::{Problems, Rule};
use crate::domain::webhook::auth::AuthInput;
use crate::domain::webhook::criteria::Criteria;
use crate::domain::webhook::settings::{Change, CriteriaInput};
use crate::domain::webhook::{Receives, Webhook};
use crate::web::form::Form;

/// What stands for something secret in what we show.
const MASK: &str = "••••";

/// The form's values, to be shown again. Secrets are not among them.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    pub name: String,
    pub url: String,
    pub description: String,
    pub format: String,
    pub receives: String,
    pub alert_ids: Vec<AlertId>,
    /// What was linked when the form was made, as it is written in it.
    pub linked: Option<String>,
    pub criteria: String,
    pub auth_type: String,
    pub user_name: String,
    pub signing: bool,
    pub is_active: bool,
    pub call_type: String,
    /// What tells the form from others.
    pub once: Option<FormToken>,
}

impl Typed {
    /// An empty form.
    pub fn empty() -> Self {
        Self {
            format: "telemax".to_owned(),
            receives: Receives::Linked.name().to_owned(),
            auth_type: "none".to_owned(),
            signing: true,
            is_active: true,
            ..Self::default()
        }
    }

    /// The form of a webhook as it is stored.
    pub fn stored(webhook: &Webhook, linked: &[AlertId]) -> Self {
        let settings = &webhook.settings;
        let criteria: Vec<String> = settings.criteria.iter().map(line).collect();
        Self {
            name: settings.name.clone(),
            url: settings.endpoint.display(),
            description: settings.description.clone().unwrap_or_default(),
            format: settings.format.name().to_owned(),
            receives: settings.receives.name().to_owned(),
            alert_ids: linked.to_vec(),
            linked: Some(alerts::ids(linked)),
            criteria: criteria.join("\n"),
            auth_type: settings.auth.auth_type().name().to_owned(),
            user_name: settings.auth.user_name().unwrap_or_default().to_owned(),
            signing: settings.signing,
            is_active: settings.is_active,
            call_type: settings.call_type.name().to_owned(),
            once: None,
        }
    }

    /// The form of a webhook with the settings of an earlier version; what is no part of a version is as it is stored.
    pub fn kept(settings: &Value, webhook: &Webhook, linked: &[AlertId]) -> Self {
        let text = |name: &str| settings[name].as_str().unwrap_or_default().to_owned();
        let pairs = settings["criteria"].as_object().into_iter().flatten();
        let criteria: Vec<String> =
            pairs.map(|(key, value)| line((key, value.as_str().unwrap_or_default()))).collect();
        Self {
            name: text("name"),
            url: text("url"),
            description: text("description"),
            format: text("format"),
            receives: text("receives"),
            criteria: criteria.join("\n"),
            auth_type: text("authType"),
            signing: settings["signing"].as_bool().unwrap_or_default(),
            call_type: text("type"),
            ..Self::stored(webhook, linked)
        }
    }

    /// The form as it was sent.
    pub fn sent(form: &Form) -> Self {
        Self {
            name: form.text("name"),
            url: form.text("url"),
            description: form.text("description"),
            format: form.text("format"),
            receives: form.text("receives"),
            alert_ids: form.all("alertIds").filter_map(|id| id.parse().ok().map(AlertId)).collect(),
            linked: form.get("linked").map(str::to_owned),
            criteria: form.text("criteria"),
            auth_type: form.text("authType"),
            user_name: form.text("userName"),
            signing: form.is_on("signing"),
            is_active: form.is_on("isActive"),
            call_type: form.text("callType"),
            once: token(form),
        }
    }
}

/// What the form asks for; `stored` is the webhook that it changes. Fields of auth types that were not chosen are
/// not looked at, and neither are chosen alerts when the webhook receives every alert or none. What comes back as it
/// was shown is not touched: other doors take names and criteria with spaces around them, which are slips here.
///
/// # Errors
/// A criteria line without `=`, an alert that is not a number, or a URL with a mask in it: query values are
/// masked when they are shown, and a mask that comes back changed is not a value.
pub fn change(form: &Form, stored: Option<&Webhook>) -> Result<Change, Problems> {
    let mut problems = Problems::default();
    let given = |name: &str| form.get(name).map(str::to_owned);
    let is_as_shown =
        |url: &String| stored.is_some_and(|webhook| webhook.settings.endpoint.display() == *url);
    let url = given("url").map(|url| url.trim().to_owned()).filter(|url| !is_as_shown(url));
    if url.as_ref().is_some_and(|url| url.contains(MASK)) {
        problems.add(
            "url",
            Rule::Invalid,
            "Enter the values behind the question mark again; they are hidden here.",
        );
    }
    if form.all("alertIds").any(|id| id.parse::<i64>().is_err()) {
        problems.add("alertIds", Rule::Invalid, "An alert is chosen by its number.");
    }
    let shown = stored.map(|webhook| &webhook.settings);
    let criteria = pairs(form.get("criteria").unwrap_or_default(), shown.map(|settings| &settings.criteria));
    let criteria = problems.absorb(criteria);
    let auth_type = given("authType");
    let kind = auth_type.as_deref().unwrap_or_default().to_ascii_lowercase();
    let auth = auth_type.filter(|kind| !kind.is_empty()).map(|auth_type| AuthInput {
        auth_type: Some(auth_type),
        user_name: if kind == "basic" { given("userName") } else { None },
        password: if kind == "basic" { given("password") } else { None },
        token: given(&format!("token-{kind}")),
    });
    let word = |name: &str| given(name).filter(|value| !value.is_empty());
    problems.or(Change {
        name: given("name")
            .filter(|name| shown.is_none_or(|settings| settings.name != *name))
            .map(|name| name.trim().to_owned()),
        url,
        description: Some(given("description")),
        receives: word("receives"),
        criteria: criteria.map(CriteriaInput::Pairs),
        format: word("format"),
        auth,
        signing: Some(form.is_on("signing")),
        call_type: word("callType"),
        is_active: Some(form.is_on("isActive")),
        keep_credentials: true,
    })
}

/// The alerts that shall be linked instead of those that are `now`; `None` leaves the links as they are.
pub fn alert_ids(form: &Form, now: &[AlertId]) -> Option<Vec<AlertId>> {
    let is_linked = form.get("receives").is_none_or(|receives| receives == Receives::Linked.name());
    is_linked.then(|| alerts::wanted(now, form))
}

/// What tells this form from others, if it says so.
pub fn token(form: &Form) -> Option<FormToken> {
    form.get(FormToken::FIELD).and_then(FormToken::parse)
}

/// The signing secret that shall be used.
pub fn secret(form: &Form) -> SecretChoice {
    match form.get("secret") {
        Some(secret) if !secret.is_empty() => SecretChoice::Given(secret.to_owned()),
        _ => SecretChoice::Keep,
    }
}

/// A pair as it is shown.
fn line((key, value): (&str, &str)) -> String {
    format!("{key} = {value}")
}

/// One `key = value` a line; blank lines are skipped. A line as it was shown is the pair that it showed.
fn pairs(text: &str, shown: Option<&Criteria>) -> Result<Vec<(String, String)>, Problems> {
    let mut pairs = Vec::new();
    for typed in text.lines().filter(|typed| !typed.trim().is_empty()) {
        let as_shown = shown.and_then(|shown| shown.iter().find(|pair| line(*pair) == typed));
        if let Some((key, value)) = as_shown {
            pairs.push((key.to_owned(), value.to_owned()));
            continue;
        }
        let Some((key, value)) = typed.split_once('=') else {
            let message = "Write one pair a line, such as data.geofenceName = Port 3.";
            return Err(Problems::one("criteria", Rule::Invalid, message));
        };
        pairs.push((key.trim().to_owned(), value.trim().to_owned()));
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(body: &str) -> Form {
        Form::parse(body.as_bytes(), &["alertIds"]).unwrap()
    }

    #[test]
    fn only_the_chosen_types_fields_are_looked_at() {
        let body =
            "url=https%3A%2F%2Fa.example&authType=bearer&token-bearer=b&token-header=h&userName=u&password=p";
        let auth = change(&form(body), None).unwrap().auth.unwrap();
        assert_eq!((auth.token.as_deref(), auth.user_name, auth.password), (Some("b"), None, None));
        let body = "authType=basic&token-bearer=b&userName=u&password=p";
        let auth = change(&form(body), None).unwrap().auth.unwrap();
        assert_eq!(
            (auth.token, auth.user_name.as_deref(), auth.password.as_deref()),
            (None, Some("u"), Some("p"))
        );
    }

    #[test]
    fn alerts_count_only_where_they_are_chosen() {
        assert_eq!(alert_ids(&form("receives=all&alertIds=1"), &[]), None);
        assert_eq!(
            alert_ids(&form("receives=linked&alertIds=1&alertIds=2"), &[]),
            Some(vec![AlertId(1), AlertId(2)])
        );
        assert_eq!(alert_ids(&form("receives=linked"), &[]), Some(Vec::new()));
    }

    #[test]
    fn criteria_are_lines() {
        let change = change(&form("criteria=data.a+%3D+x%3Dy%0D%0A%0D%0Ab%3D1"), None).unwrap();
        let Some(CriteriaInput::Pairs(pairs)) = change.criteria else { panic!("pairs") };
        assert_eq!(pairs, [("data.a".to_owned(), "x=y".to_owned()), ("b".to_owned(), "1".to_owned())]);
        assert!(super::change(&form("criteria=nothing"), None).is_err());
    }

    #[test]
    fn a_mask_is_not_a_value() {
        let problems = change(
            &form("url=https%3A%2F%2Fa.example%2F%3Fkey%3D%E2%80%A2%E2%80%A2%E2%80%A2%E2%80%A2"),
            None,
        );
        assert!(problems.unwrap_err().at("url").is_some());
    }
}
