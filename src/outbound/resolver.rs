//! Looking names up: one call, all addresses, no guessing.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::BoxFuture;
use hickory_resolver::config::{LookupIpStrategy, ResolveHosts};
use hickory_resolver::net::NetError;
use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::rr::{Name, RecordType};
use hickory_resolver::{Hosts, TokioResolver};

/// Addresses of one name at most. A name with more is refused rather than cut: all are judged, or none is used.
pub const ADDRESSES_MAX: usize = 64;

/// How long one question to one name server may take. A question is repeated once.
const QUESTION_TIMEOUT: Duration = Duration::from_millis(1500);
/// How long an answer is believed at most, whatever its name server says.
const BELIEVE_MAX: Duration = Duration::from_secs(30);
/// The same for "there is no such name": receivers come back.
const BELIEVE_ABSENCE_MAX: Duration = Duration::from_secs(2);
/// Remembered answers at most.
const CACHE_ENTRIES: u64 = 4096;

/// Why a name has no addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// The name server says that there is no such name.
    #[error("The name does not exist.")]
    NoSuchName,
    /// The name exists, but has neither A nor AAAA records.
    #[error("The name has no addresses.")]
    NoAddresses,
    /// The name has more than [`ADDRESSES_MAX`] addresses.
    #[error("The name has more than {ADDRESSES_MAX} addresses.")]
    TooManyAddresses,
    /// No name server answered in time.
    #[error("The name servers did not answer in time.")]
    Timeout,
    /// Anything else, in the words of the resolver.
    #[error("The look-up failed: {0}.")]
    Failed(String),
}

/// Turns a host name into the addresses that may then be judged and dialled. One call is one look-up; whoever
/// calls twice has a rebinding problem.
pub trait Resolve: Send + Sync {
    /// All addresses of `host` (ASCII, no trailing dot, not an IP literal), IPv4 first, each with `port`.
    /// Never empty.
    fn resolve<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, Result<Vec<SocketAddr>, ResolveError>>;
}

/// The machine's resolver: its hosts file, then its name servers, both read when it is made.
///
/// Names are taken as fully qualified: no search domains, no `ndots`. `localhost` is loopback without any
/// question to a name server. A name in the hosts file is complete there, as with the C library: the other
/// address family is not asked elsewhere. Answers are remembered for as long as their name server says, at
/// most 30 seconds.
pub struct SystemResolver {
    hosts: Hosts,
    servers: Result<TokioResolver, String>,
}

impl SystemResolver {
    /// Reads the machine's configuration. Without any (no `/etc/resolv.conf`) the hosts file still works, and
    /// every other look-up fails with the reason.
    pub fn new() -> Self {
        let hosts = Hosts::from_system().unwrap_or_else(|error| {
            tracing::warn!("going on without the hosts file: {error}");
            Hosts::default()
        });
        let servers = name_servers().map_err(|error| {
            tracing::warn!("going on without name servers: {error}");
            error.to_string()
        });
        Self { hosts, servers }
    }

    async fn look_up(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, ResolveError> {
        let mut name = Name::from_ascii(host).map_err(|error| ResolveError::Failed(error.to_string()))?;
        name.set_fqdn(true);
        let known = self.in_hosts_file(&name);
        if !known.is_empty() {
            return addresses(known, port);
        }
        let servers = self
            .servers
            .as_ref()
            .map_err(|error| ResolveError::Failed(error.clone()))?;
        let found = servers.lookup_ip(name).await.map_err(|error| reason(&error))?;
        addresses(found.iter(), port)
    }

    fn in_hosts_file(&self, name: &Name) -> Vec<IpAddr> {
        [RecordType::A, RecordType::AAAA]
            .into_iter()
            .filter_map(|kind| self.hosts.lookup_static_host(&Query::query(name.clone(), kind)))
            .flat_map(|lookup| {
                lookup
                    .answers()
                    .iter()
                    .filter_map(|r| r.data.ip_addr())
                    .collect::<Vec<_>>()
            })
            .collect()
    }
}

impl Default for SystemResolver {
    fn default() -> Self {
        Self::new()
    }
}

impl Resolve for SystemResolver {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, Result<Vec<SocketAddr>, ResolveError>> {
        Box::pin(self.look_up(host, port))
    }
}

fn name_servers() -> Result<TokioResolver, NetError> {
    let mut builder = TokioResolver::builder_tokio()?;
    let options = builder.options_mut();
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    options.use_hosts_file = ResolveHosts::Never;
    options.timeout = QUESTION_TIMEOUT;
    options.attempts = 1;
    options.cache_size = CACHE_ENTRIES;
    options.positive_max_ttl = Some(BELIEVE_MAX);
    options.negative_max_ttl = Some(BELIEVE_ABSENCE_MAX);
    builder.build()
}

/// Each address once, in the order of the answers.
fn addresses(found: impl IntoIterator<Item = IpAddr>, port: u16) -> Result<Vec<SocketAddr>, ResolveError> {
    let mut seen = HashSet::new();
    let addresses: Vec<SocketAddr> = found
        .into_iter()
        .filter(|ip| seen.insert(*ip))
        .map(|ip| SocketAddr::new(ip, port))
        .take(ADDRESSES_MAX + 1)
        .collect();
    match addresses.len() {
        0 => Err(ResolveError::NoAddresses),
        1..=ADDRESSES_MAX => Ok(addresses),
        _ => Err(ResolveError::TooManyAddresses),
    }
}

fn reason(error: &NetError) -> ResolveError {
    if error.is_nx_domain() {
        return ResolveError::NoSuchName;
    }
    if error.is_no_records_found() {
        return ResolveError::NoAddresses;
    }
    match error {
        NetError::Timeout => ResolveError::Timeout,
        error => ResolveError::Failed(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn localhost_is_loopback() {
        let found = SystemResolver::new().resolve("localhost", 80).await.unwrap();
        assert!(
            !found.is_empty() && found.iter().all(|at| at.ip().is_loopback()),
            "{found:?}"
        );
    }

    #[tokio::test]
    async fn a_name_in_the_hosts_file_is_complete_there() {
        let mut resolver = SystemResolver::new();
        resolver.servers = Err("nobody may be asked".into());
        resolver.hosts = Hosts::default();
        resolver
            .hosts
            .read_hosts_conf("192.0.2.7 receiver.test\n".as_bytes())
            .unwrap();
        let found = resolver.resolve("receiver.test", 443).await.unwrap();
        assert_eq!(found, ["192.0.2.7:443".parse().unwrap()]);
        assert!(resolver.resolve("other.test", 443).await.is_err());
    }

    #[test]
    fn too_many_addresses_are_refused_not_cut() {
        let many = |count: u32| (0..count).map(|n| IpAddr::from(n.to_be_bytes()));
        assert_eq!(addresses(many(64), 1).map(|found| found.len()), Ok(64));
        assert_eq!(addresses(many(65), 1), Err(ResolveError::TooManyAddresses));
        assert_eq!(addresses(many(0), 1), Err(ResolveError::NoAddresses));
        let twice = [IpAddr::from([1, 1, 1, 1]); 2];
        assert_eq!(addresses(twice, 1).map(|found| found.len()), Ok(1));
    }
}
