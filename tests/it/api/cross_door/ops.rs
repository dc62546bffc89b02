//! What integrators do at the doors: the request, and what it has to do to the model.

use belfry::domain::ids::WebhookId;
use belfry::domain::time::Timestamp;
use belfry::domain::webhook::Receives;
use belfry::domain::webhook::auth::AuthType;
use belfry::domain::webhook::call_type::CallType;
use belfry::domain::webhook::format::Format;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::chance::URLS;
use super::form::{self, Edit};
use super::model::{Credential, Model};

/// One thing that somebody does to one webhook, or to make one.
#[derive(Debug, Clone)]
pub enum Op {
    Telemax {
        url: &'static str,
        alerts: Vec<usize>,
        is_active: Option<bool>,
        is_global: bool,
    },
    LinkAlert(usize),
    Aggregate {
        url: &'static str,
        auth: Credential,
        is_alert_hook: bool,
    },
    Zstack {
        name: String,
        url: &'static str,
        signing: bool,
        secret: Option<&'static str>,
    },
    RotateSecret,
    Softwareone(Fields),
    Switch {
        on: bool,
    },
    Form(Vec<Edit>),
    /// At one of the four doors: sends back what it shows.
    SendBack(usize),
    Delete(usize),
}

/// The fields of SoftwareOne's create and update, those that are mentioned.
#[derive(Debug, Clone)]
pub struct Fields {
    pub url: Option<&'static str>,
    pub description: Option<String>,
    pub criteria: Option<Vec<(String, String)>>,
    pub secret: Option<&'static str>,
    /// Of a create alone.
    pub call_type: CallType,
    /// Whether an update wraps its values.
    pub wraps: bool,
}

/// What a request did to a model: how it is now, and whether a secret was made that only the answer (or nobody) has
/// seen. Or the status of its refusal.
pub type Effect = Result<(Model, bool), u16>;

impl Op {
    /// What this is for the webhook as it is.
    pub fn on(&self, model: &Model) -> Self {
        let Self::SendBack(door) = self else { return self.clone() };
        let url = URLS.into_iter().find(|url| *url == model.url).expect("one of ours");
        match door {
            0 => Self::Telemax {
                url,
                alerts: model.links.clone(),
                is_active: Some(model.is_active),
                is_global: model.receives == Receives::All,
            },
            // Secrets are shown by no door: this one asks for the credential again, the others keep the secret.
            1 => Self::Aggregate {
                url,
                auth: model.auth,
                is_alert_hook: model.receives != Receives::TestsOnly,
            },
            2 => Self::Zstack { name: model.name.clone(), url, signing: model.signing, secret: None },
            _ => Self::Softwareone(Fields {
                url: Some(url),
                description: model.description.clone(),
                criteria: Some(model.criteria.clone().into_iter().collect()),
                secret: None,
                call_type: model.call_type,
                wraps: model.id % 2 == 0,
            }),
        }
    }

    /// The request that makes a webhook.
    pub fn create(&self, alerts: &[i64]) -> (&'static str, Value) {
        match self {
            Self::Telemax { .. } => ("/api/v2/webhooks", self.body(alerts)),
            Self::Aggregate { .. } => ("/webhooks", self.body(alerts)),
            Self::Zstack { .. } => ("/api/v1/alerting/webhook-endpoints", self.body(alerts)),
            Self::Softwareone(fields) => {
                let mut body =
                    json!({ "url": fields.url.unwrap_or(URLS[0]), "type": fields.call_type.name() });
                for (name, value) in fields.given().into_iter().filter(|(name, _)| name != "url") {
                    body[name] = value;
                }
                ("/public/v1/notifications/webhooks", body)
            }
            other => panic!("{other:?} makes nothing"),
        }
    }

    /// The request that changes the webhook `id`; `None` for what the console does.
    pub fn request(&self, id: i64, alerts: &[i64]) -> Option<(Method, String, Option<Value>)> {
        let id = WebhookId(id);
        let telemax = format!("/api/v2/webhooks/{}", id.telemax());
        let aggregate = format!("/webhooks/{}", id.aggregate());
        let zstack = format!("/api/v1/alerting/webhook-endpoints/{}", id.zstack());
        let softwareone = format!("/public/v1/notifications/webhooks/{}", id.softwareone());
        let body = || Some(self.body(alerts));
        Some(match self {
            Self::Telemax { .. } => (Method::PUT, telemax, body()),
            Self::LinkAlert(_) => (Method::POST, format!("{telemax}/link-alert"), body()),
            Self::Aggregate { .. } => (Method::PUT, aggregate, body()),
            Self::Zstack { .. } => (Method::PUT, zstack, body()),
            Self::RotateSecret => (Method::POST, format!("{zstack}/rotate-secret"), Some(json!({}))),
            Self::Softwareone(_) => (Method::PUT, softwareone, body()),
            Self::Switch { on } => {
                (Method::POST, format!("{softwareone}/{}", if *on { "enable" } else { "disable" }), None)
            }
            Self::Delete(door) => {
                (Method::DELETE, [&telemax, &aggregate, &zstack, &softwareone][*door].clone(), None)
            }
            Self::Form(_) | Self::SendBack(_) => return None,
        })
    }

