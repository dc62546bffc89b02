//! Why an attempt failed, and whose turn it is then: the vocabulary of the console.
//!
//! Codes are stored: they are stable numbers, never re-used. Slugs are what URLs filter by.

/// Who can do something about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Turn {
    /// Whoever runs the receiver.
    Receiver,
    /// Whoever configured the webhook.
    You,
    /// Whoever runs Belfry.
    Us,
}

impl Turn {
    /// The phrase on pages.
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Receiver => "the receiver's side",
            Self::You => "you",
            Self::Us => "the operators of this service",
        }
    }
}

/// Why an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum FailureClass {
    /// A redirect. Redirects are never followed.
    Http3xx,
    /// 401 or 403: our credentials were rejected.
    HttpAuth,
    Http404,
    /// The receiver asked us to stop.
    Http410,
    Http413,
    Http429,
    /// Any other 4xx.
    Http4xx,
    /// 502, 503 or 504: overload or a dead backend.
    HttpUnavailable,
    /// Any other 5xx.
    Http5xx,
    DnsNxdomain,
    DnsTimeout,
    DnsFailed,
    ConnectRefused,
    ConnectTimeout,
    ConnectUnreachable,
    TlsExpired,
    TlsName,
    TlsUntrusted,
    TlsVersion,
    TlsOther,
    /// No complete answer before the deadline: the request may have been processed.
    ReadTimeout,
    WriteTimeout,
    Reset,
    /// Not HTTP, or HTTP that no client understands.
    BadResponse,
    TooManyHeaders,
    /// The name resolves to an address that the outbound policy refuses.
    BlockedAddress,
    /// Our own fault. Does not count.
    Internal,
}

impl FailureClass {
    /// All classes, in the order of their codes.
    pub const ALL: [Self; 27] = [
        Self::Http3xx,
        Self::HttpAuth,
        Self::Http404,
        Self::Http410,
        Self::Http413,
        Self::Http429,
        Self::Http4xx,
        Self::HttpUnavailable,
        Self::Http5xx,
        Self::DnsNxdomain,
        Self::DnsTimeout,
        Self::DnsFailed,
        Self::ConnectRefused,
        Self::ConnectTimeout,
        Self::ConnectUnreachable,
        Self::TlsExpired,
        Self::TlsName,
        Self::TlsUntrusted,
        Self::TlsVersion,
        Self::TlsOther,
        Self::ReadTimeout,
        Self::WriteTimeout,
        Self::Reset,
        Self::BadResponse,
        Self::TooManyHeaders,
        Self::BlockedAddress,
        Self::Internal,
    ];

    /// The stored number: 10s HTTP, 30s DNS, 40s connecting, 50s TLS, 60s talking, 70s policy, 90 ours.
    pub const fn code(self) -> i16 {
        match self {
            Self::Http3xx => 10,
            Self::HttpAuth => 11,
            Self::Http404 => 12,
            Self::Http410 => 13,
            Self::Http413 => 14,
            Self::Http429 => 15,
            Self::Http4xx => 16,
            Self::HttpUnavailable => 17,
            Self::Http5xx => 18,
            Self::DnsNxdomain => 30,
            Self::DnsTimeout => 31,
            Self::DnsFailed => 32,
            Self::ConnectRefused => 40,
            Self::ConnectTimeout => 41,
            Self::ConnectUnreachable => 42,
            Self::TlsExpired => 50,
            Self::TlsName => 51,
            Self::TlsUntrusted => 52,
            Self::TlsVersion => 53,
            Self::TlsOther => 54,
            Self::ReadTimeout => 60,
            Self::WriteTimeout => 61,
            Self::Reset => 62,
            Self::BadResponse => 63,
            Self::TooManyHeaders => 64,
            Self::BlockedAddress => 70,
            Self::Internal => 90,
        }
    }

