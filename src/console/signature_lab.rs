//! Why a signature is not right: a request, a secret, and the step of the check that differs.

use askama::Template;

use super::parts::code::Code;
use super::parts::facts::Fact;
use super::parts::field::{Choice, Field, FormError};
use super::parts::verdict::Verdict;
use super::parts::{Link, Tone};
use super::shell::Shell;
use crate::web::icon::Icon;

/// The page: a form that changes nothing, and what was found. The secret is never sent back.
#[derive(Debug, Template)]
#[template(path = "console/signature_lab.html")]
pub struct LabPage {
    /// The frame.
    pub shell: Shell,
    /// What cannot be read in the form.
    pub errors: Vec<FormError>,
    /// The format …
    pub format: Field,
    /// … of these.
    pub formats: Vec<Choice>,
    /// A webhook whose stored secret is used; `None` for who may not change webhooks.
    pub webhook: Option<Field>,
    /// The secret.
    pub secret: Field,
    /// The headers.
    pub headers: Field,
    /// The body …
    pub body: Field,
    /// … and how it is written in the form …
    pub encoding: Field,
    /// … of these.
    pub encodings: Vec<Choice>,
    /// The receiver's clock.
    pub received_at: Field,
    /// The attempt that filled the form.
    pub source: Option<Source>,
    /// What was found; `None` before anything was checked.
    pub checked: Option<Checked>,
}

/// An attempt of a delivery.
#[derive(Debug)]
pub struct Source {
    /// "Attempt 2 of delivery 9061", leading there.
    pub link: Link,
    /// The delivery's number …
    pub delivery: i64,
    /// … and the attempt's.
    pub attempt: i32,
}

/// What was found.
#[derive(Debug)]
pub struct Checked {
    /// Right or not, the cause, and what to do.
    pub verdict: Verdict,
    /// The steps of the check.
    pub steps: Vec<StepLine>,
    /// What is signed, with nothing hidden in it.
    pub signed: Option<Code>,
    /// The signature as expected and as received.
    pub values: Vec<Fact>,
}

/// One step of the check.
#[derive(Debug)]
pub struct StepLine {
    /// The colours.
    pub tone: Tone,
    /// The picture.
    pub icon: Icon,
    /// The picture in words: "right", "wrong", "not looked at".
    pub went: &'static str,
    /// The step: "Body".
    pub name: &'static str,
    /// What was found there.
    pub words: String,
}

#[cfg(any(test, debug_assertions))]
impl LabPage {
    /// Nothing was asked yet.
    pub fn fresh_example() -> Self {
        use super::shell::Nav;

        Self {
            shell: Shell::example(Nav::SignatureLab, "Signature lab"),
            errors: Vec::new(),
            format: Field::new("format", "Format"),
            formats: Choice::list([("telemax", "Telemax"), ("zstack", "ZStack")], "telemax"),
            webhook: Some(
                Field::new("webhook", "Secret of webhook")
                    .hint("Its number. The stored secret is used and not shown."),
            ),
            secret: Field::new("secret", "Secret"),
            headers: Field::new("headers", "Headers"),
            body: Field::new("body", "Body"),
            encoding: Field::new("encoding", "Body is given as"),
            encodings: Choice::list([("text", "Text"), ("base64", "Base64")], "text"),
            received_at: Field::new("receivedAt", "Received at"),
            source: None,
            checked: None,
        }
    }

    /// A body with a line break at its end.
    pub fn example() -> Self {
        use super::parts::badge::Badge;

        let mut page = Self::fresh_example();
        let step = |went: Option<bool>, name, words: &str| StepLine {
            tone: match went {
                Some(true) => Tone::Ok,
                Some(false) => Tone::Bad,
                None => Tone::Mute,
            },
            icon: match went {
                Some(true) => Icon::Check,
                Some(false) => Icon::Cross,
                None => Icon::Minus,
            },
            went: match went {
                Some(true) => "right",
                Some(false) => "wrong",
                None => "not looked at",
            },
            name,
            words: words.into(),
        };
        page.shell.title = "Not valid · Signature lab".into();
        page.headers.value = "X-Telemax-Signature: sha256=5d1be0a4c3f2".into();
        page.body.value = "{\"alertType\":\"Geofence\"}\n".into();
        page.source = Some(Source {
            link: Link::new("Attempt 2 of delivery 9061", "/console/c/12/deliveries/9061/attempts/2"),
            delivery: 9061,
            attempt: 2,
        });
        page.checked = Some(Checked {
            verdict: Verdict {
                badge: Badge::new(Tone::Bad, Icon::Cross, "Not valid"),
                turn: String::new(),
                sentence: "A line break or a space was added at the end of the body.".into(),
                detail: "Check the signature over the raw bytes of the request, before anything reads them as JSON or text.".into(),
                links: Vec::new(),
                summary: None,
            },
            steps: vec![
                step(Some(true), "Headers", "X-Telemax-Signature is there."),
                step(Some(true), "Secret", "Its 64 characters are the key."),
                step(Some(false), "Body", "25 bytes."),
                step(None, "Signed string", "The body alone."),
            ],
            signed: Some(Code::plain("Signed string", "{\"alertType\":\"Geofence\"}␊").id("signed")),
            values: vec![
                Fact::new("Expected", "").code("sha256=120aca87c0fe656fa40ff78fc5a2b19c47429c98c63a4f836ee9f15b7f097ba8"),
                Fact::new("Received", "").code("sha256=5d1be0a4c3f27a60d1f2c46b8a9e7d5fc0b3a2918e7d6c5b4a39281706f5e4c2"),
            ],
        });
        page
    }

    /// Somebody who may not change webhooks forgot the secret.
    pub fn error_example() -> Self {
        let mut page = Self::fresh_example();
        page.webhook = None;
        page.secret = Field::new("secret", "Secret").error("Type the secret that the receiver has.");
        page.errors = vec![FormError::new("secret", "Secret: Type the secret that the receiver has.")];
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn the_step_that_differs_is_named_and_the_string_shown() {
        let html = Html::check(&LabPage::example().render().unwrap());
        assert_eq!(html.text("[data-testid=verdict] .badge"), "Not valid");
        assert!(html.text("[data-testid=steps] .tone-bad").contains("wrong: Body"));
        assert!(html.text("#signed").ends_with('␊'));
        assert_eq!(html.attribute("form [name=delivery]", "value"), "9061");
    }

    #[test]
    fn a_secret_is_never_sent_back() {
        let mut page = LabPage::example();
        page.secret.value = "s3cret".into();
        let text = page.render().unwrap();
        assert!(!text.contains("s3cret"));
        let html = Html::check(&text);
        assert_eq!(html.attribute("#secret", "type"), "password");
        let error = Html::check(&LabPage::error_example().render().unwrap());
        assert_eq!((error.count("#webhook"), error.count("#secret-error")), (0, 1));
    }
}
