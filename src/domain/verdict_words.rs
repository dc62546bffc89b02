//! What the verdict says about a failure: the cause in one sentence that names the host, and what can be done.

use super::attempt::FailureClass;

/// One sentence that names the host.
pub(super) fn cause(class: FailureClass, host: &str, status: Option<u16>) -> String {
    use FailureClass as F;
    let answered = status.map_or_else(|| format!("{host} answered"), |s| format!("{host} answered {s}"));
    match class {
        F::Http3xx => format!("{answered}, a redirect, and redirects are not followed."),
        F::HttpAuth => format!("{answered}: it rejected our credentials."),
        F::Http404 => format!("{answered}: it does not know the path of the URL."),
        F::Http410 => format!("{answered}: it asked us to stop, and the webhook was switched off."),
        F::Http413 => format!("{answered}: the request is too large for it."),
        F::Http429 => format!("{answered}: it gets too many requests."),
        F::Http4xx => format!("{answered}: it refused the request."),
        F::HttpUnavailable => format!("{answered}: it is not available."),
        F::Http5xx => format!("{answered}: it had an error of its own."),
        F::DnsNxdomain => format!("The host name {host} does not exist."),
        F::DnsTimeout => format!("The name servers of {host} did not answer in time."),
        F::DnsFailed => format!("The host name {host} could not be looked up."),
        F::ConnectRefused => format!("{host} refused the connection."),
        F::ConnectTimeout => format!("{host} did not answer the connection in time."),
        F::ConnectUnreachable => format!("There is no route to {host}."),
        F::TlsExpired => format!("The certificate of {host} has expired or is not valid yet."),
        F::TlsName => format!("The certificate of {host} is for another name."),
        F::TlsUntrusted => format!("The certificate of {host} is not from a trusted authority."),
        F::TlsVersion => format!("{host} speaks no TLS version or cipher that we accept."),
        F::TlsOther => format!("The encrypted connection to {host} could not be set up."),
        F::ReadTimeout => format!("{host} did not answer in time."),
        F::WriteTimeout => format!("{host} did not take the request in time."),
        F::Reset => format!("{host} closed the connection before it had answered."),
        F::BadResponse => format!("The answer of {host} is not valid HTTP."),
        F::TooManyHeaders => format!("The answer of {host} has too many or too long headers."),
        F::BlockedAddress => format!("{host} resolves to an address that we do not deliver to."),
        F::Internal => "Something went wrong on our side.".to_owned(),
    }
}

/// What whoever has the turn can do.
pub(super) const fn advice(class: FailureClass) -> &'static str {
    use FailureClass as F;
    match class {
        F::Http3xx => "Enter the new address in the webhook's settings.",
        F::HttpAuth => "Check the authentication type and its values.",
        F::Http404 => "Check the path of the URL with whoever runs the receiver.",
        F::Http410 => "Switch the webhook on again when the receiver wants events.",
        F::Http413 => "The receiver has to allow larger requests.",
        F::Http429 => "The receiver has to take more requests, or ask for a longer wait.",
        F::Http4xx => "The receiver's log says what it did not like.",
        F::HttpUnavailable | F::Http5xx => "The receiver's log says more.",
        F::DnsNxdomain | F::DnsTimeout | F::DnsFailed => "Check the host name and its DNS entries.",
        F::ConnectRefused | F::ConnectTimeout | F::ConnectUnreachable => {
            "The receiver may be down, or a firewall may keep us out."
        }
        F::TlsExpired | F::TlsName | F::TlsUntrusted => "The receiver needs a new certificate.",
        F::TlsVersion | F::TlsOther => "The receiver's TLS settings have to change.",
        F::ReadTimeout => {
            "It may have processed the request all the same; it should answer first and work later."
        }
        F::WriteTimeout | F::Reset | F::BadResponse | F::TooManyHeaders => {
            "The receiver's operator can find out why."
        }
        F::BlockedAddress => "The receiver must be reachable at a public address.",
        F::Internal => {
            "It does not count against the webhook, and the operators of this service can find out why."
        }
    }
}
