//! Until when a receiver's certificate is valid, and from when on that is somebody's problem.
//!
//! It is not part of [`Health`](super::health::Health): deliveries arrive until the last second. Then they all fail,
//! at once, on a day that was known for months.

use super::time::{DAY_US, SECOND_US, Timestamp};
use super::webhook::endpoint_url::EndpointUrl;

/// Days before its end from which a certificate is a problem. Those that renew themselves do so 30 days before, or when
/// a third of their time is left: with two weeks to go, one of 90 days was forgotten, and there is time to say so.
pub const SOON_DAYS: i64 = 14;

/// How a certificate stands at a given time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// It is over.
    Ended {
        /// Whole days since then.
        days_ago: i64,
    },
    /// It ends within [`SOON_DAYS`].
    EndsSoon {
        /// Whole days until then; 0 on the last.
        days_left: i64,
    },
    /// It lasts.
    Fine {
        /// Whole days until its end.
        days_left: i64,
    },
}

impl Validity {
    /// How a certificate that is valid until the end of the second `until` stands at `now`.
    pub const fn at(until: Timestamp, now: Timestamp) -> Self {
        let left_us = until.since(now);
        if left_us <= -SECOND_US {
            Self::Ended { days_ago: left_us / -DAY_US }
        } else if left_us <= SOON_DAYS * DAY_US {
            Self::EndsSoon { days_left: left_us / DAY_US }
        } else {
            Self::Fine { days_left: left_us / DAY_US }
        }
    }
}

/// A certificate that an attempt was shown.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Seen {
    /// By whom: host and port as in [`EndpointUrl::authority`].
    pub host: String,
    /// Until the end of which second it is valid.
    pub until: Timestamp,
    /// When the attempt ended. Its connection, and so the certificate, may be older than that.
    pub at: Timestamp,
}

impl Seen {
    /// Whether a request to `endpoint` would meet this certificate, unless it was renewed: another host, another port
    /// and plain http say nothing about it.
    pub fn is_of(&self, endpoint: &EndpointUrl) -> bool {
        endpoint.is_https() && endpoint.authority() == self.host
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_weeks_are_soon_and_the_last_second_counts() {
        let now = Timestamp::from_seconds(1_790_000_000);
        let in_us = |us| Validity::at(now.plus_micros(us), now);
        assert_eq!(in_us(14 * DAY_US + 1), Validity::Fine { days_left: 14 });
        assert_eq!(in_us(14 * DAY_US), Validity::EndsSoon { days_left: 14 });
        assert_eq!(in_us(14 * DAY_US - 1), Validity::EndsSoon { days_left: 13 });
        assert_eq!(in_us(6 * DAY_US + DAY_US / 2), Validity::EndsSoon { days_left: 6 });
        assert_eq!(in_us(DAY_US - 1), Validity::EndsSoon { days_left: 0 });
        assert_eq!(in_us(0), Validity::EndsSoon { days_left: 0 });
        assert_eq!(in_us(1 - SECOND_US), Validity::EndsSoon { days_left: 0 });
        assert_eq!(in_us(-SECOND_US), Validity::Ended { days_ago: 0 });
        assert_eq!(in_us(1 - DAY_US), Validity::Ended { days_ago: 0 });
        assert_eq!(in_us(-DAY_US), Validity::Ended { days_ago: 1 });
        assert_eq!(in_us(90 * DAY_US), Validity::Fine { days_left: 90 });
        let (first, last) = (Timestamp::from_micros(i64::MIN), Timestamp::from_micros(i64::MAX));
        assert!(matches!(Validity::at(last, first), Validity::Fine { .. }));
        assert!(matches!(Validity::at(first, last), Validity::Ended { .. }));
    }

    #[test]
    fn a_certificate_belongs_to_one_host_and_port() {
        let seen = Seen {
            host: "hooks.example.com".to_owned(),
            until: Timestamp::from_seconds(9),
            at: Timestamp::from_seconds(1),
        };
        for (url, expected) in [
            ("https://hooks.example.com/in", true),
            ("https://hooks.example.com:443/other?a=b", true),
            ("https://hooks.example.com:8443/in", false),
            ("https://other.example.com/in", false),
            ("http://hooks.example.com/in", false),
        ] {
            assert_eq!(seen.is_of(&EndpointUrl::from_parts(url, None).unwrap()), expected, "{url}");
        }
    }
}
