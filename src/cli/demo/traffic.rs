//! When alerts fire: by day more than by night, on weekends less, lately more than long ago; and, once the demo
//! runs, about one a second.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::dice::Dice;
use super::fleet::{self, ALERTS, AlertRow};
use super::people::COMPANIES;
use crate::actions::{Context, events};
use crate::domain::ids::AlertId;
use crate::domain::time::{DAY_US, HOUR_US, Timestamp};

/// How far the past goes back.
pub(super) const PAST_US: i64 = 30 * DAY_US;
/// Between two alerts, on average.
const PAUSE: Duration = Duration::from_millis(1_000);
/// Every company's share of all alerts, in their order.
const SHARES: [f64; 5] = [0.56, 0.09, 0.07, 0.16, 0.12];
/// Alerts a day: long ago, in the last two weeks, in the last 24 hours.
const A_DAY: [f64; 3] = [4.0, 10.0, 270.0];
/// Code that was not optimised needs many times as long for the same past: it tells a shorter one.
const TOLD_SHARE: f64 = if cfg!(debug_assertions) { 0.6 } else { 1.0 };
/// How busy the hours of a working day are; the mean is about one.
const HOURS: [f64; 24] = [
    0.5, 0.45, 0.45, 0.5, 0.7, 1.0, 1.3, 1.5, 1.5, 1.45, 1.4, 1.35, 1.3, 1.35, 1.4, 1.4, 1.3, 1.2, 1.0, 0.9,
    0.8, 0.7, 0.65, 0.55,
];

/// When the past's alerts fire, and which of them.
pub(super) fn past(now: Timestamp, dice: &Dice) -> Vec<(Timestamp, &'static AlertRow)> {
    let hours = PAST_US / HOUR_US;
    let companies = COMPANIES.iter().zip(SHARES).enumerate();
    let mut firings = Vec::new();
    for (company, ((_, _, timezone), share)) in companies {
        let zone = TimeZone::get(timezone).unwrap_or(TimeZone::UTC);
        let rows: Vec<&AlertRow> = ALERTS.iter().filter(|row| row.company == company).collect();
        for ago in (0..hours).rev() {
            let from = now.plus_micros(-(ago + 1) * HOUR_US);
            for _ in 0..dice.count(TOLD_SHARE * share * a_day(ago) / 24.0 * busy(from, &zone)) {
                let at = from.plus_micros(dice.between(0, HOUR_US));
                firings.extend(by_weight(&rows, dice).map(|row| (at, row)));
            }
        }
    }
    firings.sort_by_key(|(at, row)| (*at, row.id));
    firings
}

const fn a_day(hours_ago: i64) -> f64 {
    match hours_ago {
        0..24 => A_DAY[2],
        24..336 => A_DAY[1],
        _ => A_DAY[0],
    }
}

fn busy(at: Timestamp, zone: &TimeZone) -> f64 {
    let local = at.to_jiff().to_zoned(zone.clone());
    let hour = usize::try_from(local.hour()).unwrap_or_default();
    let is_weekend = local.weekday().to_monday_zero_offset() >= 5;
    HOURS.get(hour).copied().unwrap_or(1.0) * if is_weekend { 0.6 } else { 1.2 }
}

fn by_weight(rows: &[&'static AlertRow], dice: &Dice) -> Option<&'static AlertRow> {
    let mut left = dice.between(0, rows.iter().map(|row| row.weight).sum());
    rows.iter().copied().find(|row| {
        left -= row.weight;
        left < 0
    })
}

/// Fires alerts for ever.
pub(super) async fn run(system: Context, seed: u64) {
    let dice = Dice::new(seed, "live");
    let rows: Vec<Vec<&AlertRow>> = (0..COMPANIES.len())
        .map(|company| ALERTS.iter().filter(|row| row.company == company).collect())
        .collect();
    loop {
        tokio::time::sleep(PAUSE.mul_f64(0.3 + 1.4 * dice.unit())).await;
        let mut left = dice.unit();
        let company = SHARES.iter().position(|share| {
            left -= share;
            left < 0.0
        });
        let rows = rows.get(company.unwrap_or_default()).map_or(&[][..], Vec::as_slice);
        let Some(row) = by_weight(rows, &dice) else {
            continue;
        };
        let Some(payload) = fleet::payload(row, None, system.services.clock.now(), &dice) else {
            continue;
        };
        if let Err(error) = events::accept(&system, AlertId(row.id), vec![payload], None).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, alert.id = row.id, "the demo could not fire an alert");
        }
    }
}