    /// The class with that number.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.code() == code)
    }

    /// The class of an HTTP status; `None` means success (2xx). A final 1xx and numbers above 599 are not
    /// answers to a POST.
    pub const fn from_status(status: u16) -> Option<Self> {
        match status {
            200..=299 => None,
            300..=399 => Some(Self::Http3xx),
            401 | 403 => Some(Self::HttpAuth),
            404 => Some(Self::Http404),
            410 => Some(Self::Http410),
            413 => Some(Self::Http413),
            429 => Some(Self::Http429),
            400..=499 => Some(Self::Http4xx),
            502..=504 => Some(Self::HttpUnavailable),
            500..=599 => Some(Self::Http5xx),
            _ => Some(Self::BadResponse),
        }
    }

    /// The word in URLs and exports.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Http3xx => "http_3xx",
            Self::HttpAuth => "http_401_403",
            Self::Http404 => "http_404",
            Self::Http410 => "http_410",
            Self::Http413 => "http_413",
            Self::Http429 => "http_429",
            Self::Http4xx => "http_4xx",
            Self::HttpUnavailable => "http_502_503_504",
            Self::Http5xx => "http_5xx",
            Self::DnsNxdomain => "dns_nxdomain",
            Self::DnsTimeout => "dns_timeout",
            Self::DnsFailed => "dns_failed",
            Self::ConnectRefused => "connect_refused",
            Self::ConnectTimeout => "connect_timeout",
            Self::ConnectUnreachable => "connect_unreachable",
            Self::TlsExpired => "tls_expired",
            Self::TlsName => "tls_name",
            Self::TlsUntrusted => "tls_untrusted",
            Self::TlsVersion => "tls_version",
            Self::TlsOther => "tls_other",
            Self::ReadTimeout => "read_timeout",
            Self::WriteTimeout => "write_timeout",
            Self::Reset => "reset",
            Self::BadResponse => "bad_response",
            Self::TooManyHeaders => "too_many_headers",
            Self::BlockedAddress => "blocked_address",
            Self::Internal => "internal",
        }
    }

    /// The class with that slug.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.slug() == slug)
    }

    /// One or two words for a result chip, where there is no status to show.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Http3xx => "3xx",
            Self::HttpAuth => "401/403",
            Self::Http404 => "404",
            Self::Http410 => "410",
            Self::Http413 => "413",
            Self::Http429 => "429",
            Self::Http4xx => "4xx",
            Self::HttpUnavailable => "502–504",
            Self::Http5xx => "5xx",
            Self::DnsNxdomain => "no such host",
            Self::DnsTimeout => "DNS timeout",
            Self::DnsFailed => "DNS",
            Self::ConnectRefused => "refused",
            Self::ConnectTimeout => "connect timeout",
            Self::ConnectUnreachable => "unreachable",
            Self::TlsExpired => "TLS expired",
            Self::TlsName => "TLS name",
            Self::TlsUntrusted => "TLS untrusted",
            Self::TlsVersion => "TLS version",
            Self::TlsOther => "TLS",
            Self::ReadTimeout => "timeout",
            Self::WriteTimeout => "write timeout",
            Self::Reset => "reset",
            Self::BadResponse => "bad response",
            Self::TooManyHeaders => "too many headers",
            Self::BlockedAddress => "blocked address",
            Self::Internal => "internal",
        }
    }

    /// One sentence for a page, without the host and the status.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Http3xx => "The receiver answered with a redirect; redirects are never followed.",
            Self::HttpAuth => "The receiver rejected our credentials.",
            Self::Http404 => "The receiver does not know this path.",
            Self::Http410 => "The receiver asked us to stop; the webhook was switched off.",
            Self::Http413 => "The request is larger than the receiver takes.",
            Self::Http429 => "The receiver gets too many requests.",
            Self::Http4xx => "The receiver refused the request.",
            Self::HttpUnavailable => "The receiver is not available at the moment.",
            Self::Http5xx => "The receiver had an error of its own.",
            Self::DnsNxdomain => "The host name does not exist.",
            Self::DnsTimeout => "The name servers of the host did not answer in time.",
            Self::DnsFailed => "The host name could not be looked up.",
            Self::ConnectRefused => "The host refused the connection: nothing listens on this port.",
            Self::ConnectTimeout => "The host did not answer the connection in time.",
            Self::ConnectUnreachable => "There is no route to the host.",
            Self::TlsExpired => "The receiver's certificate has expired or is not valid yet.",
            Self::TlsName => "The receiver's certificate is for another host name.",
            Self::TlsUntrusted => "The receiver's certificate is not from a trusted authority.",
            Self::TlsVersion => "The receiver speaks no TLS version or cipher that we accept.",
            Self::TlsOther => "The encrypted connection could not be set up.",
            Self::ReadTimeout => {
                "The receiver did not answer in time; it may have processed the request all the same."
            }
            Self::WriteTimeout => "The receiver did not take the request in time.",
            Self::Reset => "The receiver closed the connection before it had answered.",
            Self::BadResponse => "The receiver's answer is not valid HTTP.",
            Self::TooManyHeaders => "The receiver's answer has too many or too long headers.",
            Self::BlockedAddress => "The host resolves to an address that we do not deliver to.",
            Self::Internal => "Something went wrong on our side; it does not count against the webhook.",
        }
    }

    /// Who can do something about it.
    pub const fn whose_turn(self) -> Turn {
        match self {
            Self::Http3xx | Self::HttpAuth | Self::Http410 | Self::BlockedAddress => Turn::You,
            Self::Internal => Turn::Us,
            _ => Turn::Receiver,
        }
    }

    /// Whether it says that the receiver has too much to do (429, 502, 503, 504): slow down.
    pub const fn is_overload(self) -> bool {
        matches!(self, Self::Http429 | Self::HttpUnavailable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_slugs_come_back_and_are_unique() {
        for class in FailureClass::ALL {
            assert_eq!(FailureClass::from_code(class.code()), Some(class));
            assert_eq!(FailureClass::from_slug(class.slug()), Some(class));
            assert!(class.sentence().ends_with('.'));
        }
        assert_eq!((FailureClass::from_code(0), FailureClass::from_slug("")), (None, None));
    }

    #[test]
    fn every_status_has_a_class() {
        assert!((200..300).all(|status| FailureClass::from_status(status).is_none()));
        for (status, class) in [
            (0, FailureClass::BadResponse),
            (101, FailureClass::BadResponse),
            (301, FailureClass::Http3xx),
            (304, FailureClass::Http3xx),
            (400, FailureClass::Http4xx),
            (401, FailureClass::HttpAuth),
            (403, FailureClass::HttpAuth),
            (404, FailureClass::Http404),
            (408, FailureClass::Http4xx),
            (410, FailureClass::Http410),
            (413, FailureClass::Http413),
            (429, FailureClass::Http429),
            (499, FailureClass::Http4xx),
            (500, FailureClass::Http5xx),
            (502, FailureClass::HttpUnavailable),
            (503, FailureClass::HttpUnavailable),
            (504, FailureClass::HttpUnavailable),
            (599, FailureClass::Http5xx),
            (600, FailureClass::BadResponse),
        ] {
            assert_eq!(FailureClass::from_status(status), Some(class), "{status}");
        }
    }

    #[test]
    fn overload_and_turns() {
        let overload: Vec<&str> =
            FailureClass::ALL.into_iter().filter(|c| c.is_overload()).map(FailureClass::slug).collect();
        assert_eq!(overload, ["http_429", "http_502_503_504"]);
        assert_eq!(FailureClass::HttpAuth.whose_turn(), Turn::You);
        assert_eq!(FailureClass::Http5xx.whose_turn(), Turn::Receiver);
        assert_eq!(FailureClass::Internal.whose_turn(), Turn::Us);
    }
}
