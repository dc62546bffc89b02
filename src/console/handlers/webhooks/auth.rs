//! How requests to a webhook are proven to be ours, and the way to another secret.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::super::deliveries::rows::duration;
use super::{head, named, secret};
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::parts::Tone;
use crate::console::parts::facts::Fact;
use crate::console::parts::field::Radio;
use crate::console::parts::list::Notice;
use crate::console::shell::Nav;
use crate::console::webhooks::auth::{AuthPage, SecretRow};
use crate::console::webhooks::head::Tab;
use crate::console::webhooks::snippets::Snippet;
use crate::domain::audit::line::Line;
use crate::domain::form_token::FormToken;
use crate::domain::page::Cursor;
use crate::domain::secret::Secret;
use crate::domain::time::{MINUTE_US, Timestamp};
use crate::domain::webhook::Webhook;
use crate::domain::webhook::auth::Auth;
use crate::domain::webhook::rotation::{OldSecret, Overlap};
use crate::store::{StoreError, audit};
use crate::web::icon::Icon;
use crate::web::page as answer;

/// Changes among which the last one of the credential is looked for.
const LOOKED_AT: i64 = 200;

/// `GET …/webhooks/{id}/auth`
pub async fn show(page: CompanyPage, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    let webhook = named(&page, &path.1).await?;
    Ok(answer::ok(&shown(&page, &webhook, None).await?))
}

/// The tab; `problem` is what is wrong with the overlap that was chosen.
pub async fn shown(
    page: &CompanyPage,
    webhook: &Webhook,
    problem: Option<&str>,
) -> Result<AuthPage, PageError> {
    let id = webhook.id.0;
    let read = page.store().read(move |db| {
        audit::page_of_object(db, ("webhook", id), "webhook.test", Cursor::Newest, LOOKED_AT)
    });
    let lines = read.await.map_err(|error: StoreError| PageError::from(error))?.items;
    let old = webhook.overlapping(page.now());
    let several = webhook.settings.format.carries_several_signatures();
    let may_replace = webhook.settings.signing || webhook.secret.is_some();
    Ok(AuthPage {
        head: head::read(page, webhook, Tab::Auth).await?,
        credential: credential(page, webhook, &lines),
        signing: signing(page, webhook, &lines),
        secrets: secrets(page, webhook, old),
        overlap: old.map(|old| Notice {
            tone: Tone::Info,
            icon: Icon::Info,
            text: overlap_words(page, webhook, old),
        }),
        end: old.map(|_| if several { "Expire the old one now" } else { "Use the new one now" }),
        choices: if may_replace { choices(old.is_some()) } else { Vec::new() },
        overlap_error: problem.map(str::to_owned),
        advice: advice(webhook, old.is_some()),
        version: webhook.version,
        once: FormToken::new(&*page.state().services.random).as_str().to_owned(),
        snippets: if webhook.settings.signing { Snippet::of(webhook.settings.format) } else { Vec::new() },
        shell: page.shell(format!("Auth and signing of {}", webhook.settings.name), Nav::Webhooks),
    })
}

fn credential(page: &CompanyPage, webhook: &Webhook, lines: &[Line]) -> Vec<Fact> {
    let auth = &webhook.settings.auth;
    let mask = format!("••••{}", auth.hint().unwrap_or_default());
    let mut facts = vec![Fact::new("Auth type", auth.auth_type().label())];
    let wire = match auth {
        Auth::None => None,
        Auth::Basic { user_name, .. } => {
            facts.push(Fact::new("User name", "").code(user_name));
            facts.push(Fact::new("Password", "").code(&mask));
            Some("Authorization: Basic ••••".to_owned())
        }
        Auth::QueryString { .. } => Some(format!("?token={mask}")),
        Auth::AuthHeader { .. } => Some(format!("Authorization: {mask}")),
        Auth::Header { .. } => Some(format!("X-Api-Key: {mask}")),
        Auth::Bearer { .. } => Some(format!("Authorization: Bearer {mask}")),
    };
    facts.extend(wire.map(|wire| Fact::new("On the wire", "").code(wire)));
    facts.push(Fact::new("Last changed", last_changed(page, "credential", lines)));
    facts
}

