//! Figures, bars and the smaller tables.

use std::collections::HashMap;

use super::groups::{Links, linked, percentile, share};
use super::query::By;
use super::read::{NEEDED, Numbers};
use crate::console::handlers::webhooks::pulse::natural;
use crate::console::parts::chart::{BarInput, Bars, Counts};
use crate::console::parts::facts::Figure;
use crate::console::statistics::{Heat, Row, Table};
use crate::domain::delivery::State;
use crate::domain::ids::WebhookId;
use crate::domain::statistics::{self, Stretch, change, heat_level, stretches};
use crate::domain::stats::Hour;
use crate::domain::tally::ARRIVAL_MS;
use crate::domain::time::{HOUR_US, Timestamp};
use crate::web::text;

/// Rows of the lists of webhooks.
const TOP: usize = 4;
/// A webhook with fewer attempts says nothing of shares and percentiles.
const ATTEMPTS_MIN: i64 = 5;
/// Hours up to which each has its bar, and up to which each day has one; beyond, each week.
const HOURS_AS_HOURS: i64 = 25;
const HOURS_AS_DAYS: i64 = 31 * 24 + 1;

/// Four numbers, beside as long a time before.
pub fn figures(numbers: &Numbers) -> Vec<Figure> {
    let (all, before) = (numbers.all(), &numbers.before);
    let attempts = all.successes + all.failures;
    let attempts_before = before.all.successes + before.all.failures;
    let against = |now: i64, then: i64| match change(now, then) {
        Some(words) => format!("{words} against the time before"),
        None => "none in the time before".to_owned(),
    };
    let earlier = match attempts_before {
        0 => String::new(),
        _ => format!(" · before: {}", share(before.all.successes, attempts_before)),
    };
    let of =
        format!("{} of {}{earlier}", text::count(natural(all.successes)), text::count(natural(attempts)));
    let arrived = |counts: &[i64], percent| arrived(counts, percent);
    let note =
        format!("median · p95 {} · before: {}", arrived(&numbers.arrival, 95), arrived(&before.arrival, 50));
    vec![
        Figure::new("Attempts delivered", share(all.successes, attempts), of),
        Figure::new(
            "Attempts failed",
            text::count(natural(all.failures)),
            against(all.failures, before.all.failures),
        ),
        Figure::new("Time to deliver", arrived(&numbers.arrival, 50), note),
        Figure::new(
            "Events",
            text::count(natural(numbers.events())),
            against(numbers.events(), before.events),
        ),
    ]
}

/// A percentile of the time to deliver, in words.
fn arrived(counts: &[i64], percent: i64) -> String {
    match statistics::percentile(counts, &ARRIVAL_MS, percent) {
        Some(ms) => format!("≤\u{a0}{}", text::duration(natural(ms))),
        None if counts.iter().any(|count| *count > 0) => ">\u{a0}8\u{a0}h".to_owned(),
        None => "–".to_owned(),
    }
}

/// The window as hours, days or weeks of the reader's zone; and what one of them is called.
pub fn parts(numbers: &Numbers, links: &Links<'_>) -> (Vec<Stretch>, &'static str) {
    let (times, hours) = (links.page.times(), &links.hours);
    let day = |hour: i64| times.day_number(Timestamp::from_micros(hour * HOUR_US));
    let cut = |key: &dyn Fn(i64) -> i64| stretches(hours.start, hours.end, &numbers.hours, key);
    let length = hours.end - hours.start;
    if length <= HOURS_AS_HOURS {
        (cut(&|hour| hour), "hour")
    } else if length <= HOURS_AS_DAYS {
        (cut(&day), "day")
    } else {
        // The first day of 1970 was a Thursday; weeks begin on Mondays.
        (cut(&|hour| (day(hour) + 3).div_euclid(7)), "week")
    }
}

fn name(links: &Links<'_>, unit: &str, stretch: &Stretch) -> String {
    let (times, at) = (links.page.times(), Timestamp::from_micros(stretch.from * HOUR_US));
    if unit == "hour" {
        return times.clock(at);
    }
    // 92 days need no year.
    let day = times.day(at);
    day.rsplit_once(' ').map_or(day.clone(), |(day, _)| day.to_owned())
}

fn within(links: &Links<'_>, stretch: &Stretch) -> String {
    let at = |hour: i64| Some(Timestamp::from_micros(hour * HOUR_US));
    let url = links.deliveries(|filter| {
        filter.from = at(stretch.from);
        filter.to = at(stretch.to);
    });
    // Relative: so many bars, so many addresses.
    url.rsplit_once('/').map_or(url.as_str(), |(_, last)| last).to_owned()
}

