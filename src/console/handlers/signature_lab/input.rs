//! The form as it was sent, read and judged. What it says of a secret leaves here as a [`Secret`] and by no other way.

use super::found::{Sent, Stored};
use crate::console::extract::CompanyPage;
use crate::console::parts::field::{Field, FormError};
use crate::domain::problem::{Problem, Problems, Rule};
use crate::domain::secret::Secret;
use crate::domain::signature_lab;
use crate::domain::time::Timestamp;
use crate::domain::webhook::format::Format;
use crate::web::form::Form;
use crate::web::text;
use crate::web::time_text::Times;

/// Bytes of a body, and of headers, that are read from a form.
const BODY_BYTES_MAX: usize = 64 * 1024;
const HEADER_BYTES_MAX: usize = 16 * 1024;
/// Bytes of a secret: no door takes a longer one.
const SECRET_BYTES_MAX: usize = 4_096;

/// How a body can be written in the form.
pub(super) const ENCODINGS: [(&str, &str); 3] =
    [("text", "Text"), ("base64", "Base64 (exact bytes)"), ("hex", "Hexadecimal (exact bytes)")];

/// The form.
#[derive(Debug, Default)]
pub(super) struct Input {
    pub(super) format: Format,
    /// The number of a webhook whose secret is used, as typed.
    pub(super) webhook: String,
    secret: Option<Secret>,
    headers_text: String,
    pub(super) headers: Vec<(String, String)>,
    body_text: String,
    pub(super) body: Vec<u8>,
    pub(super) encoding: &'static str,
    received_text: String,
    /// The receiver's clock; now when nobody said.
    pub(super) received_at: Option<Timestamp>,
    /// What cannot be read.
    pub(super) problems: Problems,
}

impl Input {
    /// Reads the form.
    pub(super) fn parse(form: &Form, times: &Times) -> Self {
        let known = |name: &str| ENCODINGS.into_iter().map(|(known, _)| known).find(|known| *known == name);
        let mut input = Self {
            webhook: form.text("webhook").trim().to_owned(),
            secret: form.get("secret").filter(|secret| !secret.is_empty()).map(Secret::new),
            headers_text: form.text("headers"),
            body_text: form.text("body"),
            encoding: known(&form.text("encoding")).unwrap_or("text"),
            received_text: form.text("receivedAt").trim().to_owned(),
            ..Self::default()
        };
        match form.text("format").parse() {
            Ok(format) => input.format = format,
            Err(_) => input.problems.add("format", Rule::Invalid, "Choose one of the formats."),
        }
        input.read_headers();
        input.read_body();
        if !input.received_text.is_empty() {
            input.received_at = times.typed(&input.received_text).map(|time| time.first);
            if input.received_at.is_none() {
                let words = "Type a day and a time, such as 2026-09-21 14:00, or a time of today.";
                input.problems.add("receivedAt", Rule::Invalid, words);
            }
        }
        input
    }

    /// What an attempt sent.
    pub(super) fn of(page: &CompanyPage, sent: &Sent, with_webhook: bool) -> Self {
        let line = |(name, value): &(String, String)| format!("{name}: {value}");
        let body: &[u8] = if sent.is_masked { b"" } else { &sent.body };
        Self {
            format: sent.format,
            webhook: if with_webhook { sent.delivery.webhook_id.to_string() } else { String::new() },
            headers_text: sent.attempt.request_headers.iter().map(line).collect::<Vec<_>>().join("\n"),
            headers: sent.attempt.request_headers.clone(),
            // A longer one would not come back through the form.
            body_text: if body.len() <= BODY_BYTES_MAX {
                String::from_utf8_lossy(body).into()
            } else {
                String::new()
            },
            body: body.to_vec(),
            encoding: "text",
            received_text: page.times().full(sent.attempt.started_at),
            received_at: Some(sent.attempt.started_at),
            ..Self::default()
        }
    }

