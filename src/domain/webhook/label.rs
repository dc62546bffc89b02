//! What a page needs to name a webhook and to offer it as a choice.

use super::Webhook;
use crate::domain::ids::WebhookId;

/// A webhook without its settings and secrets: nothing has to be opened for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its number.
    pub id: WebhookId,
    /// Its name.
    pub name: String,
    /// Its URL without the query.
    pub address: String,
}

impl Label {
    /// The label of a webhook that is known whole.
    pub fn of(webhook: &Webhook) -> Self {
        Self {
            id: webhook.id,
            name: webhook.settings.name.clone(),
            address: webhook.settings.endpoint.without_query(),
        }
    }
}
