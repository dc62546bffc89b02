//! What all requests to one webhook have in common, made once for each version of it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use url::Url;

use super::mask::Mask;
use super::transport::Transport;
use crate::domain::ids::WebhookId;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::auth::AuthType;
use crate::outbound::PoolKey;
use crate::outbound::destination::Destination;

/// Receivers that are remembered at most.
const RECEIVERS_MAX: usize = 20_000;

/// A webhook, made ready for sending.
pub(super) struct Receiver {
    pub(super) key: PoolKey,
    /// Where requests go, or why none can be made.
    pub(super) destination: Result<Destination, Cow<'static, str>>,
    pub(super) mask: Mask,
    /// The URL as history shows it.
    pub(super) shown_url: String,
}

impl Receiver {
    pub(super) fn of(webhook: &Webhook, transport: &dyn Transport) -> Self {
        Self {
            key: PoolKey { webhook: webhook.id.0, version: webhook.version },
            destination: destination(webhook, transport),
            mask: Mask::of(webhook),
            shown_url: shown_url(webhook),
        }
    }
}

fn destination(webhook: &Webhook, transport: &dyn Transport) -> Result<Destination, Cow<'static, str>> {
    if webhook.unreadable {
        return Err(
            "The webhook's stored secrets cannot be decrypted: the master key is another one, or the row was altered."
                .into(),
        );
    }
    let settings = &webhook.settings;
    if settings.signing && webhook.secret.is_none() {
        return Err("Signing is on and there is no secret.".into());
    }
    let (url, credential) = settings.auth.apply(&settings.endpoint);
    let url = Url::parse(&url).map_err(|_| "The stored URL cannot be used.")?;
    let credential: Vec<_> = credential.iter().map(|(name, value)| (*name, value.as_str())).collect();
    transport.destination(&url, &credential).map_err(|refusal| refusal.detail.into())
}

/// The URL as history shows it: query values masked, the token of the query-string auth as well.
fn shown_url(webhook: &Webhook) -> String {
    let settings = &webhook.settings;
    let mut shown = settings.endpoint.display();
    if settings.auth.auth_type() == AuthType::QueryString {
        shown.push(if settings.endpoint.query().is_some() { '&' } else { '?' });
        shown.push_str("token=••••");
        shown.push_str(settings.auth.hint().unwrap_or_default());
    }
    shown
}

/// The receivers that were made ready, by webhook.
#[derive(Default)]
pub(super) struct Receivers(HashMap<WebhookId, Arc<Receiver>>);

impl Receivers {
    /// The receiver for this version of a webhook.
    pub(super) fn get(&mut self, webhook: &Webhook, transport: &dyn Transport) -> Arc<Receiver> {
        if let Some(known) = self.0.get(&webhook.id)
            && known.key.version == webhook.version
        {
            return Arc::clone(known);
        }
        let made = Arc::new(Receiver::of(webhook, transport));
        if self.0.len() >= RECEIVERS_MAX {
            self.0.clear();
        }
        self.0.insert(webhook.id, Arc::clone(&made));
        made
    }
}
