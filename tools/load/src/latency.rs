//! Latencies, kept in microseconds with three digits, told in milliseconds.

use hdrhistogram::Histogram;
use serde_json::{Value, json};

/// The longest that is told apart; longer ones count as this. One hour.
const US_MAX: u64 = 3_600_000_000;

/// Many latencies.
#[derive(Clone)]
pub struct Latency(Histogram<u64>);

impl Default for Latency {
    fn default() -> Self {
        Self(Histogram::new_with_bounds(1, US_MAX, 3).expect("bounds that the crate documents"))
    }
}

impl Latency {
    /// Counts one, in nanoseconds.
    pub fn record(&mut self, ns: u64) {
        self.0.saturating_record((ns / 1_000).max(1));
    }

    /// Counts everything that `other` has counted.
    pub fn add(&mut self, other: &Self) {
        self.0.add(&other.0).expect("equal bounds");
    }

    /// How many, and percentiles in milliseconds.
    pub fn summary(&self) -> Value {
        let ms = |us: u64| us as f64 / 1_000.0;
        let percentile = |share: f64| ms(self.0.value_at_quantile(share));
        json!({
            "count": self.0.len(),
            "p50_ms": percentile(0.50),
            "p95_ms": percentile(0.95),
            "p99_ms": percentile(0.99),
            "max_ms": ms(self.0.max()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_in_milliseconds() {
        let (mut low, mut high) = (Latency::default(), Latency::default());
        (1..=98).for_each(|_| low.record(2_000_000));
        (1..=2).for_each(|_| high.record(50_000_000));
        low.add(&high);
        let summary = low.summary();
        assert_eq!((&summary["count"], &summary["p50_ms"]), (&json!(100), &json!(2.0)));
        assert!((summary["p99_ms"].as_f64().unwrap() - 50.0).abs() < 0.1, "{summary}");
    }
}
