//! The rules of the statistics page: percentiles of buckets, shares, what a code belongs to, how hours become days.

use super::attempt::Outcome;
use super::delivery_result::ResultKind;
use super::stats::Hour;

/// The upper end of the bucket in which the `percent`-th percentile lies. `None` when nothing was counted or it lies
/// in the open bucket after the last of `ends`.
pub fn percentile(counts: &[i64], ends: &[i64], percent: i64) -> Option<i64> {
    let total: i64 = counts.iter().sum();
    let wanted = ((total * percent + 99) / 100).max(1);
    let mut seen = 0;
    for (count, end) in counts.iter().zip(ends) {
        seen += count;
        if total > 0 && seen >= wanted {
            return Some(*end);
        }
    }
    None
}

/// Counts by value as a list, `size` long; what lies beyond the last place is counted in it.
pub fn places(counts: impl IntoIterator<Item = (i64, i64)>, size: usize) -> Vec<i64> {
    let mut places = vec![0; size];
    for (value, count) in counts {
        let place = usize::try_from(value).unwrap_or(0).min(size.saturating_sub(1));
        if let Some(slot) = places.get_mut(place) {
            *slot += count;
        }
    }
    places
}

/// The result that the code of an outcome belongs to: the narrowest one.
pub fn result_of(code: i64) -> Option<ResultKind> {
    let outcome = i16::try_from(code).ok().and_then(Outcome::from_code)?;
    let mut fitting = ResultKind::OF_REQUESTS.into_iter().filter(|kind| kind.outcomes().contains(&outcome));
    let first = fitting.next()?;
    // “4xx, any” stands before its parts.
    Some(fitting.next().unwrap_or(first))
}

/// How a number changed since the time before: "+12 %", "−3 %", "as before"; `None` when there was nothing before.
pub fn change(now: i64, before: i64) -> Option<String> {
    if before <= 0 {
        return None;
    }
    let tenths = (now - before) * 1_000 / before;
    let rounded = (tenths.abs() + 5) / 10;
    Some(match (rounded, now >= before) {
        (0, _) => "as before".to_owned(),
        (percent, true) => format!("+{percent}\u{a0}%"),
        (percent, false) => format!("−{percent}\u{a0}%"),
    })
}

/// A stretch of hours that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Its first hour since the epoch …
    pub from: i64,
    /// … and the one after its last.
    pub to: i64,
    /// What happened in it.
    pub sum: Hour,
}

/// The hours from `from` up to `to` as stretches of equal keys, hours without a row included. `hours` is sorted.
pub fn stretches<K: PartialEq>(
    from: i64,
    to: i64,
    hours: &[(i64, Hour)],
    key: impl Fn(i64) -> K,
) -> Vec<Stretch> {
    let mut found: Vec<(K, Stretch)> = Vec::new();
    let mut rows = hours.iter().skip_while(|(hour, _)| *hour < from).peekable();
    for hour in from..to {
        let sum = rows.next_if(|(known, _)| *known == hour).map(|(_, sum)| *sum).unwrap_or_default();
        let name = key(hour);
        match found.last_mut() {
            Some((known, stretch)) if *known == name => {
                stretch.to = hour + 1;
                stretch.sum = stretch.sum.plus(&sum);
            }
            _ => found.push((name, Stretch { from: hour, to: hour + 1, sum })),
        }
    }
    found.into_iter().map(|(_, stretch)| stretch).collect()
}

/// Attempts by weekday (Monday is 0) and hour of the day; `place` says where an hour belongs.
pub fn heat(hours: &[(i64, Hour)], place: impl Fn(i64) -> (usize, usize)) -> [[i64; 24]; 7] {
    let mut cells = [[0; 24]; 7];
    for (hour, sum) in hours {
        let (day, time) = place(*hour);
        cells[day % 7][time % 24] += sum.successes + sum.failures;
    }
    cells
}

/// How strongly a cell is tinted, 0 to 4: nothing at all is 0, and the most is 4.
pub fn heat_level(count: i64, most: i64) -> i64 {
    if count <= 0 || most <= 0 { 0 } else { (1 + (count * 4 - 1) / most).min(4) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::attempt::FailureClass;

    #[test]
    fn percentiles_are_upper_ends() {
        let ends = [10, 20, 30];
        assert_eq!(percentile(&[50, 45, 5, 0], &ends, 50), Some(10));
        assert_eq!(percentile(&[50, 45, 5, 0], &ends, 95), Some(20));
        assert_eq!(percentile(&[50, 45, 5, 0], &ends, 99), Some(30));
        assert_eq!(percentile(&[0, 0, 0, 9], &ends, 50), None, "the open bucket");
        assert_eq!(percentile(&[0, 0, 0, 0], &ends, 50), None, "nothing at all");
        assert_eq!(percentile(&[1, 0, 0, 0], &ends, 99), Some(10));
    }

    #[test]
    fn what_is_beyond_the_last_place_is_counted_in_it() {
        assert_eq!(places([(0, 1), (2, 5), (7, 3), (-1, 2)], 3), [3, 0, 8]);
        assert!(places([(1, 1)], 0).is_empty());
    }

    #[test]
    fn every_outcome_belongs_to_its_narrowest_result() {
        assert_eq!(result_of(0), Some(ResultKind::Success));
        assert_eq!(result_of(FailureClass::HttpAuth.code().into()), Some(ResultKind::HttpAuth));
        assert_eq!(result_of(FailureClass::Http404.code().into()), Some(ResultKind::Http4xx));
        assert_eq!(result_of(FailureClass::HttpUnavailable.code().into()), Some(ResultKind::Http5xx));
        assert_eq!(result_of(999), None);
        assert!(FailureClass::ALL.into_iter().all(|class| result_of(class.code().into()).is_some()));
    }

    #[test]
    fn changes_are_said_in_percent() {
        assert_eq!(change(112, 100).unwrap(), "+12\u{a0}%");
        assert_eq!(change(97, 100).unwrap(), "−3\u{a0}%");
        assert_eq!(change(1_000, 1_001).unwrap(), "as before");
        assert_eq!(change(0, 5).unwrap(), "−100\u{a0}%");
        assert_eq!(change(5, 0), None);
    }

    fn hour(successes: i64) -> Hour {
        Hour { successes, ..Hour::default() }
    }

    #[test]
    fn hours_become_stretches_without_gaps() {
        let rows = [(1, hour(9)), (3, hour(1)), (4, hour(2)), (7, hour(4)), (20, hour(8))];
        let found = stretches(2, 9, &rows, |hour| hour / 3);
        let told: Vec<(i64, i64, i64)> =
            found.iter().map(|stretch| (stretch.from, stretch.to, stretch.sum.successes)).collect();
        assert_eq!(told, [(2, 3, 0), (3, 6, 3), (6, 9, 4)]);
        assert!(stretches(5, 5, &rows, |hour| hour).is_empty());
    }

    #[test]
    fn heat_is_by_weekday_and_hour() {
        let cells = heat(&[(0, hour(3)), (25, hour(2)), (168, hour(4))], |hour| {
            (usize::try_from(hour / 24).unwrap(), usize::try_from(hour % 24).unwrap())
        });
        assert_eq!((cells[0][0], cells[1][1]), (7, 2));
        let levels: Vec<i64> = [0, 1, 25, 26, 50, 75, 99, 100].map(|count| heat_level(count, 100)).into();
        assert_eq!(levels, [0, 1, 1, 2, 2, 3, 4, 4]);
        assert_eq!(heat_level(5, 0), 0);
    }
}
