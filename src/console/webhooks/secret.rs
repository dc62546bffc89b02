//! A new signing secret, shown once. The answer is never cached and the secret is in no other page.

use askama::Template;

use crate::console::parts::code::Code;
use crate::console::parts::facts::Fact;
use crate::console::parts::list::Chip;
use crate::console::shell::Shell;

/// The secret.
#[derive(Template)]
#[template(path = "console/webhooks/secret.html")]
pub struct SecretPage {
    /// The frame.
    pub shell: Shell,
    /// The webhook's name.
    pub name: String,
    /// Its page.
    pub url: String,
    /// The secret itself.
    pub secret: String,
    /// When it was made: "created Tue 22 Sep 2026, 14:12:36".
    pub created: String,
    /// Scheme, header, delivery id.
    pub facts: Vec<Fact>,
    /// The languages of the example as links; none, and the part is left out.
    pub languages: Vec<Chip>,
    /// How a receiver checks a signature, in the chosen language.
    pub example: Option<Code>,
}

#[cfg(test)]
impl SecretPage {
    /// Claims desk's.
    pub fn example() -> Self {
        use crate::console::parts::flash::Flash;
        use crate::console::shell::Nav;

        let mut shell = Shell::example(Nav::Webhooks, "Signing secret of Claims desk");
        shell.flash.push(Flash::ok("Webhook Claims desk was created and is active."));
        let chip = |word: &str, current| Chip {
            word: word.into(),
            count: String::new(),
            icon: None,
            url: format!("?lang={}", word.to_lowercase()),
            current,
        };
        Self {
            name: "Claims desk".into(),
            url: shell.urls.webhook(49).show().to_owned(),
            secret: "7C41E90B2FD86A35C8E1049D7BF2635A90DE4C17A86F3B52E0917D4CB8A26F1E".into(),
            created: "created Tue 22 Sep 2026, 14:12:36".into(),
            facts: vec![
                Fact::new(
                    "Scheme",
                    "HMAC-SHA256 over the raw body; the key is these 64 characters as they stand",
                ),
                Fact::new("Header", "").code("X-Telemax-Signature: sha256=<hex>"),
                Fact::new("Delivery id", "the same for every retry: use it to drop duplicates")
                    .code("X-Telemax-Delivery"),
            ],
            languages: vec![chip("Python", true), chip("Go", false)],
            example: Some(Code::plain(
                "Python example",
                "import hashlib, hmac, os\n\nSECRET = os.environ[\"BELFRY_SECRET\"].encode()\n\ndef is_genuine(raw_body: bytes, signature: str) -> bool:\n    expected = \"sha256=\" + hmac.new(SECRET, raw_body, hashlib.sha256).hexdigest()\n    return hmac.compare_digest(expected, signature)",
            )),
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
        let page = SecretPage::example();
        let text = page.render().unwrap();
        assert_eq!(text.matches(&page.secret).count(), 1);
        let html = Html::check(&text);
        assert_eq!(html.text("#secret"), page.secret);
        assert_eq!(html.attribute("[data-testid=continue]", "href"), "/console/c/12/webhooks/49");
    }
}
