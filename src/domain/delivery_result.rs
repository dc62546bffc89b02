//! The result of a delivery as lists are narrowed by it: the code, the class of what went wrong, or why nothing was sent.

use super::attempt::{FailureClass, Outcome};
use super::delivery::{NotSent, State};

/// What a delivery came to, so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResultKind {
    /// Answered with 2xx.
    Success,
    /// A redirect.
    Http3xx,
    /// Any 4xx, those below included.
    Http4xx,
    /// 401 or 403.
    HttpAuth,
    /// 410.
    Http410,
    /// 429.
    Http429,
    /// Any 5xx.
    Http5xx,
    /// No connection or no complete answer in time.
    Timeout,
    /// The name was not found.
    Dns,
    /// No trust in the connection.
    Tls,
    /// The connection was refused.
    Refused,
    /// The connection broke, or what came was no answer.
    Broken,
    /// The outbound policy refuses the address.
    Blocked,
    /// Our own fault, or interrupted by our own end.
    Ours,
    /// Nothing was sent, for this reason.
    NotSent(NotSent),
}

impl ResultKind {
    /// Those of requests, in the order of a choice.
    pub const OF_REQUESTS: [Self; 14] = [
        Self::Success,
        Self::Http3xx,
        Self::Http4xx,
        Self::HttpAuth,
        Self::Http410,
        Self::Http429,
        Self::Http5xx,
        Self::Timeout,
        Self::Dns,
        Self::Tls,
        Self::Refused,
        Self::Broken,
        Self::Blocked,
        Self::Ours,
    ];

    /// All of them, in the order of a choice.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::OF_REQUESTS.into_iter().chain(NotSent::ALL.map(Self::NotSent))
    }

    /// The word in URLs.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Success => "2xx",
            Self::Http3xx => "3xx",
            Self::Http4xx => "4xx",
            Self::HttpAuth => "auth",
            Self::Http410 => "410",
            Self::Http429 => "429",
            Self::Http5xx => "5xx",
            Self::Timeout => "timeout",
            Self::Dns => "dns",
            Self::Tls => "tls",
            Self::Refused => "refused",
            Self::Broken => "broken",
            Self::Blocked => "blocked",
            Self::Ours => "internal",
            Self::NotSent(reason) => reason.slug(),
        }
    }

    /// The result with that slug.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::all().find(|kind| kind.slug() == slug)
    }

    /// The words in a choice.
    pub fn words(self) -> String {
        let words = match self {
            Self::Success => "2xx",
            Self::Http3xx => "3xx redirect",
            Self::Http4xx => "4xx, any",
            Self::HttpAuth => "401 or 403",
            Self::Http410 => "410 gone",
            Self::Http429 => "429 too many",
            Self::Http5xx => "5xx",
            Self::Timeout => "timeout",
            Self::Dns => "DNS",
            Self::Tls => "TLS",
            Self::Refused => "refused",
            Self::Broken => "broken answer",
            Self::Blocked => "blocked address",
            Self::Ours => "internal",
            Self::NotSent(reason) => return format!("not sent: {}", reason.word()),
        };
        words.to_owned()
    }

    /// The states in which a delivery can have this result. One that is on the wire has none: its last attempt is not
    /// the last any more.
    pub const fn states(self) -> &'static [State] {
        match self {
            Self::Success => &[State::Delivered],
            Self::NotSent(_) => &[State::NotSent],
            _ => &[State::Queued, State::Retrying, State::Failed, State::Cancelled],
        }
    }

    /// The ends of a last attempt that mean this result; none when nothing was sent.
    pub fn outcomes(self) -> Vec<Outcome> {
        let failures = FailureClass::ALL.into_iter().map(Outcome::Failure);
        let all = [Outcome::Success, Outcome::Interrupted].into_iter().chain(failures);
        all.filter(|outcome| self.means(*outcome)).collect()
    }

    const fn means(self, outcome: Outcome) -> bool {
        use FailureClass as F;
        let class = match (self, outcome) {
            (Self::Success, Outcome::Success) | (Self::Ours, Outcome::Interrupted) => return true,
            (_, Outcome::Failure(class)) => class,
            _ => return false,
        };
        match self {
            Self::Success | Self::NotSent(_) => false,
            Self::Http3xx => matches!(class, F::Http3xx),
            Self::Http4xx => {
                matches!(class, F::HttpAuth | F::Http404 | F::Http410 | F::Http413 | F::Http429 | F::Http4xx)
            }
            Self::HttpAuth => matches!(class, F::HttpAuth),
            Self::Http410 => matches!(class, F::Http410),
            Self::Http429 => matches!(class, F::Http429),
            Self::Http5xx => matches!(class, F::HttpUnavailable | F::Http5xx),
            Self::Timeout => matches!(class, F::ConnectTimeout | F::ReadTimeout | F::WriteTimeout),
            Self::Dns => matches!(class, F::DnsNxdomain | F::DnsTimeout | F::DnsFailed),
            Self::Tls => {
                matches!(class, F::TlsExpired | F::TlsName | F::TlsUntrusted | F::TlsVersion | F::TlsOther)
            }
            Self::Refused => matches!(class, F::ConnectRefused),
            Self::Broken => {
                matches!(class, F::ConnectUnreachable | F::Reset | F::BadResponse | F::TooManyHeaders)
            }
            Self::Blocked => matches!(class, F::BlockedAddress),
            Self::Ours => matches!(class, F::Internal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_come_back_and_are_unique() {
        for kind in ResultKind::all() {
            assert_eq!(ResultKind::from_slug(kind.slug()), Some(kind));
        }
        assert_eq!((ResultKind::from_slug(""), ResultKind::from_slug("6xx")), (None, None));
    }

    #[test]
    fn every_end_of_an_attempt_is_found_by_some_result() {
        let failures = FailureClass::ALL.into_iter().map(Outcome::Failure);
        for outcome in [Outcome::Success, Outcome::Interrupted].into_iter().chain(failures) {
            let count = ResultKind::all().filter(|kind| kind.outcomes().contains(&outcome)).count();
            let is_in_4xx = ResultKind::Http4xx.outcomes().contains(&outcome);
            assert!(count == 1 || is_in_4xx && count == 2, "{outcome:?}: {count}");
        }
        assert!(ResultKind::NotSent(NotSent::Criteria).outcomes().is_empty());
        assert_eq!(ResultKind::Http5xx.outcomes().len(), 2);
    }
}
