//! What the address of the page says: `?by=result&from=…&to=…&webhook=41&window=30d`. Keys are sorted, defaults left out,
//! unknown ones ignored; what cannot be read is a problem beside its field.

use url::form_urlencoded;

use crate::console::extract::company::number;
use crate::console::handlers::numbered;
use crate::domain::ids::WebhookId;
use crate::domain::problem::{Problems, Rule};
use crate::domain::time::{DAY_US, HOUR_US, Timestamp};
use crate::store::roll_ups::Hours;
use crate::web::time_text::Times;

/// The windows: word in the address, on the page, days.
pub const WINDOWS: [(&str, &str, i64); 4] =
    [("24h", "24 hours", 1), ("7d", "7 days", 7), ("30d", "30 days", 30), ("90d", "90 days", 90)];
/// Days that can be asked for at most.
const DAYS_MAX: i64 = 92;

/// What the table is grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub enum By {
    #[default]
    Webhook,
    AlertType,
    Result,
    Company,
    Time,
    HourOfDay,
    Weekday,
}

impl By {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 7] = [
        Self::Webhook,
        Self::AlertType,
        Self::Result,
        Self::Company,
        Self::Time,
        Self::HourOfDay,
        Self::Weekday,
    ];

    /// The word in the address.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::AlertType => "type",
            Self::Result => "result",
            Self::Company => "company",
            Self::Time => "time",
            Self::HourOfDay => "hour",
            Self::Weekday => "weekday",
        }
    }

    /// The word on the page.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Webhook => "Webhook",
            Self::AlertType => "Alert type",
            Self::Result => "Result",
            Self::Company => "Company",
            Self::Time => "Time",
            Self::HourOfDay => "Hour of day",
            Self::Weekday => "Weekday and hour",
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatisticsQuery {
    /// The grouping.
    pub by: By,
    /// Which of [`WINDOWS`]; ignored when there is a beginning or an end.
    pub window: usize,
    /// From when on.
    pub from: Option<Timestamp>,
    /// Until when.
    pub to: Option<Timestamp>,
    /// As typed, for the form.
    pub typed: (String, String),
    /// Pages of the table before this one.
    pub pages_before: usize,
    /// One webhook.
    pub webhook: Option<WebhookId>,
    /// What cannot be read.
    pub problems: Problems,
}

impl StatisticsQuery {
    /// Reads an address's query.
    pub fn parse(query: &str, times: &Times) -> Self {
        let mut parsed = Self {
            by: By::default(),
            window: 1,
            from: None,
            to: None,
            typed: Default::default(),
            pages_before: numbered::asked(query),
            webhook: None,
            problems: Problems::default(),
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "by" => parsed.by = By::ALL.into_iter().find(|by| by.slug() == value).unwrap_or_default(),
                "window" => {
                    parsed.window = WINDOWS.iter().position(|window| window.0 == value).unwrap_or(1);
                }
                "webhook" => parsed.webhook = number(&value).map(WebhookId),
                "from" => value.trim().clone_into(&mut parsed.typed.0),
                "to" => value.trim().clone_into(&mut parsed.typed.1),
                _ => {}
            }
        }
        parsed.from = parsed.time("from", &parsed.typed.0.clone(), times);
        parsed.to = parsed.time("to", &parsed.typed.1.clone(), times);
        if parsed.problems.is_empty() && parsed.hours(times.now()).is_empty() {
            parsed.problems.add("to", Rule::Invalid, "The end is not after the beginning.");
        }
        parsed
    }

    fn time(&mut self, field: &'static str, text: &str, times: &Times) -> Option<Timestamp> {
        if text.is_empty() {
            return None;
        }
        let time = times.typed(text).map(|time| time.first);
        if time.is_none() {
            let rule = "Type a day and a time, such as 2026-09-21 14:00, or a time of today.";
            self.problems.add(field, Rule::Invalid, rule);
        }
        time
    }

    /// Whether the time was typed, rather than chosen.
    pub const fn is_typed(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    /// The hours that are meant, the running one included; never more than 92 days.
    pub fn hours(&self, now: Timestamp) -> Hours {
        let end = match self.to {
            // The last hour counts as a whole when a part of it is meant.
            Some(to) => to.plus_micros(HOUR_US - 1).hour().min(now.hour() + 1),
            None => now.hour() + 1,
        };
        let days = WINDOWS.get(self.window).map_or(7, |window| window.2);
        let begin = self.from.map_or(end - days * DAY_US / HOUR_US, Timestamp::hour);
        begin.max(end - DAYS_MAX * DAY_US / HOUR_US)..end
    }

    /// The same below `base`.
    pub fn url(&self, base: &str) -> String {
        let by = if self.by == By::default() { "" } else { self.by.slug() };
        let window = match WINDOWS.get(self.window) {
            Some((slug, ..)) if self.window != 1 && !self.is_typed() => slug,
            _ => "",
        };
        let page = if self.pages_before == 0 { String::new() } else { (self.pages_before + 1).to_string() };
        let pairs = [
            ("by", by.to_owned()),
            ("from", self.from.map(Timestamp::rfc3339).unwrap_or_default()),
            ("page", page),
            ("to", self.to.map(Timestamp::rfc3339).unwrap_or_default()),
            ("webhook", self.webhook.map(|id| id.to_string()).unwrap_or_default()),
            ("window", window.to_owned()),
        ];
        let query: Vec<String> = pairs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if query.is_empty() { base.to_owned() } else { format!("{base}?{}", query.join("&")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> StatisticsQuery {
        StatisticsQuery::parse(
            query,
            &Times::new("Europe/Berlin", Timestamp::parse("2026-09-22T12:12:36Z").unwrap()),
        )
    }

    #[test]
    fn an_address_says_the_same_when_it_is_written_again() {
        for (query, again) in [
            ("", ""),
            ("window=30d&by=result&webhook=41", "?by=result&webhook=41&window=30d"),
            ("window=7d&by=webhook&color=red&webhook=x&page=0", ""),
            ("webhook=41&page=3&by=weekday", "?by=weekday&page=3&webhook=41"),
            ("from=2026-09-21+14:00&window=30d", "?from=2026-09-21T12:00:00Z"),
        ] {
            let url = read(query).url("/s");
            assert_eq!(url, format!("/s{again}"));
            assert_eq!(read(url.split_once('?').map_or("", |(_, query)| query)).url("/s"), url);
        }
    }

    #[test]
    fn hours_are_whole_and_bounded() {
        let now = Timestamp::parse("2026-09-22T12:12:36Z").unwrap();
        let length = |query: &str| {
            let hours = read(query).hours(now);
            hours.end - hours.start
        };
        assert_eq!((length(""), length("window=24h"), length("window=90d")), (168, 24, 2_160));
        assert_eq!(read("").hours(now).end, now.hour() + 1, "with the running hour");
        assert_eq!(length("from=2026-09-22+10:10&to=2026-09-22+11:10"), 2, "both hours that are touched");
        assert_eq!(length("from=2020-01-01+00:00"), 92 * 24);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let problems = |query: &str| -> Vec<String> {
            read(query).problems.0.into_iter().map(|problem| problem.field.into_owned()).collect()
        };
        assert_eq!(problems("from=noon&to=x"), ["from", "to"]);
        assert_eq!(problems("from=2026-09-22+11:00&to=2026-09-21+11:00"), ["to"]);
        assert!(problems("from=&to=&webhook=").is_empty());
    }
}
