//! How one HTTP request ended. Codes are stored: they are stable numbers, never re-used.

pub use super::failure::{FailureClass, Turn};

/// The end of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Answered with 2xx.
    Success,
    /// Everything else, by class.
    Failure(FailureClass),
    /// We stopped in the middle of it: it may have arrived.
    Interrupted,
}

impl Outcome {
    /// The stored number: 0 success, 1 interrupted, otherwise the class's code.
    pub const fn code(self) -> i16 {
        match self {
            Self::Success => 0,
            Self::Interrupted => 1,
            Self::Failure(class) => class.code(),
        }
    }

    /// The outcome with that number.
    pub fn from_code(code: i16) -> Option<Self> {
        match code {
            0 => Some(Self::Success),
            1 => Some(Self::Interrupted),
            code => FailureClass::from_code(code).map(Self::Failure),
        }
    }

    /// The outcome that an HTTP status means.
    pub fn from_status(status: u16) -> Self {
        FailureClass::from_status(status).map_or(Self::Success, Self::Failure)
    }
}

/// Whether an attempt counts as a success or a failure in statistics and health. What we did wrong ourselves
/// does not. Attempts of test sends never count: see [`Trigger::counts`](super::delivery::Trigger::counts).
pub const fn counts(outcome: &Outcome) -> bool {
    !matches!(outcome, Outcome::Interrupted | Outcome::Failure(FailureClass::Internal))
}

/// How long the parts of an attempt took, microseconds. A part that was not reached, or not needed (a
/// pooled connection has no lookup), is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timing {
    /// Looking the name up.
    pub dns_us: Option<i64>,
    /// Opening the connection.
    pub connect_us: Option<i64>,
    /// The TLS handshake.
    pub tls_us: Option<i64>,
    /// From the request to the first byte of the answer.
    pub wait_us: Option<i64>,
    /// From the first byte to the last kept one.
    pub read_us: Option<i64>,
    /// Everything.
    pub total_us: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_back() {
        for class in FailureClass::ALL {
            assert_eq!(Outcome::from_code(class.code()), Some(Outcome::Failure(class)));
        }
        for outcome in [Outcome::Success, Outcome::Interrupted] {
            assert_eq!(Outcome::from_code(outcome.code()), Some(outcome));
        }
        assert_eq!(Outcome::from_code(2), None);
        assert_eq!(Outcome::from_status(204), Outcome::Success);
        assert_eq!(Outcome::from_status(500), Outcome::Failure(FailureClass::Http5xx));
    }

    #[test]
    fn our_own_faults_do_not_count() {
        assert!(counts(&Outcome::Success));
        assert!(counts(&Outcome::Failure(FailureClass::BlockedAddress)));
        assert!(!counts(&Outcome::Failure(FailureClass::Internal)));
        assert!(!counts(&Outcome::Interrupted));
    }
}
