//! An earlier version of a webhook's settings: how it differs from the present, and how it becomes the present again.
//!
//! History keeps no secrets, so none comes back: a credential stays only while its type and its host stay, and a value
//! behind the question mark of a URL only while the whole URL stays. Whether the webhook is switched on is left alone:
//! switching off cancels what waits, which nobody expects of looking back.

use serde_json::Value;

use super::Receives;
use super::auth::{AuthInput, AuthType};
use super::endpoint_url::EndpointUrl;
use super::format::Format;
use super::settings::{Change, CriteriaInput, Settings};
use super::snapshot;
use crate::domain::problem::{Problems, Rule};

/// What stands for something secret in what is shown.
const MASK: &str = "••••";

/// The fields of a version in the order in which they are shown. Of these, `credential` and `isActive` do not come back.
const FIELDS: [&str; 11] = [
    "name",
    "url",
    "description",
    "format",
    "receives",
    "criteria",
    "authType",
    "credential",
    "signing",
    "type",
    "isActive",
];

/// One field of a version beside the present one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name as in forms and APIs.
    pub name: &'static str,
    /// Its value then; empty for none.
    pub then: String,
    /// Its value now; empty for none.
    pub now: String,
}

impl Field {
    /// Whether both are the same.
    pub fn is_same(&self) -> bool {
        self.then == self.now
    }
}

/// Every field of `settings`, as a version has them, beside the present one.
pub fn fields(settings: &Value, now: &Settings) -> Vec<Field> {
    let present = snapshot::without_secrets(now);
    let field = |name: &'static str| Field {
        name,
        then: words(name, settings.get(name)),
        now: words(name, present.get(name)),
    };
    FIELDS.into_iter().map(field).collect()
}

fn words(name: &str, value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) if name == "credential" => format!("{MASK}{text}"),
        Some(Value::String(text)) => word(name, text).map_or_else(|| text.clone(), str::to_owned),
        Some(Value::Bool(true)) => "on".to_owned(),
        Some(Value::Bool(false)) => "off".to_owned(),
        Some(Value::Object(pairs)) => {
            let pair =
                |(key, value): (&String, &Value)| format!("{key} = {}", value.as_str().unwrap_or_default());
            pairs.iter().map(pair).collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

/// What people read for a value out of a closed list.
fn word(name: &str, text: &str) -> Option<&'static str> {
    match name {
        "format" => text.parse().ok().map(Format::label),
        "authType" => text.parse().ok().map(AuthType::label),
        "receives" => text.parse().ok().map(|receives| match receives {
            Receives::Linked => "Chosen alerts",
            Receives::All => "Every alert",
            Receives::TestsOnly => "Nothing but tests",
        }),
        _ => None,
    }
}

/// The host and port of a version, when they are not the present ones.
pub fn other_host(settings: &Value, now: &Settings) -> Option<String> {
    let then = EndpointUrl::from_parts(text(settings, "url")?, None)?;
    (!then.same_origin(&now.endpoint)).then(|| then.host().to_owned())
}

/// Whether the present credential is lost when `settings` come back.
pub fn drops_credential(settings: &Value, now: &Settings) -> bool {
    let is_kept = text(settings, "authType") == Some(now.auth.auth_type().name());
    now.auth.auth_type() != AuthType::None && (!is_kept || other_host(settings, now).is_some())
}

/// What has to be asked for so that `settings` become the present ones of a webhook that has `now`.
///
/// # Errors
/// A problem at `url` when values behind the question mark are not known any more.
pub fn change(settings: &Value, now: &Settings) -> Result<Change, Problems> {
    let given = |name: &str| text(settings, name).map(str::to_owned);
    let url = given("url").filter(|url| *url != now.endpoint.display());
    if url.as_ref().is_some_and(|url| url.contains(MASK)) {
        let words = "Enter the values behind the question mark again: history does not keep them.";
        return Err(Problems::one("url", Rule::Required, words));
    }
    let pairs = settings.get("criteria").and_then(Value::as_object);
    let pair = |(key, value): (&String, &Value)| (key.clone(), value.as_str().unwrap_or_default().to_owned());
    let auth_type = given("authType");
    let takes_password = auth_type.as_deref() == Some(AuthType::Basic.name());
    Ok(Change {
        name: given("name"),
        url,
        description: Some(given("description")),
        receives: given("receives"),
        criteria: pairs.map(|pairs| CriteriaInput::Pairs(pairs.iter().map(pair).collect())),
        format: given("format"),
        auth: auth_type.map(|auth_type| AuthInput {
            auth_type: Some(auth_type),
            user_name: now.auth.user_name().filter(|_| takes_password).map(str::to_owned),
            password: None,
            token: None,
        }),
        signing: settings.get("signing").and_then(Value::as_bool),
        call_type: given("type"),
        is_active: None,
        keep_credentials: true,
    })
}

