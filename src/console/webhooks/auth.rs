//! How requests to a webhook are proven to be ours: the credential, the signature, and its secrets. Nothing secret is
//! shown but the last four characters.

use askama::Template;

use super::head::Head;
use super::snippets::Snippet;
use crate::console::parts::Moment;
use crate::console::parts::facts::Fact;
use crate::console::parts::field::Radio;
use crate::console::parts::list::Notice;
use crate::console::shell::Shell;

/// The tab.
#[derive(Debug, Template)]
#[template(path = "console/webhooks/auth.html")]
pub struct AuthPage {
    /// The frame.
    pub shell: Shell,
    /// Name and tabs.
    pub head: Head,
    /// Auth type, masked values, who changed them last.
    pub credential: Vec<Fact>,
    /// Scheme and header names.
    pub signing: Vec<Fact>,
    /// The stored secrets: the newest, and the one before while it is in force.
    pub secrets: Vec<SecretRow>,
    /// What the overlap means for receivers, while one lasts.
    pub overlap: Option<Notice>,
    /// What ends the overlap: "Expire the old one now".
    pub end: Option<&'static str>,
    /// How long the old one stays in force after the next replacement; empty when nothing can be replaced.
    pub choices: Vec<Radio>,
    /// What is wrong with the choice.
    pub overlap_error: Option<String>,
    /// What a replacement means in this format.
    pub advice: String,
    /// The version that the page was made from.
    pub version: i32,
    /// What tells this form from others.
    pub once: String,
    /// How a receiver checks the signature; empty when nothing is signed.
    pub snippets: Vec<Snippet>,
}

/// One secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRow {
    /// "••••3f9a".
    pub mask: String,
    /// "Signs every request", "Used until 15 Sep 2026, 09:12:04".
    pub role: String,
    /// When it was made; `None` where that is not known.
    pub made: Option<Moment>,
    /// How long ago: "19 d 3 h"; empty where that is not known.
    pub age: String,
}

#[cfg(any(test, debug_assertions))]
impl AuthPage {
    /// One secret.
    pub fn example() -> Self {
        use super::head::Tab;
        use crate::console::shell::Nav;
        use crate::domain::webhook::format::Format;
        use crate::domain::webhook::rotation::Overlap;

        Self {
            shell: Shell::example(Nav::Webhooks, "Auth and signing of Dispatch hub"),
            head: Head::example(Tab::Auth),
            credential: vec![
                Fact::new("Auth type", "Bearer token"),
                Fact::new("On the wire", "").code("Authorization: Bearer ••••3f9a"),
                Fact::new("Last changed", "by Ola Kranz, 3 Sep 2026, 09:12:04"),
            ],
            signing: vec![
                Fact::new("Scheme", "HMAC-SHA256 in X-Telemax-Signature"),
                Fact::new("Header", "over the raw body").code("X-Telemax-Signature: sha256=<hex>"),
            ],
            secrets: vec![SecretRow {
                mask: "••••1F1E".into(),
                role: "Signs every request".into(),
                made: Some(Moment::new("4 Mar 2026", "2026-03-04T09:02:10.000+01:00")),
                age: "202\u{a0}d 3\u{a0}h".into(),
            }],
            overlap: None,
            end: None,
            choices: Overlap::ALL
                .map(|overlap| Radio::new(overlap.name(), overlap.label(), "", overlap == Overlap::Day))
                .into(),
            overlap_error: None,
            advice: "The Telemax format carries one signature: the old secret signs until the end, the new one from then on.".into(),
            version: 7,
            once: "AAAAAAAAAAAAAAAAAAAAAA".into(),
            snippets: Snippet::of(Format::Telemax),
        }
    }

    /// Two secrets.
    pub fn overlap_example() -> Self {
        use crate::console::parts::Tone;
        use crate::web::icon::Icon;

        let mut page = Self::example();
        page.secrets[0].role = "Used until 23 Sep 2026, 14:12:36".into();
        page.secrets.insert(
            0,
            SecretRow {
                mask: "••••90DE".into(),
                role: "Used from 23 Sep 2026, 14:12:36".into(),
                made: Some(Moment::new("14:12:36", "2026-09-22T14:12:36.000+02:00")),
                age: "just now".into(),
            },
        );
        page.overlap = Some(Notice {
            tone: Tone::Info,
            icon: Icon::Info,
            text:
                "The old secret signs until 23 Sep 2026, 14:12:36. Let your receiver accept both until then."
                    .into(),
        });
        page.end = Some("Use the new one now");
        page.choices.truncate(1);
        page
    }

    /// Not signed, for somebody who may only look.
    pub fn viewer_example() -> Self {
        let mut page = Self::example();
        page.head = page.head.only_looked_at();
        page.credential = vec![Fact::new("Auth type", "None")];
        page.signing = vec![Fact::new("Scheme", "off: requests are not signed")];
        page.secrets.clear();
        page.choices.clear();
        page.snippets.clear();
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn a_secret_is_replaced_with_an_overlap() {
        let text = AuthPage::example().render().unwrap();
        let html = Html::check(&text);
        assert_eq!(html.attribute("[data-testid=rotate]", "action"), "/console/c/12/webhooks/41/secret");
        assert_eq!(html.count("[data-testid=rotate] [name=overlap]"), 5);
        assert_eq!(html.attribute("[name=overlap][checked]", "value"), "24h");
        assert_eq!(html.count("[data-testid=end-overlap]"), 0);
        assert_eq!(html.count("[data-testid=snippets] details"), 8);
        assert!(text.len() < 40_000, "{}", text.len());
    }

    #[test]
    fn while_two_are_in_force_both_are_shown_and_one_can_be_ended() {
        let html = Html::check(&AuthPage::overlap_example().render().unwrap());
        assert_eq!(html.count("[data-testid=secrets] tbody tr"), 2);
        assert_eq!(
            html.attribute("form:has([data-testid=end-overlap])", "action"),
            "/console/c/12/webhooks/41/secret/end-overlap"
        );
        assert_eq!(html.count("[name=overlap]"), 1);
    }

    #[test]
    fn who_may_only_look_gets_no_form() {
        let html = Html::check(&AuthPage::viewer_example().render().unwrap());
        assert_eq!(html.count("main form, main .button"), 0);
    }
}
