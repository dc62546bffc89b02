//! The catalogue of alert types.

use askama::Template;

use crate::console::parts::Link;
use crate::console::shell::Shell;

/// The list.
#[derive(Debug, Template)]
#[template(path = "console/alert_types/list.html")]
pub struct ListPage {
    /// The frame.
    pub shell: Shell,
    /// "18 types, 6 of them can be linked to a webhook".
    pub summary: String,
    /// The types.
    pub rows: Vec<Row>,
    /// Up to when events are counted.
    pub note: String,
}

/// One type.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// Its word in lists, and its page.
    pub label: Link,
    /// Its word on the wire, when that is another one.
    pub wire: Option<&'static str>,
    /// Whether it can be linked.
    pub is_linkable: bool,
    /// The keys of its data: "speed, maxSpeed"; empty for none.
    pub data: String,
    /// How many alerts of the company have it.
    pub alerts: Option<Link>,
    /// How often it was seen in 24 hours, and the deliveries of that.
    pub seen: Option<Link>,
}

#[cfg(any(test, debug_assertions))]
impl ListPage {
    /// All of them.
    pub fn example() -> Self {
        use crate::console::shell::Nav;
        use crate::domain::alert_type::AlertType;

        let row = |kind: AlertType| Row {
            id: kind.id(),
            label: Link::new(kind.list_label(), format!("/console/c/12/alert-types/{}", kind.id())),
            wire: (kind.wire_label() != kind.list_label()).then(|| kind.wire_label()),
            is_linkable: kind.is_linkable(),
            data: if kind.has_data() { "speed, maxSpeed".into() } else { String::new() },
            alerts: kind.is_linkable().then(|| Link::new("3", "?type=5")),
            seen: kind.is_linkable().then(|| Link::new("1,204", "?type=5")),
        };
        Self {
            shell: Shell::example(Nav::AlertTypes, "Alert types"),
            summary: "18 types, 6 of them can be linked to a webhook".into(),
            rows: AlertType::ALL.map(row).into(),
            note: "Seen: events of the last 24 hours, counted up to 14:12:00.".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn two_words_are_shown_where_the_wire_has_another() {
        let html = Html::check(&ListPage::example().render().unwrap());
        assert_eq!(html.count("tbody tr"), 18);
        assert!(html.text("[data-testid=type-10]").contains("Speeding"));
        assert!(html.text("[data-testid=type-3]").contains("only webhooks that take everything"));
    }
}
