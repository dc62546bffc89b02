//! The day in numbers, beside the week before it.

use std::collections::BTreeMap;

use crate::console::extract::CompanyPage;
use crate::console::handlers::webhooks::pulse::{HOURS, natural};
use crate::console::parts::chart::{BarInput, Bars, Counts};
use crate::console::parts::facts::Figure;
use crate::domain::delivery::State;
use crate::domain::history::Delivery;
use crate::domain::ids::WebhookId;
use crate::domain::page::KeysetPage;
use crate::domain::stats::Hour;
use crate::domain::time::{HOUR_US, Timestamp};
use crate::web::text;

/// States of what still waits.
pub const WAITING: [State; 2] = [State::Queued, State::Retrying];
/// What waits is counted up to here.
pub const COUNT_MAX: i64 = 1_000;
/// Hours that are read: the day and the seven before it.
pub const WEEK_HOURS: i64 = 8 * 24 - 1;

/// What waits to be sent.
pub struct Waiting {
    /// One entry each: its webhook, and when it is its turn.
    all: Vec<(WebhookId, Option<Timestamp>)>,
    /// Whether there is more than was counted.
    or_more: bool,
}

impl Waiting {
    /// From the newest that wait.
    pub fn of(found: &KeysetPage<Delivery>) -> Self {
        let all = found.items.iter().map(|delivery| (delivery.webhook_id, delivery.next_at)).collect();
        Self { all, or_more: found.has_older }
    }

    /// How many wait for one webhook, in words, and when the next is its turn.
    pub fn of_webhook(&self, id: WebhookId) -> (usize, Option<Timestamp>) {
        let own = || self.all.iter().filter(|(webhook, _)| *webhook == id);
        (own().count(), own().filter_map(|(_, at)| *at).min())
    }

    /// Whether the counts are lower bounds.
    pub const fn or_more(&self) -> bool {
        self.or_more
    }

    fn figure(&self, page: &CompanyPage) -> Figure {
        let count = text::count(u64::try_from(self.all.len()).unwrap_or(u64::MAX));
        let value = if self.or_more { format!("{count}+") } else { count };
        let next = self.all.iter().filter_map(|(_, at)| *at).min().filter(|_| !self.or_more);
        let note = match next {
            Some(at) if at > page.now() => format!("next at {}", page.times().sentence(at)),
            Some(_) => "next one now".to_owned(),
            None => String::new(),
        };
        let list = format!("{}?status=queued,retrying", page.urls().deliveries());
        let figure = Figure::new("Waiting", value, note);
        if self.all.is_empty() { figure } else { figure.url(list) }
    }
}

/// Four numbers.
pub fn figures(page: &CompanyPage, hours: &BTreeMap<i64, Hour>, waiting: &Waiting) -> Vec<Figure> {
    let first = page.now().hour() - HOURS + 1;
    let sum = |range: &mut dyn Iterator<Item = (&i64, &Hour)>| {
        range.fold(Hour::default(), |sum, (_, hour)| sum.plus(hour))
    };
    let day = sum(&mut hours.range(first..));
    let week = sum(&mut hours.range(..first));
    let share = |hour: &Hour| text::percent(natural(hour.successes), natural(hour.successes + hour.failures));
    let dash = || "–".to_owned();
    let percentile = |hour: &Hour, percent| match hour.percentile_ms(percent) {
        Some(ms) => format!("≤ {}", text::duration(natural(ms))),
        None if hour.successes + hour.failures > 0 => "> 5\u{a0}s".to_owned(),
        None => dash(),
    };
    let before =
        |words: Option<String>| words.map(|words| format!(" · week before: {words}")).unwrap_or_default();
    vec![
        Figure::new(
            "Attempts delivered",
            share(&day).unwrap_or_else(dash),
            format!(
                "{} of {}{}",
                text::count(natural(day.successes)),
                text::count(natural(day.successes + day.failures)),
                before(share(&week))
            ),
        ),
        Figure::new(
            "Attempts failed",
            text::count(natural(day.failures)),
            format!("week before: {} a day", text::count(natural(week.failures / 7))),
        ),
        waiting.figure(page),
        Figure::new(
            "Median duration",
            percentile(&day, 50),
            format!("p95 {} · week before: {}", percentile(&day, 95), percentile(&week, 50)),
        ),
    ]
}

/// The day in hours; each leads to its deliveries.
pub fn chart(page: &CompanyPage, hours: &BTreeMap<i64, Hour>) -> Bars {
    let now = page.now().hour();
    let day = (now - HOURS + 1)..=now;
    let is_quiet = hours.range(day.clone()).all(|(_, hour)| hour.successes + hour.failures == 0);
    let list = page.urls().deliveries();
    let bars = day.enumerate().filter(|_| !is_quiet).map(|(at, hour)| {
        let begin = Timestamp::from_micros(hour * HOUR_US);
        let end = begin.plus_micros(HOUR_US);
        let counted = hours.get(&hour).copied().unwrap_or_default();
        let name = page.times().clock(begin);
        BarInput {
            tick: if at % 3 == 0 { name.clone() } else { String::new() },
            url: format!("{list}?from={}&to={}", begin.rfc3339(), end.rfc3339()),
            name,
            counts: Counts { delivered: natural(counted.successes), failed: natural(counted.failures) },
        }
    });
    Bars::new("hours", "Attempts per hour, last 24 hours; each bar leads to that hour", bars.collect())
}
