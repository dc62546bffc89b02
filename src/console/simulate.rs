//! Would it be sent? Each webhook's decision about an event, and the request that it would get. Nothing is sent.

use askama::Template;

use super::parts::badge::Badge;
use super::parts::code::Code;
use super::parts::field::{Choice, Field, FormError};
use super::parts::list::Pager;
use super::parts::{Link, Moment};
use super::shell::Shell;

/// The page: two forms, and what follows from the one that was sent.
#[derive(Debug, Template)]
#[template(path = "console/simulate.html")]
pub struct SimulatePage {
    /// The frame.
    pub shell: Shell,
    /// What cannot be read in the form that was sent.
    pub errors: Vec<FormError>,
    /// Alert, vehicle and time: a GET form.
    pub form: Form,
    /// An event as JSON: a POST form that changes nothing.
    pub paste: Paste,
    /// What would happen; `None` before anything was asked.
    pub result: Option<Simulated>,
}

/// The first form.
#[derive(Debug)]
pub struct Form {
    /// The alert's number …
    pub alert: Field,
    /// … with some of them to choose from.
    pub alerts: Vec<Choice>,
    /// The vehicle's name.
    pub vehicle: Field,
    /// When it happens.
    pub at: Field,
}

/// The second form.
#[derive(Debug)]
pub struct Paste {
    /// The alert's number.
    pub alert: Field,
    /// The event.
    pub json: Field,
    /// Whether it is unfolded.
    pub is_open: bool,
}

/// What would happen.
#[derive(Debug)]
pub struct Simulated {
    /// "2 of 4 webhooks would get it".
    pub headline: String,
    /// "Geofence exit · TRK-118 · Depot Nord exit, alert 103".
    pub subject: String,
    /// When it happens.
    pub at: Moment,
    /// The event that there was.
    pub event: Option<Link>,
    /// What one has to know beside it.
    pub remarks: Vec<String>,
    /// One for each webhook.
    pub lines: Vec<Line>,
    /// The way to the other webhooks; `None` when all are there.
    pub pager: Option<Pager>,
    /// The requests.
    pub requests: Vec<Request>,
}

/// What a webhook would get.
#[derive(Debug)]
pub struct Line {
    /// Yes or no.
    pub decision: Badge,
    /// The webhook's name …
    pub webhook: String,
    /// … and its page.
    pub url: String,
    /// The reason's word: "criteria"; `None` when it would be sent.
    pub reason: Option<&'static str>,
    /// The rule that decided.
    pub rule: String,
    /// Shows this one's request alone; `None` where no request can be made or it is shown.
    pub request: Option<String>,
}

/// A request that would be made.
#[derive(Debug)]
pub struct Request {
    /// Whose.
    pub webhook: String,
    /// "Telemax, 221 bytes", or why there is none.
    pub note: String,
    /// Start line and headers.
    pub head: Code,
    /// The body.
    pub body: Code,
    /// Whether it is unfolded.
    pub is_open: bool,
}

#[cfg(any(test, debug_assertions))]
impl SimulatePage {
    /// Nothing was asked for yet.
    pub fn fresh_example() -> Self {
        use super::shell::Nav;

        Self {
            shell: Shell::example(Nav::Simulate, "Simulate"),
            errors: Vec::new(),
            form: Form {
                alert: Field::new("alert", "Alert"),
                alerts: Choice::list([("103", "Depot Nord exit"), ("104", "Port 3")], ""),
                vehicle: Field::new("vehicle", "Vehicle"),
                at: Field::new("at", "Time"),
            },
            paste: Paste {
                alert: Field::new("pastedAlert", "Alert"),
                json: Field::new("json", "Event as JSON"),
                is_open: false,
            },
            result: None,
        }
    }

