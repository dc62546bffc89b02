//! Looking names up: one call, all addresses, no guessing.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::BoxFuture;
use hickory_resolver::config::{LookupIpStrategy, ResolveHosts};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::rr::{Name, RecordType};
use hickory_resolver::{Hosts, ResolverBuilder, TokioResolver};

use super::refusal::is_exhaustion;

/// Addresses of one name at most. A name with more is refused rather than cut: all are judged, or none is used.
pub const ADDRESSES_MAX: usize = 64;

/// How long one question to one name server may take. A question is repeated once.
const QUESTION_TIMEOUT: Duration = Duration::from_millis(1500);
/// How long an answer is believed at most, whatever its name server says.
const BELIEVE_MAX: Duration = Duration::from_secs(30);
/// The same for "there is no such name": receivers come back.
const BELIEVE_ABSENCE_MAX: Duration = Duration::from_secs(2);
/// Questions at once on one TCP connection to a name server (hickory says "busy" beyond it).
const QUESTIONS_AT_ONCE_MAX: usize = 1024;
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
    /// We could not even ask: out of files or ports.
    #[error("The name could not be looked up for lack of resources: {0}.")]
    Exhausted(String),
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
        let servers = self.servers.as_ref().map_err(|error| ResolveError::Failed(error.clone()))?;
        let found = servers.lookup_ip(name).await.map_err(|error| reason(&error))?;
        addresses(found.iter(), port)
    }

    fn in_hosts_file(&self, name: &Name) -> Vec<IpAddr> {
        [RecordType::A, RecordType::AAAA]
            .into_iter()
            .filter_map(|kind| self.hosts.lookup_static_host(&Query::query(name.clone(), kind)))
            .flat_map(|lookup| lookup.answers().iter().filter_map(|r| r.data.ip_addr()).collect::<Vec<_>>())
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
    tuned(TokioResolver::builder_tokio()?, QUESTION_TIMEOUT)
}

fn tuned(
    mut builder: ResolverBuilder<TokioRuntimeProvider>,
    question_timeout: Duration,
) -> Result<TokioResolver, NetError> {
    let options = builder.options_mut();
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    options.use_hosts_file = ResolveHosts::Never;
    options.timeout = question_timeout;
    options.attempts = 1;
    options.max_active_requests = QUESTIONS_AT_ONCE_MAX;
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
        NetError::Io(error) if is_exhaustion(error) => ResolveError::Exhausted(error.to_string()),
        error => ResolveError::Failed(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use hickory_resolver::config::{NameServerConfig, ResolverConfig};
    use hickory_resolver::proto::op::{Message, ResponseCode};
    use hickory_resolver::proto::rr::rdata::{A, AAAA};
    use hickory_resolver::proto::rr::{RData, Record};

    use super::*;

    #[tokio::test]
    async fn localhost_is_loopback() {
        let found = SystemResolver::new().resolve("localhost", 80).await.unwrap();
        assert!(!found.is_empty() && found.iter().all(|at| at.ip().is_loopback()), "{found:?}");
    }

    #[tokio::test]
    async fn a_name_in_the_hosts_file_is_complete_there() {
        let mut resolver = SystemResolver::new();
        resolver.servers = Err("nobody may be asked".into());
        resolver.hosts = Hosts::default();
        resolver.hosts.read_hosts_conf("192.0.2.7 receiver.test\n".as_bytes()).unwrap();
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

    /// Every question that a name server got, `name kind`.
    type Questions = Arc<Mutex<Vec<String>>>;

    /// A resolver whose only name server is a socket of ours, with everything in its configuration that
    /// tempts a resolver to guess: a domain, a search list and `ndots`.
    async fn with_name_server() -> (SystemResolver, Questions) {
        let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let mut server = NameServerConfig::udp(socket.local_addr().unwrap().ip());
        server.connections[0].port = socket.local_addr().unwrap().port();
        let corp = || Name::from_ascii("corp.example.").unwrap();
        let config = ResolverConfig::from_parts(Some(corp()), vec![corp()], vec![server]);
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        builder.options_mut().ndots = 5;
        let resolver = SystemResolver {
            hosts: Hosts::default(),
            servers: Ok(tuned(builder, Duration::from_millis(300)).unwrap()),
        };
        let questions = Questions::default();
        tokio::spawn(answer_questions(socket, Arc::clone(&questions)));
        (resolver, questions)
    }

    async fn answer_questions(socket: tokio::net::UdpSocket, questions: Questions) {
        let mut packet = [0; 4096];
        while let Ok((length, from)) = socket.recv_from(&mut packet).await {
            let mut message = Message::from_vec(&packet[..length]).unwrap().into_response();
            let query = message.queries[0].clone();
            // The case of a name is a nonce against forged answers.
            let name = query.name().to_ascii().to_lowercase();
            questions.lock().unwrap().push(format!("{name} {}", query.query_type()));
            let data = match (name.as_str(), query.query_type()) {
                ("silent.example.", _) => continue,
                ("none.example.", _) => Err(ResponseCode::NXDomain),
                ("broken.example.", _) | ("half.example.", RecordType::AAAA) => Err(ResponseCode::ServFail),
                ("empty.example.", _) => Err(ResponseCode::NoError),
                (_, RecordType::AAAA) => Ok(RData::AAAA(AAAA::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))),
                _ => Ok(RData::A(A::new(192, 0, 2, 1))),
            };
            match data {
                Ok(data) => drop(message.add_answer(Record::from_rdata(query.name().clone(), 60, data))),
                Err(code) => message.metadata.response_code = code,
            }
            socket.send_to(&message.to_vec().unwrap(), from).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_name_is_asked_for_as_it_is_and_once_per_family() {
        for name in ["hooks.example", "intranet"] {
            let (resolver, questions) = with_name_server().await;
            let found = resolver.resolve(name, 443).await.unwrap();
            let expected: [SocketAddr; 2] =
                ["192.0.2.1:443".parse().unwrap(), "[2001:db8::1]:443".parse().unwrap()];
            assert_eq!(found, expected);
            let mut asked = questions.lock().unwrap().clone();
            asked.sort();
            assert_eq!(asked, [format!("{name}. A"), format!("{name}. AAAA")]);
        }
    }

    #[tokio::test]
    async fn what_name_servers_say_has_words() {
        let (resolver, _) = with_name_server().await;
        assert_eq!(resolver.resolve("none.example", 1).await, Err(ResolveError::NoSuchName));
        assert_eq!(resolver.resolve("empty.example", 1).await, Err(ResolveError::NoAddresses));
        assert!(matches!(resolver.resolve("broken.example", 1).await, Err(ResolveError::Failed(_))));
        assert_eq!(resolver.resolve("half.example", 1).await.map(|found| found.len()), Ok(1));
        assert_eq!(resolver.resolve("silent.example", 1).await, Err(ResolveError::Timeout));
    }

    #[tokio::test]
    async fn many_names_at_once() {
        let (resolver, _) = with_name_server().await;
        let names: Vec<String> = (0..100).map(|n| format!("h{n}.example")).collect();
        let found = futures_util::future::join_all(names.iter().map(|name| resolver.resolve(name, 1))).await;
        assert!(found.iter().all(Result::is_ok), "{:?}", found.iter().find(|found| found.is_err()));
    }
}
