//! How what somebody asks for becomes settings.
//!
//! Doors and forms fill a [`Change`] with what was mentioned, in words; it is judged here once, field by field, and
//! then as a whole. A door changes only what it knows: what it does not mention stays (contract 00.1).

use serde_json::Value;

use super::Receives;
use super::auth::{Auth, AuthInput};
use super::auth_input::given;
use super::call_type::CallType;
use super::criteria::Criteria;
use super::endpoint_url::{EndpointPolicy, EndpointUrl};
use super::format::Format;
use super::settings::{DESCRIPTION_CHARS_MAX, NAME_CHARS_MAX, Settings};
use crate::domain::problem::{Problems, Rule};
use crate::domain::text;

/// Criteria as somebody sent them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CriteriaInput {
    /// As JSON: an object of texts, or null.
    Json(Value),
    /// As form fields.
    Pairs(Vec<(String, String)>),
}

/// What somebody asks for. `None` means: not mentioned.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// The name; not mentioned on creation: the host.
    pub name: Option<String>,
    /// The destination; must be mentioned on creation.
    pub url: Option<String>,
    /// `Some(None)` clears it, and so does a blank text.
    pub description: Option<Option<String>>,
    /// A [`Receives`] name; not mentioned on creation: linked alerts.
    pub receives: Option<String>,
    /// Replaces all pairs.
    pub criteria: Option<CriteriaInput>,
    /// A [`Format`] name; not mentioned on creation: Telemax.
    pub format: Option<String>,
    /// Replaces the credential, but see `keep_credentials`; not mentioned on creation: none. A door that knows no
    /// credentials never touches the stored one, wherever its change leads; forms never leave it unmentioned.
    pub auth: Option<AuthInput>,
    /// Whether requests are signed; not mentioned on creation: yes.
    pub signing: Option<bool>,
    /// A [`CallType`] name; not mentioned on creation: the first.
    pub call_type: Option<String>,
    /// Whether it is switched on; not mentioned on creation: yes.
    pub is_active: Option<bool>,
    /// For forms, which never show a stored secret: a credential of the same type with blank secrets, or none
    /// mentioned, keeps the stored secrets, but only while scheme, host and port stay. Otherwise whoever may edit
    /// could have a secret sent to a host of their own.
    pub keep_credentials: bool,
}

impl Change {
    /// The settings of a new webhook.
    ///
    /// # Errors
    /// Every problem of every field; when there is none, those of their combination.
    pub fn create(self, policy: &EndpointPolicy) -> Result<Settings, Problems> {
        self.judge(None, policy)
    }

    /// `old` with this change. A destination that does not change is not judged again, so that a change of policy
    /// does not lock people out of their webhooks.
    ///
    /// # Errors
    /// Every problem of every field; when there is none, those of their combination.
    pub fn apply(self, old: &Settings, policy: &EndpointPolicy) -> Result<Settings, Problems> {
        self.judge(Some(old), policy)
    }

