//! How the webhook was set up at an attempt, and what has changed since.

use crate::console::extract::CompanyPage;
use crate::console::parts::Link;
use crate::console::parts::facts::Fact;
use crate::domain::audit::line::Line;
use crate::domain::audit::words;
use crate::domain::history::Attempt;
use crate::domain::webhook::{Webhook, restore};
use crate::store::webhook_versions::Version;
use crate::web::text;

/// Changes that are told with their values.
const CHANGES_MAX: usize = 4;
/// Characters of a value.
const VALUE_CHARS_MAX: usize = 60;

/// The facts about it. `trail` is about the webhook, newest first.
pub fn facts(
    page: &CompanyPage,
    attempt: &Attempt,
    version: Option<&Version>,
    webhook: Option<&Webhook>,
    trail: &[Line],
) -> Vec<Fact> {
    let number = format!("version {}", attempt.version);
    let (Some(version), Some(webhook)) = (version, webhook) else {
        return vec![Fact::new("Configuration", number)];
    };
    let url = page.urls().webhook(webhook.id.0).version(version.version);
    let made = format!("by {}, {} ·", version.by, page.times().short(version.at));
    let mut facts = vec![Fact::new("Configuration", made).link(Link::new(number, url))];
    let changed = since(version, webhook, attempt, trail);
    facts.push(Fact::new(
        "Since then",
        if changed.is_empty() { "nothing changed".to_owned() } else { changed.join(" · ") },
    ));
    facts
}

/// What is different now: settings with their values, secrets only as "changed".
fn since(version: &Version, webhook: &Webhook, attempt: &Attempt, trail: &[Line]) -> Vec<String> {
    let differs = restore::fields(&version.settings, &webhook.settings);
    let differs: Vec<_> = differs.into_iter().filter(|field| !field.is_same()).collect();
    let mut said: Vec<String> = differs
        .iter()
        .take(CHANGES_MAX)
        .map(|field| {
            let label = words::label(field.name);
            if field.name == "credential" {
                return format!("{label} changed");
            }
            format!("{label}: {} → {}", value(&field.then), value(&field.now))
        })
        .collect();
    if differs.len() > CHANGES_MAX {
        said.push(format!("{} more", differs.len() - CHANGES_MAX));
    }
    // What the settings do not show: of these the trail knows only that they changed.
    let later = trail.iter().filter(|line| line.at > attempt.started_at);
    for change in later.flat_map(|line| &line.changes) {
        let is_secret = matches!(change.field.as_str(), "secret" | "urlQuery" | "credential");
        let words = format!("{} changed", words::label(&change.field));
        if is_secret && change.values.is_none() && !said.contains(&words) {
            said.push(words);
        }
    }
    said
}

fn value(text: &str) -> String {
    if text.is_empty() {
        return "nothing".to_owned();
    }
    let text = text::visible(text).replace('\n', ", ");
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