/// Volume over time; bars lead to deliveries.
pub fn volume(links: &Links<'_>, parts: &[Stretch], unit: &str) -> Bars {
    let every = parts.len().div_ceil(8).max(1);
    let bar = |(at, stretch): (usize, &Stretch)| {
        let (sum, name) = (&stretch.sum, name(links, unit, stretch));
        let counts = Counts { delivered: natural(sum.successes), failed: natural(sum.failures) };
        let tick = if at % every == 0 { name.clone() } else { String::new() };
        let input = BarInput { name, url: within(links, stretch), tick, counts };
        (input, natural(sum.not_sent))
    };
    let label = format!("Attempts per {unit}; bars lead to deliveries");
    Bars::stacked("volume", label, parts.iter().enumerate().map(bar).collect())
}

/// The bars as a table, with durations.
pub fn volume_table(links: &Links<'_>, parts: &[Stretch], unit: &'static str) -> Table {
    let head = match unit {
        "hour" => "Hour",
        "day" => "Day",
        _ => "Week from",
    };
    let row = |stretch: &Stretch| {
        let sum = &stretch.sum;
        let row = Row::new(
            name(links, unit, stretch),
            vec![
                (text::count(natural(sum.successes)), None),
                (text::count(natural(sum.failures)), None),
                (text::count(natural(sum.not_sent)), None),
                (percentile(sum, 50), None),
                (percentile(sum, 95), None),
                (percentile(sum, 99), None),
            ],
        );
        row.url(within(links, stretch))
    };
    Table {
        id: "groups",
        title: format!("By {unit}"),
        heads: vec![head, "Delivered", "Failed", "Not sent", "p50", "p95", "p99"],
        rows: parts.iter().map(row).collect(),
        ..Table::default()
    }
}

/// What belongs to a grouping: to webhooks those to look at, to results the attempts that were needed and the time to
/// deliver.
pub fn details(numbers: &Numbers, links: &Links<'_>, by: By) -> Vec<Table> {
    let nothing = |table: &Table| {
        if table.rows.is_empty() { "Nothing in this time.".to_owned() } else { String::new() }
    };
    let mut all = match by {
        By::Webhook => worst(numbers, links).to_vec(),
        By::Result => vec![needed(numbers, links), arrival(numbers)],
        _ => Vec::new(),
    };
    for table in &mut all {
        table.foot = nothing(table);
    }
    all
}

fn needed(numbers: &Numbers, links: &Links<'_>) -> Table {
    let all: i64 = numbers.needed.iter().sum();
    let most = numbers.needed.iter().copied().max().unwrap_or_default();
    let row = |(number, count): (usize, i64)| {
        let or_more = if number == NEEDED { " or more" } else { "" };
        let least = i32::try_from(number).ok().filter(|number| *number > 1);
        let url = || {
            links.deliveries(|filter| {
                filter.attempts_min = least;
                filter.states = vec![State::Delivered];
            })
        };
        Row::new(format!("{number}{or_more}"), vec![linked(count, url), (share(count, all), None)])
            .bar(count, most)
    };
    let rows = numbers.needed.iter().copied().enumerate().skip(1).filter(|(_, count)| *count > 0).map(row);
    Table {
        id: "needed",
        title: "Attempts needed".to_owned(),
        remark: "until a delivery arrived".to_owned(),
        heads: vec!["Attempts", "Deliveries", "Share", ""],
        rows: rows.collect(),
        ..Table::default()
    }
}

fn arrival(numbers: &Numbers) -> Table {
    let all: i64 = numbers.arrival.iter().sum();
    let most = numbers.arrival.iter().copied().max().unwrap_or_default();
    let row = |(place, count): (usize, &i64)| {
        let name = match ARRIVAL_MS.get(place) {
            Some(ms) => format!("≤\u{a0}{}", text::duration(natural(*ms))),
            None => ">\u{a0}8\u{a0}h".to_owned(),
        };
        Row::new(name, vec![(text::count(natural(*count)), None), (share(*count, all), None)])
            .bar(*count, most)
    };
    let rows = numbers.arrival.iter().enumerate().filter(|(_, count)| **count > 0).map(row);
    let of = |percent| arrived(&numbers.arrival, percent);
    Table {
        id: "arrival",
        title: "Time to deliver".to_owned(),
        remark: format!("event to 2xx · p50 {} · p95 {} · p99 {}", of(50), of(95), of(99)),
        heads: vec!["Within", "Deliveries", "Share", ""],
        rows: rows.collect(),
        ..Table::default()
    }
}

