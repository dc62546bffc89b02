//! The table: the same numbers, grouped as somebody asks.

use std::collections::{BTreeMap, HashMap};

use super::charts;
use super::query::{By, StatisticsQuery};
use super::read::Numbers;
use crate::console::extract::CompanyPage;
use crate::console::handlers::deliveries::query::ListQuery;
use crate::console::handlers::webhooks::pulse::natural;
use crate::console::statistics::{Row, Table};
use crate::domain::alert_type::AlertType;
use crate::domain::company::Company;
use crate::domain::delivery::State;
use crate::domain::delivery_filter::Filter;
use crate::domain::delivery_result::ResultKind;
use crate::domain::ids::{CompanyId, WebhookId};
use crate::domain::statistics::result_of;
use crate::domain::stats::Hour;
use crate::domain::time::{HOUR_US, Timestamp};
use crate::store::roll_ups::Hours;
use crate::web::text;

/// Rows of one page of the table; no other grouping than by webhook and company has more than the second number.
const PAGE_SIZES: (usize, usize) = (12, 31);

/// Rows of one page.
pub const fn page_size(by: By) -> usize {
    if matches!(by, By::Webhook | By::Company) { PAGE_SIZES.0 } else { PAGE_SIZES.1 }
}

const ATTEMPTS: [&str; 8] = ["", "Attempts", "Delivered", "Failed", "Not sent", "p50", "p95", "p99"];

/// What every link of the page narrows to.
pub struct Links<'p> {
    pub page: &'p CompanyPage,
    pub hours: Hours,
    pub webhook: Option<WebhookId>,
}

impl Links<'_> {
    /// The deliveries of some hours of the window, when those follow each other: more cannot be said by a beginning and
    /// an end.
    pub fn of_hours(&self, hours: &[i64], change: impl FnOnce(&mut Filter)) -> Option<String> {
        let (first, last) = (*hours.iter().min()?, *hours.iter().max()?);
        let of = Links { page: self.page, hours: first..last + 1, webhook: self.webhook };
        let is_whole = usize::try_from(last - first + 1).is_ok_and(|length| length == hours.len());
        is_whole.then(|| of.deliveries(change))
    }

    /// The deliveries of the window, narrowed further.
    pub fn deliveries(&self, change: impl FnOnce(&mut Filter)) -> String {
        let at = |hour: i64| Some(Timestamp::from_micros(hour * HOUR_US));
        let mut filter = Filter {
            from: at(self.hours.start),
            to: at(self.hours.end).filter(|end| *end <= self.page.now()),
            webhook: self.webhook,
            ..Filter::default()
        };
        change(&mut filter);
        ListQuery::of(filter).url(self.page.urls())
    }
}

/// A number that leads to its deliveries, unless it is none.
pub fn linked(count: i64, url: impl FnOnce() -> String) -> (String, Option<String>) {
    (text::count(natural(count)), (count > 0).then(url))
}

/// "≤ 250 ms", "> 5 s", "–".
pub fn percentile(hour: &Hour, percent: i64) -> String {
    match hour.percentile_ms(percent) {
        Some(ms) => format!("≤\u{a0}{}", text::duration(natural(ms))),
        None if hour.successes + hour.failures > 0 => ">\u{a0}5\u{a0}s".to_owned(),
        None => "–".to_owned(),
    }
}

/// "99.6 %", "–".
pub fn share(part: i64, whole: i64) -> String {
    text::percent(natural(part), natural(whole)).unwrap_or_else(|| "–".to_owned())
}

/// The cells of one sum.
fn cells(sum: &Hour, links: &Links<'_>, narrow: &dyn Fn(&mut Filter)) -> Vec<(String, Option<String>)> {
    let states = |states: &[State]| {
        links.deliveries(|filter| {
            narrow(filter);
            filter.states = states.to_vec();
        })
    };
    let attempts = sum.successes + sum.failures;
    vec![
        linked(attempts, || states(&[])),
        (share(sum.successes, attempts), None),
        linked(sum.failures, || states(&[State::Failed, State::Retrying])),
        linked(sum.not_sent, || states(&[State::NotSent])),
        (percentile(sum, 50), None),
        (percentile(sum, 95), None),
        (percentile(sum, 99), None),
    ]
}

/// The table that `query` asks for, whole.
pub fn table(
    query: &StatisticsQuery,
    numbers: &Numbers,
    links: &Links<'_>,
    companies: &HashMap<CompanyId, Company>,
) -> Table {
    let mut heads = ATTEMPTS.to_vec();
    if let Some(first) = heads.first_mut() {
        *first = query.by.label();
    }
    let rows = match query.by {
        By::Webhook => webhooks(numbers, links),
        By::Company => by_company(numbers, links, companies),
        By::HourOfDay => by_hour_of_day(numbers, links),
        By::Time => {
            let (parts, unit) = charts::parts(numbers, links);
            return charts::volume_table(links, &parts, unit);
        }
        By::Weekday => return charts::heat_table(&charts::heat(numbers, links)),
        By::AlertType => {
            heads = vec![By::AlertType.label(), "Events", "Share", ""];
            types(numbers, links)
        }
        By::Result => {
            heads = vec![By::Result.label(), "Attempts", "Share", ""];
            results(numbers, links)
        }
    };
    let title = format!("By {}", query.by.label().to_lowercase());
    Table { id: "groups", title, heads, rows, ..Table::default() }
}

