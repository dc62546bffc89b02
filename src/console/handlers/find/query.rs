//! What the address of the page says: a text from the search box, one event, or the fields of the form. What is not
//! known is ignored; what cannot be read is a problem beside its field.

use url::form_urlencoded;

use crate::console::extract::company::number;
use crate::console::parts::field::{Choice, Field, FormError};
use crate::console::{find::Form, shell::Zone};
use crate::domain::alert_type::AlertType;
use crate::domain::ids::{AlertId, EventId};
use crate::domain::problem::{Problems, Rule};
use crate::domain::search::recognise::cleaned;
use crate::domain::search::window::{Width, Window};
use crate::domain::text::has_ink;
use crate::web::time_text::Times;
use crate::web::urls;

/// The page's address, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Query {
    /// The search box, as typed.
    pub(super) q: String,
    /// One event: a number, or its public id.
    pub(super) event: String,
    /// The vehicle, as typed.
    pub(super) vehicle: String,
    pub(super) alert_type: Option<AlertType>,
    pub(super) alert: Option<AlertId>,
    typed_alert: String,
    around: String,
    pub(super) width: Width,
    pub(super) window: Option<Window>,
    pub(super) before: Option<EventId>,
    /// What cannot be read.
    pub(super) problems: Problems,
}

impl Query {
    /// Reads `?alert=103&around=2026-09-21+14:00&before=…&type=5&vehicle=TRK-118&window=1h`, `?q=…` or `?event=…`.
    pub(super) fn parse(query: &str, times: &Times) -> Self {
        let mut read = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "q" => read.q = value.into_owned(),
                "event" => value.trim().clone_into(&mut read.event),
                "vehicle" => read.vehicle = value.into_owned(),
                "type" => read.alert_type = number(&value).and_then(AlertType::from_id),
                "alert" => value.trim().clone_into(&mut read.typed_alert),
                "around" => value.trim().clone_into(&mut read.around),
                "window" => read.width = value.parse().unwrap_or_default(),
                "before" => read.before = number(&value).map(EventId),
                _ => {}
            }
        }
        read.judge(times);
        read
    }

    fn judge(&mut self, times: &Times) {
        let mut problems = Vec::new();
        let mut problem = |field, message| problems.extend(Problems::one(field, Rule::Invalid, message).0);
        match cleaned(&self.vehicle) {
            Some(name) => self.vehicle = name,
            None if has_ink(&self.vehicle) => problem("vehicle", "No vehicle has a name like this."),
            None => self.vehicle.clear(),
        }
        if !self.typed_alert.is_empty() {
            self.alert = number(&self.typed_alert).map(AlertId);
            if self.alert.is_none() {
                problem("alert", "Type the alert's number, such as 103.");
            }
        }
        if !self.around.is_empty() {
            self.window = times.typed(&self.around).map(|time| Window::around(time, self.width));
            if self.window.is_none() {
                problem("around", "Type a day and a time, such as 2026-09-21 14:00, or a time of today.");
            }
        }
        self.problems = Problems(problems);
    }

    /// Whether nothing was asked for.
    pub(super) fn is_empty(&self) -> bool {
        let texts = [&self.q, &self.event, &self.vehicle, &self.typed_alert, &self.around];
        texts.iter().all(|text| text.trim().is_empty()) && self.alert_type.is_none()
    }

    /// The same question, another vehicle.
    pub(super) fn of_vehicle(&self, name: &str) -> Self {
        Self { vehicle: name.to_owned(), q: String::new(), before: None, ..self.clone() }
    }

    /// The same question with another width.
    pub(super) fn of_width(&self, width: Width) -> Self {
        Self { width, before: None, ..self.clone() }
    }

    /// The vehicle alone.
    pub(super) fn vehicle_alone(&self) -> Self {
        Self { vehicle: self.vehicle.clone(), ..Self::default() }
    }

    /// The next page.
    pub(super) fn older(&self, before: EventId) -> Self {
        Self { before: Some(before), ..self.clone() }
    }

    /// The newest page.
    pub(super) fn newest(&self) -> Self {
        Self { before: None, ..self.clone() }
    }

    /// The address: sorted keys, no defaults.
    pub(super) fn url(&self, urls: &urls::Company) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let before = self.before.map(|id| id.to_string()).unwrap_or_default();
        let kind = self.alert_type.map(|kind| kind.id().to_string()).unwrap_or_default();
        let width = if self.width == Width::default() { "" } else { self.width.name() };
        for (name, value) in [
            ("alert", self.typed_alert.as_str()),
            ("around", &self.around),
            ("before", &before),
            ("q", &self.q),
            ("type", &kind),
            ("vehicle", &self.vehicle),
            ("window", width),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        if query.is_empty() { urls.find() } else { format!("{}?{query}", urls.find()) }
    }

    /// The form with what was typed.
    pub(super) fn form(&self, zone: &Zone) -> Form {
        let field =
            |name, label, value: &str| Field::new(name, label).value(value).judged(&self.problems, name);
        let chosen = self.alert_type.map(AlertType::id);
        let any = Choice::new("", "Any type", chosen.is_none());
        let mut kinds = AlertType::ALL;
        kinds.sort_unstable_by_key(|kind| kind.list_label());
        let kind = |kind: AlertType| {
            Choice::new(kind.id().to_string(), kind.list_label(), chosen == Some(kind.id()))
        };
        let width = |width: Width| Choice::new(width.name(), width.label(), width == self.width);
        let hint = if self.around.is_empty() { String::new() } else { format!("in {}", zone.name) };
        Form {
            vehicle: field("vehicle", "Vehicle, number, IMEI or VIN", &self.vehicle),
            types: std::iter::once(any).chain(kinds.into_iter().map(kind)).collect(),
            alert: field("alert", "Alert", &self.typed_alert),
            around: field("around", "Around", &self.around).hint(hint),
            widths: Width::ALL.into_iter().map(width).collect(),
        }
    }

    /// The problems, for the top of the page.
    pub(super) fn errors(&self) -> Vec<FormError> {
        let label = |field: &str| match field {
            "vehicle" => "Vehicle",
            "alert" => "Alert",
            _ => "Around",
        };
        let line = |problem: &crate::domain::problem::Problem| {
            FormError::new(problem.field.as_ref(), format!("{}: {}", label(&problem.field), problem.message))
        };
        self.problems.0.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn read(query: &str) -> Query {
        Query::parse(query, &Times::new("Europe/Berlin", Timestamp::parse("2026-09-22T12:12:36Z").unwrap()))
    }

    #[test]
    fn an_address_says_the_same_when_it_is_written_again() {
        let urls = urls::Company::new(12);
        for (query, again) in [
            ("", ""),
            ("vehicle=TRK-118&type=5&window=1h&around=&alert=", "?type=5&vehicle=TRK-118"),
            (
                "window=6h&around=2026-09-21+14:00&vehicle=A%26B",
                "?around=2026-09-21+14%3A00&vehicle=A%26B&window=6h",
            ),
            ("alert=103&before=9&color=red&type=99", "?alert=103&before=9"),
            ("q=TRK-118", "?q=TRK-118"),
        ] {
            let parsed = read(query);
            let url = parsed.url(&urls);
            assert_eq!(url, format!("/console/c/12/find{again}"));
            assert_eq!(read(url.split_once('?').map_or("", |(_, query)| query)), parsed);
        }
        assert!(read("window=6h&before=7").is_empty() && !read("type=5").is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let read = read(&format!("vehicle={}&alert=x&around=noon", "v".repeat(2_000)));
        let anchors: Vec<String> = read.errors().into_iter().map(|error| error.anchor).collect();
        assert_eq!(anchors, ["vehicle", "alert", "around"]);
    }
}
