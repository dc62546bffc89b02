//! How much, how well and how fast, from roll-ups alone.

use askama::Template;

use super::parts::chart::{Bars, Px};
use super::parts::facts::Figure;
use super::parts::field::{Choice, FormError};
use super::parts::list::{Chip, Empty, Pager};
use super::shell::Shell;

/// The page.
#[derive(Debug, Template)]
#[template(path = "console/statistics.html")]
pub struct StatisticsPage {
    /// The frame.
    pub shell: Shell,
    /// "Northline Logistics and 3 sub-companies · 15 Sep 14:00 to 22 Sep 15:00".
    pub summary: String,
    /// The windows to choose from.
    pub windows: Vec<Chip>,
    /// What is kept when the form is sent.
    pub kept: Vec<(&'static str, String)>,
    /// From when on, as typed or in force.
    pub from: String,
    /// Until when.
    pub to: String,
    /// What is wrong with either.
    pub errors: Vec<FormError>,
    /// One webhook or all.
    pub webhooks: Vec<Choice>,
    /// Four numbers, with the time before.
    pub figures: Vec<Figure>,
    /// What the table is grouped by.
    pub groups: Vec<Chip>,
    /// The table.
    pub table: Table,
    /// The way to the table's other rows.
    pub pager: Pager,
    /// The same as a file.
    pub csv: String,
    /// Volume over time …
    pub volume: Bars,
    /// … and where the same is a table.
    pub volume_table: String,
    /// By result, attempts needed, time to arrive, slowest and failing webhooks.
    pub details: Vec<Table>,
    /// Weekdays, each with its hours; shown instead of the table when there are any.
    pub heat: Vec<(&'static str, Vec<Heat>)>,
    /// Up to when everything is counted.
    pub note: String,
    /// Shown when nothing happened.
    pub empty: Option<Empty>,
}

/// Numbers by name.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Unique in the page.
    pub id: &'static str,
    /// What it shows.
    pub title: String,
    /// A remark beside the title.
    pub remark: String,
    /// The columns; the first is the name's.
    pub heads: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<Row>,
    /// Said when rows are left out, or when there are none.
    pub foot: String,
}

/// One row.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// What is counted.
    pub name: String,
    /// Its page or its deliveries.
    pub url: Option<String>,
    /// The numbers; each may lead to what is behind it.
    pub cells: Vec<(String, Option<String>)>,
    /// The length of its bar, of 1,000.
    pub bar: Option<Px>,
}

impl Row {
    /// A row without links.
    pub fn new(name: impl Into<String>, cells: Vec<(String, Option<String>)>) -> Self {
        Self { name: name.into(), cells, ..Self::default() }
    }

    /// With a link at its name.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// With a bar for `part` of `whole`.
    #[must_use]
    pub fn bar(mut self, part: i64, whole: i64) -> Self {
        self.bar = Some(Px(if whole > 0 { part as f64 / whole as f64 * 1_000.0 } else { 0.0 }));
        self
    }
}

/// One hour of a weekday.
#[derive(Debug, Clone)]
pub struct Heat {
    /// The number; empty for none.
    pub count: String,
    /// 0 to 4.
    pub level: i64,
    /// The deliveries behind it.
    pub url: Option<String>,
}

