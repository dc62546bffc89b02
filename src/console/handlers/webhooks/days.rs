//! The last two weeks of one webhook: a bar for each day of the reader's, and how fast the receiver answered.

use super::super::deliveries::rows::duration;
use super::pulse::natural;
use crate::console::extract::CompanyPage;
use crate::console::parts::chart::{BarInput, Bars, Counts};
use crate::console::parts::facts::Fact;
use crate::domain::ids::WebhookId;
use crate::domain::stats::{BUCKETS_MS, Hour};
use crate::domain::time::{HOUR_US, Timestamp};

/// Days that are shown.
pub const DAYS: i32 = 14;

/// What happened on each day, oldest first: when it began, and all its hours together. An hour belongs to the day in
/// which it begins.
pub fn by_day(begins: &[Timestamp], recorded: &[(i64, Hour)]) -> Vec<(Timestamp, Hour)> {
    let mut days: Vec<(Timestamp, Hour)> = begins.iter().map(|begin| (*begin, Hour::default())).collect();
    for (hour, happened) in recorded {
        let at = Timestamp::from_micros(hour * HOUR_US);
        if let Some((_, day)) = days.iter_mut().rev().find(|(begin, _)| *begin <= at) {
            *day = day.plus(happened);
        }
    }
    days
}

/// The bars; each leads to the deliveries of its day.
pub fn chart(page: &CompanyPage, webhook: WebhookId, days: &[(Timestamp, Hour)]) -> Bars {
    let is_quiet = days.iter().all(|(_, day)| day.successes + day.failures == 0);
    let list = page.urls().deliveries();
    let bars = days.iter().enumerate().filter(|_| !is_quiet).map(|(at, (begin, day))| {
        let name = page.times().weekday(*begin);
        let end = days.get(at + 1).map_or_else(|| page.now(), |(next, _)| *next);
        BarInput {
            // Every other day has room, today among them.
            tick: if at % 2 == 1 { name.clone() } else { String::new() },
            url: format!("{list}?from={}&to={}&webhook={webhook}", begin.rfc3339(), end.rfc3339()),
            name,
            counts: Counts { delivered: natural(day.successes), failed: natural(day.failures) },
        }
    });
    Bars::new("days", "Attempts per day, last 14 days", bars.collect())
}

/// Median and 95th percentile of all attempts of these days, against the deadline in microseconds.
pub fn speed(days: &[(Timestamp, Hour)], timeout_us: i64) -> Vec<Fact> {
    let all = days.iter().fold(Hour::default(), |sum, (_, day)| sum.plus(day));
    vec![
        Fact::new("Median", percentile(&all, 50)),
        Fact::new("p95", format!("{} · timeout {}", percentile(&all, 95), duration(timeout_us))),
    ]
}

/// Attempts are counted in steps, so it is the step's upper end that is known.
fn percentile(all: &Hour, percent: i64) -> String {
    let step = |ms: i64| duration(ms * 1_000);
    match all.percentile_ms(percent) {
        Some(ms) => format!("up to {}", step(ms)),
        None if all.buckets.iter().any(|count| *count > 0) => {
            format!("over {}", step(BUCKETS_MS.iter().copied().max().unwrap_or_default()))
        }
        None => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_belongs_to_the_day_in_which_it_begins() {
        let day = |hour: i64| Timestamp::from_micros(hour * HOUR_US);
        let one = Hour::of_attempt(true, 40_000);
        let recorded = [(21, one), (22, one), (45, one), (46, one), (47, one)];
        let days = by_day(&[day(22), day(46)], &recorded);
        assert_eq!(days.iter().map(|(_, day)| day.successes).collect::<Vec<_>>(), [2, 2]);
        assert!(by_day(&[], &recorded).is_empty());
    }

    #[test]
    fn speed_is_known_to_a_step() {
        let day = |hour: Hour| [(Timestamp::from_micros(0), hour)];
        let words = |days: &[(Timestamp, Hour)]| {
            speed(days, 10_000_000).into_iter().map(|fact| fact.text).collect::<Vec<_>>()
        };
        let fast = (0..19)
            .fold(Hour::of_attempt(false, 9_000_000), |sum, _| sum.plus(&Hour::of_attempt(true, 180_000)));
        let plain = |words: Vec<String>| {
            words.into_iter().map(|text| text.replace('\u{a0}', " ")).collect::<Vec<_>>()
        };
        assert_eq!(plain(words(&day(fast))), ["up to 250 ms", "up to 250 ms · timeout 10 s"]);
        assert_eq!(plain(words(&day(Hour::of_attempt(true, 9_000_000))))[0], "over 5 s");
        assert_eq!(words(&day(Hour::default()))[0], "–");
    }
}
