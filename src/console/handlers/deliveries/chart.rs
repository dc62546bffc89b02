//! How many attempts there were in the time that the list shows, from the hourly sums. Those know webhooks and hours, and
//! nothing else that a list is narrowed by.

use super::query::ListQuery;
use crate::console::extract::CompanyPage;
use crate::console::parts::chart::{BarInput, Bars, Counts};
use crate::domain::access::Scope;
use crate::domain::delivery_filter::Filter;
use crate::domain::stats::Hour;
use crate::domain::time::{HOUR_US, Timestamp};
use crate::store::{Db, StoreError, roll_ups};

/// Bars at most.
const BARS_MAX: i64 = 24;
/// Hours that are read: what is kept of deliveries is rarely asked for further back.
const HOURS_MAX: i64 = 31 * 24;
/// Hours of a bar: the first that makes few enough of them.
const WIDTHS: [i64; 5] = [1, 3, 6, 12, 48];

/// The sums of each hour, oldest first.
pub type Hours = Vec<(i64, Hour)>;

/// Whether the sums can show what `filter` means.
pub fn is_applicable(filter: &Filter) -> bool {
    filter.states.is_empty() && filter.replay.is_none() && !filter.has_more_than_indexes_know()
}

/// The first hour of the list's time and the one after its last: a day when nothing is said.
fn span(filter: &Filter, now: Timestamp) -> (i64, i64) {
    let end = filter.to.map_or(now.hour() + 1, |to| to.plus_micros(-1).hour() + 1).min(now.hour() + 1);
    let begin = filter.from.map_or(end - BARS_MAX, Timestamp::hour);
    (begin.clamp(end - HOURS_MAX, end - 1), end)
}

/// The sums for a filter that they can show.
pub fn read(db: &mut Db<'_>, scope: &Scope, filter: &Filter, now: Timestamp) -> Result<Hours, StoreError> {
    let (begin, end) = span(filter, now);
    roll_ups::by_hour(db, scope, &(begin..end), filter.webhook.map(|id| id.0))
}

/// The bars; each narrows the list to its time.
pub fn bars(page: &CompanyPage, query: &ListQuery, hours: &Hours) -> Bars {
    let (begin, end) = span(&query.filter, page.now());
    let width = WIDTHS.into_iter().find(|width| (end - begin).div_euclid(*width) < BARS_MAX).unwrap_or(48);
    let width = if end - begin == BARS_MAX { 1 } else { width };
    let begin = begin.div_euclid(width) * width;
    let starts: Vec<i64> = (begin..end).step_by(usize::try_from(width).unwrap_or(1)).collect();
    let is_quiet = hours.iter().all(|(_, hour)| hour.successes + hour.failures == 0);
    let bar = |(at, start): (usize, &i64)| {
        let (from, to) =
            (Timestamp::from_micros(start * HOUR_US), Timestamp::from_micros((start + width) * HOUR_US));
        let within = |hour: &&(i64, Hour)| hour.0 >= *start && hour.0 < start + width;
        let sum = hours.iter().filter(within).fold(Hour::default(), |sum, (_, hour)| sum.plus(hour));
        let natural = |number: i64| u64::try_from(number).unwrap_or_default();
        let name = if width == 1 { page.times().clock(from) } else { page.times().short(from) };
        BarInput {
            tick: if at % 6 == 0 { name.clone() } else { String::new() },
            // Relative: so many bars, so many addresses.
            url: query.with(|filter| (filter.from, filter.to) = (Some(from), Some(to))).url_at(""),
            name,
            counts: Counts { delivered: natural(sum.successes), failed: natural(sum.failures) },
        }
    };
    let bars = if is_quiet { Vec::new() } else { starts.iter().enumerate().map(bar).collect() };
    let hours = if width == 1 { "hour".to_owned() } else { format!("{width} hours") };
    Bars::new("volume-bars", format!("Attempts per {hours}; each bar narrows the list to its time"), bars)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::delivery::State;
    use crate::domain::ids::WebhookId;

    #[test]
    fn a_day_when_nothing_is_said_and_never_the_future() {
        let now = Timestamp::from_micros(1_000 * HOUR_US + 5);
        let hour = |hour: i64| Some(Timestamp::from_micros(hour * HOUR_US));
        let of = |from, to| span(&Filter { from, to, ..Filter::default() }, now);
        assert_eq!(of(None, None), (977, 1_001));
        assert_eq!(of(hour(990), hour(995)), (990, 995), "the end is not in it");
        assert_eq!(of(hour(990), hour(2_000)), (990, 1_001));
        assert_eq!(of(hour(0), None), (1_001 - HOURS_MAX, 1_001));
        assert_eq!(of(None, hour(500)), (476, 500));
        assert_eq!(of(hour(1_500), None), (1_000, 1_001));
    }

    #[test]
    fn sums_know_webhooks_and_time_alone() {
        assert!(is_applicable(&Filter { webhook: Some(WebhookId(1)), ..Filter::default() }));
        assert!(!is_applicable(&Filter::default().of_states(&[State::Failed])));
        assert!(!is_applicable(&Filter { attempts_min: Some(2), ..Filter::default() }));
    }
}
