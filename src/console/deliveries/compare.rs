//! Two attempts of a delivery beside one another.

use askama::Template;

use crate::console::parts::code::Code;
use crate::console::parts::{Link, Moment};
use crate::console::shell::Shell;

/// The page. The delivery's page takes `#attempt` out of it.
#[derive(Debug, Template)]
#[template(path = "console/deliveries/compare.html")]
pub struct ComparePage {
    /// The frame.
    pub shell: Shell,
    /// The way up: the list, the delivery.
    pub crumbs: Vec<Link>,
    /// "Attempts 4 and 3".
    pub title: String,
    /// "3 differences".
    pub tally: String,
    /// The two attempts: their pages and when they were made.
    pub attempts: [(Link, Moment); 2],
    /// The lines, part by part.
    pub lines: Vec<Line>,
    /// Other pairs.
    pub pairs: Vec<Link>,
}

/// One line.
#[derive(Debug)]
pub struct Line {
    /// The part; empty where the line before has the same.
    pub part: &'static str,
    /// What is compared.
    pub what: String,
    /// In both.
    pub values: [Cell; 2],
    /// Whether it differs.
    pub differs: bool,
}

/// A value.
#[derive(Debug)]
pub enum Cell {
    /// There is none.
    Nothing,
    /// A text.
    Text(String),
    /// A body, and its size.
    Body(Code, String),
}

#[cfg(any(test, debug_assertions))]
impl ComparePage {
    /// The last two of four attempts.
    pub fn example() -> Self {
        use crate::console::shell::Nav;

        let shell = Shell::example(Nav::Deliveries, "Attempts 4 and 3 of delivery 9061");
        let at = |text: &str| Moment::new(text, "2026-09-22T14:02:10.882+02:00");
        let text = |text: &str| Cell::Text(text.into());
        let line = |part, what: &str, one, other, differs| Line {
            part,
            what: what.into(),
            values: [one, other],
            differs,
        };
        let urls = shell.urls.delivery(9061);
        Self {
            crumbs: vec![Link::new("Deliveries", shell.urls.deliveries()), Link::new("9061", urls.show())],
            title: "Attempts 4 and 3".into(),
            tally: "2\u{a0}differences".into(),
            attempts: [
                (Link::new("Attempt 4", urls.attempt(4)), at("14:04:58.040")),
                (Link::new("Attempt 3", urls.attempt(3)), at("14:02:53.402")),
            ],
            lines: vec![
                line("Result", "Result", text("HTTP 5xx"), text("HTTP 5xx"), false),
                line("Time", "Wait", text("1.16\u{a0}s"), text("1.31\u{a0}s"), false),
                line("Connection", "Address", text("203.0.113.24:443"), text("203.0.113.25:443"), true),
                line("Response", "Retry-After", text("900"), Cell::Nothing, true),
                line(
                    "",
                    "Body",
                    Cell::Body(
                        Code::plain("Body of attempt 4", "no healthy upstream"),
                        "19\u{a0}bytes".into(),
                    ),
                    Cell::Body(
                        Code::plain("Body of attempt 3", "no healthy upstream"),
                        "19\u{a0}bytes".into(),
                    ),
                    false,
                ),
            ],
            pairs: vec![Link::new("4 and 2", urls.compare(4, 2))],
            shell,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn differences_are_marked_in_words() {
        let html = Html::check(&ComparePage::example().render().unwrap());
        assert_eq!(html.count("#attempt tbody tr"), 5);
        assert_eq!(html.count("[data-testid=differs]"), 2);
        assert_eq!(
            html.attribute("#attempt thead th:nth-child(2) a", "href"),
            "/console/c/12/deliveries/9061/attempts/4"
        );
    }
}
