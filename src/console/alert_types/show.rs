//! One alert type: what its events look like in each format.

use askama::Template;

use crate::console::parts::Link;
use crate::console::parts::code::Code;
use crate::console::parts::facts::Fact;
use crate::console::parts::list::Chip;
use crate::console::shell::Shell;
use crate::domain::json_fields::Field;

/// The page.
#[derive(Debug, Template)]
#[template(path = "console/alert_types/show.html")]
pub struct ShowPage {
    /// The frame.
    pub shell: Shell,
    /// The way up.
    pub crumbs: Vec<Link>,
    /// Its word in lists.
    pub label: &'static str,
    /// Number, words, what it reaches, how often it was seen.
    pub about: Vec<Fact>,
    /// The formats.
    pub formats: Vec<Chip>,
    /// What would be sent.
    pub body: Code,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Webhooks that a sample can be sent to.
    pub tests: Vec<Link>,
    /// Whether there are more of them.
    pub more_tests: bool,
}

#[cfg(any(test, debug_assertions))]
impl ShowPage {
    /// Speeding in two formats.
    pub fn example() -> Self {
        use crate::console::shell::Nav;
        use crate::domain::alert_type::AlertType;
        use crate::domain::json_fields;

        let kind = AlertType::ExceedMaximumSpeed;
        let body = r#"{"alertType":"Speeding","vehicleId":88421,"data":{"speed":127.4,"maxSpeed":110.0}}"#;
        let chip = |word: &str, current| Chip {
            word: word.into(),
            count: String::new(),
            icon: None,
            url: "?format=x".into(),
            current,
        };
        Self {
            shell: Shell::example(Nav::AlertTypes, kind.list_label()),
            crumbs: vec![Link::new("Alert types", "/console/c/12/alert-types")],
            label: kind.list_label(),
            about: vec![
                Fact::new("Id", kind.id().to_string()),
                Fact::new("On the wire", "").code(kind.wire_label()),
            ],
            formats: vec![chip("Telemax", true), chip("Aggregate", false)],
            body: Code::body("Example body", body),
            fields: serde_json::from_str(body).map(|value| json_fields::fields(&value)).unwrap_or_default(),
            tests: vec![Link::new("Dispatch hub", "/console/c/12/webhooks/41/test?alertType=10")],
            more_tests: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn fields_and_the_way_to_a_test_are_shown() {
        let html = Html::check(&ShowPage::example().render().unwrap());
        assert_eq!(html.count("[data-testid=fields] tbody tr"), 5);
        let last = |place| html.text(&format!("[data-testid=fields] tr:last-child td:nth-child({place})"));
        assert_eq!([last(1), last(2), last(3)], ["data.maxSpeed", "number", "110.0"]);
        assert!(html.attribute("[data-testid=tests] a[href*=test]", "href").ends_with("test?alertType=10"));
    }
}
