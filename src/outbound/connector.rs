//! From a destination to an open connection: judge, look up once, judge every answer, dial exactly those.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use url::Host;

use super::exchange::{Trace, micros_since};
use super::policy::OutboundPolicy;
use super::refusal::{Refusal, is_exhaustion};
use super::resolver::{Resolve, ResolveError};
use super::stream::{Stream, Transport};
use super::target::Target;
use super::tls::{self, TlsSession};
use crate::domain::attempt::FailureClass;

/// Look-up, dialling and TLS handshake together take at most this long, within the deadline of the attempt.
pub const CONNECT_BUDGET: Duration = Duration::from_secs(5);

/// Addresses of one name that are dialled at most, so that a name is no way to knock at sixty doors.
pub const DIALS_MAX: usize = 4;

/// Opens connections to customers; nothing else does.
pub(super) struct Connector {
    pub(super) policy: OutboundPolicy,
    pub(super) resolver: Arc<dyn Resolve>,
    pub(super) tls: TlsConnector,
}

impl Connector {
    /// Connects to one address of `target` until `deadline`, or the end of [`CONNECT_BUDGET`] if that is earlier. What
    /// happened on the way is noted in `trace`, however it ends.
    pub(super) async fn connect(
        &self,
        target: &Target,
        deadline: Instant,
        trace: &mut Trace,
    ) -> Result<(Stream, SocketAddr), Refusal> {
        let until = connect_until(Instant::now(), deadline);
        self.policy.judge_target(target)?;
        let addresses = self.addresses(target, until, trace).await?;
        self.policy.judge_addresses(&addresses)?;
        let (stream, remote) = dial_any(&addresses, until, trace).await?;
        if !target.is_https {
            return Ok((Stream::new(Transport::Plain(stream)), remote));
        }
        Ok((self.shake_hands(target, stream, until, trace).await?, remote))
    }

    /// The one look-up; none for an address, which is judged all the same.
    async fn addresses(
        &self,
        target: &Target,
        until: Instant,
        trace: &mut Trace,
    ) -> Result<Vec<SocketAddr>, Refusal> {
        if let Some(literal) = target.literal() {
            return Ok(vec![literal]);
        }
        let Host::Domain(name) = &target.host else {
            return Err(Refusal::internal("The host is neither a name nor an address."));
        };
        let since = Instant::now();
        let answer = timeout_at(until, self.resolver.resolve(name, target.port)).await;
        trace.timing.dns_us = Some(micros_since(since));
        let error = match answer {
            Ok(Ok(addresses)) if addresses.is_empty() => ResolveError::NoAddresses,
            Ok(Ok(addresses)) => return Ok(addresses),
            Ok(Err(error)) => error,
            Err(_) => ResolveError::Timeout,
        };
        let class = match error {
            ResolveError::NoSuchName => FailureClass::DnsNxdomain,
            ResolveError::Timeout => FailureClass::DnsTimeout,
            ResolveError::Exhausted(_) => FailureClass::Internal,
            ResolveError::NoAddresses | ResolveError::TooManyAddresses | ResolveError::Failed(_) => {
                FailureClass::DnsFailed
            }
        };
        Err(Refusal::new(class, error.to_string()))
    }

    async fn shake_hands(
        &self,
        target: &Target,
        stream: TcpStream,
        until: Instant,
        trace: &mut Trace,
    ) -> Result<Stream, Refusal> {
        let name = tls::server_name(&target.host)?;
        let since = Instant::now();
        let result = timeout_at(until, self.tls.connect(name, stream)).await;
        trace.timing.tls_us = Some(micros_since(since));
        match result {
            Ok(Ok(stream)) => {
                trace.tls = Some(TlsSession::of(&stream));
                Ok(Stream::new(Transport::Tls(Box::new(stream))))
            }
            Ok(Err(error)) => Err(tls::refusal(&error)),
            Err(_) => {
                Err(Refusal::new(FailureClass::ConnectTimeout, "The TLS handshake was not finished in time."))
            }
        }
    }
}

fn connect_until(now: Instant, deadline: Instant) -> Instant {
    deadline.min(now + CONNECT_BUDGET)
}

/// Tries the addresses in order. Each gets an even share of the time that is left, so that a dead first
/// address does not use up what the second needs. The first failure is the one to tell about.
async fn dial_any(
    addresses: &[SocketAddr],
    until: Instant,
    trace: &mut Trace,
) -> Result<(TcpStream, SocketAddr), Refusal> {
    let since = Instant::now();
    let mut first_failure = None;
    let dialled = addresses.get(..DIALS_MAX).unwrap_or(addresses);
    for (at, address) in dialled.iter().enumerate() {
        let shares = u32::try_from(dialled.len() - at).unwrap_or(1);
        let share = until.saturating_duration_since(Instant::now()) / shares;
        trace.remote = Some(*address);
        let result = dial(*address, Instant::now() + share).await;
        trace.timing.connect_us = Some(micros_since(since));
        match result {
            Ok(stream) => return Ok((stream, *address)),
            Err(refusal) => first_failure = first_failure.or(Some(refusal)),
        }
    }
    Err(first_failure.unwrap_or_else(|| Refusal::internal("There was no address to dial.")))
}

async fn dial(address: SocketAddr, until: Instant) -> Result<TcpStream, Refusal> {
    let connected = match timeout_at(until, TcpStream::connect(address)).await {
        Ok(result) => result,
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    };
    let stream = connected.map_err(|error| {
        Refusal::new(dial_class(&error), format!("Connecting to {address} failed: {error}."))
    })?;
    // Whole requests are written at once; waiting for more would only add delay.
    stream.set_nodelay(true).map_err(|error| Refusal::from_io(&error))?;
    Ok(stream)
}

fn dial_class(error: &io::Error) -> FailureClass {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::ConnectionRefused => FailureClass::ConnectRefused,
        Kind::TimedOut => FailureClass::ConnectTimeout,
        Kind::ConnectionReset | Kind::ConnectionAborted => FailureClass::Reset,
        _ if is_exhaustion(error) => FailureClass::Internal,
        // No route, no such network, forbidden by our own firewall.
        _ => FailureClass::ConnectUnreachable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connecting_has_five_seconds_or_what_is_left() {
        let now = Instant::now();
        assert_eq!(connect_until(now, now + Duration::from_secs(30)), now + Duration::from_secs(5));
        assert_eq!(connect_until(now, now + Duration::from_secs(2)), now + Duration::from_secs(2));
    }

    #[test]
    fn failures_to_connect_have_classes() {
        for (number, class) in [
            (111, FailureClass::ConnectRefused),
            (110, FailureClass::ConnectTimeout),
            (113, FailureClass::ConnectUnreachable),
            (101, FailureClass::ConnectUnreachable),
            (24, FailureClass::Internal),
        ] {
            assert_eq!(dial_class(&io::Error::from_raw_os_error(number)), class, "{number}");
        }
    }
}
