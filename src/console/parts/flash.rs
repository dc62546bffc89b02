//! Messages at the top of a page: what the action before did, named by its object.

use super::{Link, Tone};
use crate::web::icon::Icon;

/// One message. It stays until it is dismissed or the page is left.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Flash {
    /// Good, bad, or a remark.
    pub tone: Tone,
    /// What happened: "Webhook Claims desk was created and is active."
    pub text: String,
    /// What follows from it; empty for nothing.
    pub detail: String,
    /// Where to go next.
    pub link: Option<Link>,
    /// What takes it back: a button that posts to the address.
    pub undo: Option<Link>,
}

impl Flash {
    /// Something worked.
    pub fn ok(text: impl Into<String>) -> Self {
        Self { tone: Tone::Ok, text: text.into(), detail: String::new(), link: None, undo: None }
    }

    /// Something did not.
    pub fn bad(text: impl Into<String>) -> Self {
        Self { tone: Tone::Bad, ..Self::ok(text) }
    }

    /// A remark.
    pub fn info(text: impl Into<String>) -> Self {
        Self { tone: Tone::Info, ..Self::ok(text) }
    }

    /// With a second sentence.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// With a way on.
    #[must_use]
    pub fn link(mut self, link: Link) -> Self {
        self.link = Some(link);
        self
    }

    /// With an *Undo* that posts to `url`.
    #[must_use]
    pub fn undo(mut self, url: impl Into<String>) -> Self {
        self.undo = Some(Link::new("Undo", url));
        self
    }

    /// `alert` interrupts a screen reader, `status` waits.
    pub fn role(&self) -> &'static str {
        if self.tone == Tone::Bad { "alert" } else { "status" }
    }

    /// The picture before the text.
    pub fn icon(&self) -> Icon {
        match self.tone {
            Tone::Ok => Icon::Check,
            Tone::Bad => Icon::Cross,
            Tone::Warn => Icon::Warning,
            Tone::Info | Tone::Mute | Tone::Held => Icon::Info,
        }
    }
}
