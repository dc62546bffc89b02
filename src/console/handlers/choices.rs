//! Choices that several pages offer.

use crate::console::parts::field::Choice;
use crate::domain::ids::WebhookId;
use crate::domain::webhook::label::Label;

/// Webhooks that are offered: more would be most of a page. Each of the others has a page of its own that leads on.
const WEBHOOKS_MAX: usize = 50;

/// One of `webhooks`, or `any`. A chosen one stays a choice even when it is none of the first, or was deleted: it has
/// history, and without its choice, sending the form would drop the filter.
pub fn webhooks(any: &str, chosen: Option<WebhookId>, webhooks: &[Label]) -> Vec<Choice> {
    let any = match webhooks.len() {
        ..=WEBHOOKS_MAX => any.to_owned(),
        count => format!("{any} ({WEBHOOKS_MAX} of {count} are here)"),
    };
    let one = |id: WebhookId, name: String| Choice::new(id.to_string(), name, chosen == Some(id));
    let mut choices = vec![Choice::new("", any, chosen.is_none())];
    let offered = webhooks.iter().take(WEBHOOKS_MAX);
    choices.extend(offered.clone().map(|webhook| one(webhook.id, webhook.name.clone())));
    if let Some(id) = chosen.filter(|id| offered.clone().all(|webhook| webhook.id != *id)) {
        let known = webhooks.iter().find(|webhook| webhook.id == id);
        let name = known.map_or_else(|| format!("Webhook {id}"), |webhook| webhook.name.clone());
        choices.push(one(id, name));
    }
    choices
}