fn webhooks(numbers: &Numbers, links: &Links<'_>) -> Vec<Row> {
    let mut sums = numbers.webhooks.clone();
    sums.sort_by_key(|(id, sum)| (-(sum.successes + sum.failures + sum.not_sent), *id));
    let row = |(id, sum): &(i64, Hour)| {
        let webhook = WebhookId(*id);
        let name = numbers.names.get(id).map_or_else(|| format!("Webhook {id}"), |known| known.name.clone());
        Row::new(name, cells(sum, links, &|filter| filter.webhook = Some(webhook)))
            .url(links.page.urls().webhook(*id).show())
    };
    sums.iter().map(row).collect()
}

fn by_company(numbers: &Numbers, links: &Links<'_>, companies: &HashMap<CompanyId, Company>) -> Vec<Row> {
    let mut sums: BTreeMap<CompanyId, Hour> = BTreeMap::new();
    for (webhook, hour) in &numbers.webhooks {
        if let Some(known) = numbers.names.get(webhook) {
            let sum = sums.entry(known.company).or_default();
            *sum = sum.plus(hour);
        }
    }
    let row = |(id, sum): (&CompanyId, &Hour)| {
        let name = companies.get(id).map_or_else(|| format!("Company {id}"), |company| company.name.clone());
        // The numbers are those of this company alone; its page has those below it as well.
        let plain = cells(sum, links, &|_| {}).into_iter().map(|(text, _)| (text, None)).collect();
        Row::new(name, plain).url(query_of(*id, links))
    };
    sums.iter().map(row).collect()
}

fn query_of(company: CompanyId, links: &Links<'_>) -> String {
    let at = |hour: i64| Timestamp::from_micros(hour * HOUR_US).rfc3339();
    let urls = crate::web::urls::Company::new(company);
    format!("{}?from={}&to={}", urls.statistics(), at(links.hours.start), at(links.hours.end))
}

fn by_hour_of_day(numbers: &Numbers, links: &Links<'_>) -> Vec<Row> {
    let mut sums = [Hour::default(); 24];
    let time_of =
        |hour: i64| links.page.times().weekday_and_hour(Timestamp::from_micros(hour * HOUR_US)).1 % 24;
    for (hour, sum) in &numbers.hours {
        sums[time_of(*hour)] = sums[time_of(*hour)].plus(sum);
    }
    let row = |(time, sum): (usize, &Hour)| {
        let hours: Vec<i64> = links.hours.clone().filter(|hour| time_of(*hour) == time).collect();
        // Of more days than one they do not follow each other.
        let (first, last) = (hours.first().copied(), hours.last().copied());
        let of = first.zip(last).filter(|_| links.of_hours(&hours, |_| {}).is_some());
        let cells = match of {
            Some((first, last)) => cells(
                sum,
                &Links { page: links.page, hours: first..last + 1, webhook: links.webhook },
                &|_| {},
            ),
            None => cells(sum, links, &|_| {}).into_iter().map(|(text, _)| (text, None)).collect(),
        };
        Row::new(format!("{time:02}:00 to {:02}:00", (time + 1) % 24), cells)
    };
    sums.iter().enumerate().map(row).collect()
}

fn types(numbers: &Numbers, links: &Links<'_>) -> Vec<Row> {
    let mut counts = numbers.types.clone();
    counts.sort_by_key(|(kind, count)| (-count, *kind));
    let all = numbers.events();
    let most = counts.first().map_or(0, |(_, count)| *count);
    let row = |(id, count): &(i64, i64)| {
        let kind = AlertType::from_id(*id);
        let name = kind.map_or_else(|| format!("Type {id}"), |kind| kind.list_label().to_owned());
        let events = linked(*count, || links.deliveries(|filter| filter.alert_type = kind));
        Row::new(name, vec![events, (share(*count, all), None)])
            .url(links.page.urls().alert_type(*id))
            .bar(*count, most)
    };
    counts.iter().map(row).collect()
}

/// Attempts by result, with their share.
fn results(numbers: &Numbers, links: &Links<'_>) -> Vec<Row> {
    let all: i64 = numbers.results.iter().map(|(_, count)| count).sum();
    let count_of = |kind: ResultKind| -> i64 {
        let mine = numbers.results.iter().filter(|(code, _)| result_of(*code) == Some(kind));
        mine.map(|(_, count)| count).sum()
    };
    let counts: Vec<(ResultKind, i64)> = ResultKind::OF_REQUESTS
        .into_iter()
        .map(|kind| (kind, count_of(kind)))
        .filter(|(_, count)| *count > 0)
        .collect();
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or_default();
    let row = |(kind, count): (ResultKind, i64)| {
        // A list is narrowed by “4xx, any”; what is counted here are those that are not counted elsewhere.
        let name = if kind == ResultKind::Http4xx { "4xx, other".to_owned() } else { kind.words() };
        let attempts = linked(count, || links.deliveries(|filter| filter.result = Some(kind)));
        Row::new(name, vec![attempts, (share(count, all), None)]).bar(count, most)
    };
    counts.into_iter().map(row).collect()
}