#[cfg(any(test, debug_assertions))]
impl StatisticsPage {
    /// A week of three webhooks.
    pub fn example() -> Self {
        use crate::console::parts::chart::{BarInput, Counts};
        use crate::console::shell::Nav;

        let chip = |word: &str, current| Chip {
            word: word.into(),
            count: String::new(),
            icon: None,
            url: "?window=x".into(),
            current,
        };
        let cell = |text: &str| (text.to_owned(), Some("/console/c/12/deliveries?webhook=41".to_owned()));
        let plain = |text: &str| (text.to_owned(), None);
        let row = |name: &str, attempts: &str| {
            Row::new(
                name,
                vec![
                    cell(attempts),
                    plain("99.6\u{a0}%"),
                    cell("12"),
                    plain("0"),
                    plain("≤\u{a0}100\u{a0}ms"),
                    plain("≤\u{a0}250\u{a0}ms"),
                    plain("≤\u{a0}1\u{a0}s"),
                ],
            )
            .url("/console/c/12/webhooks/41")
        };
        let bars = (0..7u64).map(|at| {
            let counts = Counts { delivered: 400 + at * 37 % 340, failed: at % 3 };
            let name = format!("{} Sep", at + 15);
            (BarInput { tick: name.clone(), name, url: "?from=x".into(), counts }, at % 2)
        });
        let shares = |id, title: &str, head| Table {
            id,
            title: title.into(),
            remark: "attempts".into(),
            heads: vec![head, "Attempts", "Share", ""],
            rows: vec![
                Row::new("2xx", vec![cell("13,604"), plain("99.0\u{a0}%")]).bar(990, 1_000),
                Row::new("5xx", vec![cell("139"), plain("1.0\u{a0}%")]).bar(10, 1_000),
            ],
            foot: String::new(),
        };
        Self {
            shell: Shell::example(Nav::Statistics, "Statistics"),
            summary: "Northline Logistics and 3 sub-companies · 15 Sep 15:00 to 22 Sep 15:00".into(),
            windows: vec![chip("24 hours", false), chip("7 days", true), chip("30 days", false)],
            kept: Vec::new(),
            from: String::new(),
            to: String::new(),
            errors: Vec::new(),
            webhooks: Choice::list([("", "All webhooks"), ("41", "Dispatch hub")], ""),
            figures: vec![
                Figure::new("Attempts delivered", "99.0\u{a0}%", "13,604 of 13,743 · before: 99.6\u{a0}%"),
                Figure::new("Attempts failed", "139", "+12\u{a0}% against the 7 days before"),
                Figure::new("Time to deliver", "≤\u{a0}250\u{a0}ms", "median; p95 ≤\u{a0}1\u{a0}s"),
                Figure::new("Events", "9,204", "as before"),
            ],
            groups: vec![chip("Webhook", true), chip("Result", false)],
            table: Table {
                id: "groups",
                title: "By webhook".into(),
                remark: String::new(),
                heads: vec!["Webhook", "Attempts", "Delivered", "Failed", "Not sent", "p50", "p95", "p99"],
                rows: vec![row("Dispatch hub", "9,204"), row("Audit sink", "4,539")],
                foot: String::new(),
            },
            pager: Pager::default(),
            csv: "/console/c/12/statistics.csv".into(),
            volume: Bars::stacked("volume", "Attempts per day", bars.collect()),
            volume_table: "?by=time".into(),
            details: vec![
                shares("results", "Results", "Result"),
                shares("needed", "Attempts needed", "Attempt"),
            ],
            heat: Vec::new(),
            note: "Events and results are counted up to 14:12:36; attempts and durations are live.".into(),
            empty: None,
        }
    }

    /// Weekdays and hours.
    pub fn weekday_example() -> Self {
        let day = |(day, level)| {
            let cell = |hour: i64| Heat {
                count: "12".into(),
                level: (level + hour) % 5,
                url: (hour > 0).then(|| "deliveries?from=x".into()),
            };
            (day, (0..24).map(cell).collect())
        };
        Self { heat: [("Mon", 3), ("Tue", 0)].map(day).into(), ..Self::example() }
    }

    /// Nothing happened, and the end lies before the beginning.
    pub fn error_example() -> Self {
        let mut page = Self::example();
        page.from = "2026-09-22 14:00".into();
        page.to = "noon".into();
        page.errors = vec![FormError::new("to", "To: type a day and a time, such as 2026-09-21 14:00.")];
        page.empty = Some(Self::nothing());
        page
    }

    /// Nothing happened.
    fn nothing() -> Empty {
        Empty { title: "Nothing happened in this time".into(), paragraphs: Vec::new(), actions: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn every_number_has_its_name_and_most_lead_somewhere() {
        let html = Html::check(&StatisticsPage::example().render().unwrap());
        assert_eq!(html.count("#groups-table tbody tr"), 2);
        assert_eq!(html.count("#groups-table tbody td a"), 6);
        assert_eq!(html.attribute("[data-testid=volume-table]", "href"), "?by=time");
        assert_eq!(html.count("[data-testid=details] svg.meter"), 4);
    }

    #[test]
    fn weekdays_and_hours_stand_instead_of_the_table() {
        let html = Html::check(&StatisticsPage::weekday_example().render().unwrap());
        assert_eq!((html.count("#heat tbody td"), html.count("#heat tbody td a")), (48, 46));
        assert_eq!(html.count(".heat .heat-4"), 9);
        assert_eq!(html.count("#groups-table"), 0);
    }

    #[test]
    fn what_cannot_be_read_comes_back_as_typed() {
        let html = Html::check(&StatisticsPage::error_example().render().unwrap());
        assert_eq!(html.attribute("#to", "value"), "noon");
        assert_eq!(html.count("[data-testid=errors] li"), 1);
        assert_eq!(html.count("#groups"), 0);
    }

    #[test]
    fn bars_are_as_long_as_their_share() {
        let bar = |part, whole| Row::default().bar(part, whole).bar.unwrap().to_string();
        assert_eq!((bar(1, 4), bar(0, 0), bar(4, 4)), ("250".into(), "0".into(), "1000".into()));
    }
}