    fn read_headers(&mut self) {
        if self.headers_text.len() > HEADER_BYTES_MAX {
            let most = text::bytes(HEADER_BYTES_MAX as u64);
            self.problems.add("headers", Rule::TooLong, format!("They may have at most {most}."));
            return;
        }
        self.headers = signature_lab::parse_headers(&self.headers_text);
        if self.headers.is_empty() {
            self.problems.add(
                "headers",
                Rule::Required,
                "Paste the headers, one “Name: value” on each line.",
            );
        }
    }

    fn read_body(&mut self) {
        if self.body_text.len() > BODY_BYTES_MAX {
            let most = text::bytes(BODY_BYTES_MAX as u64);
            self.problems.add("body", Rule::TooLong, format!("It may have at most {most}."));
            return;
        }
        let plain: String = self.body_text.split_whitespace().collect();
        let decoded = match self.encoding {
            "base64" => data_encoding::BASE64.decode(plain.as_bytes()).ok(),
            "hex" => data_encoding::HEXLOWER_PERMISSIVE.decode(plain.as_bytes()).ok(),
            // Browsers send every line end of a text field as CRLF, whatever was pasted.
            _ => Some(self.body_text.replace("\r\n", "\n").into_bytes()),
        };
        match decoded {
            Some(body) => self.body = body,
            None => self.problems.add("body", Rule::Invalid, "It is not written in the chosen way."),
        }
    }

    /// The secret that was typed.
    pub(super) fn typed_secret(&mut self) -> Option<Stored> {
        match self.secret.take() {
            None => self.problems.add("secret", Rule::Required, "Type the secret that the receiver has."),
            Some(secret) if secret.reveal().len() > SECRET_BYTES_MAX => {
                self.problems.add("secret", Rule::TooLong, "No secret is as long as this.");
            }
            Some(secret) => return Some(Stored::typed(secret)),
        }
        None
    }

    /// A webhook's secret; `None` for no such webhook.
    pub(super) fn stored_secret(&mut self, stored: Option<Stored>) -> Option<Stored> {
        let problem = match &stored {
            _ if self.secret.take().is_some() => {
                self.problems.add("secret", Rule::Conflict, "Leave it empty to use the webhook's secret.");
                return None;
            }
            None => "There is no webhook with this number.",
            Some(stored) if stored.secret.is_none() => "This webhook has no signing secret.",
            Some(_) => return stored,
        };
        self.problems.add("webhook", Rule::NotFound, problem);
        None
    }

    /// The summary above the form.
    pub(super) fn errors(&self) -> Vec<FormError> {
        let label = |field: &str| match field {
            "format" => "Format",
            "webhook" => "Secret of webhook",
            "secret" => "Secret",
            "headers" => "Headers",
            "body" => "Body",
            _ => "Received at",
        };
        let error = |problem: &Problem| {
            FormError::new(problem.field.clone(), format!("{}: {}", label(&problem.field), problem.message))
        };
        self.problems.0.iter().map(error).collect()
    }

    fn field(&self, name: &'static str, label: &'static str) -> Field {
        Field::new(name, label).judged(&self.problems, name)
    }

    pub(super) fn format_field(&self) -> Field {
        self.field("format", "Format")
    }

    pub(super) fn webhook_field(&self) -> Field {
        self.field("webhook", "Or the secret of a webhook")
            .value(&self.webhook)
            .hint("It is used and not shown.")
    }

    /// Empty, whatever was typed.
    pub(super) fn secret_field(&self) -> Field {
        self.field("secret", "Secret").hint("As the receiver has it. It is empty again after each answer.")
    }

    pub(super) fn headers_field(&self) -> Field {
        self.field("headers", "Headers").value(&self.headers_text).hint("One “Name: value” on each line.")
    }

    pub(super) fn body_field(&self, is_masked: bool) -> Field {
        let hint = if is_masked {
            "The body of this attempt is masked: reveal it on the delivery's page to have it here."
        } else {
            "As it was received, byte for byte; up to 64 KiB."
        };
        self.field("body", "Body").value(&self.body_text).hint(hint)
    }

    pub(super) fn encoding_field(&self) -> Field {
        self.field("encoding", "Body is given as")
    }

    pub(super) fn received_at_field(&self) -> Field {
        self.field("receivedAt", "Received at").value(&self.received_text)
    }
}
