//! One redelivery of many: how far it has come, and what became of it.

use askama::Template;

use crate::console::parts::Link;
use crate::console::parts::badge::Badge;
use crate::console::parts::facts::Fact;
use crate::console::shell::Shell;
use crate::web::urls;

/// The page. Without JavaScript it loads itself again while it runs.
#[derive(Debug, Template)]
#[template(path = "console/replays/show.html")]
pub struct ShowPage {
    /// The frame.
    pub shell: Shell,
    /// "Redelivery 7".
    pub heading: String,
    /// What moves.
    pub progress: Progress,
    /// Which deliveries, how fast, by whom.
    pub facts: Vec<Fact>,
}

/// What htmx asks for again while it runs.
#[derive(Debug, Template)]
#[template(path = "console/replays/progress.html")]
pub struct ProgressPart {
    /// What moves.
    pub progress: Progress,
    /// Goes into its forms.
    pub csrf: String,
}

/// How far it has come.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Its addresses.
    pub urls: urls::Replay,
    /// Where it stands.
    pub badge: Badge,
    /// Whether it moves by itself.
    pub is_running: bool,
    /// How far, 0 to 1,000.
    pub per_mille: i64,
    /// The same in words: "120 of 300 made".
    pub words: String,
    /// What else there is to say: "About 4 min to go.".
    pub rest: String,
    /// What was left out, and why, one line each.
    pub skipped: Vec<String>,
    /// To what was made.
    pub links: Vec<Link>,
    /// What the person may do.
    pub may_pause: bool,
    /// Go on with a paused one.
    pub may_resume: bool,
    /// End it.
    pub may_cancel: bool,
}

#[cfg(any(test, debug_assertions))]
impl ShowPage {
    /// A third is done.
    pub fn example() -> Self {
        use crate::console::parts::{Moment, Tone};
        use crate::console::shell::Nav;
        use crate::web::icon::Icon;

        let urls = urls::Company::new(12);
        let moment = Moment::new("Tue 22 Sep 2026, 14:02:10", "2026-09-22T14:02:10+02:00");
        Self {
            shell: Shell::example(Nav::Deliveries, "Redelivery 7: Running"),
            heading: "Redelivery 7".into(),
            progress: Progress {
                urls: urls.replay(7),
                badge: Badge::new(Tone::Info, Icon::Retry, "Running"),
                is_running: true,
                per_mille: 340,
                words: "95 of 300 made, 7 left out".into(),
                rest: "About 4\u{a0}s to go.".into(),
                skipped: vec!["7: the webhook is switched off".into()],
                links: vec![
                    Link::new("Deliveries made", urls.deliveries_of_replay(7)),
                    Link::new("Failed again", format!("{}&status=failed", urls.deliveries_of_replay(7))),
                ],
                may_pause: true,
                may_resume: false,
                may_cancel: true,
            },
            facts: vec![
                Fact::new("Deliveries", "Failed · Dispatch hub"),
                Fact::new("Rate", "50 per second"),
                Fact::new("Begun", "by Maya Reuter").moment(moment),
            ],
        }
    }

    /// All of it is done.
    pub fn finished_example() -> Self {
        use crate::console::parts::Tone;
        use crate::web::icon::Icon;

        let mut page = Self::example();
        page.shell.title = "Redelivery 7: Finished".into();
        page.progress.badge = Badge::new(Tone::Ok, Icon::Check, "Finished");
        page.progress.is_running = false;
        page.progress.per_mille = 1_000;
        page.progress.words = "293 of 300 made, 7 left out".into();
        page.progress.rest = "It took 6\u{a0}s.".into();
        (page.progress.may_pause, page.progress.may_cancel) = (false, false);
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn while_it_runs_it_is_asked_again_with_and_without_javascript() {
        let html = Html::check(&ShowPage::example().render().unwrap());
        assert_eq!(html.attribute("#progress", "hx-get"), "/console/c/12/replays/7");
        assert_eq!(html.attribute("#progress", "hx-trigger"), "every 2s");
        assert_eq!(html.count("head noscript"), 1);
        assert_eq!(html.text("[data-testid=made]"), "95 of 300 made, 7 left out");
        assert_eq!(html.count("#progress form"), 2);
        assert_eq!(html.attribute("#progress .meter .fill-main", "width"), "340");
    }

    #[test]
    fn what_has_ended_is_not_asked_again() {
        let html = Html::check(&ShowPage::finished_example().render().unwrap());
        assert_eq!(html.count("#progress[hx-get], head noscript, #progress form"), 0);
        assert_eq!(html.count("#progress .links a"), 2);
    }
}