    /// Two of four would get it.
    pub fn example() -> Self {
        use super::parts::Tone;
        use crate::web::icon::Icon;

        let line = |yes: bool, webhook: &str, reason, rule: &str| Line {
            decision: if yes {
                Badge::new(Tone::Ok, Icon::Check, "Sent")
            } else {
                Badge::new(Tone::Held, Icon::Ban, "Not sent")
            },
            webhook: webhook.into(),
            url: "/console/c/12/webhooks/41".into(),
            reason,
            rule: rule.into(),
            request: yes.then(|| "?alert=103&vehicle=TRK-118&webhook=41".into()),
        };
        let headers = [
            ("Host", "hooks.acme-dispatch.example"),
            ("Content-Type", "application/json"),
            ("Authorization", "Bearer ••••3f9a"),
            ("X-Telemax-Delivery", "00000000-0000-8000-8000-000000000000"),
        ];
        let mut page = Self::fresh_example();
        page.shell.title = "TRK-118 · Simulate".into();
        page.form.alert.value = "103".into();
        page.form.vehicle.value = "TRK-118".into();
        page.result = Some(Simulated {
            headline: "2 of 4 webhooks would get it".into(),
            subject: "Geofence exit · TRK-118 · Depot Nord exit, alert 103".into(),
            at: Moment::new("14:02:10", "2026-09-22T14:02:10.000+02:00"),
            event: None,
            remarks: vec!["Position, address and data are samples.".into()],
            lines: vec![
                line(true, "Dispatch hub", None, "Linked to alert 103."),
                line(true, "Audit sink", None, "Receives every alert of its company and those below it."),
                line(false, "Safety desk", Some("inactive"), "The webhook is inactive."),
                line(
                    false,
                    "Partner portal",
                    Some("criteria"),
                    "data.geofenceName: expected “Port 3”, got “Depot Nord”",
                ),
            ],
            pager: Some(Pager {
                words: ["First", "Previous", "Next"],
                range: "1 to 4 of 16\u{a0}webhooks, those that get it first".into(),
                older: Some("?alert=103&lines=4&vehicle=TRK-118".into()),
                ..Pager::default()
            }),
            requests: vec![Request {
                webhook: "Dispatch hub".into(),
                note: "Telemax, 85\u{a0}bytes".into(),
                head: Code::head(
                    "Request headers for Dispatch hub",
                    "POST /v1/fleet/alerts HTTP/1.1",
                    headers,
                ),
                body: Code::body(
                    "Request body for Dispatch hub",
                    r#"{"alertType":"Geofence","vehicleId":118,"vehicleName":"TRK-118","data":{"isExit":true}}"#,
                ),
                is_open: true,
            }],
        });
        page
    }

    /// JSON that is no event.
    pub fn error_example() -> Self {
        let mut page = Self::fresh_example();
        page.paste.is_open = true;
        page.paste.alert.value = "103".into();
        page.paste.json = Field::new("json", "Event as JSON")
            .value("{\"vehicleId\": 0}")
            .error("vehicleId: It must be a positive whole number.");
        page.errors =
            vec![FormError::new("json", "Event as JSON: vehicleId: It must be a positive whole number.")];
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn every_webhook_has_its_decision_and_the_rule() {
        let html = Html::check(&SimulatePage::example().render().unwrap());
        assert_eq!(html.count("[data-testid=decisions] > li"), 4);
        assert!(html.text("[data-testid=decisions]").contains("expected “Port 3”, got “Depot Nord”"));
        assert!(html.text("[data-testid=request]").contains("Bearer ••••3f9a"));
        assert_eq!(html.attribute("[data-testid=form]", "action"), "/console/c/12/simulate");
    }

    #[test]
    fn what_is_wrong_stands_beside_its_field_and_the_text_stays() {
        let html = Html::check(&SimulatePage::error_example().render().unwrap());
        assert!(html.text("#json-error").contains("positive whole number"));
        assert_eq!(html.text("#json"), "{\"vehicleId\": 0}");
        assert_eq!(html.attribute("[data-testid=errors] a", "href"), "#json");
        assert_eq!(html.count("details[open] #json"), 1);
    }
}
