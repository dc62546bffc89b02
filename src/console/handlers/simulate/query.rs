//! What is asked: an alert with a vehicle and a time, an event that there was, or one as JSON.

use url::form_urlencoded::{self, Serializer};

use crate::console::extract::company::number;
use crate::console::parts::field::{Field, FormError};
use crate::domain::event::{Event, Payload};
use crate::domain::ids::{AlertId, WebhookId};
use crate::domain::problem::{Problems, Rule};
use crate::domain::search::recognise::cleaned;
use crate::domain::text::has_ink;
use crate::domain::time::Timestamp;
use crate::web::form::Form;
use crate::web::time_text::Times;
use crate::web::{json, urls};

/// A form as it was sent, read.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// The number or the public id of an event that there was.
    pub(super) event: Option<String>,
    alert: String,
    vehicle: String,
    at: String,
    time: Option<Timestamp>,
    pasted_alert: String,
    json: String,
    is_pasted: bool,
    /// Whether the event's values are not shown.
    is_masked: bool,
    /// The one webhook whose request is wanted.
    pub(super) webhook: Option<WebhookId>,
    /// Lines on the pages before this one.
    pub(super) lines_before: usize,
    /// Whether the event is too long for the form.
    pub(super) is_too_long: bool,
    what: Option<What>,
    /// What cannot be read.
    pub(super) problems: Problems,
}

/// Bytes of an event that is filled into the form; indented it takes half as much again.
const JSON_FILLED_MAX: usize = 4_096;

/// What happens.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// A sample for this vehicle, or for any.
    Sample(Option<String>),
    /// This.
    Payload(Box<Payload>),
    /// What happened.
    Event(Box<Event>),
}

/// What is asked of the database.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) alert: AlertId,
    pub(super) what: What,
    /// When it happens; now when nobody said.
    pub(super) at: Option<Timestamp>,
}

