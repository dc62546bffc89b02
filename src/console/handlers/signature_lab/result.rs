//! What was found, in words.

use super::found::{Sent, Stored};
use super::input::Input;
use crate::console::extract::CompanyPage;
use crate::console::parts::Tone;
use crate::console::parts::badge::Badge;
use crate::console::parts::code::Code;
use crate::console::parts::facts::Fact;
use crate::console::parts::verdict::Verdict;
use crate::console::signature_lab::{Checked, StepLine};
use crate::domain::secret::Secret;
use crate::domain::signature_lab::{Cause, Diagnosis, Known, Request, Step, diagnose};
use crate::domain::webhook::format::Format;
use crate::domain::webhook::signing::WINDOW_SECONDS;
use crate::web::icon::Icon;
use crate::web::text;

/// Bytes of the signed string that are shown.
const SHOWN_MAX: usize = 8 * 1024;

/// The answer.
pub(super) fn checked(page: &CompanyPage, input: &Input, stored: &Stored, sent: Option<&Sent>) -> Checked {
    let none = Secret::new("");
    let request = Request {
        format: input.format,
        secret: stored.secret.as_ref().unwrap_or(&none),
        headers: &input.headers,
        body: &input.body,
        received_at: input.received_at.unwrap_or_else(|| page.now()),
        known: sent.filter(|sent| !sent.is_masked).map(|sent| Known {
            delivery_public_id: &sent.delivery.public_id,
            event_public_id: &sent.event.public_id,
            webhook_id: sent.delivery.webhook_id,
            host: &sent.host,
            body: &sent.body,
            signed_at: sent.attempt.started_at,
        }),
    };
    let found = diagnose(&request);
    let mut verdict = verdict(&found);
    if let (Some(Cause::WrongSecret | Cause::Masked(Some(false))), Some((at, by)), Some(sent)) =
        (&found.cause, &stored.replaced, sent)
        && *at > sent.attempt.started_at
    {
        let at = page.times().sentence(*at);
        verdict.detail = format!(
            "{by} replaced the webhook's secret at {at}, after this attempt: it was signed with the one before."
        );
    }
    let went = |(step, went): (Step, Option<bool>)| StepLine {
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
        name: step.word(),
        words: words(input, &found, step),
    };
    let value = |term: &str, value: &Option<String>| {
        let value = value.as_deref().map(|value| text::visible(value).into_owned());
        match value {
            Some(value) => Fact::new(term, "").code(value),
            None => Fact::new(term, "nothing"),
        }
    };
    Checked {
        verdict,
        steps: found.steps().into_iter().map(went).collect(),
        signed: found.signed.as_deref().map(|signed| {
            let cut = if signed.len() > SHOWN_MAX { " …" } else { "" };
            let shown = text::revealed(signed.get(..SHOWN_MAX).unwrap_or(signed));
            Code::plain("Signed string", &format!("{shown}{cut}")).id("signed")
        }),
        values: vec![value("Expected", &found.expected), value("Received", &found.received)],
    }
}

fn verdict(found: &Diagnosis) -> Verdict {
    let (badge, sentence, detail) = match &found.cause {
        None => (
            Badge::new(Tone::Ok, Icon::Check, "Valid"),
            "The signature is right.".to_owned(),
            "A receiver that has this secret takes this request.".to_owned(),
        ),
        Some(cause @ Cause::Masked(Some(true))) => {
            (Badge::new(Tone::Info, Icon::Info, "Likely valid"), cause.headline(), cause.advice())
        }
        Some(cause) => (Badge::new(Tone::Bad, Icon::Cross, "Not valid"), cause.headline(), cause.advice()),
    };
    let (sentence, detail) = (text::visible(&sentence).into_owned(), text::visible(&detail).into_owned());
    Verdict { badge, turn: String::new(), sentence, detail, links: Vec::new(), summary: None }
}

/// What there is to know at a step, whether it went well or not.
fn words(input: &Input, found: &Diagnosis, step: Step) -> String {
    let format = input.format;
    match step {
        Step::Headers => format!("{} carries the signature.", format.signature_header()),
        Step::Spelling => match format {
            Format::Telemax => "“sha256=” and 64 hexadecimal digits in lower case.".to_owned(),
            Format::Zstack => "“v1=” and 64 hexadecimal digits; the time in Unix seconds.".to_owned(),
            Format::Aggregate => "“v1,” and base64, or several; the time in Unix seconds.".to_owned(),
            Format::Softwareone => "“Bearer ” and a token of three parts, HS256.".to_owned(),
        },
        Step::Secret if found.key_is_decoded => {
            format!("{} decoded from base64 are the key, without “whsec_”.", size(found.key_bytes))
        }
        Step::Secret => {
            format!("Its {} are the key as they stand, nothing cut off or decoded.", characters(found))
        }
        Step::Body if format == Format::Softwareone => "The token does not sign the body.".to_owned(),
        Step::Body => format!("{} are looked at.", size(input.body.len())),
        Step::Signed => match format {
            Format::Telemax => "The body alone.".to_owned(),
            Format::Zstack => "Time, a dot, the body.".to_owned(),
            Format::Aggregate => "Id, a dot, the time, a dot, the body.".to_owned(),
            Format::Softwareone => "Header, a dot, the claims, both in base64 of URLs.".to_owned(),
        },
        Step::Clock => match format {
            Format::Telemax => {
                "This scheme signs no time: the delivery id tells a repeated request.".to_owned()
            }
            _ => format!("The time may be up to {WINDOW_SECONDS} seconds from the receiver's clock."),
        },
    }
}

fn characters(found: &Diagnosis) -> String {
    text::counted(u64::try_from(found.key_bytes).unwrap_or(u64::MAX), "character", "characters")
}

fn size(bytes: usize) -> String {
    text::bytes(u64::try_from(bytes).unwrap_or(u64::MAX))
}
