//! Something secret that was just made, shown once: a signing secret, an API key, an invitation's link. The answer is
//! never cached and the secret is in no other page.

use askama::Template;

use crate::console::parts::Link;
use crate::console::parts::code::Code;
use crate::console::parts::facts::Fact;
use crate::console::shell::Shell;
use crate::console::webhooks::snippets::Snippet;

/// The secret.
#[derive(Template)]
#[template(path = "console/once.html")]
pub struct OncePage {
    /// The frame.
    pub shell: Shell,
    /// The way up.
    pub crumbs: Vec<Link>,
    /// What this page is, at the end of the crumbs: "secret".
    pub crumb: &'static str,
    /// "Signing secret of Claims desk".
    pub heading: String,
    /// "Secret", "API key", "Link".
    pub label: &'static str,
    /// What to do with it, and what happens when it gets lost.
    pub advice: &'static str,
    /// The secret itself.
    pub secret: String,
    /// When it was made: "made Tue 22 Sep 2026, 14:12:36".
    pub created: String,
    /// What it is good for.
    pub facts: Vec<Fact>,
    /// How it is used, as code, below this heading.
    pub example: Option<(&'static str, Code)>,
    /// How it is used in several languages, each folded away.
    pub snippets: Vec<Snippet>,
    /// Where to go when it was stored.
    pub next: Link,
}

#[cfg(any(test, debug_assertions))]
impl OncePage {
    /// Claims desk's.
    pub fn example() -> Self {
        use crate::console::parts::flash::Flash;
        use crate::console::shell::Nav;
        use crate::domain::webhook::format::Format;

        let mut shell = Shell::example(Nav::Webhooks, "Signing secret of Claims desk");
        shell.flash.push(Flash::ok("Webhook Claims desk was created and is active."));
        Self {
            crumbs: vec![
                Link::new("Webhooks", shell.urls.webhooks()),
                Link::new("Claims desk", shell.urls.webhook(49).show()),
            ],
            crumb: "secret",
            heading: "Signing secret of Claims desk".into(),
            label: "Secret",
            advice: "Store this secret now.",
            secret: "7C41E90B2FD86A35C8E1049D7BF2635A90DE4C17A86F3B52E0917D4CB8A26F1E".into(),
            created: "made Tue 22 Sep 2026, 14:12:36".into(),
            facts: vec![
                Fact::new(
                    "Scheme",
                    "HMAC-SHA256 over the raw body; the key is these 64 characters as they stand",
                ),
                Fact::new("Header", "").code("X-Telemax-Signature: sha256=<hex>"),
                Fact::new("Delivery id", "the same for every retry: use it to drop duplicates")
                    .code("X-Telemax-Delivery"),
            ],
            example: None,
            snippets: Snippet::of(Format::Telemax),
            next: Link::new("I stored it, continue to Claims desk", shell.urls.webhook(49).show()),
            shell,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn the_secret_can_be_copied_and_stands_there_once() {
        let page = OncePage::example();
        let text = page.render().unwrap();
        assert_eq!(text.matches(&page.secret).count(), 1);
        let html = Html::check(&text);
        assert_eq!(html.text("#secret"), page.secret);
        assert_eq!(html.attribute("[data-testid=continue]", "href"), "/console/c/12/webhooks/49");
    }
}