fn signing(page: &CompanyPage, webhook: &Webhook, lines: &[Line]) -> Vec<Fact> {
    let mut facts = if webhook.settings.signing {
        secret::facts(webhook.settings.format)
    } else {
        vec![Fact::new("Scheme", "off: requests are not signed")]
    };
    if webhook.secret.is_some() {
        facts.push(Fact::new("Secret last changed", last_changed(page, "secret", lines)));
    }
    facts
}

/// Who changed `field` last, and when: what the newest of `lines` that names it says, or who made the webhook.
fn last_changed(page: &CompanyPage, field: &str, lines: &[Line]) -> String {
    let names = |line: &&Line| {
        line.action == "webhook.create" || line.changes.iter().any(|change| change.field == field)
    };
    match lines.iter().find(names) {
        Some(line) => format!("by {}, {}", line.author.name, page.times().sentence(line.at)),
        None => "longer ago than the history that is looked at".to_owned(),
    }
}

fn secrets(page: &CompanyPage, webhook: &Webhook, old: Option<&OldSecret>) -> Vec<SecretRow> {
    let row = |secret: &Secret, since: Option<Timestamp>, role: String| SecretRow {
        mask: format!("••••{}", secret.last_four().unwrap_or_default()),
        role,
        made: since.map(|at| page.short(at)),
        age: match since.map(|at| page.now().since(at)) {
            Some(age) if age < MINUTE_US => "just now".to_owned(),
            Some(age) => duration(age),
            None => String::new(),
        },
    };
    let several = webhook.settings.format.carries_several_signatures();
    let until = |old: &OldSecret| page.times().sentence(old.until);
    let newest = match old {
        _ if !webhook.settings.signing => "Not used: signing is off".to_owned(),
        Some(old) if !several => format!("Used from {} on", until(old)),
        _ => "Signs every request".to_owned(),
    };
    let mut rows = Vec::new();
    rows.extend(webhook.secret.as_ref().map(|secret| row(secret, webhook.secret_since, newest)));
    rows.extend(old.map(|old| {
        let role = if several { "Signs as well until" } else { "Signs every request until" };
        row(&old.secret, old.since, format!("{role} {}", until(old)))
    }));
    rows
}

/// What two secrets mean for a receiver.
pub fn overlap_words(page: &CompanyPage, webhook: &Webhook, old: &OldSecret) -> String {
    let until = page.times().sentence(old.until);
    if webhook.settings.format.carries_several_signatures() {
        format!("Requests are signed with both secrets until {until}: either of them checks.")
    } else {
        format!(
            "The old secret signs until {until}; the new one is used from then on. Let your receiver accept both."
        )
    }
}

/// A third secret would leave nobody knowing which one counts: while two are in force, the next one starts alone.
fn choices(is_overlapping: bool) -> Vec<Radio> {
    let preset = if is_overlapping { Overlap::None } else { Overlap::Day };
    let offered = Overlap::ALL.into_iter().filter(|overlap| !is_overlapping || *overlap == Overlap::None);
    let radio = |overlap: Overlap| {
        let note = if overlap == Overlap::None { "for a secret that got into wrong hands" } else { "" };
        Radio::new(overlap.name(), overlap.label(), note, overlap == preset)
    };
    offered.map(radio).collect()
}

fn advice(webhook: &Webhook, is_overlapping: bool) -> String {
    let format = webhook.settings.format.label();
    if is_overlapping {
        "Two secrets are in force. Another one replaces both at once.".to_owned()
    } else if webhook.settings.format.carries_several_signatures() {
        format!(
            "The {format} format carries several signatures: until the old secret ends, requests are signed with both."
        )
    } else {
        format!(
            "The {format} format carries one signature: the old secret goes on signing until it ends, and the new one \
             signs from then on. Let your receiver accept both until then."
        )
    }
}
