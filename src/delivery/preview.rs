//! The request that a webhook would get, made by the code that makes it, and not sent.

use super::receiver::Receiver;
use super::{Engine, sender};
use crate::domain::time::Timestamp;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::format::Rendered;

/// A request as history would show it: credentials masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Where it would go.
    pub url: String,
    /// The headers, in their order on the wire.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

impl Engine {
    /// The request for `event` to `webhook` as it would be made at `at`, under the delivery id `public_id`. Nothing is
    /// sent, written or remembered.
    ///
    /// # Errors
    /// Why no request can be made of it, in a sentence without secrets.
    pub fn preview(
        &self,
        webhook: &Webhook,
        event: &Rendered,
        public_id: &str,
        at: Timestamp,
    ) -> Result<Preview, String> {
        let receiver = Receiver::of(webhook, &*self.inner.transport);
        let request = sender::request(&receiver, webhook, event, public_id, at);
        let request = request.map_err(|why| receiver.mask.text(why))?;
        Ok(Preview {
            url: receiver.shown_url.clone(),
            headers: sender::shown_head(&receiver, &request),
            body: request.body.to_vec(),
        })
    }
}