    fn judge(self, old: Option<&Settings>, policy: &EndpointPolicy) -> Result<Settings, Problems> {
        let mut problems = Problems::default();
        let name = match self.name {
            Some(name) => problems.absorb(text::single_line("name", &name, NAME_CHARS_MAX)),
            None => old.map(|old| old.name.clone()),
        };
        let endpoint = problems.absorb(judge_url(self.url, old, policy));
        let description = match self.description {
            Some(description) => problems.absorb(judge_description(description)),
            None => Some(old.and_then(|old| old.description.clone())),
        };
        let receives = match self.receives {
            Some(text) => problems.absorb(closed("receives", &text, &Receives::ALL.map(Receives::name))),
            None => Some(old.map_or(Receives::Linked, |old| old.receives)),
        };
        let criteria = match self.criteria {
            Some(CriteriaInput::Json(value)) => problems.absorb(Criteria::parse(&value)),
            Some(CriteriaInput::Pairs(pairs)) => problems.absorb(Criteria::from_pairs(pairs)),
            None => Some(old.map(|old| old.criteria.clone()).unwrap_or_default()),
        };
        let format = match self.format {
            Some(text) => problems.absorb(closed("format", &text, &Format::ALL.map(Format::name))),
            None => Some(old.map_or_else(Format::default, |old| old.format)),
        };
        let keep = old.filter(|_| self.keep_credentials);
        let auth = problems.absorb(match (self.auth, keep) {
            (Some(input), Some(old)) => parse_or_keep(input, old, endpoint.as_ref()),
            (Some(input), None) => input.parse(),
            (None, Some(old)) => keep_stored(old, endpoint.as_ref()),
            (None, None) => Ok(old.map_or(Auth::None, |old| old.auth.clone())),
        });
        let signing = self.signing.unwrap_or_else(|| old.is_none_or(|old| old.signing));
        let call_type = match self.call_type {
            Some(text) => problems.absorb(closed("type", &text, &CallType::ALL.map(CallType::name))),
            None => Some(old.map_or_else(CallType::default, |old| old.call_type)),
        };
        let is_active = self.is_active.unwrap_or_else(|| old.is_none_or(|old| old.is_active));
        let settings = (|| {
            let endpoint = endpoint?;
            Some(Settings {
                name: name.unwrap_or_else(|| endpoint.host().chars().take(NAME_CHARS_MAX).collect()),
                description: description?,
                endpoint,
                receives: receives?,
                criteria: criteria?,
                format: format?,
                auth: auth?,
                signing,
                call_type: call_type?,
                is_active,
            })
        })();
        match settings {
            Some(settings) if problems.is_empty() => settings.judged_as_a_whole(),
            _ => Err(problems),
        }
    }
}

fn judge_url(
    text: Option<String>,
    old: Option<&Settings>,
    policy: &EndpointPolicy,
) -> Result<EndpointUrl, Problems> {
    match (given(text), old) {
        (Some(text), Some(old)) if text == old.endpoint.as_str() => Ok(old.endpoint.clone()),
        (Some(text), _) => EndpointUrl::parse(&text, policy)
            .map_err(|refusal| Problems::one("url", refusal.rule(), refusal.to_string())),
        (None, Some(old)) => Ok(old.endpoint.clone()),
        (None, None) => Err(Problems::one("url", Rule::Required, "A URL must be given.")),
    }
}

fn judge_description(text: Option<String>) -> Result<Option<String>, Problems> {
    match text.filter(|text| !text.trim().is_empty()) {
        None => Ok(None),
        Some(text) => text::single_line("description", &text, DESCRIPTION_CHARS_MAX).map(Some),
    }
}

/// Reads a word out of a closed list, whose `names` are for the message.
fn closed<T: std::str::FromStr>(field: &'static str, text: &str, names: &[&str]) -> Result<T, Problems> {
    text.parse()
        .map_err(|_| Problems::one(field, Rule::Invalid, format!("It must be one of {}.", names.join(", "))))
}

/// The stored credential, unless it would go to another host.
fn keep_stored(old: &Settings, endpoint: Option<&EndpointUrl>) -> Result<Auth, Problems> {
    let Some(field) = secret_field(&old.auth) else {
        return Ok(old.auth.clone());
    };
    if endpoint.is_some_and(|endpoint| !endpoint.same_origin(&old.endpoint)) {
        return Err(Problems::one(field, Rule::Required, "Enter it again: the host has changed."));
    }
    Ok(old.auth.clone())
}

/// A new credential, with blank secrets filled in from the stored one of the same type.
fn parse_or_keep(
    mut input: AuthInput,
    old: &Settings,
    endpoint: Option<&EndpointUrl>,
) -> Result<Auth, Problems> {
    let kind = input.parse_type()?;
    let blank = |text: &Option<String>| text.as_deref().is_none_or(str::is_empty);
    let is_blank = if kind.takes_password() { blank(&input.password) } else { blank(&input.token) };
    if kind != old.auth.auth_type() || !is_blank || old.auth.secret().is_none() {
        return input.parse();
    }
    keep_stored(old, endpoint)?;
    let stored = old.auth.secret().map(|secret| secret.reveal().to_owned());
    if kind.takes_password() {
        input.password = stored;
    } else {
        input.token = stored;
    }
    input.parse()
}