fn text<'s>(settings: &'s Value, name: &str) -> Option<&'s str> {
    settings.get(name).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::webhook::auth::Auth;
    use crate::domain::webhook::endpoint_url::EndpointPolicy;

    fn settings(url: &str, auth_type: &str, token: &str) -> Settings {
        let given = |text: &str| Some(text.to_owned());
        let auth = AuthInput { auth_type: given(auth_type), token: given(token), ..AuthInput::default() };
        let change = Change { url: given(url), name: given("Hub"), auth: Some(auth), ..Change::default() };
        change.create(&EndpointPolicy::default()).unwrap()
    }

    fn restored(then: &Settings, now: &Settings) -> Result<Settings, Problems> {
        change(&snapshot::without_secrets(then), now)?.apply(now, &EndpointPolicy::default())
    }

    fn problem(then: &Settings, now: &Settings) -> String {
        restored(then, now).unwrap_err().0.remove(0).field.into_owned()
    }

    #[test]
    fn everything_but_secrets_and_the_switch_comes_back() {
        let now = settings("https://a.example/new", "bearer", "s3cret-now");
        let mut then = settings("https://a.example/old", "bearer", "s3cret-then");
        then.description = Some("Ops".to_owned());
        then.is_active = false;
        then.signing = false;
        let expected = Settings { auth: now.auth.clone(), is_active: true, ..then.clone() };
        assert_eq!(restored(&then, &now), Ok(expected));
        assert!(!drops_credential(&snapshot::without_secrets(&then), &now));
        assert_eq!(restored(&now, &now), Ok(now));
    }

    #[test]
    fn a_credential_never_goes_to_another_host_nor_becomes_another_type() {
        let now = settings("https://a.example/in", "bearer", "s3cret-now");
        let elsewhere = settings("https://b.example/in", "bearer", "s3cret-then");
        assert_eq!(problem(&elsewhere, &now), "token");
        assert_eq!(other_host(&snapshot::without_secrets(&elsewhere), &now).as_deref(), Some("b.example"));
        assert_eq!(problem(&settings("https://a.example/in", "header", "s3cret-then"), &now), "token");
        let open = settings("https://b.example/in", "none", "");
        assert_eq!(restored(&open, &now).unwrap().auth, Auth::None);
        assert!(drops_credential(&snapshot::without_secrets(&open), &now));
        assert_eq!(other_host(&snapshot::without_secrets(&now), &now), None);
    }

    #[test]
    fn values_behind_the_question_mark_stay_or_are_asked_for() {
        let now = settings("https://a.example/in?key=abc", "none", "");
        assert_eq!(restored(&now, &now).unwrap().endpoint, now.endpoint);
        assert_eq!(problem(&settings("https://a.example/old?key=abc", "none", ""), &now), "url");
    }

    #[test]
    fn a_version_stands_beside_the_present() {
        let (then, now) = (
            settings("https://a.example/", "none", ""),
            settings("https://b.example/", "bearer", "s3cret-now"),
        );
        let fields = fields(&snapshot::without_secrets(&then), &now);
        let differ: Vec<_> = fields.iter().filter(|field| !field.is_same()).map(|field| field.name).collect();
        assert_eq!(differ, ["url", "authType", "credential"]);
        assert_eq!((fields[5].now.as_str(), fields[3].now.as_str()), ("", "Telemax"));
        assert_eq!((fields[6].then.as_str(), fields[6].now.as_str()), ("None", "Bearer token"));
        assert_eq!((fields[7].then.as_str(), fields[7].now.as_str()), ("", "••••-now"));
    }
}
