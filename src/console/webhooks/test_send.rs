//! Sends a test: a sample of a chosen alert type, over the same path as a real delivery. The result is that
//! delivery's page.

use askama::Template;

use super::head::Head;
use crate::console::deliveries::row::Row;
use crate::console::parts::code::Code;
use crate::console::parts::field::{Choice, Field, FormError};
use crate::console::parts::list::{Chip, Notice};
use crate::console::shell::Shell;

/// The page. The form sends `alertType`; `?alertType=…` shows that type's sample.
#[derive(Debug, Template)]
#[template(path = "console/webhooks/test.html")]
pub struct TestPage {
    /// The frame.
    pub shell: Shell,
    /// Name and tabs.
    pub head: Head,
    /// What is wrong with what was sent.
    pub errors: Vec<FormError>,
    /// The alert type; its choices are [`Self::alert_types`].
    pub alert_type: Field,
    /// The types.
    pub alert_types: Vec<Choice>,
    /// The body that would be sent for the chosen type.
    pub sample: Option<Code>,
    /// The types as links that show their sample and choose them: `?alertType=8`.
    pub sample_types: Vec<Chip>,
    /// Whatever keeps a test from being sent or from meaning much: "The webhook is inactive".
    pub notice: Option<Notice>,
    /// The last tests.
    pub recent: Vec<Row>,
}

#[cfg(any(test, debug_assertions))]
impl TestPage {
    /// Geofence chosen.
    pub fn example() -> Self {
        use super::head::Tab;
        use crate::console::parts::Tone;
        use crate::console::shell::Nav;
        use crate::web::icon::Icon;

        Self {
            shell: Shell::example(Nav::Webhooks, "Test Dispatch hub"),
            head: Head::example(Tab::Test),
            errors: Vec::new(),
            alert_type: Field::new("alertType", "Alert type"),
            alert_types: Choice::list(
                [("5", "Geofence"), ("8", "Ignition"), ("10", "Exceed Maximum Speed")],
                "5",
            ),
            sample: Some(Code::body(
                "Sample body",
                r#"{"alertType":"Geofence","vehicleId":1,"vehicleName":"TEST-1","position":{"lat":53.5461,"lng":9.9663},"direction":0,"timestamp":"2026-09-22T12:12:36Z","address":null,"data":{"geofenceName":"Test area","isExit":true}}"#,
            )),
            sample_types: [("Geofence", "5"), ("Ignition", "8"), ("Exceed Maximum Speed", "10")]
                .map(|(word, id)| Chip {
                    word: word.into(),
                    count: String::new(),
                    icon: None,
                    url: format!("?alertType={id}"),
                    current: id == "5",
                })
                .into(),
            notice: Some(Notice {
                tone: Tone::Info,
                icon: Icon::Info,
                text: "The webhook is inactive. A test is sent nevertheless.".into(),
            }),
            recent: Row::examples().into_iter().skip(6).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn a_type_can_be_chosen_and_sent() {
        let html = Html::check(&TestPage::example().render().unwrap());
        assert_eq!(html.attribute("[data-testid=test-form]", "action"), "/console/c/12/webhooks/41/test");
        assert_eq!(html.text("#alertType [selected]"), "Geofence");
        assert_eq!(html.count("[data-testid=deliveries] tbody tr"), 2);
    }
}