impl Asked {
    /// Reads the address.
    pub(super) fn parse(query: &str, times: &Times) -> Self {
        let mut asked = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "alert" => value.trim().clone_into(&mut asked.alert),
                "vehicle" => asked.vehicle = value.into_owned(),
                "at" => value.trim().clone_into(&mut asked.at),
                "event" => asked.event = Some(value.trim().to_owned()).filter(|event| !event.is_empty()),
                "lines" => asked.lines_before = value.parse().unwrap_or_default(),
                "webhook" => asked.webhook = number(&value).map(WebhookId),
                _ => {}
            }
        }
        if asked.event.is_some() {
            return asked;
        }
        let vehicle = cleaned(&asked.vehicle);
        if vehicle.is_none() && has_ink(&asked.vehicle) {
            asked.problems.add("vehicle", Rule::Invalid, "No vehicle has a name like this.");
        }
        if !asked.at.is_empty() {
            asked.time = times.typed(&asked.at).map(|time| time.first);
            if asked.time.is_none() {
                let words = "Type a day and a time, such as 2026-09-21 14:00, or a time of today.";
                asked.problems.add("at", Rule::Invalid, words);
            }
        }
        if asked.alert.is_empty() {
            if vehicle.is_some() || asked.time.is_some() {
                asked.problems.add("alert", Rule::Required, "Type the alert's number: the alert decides.");
            }
        } else if number(&asked.alert).is_none() {
            asked.problems.add("alert", Rule::Invalid, "Type the alert's number, such as 103.");
        } else {
            asked.what = Some(What::Sample(vehicle));
        }
        asked
    }

    /// Reads the form with JSON.
    pub(super) fn pasted(form: &Form) -> Self {
        let mut asked = Self {
            pasted_alert: form.text("pastedAlert").trim().to_owned(),
            json: form.text("json"),
            is_pasted: true,
            ..Self::default()
        };
        if number(&asked.pasted_alert).is_none() {
            asked.problems.add("pastedAlert", Rule::Invalid, "Type the alert's number, such as 103.");
        }
        let value = json::parse(asked.json.as_bytes());
        let value = value.map_err(|error| Problems::one("json", Rule::Invalid, error.to_string()));
        match value.and_then(|value| Payload::parse(&value, "")) {
            Ok(payload) => asked.what = Some(What::Payload(Box::new(payload))),
            Err(wrong) => {
                // Fields of the event have no control of their own.
                let words = wrong.0.into_iter().map(|problem| match problem.field.as_ref() {
                    "json" | "body" => problem.message,
                    field => format!("{field}: {}", problem.message),
                });
                asked.problems.add("json", Rule::Invalid, words.collect::<Vec<_>>().join(" "));
            }
        }
        asked
    }

    /// The event that the address names; whether its values are `masked`.
    pub(super) fn take(&mut self, event: Event, is_masked: bool) {
        self.is_masked = is_masked;
        self.alert = event.alert_id.to_string();
        self.vehicle.clone_from(&event.payload.vehicle_name);
        self.pasted_alert.clone_from(&self.alert);
        let json = event.payload.to_json();
        self.is_too_long = !is_masked && json.len() > JSON_FILLED_MAX;
        if !is_masked && !self.is_too_long {
            self.json = serde_json::from_str::<serde_json::Value>(&json)
                .and_then(|value| serde_json::to_string_pretty(&value))
                .unwrap_or_default();
        }
        self.what = Some(What::Event(Box::new(event)));
    }

    /// What is asked of the database, if everything could be read.
    pub(super) fn question(&self) -> Option<Question> {
        let what = self.what.clone().filter(|_| self.problems.is_empty())?;
        let typed = if self.is_pasted { &self.pasted_alert } else { &self.alert };
        let alert = match &what {
            What::Event(event) => event.alert_id,
            _ => AlertId(number(typed)?),
        };
        Some(Question { alert, what, at: self.time })
    }

    /// There is no such alert, or not for this person, or not any more.
    pub(super) fn has_no_alert(&mut self) {
        let field = match &self.what {
            Some(_) if !self.problems.is_empty() => return,
            None => return,
            Some(What::Payload(_)) => "pastedAlert",
            Some(_) => "alert",
        };
        let words = match &self.what {
            Some(What::Event(event)) if event.is_test => {
                "That event was a test: it goes to one webhook, whatever the rules say."
            }
            Some(What::Event(_)) => "The alert of that event was deleted: nothing can fire it.",
            _ => "There is no alert with this number.",
        };
        self.problems.add(field, Rule::NotFound, words);
    }

    /// Whether the second form was sent.
    pub(super) const fn is_pasted(&self) -> bool {
        self.is_pasted
    }

    /// The same question with the request of one webhook; `None` for one that stands in no address.
    pub(super) fn url_for(&self, urls: &urls::Company, webhook: WebhookId) -> Option<String> {
        self.url(urls, &webhook.to_string(), "")
    }

    /// The same question from so many lines on.
    pub(super) fn url_at(&self, urls: &urls::Company, lines_before: usize) -> Option<String> {
        let webhook = self.webhook.map(|id| id.to_string()).unwrap_or_default();
        let lines = if lines_before == 0 { String::new() } else { lines_before.to_string() };
        self.url(urls, &webhook, &lines)
    }

    fn url(&self, urls: &urls::Company, webhook: &str, lines: &str) -> Option<String> {
        if self.is_pasted {
            return None;
        }
        let mut query = Serializer::new(String::new());
        let (alert, vehicle) = match &self.event {
            Some(_) => ("", ""),
            None => (self.alert.as_str(), self.vehicle.as_str()),
        };
        for (name, value) in [
            ("alert", alert),
            ("at", self.at.as_str()),
            ("event", self.event.as_deref().unwrap_or_default()),
            ("lines", lines),
            ("vehicle", vehicle),
            ("webhook", webhook),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        Some(format!("{}?{}", urls.simulate(), query.finish()))
    }

    /// The summary above the forms.
    pub(super) fn errors(&self) -> Vec<FormError> {
        let label = |field: &str| match field {
            "alert" | "pastedAlert" => "Alert",
            "vehicle" => "Vehicle",
            "at" => "Time",
            _ => "Event as JSON",
        };
        let error = |problem: &crate::domain::problem::Problem| {
            let words = format!("{}: {}", label(&problem.field), problem.message);
            FormError::new(problem.field.clone(), words)
        };
        self.problems.0.iter().map(error).collect()
    }

    pub(super) fn alert_field(&self) -> Field {
        Field::new("alert", "Alert").value(&self.alert).judged(&self.problems, "alert")
    }

    pub(super) fn vehicle_field(&self) -> Field {
        Field::new("vehicle", "Vehicle").value(&self.vehicle).judged(&self.problems, "vehicle")
    }

    pub(super) fn at_field(&self) -> Field {
        Field::new("at", "Time").value(&self.at).judged(&self.problems, "at")
    }

    pub(super) fn pasted_alert_field(&self) -> Field {
        Field::new("pastedAlert", "Alert").value(&self.pasted_alert).judged(&self.problems, "pastedAlert")
    }

    pub(super) fn json_field(&self) -> Field {
        let hint = if self.is_masked {
            "The values of this event are masked: reveal them on the page of one of its deliveries."
        } else {
            "As it is reported when an alert fires: vehicleId, vehicleName, position, direction, timestamp, address, data."
        };
        Field::new("json", "Event as JSON").value(&self.json).hint(hint).judged(&self.problems, "json")
    }
}
