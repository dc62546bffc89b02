//! From the results of runs to a table: medians, what was asked for, and whether it was met.

mod measures;
mod results;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, ensure};

use measures::{Bound, MEASURES, Measure};
use results::Results;

#[derive(clap::Args)]
pub struct ReportArgs {
    /// The results directory
    #[arg(long)]
    dir: PathBuf,
    /// Only these parts; a part that was not run counts as not met
    #[arg(long, value_delimiter = ',')]
    parts: Vec<String>,
    /// Print a Markdown table
    #[arg(long)]
    markdown: bool,
}

/// A measure with its values.
pub struct Row<'m> {
    measure: &'m Measure,
    spread: Option<Spread>,
}

/// What the rounds came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    median: f64,
    min: f64,
    max: f64,
    rounds: usize,
}

impl Spread {
    /// `None` of no values.
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let (min, max, rounds) = (*values.first()?, *values.last()?, values.len());
        let median = f64::midpoint(values[(rounds - 1) / 2], values[rounds / 2]);
        Some(Self { median, min, max, rounds })
    }
}

impl Row<'_> {
    /// `None` when nothing is asked for.
    fn is_met(&self) -> Option<bool> {
        let median = self.spread.map(|spread| spread.median);
        match self.measure.bound {
            Bound::AtLeast(bound) => Some(median.is_some_and(|median| median >= bound)),
            Bound::AtMost(bound) => Some(median.is_some_and(|median| median <= bound)),
            Bound::None => None,
        }
    }
}

/// Prints the table; fails when a bound is not kept or was not measured.
pub fn run(args: &ReportArgs) -> Result<ExitCode> {
    let results = Results::read(&args.dir)?;
    let asked =
        |measure: &&Measure| args.parts.is_empty() || args.parts.iter().any(|part| part == measure.part);
    let rows: Vec<Row> = MEASURES.iter().filter(asked).map(|measure| row(measure, &results)).collect();
    ensure!(!rows.is_empty(), "there is no such part");
    print!("{}", if args.markdown { table::markdown(&rows) } else { table::plain(&rows) });
    let all_met = rows.iter().all(|row| row.is_met() != Some(false));
    Ok(if all_met { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn row<'m>(measure: &'m Measure, results: &Results) -> Row<'m> {
    Row { measure, spread: Spread::of((measure.values)(results)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn find<'m>(rows: &'m [Row<'m>], name: &str) -> &'m Row<'m> {
        rows.iter().find(|row| row.measure.name == name).unwrap()
    }

    fn rows(results: &Results) -> Vec<Row<'static>> {
        MEASURES.iter().map(|measure| row(measure, results)).collect()
    }

    #[test]
    fn medians_and_extremes() {
        let spread = |values: &[f64]| Spread::of(values.to_vec());
        assert_eq!(spread(&[]), None);
        assert_eq!(spread(&[3.0, 1.0, 2.0]), Some(Spread { median: 2.0, min: 1.0, max: 3.0, rounds: 3 }));
        assert_eq!(spread(&[4.0, 1.0]), Some(Spread { median: 2.5, min: 1.0, max: 4.0, rounds: 2 }));
    }

    #[test]
    fn what_was_not_measured_is_not_met() {
        let rows = rows(&Results::default());
        assert!(rows.iter().all(|row| row.spread.is_none()));
        assert!(rows.iter().all(|row| row.is_met() == (row.measure.bound != Bound::None).then_some(false)));
    }

    #[test]
    fn shares_are_taken_round_by_round() {
        let run = |deliveries: f64| json!({ "deliveries_per_s": deliveries, "lost": 0, "duplicates": 0, "refused": 0 });
        let results = Results::of(&[
            ("throughput/raw_10", json!({ "per_s": 100.0 })),
            ("throughput/raw_10", json!({ "per_s": 50.0 })),
            ("throughput/raw_10", json!({ "per_s": 80.0 })),
            ("throughput/fanout_10", run(50.0)),
            ("throughput/fanout_10", run(45.0)),
            ("throughput/fanout_10", run(16.0)),
        ]);
        let rows = rows(&results);
        let share = find(&rows, "Share of the raw client loop, fan-out 10");
        assert_eq!(share.spread.unwrap(), Spread { median: 50.0, min: 20.0, max: 90.0, rounds: 3 });
        assert_eq!(share.is_met(), Some(true));
        let fast = find(&rows, "Deliveries per second, fan-out 10");
        assert_eq!((fast.spread.unwrap().median, fast.is_met()), (45.0, Some(false)));
        assert_eq!(find(&rows, "Lost, doubled or refused (throughput)").is_met(), Some(true));
    }

    #[test]
    fn one_lost_delivery_is_too_many() {
        let run =
            |lost: u32| json!({ "e2e": { "p99_ms": 1.0 }, "lost": lost, "duplicates": 0, "refused": 0 });
        let results = Results::of(&[
            ("isolation/healthy", run(0)),
            ("isolation/dead", run(0)),
            ("isolation/dead", run(1)),
        ]);
        let rows = rows(&results);
        assert_eq!(find(&rows, "Lost, doubled or refused (isolation)").is_met(), Some(false));
        let ratio = find(&rows, "Others' p99, one dead ÷ all healthy");
        assert_eq!(ratio.is_met(), Some(false), "a round without its partner");
    }
}