    fn body(&self, alerts: &[i64]) -> Value {
        match self {
            Self::Telemax { url, alerts: linked, is_active, is_global } => {
                let linked: Vec<i64> = linked.iter().map(|at| alerts[*at]).collect();
                let mut body = json!({ "url": url, "alertIds": linked, "isGlobal": is_global });
                if let Some(is_active) = is_active {
                    body["isActive"] = json!(is_active);
                }
                body
            }
            Self::LinkAlert(at) => json!({ "alertId": alerts[*at] }),
            Self::Aggregate { url, auth, is_alert_hook } => {
                let mut body =
                    json!({ "endpoint": url, "isAlertHook": is_alert_hook, "authType": auth.kind.name() });
                match auth.kind {
                    AuthType::None => body["token"] = json!(""),
                    AuthType::Basic => {
                        body["userName"] = json!(auth.user_name);
                        body["password"] = json!(auth.secret);
                    }
                    _ => body["token"] = json!(auth.secret),
                }
                body
            }
            Self::Zstack { name, url, signing, secret } => {
                json!({ "name": name, "url": url, "signingEnabled": signing, "signingSecret": secret })
            }
            Self::Softwareone(fields) => {
                let wrapped = |value: Value| if fields.wraps { json!({ "value": value }) } else { value };
                fields
                    .given()
                    .into_iter()
                    .map(|(name, value)| (name, wrapped(value)))
                    .collect::<Map<_, _>>()
                    .into()
            }
            _ => json!({}),
        }
    }

    /// What the request has to make.
    pub fn made(&self, now: Timestamp) -> Effect {
        let new = |url: &str, format, receives| Model::new(url, format, receives, now);
        let blank = match self {
            Self::Telemax { url, .. } => new(url, Format::Telemax, Receives::Linked),
            Self::Aggregate { url, .. } => {
                Model { signing: false, ..new(url, Format::Aggregate, Receives::TestsOnly) }
            }
            Self::Zstack { url, .. } => new(url, Format::Zstack, Receives::All),
            Self::Softwareone(fields) => Model {
                call_type: fields.call_type,
                ..new(fields.url.unwrap_or(URLS[0]), Format::Softwareone, Receives::All)
            },
            other => panic!("{other:?} makes nothing"),
        };
        let host = blank.url.split('/').nth(2).unwrap_or_default().to_owned();
        self.changed(&Model { name: host, ..blank }, now)
    }

    /// What the request has to do to `before`: to what its door knows, and to nothing else.
    pub fn changed(&self, before: &Model, now: Timestamp) -> Effect {
        let mut after = before.clone();
        match self {
            Self::Telemax { url, alerts, is_active, is_global } => {
                if (alerts.is_empty() && !is_global) || alerts.contains(&3) {
                    return Err(422);
                }
                let same =
                    alerts.len() == before.links.len() && alerts.iter().all(|at| before.links.contains(at));
                (*url).clone_into(&mut after.url);
                after.is_active = is_active.unwrap_or(true);
                after.links.clone_from(alerts);
                after.receives = match before.receives {
                    _ if *is_global => Receives::All,
                    // This door has no word for it, so what it was shown and sends back changes nothing.
                    Receives::TestsOnly if same => Receives::TestsOnly,
                    _ => Receives::Linked,
                };
            }
            Self::LinkAlert(3) => return Err(422),
            Self::LinkAlert(at) => {
                if !before.links.contains(at) {
                    after.links.push(*at);
                }
                // A link is not a setting: the time of the last change stays.
                return Ok((after, false));
            }
            Self::Aggregate { url, auth, is_alert_hook } => {
                (*url).clone_into(&mut after.url);
                after.auth = *auth;
                if *is_alert_hook != (before.receives != Receives::TestsOnly) {
                    after.receives = if *is_alert_hook { Receives::All } else { Receives::TestsOnly };
                }
            }
            Self::Zstack { name, url, signing, secret } => {
                after.name.clone_from(name);
                (*url).clone_into(&mut after.url);
                after.signing = *signing;
                after.secret = secret.map(str::to_owned).or(after.secret);
            }
            Self::RotateSecret => after.secret = None,
            Self::Softwareone(fields) => {
                after.url = fields.url.map_or(after.url, str::to_owned);
                if let Some(description) = &fields.description {
                    after.description = Some(description.clone()).filter(|text| !text.is_empty());
                }
                if let Some(criteria) = &fields.criteria {
                    after.criteria = criteria.iter().cloned().collect();
                }
                after.secret = fields.secret.map(str::to_owned).or(after.secret);
            }
            Self::Switch { on } => after.is_active = *on,
            Self::Form(edits) => form::apply(edits, before, &mut after)?,
            Self::SendBack(_) | Self::Delete(_) => {}
        }
        if !after.can_work() {
            return Err(if matches!(self, Self::Telemax { .. } | Self::Form(_)) { 422 } else { 400 });
        }
        let makes_secret = after.secret.is_none() && (after.signing || matches!(self, Self::RotateSecret));
        if makes_secret || after != *before {
            after.updated = now;
        }
        Ok((after, makes_secret))
    }
}

impl Fields {
    fn given(&self) -> Vec<(String, Value)> {
        let pairs = |pairs: &Vec<(String, String)>| -> Value {
            pairs.iter().map(|(key, value)| (key.clone(), json!(value))).collect::<Map<_, _>>().into()
        };
        let fields = [
            ("url", self.url.map(|url| json!(url))),
            ("description", self.description.as_ref().map(|text| json!(text))),
            ("criteria", self.criteria.as_ref().map(pairs)),
            ("secret", self.secret.map(|secret| json!(secret))),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}
