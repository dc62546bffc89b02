//! Why a destination is refused, in words that somebody can act on.

use std::fmt;

use crate::domain::address::AddressRefusal;
use crate::domain::problem::Rule;

/// Why a destination is refused. The slug is stable: logs and test tables use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Longer than 2,048 bytes.
    TooLong,
    /// Has white space or control characters anywhere.
    ControlOrSpace,
    /// Has characters that cannot be seen or that change the direction of writing.
    InvisibleOrBidi,
    /// Does not begin with `https:` (or `http:` where that is allowed).
    NotHttps,
    /// Has a backslash.
    Backslash,
    /// Has not exactly two slashes after the scheme.
    BadPrefix,
    /// Has a user name, or an empty one.
    UserInfo,
    /// Has an escaped character in the host.
    PercentInHost,
    /// Has a fragment, which is never sent.
    Fragment,
    /// Is not a URL.
    Unparseable,
    /// The host is an address that nothing is delivered to.
    ForbiddenAddress(AddressRefusal),
    /// The host is an IPv4 address in another spelling than four decimal numbers.
    NoncanonicalAddress,
    /// The host is a name of a local network.
    LocalName,
    /// The host is not a host name.
    BadHostName,
    /// The host is a single word, which a resolver completes as it likes.
    SingleLabel,
    /// The host is ourselves.
    OwnHost,
    /// The port belongs to another protocol.
    BadPort,
}

impl Refusal {
    /// The stable word.
    pub const fn slug(&self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::ControlOrSpace => "control_or_space",
            Self::InvisibleOrBidi => "invisible_or_bidi",
            Self::NotHttps => "not_https",
            Self::Backslash => "backslash",
            Self::BadPrefix => "bad_prefix",
            Self::UserInfo => "userinfo",
            Self::PercentInHost => "percent_in_host",
            Self::Fragment => "fragment",
            Self::Unparseable => "unparseable",
            Self::ForbiddenAddress(_) => "forbidden_ip",
            Self::NoncanonicalAddress => "noncanonical_ip",
            Self::LocalName => "local_name",
            Self::BadHostName => "bad_hostname",
            Self::SingleLabel => "single_label",
            Self::OwnHost => "own_host",
            Self::BadPort => "bad_port",
        }
    }

    /// The kind of problem that it is.
    pub const fn rule(&self) -> Rule {
        match self {
            Self::TooLong => Rule::TooLong,
            Self::ForbiddenAddress(_)
            | Self::LocalName
            | Self::SingleLabel
            | Self::OwnHost
            | Self::BadPort => Rule::ForbiddenAddress,
            _ => Rule::Invalid,
        }
    }
}

impl fmt::Display for Refusal {
    /// A sentence for a person. It does not repeat the URL.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "The URL may have at most 2,048 bytes.",
            Self::ControlOrSpace => {
                "The URL must not contain spaces, line breaks or control characters; write %20."
            }
            Self::InvisibleOrBidi => "The URL must not contain invisible or direction-changing characters.",
            Self::NotHttps => "The URL must begin with https://.",
            Self::Backslash => "The URL must not contain a backslash.",
            Self::BadPrefix => "The URL must have exactly two slashes after the scheme.",
            Self::UserInfo => {
                "The URL must not contain a user name or password; choose an authentication type instead."
            }
            Self::PercentInHost => "The host must not contain percent signs.",
            Self::Fragment => "The URL must not contain a fragment (#…): it would never be sent.",
            Self::Unparseable => "This is not a valid URL with a host.",
            Self::ForbiddenAddress(why) => return why.fmt(f),
            Self::NoncanonicalAddress => "Write the IP address as four decimal numbers.",
            Self::LocalName => {
                "The host is a name of a local network; it must be reachable from the internet."
            }
            Self::BadHostName => "The host is not a valid host name.",
            Self::SingleLabel => "The host must be a full name with a dot, such as hooks.example.com.",
            Self::OwnHost => "The host is this service itself.",
            Self::BadPort => "This port belongs to another protocol.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_to_do() {
        assert_eq!(Refusal::NotHttps.to_string(), "The URL must begin with https://.");
        let refusal = Refusal::ForbiddenAddress(AddressRefusal::Loopback);
        assert_eq!(refusal.to_string(), AddressRefusal::Loopback.to_string());
        assert_eq!((refusal.rule(), Refusal::TooLong.rule()), (Rule::ForbiddenAddress, Rule::TooLong));
    }
}