/// The slowest webhooks, and those that fail the most.
fn worst(numbers: &Numbers, links: &Links<'_>) -> [Table; 2] {
    let name =
        |id: i64| numbers.names.get(&id).map_or_else(|| format!("Webhook {id}"), |known| known.name.clone());
    let enough = |sum: &Hour| sum.successes + sum.failures >= ATTEMPTS_MIN;
    let page = |id: i64| links.page.urls().webhook(id).show().to_owned();
    let mut sums: Vec<&(i64, Hour)> = numbers.webhooks.iter().filter(|(_, sum)| enough(sum)).collect();
    sums.sort_by_key(|(id, sum)| {
        (std::cmp::Reverse(sum.percentile_ms(95).unwrap_or(i64::MAX)), -(sum.successes + sum.failures), *id)
    });
    let slow = sums.iter().take(TOP).map(|(id, sum)| {
        let times = [50, 95, 99].map(|percent| (percentile(sum, percent), None));
        Row::new(name(*id), times.into()).url(page(*id))
    });
    let slow: Vec<Row> = slow.collect();
    sums.retain(|(_, sum)| sum.failures > 0);
    sums.sort_by_key(|(id, sum)| (sum.success_per_mille(), -sum.failures, *id));
    let failing = sums.iter().take(TOP).map(|(id, sum)| {
        let attempts = sum.successes + sum.failures;
        let failed = linked(sum.failures, || {
            links.deliveries(|filter| {
                filter.webhook = Some(WebhookId(*id));
                filter.states = vec![State::Failed, State::Retrying];
            })
        });
        Row::new(name(*id), vec![(share(sum.successes, attempts), None), failed]).url(page(*id))
    });
    [
        Table {
            id: "slow",
            title: "Slowest webhooks".to_owned(),
            remark: "by p95 of an attempt".to_owned(),
            heads: vec!["Webhook", "p50", "p95", "p99"],
            rows: slow,
            ..Table::default()
        },
        Table {
            id: "failing",
            title: "Failing webhooks".to_owned(),
            remark: "by share of attempts delivered".to_owned(),
            heads: vec!["Webhook", "Delivered", "Failed"],
            rows: failing.collect(),
            ..Table::default()
        },
    ]
}

/// Weekdays with their hours in the reader's zone. A number leads to its deliveries when it is of one hour, and not of
/// the same one of several weeks.
pub fn heat(numbers: &Numbers, links: &Links<'_>) -> Vec<(&'static str, Vec<Heat>)> {
    let place = |hour: i64| links.page.times().weekday_and_hour(Timestamp::from_micros(hour * HOUR_US));
    let mut hours: HashMap<(usize, usize), Vec<i64>> = HashMap::new();
    for hour in links.hours.clone() {
        hours.entry(place(hour)).or_default().push(hour);
    }
    let cells = statistics::heat(&numbers.hours, place);
    let most = cells.iter().flatten().copied().max().unwrap_or_default();
    let cell = |day: usize, time: usize, count: i64| Heat {
        count: if count > 0 { text::count(natural(count)) } else { String::new() },
        level: heat_level(count, most),
        url: hours.get(&(day, time)).filter(|_| count > 0).and_then(|hours| {
            let url = links.of_hours(hours, |_| {})?;
            // Relative: so many cells, so many addresses.
            Some(url.rsplit_once('/').map_or(url.as_str(), |(_, last)| last).to_owned())
        }),
    };
    let day = |(day, counts): (usize, &[i64; 24])| {
        (DAYS[day], counts.iter().enumerate().map(|(time, count)| cell(day, time, *count)).collect())
    };
    cells.iter().enumerate().map(day).collect()
}

/// The same as a table, for the file.
pub fn heat_table(heat: &[(&'static str, Vec<Heat>)]) -> Table {
    let row = |(day, cells): &(&'static str, Vec<Heat>)| {
        Row::new(*day, cells.iter().map(|cell| (cell.count.clone(), None)).collect())
    };
    Table {
        id: "heat",
        title: "Attempts by weekday and hour".to_owned(),
        heads: std::iter::once("Day").chain(HOURS_OF_DAY).collect(),
        rows: heat.iter().map(row).collect(),
        ..Table::default()
    }
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const HOURS_OF_DAY: [&str; 24] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18",
    "19", "20", "21", "22", "23",
];