/// Which field holds the credential's secret.
const fn secret_field(auth: &Auth) -> Option<&'static str> {
    match auth {
        Auth::None => None,
        Auth::Basic { .. } => Some("password"),
        Auth::QueryString { .. } | Auth::AuthHeader { .. } | Auth::Header { .. } | Auth::Bearer { .. } => {
            Some("token")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::secret::Secret;

    const URL: &str = "https://hooks.example.com/alerts";

    fn policy() -> EndpointPolicy {
        EndpointPolicy::default()
    }

    fn auth(kind: &str, user_name: &str, password: &str, token: &str) -> AuthInput {
        let text = |text: &str| Some(text.to_owned());
        AuthInput {
            auth_type: text(kind),
            user_name: text(user_name),
            password: text(password),
            token: text(token),
        }
    }

    fn create(change: Change) -> Result<Settings, Problems> {
        Change { url: change.url.clone().or(Some(URL.to_owned())), ..change }.create(&policy())
    }

    fn fields(result: Result<Settings, Problems>) -> Vec<(String, Rule)> {
        result.unwrap_err().0.into_iter().map(|problem| (problem.field.into_owned(), problem.rule)).collect()
    }

    #[test]
    fn a_url_is_enough() {
        let settings = create(Change::default()).unwrap();
        assert_eq!((settings.name.as_str(), settings.endpoint.as_str()), ("hooks.example.com", URL));
        assert_eq!((settings.receives, settings.format), (Receives::Linked, Format::Telemax));
        assert_eq!((settings.signing, settings.is_active, &settings.auth), (true, true, &Auth::None));
        assert_eq!(settings.call_type, CallType::ValidatePurchaseOrderDraft);
        assert_eq!(fields(Change::default().create(&policy())), [("url".to_owned(), Rule::Required)]);
    }

    #[test]
    fn every_wrong_field_is_named() {
        let change = Change {
            name: Some("  ".to_owned()),
            url: Some("https://127.0.0.1/".to_owned()),
            description: Some(Some("x".repeat(2_001))),
            receives: Some("some".to_owned()),
            criteria: Some(CriteriaInput::Json(json!({"a": 1}))),
            format: Some("xml".to_owned()),
            auth: Some(auth("basic", "u", "", "t")),
            call_type: Some(String::new()),
            ..Change::default()
        };
        let expected = [
            ("name", Rule::Required),
            ("url", Rule::ForbiddenAddress),
            ("description", Rule::TooLong),
            ("receives", Rule::Invalid),
            ("criteria", Rule::Invalid),
            ("format", Rule::Invalid),
            ("token", Rule::NotAllowed),
            ("password", Rule::Required),
            ("type", Rule::Invalid),
        ];
        assert_eq!(fields(change.create(&policy())), expected.map(|(field, rule)| (field.to_owned(), rule)));
    }

    #[test]
    fn two_things_that_want_the_authorization_header_conflict() {
        for kind in ["authheader", "bearer"] {
            let change = |format: &str, signing| Change {
                format: Some(format.to_owned()),
                signing: Some(signing),
                auth: Some(auth(kind, "", "", "t0ken")),
                ..Change::default()
            };
            assert_eq!(
                fields(create(change("softwareone", true))),
                [("authType".to_owned(), Rule::Conflict)]
            );
            assert!(create(change("softwareone", false)).is_ok());
            assert!(create(change("zstack", true)).is_ok());
        }
        let header = Change {
            format: Some("SoftwareOne".to_owned()),
            auth: Some(auth("header", "", "", "t0ken")),
            ..Change::default()
        };
        assert!(create(header).is_ok());
        let twice = Change {
            url: Some("https://hooks.example.com/?token=x".to_owned()),
            auth: Some(auth("querystring", "", "", "t0ken")),
            ..Change::default()
        };
        assert_eq!(fields(create(twice)), [("url".to_owned(), Rule::Conflict)]);
    }

    #[test]
    fn what_is_not_mentioned_stays() {
        let old = create(Change {
            description: Some(Some("Ops".to_owned())),
            criteria: Some(CriteriaInput::Pairs(vec![("alertType".to_owned(), "Speeding".to_owned())])),
            auth: Some(auth("bearer", "", "", "t0ken")),
            format: Some("aggregate".to_owned()),
            signing: Some(false),
            is_active: Some(false),
            call_type: Some("selectorderlines".to_owned()),
            receives: Some("all".to_owned()),
            ..Change::default()
        })
        .unwrap();
        assert_eq!(Change::default().apply(&old, &policy()), Ok(old.clone()));
        let moved = Change { url: Some("https://other.example.com/".to_owned()), ..Change::default() };
        let moved = moved.apply(&old, &policy()).unwrap();
        assert_eq!((moved.name.as_str(), &moved.auth), ("hooks.example.com", &old.auth));
        let cleared = Change {
            description: Some(None),
            criteria: Some(CriteriaInput::Json(Value::Null)),
            ..Change::default()
        };
        let cleared = cleared.apply(&old, &policy()).unwrap();
        assert_eq!((cleared.description, cleared.criteria.is_empty()), (None, true));
    }

    #[test]
    fn a_stored_destination_is_not_judged_again() {
        let lab = EndpointPolicy {
            allow_http: true,
            allowed_networks: vec!["127.0.0.0/8".parse().unwrap()],
            own_host: None,
        };
        let url = Some("http://127.0.0.1:9000/".to_owned());
        let old = Change { url: url.clone(), ..Change::default() }.create(&lab).unwrap();
        let renamed = Change { url, name: Some("Lab".to_owned()), ..Change::default() };
        assert_eq!(renamed.apply(&old, &policy()).unwrap().name, "Lab");
        let changed = Change { url: Some("http://127.0.0.1:9001/".to_owned()), ..Change::default() };
        assert!(changed.apply(&old, &policy()).is_err());
    }

    #[test]
    fn forms_keep_secrets_until_the_host_changes() {
        for (old, blank, field) in [
            (auth("bearer", "", "", "t0ken"), auth("bearer", "", "", ""), "token"),
            (auth("basic", "alice", "pa55", ""), auth("basic", "bob", "", ""), "password"),
        ] {
            let old = create(Change { auth: Some(old), ..Change::default() }).unwrap();
            let form = |url: &str, auth: Option<AuthInput>| {
                Change { url: Some(url.to_owned()), auth, keep_credentials: true, ..Change::default() }
                    .apply(&old, &policy())
            };
            let kept = form("https://hooks.example.com/new", Some(blank.clone())).unwrap();
            assert_eq!(kept.auth.secret(), old.auth.secret());
            if field == "password" {
                assert_eq!(kept.auth.user_name(), Some("bob"));
            }
            for other in ["https://evil.example.com/", "https://hooks.example.com:8443/"] {
                for auth in [Some(blank.clone()), None] {
                    assert_eq!(fields(form(other, auth)), [(field.to_owned(), Rule::Required)]);
                }
            }
            let replaced = AuthInput { token: Some("n3w".to_owned()), ..auth("header", "", "", "") };
            let replaced = form("https://evil.example.com/", Some(replaced)).unwrap();
            assert_eq!(replaced.auth, Auth::Header { token: Secret::new("n3w") });
            assert_eq!(
                form("https://evil.example.com/", Some(auth("none", "", "", ""))).unwrap().auth,
                Auth::None
            );
            assert_eq!(
                fields(form(URL, Some(auth("querystring", "", "", "")))),
                [("token".to_owned(), Rule::Required)]
            );
            // Without the promise to keep, blank is blank.
            let strict = Change { auth: Some(blank), ..Change::default() }.apply(&old, &policy());
            assert_eq!(fields(strict), [(field.to_owned(), Rule::Required)]);
        }
    }
}
