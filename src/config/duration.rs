//! Durations as operators write them: a number and one unit.

/// Parses `250ms`, `10s`, `2m`, `6h`, `90d` into microseconds. No signs, fractions or combinations.
pub fn parse_duration_us(text: &str) -> Option<i64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let number: i64 = number.parse().ok()?;
    let unit_us = match unit {
        "ms" => 1_000,
        "s" => 1_000_000,
        "m" => 60_000_000,
        "h" => 3_600_000_000,
        "d" => 86_400_000_000,
        _ => return None,
    };
    number.checked_mul(unit_us)
}

#[cfg(test)]
mod tests {
    use super::parse_duration_us;

    #[test]
    fn one_number_one_unit() {
        assert_eq!(parse_duration_us("250ms"), Some(250_000));
        assert_eq!(parse_duration_us("90d"), Some(7_776_000_000_000));
        for bad in ["", "10", "s", "-1s", "1.5s", "1h30m", "10 s", "99999999999999999999s", "9999999999999d"]
        {
            assert_eq!(parse_duration_us(bad), None, "{bad}");
        }
    }
}
