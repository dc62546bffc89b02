//! Whether anything is wrong, and whose turn it is.

use askama::Template;

use super::parts::Moment;
use super::parts::badge::Badge;
use super::parts::chart::Bars;
use super::parts::facts::Figure;
use super::parts::{Link, list::Empty};
use super::shell::Shell;

/// The first page.
#[derive(Debug, Template)]
#[template(path = "console/overview.html")]
pub struct OverviewPage {
    /// The frame.
    pub shell: Shell,
    /// "Northline Logistics and 3 sub-companies · last 24 hours, as of 14:12:36".
    pub summary: String,
    /// What to do on the first day, until it is done.
    pub steps: Vec<Step>,
    /// "6 problems · most urgent first"; empty for none.
    pub count: String,
    /// What needs somebody.
    pub problems: Vec<Problem>,
    /// Said instead, when nothing does.
    pub quiet: String,
    /// Four numbers of the day, with the week before.
    pub figures: Vec<Figure>,
    /// The day in hours.
    pub chart: Bars,
    /// The newest entries of the audit trail.
    pub changes: Vec<Change>,
    /// Shown instead of everything when there is nothing at all and the person may not begin.
    pub empty: Option<Empty>,
}

/// One problem: not one failure, but one thing that is wrong.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What kind.
    pub badge: Badge,
    /// The thing, leading to its page.
    pub what: Link,
    /// What is with it: "answers 503 since 13:31".
    pub words: String,
    /// The small line.
    pub detail: String,
    /// Whose turn it is: "Receiver’s turn".
    pub turn: String,
}

/// One change that somebody made.
#[derive(Debug, Clone)]
pub struct Change {
    /// When.
    pub at: Moment,
    /// Who.
    pub who: String,
    /// "paused the webhook".
    pub verb: String,
    /// What.
    pub what: String,
}

/// One step of the first day.
#[derive(Debug, Clone)]
pub struct Step {
    /// What to do.
    pub words: &'static str,
    /// Where.
    pub url: String,
    /// Whether it was done.
    pub done: bool,
}

#[cfg(any(test, debug_assertions))]
impl OverviewPage {
    /// A day with problems.
    pub fn example() -> Self {
        use super::parts::Tone;
        use super::parts::chart::{BarInput, Counts};
        use super::shell::Nav;
        use crate::domain::health::Health;
        use crate::web::icon::Icon;

        let problem = |badge, what: &str, words: &str, detail: &str, turn: &str| Problem {
            badge,
            what: Link::new(what, "/console/c/12/webhooks/41"),
            words: words.into(),
            detail: detail.into(),
            turn: turn.into(),
        };
        let bars = (0..24u64).map(|at| BarInput {
            name: format!("{:02}:00", (at + 15) % 24),
            url: "?from=x".into(),
            tick: if at.is_multiple_of(3) { format!("{:02}:00", (at + 15) % 24) } else { String::new() },
            counts: Counts { delivered: 400 + at * 37 % 340, failed: if at > 18 { 2 } else { 0 } },
        });
        Self {
            shell: Shell::example(Nav::Overview, "Overview"),
            summary: "Northline Logistics and 3 sub-companies · last 24 hours, as of 14:12:36".into(),
            steps: Vec::new(),
            count: "4 problems · most urgent first".into(),
            problems: vec![
                problem(
                    Badge::health(Health::Failing),
                    "Dispatch hub",
                    "answers 503 since 13:31:10",
                    "127 deliveries waiting · last success 13:30:58 · next try 14:12:48",
                    "Receiver’s turn",
                ),
                problem(
                    Badge::new(Tone::Warn, Icon::Warning, "Certificate"),
                    "Cold-chain ops",
                    "has a certificate that ends in 6\u{a0}days (28 Sep 2026)",
                    "seen at 14:05:11 · from then on every delivery fails",
                    "Receiver’s turn",
                ),
                problem(
                    Badge::health(Health::Paused),
                    "Safety desk",
                    "is paused",
                    "318 events held",
                    "Your turn",
                ),
                problem(
                    Badge::new(Tone::Held, Icon::Ban, "No webhook"),
                    "Reefer battery",
                    "fired 41 times and no webhook takes it",
                    "Alert 117, Low Battery · the last time at 14:02:10",
                    "Your turn",
                ),
            ],
            quiet: String::new(),
            figures: vec![
                Figure::new(
                    "Attempts delivered",
                    "99.0\u{a0}%",
                    "13,604 of 13,743 · week before: 99.6\u{a0}%",
                ),
                Figure::new("Attempts failed", "139", "week before: 41 a day"),
                Figure::new("Waiting", "127", "next at 14:12:48").url("?status=queued,retrying"),
                Figure::new("Median duration", "≤ 250\u{a0}ms", "p95 ≤ 1.0\u{a0}s"),
            ],
            chart: Bars::new("hours", "Attempts per hour, last 24 hours", bars.collect()),
            changes: vec![Change {
                at: Moment::new("12:10:04", "2026-09-22T12:10:04+02:00"),
                who: "Ola Kranz".into(),
                verb: "paused the webhook".into(),
                what: "Safety desk".into(),
            }],
            empty: None,
        }
    }

    /// A day without.
    pub fn quiet_example() -> Self {
        let mut page = Self::example();
        page.problems.clear();
        page.count.clear();
        page.quiet = "All quiet. The last attempt succeeded at 14:05:11.".into();
        page
    }

    /// The first day.
    pub fn first_example() -> Self {
        use super::shell::Nav;

        let step = |words, done| Step { words, url: "/console/c/12/webhooks/new".into(), done };
        Self {
            shell: Shell::example(Nav::Overview, "Overview"),
            steps: vec![step("Make a webhook", true), step("Link an alert to it", false)],
            problems: Vec::new(),
            count: String::new(),
            quiet: "Nothing was sent yet.".into(),
            figures: Vec::new(),
            changes: Vec::new(),
            ..Self::example()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn every_problem_says_whose_turn_it_is() {
        let html = Html::check(&OverviewPage::example().render().unwrap());
        assert_eq!(html.count("[data-testid=problem]"), 4);
        assert_eq!(html.count("[data-testid=problem] .turn"), 4);
        assert_eq!(html.count("[data-testid=steps]"), 0);
    }

    #[test]
    fn a_quiet_day_says_so() {
        let html = Html::check(&OverviewPage::quiet_example().render().unwrap());
        assert_eq!(html.text("[data-testid=quiet]"), "All quiet. The last attempt succeeded at 14:05:11.");
        let first = Html::check(&OverviewPage::first_example().render().unwrap());
        assert_eq!(first.count("[data-testid=steps] li"), 2);
        assert_eq!(first.count("[data-testid=steps] a"), 1, "what is done leads nowhere");
    }
}
