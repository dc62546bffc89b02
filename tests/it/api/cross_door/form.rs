//! The console's form: somebody opens it, changes a few fields, and sends the rest back as it was shown.

use belfry::domain::webhook::Receives;
use belfry::domain::webhook::auth::AuthType;
use belfry::domain::webhook::call_type::CallType;
use belfry::domain::webhook::format::Format;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use scraper::Selector;
use serde_json::{Value, json};

use super::chance::{CREDENTIALS, CRITERIA, DESCRIPTIONS, NAMES, SECRETS, URLS};
use super::model::{Credential, Model};
use crate::support::{Page, Person};

/// One field that somebody changes.
#[derive(Debug, Clone)]
pub enum Edit {
    Name(&'static str),
    Url(&'static str),
    Description(&'static str),
    Format(Format),
    Receives(Receives),
    Alerts(Vec<usize>),
    Criteria(&'static [(&'static str, &'static str)]),
    /// With the secret typed, or left empty.
    Auth(Credential, bool),
    Signing(bool),
    Secret(&'static str),
    IsActive(bool),
    CallType(CallType),
}

pub fn edits() -> impl Strategy<Value = Edit> {
    prop_oneof![
        select(&NAMES[..]).prop_map(Edit::Name),
        select(&URLS[..]).prop_map(Edit::Url),
        select(&DESCRIPTIONS[..]).prop_map(Edit::Description),
        select(&Format::ALL[..]).prop_map(Edit::Format),
        select(&Receives::ALL[..]).prop_map(Edit::Receives),
        subsequence(vec![0, 1, 2], 0..=3).prop_map(Edit::Alerts),
        select(&CRITERIA[..]).prop_map(Edit::Criteria),
        (select(&CREDENTIALS[..]), any::<bool>()).prop_map(|(auth, typed)| Edit::Auth(auth, typed)),
        any::<bool>().prop_map(Edit::Signing),
        select(&SECRETS[..]).prop_map(Edit::Secret),
        any::<bool>().prop_map(Edit::IsActive),
        select(&CallType::ALL[..]).prop_map(Edit::CallType),
    ]
}

/// What the edits do: to the fields that they name, and to nothing else.
///
/// # Errors
/// 422 where a secret has to be typed and is not.
pub fn apply(edits: &[Edit], before: &Model, after: &mut Model) -> Result<(), u16> {
    let mut alerts = None;
    let mut auth = (before.auth, false);
    for edit in edits {
        match edit {
            // Spaces around a name that somebody types are slips.
            Edit::Name(name) if *name != before.name => name.trim().clone_into(&mut after.name),
            Edit::Name(name) => (*name).clone_into(&mut after.name),
            Edit::Url(url) => (*url).clone_into(&mut after.url),
            Edit::Description(text) => {
                after.description = Some((*text).to_owned()).filter(|text| !text.trim().is_empty());
            }
            Edit::Format(format) => after.format = *format,
            Edit::Receives(receives) => after.receives = *receives,
            Edit::Alerts(chosen) => alerts = Some(chosen),
            Edit::Criteria(pairs) => {
                let typed = |(key, value): &(&str, &str)| {
                    let is_shown = before.criteria.get(*key).is_some_and(|shown| shown == value);
                    let value = if is_shown { value } else { value.trim() };
                    ((*key).to_owned(), value.to_owned())
                };
                after.criteria = pairs.iter().map(typed).collect();
            }
            Edit::Auth(credential, typed) => auth = (*credential, *typed),
            Edit::Signing(signing) => after.signing = *signing,
            Edit::Secret(secret) => after.secret = Some((*secret).to_owned()),
            Edit::IsActive(is_active) => after.is_active = *is_active,
            Edit::CallType(call_type) => after.call_type = *call_type,
        }
    }
    if let (Receives::Linked, Some(chosen)) = (after.receives, alerts) {
        let stay = before.links.iter().filter(|at| chosen.contains(at));
        let new = chosen.iter().filter(|at| !before.links.contains(at));
        after.links = stay.chain(new).copied().collect();
    }
    let (credential, typed) = auth;
    let host = |url: &str| url.split('/').nth(2).map(str::to_owned);
    after.auth = match credential.kind {
        AuthType::None => Credential::NONE,
        _ if typed => credential,
        // Left empty, it stays, but never goes to another host.
        kind if kind == before.auth.kind && host(&after.url) == host(&before.url) => {
            Credential { secret: before.auth.secret, ..credential }
        }
        _ => return Err(422),
    };
    Ok(())
}

/// Opens the form at `path`, changes it and sends it.
pub async fn send(person: &Person, path: &str, edits: &[Edit], alerts: &[i64]) -> Page {
    let page = person.get(path).await;
    assert_eq!(page.status(), 200, "{}", page.text());
    let shown = read(&page);
    let text = |name: &str| shown[name].as_str().unwrap_or_default().to_owned();
    let mut fields: Vec<(String, String)> =
        ["version", "linked", "name", "url", "description", "format", "receives"]
            .into_iter()
            .chain(["criteria", "authType", "userName", "callType"])
            .map(|name| (name.to_owned(), text(name)))
            .collect();
    for name in
        ["password", "secret", "token-querystring", "token-authheader", "token-header", "token-bearer"]
    {
        fields.push((name.to_owned(), String::new()));
    }
    let on = |name: &str| if shown[name] == true { "on" } else { "" }.to_owned();
    fields.extend(["signing", "isActive"].map(|name| (name.to_owned(), on(name))));
    let mut chosen: Vec<String> =
        shown["alertIds"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    let mut set = |name: &str, value: &str| {
        fields.retain(|(known, _)| known != name);
        fields.push((name.to_owned(), value.to_owned()));
    };
    for edit in edits {
        match edit {
            Edit::Name(name) => set("name", name),
            Edit::Url(url) => set("url", url),
            Edit::Description(text) => set("description", text),
            Edit::Format(format) => set("format", format.name()),
            Edit::Receives(receives) => set("receives", receives.name()),
            Edit::Alerts(alerts_chosen) => {
                chosen = alerts_chosen.iter().map(|at| alerts[*at].to_string()).collect();
            }
            Edit::Criteria(pairs) => {
                let lines: Vec<_> = pairs.iter().map(|(key, value)| format!("{key} = {value}")).collect();
                set("criteria", &lines.join("\r\n"));
            }
            Edit::Auth(auth, typed) => {
                set("authType", auth.kind.name());
                set("userName", auth.user_name);
                let field = if auth.kind == AuthType::Basic {
                    "password".to_owned()
                } else {
                    format!("token-{}", auth.kind.name())
                };
                for other in
                    ["password", "token-querystring", "token-authheader", "token-header", "token-bearer"]
                {
                    set(other, if *typed && other == field { auth.secret } else { "" });
                }
            }
            Edit::Signing(signing) => set("signing", if *signing { "on" } else { "" }),
            Edit::Secret(secret) => set("secret", secret),
            Edit::IsActive(is_active) => set("isActive", if *is_active { "on" } else { "" }),
            Edit::CallType(call_type) => set("callType", call_type.name()),
        }
    }
    fields.extend(chosen.into_iter().map(|id| ("alertIds".to_owned(), id)));
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .filter(|(name, value)| !matches!((name.as_str(), value.as_str()), ("signing" | "isActive", "")))
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    person.post(path, &fields).await
}

/// What the form shows.
pub fn read(page: &Page) -> Value {
    let html = page.html();
    let found = |css: &str| -> Vec<String> {
        let selector = Selector::parse(css).expect("a selector");
        html.select(&selector).filter_map(|element| element.attr("value").map(str::to_owned)).collect()
    };
    let value = |css: &str| found(css).into_iter().next().unwrap_or_default();
    let is_checked = |name: &str| !found(&format!("[name={name}][checked]")).is_empty();
    let criteria = Selector::parse("#criteria").expect("a selector");
    let criteria: String = html.select(&criteria).flat_map(|element| element.text()).collect();
    json!({
        "version": value("[name=version]"),
        "linked": value("[name=linked]"),
        "name": value("#name"),
        "url": value("#url"),
        "description": value("#description"),
        "format": value("#format [selected]"),
        "receives": value("[name=receives][checked]"),
        "alertIds": found("[name=alertIds][checked]"),
        "criteria": criteria,
        "authType": value("[name=authType][checked]"),
        "userName": value("#userName"),
        "signing": is_checked("signing"),
        "isActive": is_checked("isActive"),
        "callType": value("#callType [selected]"),
    })
}

impl Model {
    /// What the form has to show; `alertIds` in no order.
    pub fn form(&self, alerts: &[i64]) -> Value {
        let masked = match self.url.split_once('?') {
            None => self.url.clone(),
            Some((path, query)) => {
                let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
                let pairs: Vec<_> = pairs.map(|(name, _)| format!("{name}=••••")).collect();
                format!("{path}?{}", pairs.join("&"))
            }
        };
        let mut linked: Vec<String> = self.links.iter().map(|at| alerts[*at].to_string()).collect();
        linked.sort();
        let lines: Vec<_> = self.criteria.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        json!({
            "name": self.name,
            "url": masked,
            "description": self.description.as_deref().unwrap_or_default(),
            "format": self.format.name(),
            "receives": self.receives.name(),
            "alertIds": linked,
            "criteria": lines.join("\n"),
            "authType": self.auth.kind.name(),
            "userName": self.auth.user_name,
            "signing": self.signing,
            "isActive": self.is_active,
            "callType": self.call_type.name(),
        })
    }
}
