//! The day in numbers, beside the week before it.

use std::collections::{BTreeMap, HashMap};

use crate::console::extract::CompanyPage;
use crate::console::handlers::deliveries::narrow::counted;
use crate::console::handlers::webhooks::pulse::{HOURS, natural};
use crate::console::parts::chart::{BarInput, Bars, Counts};
use crate::console::parts::facts::Figure;
use crate::domain::access::Scope;
use crate::domain::delivery::State;
use crate::domain::delivery_filter::Filter;
use crate::domain::ids::WebhookId;
use crate::domain::stats::Hour;
use crate::domain::time::{HOUR_US, Timestamp};
use crate::store::deliveries::count::{Counted, count};
use crate::store::{Db, StoreError, deliveries, roll_ups};
use crate::web::text;

/// States of what still waits.
const WAITING: [State; 2] = [State::Queued, State::Retrying];
/// Days that the last one is compared with.
const DAYS_BEFORE: i64 = 7;

/// What waits to be sent.
#[derive(Debug, Default)]
pub struct Waiting {
    /// How many deliveries, up to a limit.
    count: Counted,
    /// When each webhook has its next turn.
    next: HashMap<WebhookId, Timestamp>,
    /// How many there are for the webhooks that were asked for.
    of: HashMap<WebhookId, Counted>,
}

impl Waiting {
    /// What waits in the scope, and for each of `webhooks`.
    pub fn read(db: &mut Db<'_>, scope: &Scope, webhooks: &[WebhookId]) -> Result<Self, StoreError> {
        let filter = |webhook| Filter { states: WAITING.to_vec(), webhook, ..Filter::default() };
        let mut of = HashMap::new();
        for id in webhooks {
            of.insert(*id, count(db, scope, &filter(Some(*id)))?);
        }
        Ok(Self { count: count(db, scope, &filter(None))?, next: deliveries::next_due(db, scope)?, of })
    }

    /// How many wait for one webhook, and when the next is its turn.
    pub fn of_webhook(&self, id: WebhookId) -> (Counted, Option<Timestamp>) {
        (self.of.get(&id).copied().unwrap_or_default(), self.next.get(&id).copied())
    }

    fn figure(&self, page: &CompanyPage) -> Figure {
        let next = self.next.values().min().filter(|_| self.count.count > 0);
        let note = match next {
            Some(at) if *at > page.now() => format!("next at {}", page.times().sentence(*at)),
            Some(_) => "next one now".to_owned(),
            None => String::new(),
        };
        let list = format!("{}?status=queued,retrying", page.urls().deliveries());
        let waits =
            Some(counted(self.count)).filter(|words| !words.is_empty()).unwrap_or_else(|| "–".to_owned());
        let figure = Figure::new("Waiting", waits, note);
        if self.count.count == 0 { figure } else { figure.url(list) }
    }
}

/// The attempts of the last day, hour by hour, and those of the week before it together.
#[derive(Debug, Default)]
pub struct Attempts {
    day: BTreeMap<i64, Hour>,
    before: Hour,
}

impl Attempts {
    /// Of all webhooks of the scope, `now` being in the last hour of the day.
    pub fn read(db: &mut Db<'_>, scope: &Scope, now: Timestamp) -> Result<Self, StoreError> {
        let begin = now.hour() - HOURS + 1;
        let before = roll_ups::by_hour(db, scope, &(begin - DAYS_BEFORE * HOURS..begin), None)?;
        Ok(Self {
            day: roll_ups::by_hour(db, scope, &(begin..begin + HOURS), None)?.into_iter().collect(),
            before: before.iter().fold(Hour::default(), |sum, (_, hour)| sum.plus(hour)),
        })
    }
}

/// Four numbers.
pub fn figures(page: &CompanyPage, attempts: &Attempts, waiting: &Waiting) -> Vec<Figure> {
    let day = attempts.day.values().fold(Hour::default(), Hour::plus);
    let week = attempts.before;
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
            format!("week before: {} a day", text::count(natural(week.failures / DAYS_BEFORE))),
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
pub fn chart(page: &CompanyPage, attempts: &Attempts) -> Bars {
    let hours = &attempts.day;
    let now = page.now().hour();
    let day = (now - HOURS + 1)..=now;
    let is_quiet = hours.range(day.clone()).all(|(_, hour)| hour.successes + hour.failures == 0);
    let list = page.urls().deliveries();
    let bars = day.enumerate().filter(|_| !is_quiet).map(|(at, hour)| {
        let begin = Timestamp::from_micros(hour * HOUR_US);
        let end = begin.plus_micros(HOUR_US);
        let hour = hours.get(&hour).copied().unwrap_or_default();
        let name = page.times().clock(begin);
        BarInput {
            tick: if at % 3 == 0 { name.clone() } else { String::new() },
            url: format!("{list}?from={}&to={}", begin.rfc3339(), end.rfc3339()),
            name,
            counts: Counts { delivered: natural(hour.successes), failed: natural(hour.failures) },
        }
    });
    Bars::new("hours", "Attempts per hour, last 24 hours; each bar leads to that hour", bars.collect())
}
