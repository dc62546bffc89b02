//! Asks before many deliveries are sent again: which ones, how many, what is left out, how fast.

use askama::Template;

use crate::console::parts::facts::Fact;
use crate::console::parts::field::{Choice, Field, FormError};
use crate::console::shell::Shell;

/// The two forms: one narrows, the other begins.
#[derive(Debug, Template)]
#[template(path = "console/replays/new.html")]
pub struct NewPage {
    /// The frame.
    pub shell: Shell,
    /// The deliveries that it came from.
    pub list_url: String,
    /// The statuses to choose from; any number may be chosen.
    pub states: Vec<Choice>,
    /// The webhooks; the first is any.
    pub webhooks: Vec<Choice>,
    /// The types of alert; the first is any.
    pub types: Vec<Choice>,
    /// What else has to hold, in words; empty for nothing …
    pub also: String,
    /// … and as fields that are kept.
    pub kept: Vec<(&'static str, String)>,
    /// From when on, in the reader's zone.
    pub from: Field,
    /// Until when.
    pub to: Field,
    /// Everything that is wrong.
    pub errors: Vec<FormError>,
    /// What was found; `None` while the filter is wrong.
    pub found: Option<Found>,
}

/// What would be done.
#[derive(Debug, Clone)]
pub struct Found {
    /// How many match, from when to when, what is left out.
    pub facts: Vec<Fact>,
    /// Where they go.
    pub targets: Vec<Target>,
    /// Webhooks beyond those: "and 3 more webhooks"; empty for none.
    pub more: String,
    /// The form that begins; `None` when there is nothing to send.
    pub begin: Option<Begin>,
}

/// A webhook that deliveries go to.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// Its page; `None` for a deleted one.
    pub url: Option<String>,
    /// How many, and what is to be known: "12 · paused: they wait until it is resumed".
    pub note: String,
}

/// The form that begins.
#[derive(Debug, Clone)]
pub struct Begin {
    /// The filter, as hidden fields.
    pub hidden: Vec<(&'static str, String)>,
    /// Deliveries per second.
    pub rate: Field,
    /// What the button says: "Redeliver 120 events".
    pub verb: String,
}

#[cfg(any(test, debug_assertions))]
impl NewPage {
    /// 127 failed ones of three webhooks.
    pub fn example() -> Self {
        use crate::console::shell::Nav;

        let target = |name: &str, id: i64, note: &str| Target {
            name: name.into(),
            url: Some(format!("/console/c/12/webhooks/{id}")),
            note: note.into(),
        };
        Self {
            shell: Shell::example(Nav::Deliveries, "Redeliver deliveries"),
            list_url: "/console/c/12/deliveries?status=failed".into(),
            states: vec![
                Choice::new("failed", "Failed", true),
                Choice::new("cancelled", "Cancelled", false),
                Choice::new("not_sent", "Not sent", false),
                Choice::new("delivered", "Delivered", false),
            ],
            webhooks: Choice::list([("", "Any webhook"), ("41", "Dispatch hub"), ("45", "Audit sink")], ""),
            types: Choice::list([("", "Any type"), ("5", "Geofence"), ("8", "Ignition")], ""),
            also: "Vehicle TRK-118".into(),
            kept: vec![("vehicle", "TRK-118".into())],
            from: Field::new("from", "Made from").value("2026-09-22T12:00:00"),
            to: Field::new("to", "Until before"),
            errors: Vec::new(),
            found: Some(Found {
                facts: vec![
                    Fact::new("They match", "127 deliveries"),
                    Fact::new("Made", "12:02:10 to 13:44:01"),
                    Fact::new("Sent again", "120 events, as new deliveries with new ids"),
                    Fact::new("Left out", "7: the webhook is switched off"),
                ],
                targets: vec![
                    target("Dispatch hub", 41, "104"),
                    target("Partner portal", 43, "16 · paused: they wait until it is resumed"),
                    target("Yard gate", 44, "7 left out"),
                ],
                more: String::new(),
                begin: Some(Begin {
                    hidden: vec![
                        ("status", "failed".into()),
                        ("vehicle", "TRK-118".into()),
                        ("from", "2026-09-22T12:00:00".into()),
                    ],
                    rate: Field::new("rate", "Deliveries per second").value("50").hint("1 to 1,000."),
                    verb: "Redeliver 120 events".into(),
                }),
            }),
        }
    }

    /// A filter that cannot be read.
    pub fn error_example() -> Self {
        let mut page = Self::example();
        page.from.error = Some("Choose a day and a time.".into());
        page.errors = vec![FormError::new("from", "Made from: Choose a day and a time.")];
        page.found = None;
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn it_says_what_follows_before_it_asks() {
        let html = Html::check(&NewPage::example().render().unwrap());
        assert_eq!(html.count("[data-testid=narrow] [name=status][checked]"), 1);
        assert_eq!(html.attribute("[data-testid=begin]", "action"), "/console/c/12/replays/new");
        assert_eq!(html.attribute("[data-testid=begin] [name=rate]", "value"), "50");
        assert_eq!(html.attribute("[data-testid=begin] [name=status]", "value"), "failed");
        assert_eq!(html.text("[data-testid=begin] .button--primary"), "Redeliver 120 events");
        assert_eq!(html.count("[data-testid=targets] li"), 3);
    }

    #[test]
    fn with_a_filter_that_cannot_be_read_nothing_can_be_begun() {
        let html = Html::check(&NewPage::error_example().render().unwrap());
        assert_eq!(html.count("[data-testid=begin]"), 0);
        assert_eq!(html.attribute("[data-testid=errors] a", "href"), "#from");
    }
}
