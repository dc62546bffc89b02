//! The table, for people and for `BENCHMARKS.md`.

use super::Row;
use super::measures::{Bound, Unit};

const HEAD: [&str; 5] = ["", "asked for", "measured", "range", "met"];

/// Columns that line up.
pub fn plain(rows: &[Row<'_>]) -> String {
    let lines: Vec<[String; 5]> =
        std::iter::once(HEAD.map(str::to_owned)).chain(rows.iter().map(cells)).collect();
    let widths: [usize; 5] = std::array::from_fn(|column| {
        lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default()
    });
    let mut text = String::new();
    for line in lines {
        let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// A table of Markdown.
pub fn markdown(rows: &[Row<'_>]) -> String {
    let mut text = format!("| {} |\n|---|---|---|---|---|\n", HEAD.join(" | "));
    for row in rows {
        text.push_str(&format!("| {} |\n", cells(row).join(" | ")));
    }
    text
}

fn cells(row: &Row<'_>) -> [String; 5] {
    let unit = row.measure.unit;
    let bound = match row.measure.bound {
        Bound::AtLeast(bound) => format!("≥ {}", shown(bound, unit)),
        Bound::AtMost(bound) => format!("≤ {}", shown(bound, unit)),
        Bound::None => String::new(),
    };
    let (measured, range) = match row.spread {
        None => ("not measured".to_owned(), String::new()),
        Some(spread) if spread.rounds == 1 => (shown(spread.median, unit), String::new()),
        Some(spread) => {
            (shown(spread.median, unit), format!("{} – {}", bare(spread.min, unit), bare(spread.max, unit)))
        }
    };
    let met = match row.is_met() {
        Some(true) => "yes",
        Some(false) => "NO",
        None => "",
    };
    [row.measure.name.to_owned(), bound, measured, range, met.to_owned()]
}

fn shown(value: f64, unit: Unit) -> String {
    let word = match unit {
        Unit::PerSecond => "/s",
        Unit::Percent => " %",
        Unit::Ms => " ms",
        Unit::Mib => " MiB",
        Unit::Bytes => " B",
        Unit::Times => " ×",
        Unit::Count => "",
    };
    format!("{}{word}", bare(value, unit))
}

fn bare(value: f64, unit: Unit) -> String {
    let digits = match unit {
        Unit::Times => 2,
        Unit::Ms if value < 10.0 => 2,
        Unit::Ms | Unit::Mib | Unit::Percent if value < 1_000.0 => 1,
        _ => 0,
    };
    with_commas(&format!("{value:.digits$}"))
}

/// A comma after every third digit before the point.
fn with_commas(number: &str) -> String {
    let whole = number.find('.').unwrap_or(number.len());
    let mut text = String::new();
    for (at, digit) in number.char_indices() {
        if at > 0 && at < whole && (whole - at).is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::{MEASURES, Spread};
    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        for (value, unit, text) in [
            (15_000.0, Unit::PerSecond, "15,000/s"),
            (999.6, Unit::PerSecond, "1,000/s"),
            (1.5, Unit::Ms, "1.50 ms"),
            (12.04, Unit::Ms, "12.0 ms"),
            (1_234.5, Unit::Ms, "1,234 ms"),
            (1.1, Unit::Times, "1.10 ×"),
            (0.0, Unit::Count, "0"),
            (1_234_567.0, Unit::Bytes, "1,234,567 B"),
        ] {
            assert_eq!(shown(value, unit), text);
        }
        assert_eq!(with_commas("-123456.75"), "-123,456.75");
    }

    #[test]
    fn both_tables_say_the_same() {
        let spread = Spread { median: 20_000.0, min: 19_000.0, max: 21_000.0, rounds: 3 };
        let rows = [
            Row { measure: &MEASURES[1], spread: Some(spread) },
            Row { measure: &MEASURES[2], spread: None },
        ];
        let expected = "\
| Deliveries per second, one webhook | ≥ 15,000/s | 20,000/s | 19,000 – 21,000 | yes |
| Deliveries per second, fan-out 10 | ≥ 36,000/s | not measured |  | NO |
";
        assert_eq!(markdown(&rows).split_once("|---|\n").unwrap().1, expected);
        let plain = plain(&rows);
        let columns: Vec<_> = plain.lines().map(|line| line.find('≥').unwrap_or(36)).collect();
        assert_eq!(columns, [36; 3], "{plain}");
    }
}
